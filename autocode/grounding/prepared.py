"""A text as the search needs it: folded, cut into words, each with its place. Kept for the last few texts."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import cached_property, lru_cache

from autocode.data import Span
from autocode.grounding.folding import Folded, fold, is_unspaced, joins

# What joins is part of a word: without its vowel signs, a word of Hindi or Thai falls to pieces.
_SIGNS = "".join(filter(joins, map(chr, range(0x300, 0x1D00))))
# A speaker's label at the beginning of a line, or of a quote: "Interviewer 1:".
_LABEL = re.compile(r"^[^\S\n]*([^\n:：]{1,40})[:：]", re.MULTILINE)
_COLON = re.compile("[:：]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।]|\n\s*\n")
# The marks within a number, and the sign before it, are part of it: "3.50" is not "3", nor "-5" "5".
_WORD = re.compile(rf"(?:(?<![\w.,])[-.](?=[0-9]))?[^\W_](?:[^\W_]|[{_SIGNS}]|'(?=[^\W_])|(?<=[0-9])[.,:](?=[0-9]))*")


class Prepared:
    """A text and what the search needs of it, made when first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> Folded:
        """The text with its typography folded away."""
        return fold(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Its words for searching: without diacritics; a character each in scripts without blanks."""
        return [word for word, _, _ in self._placed]

    @cached_property
    def spans(self) -> list[Span]:
        """Where in the text each word stands."""
        return [self.folded.source(start, end) for _, start, end in self._placed]

    @cached_property
    def _placed(self) -> list[tuple[str, int, int]]:
        return placed_words(self.folded.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in self.spans]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The numbers of each word, in order."""
        found: dict[str, list[int]] = {}
        for number, word in enumerate(self.words):
            found.setdefault(word, []).append(number)
        return found

    @cached_property
    def labels(self) -> Counter[tuple[str, ...]]:
        """The words of what stands before a colon at the beginning of a line, and how often."""
        return Counter(tuple(search_words(label)) for label in _LABEL.findall(self.text))

    def label_of(self, quote: str) -> tuple[list[str], str]:
        """The words of a speaker's label that a quote begins with, if the text has that label, and the rest of it."""
        label = _LABEL.match(quote.strip())
        words = search_words(label.group(1)) if label else []
        return (words, quote.strip()[label.end() :]) if label and tuple(words) in self.labels else ([], quote)

    def label_before(self, at: int) -> list[str]:
        """The words of the last label before a place: whose turn it is in."""
        labels = [label.group(1) for label in _LABEL.finditer(self.text, 0, at)]
        return search_words(labels[-1]) if labels else []

    def without_labels(self, said: str, *, but: Sequence[str]) -> str:
        """A stretch of the text without the speakers' labels in it, those that `but` has too kept.

        A label is what begins more than one line; "at 5" in "at 5: we left", at a line's beginning, is none.
        """

        def kept(label: re.Match[str]) -> str:
            words = search_words(label.group(1))
            known = self.labels[tuple(words)] > 1 and label.start() > 0
            return "" if known and not _holds_run(but, words) else label.group()

        return _LABEL.sub(kept, said)

    def ends_sentence(self, word: int) -> bool:
        """Whether a sentence or a turn ends after a word. A line does not end a sentence: many texts are wrapped."""
        start, end = self.spans[word].end, self._next_start(word)
        if _SENTENCE_END.search(self.text, start, end):
            return True
        line = self.text.rfind("\n", start, end) + 1
        return line > 0 and _LABEL.match(self.text, line) is not None

    def _next_start(self, word: int) -> int:
        return self.spans[word + 1].start if word + 1 < len(self.spans) else len(self.text)

    def ends_clause(self, word: int) -> bool:
        """Whether a sentence, a turn, or what stands before a colon ("P1:") ends after a word."""
        return self.ends_sentence(word) or bool(_COLON.search(self.text, self.spans[word].end, self._next_start(word)))

    def places_of(self, word: str, first: int, last: int) -> list[int]:
        """The numbers of a word between two numbers, half-open."""
        numbers = self.places.get(word, [])
        return numbers[bisect_left(numbers, first) : bisect_left(numbers, last)]

    def words_in(self, where: Span) -> tuple[int, int]:
        """The numbers of the words that begin in a stretch of the text, half-open."""
        return bisect_left(self._starts, where.start), bisect_left(self._starts, where.end)

    def span_of(self, first: int, last: int) -> Span:
        """From the first to the last of some words, both included."""
        return Span(self.spans[first].start, self.spans[last].end)


def _holds_run(words: Sequence[str], run: Sequence[str]) -> bool:
    """Whether some words stand in others, one after the other."""
    return any(list(words[at : at + len(run)]) == list(run) for at in range(len(words) - len(run) + 1))


@lru_cache(maxsize=16)
def prepared(text: str) -> Prepared:
    """The text, prepared once."""
    return Prepared(text)


def placed_words(folded: str) -> list[tuple[str, int, int]]:
    """The words of a folded text with their places in it."""
    if folded.isascii():
        return [(match[0], *match.span()) for match in _WORD.finditer(folded)]
    found = []
    for match in _WORD.finditer(_without_marks(folded)):
        if match.group().isascii():
            found.append((match.group(), match.start(), match.end()))
        else:
            found += _signs_apart(match.group(), match.start())
    return found


def _signs_apart(run: str, start: int) -> list[tuple[str, int, int]]:
    """A run of letters in which each sign of a script without blanks, with its marks, is a word."""
    found = []
    begin = 0
    for at in range(1, len(run) + 1):
        if at == len(run) or (not joins(run[at]) and (is_unspaced(run[at]) or is_unspaced(run[begin]))):
            found.append((run[begin:at], start + begin, start + at))
            begin = at
    return found


@lru_cache(maxsize=8)
def _search_words(text: str) -> tuple[str, ...]:
    return tuple(word for word, _, _ in placed_words(fold(text).text))


def search_words(text: str) -> list[str]:
    """The words of a text, folded as the search compares them.

    >>> search_words("She said: “I’m HERE”, né?")
    ['she', 'said', "i'm", 'here', 'ne']
    """
    return list(_search_words(text))


def _without_marks(folded: str) -> str:
    """The same text, as long as before, with each accented letter replaced by its plain one."""
    return folded if folded.isascii() else "".join(_plain(character) for character in folded)


@lru_cache(maxsize=65536)
def _plain(character: str) -> str:
    if is_unspaced(character):
        return character
    plain = "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))
    return plain if len(plain) == 1 else character
