"""Figures over all codes: a spread, a pooled alpha under its own name; and what reports withhold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TypeVar

from autocode.agreement.coefficients import expected_disagreement, leave_one_out, total
from autocode.agreement.intervals import interval
from autocode.agreement.measuring import UNDEFINED, Places, summed
from autocode.agreement.variables import Variable
from autocode.data import (
    Agreement,
    AgreementSummary,
    Coefficient,
    HumanAgreement,
    HumanModelAgreement,
    RowAgreement,
    Spread,
)

FEWEST_INTERVIEWS = 5


def pooled(variables: Sequence[Variable], people: Sequence[int], places: Places) -> HumanAgreement:
    """The people's alpha over several codes: 1 - sum_c D_c / sum_c E_c, each code with its own expected disagreement.

    One expected disagreement for all cells together would make rare codes look good: there the many shared zeros of
    rare codes count as agreement beyond chance.
    """
    import numpy as np

    each = [summed(variable.values[:, list(people)], places, 2) for variable in variables]
    units = np.sum([s.units for s in each], axis=0) if each else np.zeros(len(places.cluster_names), dtype=np.int64)
    with_units = units > 0
    observed = sum(total(s).disagreement[0] for s in each)
    expected = sum(expected_disagreement(total(s))[0] for s in each)
    n_units, n_transcripts = int(units.sum()), int(with_units.sum())
    if not expected:
        return HumanAgreement(
            n_units=n_units,
            n_transcripts=n_transcripts,
            n_coders=len(people),
            status="no variation" if n_units else "too few units",
            reason="on no code do the decisions of two people vary",
        )
    left = [leave_one_out(s, with_units) for s in each]
    left_observed = np.sum([s.disagreement for s in left], axis=0)
    left_expected = np.sum([expected_disagreement(s) for s in left], axis=0)
    left_out = np.where(left_expected > 0, 1 - left_observed / np.where(left_expected > 0, left_expected, 1), np.nan)
    alpha = float(1 - observed / expected)
    low, high, why = interval(alpha, left_out, places.names(with_units))
    return HumanAgreement(
        alpha=alpha,
        low=low,
        high=high,
        n_units=n_units,
        n_transcripts=n_transcripts,
        n_coders=len(people),
        interval_reason=why,
    )


def summary(agreement: Agreement) -> AgreementSummary:
    """The figures of the active codes in a few numbers: median, range, how many at 0.8, from 0.667, below, too rare.

    Themes, provisional and retired codes have no part in it.
    """
    codes = [row for row in agreement.codes if row.level == "code" and row.code_status == "active"]
    names = dict.fromkeys(model for row in codes for model in row.human_model)
    return AgreementSummary(
        human=_spread([row.human for row in codes]),
        human_model={model: _spread([row.human_model[model] for row in codes]) for model in names},
    )


def _spread(figures: Sequence[Coefficient]) -> Spread:
    readable = [figure.alpha for figure in figures if figure.status == "ok" and figure.alpha is not None]
    return Spread(
        n_codes=len(readable),
        median=median(readable) if readable else None,
        lowest=min(readable, default=None),
        highest=max(readable, default=None),
        n_from_800=sum(alpha >= 0.8 for alpha in readable),
        n_from_667=sum(0.667 <= alpha < 0.8 for alpha in readable),
        n_below_667=sum(alpha < 0.667 for alpha in readable),
        n_too_rare=sum(figure.status == "too rare" for figure in figures),
        n_undefined=sum(figure.status in UNDEFINED for figure in figures),
    )


Figure = TypeVar("Figure", bound=Coefficient)


def withhold(agreement: Agreement, fewest: int = FEWEST_INTERVIEWS) -> Agreement:
    """The same agreement without the intervals that rest on fewer than so many interviews, as reports print it.

    A verdict that needs such an interval becomes `cannot tell`.
    """
    over = agreement.pooled_over_codes
    return agreement.model_copy(
        update={
            "codes": tuple(_withheld(row, fewest) for row in agreement.codes),
            "groups": tuple(_withheld(row, fewest) for row in agreement.groups),
            "ratings": tuple(
                row.model_copy(update={"human": _withheld(row.human, fewest)}) for row in agreement.ratings
            ),
            "pooled_over_codes": None if over is None else _withheld(over, fewest),
        }
    )


def _withheld(figure: Figure, fewest: int) -> Figure:
    too_few = "too few interviews for an interval"
    update: dict[str, object] = {}
    if figure.alpha is not None and figure.n_transcripts < fewest:
        update |= {"low": None, "high": None, "interval_reason": too_few}
    if (
        isinstance(figure, HumanModelAgreement)
        and figure.difference is not None
        and figure.difference_n_transcripts < fewest
    ):
        update |= {"difference_low": None, "difference_high": None, "difference_reason": too_few}
        update["verdict"] = "cannot tell"
    if isinstance(figure, RowAgreement):
        update["human"] = _withheld(figure.human, fewest)
        update["human_model"] = {model: _withheld(inner, fewest) for model, inner in figure.human_model.items()}
        update["pairs"] = tuple(_withheld(inner, fewest) for inner in figure.pairs)
    return figure.model_copy(update=update)
