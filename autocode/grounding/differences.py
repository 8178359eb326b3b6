"""In what an altered quote differs from what was said: word by word, and in words for it.

Changed numbers and negations have reasons of their own: one such word does the worst harm.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from autocode.data import Span
from autocode.grounding.folding import fold
from autocode.grounding.matching import MOST_CELLS, cells, in_order
from autocode.grounding.prepared import Prepared, search_words
from autocode.grounding.word_lists import are_contrary, are_fillers, is_number, negations

Change = Literal["kept", "dropped", "added"]
"""Words that both have, that only the transcript has, that only the quote has."""


class WordDiff(NamedTuple):
    """A run of words, and what became of it."""

    change: Change
    words: tuple[str, ...]


MOST_WORDS = 100
"""So many changed words are compared with each other; of a quote with more, contraries are not looked for."""
NEAR = 6
"""A negation among so few words that dots stand for is told: "I would … recommend it" says the contrary."""
_BRACKETED = re.compile(r"[\[(]([^\])]*)[\])]")
_LAYOUT = {"elision", "several quotes", "speaker label"}
"""Reasons that leave open what became of the words besides."""


def word_diff(quote: str, said: str) -> list[WordDiff]:
    """The words of the transcript and of the quote in one line: kept, dropped from what was said, or added to it.

    >>> [(d.change, " ".join(d.words)) for d in word_diff("I really do not know", "I do know")]
    [('kept', 'i'), ('added', 'really'), ('kept', 'do'), ('added', 'not'), ('kept', 'know')]
    """
    ours, theirs = search_words(said), search_words(quote)
    pairs = in_order(theirs, ours, skip=0) if cells(theirs, ours) <= MOST_CELLS else []
    found: list[WordDiff] = []
    at_quote = at_text = 0
    for place, word in [*pairs, (len(theirs), len(ours))]:
        _add(found, "dropped", ours[at_text:word])
        _add(found, "added", theirs[at_quote:place])
        _add(found, "kept", ours[word : word + 1])
        at_quote, at_text = place + 1, word + 1
    return found


def _add(found: list[WordDiff], change: Change, words: Sequence[str]) -> None:
    """Lengthen the last run, or begin a new one."""
    if not words:
        return
    if found and found[-1].change == change:
        words = [*found.pop().words, *words]
    found.append(WordDiff(change, tuple(words)))


def reasons(quote: str, text: Prepared, span: Span, parts: Sequence[Span] = ()) -> tuple[str, ...]:
    """Why a quote is `altered`: what kinds of change lie between it and what was said, the gravest first.

    `parts` are the pieces of a quote with something left out between them: what differs within them is told as of any
    other quote, and of what lies between them only a negation close by.
    """
    shown = [text.text[part.start : part.end] for part in parts or (span,)]
    between = [text.text[a.end : b.start] for a, b in pairwise(parts)]
    quote, said, labelled = _without_labels(quote, "\n".join(shown), text)
    diff = word_diff(quote, said)
    dropped, added = _words(diff, "dropped"), _words(diff, "added")
    hides_no = any(len(words) <= NEAR and negations(words) for words in map(search_words, between))
    told = []
    if hides_no or _says_no_otherwise(search_words(quote), search_words(said), diff):
        told.append("negation")
    if any(map(is_number, [*dropped, *added])):
        told.append("number")
    if between:
        told.append("elision" if ".." in fold(quote).text else "several quotes")
    if any(word in search_words(inside) for inside in _BRACKETED.findall(fold(quote).text) for word in added):
        told.append("brackets")
    if labelled:
        told.append("speaker label")
    if Counter(dropped) & Counter(added):
        told.append("order")
    told += _exchanged(diff)
    if dropped and not set(told) - _LAYOUT:
        told.append("filler" if are_fillers(dropped) else "words left out")
    return tuple(dict.fromkeys(told)) or ("punctuation",)


def _without_labels(quote: str, said: str, text: Prepared) -> tuple[str, str, bool]:
    """The quote and what was said, without the speakers' labels that only one of them has; and whether there are any.

    "P2:" left out between two turns is no number left out.
    """
    label, rest = text.label_of(quote)
    if label and search_words(said)[: len(label)] != label:
        quote = rest
    else:
        label = []
    without = text.without_labels(said, but=search_words(quote))
    return quote, without, bool(label) or without != said


def _words(diff: list[WordDiff], change: Change) -> list[str]:
    return [word for each in diff if each.change == change for word in each.words]


def _says_no_otherwise(quote: Sequence[str], said: Sequence[str], diff: list[WordDiff]) -> bool:
    """Whether a negation is left out, put in, or moved to another place; or a word has become its contrary."""
    dropped, added = _words(diff, "dropped"), _words(diff, "added")
    if Counter(negations(quote)) != Counter(negations(said)) or negations(dropped) or negations(added):
        return True
    return any(are_contrary(a, b) for a in set(dropped[:MOST_WORDS]) for b in set(added[:MOST_WORDS]))


def _exchanged(diff: list[WordDiff]) -> list[str]:
    """`inflection` or `substitution` for words in the place of others; `words added` for those in nobody's."""
    told = []
    for before, each in zip([None, *diff], diff, strict=False):
        if each.change != "added":
            continue
        if before is None or before.change != "dropped":
            told.append("words added")
        elif len(before.words) == len(each.words) and all(map(_one_stem, before.words, each.words)):
            told.append("inflection")
        else:
            told.append("substitution")
    return told


def _one_stem(a: str, b: str) -> bool:
    """Whether two words share so much that one is a form of the other."""
    return difflib.SequenceMatcher(None, a, b).ratio() >= 0.7
