"""What stands beside alpha: how coders differ, ratings, guessing, and the alternative annotator test."""

from __future__ import annotations

from typing import Literal

from autocode.data.base import Data, PairKind, Status
from autocode.data.measured import HumanAgreement


class Confusion(Data):
    """One code where another coder has another: the first gave `codes[0]` and not `codes[1]`, the second the reverse.

    Counted on the units on which both decided both codes. The order tells who: (X, Y) with (a, b) is X's a for Y's b.
    """

    coders: tuple[str, str]
    codes: tuple[str, str]
    kind: PairKind
    n: int
    """So many units."""
    n_transcripts: int = 0
    """In so many transcripts."""
    n_only: tuple[int, int] = (0, 0)
    """Units where only the first coder applied `codes[0]`, and where only the second applied `codes[1]`."""
    p: float | None = None
    """How likely so many or more are if the second's `codes[1]` fell anywhere in the same transcript; None: not tested
    (under 5 units)."""
    q: float | None = None
    """The same after Benjamini-Hochberg over all that were tested between these two coders."""


class Lean(Data):
    """Who of two coders applies a code more often, on the units that both decided."""

    code: str
    level: Literal["code", "theme"] = "code"
    coders: tuple[str, str]
    kind: PairKind
    n: tuple[int, int]
    """Units to which the first, and the second, gave the code."""
    n_only: tuple[int, int]
    """Units to which only the first, only the second did."""
    more: str = ""
    """Who applies it more; blank: as often."""
    n_transcripts_more: tuple[int, int] = (0, 0)
    """In how many transcripts the first, and the second, applied it more often."""
    p: float | None = None
    """Two-sided: how likely so large a gap is if in each transcript either coder might as well have been the other."""
    q: float | None = None
    """The same after Benjamini-Hochberg over all codes between these two coders."""


class Borders(Data):
    """Disagreements of two coders on a code: the one saw nothing there, or drew other borders around the same place."""

    code: str
    coders: tuple[str, str]
    kind: PairKind
    absent: tuple[int, int] = (0, 0)
    """Units that only the first (the second) gave the code, and no passage of the other's with it meets theirs."""
    other_borders: tuple[int, int] = (0, 0)
    """Units that only the first (the second) gave it, in a passage that one of the other's meets: same place."""
    n_places: int = 0
    """Places that both marked: passages of the two that share characters, taken together."""
    n_same_borders: int = 0
    """Places with the same borders to the character."""
    boundary_agreement: float | None = None
    """Of the characters that either marked at those places the share that both did, 0-1; None: no such place, or both
    marked whole turns, where borders say nothing."""


class Guess(Data):
    """Whether a model's yes falls where people's does more often than guessing in the same transcripts would."""

    code: str
    model: str
    n_units: int
    """Units that the model and at least one person decided, without those that the codebook's examples quote."""
    n_model: int
    """Of them the units that the model gave the code."""
    n_people: int
    """Decisions of people who gave it."""
    n_together: int
    """People's yes on units where the model says yes."""
    expected: float | None = None
    """What guessing would give: as many yes in each transcript, on any of its units."""
    p: float | None = None
    """How likely so much or more is by guessing; None: the model, or every person, says the same everywhere."""
    q: float | None = None
    """The same after Benjamini-Hochberg over the codes of this model."""
    reason: str = ""


class AlternativePerson(Data):
    """A model beside one person in the alternative annotator test."""

    name: str
    n_units: int
    advantage: float | None = None
    """Share of units on which the model is as near to the others as this person, or nearer."""
    p: float | None = None
    p_clustered: float | None = None
    """The same with transcripts, not units, as what may differ."""
    rejected: bool = False
    """Whether the model is as good as this person, at this epsilon (Benjamini-Yekutieli over people)."""


class AlternativeTest(Data):
    """The alternative annotator test (Calderon et al. 2025) of one model on one code or group."""

    model: str
    code: str = ""
    group: str = ""
    epsilon: float
    people: tuple[AlternativePerson, ...] = ()
    winning_rate: float | None = None
    advantage_probability: float | None = None
    passes: bool | None = None
    """A winning rate of 0.5 or more; None where nobody could be tested, and with two people, where it cannot tell."""
    heading: str = ""
    """With two people: `two people only: shows whom the model resembles`."""


class RatingPair(Data):
    """Two coders' ratings of one code, on the units that both rated."""

    coders: tuple[str, str]
    kind: PairKind
    n_units: int = 0
    n_transcripts: int = 0
    alpha: float | None = None
    """Krippendorff's alpha, ordinal."""
    kappa_linear: float | None = None
    kappa_quadratic: float | None = None
    """Cohen's kappa with linear, and with quadratic, weights."""
    exact: float | None = None
    """Share of units with the same rating, 0-1."""
    status: Status = "ok"
    reason: str = ""


class RatingAgreement(Data):
    """Ratings of one code: ordinal alpha of the people who coded independently, and every pair of coders."""

    code: str
    name: str = ""
    values: tuple[float, ...] = ()
    """The scale, in order: from the lowest to the highest rating that anybody gave any code."""
    unit: Literal["unit", "transcript"] = "unit"
    """Whether ratings stand for units, or for whole transcripts."""
    positives: dict[str, int] = {}
    """How many ratings each coder gave."""
    human: HumanAgreement
    pairs: tuple[RatingPair, ...] = ()
