"""The ledger: how far coders agreed under each version of the codebook, code by code."""

from __future__ import annotations

from typing import Literal

from autocode.data.base import Data, Unit
from autocode.data.measured import Coefficient

LedgerKind = Literal["human-human", "human-model"]


class LedgerVersion(Data):
    """A version of the codebook, in the order in which they followed each other."""

    version: str
    """`3`, `3+` where its content is another than what stands under that number; blank: not declared."""
    codebook: str = ""
    """The id of its codebook, where that is another than the study's."""
    date: str = ""
    """When it was decided, if `changes` says so."""
    kept: bool = True
    """Whether what it said is kept: as a frozen version, as today's codebook, or in a run."""
    codings: tuple[str, ...] = ()
    """Who coded under it, runs by name."""


class LedgerEdit(Data):
    """What became of a code with a version, and why."""

    version: str
    kind: str
    """As in the codebook's `changes`; `edit` where nobody declared it and the definitions differ."""
    declared: bool = True
    recode: bool = False
    date: str = ""
    by: tuple[str, ...] = ()
    from_: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    why: str = ""


class LedgerFigure(Coefficient):
    """How far some coders agreed on a code under a version. Intervals from fewer than five interviews are withheld."""

    version: str
    kind: LedgerKind
    pair: bool
    """Two coders by themselves; else the people all together, or the mean of a model with each of them."""
    coders: tuple[str, ...] = ()
    """The people."""
    model: str = ""
    prompt: str = ""
    """The first eight digits of the hash of the run's prompt template."""
    run: str = ""
    baseline: bool = False
    repeats: int = 0
    """How often the model was asked. `alpha` is the mean over the repeats."""
    by_repeat: tuple[float | None, ...] = ()
    """Alpha of each repeat with the people; blank for one person by themselves, and for one repeat."""
    noise: Coefficient | None = None
    """Alpha of the model's repeats with each other: how far the same version differs from itself."""
    noise_reason: str = ""
    """Why the noise is not measured."""
    n_stale: int = 0
    """People's decisions left out because the code's definition is another in this version than where they coded."""
    n_left_out: int = 0
    """Units left out because an example in some version of the codebook quotes them; only beside a model."""


class LedgerCode(Data):
    """A code through the versions."""

    code: str
    name: str = ""
    of: tuple[str, ...] = ()
    """Where codes were split: those that count together as this one, so that it can be compared across the split."""
    moved: float | None = None
    """The largest distance between two alphas of the same coders under different versions; None: there are no two."""
    edits: tuple[LedgerEdit, ...] = ()
    figures: tuple[LedgerFigure, ...] = ()
    """In the order of versions; people first, then each model, then pairs of coders."""


class Ledger(Data):
    """Agreement by codebook version, model, prompt and pair of coders; the codes with most change first."""

    format: Literal["autocode-ledger/1"] = "autocode-ledger/1"
    unit: Unit
    codebook: str
    n_units: int
    n_transcripts: int
    versions: tuple[LedgerVersion, ...]
    codes: tuple[LedgerCode, ...]
    skipped: tuple[str, ...] = ()
    """Files that cannot be read, where somebody said to go on without."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, one sentence each."""
