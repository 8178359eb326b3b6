"""The figures for one variable: alpha with its interval and status, the people's, a model's beside them, a pair's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.coefficients import Sums, alphas, counts, leave_one_out, pairable, sums, total
from autocode.agreement.crossing import Cells
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
        return "too few units", _too_few(n)
    n_cu = counts(values[kept])
    yes = np.asarray(n_cu[1:].any(axis=0))
    n_transcripts = len(places.at(kept).transcripts_with(yes))
    return _readable(n, int(yes.sum()), n_transcripts, [bool(row.any()) for row in n_cu])


def _readable(n: int, n_yes: int, n_transcripts: int, given: Sequence[bool]) -> tuple[Status, str]:
    """The status of n pairable units, of which anyone gave a yes to so many in so many transcripts."""
    if sum(given) == 1:
        answer = "nobody applied it to any of the" if given[0] else "everybody decided alike on all"
        return "no variation", f"{answer} {n} units"
    if n_yes < FEWEST_UNITS:
        return "too rare", f"applied to {n_yes} of {n} units (under {FEWEST_UNITS})"
    if n_transcripts < FEWEST_TRANSCRIPTS:
        return "too rare", f"applied in {n_transcripts} of the transcripts (under {FEWEST_TRANSCRIPTS})"
    return "ok", ""


def _status_of_cells(cells: Cells) -> tuple[Status, str]:
    """The same as `status_of`, of two coders on the units that both decided."""
    n = int(cells.n.sum())
    if n < 2:
        return "too few units", _too_few(n)
    yes = cells.n.sum(axis=(1, 2)) - cells.n[:, 0, 0]
    table = cells.n.sum(axis=0)
    given = [bool(each) for each in table.sum(axis=0) + table.sum(axis=1) > 0]
    return _readable(n, int(yes.sum()), int((yes > 0).sum()), given)


def _too_few(n: int) -> str:
    return "no unit was decided by two coders" if n == 0 else "only 1 unit was decided by two coders"


def summed(values: Ints, places: Places, n_values: int) -> Sums:
    """The sums of each cluster of transcripts."""
    return sums(values, places.cluster, n_transcripts=len(places.cluster_names), n_values=n_values)


def coefficient(values: Ints, places: Places, n_values: int) -> Coefficient:
    """Alpha of all columns of a table of decisions, with its interval, what it rests on and its status."""
    return _coefficient(*status_of(values, places), summed(values, places, n_values), places)


def _coefficient(status: Status, reason: str, s: Sums, places: Places) -> Coefficient:
    """Alpha from the sums of each cluster of transcripts, if its status allows one."""
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
    if not kept.any():
        nothing = Coefficient(status="too few units", reason=_too_few(0))
        return PairAgreement(**nothing.model_dump(), coders=names, kind=kind, n_left_out=int(left_out.sum()))
    q, transcript, cluster = variable.n_values, places.transcript[kept], places.cluster[kept]
    cells = Cells.of(values[kept], transcript, int(places.transcript.max(initial=-1)) + 1, q)
    joined = Cells.of(values[kept], cluster, len(places.cluster_names), q)
    measured = _coefficient(*_status_of_cells(cells), joined.sums(), places)
    beside = cells.beside()
    in_first, in_second = cells.n[:, 1:].any(axis=(1, 2)), cells.n[:, :, 1:].any(axis=(1, 2))
    n = cells.n.sum(axis=0)
    return PairAgreement(
        **measured.model_dump(),
        coders=names,
        kind=kind,
        percent=beside.percent,
        positive_agreement=beside.positive,
        negative_agreement=beside.negative,
        ac1=None if measured.status in UNDEFINED else beside.ac1,
        kappa=None if measured.status in UNDEFINED else beside.kappa,
        both=int(n[1:, 1:].sum()),
        only=(int(n[1:, 0].sum()), int(n[0, 1:].sum())),
        neither=int(n[0, 0]),
        transcripts_both=int((in_first & in_second).sum()),
        transcripts_only=(int((in_first & ~in_second).sum()), int((in_second & ~in_first).sum())),
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
