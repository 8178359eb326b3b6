"""The passage that an altered quote is nearest to: how people and models bend what was said.

Words are dropped ("um"), put in, changed, moved; parts are left out, with dots or without. So the quote's words are
matched to the text's, both in order (one_run.py): a word of the text that is passed over costs little, and a quote is
near where enough of its words stand (coverage) close enough together (density). A score only finds the place and
decides between `altered` and `none`; what is called `exact` or `folded` never depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise

from autocode.data import Grounding, Span
from autocode.grounding.edges import is_torn_after, is_torn_before
from autocode.grounding.folding import fold
from autocode.grounding.one_run import COVERAGE, ELSEWHERE, FEW, Place, near_place
from autocode.grounding.prepared import Prepared, placed_words, search_words

WITH_DOTS = 0.85
"""The coverage asked of a quote whose dots stand neither in the text nor for something that was left out."""
GAP = 150
"""The most words that dots stand for."""
MOST_ANCHORS, MOST_PLACES = 4, 50
"""How many parts, and how many places of each, are tried before an elision is given up."""

# In the folded quote: dots, bare or in brackets; or the end of one quote and the beginning of the next in one field.
_DOTS = re.compile(r"\s*[\[(]?\s*(?:\.\s?){2,}\.?\s*[\])]?\s*|'\s*[,;/|]?\s*'|\s[/|]\s")
_DOTS_IN_BRACKETS = re.compile(r"\s*[\[(]\s*(?:\.\s?){2,}\.?\s*[\])]\s*")
_BRACKETED = re.compile(r"\[[^\]]*\]")


def nearest(quote: str, text: Prepared, where: Span, *, coverage: float) -> Grounding | None:
    """The place in a stretch of text that a quote is nearest to, as `altered`, or None."""
    label, said = text.label_of(quote)
    places = _places_of(said, text, Place(*text.words_in(where)), coverage=coverage)
    if not places:
        # Words in square brackets are the writer's own: "[the manager] moved two deadlines".
        bare = _BRACKETED.sub(" ", quote)
        return nearest(bare, text, where, coverage=coverage) if bare != quote else None
    first = places[0].first - len(label)
    if label and first >= 0 and text.words[first : places[0].first] == label:
        places[0] = Place(first, places[0].last)
    span = _with_edges(quote.strip(), text.text, _whole_words(places[0].first, places[-1].last, text))
    apart = any(b.first - a.last > 1 for a, b in pairwise(places))  # else the dots are the transcript's own
    spans = tuple(text.span_of(place.first, place.last) for place in places)
    return Grounding(match="altered", span=span, parts=spans if apart else ())


def _places_of(quote: str, text: Prepared, within: Place, *, coverage: float) -> list[Place]:
    """Where a quote stands as one run or, if its dots stand for something left out, where its parts do."""
    parts = _parts(quote)
    wanted = [word for part in parts for word in part]
    whole = near_place(wanted, text, within, coverage=coverage, least=3)
    if len(parts) < 2:
        return [whole] if whole else []
    one_run = whole is not None and _dots_are_the_texts(whole, parts, text)
    if whole and one_run and whole.matched >= len(wanted) - FEW:
        return [whole]
    for each in (parts, _parts(quote, _DOTS_IN_BRACKETS)):
        places = _elision(each, text, within, verbatim=coverage > COVERAGE) if len(each) > 1 else None
        if places and not (whole and one_run and whole.matched >= sum(place.matched for place in places) - FEW):
            return places
    # Dots that stand for nothing left out, and not in the text: put in by the quote, if nearly all of it is there.
    if whole and not one_run and whole.matched < WITH_DOTS * len(wanted):
        whole = near_place(wanted, text, within, coverage=max(coverage, WITH_DOTS), least=3)
    return [whole] if whole else []


def _dots_are_the_texts(place: Place, parts: Sequence[Sequence[str]], text: Prepared) -> bool:
    """Whether nothing of the text was left out where the quote has dots: the speaker's own, for a pause."""
    cuts = list(accumulate((len(part) for part in parts), initial=0))
    found = [[pair for pair in place.pairs if begin <= pair[0] < end] for begin, end in pairwise(cuts)]
    if any(2 * len(pairs) < len(part) for pairs, part in zip(found, parts, strict=True)):
        return False
    return all(_nothing_is_left_out(before[-1], after[0], text) for before, after in pairwise(found))


def _nothing_is_left_out(before: tuple[int, int], after: tuple[int, int], text: Prepared) -> bool:
    """Whether the text goes on at once from one matched word to the next, or has dots there with no more words."""
    (place, word), (next_place, next_word) = before, after
    if next_word - word == 1:
        return True
    between = text.text[text.spans[word].end : text.spans[next_word].start]
    return next_word - word <= next_place - place and bool(_DOTS.search(fold(between).text))


def scattered(quote: str, text: Prepared, where: Span) -> tuple[Span, ...]:
    """Where each part of a quote with dots stands by itself, if all stand somewhere: nobody said them together."""
    parts, within = _parts(quote), Place(*text.words_in(where))
    places = [next(_places(part, text, within, verbatim=False), None) for part in parts] if len(parts) > 1 else []
    return tuple(text.span_of(p.first, p.last) for p in places if p) if all(places) else ()


def _parts(quote: str, cuts: re.Pattern[str] = _DOTS) -> list[list[str]]:
    """The words of a quote, cut where dots say that something is left out."""
    pieces = cuts.split(fold(quote).text)
    if len(pieces) < 2:
        return [search_words(quote)]
    return [words for piece in pieces if (words := [word for word, _, _ in placed_words(piece)])]


# --- parts with dots between them -------------------------------------------------------------------------------


def _elision(parts: Sequence[Sequence[str]], text: Prepared, within: Place, *, verbatim: bool) -> list[Place] | None:
    """The places of the parts of a quote, where all stand in order and not too far apart.

    Each part in turn is the anchor, the longest first, since a short one stands in many places. With `verbatim` every
    part has to stand word for word, as is asked outside the passage.
    """
    for anchor in sorted(range(len(parts)), key=lambda n: -len(parts[n]))[:MOST_ANCHORS]:
        for place in islice(_places(parts[anchor], text, within, verbatim), MOST_PLACES):
            found = _around(anchor, place, parts, text, within, verbatim)
            if found:
                return found
    return None


def _around(
    anchor: int,
    place: Place,
    parts: Sequence[Sequence[str]],
    text: Prepared,
    within: Place,
    verbatim: bool,
) -> list[Place] | None:
    """The nearest places of the other parts, left and right of the anchor; None where one is not there."""
    found = [place]
    for part in reversed(parts[:anchor]):
        left = Place(max(within.first, found[0].first - GAP - len(part)), found[0].first)
        *_, nearest_left = [None, *_places(part, text, left, verbatim)]
        if nearest_left is None:
            return None
        found.insert(0, nearest_left)
    for part in parts[anchor + 1 :]:
        right = Place(found[-1].last + 1, min(within.last, found[-1].last + 1 + GAP + len(part)))
        nearest_right = next(_places(part, text, right, verbatim), None)
        if nearest_right is None:
            return None
        found.append(nearest_right)
    return found


def _places(part: Sequence[str], text: Prepared, within: Place, verbatim: bool) -> Iterator[Place]:
    """The places where a part stands word for word, in order; failing those, the one it is nearest to."""
    found = False
    size = len(part)
    for at in text.places_of(part[0], within.first, within.last - size + 1):
        if text.words[at : at + size] == part:
            found = True
            yield Place(at, at + size - 1)
    if not found and size > 2 and not verbatim:
        place = near_place(part, text, within, coverage=ELSEWHERE)
        if place is not None:
            yield place


# --- the edges --------------------------------------------------------------------------------------------------


def _whole_words(first: int, last: int, text: Prepared) -> Span:
    """From the first to the last of some words, with what they are parts of: of "2-5 days" never "5 days"."""
    while first > 0 and is_torn_before(text.text, text.spans[first]):
        first -= 1
    while last + 1 < len(text.words) and is_torn_after(text.text, text.spans[last]):
        last += 1
    return text.span_of(first, last)


def _with_edges(quote: str, text: str, span: Span) -> Span:
    """The span, widened by the marks (a question mark, an emoji) at the quote's edges that the text has there too."""
    folded = fold(quote)
    words = placed_words(folded.text)
    if not words:
        return span
    head, tail = quote[: folded.starts[words[0][1]]], quote[folded.ends[words[-1][2] - 1] :]
    start = span.start - len(head) if head and text.endswith(head, 0, span.start) else span.start
    return Span(start, span.end + len(tail) if tail and text.startswith(tail, span.end) else span.end)
