"""Quotes cut out of a sentence that says the opposite: "I would [not recommend it]" is a misquotation too."""

from __future__ import annotations

from functools import lru_cache

from autocode.data import Span
from autocode.grounding.prepared import search_words
from autocode.grounding.word_lists import CONDITIONS, REPORTED, holds, negations
from autocode.sentences import sentences

NEAR = 6
"""How many words before and after a quote are looked at."""


def whole_sentence(text: str, span: Span, *, within: Span) -> Span:
    """The sentences that a quote lies in, from the beginning of the first to the end of the last.

    >>> text = "Well. I would not recommend it to anyone. Sure."
    >>> whole = whole_sentence(text, Span(18, 30), within=Span(0, len(text)))
    >>> text[whole.start : whole.end]
    'I would not recommend it to anyone.'
    """
    touched = [s for s in _sentences(text, within) if s.start < span.end and span.start < s.end]
    return Span(min(touched[0].start, span.start), max(touched[-1].end, span.end)) if touched else span


@lru_cache(maxsize=8)
def _sentences(text: str, within: Span) -> tuple[Span, ...]:
    """The sentences of a turn, kept for the next quote from it."""
    return tuple(sentences(text, within))


def is_cut(text: str, span: Span, *, within: Span) -> bool:
    """Whether the quote's sentence has a negation, a condition or reported speech just before or after the quote.

    `within` is the turn it stands in. A flag for a person to look at, never a verdict.
    """
    whole = whole_sentence(text, span, within=within)
    before = search_words(text[whole.start : span.start])[-NEAR:]
    after = search_words(text[span.end : whole.end])[:NEAR]
    return any(negations(words) or holds(words, CONDITIONS, REPORTED) for words in (before, after))
