"""The figures for one variable: alpha with its interval and status, the people's, a model's beside them, a pair's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.coefficients import Sums, alphas, counts, leave_one_out, pairable, sums, total
from autocode.agreement.crossing import crossed
from autocode.agreement.intervals import interval
from autocode.agreement.kappas import gwet_ac1
from autocode.agreement.shares import negative_agreement, percent_agreement, positive_agreement
from autocode.agreement.variables import Variable
from autocode.data import Coefficient, HumanAgreement, PairAgreement, PairKind, Status

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints

FEWEST_UNITS = 10
"""A code that fewer units were given, by anyone, is too rare for its alpha to be read."""
FEWEST_TRANSCRIPTS = 3
UNDEFINED: tuple[Status, ...] = ("one coder", "too few units", "no variation")


@dataclass(frozen=True)
class Places:
    """Where the units stand, by number: what a status and an interval go by."""

    transcript: Ints
    cluster: Ints
    """Transcripts joined by a participant who speaks in them are one; else as many as there are transcripts."""
    cluster_names: Sequence[str]
    words: Ints

    def at(self, which: Bools) -> Places:
        """The places of some of the units."""
        return Places(self.transcript[which], self.cluster[which], self.cluster_names, self.words[which])

    def names(self, which: Bools) -> list[str]:
        """The names of some of the clusters."""
        return [name for name, wanted in zip(self.cluster_names, which, strict=True) if wanted]

    def transcripts_with(self, claim: Bools) -> set[int]:
        """The transcripts in which the claim holds for a unit."""
        import numpy as np

        return set(np.flatnonzero(np.bincount(self.transcript[claim])).tolist())


def status_of(values: Ints, places: Places) -> tuple[Status, str]:
    """Whether alpha can be had and read, and why not: the first reason that applies."""
    import numpy as np

    deciding = sum(bool((decisions >= 0).any()) for decisions in values.T)
    if values.shape[1] < 2 or deciding == 1:
        return "one coder", "only one coder decided on it" if values.shape[1] else "no coder"
    kept = pairable(values)
    n = int(kept.sum())
    if n < 2:
        return (
            "too few units",
            "no unit was decided by two coders" if n == 0 else "only 1 unit was decided by two coders",
        )
    n_cu = counts(values[kept])
    if np.count_nonzero(n_cu.any(axis=1)) == 1:
        answer = "nobody applied it to any of the" if n_cu[0].any() else "everybody decided alike on all"
        return "no variation", f"{answer} {n} units"
    yes = np.asarray(n_cu[1:].any(axis=0))
    n_yes, n_transcripts = int(yes.sum()), len(places.at(kept).transcripts_with(yes))
    if n_yes < FEWEST_UNITS:
        return "too rare", f"applied to {n_yes} of {n} units (under {FEWEST_UNITS})"
    if n_transcripts < FEWEST_TRANSCRIPTS:
        return "too rare", f"applied in {n_transcripts} of the transcripts (under {FEWEST_TRANSCRIPTS})"
    return "ok", ""


def summed(values: Ints, places: Places, n_values: int) -> Sums:
    """The sums of each cluster of transcripts."""
    return sums(values, places.cluster, n_transcripts=len(places.cluster_names), n_values=n_values)


def coefficient(values: Ints, places: Places, n_values: int) -> Coefficient:
    """Alpha of all columns of a table of decisions, with its interval, what it rests on and its status."""
    status, reason = status_of(values, places)
    s = summed(values, places, n_values)
    n_units, n_transcripts = int(s.units.sum()), int((s.units > 0).sum())
    if status in UNDEFINED:
        return Coefficient(n_units=n_units, n_transcripts=n_transcripts, status=status, reason=reason)
    alpha = float(alphas(total(s))[0])
    with_units = s.units > 0
    low, high, why = interval(alpha, alphas(leave_one_out(s, with_units)), places.names(with_units))
    return Coefficient(
        alpha=alpha,
        low=low,
        high=high,
        n_units=n_units,
        n_transcripts=n_transcripts,
        status=status,
        reason=reason,
        interval_reason=why,
    )


def human(variable: Variable, people: Sequence[int], places: Places) -> HumanAgreement:
    """Alpha of the people who coded independently: the columns `people`."""
    values = variable.values[:, people]
    kept = pairable(values)
    n_coders = int((values[kept] >= 0).any(axis=0).sum()) if kept.any() else int((values >= 0).any(axis=0).sum())
    measured = coefficient(values, places, variable.n_values).model_dump()
    if not people:
        measured["reason"] = "no person coded independently"
    elif measured["status"] == "one coder":
        measured["reason"] = "only one person decided on it independently"
    return HumanAgreement(**measured, n_coders=n_coders)


def pair(
    variable: Variable, a: int, b: int, places: Places, *, names: tuple[str, str], kind: PairKind
) -> PairAgreement:
    """Two codings side by side, on the units that both decided.

    For a person beside a model without the units that the codebook's examples quote.
    """
    import numpy as np

    values = variable.values[:, [a, b]]
    kept = pairable(values)
    left_out = kept & variable.quoted if kind == "human-model" else np.zeros_like(kept)
    kept &= ~left_out
    values, where = values[kept], places.at(kept)
    measured = coefficient(values, where, variable.n_values)
    first, second = (values > 0).T
    beside = crossed(values, variable.n_values)
    in_first, in_second = where.transcripts_with(first), where.transcripts_with(second)
    return PairAgreement(
        **measured.model_dump(),
        coders=names,
        kind=kind,
        percent=beside.percent,
        positive_agreement=beside.positive,
        negative_agreement=beside.negative,
        ac1=None if measured.status in UNDEFINED else beside.ac1,
        kappa=None if measured.status in UNDEFINED else beside.kappa,
        both=int((first & second).sum()),
        only=(int((first & ~second).sum()), int((second & ~first).sum())),
        neither=int((~first & ~second).sum()),
        transcripts_both=len(in_first & in_second),
        transcripts_only=(len(in_first - in_second), len(in_second - in_first)),
        n_left_out=int(left_out.sum()),
    )


class Shares(NamedTuple):
    """What stands beside alpha. Where alpha is undefined AC1 is too: it would say 1 where nobody applied a code."""

    percent: float | None
    positive: float | None
    negative: float | None
    ac1: float | None

    @classmethod
    def of(cls, values: Ints, n_values: int, status: Status) -> Shares:
        """The shares of a table of pairable units; positive and negative agreement only for yes and no."""
        yes_no = n_values == 2
        return cls(
            percent=percent_agreement(values).value,
            positive=positive_agreement(values).value if yes_no else None,
            negative=negative_agreement(values).value if yes_no else None,
            ac1=None if status in UNDEFINED else gwet_ac1(values, domain=range(n_values)).value,
        )
