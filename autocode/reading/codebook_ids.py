"""Ids for codes that came without one, made from their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Container


def id_from_name(name: str, taken: Container[str] = ()) -> str:
    """A name in small letters with hyphens between its words, in any script; numbered where it is taken.

    >>> id_from_name("Manager's help"), id_from_name("Manager's help", {"managers-help"}), id_from_name("خذي وقتك")
    ('managers-help', 'managers-help-2', 'خذي-وقتك')
    """
    without_apostrophes = name.replace("'", "").replace("’", "")
    # Letters, marks (vowel signs of many scripts) and numbers stay; whatever stands between them becomes one hyphen.
    kept = (
        sign if unicodedata.category(sign)[0] in "LMN" else " "
        for sign in unicodedata.normalize("NFC", without_apostrophes).casefold()
    )
    base = unicodedata.normalize("NFC", "-".join("".join(kept).split())) or "code"
    id, number = base, 1
    while id in taken:
        number += 1
        id = f"{base}-{number}"
    return id
