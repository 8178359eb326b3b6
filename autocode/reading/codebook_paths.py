"""Names that are paths of themes, cut into their parts: `Support > Manager's help`, `Support::Manager's help`.

MAXQDA writes ` > ` and reads a backslash as well, ATLAS.ti writes `Folder::Code` or, for categories, `Category: Code`,
NVivo `Codes\\\\Support\\\\Manager`. A colon or a bare `>` is often part of a name, so these two cut only where what
stands before them is a code of the table itself, or, in a table of ATLAS.ti, of at least two codes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_SURE = re.compile(r"\s+>\s+|::|\\+")
_PERHAPS = re.compile(r">|:\s+")
_ROOTS = ("nodes", "codes")


@dataclass(frozen=True, slots=True)
class Paths:
    """The names of a table, each as the names of its themes and its own."""

    parts: tuple[tuple[str, ...], ...]
    root: str = ""
    """NVivo's folder of all codes, which is no theme and was left out."""

    @property
    def example(self) -> int | None:
        """The place of the first name that is a path."""
        return next((at for at, parts in enumerate(self.parts) if len(parts) > 1), None)


def cut_paths(names: Sequence[str], *, folders: bool) -> Paths:
    """The names cut at what stands between theme and code. `folders`: `A: B` is a path where two names begin so.

    >>> cut_paths(["Support > Own", "Load", "Load: body", "Note: this"], folders=False).parts
    (('Support', 'Own'), ('Load',), ('Load', 'body'), ('Note: this',))
    """
    have = {name.casefold() for name in names}
    if folders:
        begun = Counter(name.split(": ")[0].casefold() for name in names if ": " in name)
        have.update(begin for begin, times in begun.items() if times > 1)
    cut = [_cut(name, have) for name in names]
    roots = {parts[0] for parts in cut}
    if len(roots) == 1 and cut[0][0].casefold() in _ROOTS and all(len(parts) > 1 for parts in cut):
        return Paths(tuple(parts[1:] for parts in cut), root=cut[0][0])
    return Paths(tuple(cut))


def _cut(name: str, have: set[str]) -> tuple[str, ...]:
    parts = [part.strip() for part in _SURE.split(name) if part.strip()]
    if len(parts) > 1:
        return tuple(parts)
    for between in _PERHAPS.finditer(name):
        before, after = name[: between.start()].strip(), name[between.end() :].strip()
        if before.casefold() in have and after:
            return (*_cut(before, have), *_cut(after, have))
    return (name,)
