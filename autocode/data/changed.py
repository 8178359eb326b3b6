"""What became of a codebook from one version to another, and what of it can still be compared."""

from __future__ import annotations

from typing import Literal

from autocode.data.base import Data, Kind

Wording = Literal["kept", "dropped", "added"]
Became = Literal[
    "added",
    "retired",
    "removed",
    "restored",
    "merged",
    "split",
    "edited",
    "clarified",
    "renamed",
    "moved",
    "scope",
    "status",
    "noted",
]
"""What became of a code. `removed`: its id stands nowhere any more; `scope`: for other speakers, groups or units;
`status`: active and provisional; `noted`: notes, colours, aliases and what else decides nothing."""


class Words(Data):
    """A run of words, and what became of it."""

    change: Wording
    words: str


class FieldChange(Data):
    """One field of a code, or one item of a list in it, before and after."""

    field: str
    before: str
    """Blank: it was not there."""
    after: str
    """Blank: it is gone."""
    words: tuple[Words, ...] = ()
    order: bool = False
    """Whether only the order of the items differs."""


class CodeChange(Data):
    """What became of one code."""

    code: str
    name: str
    became: tuple[Became, ...]
    declared: bool
    """Whether `changes` tells of all of it; else it is what can be seen, and nobody said that it was meant."""
    undeclared: tuple[Became, ...] = ()
    """What `changes` does not tell of."""
    decides: bool
    """Whether its hash, scope or status differs, so that it may be applied otherwise than before."""
    fields: tuple[FieldChange, ...] = ()
    from_: tuple[str, ...] = ()
    """Of a merge or split: the codes before."""
    to: tuple[str, ...] = ()
    version: int | None = None
    """The version whose `changes` tell of it; the last, where several do."""
    by: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    recode: bool = False
    resembles: tuple[str, ...] = ()
    """For a code that came or went: a code on the other side that looks like it, and in what. A hint, never used."""


class Use(Data):
    """Somebody, or a run, that coded under a version."""

    who: str
    kind: Kind
    version: str
    """`3`, `3+` where its content is another than the frozen one, `mixed v2+v3`; blank: not declared."""
    transcripts: int


class CodebookSide(Data):
    """One of the two codebooks that are compared."""

    name: str
    """The file, version or run, as it was asked for."""
    id: str
    version: str
    """`3`, `3+`; blank for a table, which holds no version."""
    codes: int
    """Codes that may be applied; retired ones are not among them."""
    sha256: str


class CodebookDiff(Data):
    """What became of each code from one codebook to another."""

    format: Literal["autocode-codebook-diff/1"] = "autocode-codebook-diff/1"
    old: CodebookSide
    new: CodebookSide
    same: bool
    """Whether all that a coder goes by is the same: the hashes are equal."""
    codes: tuple[CodeChange, ...] = ()
    """In the order of the new codebook, those that are gone last."""
    whole: tuple[FieldChange, ...] = ()
    """Of the codebook itself: study question, groups, order of the codes."""
    unchanged: int = 0
    """Codes and themes with nothing different."""
    used: tuple[Use, ...] = ()
    """Who coded under one of the two versions, or did not say under which."""
    notes: tuple[str, ...] = ()


class SharedLevel(Data):
    """A code, or several that only count together, on which coding under two versions can be compared."""

    id: str
    old: tuple[str, ...]
    """The codes that count as it in the older version."""
    new: tuple[str, ...]
    how: Literal["same", "merged", "split", "merged and split"] = "same"


class Lineage(Data):
    """The finest level that two versions of a codebook share."""

    levels: tuple[SharedLevel, ...]
    only_old: tuple[str, ...] = ()
    """Codes of the older version that nothing in the newer one stands for."""
    only_new: tuple[str, ...] = ()

    @property
    def from_old(self) -> dict[str, str]:
        """For each code of the older version that can be compared: the level it counts at."""
        return {code: level.id for level in self.levels for code in level.old}

    @property
    def from_new(self) -> dict[str, str]:
        """For each code of the newer version that can be compared: the level it counts at."""
        return {code: level.id for level in self.levels for code in level.new}
