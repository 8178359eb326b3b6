"""How far coders agree, code by code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from autocode.data.base import Data, Kind, Stage, Unit
from autocode.data.differing import AlternativeTest, Borders, Confusion, Guess, Lean, RatingAgreement
from autocode.data.measured import Coefficient, HumanAgreement, HumanModelAgreement, PairAgreement

if TYPE_CHECKING:
    from pandas import DataFrame


class RowAgreement(Coefficient):
    """What coders are compared on: all codings together, the people, each model, and each pair."""

    positives: dict[str, int] = {}
    """To how many pairable units each coder gave the code, or any code of the group."""
    percent: float | None = None
    ac1: float | None = None
    human: HumanAgreement
    human_model: dict[str, HumanModelAgreement] = {}
    pairs: tuple[PairAgreement, ...] = ()


class Applied(Data):
    """A unit to which somebody applied a code; where a code is too rare for a coefficient, all of them are to read."""

    transcript: str
    unit: int
    """Its number in the transcript, of a turn the turn's."""
    start: int
    end: int
    """Where it stands in the transcript's text."""
    coders: tuple[str, ...]
    """Who applied the code."""
    not_applied: tuple[str, ...] = ()
    """Who read it and did not; all others gave no decision."""


class Instead(Data):
    """What to read where a coefficient is undefined or too rare: counts, shares, and the passages themselves."""

    words: str
    """One sentence: why there is no figure, what was counted, and what to do."""
    n_units: int = 0
    """Units that two coders decided."""
    n_applied: int = 0
    """Those of them that anybody gave the code."""
    positive_agreement: float | None = None
    """Given that one coder applied it, how often another did, 0-1."""
    share_below: float | None = None
    """Where nobody applied it: its share in other units like these is under this (rule of three, 95 %)."""
    passages: tuple[Applied, ...] = ()
    """Of a code that is too rare every unit that anybody gave it, in order of transcript and text."""


class Fragile(Data):
    """Alpha once a single decision is another one; told where that may move it by more than 0.05."""

    alpha: float
    lowest: float
    highest: float
    n_units: int
    whose: Literal["human", "all"] = "human"
    """Of the people who coded independently; or of all codings, where there are no two such people."""


class CodeAgreement(RowAgreement):
    """One code or theme, applied or not."""

    code: str
    name: str = ""
    level: Literal["code", "theme"] = "code"
    code_status: Literal["active", "provisional", "retired"] = "active"
    positive_agreement: float | None = None
    negative_agreement: float | None = None
    median_words: float | None = None
    """Of the pairable units."""
    n_short: int = 0
    """Pairable units of three words or fewer."""
    alpha_without_short: float | None = None
    """Given where leaving those out moves alpha by more than 0.05."""
    instead: Instead | None = None
    """What to read where alpha is undefined or too rare."""
    fragile: Fragile | None = None
    """Where one flipped decision may move alpha by more than 0.05."""


class GroupAgreement(RowAgreement):
    """A group of codes of which one is picked, as one nominal variable with `none`."""

    group: str
    codes: tuple[str, ...] = ()
    n_several: int = 0
    """Decisions left out because a coder gave several codes of the group to one unit."""


class CoderInfo(Data):
    """What decides the name that a figure about this coder may have."""

    name: str
    kind: Kind
    stage: Stage
    saw: str
    codebook: str
    baseline: bool = False
    n_passages: int = 0
    """Passages that the coder marked, each code for itself."""
    median_words_per_passage: float | None = None
    """Of those passages; None where there are none."""
    n_stale: int = 0
    """Decisions on codes that were edited since the version the coder worked with."""
    n_not_found: int = 0
    """Passages whose quote is not in the transcript."""
    repeat: int = 1
    """Of a model that was asked more than once: which answer this is."""


class Agreement(Data):
    """How far coders agree, code by code."""

    format: Literal["autocode-agreement/1"] = "autocode-agreement/1"
    unit: Unit
    n_units: int
    coders: tuple[CoderInfo, ...]
    codes: tuple[CodeAgreement, ...]
    groups: tuple[GroupAgreement, ...] = ()
    pooled_over_codes: HumanAgreement | None = None
    """The people's alpha over all active codes at once: observed and expected disagreement summed code by code, so
    that rare codes do not lift it. `n_units` counts pairs of unit and code. Never the alpha of any code."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures has to know, one sentence each."""
    heading: str = ""
    """What stands above everything else: `independence of the coders: not declared`, where that is so."""
    confusions: tuple[Confusion, ...] = ()
    """The most frequent first, for every two codings."""
    leans: tuple[Lean, ...] = ()
    borders: tuple[Borders, ...] = ()
    guesses: tuple[Guess, ...] = ()
    alternative: tuple[AlternativeTest, ...] = ()
    """Only where it was asked for, with an epsilon."""
    ratings: tuple[RatingAgreement, ...] = ()
    """Of codes that were given ratings."""

    def to_frame(self, *, pairs: bool = False) -> DataFrame:
        """A pandas DataFrame with a row a figure, for R, SPSS or a spreadsheet.

        `what` (code, theme or group) and `code` say of what, `figure` says whose: `all` codings together, `human`,
        `human-model`, and with `pairs` also each pair of codings, under its kind.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        for code in self.codes:
            rows += _frame_rows(code, {"what": code.level, "code": code.code, "name": code.name}, pairs=pairs)
        for group in self.groups:
            rows += _frame_rows(group, {"what": "group", "code": group.group}, pairs=pairs)
        return pd.DataFrame(rows, columns=FRAME_COLUMNS)


FRAME_COLUMNS = (
    *("what", "code", "name", "figure", "coders", "status", "alpha", "low", "high", "n_units", "n_transcripts"),
    *(
        "n_coders",
        "positives",
        "percent",
        "positive_agreement",
        "negative_agreement",
        "ac1",
        "kappa",
        "both",
        "neither",
    ),
    *("people", "difference", "difference_low", "difference_high", "verdict", "n_left_out", "reason"),
)


def _frame_rows(row: RowAgreement, about: dict[str, object], *, pairs: bool) -> list[dict[str, object]]:
    """One row a figure: all codings together, the people, each model, and if wanted each pair."""
    figures: list[tuple[str, str, Coefficient]] = [("all", "", row), ("human", "", row.human)]
    figures += [("human-model", model, figure) for model, figure in row.human_model.items()]
    figures += [(pair.kind, "; ".join(pair.coders), pair) for pair in row.pairs if pairs]
    positives = "; ".join(f"{coder} {n}" for coder, n in row.positives.items())
    return [
        {
            **figure.model_dump(exclude={"human", "human_model", "pairs"}),
            **about,
            "figure": name,
            "coders": coders,
            "positives": positives if figure is row else "",
        }
        for name, coders, figure in figures
    ]


class Spread(Data):
    """How a coefficient lies over the active codes; those too rare or undefined are counted, not measured."""

    n_codes: int
    """Codes with a figure that may be read: status `ok`."""
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    n_from_800: int = 0
    """Codes at 0.8 or above."""
    n_from_667: int = 0
    """Codes from 0.667 to under 0.8."""
    n_below_667: int = 0
    n_too_rare: int = 0
    n_undefined: int = 0
    """Codes without a figure: one coder, too few units, or no variation."""


class AgreementSummary(Data):
    """The figures of all active codes in a few numbers: of the people, and of each model beside them."""

    human: Spread
    human_model: dict[str, Spread] = {}
