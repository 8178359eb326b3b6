"""Calls -> coded segments: every proposal located in its transcript, with what is wrong with it.

Segments are computed from the recorded calls each time, so a better grounder re-grounds an old run for free, and every
row leads back to a reply.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autocode.asking import read_reply
from autocode.codebook import is_codable, match_code, speakers_of
from autocode.coding.planning import current
from autocode.data import (
    Call,
    CallPassage,
    Code,
    Codebook,
    CodedSegment,
    Coding,
    Grounding,
    Passage,
    Problem,
    Proposal,
    Span,
    Transcript,
    Turn,
    canonical_json,
    overlap,
    sha256,
)
from autocode.grounding import ground
from autocode.runs import Gap, Planned, Row, Run, RunInfo


@dataclass
class Derived:
    """What the calls of a run come to, for one repeat."""

    rows: list[Row] = field(default_factory=list)
    seen: list[Passage] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    """The models that answered, as the provider names them."""
    stale: set[str] = field(default_factory=set)
    """Transcripts whose calls are kept but not used, because the text has changed or is not there."""


def derive(
    run: Run, info: RunInfo, transcripts: Mapping[str, Transcript], *, reasons: Mapping[str, str] | None = None
) -> list[Derived]:
    """The segments, the stretches read and the gaps of a run, repeat by repeat (the first is the coding)."""
    plan = list(run.plan)
    answers = _Answers(run.calls, transcripts, reasons or {})
    derived = [Derived() for _ in range(max((line.repeat for line in plan), default=1))]
    for line in plan:
        into = derived[line.repeat - 1]
        if not current(line, transcripts):
            into.stale.update(
                p.transcript
                for p in line.passages
                if p.transcript not in transcripts or transcripts[p.transcript].sha256 != p.text_sha256
            )
        for call in answers.of(line, into):
            into.seen += [Passage(p.transcript, Span(p.start, p.end)) for p in call.passages]
            into.models.add(call.model_served)
            into.rows += _rows(call, run.name, info, transcripts)
    for each in derived:
        each.rows = _without_duplicates(each.rows)
        each.models.discard("")
    return derived


class _Answers:
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

    def of(self, line: Planned, into: Derived) -> Iterator[Call]:
        return self._of(line.key, self._usable(line.passages), line.repeat, into)

    def _usable(self, passages: Sequence[CallPassage]) -> tuple[CallPassage, ...]:
        """The stretches whose text is still the one that was asked about."""
        return tuple(
            p
            for p in passages
            if p.transcript in self._transcripts and self._transcripts[p.transcript].sha256 == p.text_sha256
        )

    def _of(self, key: str, passages: tuple[CallPassage, ...], repeat: int, into: Derived) -> Iterator[Call]:
        calls = self._by_key.get(key, [])
        answered = next((call for call in calls if call.outcome == "answered"), None)
        if answered is not None:
            yield answered.model_copy(update={"passages": self._usable(answered.passages)})
            return
        halves = self._halves.get(key, {})
        open_parts = passages
        for half in halves:
            theirs = self._usable(self._by_key[half][0].passages)
            open_parts = _subtract(open_parts, theirs)
            yield from self._of(half, theirs, repeat, into)
        if open_parts:
            outcome = calls[-1].outcome if calls else "not asked yet"
            into.gaps.append(
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


def _rows(call: Call, run: str, info: RunInfo, transcripts: Mapping[str, Transcript]) -> Iterator[Row]:
    """The rows of one answered call, in the order of the reply."""
    for proposal in read_reply(call.raw).proposals:
        passage = _passage(call.passages, proposal)
        if passage is None:
            continue
        transcript = transcripts[passage.transcript]
        segment = _segment(proposal, passage, call, info, transcript)
        turn = turn_at(transcript, segment.span.start) if segment.span else None
        yield Row(
            segment=segment,
            turn=turn.number if turn else None,
            speaker=turn.speaker if turn else "",
            quote=transcript.text[segment.span.start : segment.span.end] if segment.span else "",
            coder=info.model,
            at=turn.starts_at if turn else None,
            run=run,
            text_sha256=transcript.sha256,
        )


def _passage(passages: Sequence[CallPassage], proposal: Proposal) -> CallPassage | None:
    """The stretch that a proposal speaks of; the first, where it names no part or one that was not asked."""
    wanted = [p for p in passages if p.part is not None and p.part == proposal.part]
    return next(iter(wanted or passages), None)


def _segment(
    proposal: Proposal, passage: CallPassage, call: Call, info: RunInfo, transcript: Transcript
) -> CodedSegment:
    place = [passage.transcript, passage.start, call.key, proposal.item, proposal.sub]
    code = _known(info.codebook, proposal.code)
    misplaced = passage.part is not None and proposal.part != passage.part
    found = (
        Grounding(match="none")
        if misplaced
        else ground(proposal.quote, transcript.text, within=Span(passage.start, passage.end))
    )
    text = transcript.text[found.span.start : found.span.end] if found.span else ""
    return CodedSegment(
        id=sha256(canonical_json(place))[:16],
        transcript_id=transcript.id,
        code=code.id if code else proposal.code,
        span=found.span,
        match=found.match,
        problem=problems(
            found,
            known=code is not None,
            misplaced=misplaced,
            excluded=code is not None and not _codable_there(found.span, code, info, transcript),
        ),
        said=proposal.quote if proposal.quote != text else "",
        why=proposal.why,
    )


def problems(found: Grounding, *, known: bool, misplaced: bool, excluded: bool) -> tuple[Problem, ...]:
    """What is wrong with a located claim, in the order that coding.csv has them (duplicates are told later)."""
    told: list[tuple[Problem, bool]] = [
        ("unknown code", not known),
        ("quote not found", found.match == "none"),
        ("quote altered", found.match == "altered"),
        ("outside passage", found.outside or misplaced),
        ("excluded speaker", excluded),
        ("ambiguous", found.ambiguous),
    ]
    return tuple(problem for problem, is_so in told if is_so)


def _known(codebook: Codebook, written: str) -> Code | None:
    """The code a model means, if it may be used: not one that is retired or only a theme."""
    code = match_code(codebook, written)
    return code if code and code.status != "retired" and is_codable(codebook, code) else None


def _codable_there(span: Span | None, code: Code, info: RunInfo, transcript: Transcript) -> bool:
    """Whether any character of a stretch lies in a turn that may be coded for this code."""
    return span is None or may_be_coded(
        span, transcript, exclude_speakers=info.exclude_speakers, speakers=speakers_of(info.codebook, code)
    )


def may_be_coded(
    span: Span, transcript: Transcript, *, exclude_speakers: Collection[str], speakers: Collection[str]
) -> bool:
    """Whether any character of a stretch lies in a turn of a speaker who may be coded."""
    return any(
        turn.speaker not in exclude_speakers and (not speakers or turn.speaker in speakers)
        for turn in turns_in(transcript, span)
    )


def turns_in(transcript: Transcript, span: Span) -> Iterator[Turn]:
    """The turns that share a character with a stretch."""
    at = max(0, bisect_right(transcript.turns, span.start, key=lambda turn: turn.span.start) - 1)
    for turn in transcript.turns[at:]:
        if turn.span.start >= span.end:
            return
        if overlap(turn.span, span):
            yield turn


def turn_at(transcript: Transcript, start: int) -> Turn | None:
    """The turn of a character; that of a label is the turn it announces."""
    at = bisect_right(transcript.turns, start, key=lambda turn: turn.span.start) - 1
    if at >= 0 and start < transcript.turns[at].span.end:
        return transcript.turns[at]
    return transcript.turns[at + 1] if at + 1 < len(transcript.turns) else None


def _without_duplicates(rows: Iterable[Row]) -> list[Row]:
    """The rows, each that repeats code and stretch of an earlier one marked as a duplicate."""
    first: set[tuple[str, str, Span]] = set()
    marked = []
    for row in rows:
        segment = row.segment
        if segment.span is not None and segment.counts:
            place = (segment.transcript_id, segment.code, segment.span)
            if place in first:
                segment = segment.model_copy(update={"problem": (*segment.problem, "duplicate")})
                row = row.model_copy(update={"segment": segment})
            first.add(place)
        marked.append(row)
    return marked


def codings_of(run: Run, info: RunInfo, transcripts: Mapping[str, Transcript]) -> list[Coding]:
    """The codings of a run, derived anew: the first is the model's coding, repeats are named `name#2`, …"""
    return [
        Coding(
            coder=info.model if repeat == 1 else f"{info.model}#{repeat}",
            kind="model",
            seen=tuple(derived.seen),
            segments=tuple(row.segment for row in derived.rows),
            stage="independent",
            saw="nothing",
            codebook=str(info.codebook.version),
            run=run.name,
            notes=tuple(
                f"{run.path}: the text of {id} has changed since it was coded or is not here; code it again"
                for id in sorted(derived.stale)
            ),
        )
        for repeat, derived in enumerate(derive(run, info, transcripts), start=1)
    ]
