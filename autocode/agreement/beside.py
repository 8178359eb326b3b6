"""A model beside the people: how far they agree with it, and whether that is as far as they agree with each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.coefficients import alphas, leave_one_out, number, total
from autocode.agreement.crossing import Cells
from autocode.agreement.intervals import Interval, interval
from autocode.agreement.measuring import UNDEFINED, Places, status_of
from autocode.agreement.naming import verdict
from autocode.agreement.variables import Variable
from autocode.data import Coefficient, HumanModelAgreement, Status

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Floats, Ints


def human_model(variable: Variable, people: Sequence[int], model: int, places: Places) -> HumanModelAgreement:
    """Mean alpha of a model with each person, and its difference from the mean alpha of two people.

    Units that the codebook's examples quote are left out. The mean rests on all units that the model and a person
    decided; both sides of the difference on those that the model and at least two people decided.
    """
    values, n_values = variable.values[:, [*people, model]], variable.n_values
    n_deciding = (values[:, :-1] >= 0).sum(axis=1)
    with_model = (values[:, -1] >= 0) & (n_deciding >= 1)
    kept = with_model & ~variable.quoted
    shared = kept & (n_deciding >= 2)

    with_person = [(person, len(people)) for person in range(len(people))]
    status, reason = status_of(values[kept], places.at(kept))
    mean = mean_alpha(values[kept], with_person, places.at(kept), n_values)
    if status not in UNDEFINED and mean.figure is None:
        status, reason = "no variation", "with no person did the model and they vary on the units that both decided"

    on_shared = places.at(shared)
    people_mean = mean_alpha(values[shared], combinations(range(len(people)), 2), on_shared, n_values)
    model_mean = mean_alpha(values[shared], with_person, on_shared, n_values)
    difference, around = _difference(model_mean, people_mean)
    return HumanModelAgreement(
        **mean.coefficient(status, reason, n_units=int(kept.sum())).model_dump(),
        n_coders=int((values[kept, :-1] >= 0).any(axis=0).sum()),
        people=people_mean.figure,
        difference=difference,
        difference_low=around.low,
        difference_high=around.high,
        difference_n_units=int(shared.sum()),
        difference_n_transcripts=len(people_mean.names),
        difference_reason=around.reason,
        verdict=verdict(people_mean.figure, around.low, around.high),
        n_left_out=int((with_model & variable.quoted).sum()),
    )


class Mean(NamedTuple):
    """A mean over pairs of coders, and what it would be without each of the transcripts it rests on."""

    figure: float | None
    left_out: Floats
    names: list[str]
    """Of the transcripts (or those joined by a person)."""

    def interval(self) -> Interval:
        """The 95 % interval by leaving out one transcript at a time."""
        return Interval() if self.figure is None else interval(self.figure, self.left_out, self.names)

    def coefficient(self, status: Status, reason: str, *, n_units: int) -> Coefficient:
        """The mean with its interval and what it rests on; without a figure where the status allows none."""
        bounds = Interval() if status in UNDEFINED else self.interval()
        return Coefficient(
            alpha=None if status in UNDEFINED else self.figure,
            low=bounds.low,
            high=bounds.high,
            n_units=n_units,
            n_transcripts=len(self.names),
            status=status,
            reason=reason,
            interval_reason=bounds.reason,
        )


def mean_alpha(values: Ints, pairs: Iterable[tuple[int, int]], places: Places, n_values: int) -> Mean:
    """The mean alpha of some pairs of columns; a pair whose alpha is undefined has no say in it.

    Without a transcript in which alone a pair has what its alpha needs, the mean is undefined, not another mean.
    """
    import numpy as np

    n = len(places.cluster_names)
    with_units = np.bincount(places.cluster, minlength=n) > 0
    decided = values >= 0
    shared = decided.T.astype(np.float64) @ decided
    figures, left_out = [], []
    for pair in pairs:
        if shared[pair] < 2:
            continue
        both = decided[:, pair].all(axis=1)
        s = Cells.of(values[both][:, pair], places.cluster[both], n, n_values).sums()
        alpha = number(alphas(total(s))[0])
        if alpha is not None:
            figures.append(alpha)
            left_out.append(alphas(leave_one_out(s, with_units)))
    names = places.names(with_units)
    if not figures:
        return Mean(None, np.full(len(names), np.nan), names)
    return Mean(float(np.mean(figures)), np.mean(left_out, axis=0), names)


def _difference(model: Mean, people: Mean) -> tuple[float | None, Interval]:
    """Model minus people, and its interval: both are left the same transcripts, so what they share cancels out."""
    if people.figure is None:
        return None, Interval(reason="no two people's alpha on the units that the model decided")
    if model.figure is None:
        return None, Interval(reason="no alpha of the model and a person on the units that two people decided")
    figure = model.figure - people.figure
    return figure, interval(figure, model.left_out - people.left_out, model.names)
