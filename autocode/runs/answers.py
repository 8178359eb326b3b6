"""Which planned calls are answered, and what they cover: each stretch counts once, whoever coded it first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from autocode.data import Call, CallPassage, Outcome
from autocode.runs.journal import Calls
from autocode.runs.lines import Planned


class Answers:
    """The lines of a plan beside the recorded calls. An answer belongs to every line with its key.

    `hashes` are those of the transcripts' texts as they are now, by id. Replies stay in the file until one is asked
    for: a run may hold a hundred thousand.
    """

    def __init__(self, plan: Iterable[Planned], calls: Calls, hashes: Mapping[str, str]) -> None:
        self._plan = list(plan)
        self._calls = calls
        self._hashes = hashes
        self._answered: dict[str, int] = {}
        self._served: dict[str, str] = {}
        self._last: dict[str, Outcome] = {}
        self._cut: set[str] = set()
        self._requotes: dict[str, int] = {}
        for head in calls.heads():
            if head.kind == "requote" and head.parent and head.outcome == "answered":
                self._requotes.setdefault(head.parent, head.place)
            if head.kind == "code":
                if head.outcome == "answered" and head.key not in self._answered:
                    self._answered[head.key] = head.place
                    self._served[head.key] = head.model_served
                elif head.outcome != "answered":
                    self._last[head.key] = head.outcome
                if head.outcome == "cut":
                    self._cut.add(head.key)
        self._halved = {(line.parent, line.repeat) for line in self._plan if line.parent}

    @property
    def repeats(self) -> range:
        """The repeats that were planned; the first is the coding."""
        return range(1, 1 + max((line.repeat for line in self._plan), default=1))

    @property
    def code_sets(self) -> range:
        """The sets of codes that were asked for, by their place in the run's `code_sets`."""
        return range(1 + max((line.codes for line in self._plan), default=0))

    def is_answered(self, line: Planned) -> bool:
        """Whether there is an answer to a planned call."""
        return line.key in self._answered

    def answer(self, key: str) -> Call:
        """The answer that was given under a key."""
        return self._calls.at(self._answered[key])

    def served_by(self, line: Planned) -> str:
        """The model that answered, as the provider names it."""
        return self._served[line.key]

    def requote(self, key: str) -> Call | None:
        """What came back when the bent quotes of an answer were asked for again."""
        place = self._requotes.get(key)
        return None if place is None else self._calls.at(place)

    def standing(self, repeat: int, codes: int = 0) -> Iterator[Planned]:
        """The lines about a set of codes that are answered, in the order of the plan."""
        return (line for line in self._of(repeat, codes) if line.key in self._answered)

    def open(self, repeat: int, codes: int = 0) -> Iterator[Planned]:
        """The lines without an answer, in the order of the plan; those that were halved stand back for their halves."""
        return (
            line
            for line in self._of(repeat, codes)
            if line.key not in self._answered and (line.key, repeat) not in self._halved
        )

    def first_asked(self, codes: int = 0) -> Iterator[Planned]:
        """The calls of the coding as they were planned at first, before any was halved."""
        return (line for line in self._of(1, codes) if line.parent is None)

    def _of(self, repeat: int, codes: int) -> Iterator[Planned]:
        return (line for line in self._plan if line.repeat == repeat and line.codes == codes)

    def is_cut(self, line: Planned) -> bool:
        """Whether the reply to a planned call was cut, or it was too long to be asked."""
        return line.key in self._cut

    def reason(self, line: Planned) -> str:
        """Why a planned call has no answer."""
        if self.is_cut(line):
            return "cut at the length limit, and too short to halve"
        return self._last.get(line.key, "not asked yet")

    def usable(self, passages: Sequence[CallPassage]) -> tuple[CallPassage, ...]:
        """The stretches whose text is still the one that was asked about."""
        return tuple(p for p in passages if not self.is_stale(p))

    def is_stale(self, passage: CallPassage) -> bool:
        """Whether a stretch is of a text that has changed since, or is not here."""
        return self._hashes.get(passage.transcript) != passage.text_sha256


class Covered:
    """The stretches that some calls cover: of each transcript, sorted and without overlap."""

    def __init__(self) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}

    def __contains__(self, transcript: str) -> bool:
        return transcript in self._starts

    def add(self, passages: Iterable[CallPassage]) -> None:
        """Cover these stretches, too."""
        for p in passages:
            starts = self._starts.setdefault(p.transcript, [])
            ends = self._ends.setdefault(p.transcript, [])
            first, last = bisect_right(ends, p.start), bisect_left(starts, p.end)
            merged = slice(first, last)  # those that it overlaps
            start, end = min([p.start, *starts[merged]]), max([p.end, *ends[merged]])
            starts[merged], ends[merged] = [start], [end]

    def touches(self, passages: Iterable[CallPassage]) -> bool:
        """Whether any of these stretches is covered already, even in part."""
        return any(
            p.transcript in self._starts
            and bisect_right(self._ends[p.transcript], p.start) < bisect_left(self._starts[p.transcript], p.end)
            for p in passages
        )

    def holds(self, transcript: str, at: int) -> bool:
        """Whether a character is covered."""
        return self.touches([CallPassage(transcript, "", at, at + 1)])
