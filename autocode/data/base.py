"""What all nouns share: frozen, no unknown fields; and the few words that their fields may hold."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict

Match = Literal["exact", "folded", "altered", "none", ""]
"""How a quote was found: to the letter, but for typography, with other words, or nowhere. Blank: there was no quote."""


Problem = Literal[
    "unknown code",
    "quote not found",
    "quote altered",
    "outside passage",
    "excluded speaker",
    "ambiguous",
    "duplicate",
]


Decision = Literal["yes", "no", "missing"]


Kind = Literal["human", "model"]


Stage = Literal["independent", "training", "review", "settled", "undeclared"]


Deletion = Literal["deleted", "gone", "kept"]
"""What became of something that a provider was asked to delete: done, not there any more, or it deletes nothing."""
Outcome = Literal["answered", "cut", "refused", "unreadable"]


Unit = Literal["turn", "sentence", "transcript"]


Status = Literal["one coder", "too few units", "no variation", "too rare", "ok"]


PairKind = Literal["human-human", "human-model", "model-model", "same-coder", "training", "primed", "with-settled"]


def canonical_json(value: object) -> str:
    """One way to write a value as JSON: sorted keys, no blanks, ASCII. Two equal values give equal bytes.

    >>> canonical_json({"b": 1, "a": "é"})
    '{"a":"\\\\u00e9","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(text: str) -> str:
    """The SHA-256 of a text, as 64 hex digits of its UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Data(BaseModel):
    """What all nouns share: frozen, and no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
