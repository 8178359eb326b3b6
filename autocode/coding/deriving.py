"""Calls -> coded segments: every proposal located in its transcript, with what is wrong with it.

Segments are computed from the recorded calls each time, so a better grounder re-grounds an old run for free, and every
row leads back to a reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import groupby

from autocode.asking import read_reply
from autocode.coding.requoting import number_of
from autocode.coding.segmenting import flags_of, is_bent, meant_code, segment_of
from autocode.data import (
    CallPassage,
    Code,
    CodedSegment,
    Coding,
    Proposal,
    Span,
    Transcript,
)
from autocode.locating import Turns
from autocode.runs import Answers, Planned, Read, Row, Run, RunInfo
from autocode.shelf import Shelf


@dataclass(frozen=True)
class Derivation:
    """A run's segments, computed one transcript at a time from its calls."""

    run: Run
    info: RunInfo
    shelf: Shelf
    answers: Answers
    repeats: tuple[Read, ...]
    """What the calls come to, repeat by repeat: the first is the coding."""
    before: Derivation | None = None
    """The earlier run whose coding of unchanged codes is carried over."""

    @cached_property
    def _name(self) -> str:
        return self.run.name

    @cached_property
    def _known(self) -> Callable[[str], Code | None]:
        """The code that a model means, kept: a few words are written again and again."""
        return lru_cache(maxsize=4096)(partial(meant_code, self.info.codebook))

    def rows(self, derived: Read) -> Iterator[Row]:
        """The rows of coding.csv, in its order."""
        proposals = lru_cache(maxsize=256)(self._proposals)
        again = lru_cache(maxsize=256)(self._quoted_again)
        carried = _by_transcript(self._carried(derived))
        ahead = next(carried, None)
        for id in sorted({*derived.standing, *self._carried_ids(derived)}):
            turns = Turns(self.shelf[id])
            rows = [
                row
                for line, usable in derived.standing.get(id, ())
                for row in self._rows(line, usable, turns, proposals(line.key), again(line.key))
            ]
            rows = _without_duplicates(rows)
            if ahead is not None and ahead[0] == id:
                rows += ahead[1]
                ahead = next(carried, None)
            yield from sorted(rows, key=lambda row: row.order)

    def _carried_ids(self, derived: Read) -> Iterable[str]:
        """The transcripts with rows of the earlier run, for the coding itself; a repeat has only its own."""
        return self.before.repeats[0].standing if self.before and derived is self.repeats[0] else ()

    def _carried(self, derived: Read) -> Iterator[Row]:
        """The rows of the earlier run about the codes that nobody has changed, each with that run's name."""
        if self.before is None or self.info.since is None or derived is not self.repeats[0]:
            return
        codes = frozenset(self.info.since.codes)
        full = {id for id, calls in derived.standing.items() if any(not self._is_narrow(line) for line, _ in calls)}
        for row in self.before.rows(self.before.repeats[0]):
            if row.segment.code in codes and row.segment.transcript_id not in full:
                yield row

    def _is_narrow(self, line: Planned) -> bool:
        """Whether a call asked only for the codes that an edit concerns."""
        return bool(self.info.code_sets) and self.info.code_sets[line.codes].carried

    def _may_be_answered(self, line: Planned, code: Code) -> bool:
        """Whether a call asked for a code."""
        return not self.info.code_sets or code.id in self.info.code_sets[line.codes].codes

    def _proposals(self, key: str) -> tuple[Proposal, ...]:
        return read_reply(self.answers.answer(key).raw).proposals

    def _quoted_again(self, key: str) -> dict[str, str]:
        """The quotes of a short call by the number that they were asked under."""
        call = self.answers.requote(key)
        return {p.why.strip().rstrip("."): p.quote for p in read_reply(call.raw).proposals} if call else {}

    def _rows(
        self,
        line: Planned,
        usable: Sequence[CallPassage],
        turns: Turns,
        proposals: Sequence[Proposal],
        again: Mapping[str, str],
    ) -> Iterator[Row]:
        """The rows of one answered call about one transcript, in the order of the reply.

        `usable` are the stretches that the call codes; `again` holds what came back for quotes that were asked for
        again, by their number.
        """
        numbers = {p.part for p in line.passages}
        transcript = turns.transcript
        for proposal in proposals:
            misplaced = numbers != {None} and proposal.part not in numbers
            about = usable[:1] if misplaced else [p for p in usable if p.part is None or p.part == proposal.part]
            for passage in about:
                if passage.transcript != transcript.id:
                    continue
                segment, flags = self._located(line, proposal, passage, misplaced, turns, again)
                turn = turns.of_first_character(segment.span) if segment.span else None
                yield Row(
                    segment=segment,
                    turn=turn.number if turn else None,
                    speaker=turn.speaker if turn else "",
                    quote=transcript.text[segment.span.start : segment.span.end] if segment.span else "",
                    coder=self.info.model,
                    at=turn.starts_at if turn else None,
                    run=self._name,
                    text_sha256=transcript.sha256,
                    flags=(*flags_of(segment, turns), *flags),
                )

    def _located(
        self,
        line: Planned,
        proposal: Proposal,
        passage: CallPassage,
        misplaced: bool,
        turns: Turns,
        again: Mapping[str, str],
    ) -> tuple[CodedSegment, tuple[str, ...]]:
        """A proposal as a segment, with the wording that was asked for again where that is the better one."""
        segment = self._segment(line, proposal, passage, misplaced, turns)
        quote = again.get(number_of(proposal)) if again and is_bent(segment) else None
        if quote:
            new = proposal.model_copy(update={"quote": quote})
            better = self._segment(line, new, passage, misplaced, turns)
            if better.match in ("exact", "folded") and "outside passage" not in better.problem:
                return better.model_copy(update={"said": proposal.quote}), ("requoted",)
        return segment, ()

    def _segment(
        self, line: Planned, proposal: Proposal, passage: CallPassage, misplaced: bool, turns: Turns
    ) -> CodedSegment:
        code = self._known(proposal.code)
        if code is not None and not self._may_be_answered(line, code):
            code = None
        return segment_of(proposal, passage, turns, code, key=line.key, info=self.info, misplaced=misplaced)


def _by_transcript(rows: Iterator[Row]) -> Iterator[tuple[str, list[Row]]]:
    for id, some in groupby(rows, key=lambda row: row.segment.transcript_id):
        yield id, list(some)


def derive(
    run: Run, info: RunInfo, transcripts: Iterable[Transcript] | Shelf, *, reasons: Mapping[str, str] | None = None
) -> Derivation:
    """The stretches read and the gaps of a run, and the way to its segments, repeat by repeat."""
    shelf = Shelf.of(transcripts)
    before = run.earlier(info)
    return Derivation(
        run=run,
        info=info,
        shelf=shelf,
        answers=Answers(run.plan, run.calls, shelf.hashes),
        repeats=tuple(run.read(shelf.hashes, reasons=reasons)),
        before=None if before is None else derive(before, before.made_with, shelf),
    )


def _without_duplicates(rows: Iterable[Row]) -> list[Row]:
    """The rows, those marked as duplicates that repeat code and stretch of another.

    The first in reply order stays; where it is no coding for another reason, the first that is.
    """
    rows = list(rows)
    stays: dict[tuple[str, str, Span], Row] = {}
    for row in sorted(rows, key=lambda row: not row.segment.counts):  # stable: reply order within each
        if row.segment.span is not None:
            stays.setdefault((row.segment.transcript_id, row.segment.code, row.segment.span), row)
    kept = {id(row) for row in stays.values()}
    return [row if row.segment.span is None or id(row) in kept else _duplicate(row) for row in rows]


def _duplicate(row: Row) -> Row:
    problem = (*row.segment.problem, "duplicate")
    return row.model_copy(update={"segment": row.segment.model_copy(update={"problem": problem})})


def codings_of(run: Run, info: RunInfo, transcripts: Iterable[Transcript] | Shelf) -> list[Coding]:
    """The codings of a run, derived anew: the first is the model's coding, repeats are named `name#2`, …"""
    derivation = derive(run, info, transcripts)
    return [
        Coding(
            coder=info.model if repeat == 1 else f"{info.model}#{repeat}",
            person=info.model,
            repeat=repeat,
            kind="model",
            seen=tuple(derived.seen),
            missing=tuple(derived.missing),
            segments=tuple(row.segment for row in derivation.rows(derived)),
            stage="independent",
            saw="nothing",
            codebook=info.coded_under,
            codes=info.decided_on(repeat),
            baseline=info.baseline,
            run=run.name,
            notes=tuple(
                f"{run.path}: the text of {id} has changed since it was coded or is not here; code it again"
                for id in sorted(derived.stale - {passage.transcript for passage in derived.seen})
            ),
        )
        for repeat, derived in enumerate(derivation.repeats, start=1)
    ]
