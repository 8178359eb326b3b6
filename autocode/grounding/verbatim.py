"""Where a quote stands to the letter, or but for typography: by equality, never by a score."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from autocode.data import Grounding, Span
from autocode.grounding.edges import is_border, makes_another_word
from autocode.grounding.folding import fold
from autocode.grounding.prepared import Prepared, placed_words, search_words

SHORT = 60
"""Of a quote of more characters than this, places that overlap are not told apart."""
_AT_EDGES = "' ,.;:-—"
_SIGNED = re.compile(f"^(?:(?![-.,][0-9])[{re.escape(_AT_EDGES)}])+")
_ASKS_OR_CALLS = re.compile("'*[?!\u061f\u203d\u1367]")  # of Arabic, the interrobang and of Ethiopic too


def verbatim(quote: str, text: Prepared, where: Span) -> Grounding | None:
    """The first place of a quote in a stretch of text, `exact` or `folded`, or None."""
    exact = _exact_places(quote.strip(), text.text, where)
    if exact:
        return Grounding(match="exact", span=exact[0], ambiguous=len(exact) > 1)
    for form, dropped in _forms(fold(quote).text):
        folded = _folded_places(form, dropped, text, where)
        if folded:
            return Grounding(match="folded", span=folded[0], ambiguous=len(folded) > 1)
    return None


def _forms(folded: str) -> Iterator[tuple[str, str]]:
    """The folded quote; without quote marks put around it; without punctuation at its edges that people change.

    Each with the marks that were dropped at its end.
    """
    bare = folded.strip()
    # A sign that belongs to a number ("-5", ".5") is no punctuation at its edge.
    for form in (bare, bare.strip("'").strip(), _SIGNED.sub("", bare.rstrip(_AT_EDGES))):
        if any(c.isalnum() for c in form):
            yield form, bare[bare.rindex(form) + len(form) :]


def _exact_places(quote: str, text: str, where: Span) -> list[Span]:
    spans = (Span(at, at + len(quote)) for at in _starts(quote, text, where.start, where.end))
    return _first_two(spans, text, words=lambda: len(search_words(quote)))


def _folded_places(form: str, dropped: str, text: Prepared, where: Span) -> list[Span]:
    folded = text.folded
    another_end = bool(dropped.strip("' "))
    start, end = bisect_left(folded.starts, where.start), bisect_left(folded.starts, where.end)

    def spans() -> Iterator[Span]:
        for at in _starts(form, folded.text, start, end):
            after = at + len(form)
            # "You trust him." is not "You trust him?": a mark may be dropped at the end, not put in place of ? or !.
            bent = another_end and _ASKS_OR_CALLS.match(folded.text, after)
            if not bent and not folded.splits_a_character(at, after):
                yield folded.source(at, after)

    return _first_two(spans(), text.text, words=lambda: len(placed_words(form)))


def _starts(form: str, text: str, start: int, end: int) -> Iterator[int]:
    """Where a quote stands; a short one also where it overlaps with itself, as "no no" does in "no no no"."""
    step = 1 if len(form) <= SHORT else len(form)
    at = text.find(form, start, end)
    while at >= 0:
        yield at
        at = text.find(form, at + step, end)


def _first_two(spans: Iterable[Span], text: str, *, words: Callable[[], int]) -> list[Span]:
    """The first places where the quote stands as words of its own; failing those, if it has more than two words, any.

    Two are enough to know that there is more than one. Never one at whose edge another word stands than was said, such
    as "can" for "can't".
    """
    whole: list[Span] = []
    inside: list[Span] = []
    for span in spans:
        if not (is_border(text, span.start) and is_border(text, span.end)):
            if len(inside) < 2 and not makes_another_word(text, span):
                inside.append(span)
        elif not makes_another_word(text, span):
            whole.append(span)
            if len(whole) == 2:
                break
    return whole or (inside if inside and words() > 2 else [])
