"""Codes that went beside codes that came and look like them: hints for a person, never used to compare coding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from autocode.codebook import folded
from autocode.data import Code

_LEAST_WORDS = 4
_NEAR = 0.6
_MOST = 3


def resembling(gone: Sequence[Code], came: Sequence[Code]) -> dict[str, list[str]]:
    """For a code that is gone, those that came and have its definition or name, or nearly; and the other way round."""
    found: dict[str, list[tuple[float, str]]] = defaultdict(list)
    words = {code.id: _words(code.definition) for code in (*gone, *came)}
    for old in gone:
        for new in came:
            how, weight = _likeness(old, new, words[old.id], words[new.id])
            if how:
                found[old.id].append((-weight, f"{new.id} ({how})"))
                found[new.id].append((-weight, f"{old.id} ({how})"))
    return {code: [text for _, text in sorted(likes)[:_MOST]] for code, likes in found.items()}


def _likeness(old: Code, new: Code, ours: set[str], theirs: set[str]) -> tuple[str, float]:
    if folded(old.name).casefold() == folded(new.name).casefold():
        return "the same name", 2.0
    if min(len(ours), len(theirs)) < _LEAST_WORDS:
        return "", 0.0
    if folded(old.definition).casefold() == folded(new.definition).casefold():
        return "the same definition", 1.0
    shared = len(ours & theirs) / len(ours | theirs)
    return ("nearly the same definition", shared) if shared >= _NEAR else ("", 0.0)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
