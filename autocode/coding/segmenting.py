"""Proposal -> coded segment: located in its transcript, with what is wrong with it."""

from __future__ import annotations

from autocode.codebook import is_codable, match_code, speakers_of
from autocode.data import (
    CallPassage,
    Code,
    Codebook,
    CodedSegment,
    Grounding,
    Problem,
    Proposal,
    Span,
    canonical_json,
    sha256,
)
from autocode.grounding import ground, is_cut
from autocode.locating import Turns
from autocode.runs import RunInfo


def segment_of(
    proposal: Proposal,
    passage: CallPassage,
    turns: Turns,
    code: Code | None,
    *,
    key: str,
    info: RunInfo,
    misplaced: bool = False,
) -> CodedSegment:
    """A proposal as a segment; `code` is the one that it means, if it may be used, and `key` that of its call.

    A misplaced proposal names no passage of its call, so it is not looked for.
    """
    transcript = turns.transcript
    place = [passage.transcript, passage.start, key, proposal.item, proposal.sub]
    found, text = (Grounding(match="none"), "") if misplaced else _place(proposal.quote, passage, turns)
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
            excluded=code is not None and not _codable_there(found.span, code, info, turns),
        ),
        said=proposal.quote if proposal.quote != text else "",
        why=proposal.why,
    )


def _place(quote: str, passage: CallPassage, turns: Turns) -> tuple[Grounding, str]:
    """Where a quote stands in the transcript, and the words there as the model was shown them."""
    text, places = turns.shown
    found = ground(quote, text, within=places.onto(Span(passage.start, passage.end)))
    if found.span is None:
        return found, ""
    words = text[found.span.start : found.span.end]
    return found.model_copy(update={"span": places.back(found.span)}), words


def problems(found: Grounding, *, known: bool, misplaced: bool, excluded: bool) -> tuple[Problem, ...]:
    """What is wrong with a located claim, in the order that coding.csv has them (duplicates are told later)."""
    told: list[tuple[Problem, bool]] = [
        ("unknown code", not known),
        ("quote not found", found.match == "none" and not misplaced),
        ("quote altered", found.match == "altered"),
        ("outside passage", found.outside or misplaced),
        ("excluded speaker", excluded),
        ("ambiguous", found.ambiguous),
    ]
    return tuple(problem for problem, is_so in told if is_so)


def meant_code(codebook: Codebook, written: str) -> Code | None:
    """The code a model means, if it may be used: not one that is retired or only a theme."""
    code = match_code(codebook, written)
    return code if code and code.status != "retired" and is_codable(codebook, code) else None


def _codable_there(span: Span | None, code: Code, info: RunInfo, turns: Turns) -> bool:
    """Whether any character of a stretch lies in a turn that may be coded for this code."""
    return span is None or turns.may_be_coded(
        span, exclude_speakers=info.exclude_speakers, speakers=speakers_of(info.codebook, code)
    )


def flags_of(segment: CodedSegment, turns: Turns) -> tuple[str, ...]:
    """`cut` where a quote is word for word and its sentence may say otherwise."""
    if segment.span is None or segment.match not in ("exact", "folded"):
        return ()
    touched = list(turns.touched(segment.span))
    if not touched:
        return ()
    within = Span(touched[0].span.start, touched[-1].span.end)
    return ("cut",) if is_cut(turns.transcript.text, segment.span, within=within) else ()


def is_bent(segment: CodedSegment) -> bool:
    """Whether a quote is worth asking for again: a known code, and words that do not stand there."""
    return segment.match in ("altered", "none") and not {"unknown code", "outside passage"} & {*segment.problem}
