"""Where a quote stands in a transcript, and how it was found.

`exact`    word for word, character for character
`folded`   the same words; only typography differs (case, quote marks, dashes, white space, Unicode form)
`altered`  words differ: the nearest passage is shown, and flagged
`none`     nothing close

`exact` and `folded` follow from equality, never from a score (folding.py, verbatim.py). A score is only used to find
the passage that an altered quote is nearest to (nearest.py). Positions are kept through the fold by a map, so what is
shown is always the transcript's own characters.
"""

from __future__ import annotations

from autocode.data import Grounding, Span
from autocode.grounding.cutting import is_cut, whole_sentence
from autocode.grounding.differences import WordDiff, reasons, word_diff
from autocode.grounding.nearest import nearest, scattered
from autocode.grounding.one_run import COVERAGE, ELSEWHERE
from autocode.grounding.prepared import prepared, search_words
from autocode.grounding.verbatim import verbatim

GROUNDER = "2"
"""The version of these rules; a run that is derived again says by which."""

__all__ = ["GROUNDER", "WordDiff", "ground", "is_cut", "whole_sentence", "word_diff"]


def ground(quote: str, text: str, *, within: Span | None = None) -> Grounding:
    """Where a quote stands in a text, and whether it stands there to the letter, but for typography, or altered.

    `within` is the passage that the quote is said to come from; it is searched first. A verbatim place elsewhere in
    the text comes before a near one inside it, and is told as `outside`. If the words stand there twice, the first
    place is given and `ambiguous` is set. A quote of one or two words has to stand as words of its own, and has no
    nearest passage. Parts with dots between them are one `altered` quote where all stand in order; halves from
    different places are `none`, with both places in `parts`. Nothing is raised, whatever the quote holds.

    >>> ground("i know", "INT: Why?\\nP1: I know.").span
    Span(start=14, end=20)
    """
    everything = Span(0, len(text))
    within = within or everything
    if not quote.strip():
        return Grounding(match="none", reasons=("the quote is empty",))
    source = prepared(text)
    places = [within] if within == everything else [within, everything]
    for where in places:
        found = verbatim(quote, source, where)
        if found is not None:
            return found.model_copy(update={"outside": where is not within})
    label, rest = source.label_of(quote)
    if label and len(search_words(rest)) < 3:
        found = verbatim(rest, source, within)
        if found is not None and found.span and source.label_before(found.span.start) == label:
            return found.model_copy(update={"match": "altered", "reasons": ("speaker label",)})
    for where in places:
        found = nearest(quote, source, where, coverage=COVERAGE if where is within else ELSEWHERE)
        if found is not None and found.span is not None:
            told = reasons(quote, source, found.span, found.parts)
            return found.model_copy(update={"outside": not _inside(found.span, within), "reasons": told})
    parts = scattered(quote, source, everything)
    if parts:
        return Grounding(match="none", reasons=("parts from different places",), parts=parts)
    return Grounding(match="none")


def _inside(span: Span, within: Span) -> bool:
    return within.start <= span.start and span.end <= within.end
