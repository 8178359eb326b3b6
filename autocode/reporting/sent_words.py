"""How many words of a transcript some stretches of it hold: exactly where its text is at hand, else about how many."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from autocode.data import CallPassage, Span, Transcript, merged

_WORD = re.compile(r"\S+")


class SpokenWords:
    """Where the spoken words of a transcript begin: labels are no words, and blanks part them, as everywhere here."""

    def __init__(self, transcript: Transcript) -> None:
        self._starts = [
            word.start()
            for turn in transcript.turns
            for word in _WORD.finditer(transcript.text, turn.span.start, turn.span.end)
        ]

    def __len__(self) -> int:
        return len(self._starts)

    def inside(self, span: Span) -> int:
        """How many of them begin in a stretch."""
        return bisect_left(self._starts, span.end) - bisect_left(self._starts, span.start)


@dataclass(slots=True)
class Going:
    """What a run sent of one text of a transcript: its stretches, each with how often it went."""

    asked: Counter[Span] = field(default_factory=Counter)
    """In calls about them."""
    shown: Counter[Span] = field(default_factory=Counter)
    """Only as context."""
    repeated: Counter[Span] = field(default_factory=Counter)
    """Of both, those in the second and later answers to one question."""
    unanswered: set[Span] = field(default_factory=set)
    """Planned to be sent, and no answer is recorded."""
    calls: int = 0
    first: str = ""
    last: str = ""

    def spans(self) -> list[Span]:
        """All that went, each stretch once."""
        return merged([*self.asked, *self.shown])

    def add(self, at: str, about: Iterable[Span], shown: Iterable[Span], *, is_repeat: bool) -> None:
        """Count a call in which something of it went."""
        self.calls += 1
        self.first = min(self.first or at, at)
        self.last = max(self.last, at)
        self.asked.update(about)
        self.shown.update(shown)
        if is_repeat:
            self.repeated.update(about)
            self.repeated.update(shown)


@dataclass(frozen=True, slots=True)
class Rate:
    """Words a character: to tell about how many words there were where the text is not at hand any more."""

    words: int
    characters: int

    def inside(self, span: Span) -> float:
        """About how many words a stretch holds."""
        return len(span) * self.words / self.characters


@dataclass(frozen=True, slots=True)
class Counted:
    """The words of one transcript that went."""

    distinct: int
    sent: int
    """In all requests, each time counted."""
    shown: int
    repeated: int
    unanswered: int
    """Those that are planned to go and are not among the distinct ones."""


def counted(going: Going, by: SpokenWords | Rate) -> Counted:
    """The words of what went, by its text or by a rate."""

    def times(spans: Counter[Span]) -> int:
        return round(sum(by.inside(span) * n for span, n in spans.items()))

    def once(spans: Iterable[Span]) -> int:
        return round(sum(map(by.inside, spans)))

    went = going.spans()
    distinct, shown = once(went), times(going.shown)
    return Counted(
        distinct=distinct,
        sent=times(going.asked) + shown,
        shown=shown,
        repeated=times(going.repeated),
        unanswered=once(merged([*went, *going.unanswered])) - distinct,
    )


def spans_by_text(passages: Iterable[CallPassage]) -> dict[tuple[str, str], set[Span]]:
    """The stretches of each transcript and text, equal ones once."""
    found: dict[tuple[str, str], set[Span]] = {}
    for p in passages:
        found.setdefault((p.transcript, p.text_sha256), set()).add(Span(p.start, p.end))
    return found
