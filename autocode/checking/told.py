"""The findings of a check as they come, and how many names one sentence lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from autocode.errors import AutocodeError
from autocode.reporting.check_report import About, Finding

_NAMED = 5


class Told:
    """The findings so far."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, findings: Iterable[Finding]) -> None:
        """Take these findings in."""
        self.findings += findings

    @contextmanager
    def part(self, about: About) -> Iterator[None]:
        """A part of the check, which ends with an error that is told where the study is at fault."""
        try:
            yield
        except AutocodeError as error:
            self.add(Finding(level="error", about=about, message=line) for line in str(error).splitlines())


def some(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are.

    >>> some(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    shown = ", ".join(names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} and {len(names) - _NAMED:,} more"
