"""Which recorded calls stand for a planned one: its own answer, or those of the halves it was cut into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from autocode.data import Call, CallPassage, Passage, Span, Transcript
from autocode.runs import Gap, Planned


class Answers:
    """The answered calls that stand for a planned one: itself, or the halves it was cut into."""

    def __init__(self, calls: Iterable[Call], transcripts: Mapping[str, Transcript], reasons: Mapping[str, str]):
        self._by_key: dict[str, list[Call]] = {}
        self._halves: dict[str, dict[str, None]] = {}
        self._transcripts = transcripts
        self._reasons = reasons
        for call in calls:
            if call.kind == "code":
                self._by_key.setdefault(call.key, []).append(call)
                if call.parent:
                    self._halves.setdefault(call.parent, {})[call.key] = None

    def of(self, line: Planned, gaps: list[Gap]) -> Iterator[Call]:
        """The answered calls of a planned one, in order; what has no answer is added to the gaps."""
        return self._of(line.key, self.usable(line.passages), line.repeat, gaps)

    def usable(self, passages: Sequence[CallPassage]) -> tuple[CallPassage, ...]:
        """The stretches whose text is still the one that was asked about."""
        return tuple(
            p
            for p in passages
            if p.transcript in self._transcripts and self._transcripts[p.transcript].sha256 == p.text_sha256
        )

    def _of(self, key: str, passages: tuple[CallPassage, ...], repeat: int, gaps: list[Gap]) -> Iterator[Call]:
        calls = self._by_key.get(key, [])
        answered = next((call for call in calls if call.outcome == "answered"), None)
        if answered is not None:
            yield answered
            return
        halves = self._halves.get(key, {})
        open_parts = passages
        for half in halves:
            theirs = self.usable(self._by_key[half][0].passages)
            open_parts = _subtract(open_parts, theirs)
            yield from self._of(half, theirs, repeat, gaps)
        if open_parts:
            outcome = calls[-1].outcome if calls else "not asked yet"
            gaps.append(
                Gap(
                    passages=tuple(Passage(p.transcript, Span(p.start, p.end)) for p in open_parts),
                    repeat=repeat,
                    reason=self._reasons.get(key, outcome),
                )
            )


def _subtract(passages: Iterable[CallPassage], taken: Iterable[CallPassage]) -> tuple[CallPassage, ...]:
    """What is left of some stretches when the halves that were asked are taken out of them."""
    left = list(passages)
    for out in taken:
        left = [
            p.model_copy(update={"start": start, "end": end})
            for p in left
            for start, end in (
                [(p.start, min(p.end, out.start)), (max(p.start, out.end), p.end)]
                if p.transcript == out.transcript
                else [(p.start, p.end)]
            )
            if start < end
        ]
    return tuple(left)
