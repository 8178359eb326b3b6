"""What the calls of a run have read, which calls count for it, and what is left without a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autocode.data import CallPassage, Missing, Passage, Span
from autocode.runs.answers import Answers, Covered
from autocode.runs.info import RunInfo
from autocode.runs.lines import Planned

WAITS = "waits in batch"
"""How the reason of a stretch begins whose answer is still with the provider."""

Standing = tuple[Planned, tuple[CallPassage, ...]]
"""An answered call, with the stretches of it that count."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that has no decision, because its call was refused, unreadable or failed: missing, not zero."""

    passages: tuple[Passage, ...]
    repeat: int
    reason: str
    codes: tuple[str, ...] = ()
    """The codes that it is a gap for; blank: all of them."""

    @property
    def waits(self) -> bool:
        """Whether its answer is still to come, in a batch that was handed in."""
        return self.reason.startswith(WAITS)


@dataclass
class Read:
    """What the calls of a run come to, for one repeat."""

    seen: list[Passage] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    """Stretches that were read for some codes and not for these."""
    gaps: list[Gap] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    """The models that answered, as the provider names them."""
    stale: set[str] = field(default_factory=set)
    """Transcripts whose calls are kept but not used, because the text has changed or is not there."""
    standing: dict[str, list[Standing]] = field(default_factory=dict)
    """The answered calls about each transcript, in the order of the plan."""

    def add(
        self, answers: Answers, repeat: int, codes: int, asked_for: tuple[str, ...], reasons: Mapping[str, str]
    ) -> None:
        """Add what the calls about one set of codes come to."""
        covered = Covered()
        for line in answers.standing(repeat, codes):
            passages = tuple(p for p in answers.usable(line.passages) if not covered.touches([p]))
            self.stale.update(p.transcript for p in line.passages if answers.is_stale(p))
            if not passages:
                continue
            covered.add(passages)
            self.seen += [Passage(p.transcript, Span(p.start, p.end)) for p in passages]
            self.models.update(filter(None, [answers.served_by(line)]))
            for id in dict.fromkeys(p.transcript for p in passages):
                self.standing.setdefault(id, []).append((line, passages))
        for line in answers.open(repeat, codes):
            passages = tuple(p for p in answers.usable(line.passages) if not covered.touches([p]))
            covered.add(passages)
            if passages:
                where = tuple(Passage(p.transcript, Span(p.start, p.end)) for p in passages)
                self.gaps.append(Gap(where, repeat, reasons.get(line.key) or answers.reason(line), asked_for))
                self.missing += [Missing(passage=passage, code=code) for passage in where for code in asked_for]

    def carry_over(self, before: Read, info: RunInfo) -> None:
        """Add what an earlier run has read, and which codes are missing there or here."""
        now, narrow = Covered(), set()
        for id, calls in self.standing.items():
            now.add(p for _, usable in calls for p in usable if p.transcript == id)
            if any(info.code_sets[line.codes].carried for line, _ in calls):
                narrow.add(id)
        again = dict.fromkeys(code for each in info.code_sets if each.carried for code in each.codes)
        for passage in before.seen:
            if not now.touches([CallPassage(passage.transcript, "", passage.span.start, passage.span.end)]):
                self.seen.append(passage)
                self.missing += [Missing(passage=passage, code=code) for code in again]
        carried = info.since.codes if info.since else ()
        self.missing += [gap for gap in before.missing if gap.code in carried and gap.passage.transcript in narrow]


def read_of(
    answers: Answers, info: RunInfo, *, before: Read | None = None, reasons: Mapping[str, str] | None = None
) -> list[Read]:
    """What was read, repeat by repeat; `before` is what an earlier run has read whose coding is carried over."""
    repeats = []
    for repeat in answers.repeats:
        read = Read()
        for codes in answers.code_sets:
            asked_for = info.code_sets[codes].codes if info.code_sets else ()
            read.add(answers, repeat, codes, asked_for, reasons or {})
        if before is not None and repeat == 1:
            read.carry_over(before, info)
        read.seen = list(dict.fromkeys(read.seen))
        repeats.append(read)
    return repeats
