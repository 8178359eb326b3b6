"""A passage on which coders differ, with who said what there."""

from __future__ import annotations

from typing import Literal

from autocode.data.base import Data, Decision, Kind, Unit

ORDER = (
    "The code with the most disputed passages comes first; within a code those that share a cause stand together (the "
    "same other code given instead, or none), the largest group first; within a group in the order of the interviews."
)


class Said(Data):
    """What somebody says before or after a passage."""

    turn: int
    speaker: str
    words: str


class Side(Data):
    """What one coder decided on a disputed passage, and what they left beside it."""

    coder: str
    kind: Kind
    decision: Decision
    quotes: tuple[str, ...] = ()
    """The transcript's words that they marked with the code."""
    memo: str = ""
    why: str = ""
    """A model's reason."""
    others: tuple[str, ...] = ()
    """The other codes that they gave to this passage."""


class Dispute(Data):
    """One code on one unit, about which two coders differ."""

    id: str
    number: int = 0
    """Its place in the list, from 1."""
    transcript: str
    turn: int
    """0 where the unit is a whole transcript."""
    speaker: str
    code: str
    name: str
    start: int
    end: int
    at: float | None = None
    """The time on the tape, in seconds."""
    passage: str
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
    instead: str = ""
    """The code that those have here who do not have this one; blank: none."""
    sides: tuple[Side, ...]


class Disputes(Data):
    """All passages on which coders differ, and whose difference makes a passage disputed."""

    format: Literal["autocode-disputes/1"] = "autocode-disputes/1"
    unit: Unit
    coders: tuple[str, ...]
    """All whose decisions are shown."""
    among: tuple[str, ...]
    """Those between whom it is disputed; the others are shown beside."""
    order: str = ORDER
    by_code: dict[str, int]
    """The disputed passages of each code, in the order of the list."""
    decided: int = 0
    """Further ones that a decision has settled, which are left out."""
    disputes: tuple[Dispute, ...] = ()
