"""A coefficient with its interval and the counts it rests on: of people, of a model beside them, of two codings."""

from __future__ import annotations

from autocode.data.base import Data, PairKind, Status


class Coefficient(Data):
    """Krippendorff's alpha with its interval. Where it is undefined, `alpha` is None and `reason` says why."""

    alpha: float | None = None
    low: float | None = None
    high: float | None = None
    """The 95 % interval, from leaving out one transcript at a time; uncut."""
    n_units: int = 0
    """Units with at least two decisions."""
    n_transcripts: int = 0
    """Transcripts (or persons, where they are joined) with such a unit."""
    status: Status = "ok"
    reason: str = ""
    interval_reason: str = ""
    """Why there is no interval."""


class HumanAgreement(Coefficient):
    """Agreement of the people who coded independently."""

    n_coders: int = 0


class HumanModelAgreement(HumanAgreement):
    """Mean agreement of a model with each person, beside what people reach with each other on the same units.

    `alpha` rests on every unit that the model and a person decided. The difference rests on those that the model and
    at least two people decided, so that both its sides are measured on the same units.
    """

    people: float | None = None
    """Mean person-person alpha on the units of the difference."""
    difference: float | None = None
    """Mean person-model alpha minus mean person-person alpha, both on the units of the difference."""
    difference_low: float | None = None
    difference_high: float | None = None
    difference_n_units: int = 0
    """Units that the model and at least two people decided."""
    difference_n_transcripts: int = 0
    difference_reason: str = ""
    """Why there is no difference, or no interval for it."""
    verdict: str = ""
    n_left_out: int = 0
    """Units left out because the codebook's examples quote them."""


class PairAgreement(Coefficient):
    """Two codings side by side."""

    coders: tuple[str, str]
    kind: PairKind
    percent: float | None = None
    """Share of units on which both decided alike, 0-1."""
    positive_agreement: float | None = None
    negative_agreement: float | None = None
    ac1: float | None = None
    kappa: float | None = None
    both: int = 0
    only: tuple[int, int] = (0, 0)
    """Units where only the first, or only the second, applied the code."""
    neither: int = 0
    transcripts_both: int = 0
    transcripts_only: tuple[int, int] = (0, 0)
    n_left_out: int = 0
    """Units left out because the codebook's examples quote them; only for a person beside a model."""
