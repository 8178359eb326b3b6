"""A row of human coding -> where it stands in its transcript. Trusted most: start,end, then the quote, then the turn.

A quote that cannot be found is never dropped: its turn is taken, or it is kept without a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autocode.data import Grounding, Match, Span, Turn, overlap
from autocode.grounding import ground
from autocode.locating.carrying import carry, same_words
from autocode.locating.turns import Turns, error, whole_number
from autocode.reading.coding_rows import Row

TOLD = {
    "moved": "placed by the quote, which does not stand where start,end say",
    "other text": "coded on another state of the text (text_sha256 differs), placed again by quote or turn",
    "shifted": "coded on another state of the text (text_sha256 differs), placed again by quote, and elsewhere (moved)",
    "lost": "coded on another state of the text, without a quote or turn to find the place by; kept without a place",
    "kept": "with a quote that is not found; what start,end say is taken",
    "turn": "with a quote that is not found in its turn; the whole turn is taken",
    "other turn": "with a quote that stands in another turn than the one given; the whole turn given is taken",
    "not found": "with a quote that is not found; kept without a place",
    "carried": "placed by the words around them, as the program's own text differs from the transcript",
    "not carried": "whose words are not in the transcript as the program's own text has them; looked for by the quote",
    "paragraph": "with a quote that stands several times; that in the paragraph the program names is taken",
    "whole": "without quote, start,end and turn, so about the whole transcript",
}
"""What a person should know about how a row came to its place; said with the number of such rows."""
NOT_FOUND = ("kept", "turn", "not found")
"""Those whose quote is not in the transcript: every row is listed, not only the first."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a row stands, and how it came there."""

    span: Span | None
    match: Match = ""
    said: str = ""
    """The quote, where the transcript has other words."""
    ambiguous: bool = False
    told: tuple[str, ...] = ()
    """Keys of `TOLD`."""


def place(row: Row, turns: Turns) -> Placed:
    """Where a row stands in its transcript. Raises InputError for a turn or offsets that do not exist."""
    if row.text and row.text != turns.transcript.text:
        return _through_their_text(row, turns)
    turn = turns.numbered(row.turn, row) if row.turn else None
    changed = bool(row.text_sha256 and turns.transcript.sha256) and row.text_sha256 != turns.transcript.sha256
    quote = row.quote.strip()
    told = ("other text",) if changed else ()
    offsets = _offsets(row, turns, lenient=changed or bool(quote))
    if quote:
        if not (turn or offsets) and (here := _in_paragraph(quote, row.paragraph, turns)):
            return here
        found = _by_quote(quote, turn, offsets, turns, told, moved=bool(row.start) and not changed)
        return _shifted(found, row) if changed else found
    if offsets and not changed:
        return Placed(offsets)
    if turn:
        return Placed(turn.span, told=told)
    if row.start:
        return Placed(None, match="none", told=("lost",))
    return Placed(turns.whole, told=("whole",))


def _shifted(found: Placed, row: Row) -> Placed:
    """The same, told as moved if start,end said another place in the text that was coded."""
    before = (whole_number(row.start), whole_number(row.end))
    if found.span is None or None in before or before == (found.span.start, found.span.end):
        return found
    return replace(found, told=tuple("shifted" if each == "other text" else each for each in found.told))


def _through_their_text(row: Row, turns: Turns) -> Placed:
    """The place of a row whose start,end count in the program's own text of the interview."""
    quote, text = row.quote.strip(), turns.transcript.text
    start, end = whole_number(row.start), whole_number(row.end)
    found = None
    if start is not None and end is not None and start < end <= len(row.text):
        found = carry(Span(start, end), row.text, text)
        theirs = row.text[start:end].strip()
        if found and (not quote or same_words(quote, theirs)):
            here = text[found.span.start : found.span.end]
            match: Match = "exact" if here == theirs else "folded" if same_words(here, theirs) else "altered"
            said = "" if here == theirs else theirs
            return Placed(found.span, match=match, said=said, ambiguous=found.ambiguous, told=("carried",))
    if not quote:
        return Placed(None, match="none", told=("lost",))
    told = () if found else ("not carried",)
    return _by_quote(quote, None, found.span if found else None, turns, told, moved=found is not None)


def _in_paragraph(quote: str, paragraph: str, turns: Turns) -> Placed | None:
    """The place of a quote that stands several times, where another program says in which paragraph it is.

    Programs count blank paragraphs or leave them out: where the two ways lead to different places, neither is taken.
    """
    number = whole_number(paragraph)
    if not number or not ground(quote, turns.transcript.text).ambiguous:
        return None
    found = {
        here
        for lines in (turns.lines, [line for line in turns.lines if len(line)])
        if number <= len(lines) and (here := ground(quote, turns.transcript.text, within=lines[number - 1]))
        if here.match in ("exact", "folded") and not here.outside and not here.ambiguous
    }
    if len({here.span for here in found}) != 1:
        return None
    here = found.pop()
    span = here.span
    assert span is not None
    said = quote if turns.transcript.text[span.start : span.end] != quote else ""
    return Placed(span, match=here.match, said=said, told=("paragraph",))


def _offsets(row: Row, turns: Turns, *, lenient: bool) -> Span | None:
    """The span that start,end name. Where they cannot be right: None if there is something else to go by."""
    if not row.start and not row.end:
        return None
    start, end = whole_number(row.start), whole_number(row.end)
    if start is None or end is None:
        raise error(row, f'start "{row.start}" and end "{row.end}" are not two whole numbers; give both, or neither')
    span = Span(start, end)
    if span.start < span.end <= len(turns.transcript.text):
        return span
    if lenient:
        return None
    raise error(
        row,
        f"start,end {span.start}-{span.end} is no stretch of {turns.transcript.id}, which has "
        f"{len(turns.transcript.text)} characters; correct them, or give the quote",
    )


def _by_quote(
    quote: str, turn: Turn | None, offsets: Span | None, turns: Turns, told: tuple[str, ...], *, moved: bool
) -> Placed:
    text = turns.transcript.text
    if offsets and text[offsets.start : offsets.end].strip() == quote:
        return Placed(offsets, match="exact", told=told)
    found = _search(quote, turn, offsets, turns)
    span = found.span
    # A place is taken if it touches what the coder pointed at. Without turn and offsets, any place is.
    taken = span is not None and (turn is None or overlap(span, turn.span) > 0)
    if taken and turn is None and offsets and found.match == "altered":
        taken = span is not None and overlap(span, offsets) > 0
    if span is not None and taken:
        said = quote if text[span.start : span.end] != quote else ""
        told = (*told, "moved") if moved and span != offsets else told
        return Placed(span, match=found.match, said=said, ambiguous=found.ambiguous, told=told)
    if offsets and not told:
        return Placed(offsets, match="none", said=quote, told=("kept",))
    if turn:
        verbatim = span is not None and found.match in ("exact", "folded")
        return Placed(turn.span, match="none", said=quote, told=(*told, "other turn" if verbatim else "turn"))
    return Placed(None, match="none", said=quote, told=(*told, "not found"))


def _search(quote: str, turn: Turn | None, offsets: Span | None, turns: Turns) -> Grounding:
    """The quote, looked for where start,end say, then in the turn, then anywhere."""
    if offsets:
        here = turns.ground(quote, offsets)
        if here.match in ("exact", "folded") and not here.outside and not here.ambiguous:
            return here
    near = turn or (turns.at(offsets.start) if offsets else None)
    return turns.ground(quote, near.span if near else None)
