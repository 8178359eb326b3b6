"""Which units the codebook's own examples quote: a model that was shown them there has seen the answer."""

from __future__ import annotations

import re

from autocode.agreement.cutting import Cut
from autocode.data import Codebook

IN_A_ROW = 6
# From the first to the last letter or digit of what stands between white space: punctuation around a word drops out.
_WORD = re.compile(r"\w(?:\S*\w)?")


def folded_words(text: str) -> list[str]:
    """The words of a text, case and the punctuation around them folded away.

    >>> folded_words("Mm-hmm. “I don’t KNOW,”  she said --")
    ['mm-hmm', 'i', "don't", 'know', 'she', 'said']
    """
    return _WORD.findall(text.replace("’", "'").casefold())


def quoted(cut: Cut, codebook: Codebook) -> list[str]:
    """For each unit the ids, joined by `;`, of the codes whose examples or counterexamples quote it.

    To quote is to share six folded words in a row with the unit, or to equal it.
    """
    order = [code.id for code in codebook.codes]
    whole: dict[tuple[str, ...], set[str]] = {}
    rows: dict[tuple[str, ...], set[str]] = {}
    for code in codebook.codes:
        for text in (*(e.text for e in code.examples), *(e.text for e in code.counterexamples)):
            words = folded_words(text)
            if words:
                whole.setdefault(tuple(words), set()).add(code.id)
            for row in _rows(words):
                rows.setdefault(row, set()).add(code.id)
    if not whole:
        return [""] * len(cut.units)
    found = []
    for i in range(len(cut.units)):
        words = folded_words(cut.words(i))
        ids = set(whole.get(tuple(words), ()))
        if rows:
            ids.update(id for row in _rows(words) if row in rows for id in rows[row])
        found.append(";".join(id for id in order if id in ids) if ids else "")
    return found


def _rows(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[i:] for i in range(IN_A_ROW)), strict=False))
