"""What was said: a transcript, its turns, and stretches of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from autocode.data.base import Data


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a transcript's text, `text[start:end]`."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


def overlap(a: Span, b: Span) -> int:
    """How many characters two spans share.

    >>> overlap(Span(start=0, end=5), Span(start=3, end=9))
    2
    """
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same stretches without overlap, in the order of the text.

    >>> merged([Span(5, 9), Span(0, 6), Span(20, 21)])
    [Span(start=0, end=9), Span(start=20, end=21)]
    """
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """Who spoke, where in the text, and when on the tape (seconds), if that is known."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    number: int
    """Counted from 1 in the transcript, interviewers included."""
    speaker: str
    """The label, or blank."""
    span: Span
    """From the first to the last spoken character; the label lies outside."""
    starts_at: float | None = None
    ends_at: float | None = None


class Transcript(Data):
    """One interview: its canonical text, fixed once at reading, and the turns in it."""

    id: str
    """The path below the transcripts folder, without suffix."""
    text: str
    turns: tuple[Turn, ...]
    source: str = ""
    """The file it was read from, as the path was given."""
    sha256: str = ""
    """Of `text`; travels with every coding."""
    notes: tuple[str, ...] = ()
    """What the reader decided and a person should know, one sentence each, with path:line."""


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of one transcript."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    transcript: str
    span: Span
