"""Which planned calls are answered, and what they cover: each stretch counts once, whoever coded it first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autocode.data import Call, CallPassage, Transcript
from autocode.runs import Planned


class Answers:
    """The lines of a plan beside the recorded calls. An answer belongs to every line with its key."""

    def __init__(self, plan: Iterable[Planned], calls: Iterable[Call], transcripts: Mapping[str, Transcript]) -> None:
        self._plan = list(plan)
        self._transcripts = transcripts
        self._answered: dict[str, Call] = {}
        self._last: dict[str, Call] = {}
        self._cut: set[str] = set()
        self._requotes: dict[str, Call] = {}
        for call in calls:
            if call.kind == "requote" and call.parent and call.outcome == "answered":
                self._requotes.setdefault(call.parent, call)
            if call.kind == "code":
                self._last[call.key] = call
                if call.outcome == "answered":
                    self._answered.setdefault(call.key, call)
                if call.outcome == "cut":
                    self._cut.add(call.key)
        self._halved = {(line.parent, line.repeat) for line in self._plan if line.parent}

    def answer(self, line: Planned) -> Call | None:
        """The answer to a planned call."""
        return self._answered.get(line.key)

    def requote(self, line: Planned) -> Call | None:
        """The answer of a planned call that was asked for its bent quotes again."""
        return self._requotes.get(line.key)

    def standing(self, repeat: int) -> Iterator[Planned]:
        """The lines that are answered, in the order of the plan."""
        return (line for line in self._plan if line.repeat == repeat and line.key in self._answered)

    def open(self, repeat: int) -> Iterator[Planned]:
        """The lines without an answer, in the order of the plan; those that were halved stand back for their halves."""
        return (
            line
            for line in self._plan
            if line.repeat == repeat and line.key not in self._answered and (line.key, repeat) not in self._halved
        )

    def first_asked(self) -> Iterator[Planned]:
        """The calls of the coding as they were planned at first, before any was halved."""
        return (line for line in self._plan if line.repeat == 1 and line.parent is None)

    def is_cut(self, line: Planned) -> bool:
        """Whether the reply to a planned call was cut, or it was too long to be asked."""
        return line.key in self._cut

    def reason(self, line: Planned) -> str:
        """Why a planned call has no answer."""
        if self.is_cut(line):
            return "cut at the length limit, and too short to halve"
        last = self._last.get(line.key)
        return last.outcome if last else "not asked yet"

    def usable(self, passages: Sequence[CallPassage]) -> tuple[CallPassage, ...]:
        """The stretches whose text is still the one that was asked about."""
        return tuple(p for p in passages if not self.is_stale(p))

    def is_stale(self, passage: CallPassage) -> bool:
        """Whether a stretch is of a text that has changed since, or is not here."""
        transcript = self._transcripts.get(passage.transcript)
        return transcript is None or transcript.sha256 != passage.text_sha256


class Covered:
    """The stretches that some calls cover."""

    def __init__(self) -> None:
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def add(self, passages: Iterable[CallPassage]) -> None:
        """Cover these stretches, too."""
        for p in passages:
            spans = self._spans.setdefault(p.transcript, [])
            spans.insert(bisect_right(spans, (p.start, p.end)), (p.start, p.end))

    def touches(self, passages: Iterable[CallPassage]) -> bool:
        """Whether any of these stretches is covered already, even in part."""
        return any(
            start < p.end and p.start < end for p in passages for start, end in self._spans.get(p.transcript, ())
        )

    def holds(self, transcript: str, at: int) -> bool:
        """Whether a character is covered."""
        return any(start <= at < end for start, end in self._spans.get(transcript, ()))
