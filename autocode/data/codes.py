"""What to look for: a codebook, its codes, and what changed in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from autocode.data.base import Data


class Example(Data):
    """Words that show when a code applies, and where they come from."""

    text: str
    source: str = ""
    extra: Mapping[str, Any] = {}


class Counterexample(Data):
    """Words that look like the code but are not, and the code to use for them."""

    text: str
    use: str = ""
    extra: Mapping[str, Any] = {}


class Code(Data):
    """One code of a codebook. A code with children is a theme, and not applied itself unless `codable` says so."""

    id: str
    name: str
    parent: str = ""
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Counterexample, ...] = ()
    speakers: tuple[str, ...] = ()
    """Only these speakers' turns are units for it. Blank: inherited from the parent, else everybody's."""
    codable: bool | None = None
    """None: codable if it has no children."""
    status: Literal["active", "provisional", "retired"] = "active"
    origin: Literal["", "guide", "framework", "in-vivo", "inductive", "suggested"] = ""
    aliases: tuple[str, ...] = ()
    plain: str = ""
    color: str = ""
    notes: str = ""
    extra: Mapping[str, Any] = {}
    """`x-` keys, kept as they are."""


class Group(Data):
    """Codes that answer one question. `pick: one` means at most one of them on a unit."""

    id: str
    codes: tuple[str, ...]
    pick: Literal["one", "any"] = "any"
    extra: Mapping[str, Any] = {}


class Change(Data):
    """What changed in the codebook with a version, who decided it, and why."""

    version: int
    date: str = ""
    by: tuple[str, ...] = ()
    kind: Literal["add", "edit", "clarify", "rename", "move", "merge", "split", "retire"]
    codes: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    recode: bool = False
    why: str = ""
    extra: Mapping[str, Any] = {}


class Codebook(Data):
    """The codes of a study, in the order of the file; a theme stands before its children."""

    id: str
    title: str = ""
    version: int = 1
    study_question: str = ""
    codes: tuple[Code, ...]
    groups: tuple[Group, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    """What the reader decided and a person should know."""
    extra: Mapping[str, Any] = {}
