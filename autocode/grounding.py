"""Where a quote stands in a transcript, and how it was found.

`exact`    word for word, character for character
`folded`   the same words; only typography differs (case, quote marks, dashes, white space, Unicode form)
`altered`  words differ: the nearest passage is shown, and flagged
`none`     nothing close

`exact` and `folded` follow from equality, never from a score. A score is only used to find the passage that an
altered quote is nearest to. Positions are kept through the fold by a map, so what is shown is always the
transcript's own characters.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autocode.data import Grounding, Span

GROUNDER = "1"
"""The version of the rules below; a run that is derived again says by which."""

COVERAGE = 0.65  # share of the quote's words that must stand in the passage, in order
DENSITY = 0.50  # share of the passage's words that the quote must use
ELSEWHERE = 0.75  # coverage asked of a place outside the passage

# --- the fold: what counts as typography ------------------------------------------------------------------------

_QUOTE_MARKS = frozenset("'\"‘’‚‛“”„‟«»‹›`´′″＇＂「」『』〝〞〟")
_DASHES = frozenset("–—‒―")
_HYPHENS = frozenset("‐‑−﹣－")
# "10²" is not "102", "½" not "1/2", "①" not "1": these forms are left as they are.
_KEPT_FORMS = ("<super>", "<sub>", "<fraction>", "<circle>", "<square>")
_DASH = re.compile(r" *(?:—|--)[—-]* *| +-(?= ) +")
_BLANKS = re.compile(r" +")


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it: combining marks, half-width voiced marks, Hangul vowels."""
    return unicodedata.category(character)[0] == "M" or character in "ﾞﾟ" or "\u1160" <= character <= "\u11ff"


def _is_cjk(character: str) -> bool:
    """Whether a script writes this character without blanks between words."""
    return (
        "\u3000" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


@lru_cache(maxsize=65536)
def _fold_cluster(cluster: str) -> str:
    """The folded form of one character with its combining marks; white space becomes one blank."""
    first = cluster[0]
    if first in _QUOTE_MARKS:
        return "'"
    if first in _DASHES:
        return "—"
    if first in _HYPHENS:
        return "-"
    if first.isspace():
        return " "
    kept = "".join(c for c in cluster if unicodedata.category(c) != "Cf" and not _is_variation_selector(c))
    if unicodedata.decomposition(first).startswith(_KEPT_FORMS):
        return kept
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _joins(text[at]):
            if start < at:
                yield start, at
            start = at


@dataclass(frozen=True)
class Folded:
    """A folded text, with the place in the source that each of its characters comes from."""

    text: str
    starts: list[int]
    ends: list[int]

    def source(self, start: int, end: int) -> Span:
        """The stretch of the source that a stretch of the folded text comes from."""
        return Span(self.starts[start], self.ends[end - 1])

    def splits_a_character(self, start: int, end: int) -> bool:
        """Whether a stretch begins or ends within what was one character of the source ("ß" is folded to "ss")."""
        return (start > 0 and self.starts[start] == self.starts[start - 1]) or (
            end < len(self.text) and self.starts[end] == self.starts[end - 1]
        )


def fold(text: str) -> Folded:
    """A text with its typography folded away, and the map back.

    >>> fold("He said:  “I’m  HERE” – now").text
    "he said: 'i'm here'—now"
    """
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(text):
        piece = _fold_cluster(text[start:end])
        pieces.append(piece)
        starts.extend([start] * len(piece))
        ends.extend([end] * len(piece))
    first = Folded("".join(pieces), starts, ends)
    return _rewrite(_rewrite(first, _DASH, lambda _text, _match: "—"), _BLANKS, _blank)


def _blank(text: str, match: re.Match[str]) -> str:
    """One blank for a run of them, none beside a character of a script without blanks."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return "" if (before and _is_cjk(before)) or (after and _is_cjk(after)) else " "


def _rewrite(folded: Folded, pattern: re.Pattern[str], replace: Callable[[str, re.Match[str]], str]) -> Folded:
    """The text with each match replaced by at most one character, which stands for the whole of the match."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(folded.text):
        new = replace(folded.text, match)
        pieces += [folded.text[done : match.start()], new]
        starts += folded.starts[done : match.start()] + [folded.starts[match.start()]] * len(new)
        ends += folded.ends[done : match.start()] + [folded.ends[match.end() - 1]] * len(new)
        done = match.end()
    if not done:
        return folded
    return Folded("".join(pieces) + folded.text[done:], starts + folded.starts[done:], ends + folded.ends[done:])


# --- the text, prepared once ------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def _words(folded: str) -> list[tuple[str, int, int]]:
    """The words of a folded text with their places, diacritics stripped (for searching only); CJK: each character."""
    found = []
    for match in _WORD.finditer(_strip_marks(folded)):
        start = match.start()
        run = start
        for at in range(start, match.end()):
            if _is_cjk(folded[at]):
                if run < at:
                    found.append((match.group()[run - start : at - start], run, at))
                found.append((folded[at], at, at + 1))
                run = at + 1
        if run < match.end():
            found.append((match.group()[run - start :], run, match.end()))
    return found


def _strip_marks(folded: str) -> str:
    """The same text, as long as before, with each accented letter replaced by its plain one."""
    return folded if folded.isascii() else "".join(_plain(character) for character in folded)


@lru_cache(maxsize=65536)
def _plain(character: str) -> str:
    if _is_cjk(character):
        return character
    plain = "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))
    return plain if len(plain) == 1 else character


class _Text:
    """A text and what the search needs of it, made when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> Folded:
        return fold(self.text)

    @cached_property
    def words(self) -> list[str]:
        return [word for word, _, _ in self._placed_words]

    @cached_property
    def word_spans(self) -> list[Span]:
        return [self.folded.source(start, end) for _, start, end in self._placed_words]

    @cached_property
    def _placed_words(self) -> list[tuple[str, int, int]]:
        return _words(self.folded.text)

    @cached_property
    def word_starts(self) -> list[int]:
        return [span.start for span in self.word_spans]

    def words_in(self, where: Span) -> tuple[int, int]:
        """The numbers of the words that begin in a stretch of the text, half-open."""
        return bisect_left(self.word_starts, where.start), bisect_left(self.word_starts, where.end)


@lru_cache(maxsize=16)
def _prepared(text: str) -> _Text:
    return _Text(text)


# --- the search -------------------------------------------------------------------------------------------------


def ground(quote: str, text: str, *, within: Span | None = None) -> Grounding:
    """Where a quote stands in a text, and whether it stands there to the letter, but for typography, or altered.

    `within` is the passage that the quote is said to come from; it is searched first. A verbatim place elsewhere in
    the text comes before a near one inside it, and is told as `outside`. If the words stand there twice, the first
    place is given and `ambiguous` is set. A quote of one or two words has to stand as words of its own, and has no
    nearest passage. Nothing is raised, whatever the quote holds.

    >>> ground("i know", "INT: Why?\\nP1: I know.").span
    Span(start=14, end=20)
    """
    everything = Span(0, len(text))
    within = within or everything
    if not quote.strip():
        return Grounding(match="none", reasons=("the quote is empty",))
    places = [within] if within == everything else [within, everything]
    prepared = _prepared(text)
    for where in places:
        found = _verbatim(quote, prepared, where)
        if found is not None:
            return found.model_copy(update={"outside": where is not within})
    for where in places:
        found = _nearest(quote, prepared, where, coverage=COVERAGE if where is within else ELSEWHERE)
        if found is not None:
            return found.model_copy(update={"outside": where is not within})
    return Grounding(match="none")


def _verbatim(quote: str, text: _Text, where: Span) -> Grounding | None:
    """The place where the quote stands to the letter, else but for typography, else None."""
    exact = _occurrences(quote.strip(), text.text, where)
    if exact:
        return Grounding(match="exact", span=exact[0], ambiguous=len(exact) > 1)
    for form, dropped in _forms(fold(quote).text):
        folded = _folded_occurrences(form, dropped, text, where)
        if folded:
            return Grounding(match="folded", span=folded[0], ambiguous=len(folded) > 1)
    return None


def _forms(folded: str) -> Iterator[tuple[str, str]]:
    """The folded quote; without quote marks put around it; without punctuation at its edges that people change.

    Each with the marks that were dropped at its end.
    """
    bare = folded.strip()
    for form in (bare, bare.strip("'").strip(), bare.strip("' ,.;:-—")):
        if any(c.isalnum() for c in form):
            yield form, bare[bare.rindex(form) + len(form) :]


def _occurrences(quote: str, text: str, where: Span) -> list[Span]:
    """The places of a quote in a stretch of text: those at word borders, else (for three words or more) any."""
    spans = []
    at = text.find(quote, where.start, where.end)
    while at >= 0:
        spans.append(Span(at, at + len(quote)))
        at = text.find(quote, at + len(quote), where.end)
    return _at_word_borders(spans, text, allow_inside=len(_words(fold(quote).text)) > 2)


def _folded_occurrences(form: str, dropped: str, text: _Text, where: Span) -> list[Span]:
    folded = text.folded
    # "You trust him." is not "You trust him?": a mark may be dropped at the end, not put in the place of ? or !.
    other_end = ("?", "!") if dropped.strip("' ") else ()
    start, end = bisect_left(folded.starts, where.start), bisect_left(folded.starts, where.end)
    spans = []
    at = folded.text.find(form, start, end)
    while at >= 0:
        end_of_form = at + len(form)
        if not folded.splits_a_character(at, end_of_form) and not folded.text.startswith(other_end, end_of_form):
            spans.append(folded.source(at, at + len(form)))
        at = folded.text.find(form, at + 1, end)
    return _at_word_borders(spans, text.text, allow_inside=len(_words(form)) > 2)


def _at_word_borders(spans: list[Span], text: str, *, allow_inside: bool) -> list[Span]:
    whole = [span for span in spans if _is_border(text, span.start) and _is_border(text, span.end)]
    return whole or (spans if allow_inside else [])


def _is_border(text: str, at: int) -> bool:
    """Whether a word ends or begins here. An apostrophe inside a word ("we're") is part of it."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before in "'’" and at > 1:
        before = text[at - 2] if after.isalnum() else " "
    elif after in "'’" and at + 1 < len(text):
        after = text[at + 1] if before.isalnum() else " "
    return not (_in_word(before) and _in_word(after))


def _in_word(character: str) -> bool:
    return (character.isalnum() or _joins(character)) and not _is_cjk(character)


# --- the nearest passage ----------------------------------------------------------------------------------------


def _nearest(quote: str, text: _Text, where: Span, *, coverage: float) -> Grounding | None:
    """The passage that an altered quote is nearest to, if enough of its words stand there in order."""
    wanted = [word for word, _, _ in _words(fold(quote).text)]
    if len(wanted) < 3:
        return None
    first, last = text.words_in(where)
    words = text.words[first:last]
    end, distance = _nearest_end(wanted, words)
    if distance > 0.75 * len(wanted):
        return None
    begin = max(0, end - 2 * len(wanted) - 16)
    pairs = _in_order(wanted, words[begin : end + min(len(wanted), 60) + 16])
    if not pairs:
        return None
    length = pairs[-1][1] - pairs[0][1] + 1
    if len(pairs) < coverage * len(wanted) or len(pairs) < DENSITY * length:
        return None
    spans = text.word_spans
    reason = "punctuation" if len(pairs) == len(wanted) == length else "words differ"
    found = Span(spans[first + begin + pairs[0][1]].start, spans[first + begin + pairs[-1][1]].end)
    return Grounding(match="altered", span=_with_edges(quote.strip(), text.text, found), reasons=(reason,))


_EDGES = re.compile(r"^(\W*).*?(\W*)$", re.DOTALL)


def _with_edges(quote: str, text: str, span: Span) -> Span:
    """The span, widened by the marks (a question mark, an emoji) at the quote's edges that the text has there too."""
    head, tail = _EDGES.match(quote).groups()  # type: ignore[union-attr]
    start = span.start - len(head) if head and text.endswith(head, 0, span.start) else span.start
    return Span(start, span.end + len(tail) if tail and text.startswith(tail, span.end) else span.end)


def _nearest_end(wanted: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """Where the stretch ends that is nearest to the wanted words, and by how many word edits it differs.

    Myers' bit-vector algorithm (Journal of the ACM 46(3), 1999) over words: one step a word of the text, the whole
    quote in one integer.
    """
    length = len(wanted)
    mask, top = (1 << length) - 1, 1 << (length - 1)
    places: dict[str, int] = {}
    for at, word in enumerate(wanted):
        places[word] = places.get(word, 0) | 1 << at
    plus, minus, distance = mask, 0, length
    best_end, best = 0, length
    for at, word in enumerate(words):
        equal = places.get(word, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up = (minus | ~(horizontal | plus)) & mask
        down = plus & horizontal
        distance += (up & top != 0) - (down & top != 0)
        up, down = (up << 1) & mask, (down << 1) & mask
        plus = (down | ~(vertical | up)) & mask
        minus = up & vertical
        if distance < best:
            best_end, best = at + 1, distance
    return best_end, best


def _in_order(wanted: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """The best matching of wanted words to words of the text, both in order: (place wanted, place in the text).

    A match earns 1, a word of the text that is passed over between two matches costs 0.05: people leave words out.
    """
    skip = 0.05
    best: tuple[float, int, int] | None = None
    scores: dict[tuple[int, int], tuple[float, tuple[int, int] | None]] = {}
    reach: list[tuple[float, tuple[int, int] | None]] = [(0.0, None)] * (len(wanted) + 1)
    # reach[i]: the best matching of the first i wanted words so far, its score lowered by each word passed over.
    for at, word in enumerate(words):
        reach = [(0.0, None)] + [
            (max(0.0, score - skip), pair) if score > skip else (0.0, None) for score, pair in reach[1:]
        ]
        for place in range(len(wanted) - 1, -1, -1):
            if wanted[place] != word:
                continue
            score, before = max(reach[: place + 1], key=lambda entry: entry[0])
            scores[place, at] = (score + 1, before)
            if score + 1 > reach[place + 1][0]:
                reach[place + 1] = (score + 1, (place, at))
            if best is None or score + 1 > best[0]:
                best = (score + 1, place, at)
    if best is None:
        return []
    pairs: list[tuple[int, int]] = []
    pair: tuple[int, int] | None = (best[1], best[2])
    while pair is not None:
        pairs.append(pair)
        pair = scores[pair][1]
    return pairs[::-1]
