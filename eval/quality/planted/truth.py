"""Whether what is said of a planted quote holds, by a word edit distance of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from planted.making import NEAR, Draft
from planted.speech import Token, Transcript, plain_words, squeezed

AROUND = 400
"""So many words before and after an elision, none of its parts stands a second time."""

Numbers = np.ndarray[Any, np.dtype[np.int32]]


def distances(quote: Numbers, text: Numbers) -> Numbers:
    """By how many word edits a quote differs from the nearest run of words that ends before each place of a text.

    Sellers' recurrence, a row of the matrix at a time.
    """
    along = np.arange(len(text) + 1, dtype=np.int32)
    row = np.zeros(len(text) + 1, dtype=np.int32)
    for number, word in enumerate(quote, 1):
        here = np.empty_like(row)
        here[0] = number
        np.minimum(row[:-1] + (text != word), row[1:] + 1, out=here[1:])
        row = along + np.minimum.accumulate(here - along)
    return row


def is_true(check: str, draft: Draft, t: Transcript) -> bool:
    """Whether what the kind says of the quote holds, by the measure of this file."""
    same = squeezed(draft.quote)
    words = plain_words(draft.quote)
    if check == "free":
        return True
    if check == "once":
        return t.squeezed.count(same) == 1
    if check == "absent":
        return not set(words) & set(t.words) and len(words) <= 2 * (1 if t.phrases.joint else 4)
    if check == "marks":  # the same letters; another sign
        return t.squeezed.count(same) == 1 and draft.quote.strip() not in t.text
    if same in t.squeezed:
        return False
    if check == "parts":
        return parts_are_certain(draft, t)
    row = distances(t.numbers_of(words), t.numbered)
    if check == "far":
        bare = distances(t.numbers_of(words), t.without_fillers)
        return bool(min(row.min(), bare.min()) > NEAR * len(words))
    own, other = own_and_other(draft.used if check == "joined" else (draft.used[0],), row, t)
    return own < other and (check != "near" or own <= NEAR * len(words))


def word_range(tokens: Sequence[Token], t: Transcript) -> tuple[int, int]:
    """The numbers of the words that a run of words stands for, half-open."""
    return t.first_word[t.number_of(tokens[0])], t.first_word[t.number_of(tokens[-1]) + 1]


def own_and_other(runs: Sequence[Sequence[Token]], row: Numbers, t: Transcript) -> tuple[int, int]:
    """The least distance that ends in a quote's own passages, and the least that ends elsewhere."""
    own, elsewhere = [], np.ones(len(row), dtype=bool)
    for run in runs:
        first, last = word_range(run, t)
        own.append(int(row[first + 1 : last + 1].min()))
        elsewhere[first + 1 : last + 1 + own[-1]] = False
    return min(own), int(row[elsewhere].min())


def parts_are_certain(draft: Draft, t: Transcript) -> bool:
    """One part stands nowhere else, or is nearer to its own place than to any other; the others are so around it."""
    first, last = word_range((draft.used[0][0], draft.used[-1][-1]), t)
    anchored = False
    for run, piece in zip(draft.used, draft.pieces, strict=True):
        row = distances(t.numbers_of(plain_words(piece)), t.numbered)
        own, other = own_and_other((run,), row, t)
        anchored = anchored or other > own
        begin, end = word_range(run, t)
        around = row.copy()
        around[begin + 1 : end + 1 + own] = len(t.words)
        if around[max(0, first - AROUND) : last + AROUND].min() <= own:
            return False
    return anchored
