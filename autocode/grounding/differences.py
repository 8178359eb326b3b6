"""In what an altered quote differs from what was said: word by word, and in words for it.

Changed numbers and negations have reasons of their own: one such word does the worst harm.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from autocode.grounding.folding import fold
from autocode.grounding.matching import MOST_CELLS, cells, in_order
from autocode.grounding.prepared import search_words
from autocode.grounding.word_lists import NEGATIONS, are_fillers, holds, is_number

Change = Literal["kept", "dropped", "added"]
"""Words that both have, that only the transcript has, that only the quote has."""


class WordDiff(NamedTuple):
    """A run of words, and what became of it."""

    change: Change
    words: tuple[str, ...]


_BRACKETED = re.compile(r"[\[(]([^\])]*)[\])]")


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


def reasons(quote: str, said: str, *, elided: bool = False) -> tuple[str, ...]:
    """Why a quote is `altered`: what kinds of change lie between it and what was said, the gravest first."""
    diff = word_diff(quote, said)
    dropped = [word for d in diff if d.change == "dropped" for word in d.words]
    added = [word for d in diff if d.change == "added" for word in d.words]
    if not dropped and not added:
        return ("punctuation",)
    changed = [*(Counter(dropped) - Counter(added)), *(Counter(added) - Counter(dropped))]
    told = []
    if not elided and holds(changed, NEGATIONS):
        told.append("negation")
    if not elided and any(map(is_number, changed)):
        told.append("number")
    if elided:
        told.append("elision" if ".." in fold(quote).text else "several quotes")
    if any(word in search_words(inside) for inside in _BRACKETED.findall(fold(quote).text) for word in added):
        told.append("brackets")
    moved = sum((Counter(dropped) & Counter(added)).values())
    if moved:
        told.append("order")
    told += _exchanged(diff)
    if dropped and not told:
        told.append("filler" if are_fillers(dropped) else "words left out")
    return tuple(dict.fromkeys(told)) or ("words added",)


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
