"""Decisions on one code, as they stand for one version of the codebook -> the figures of the ledger.

The arithmetic is that of agreement: the people's alpha with each other, the mean alpha of a model with each person, and
the alpha of the model's repeats with each other, which is its noise. Alpha of a model is the mean over its repeats, as
where two versions are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from autocode.agreement.beside import mean_alpha
from autocode.agreement.coefficients import pairable
from autocode.agreement.measuring import UNDEFINED, Places, coefficient, status_of
from autocode.agreement.pooling import FEWEST_INTERVIEWS
from autocode.data import Coefficient, LedgerFigure, Status

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints

ONE_REPEAT = "noise not measured: the model was asked once"


@dataclass(frozen=True, eq=False)
class Held:
    """People's decisions on one code, as far as they stand for a version: arrays units x people."""

    names: Sequence[str]
    values: Ints
    """1, 0, and -1 where there is no decision that stands."""
    own: Bools
    """Whether the decision was made under this version itself."""
    stale: Bools
    """Decisions that do not stand, because the definition is another."""

    def only(self, who: Iterable[int]) -> Held:
        """The same of some of the people."""
        which = list(who)
        return Held([self.names[i] for i in which], self.values[:, which], self.own[:, which], self.stale[:, which])


@dataclass(frozen=True, eq=False)
class Asked:
    """A model's decisions on one code under one version: an array units x repeats."""

    model: str
    values: Ints
    prompt: str = ""
    run: str = ""
    baseline: bool = False


def people_figures(held: Held, places: Places, version: str) -> Iterator[LedgerFigure]:
    """The figure of all people, then of each two; nothing where no two of them decided on a unit.

    A unit counts where one of the decisions on it was made under this version itself: otherwise it belongs to an
    earlier one, whose figure it is in already.
    """
    together = _together(held, places, version, pair=False)
    if together is None:
        return
    yield together
    for two in combinations(range(len(held.names)), 2):
        figure = _together(held.only(two), places, version, pair=True)
        if figure is not None:
            yield figure


def _together(held: Held, places: Places, version: str, *, pair: bool) -> LedgerFigure | None:
    import numpy as np

    here = np.asarray(held.own.any(axis=1))
    kept = pairable(held.values) & here
    n_stale = int((held.stale & here[:, None]).sum())
    if not kept.any() and not (n_stale and held.own.any()):
        return None
    deciding = [i for i in range(len(held.names)) if (held.values[kept, i] >= 0).any()] or range(len(held.names))
    figure = withheld(coefficient(held.values[kept][:, list(deciding)], places.at(kept), 2))
    if n_stale and not kept.any():
        figure = figure.model_copy(
            update={"reason": "all that two people decided on was decided under two definitions"}
        )
    return LedgerFigure(
        **figure.model_dump(),
        version=version,
        kind="human-human",
        pair=pair,
        coders=tuple(held.names[i] for i in deciding),
        n_stale=n_stale,
    )


def model_figures(held: Held, asked: Asked, quoted: Bools, places: Places, version: str) -> Iterator[LedgerFigure]:
    """The mean of a model with each person, then the model with each person by themselves."""
    import numpy as np

    noise, why = noise_of(asked, places)
    answered = (asked.values >= 0).any(axis=1)
    standing, stale = (held.values >= 0)[answered].any(axis=0), held.stale[answered]
    deciding, somebody = np.flatnonzero(standing).tolist(), np.flatnonzero(standing | stale.any(axis=0)).tolist()
    # Whose decisions are all stale is not among the coders of a figure, unless it is a figure of nobody else.
    together = held.only(deciding or somebody)
    found = _beside(together, asked, quoted, places, version, noise, why, pair=False)
    yield found.model_copy(update={"n_stale": int(stale.sum())})
    for i in somebody:
        yield _beside(held.only([i]), asked, quoted, places, version, noise, why, pair=True)


def _beside(
    held: Held,
    asked: Asked,
    quoted: Bools,
    places: Places,
    version: str,
    noise: Coefficient | None,
    why: str,
    *,
    pair: bool,
) -> LedgerFigure:
    import numpy as np

    n_people, n_repeats = len(held.names), asked.values.shape[1]
    answered = np.asarray((asked.values >= 0).any(axis=1))
    shared = (held.values >= 0).any(axis=1) & answered
    kept = shared & ~quoted
    values = np.concatenate([held.values, asked.values], axis=1)[kept]
    at = places.at(kept)
    columns = [[*range(n_people), n_people + r] for r in range(n_repeats)]
    status, reason = _status([values[:, which] for which in columns], at)
    pairs = [(person, n_people + r) for person in range(n_people) for r in range(n_repeats)]
    mean = mean_alpha(values, pairs, at, 2)
    if status not in UNDEFINED and mean.figure is None:
        status, reason = "no variation", "with no person did the model and they vary on the units that both decided"
    n_stale = int((held.stale & answered[:, None]).sum())
    if not held.names:
        status, reason = "one coder", "there is no person's coding to hold beside it"
    elif not shared.any() and n_stale:
        reason = "all that people decided on was decided under another definition"
    figure = mean.coefficient(status, reason, n_units=int(kept.sum()))
    return LedgerFigure(
        **withheld(figure).model_dump(),
        version=version,
        kind="human-model",
        pair=pair,
        coders=tuple(held.names),
        model=asked.model,
        prompt=asked.prompt,
        run=asked.run,
        baseline=asked.baseline,
        repeats=n_repeats,
        by_repeat=()
        if pair or n_repeats < 2 or status in UNDEFINED
        else tuple(_of_repeat(values, n_people, n_people + r, at) for r in range(n_repeats)),
        noise=noise,
        noise_reason=why,
        n_stale=n_stale,
        n_left_out=int((shared & quoted).sum()),
    )


def _of_repeat(values: Ints, n_people: int, repeat: int, places: Places) -> float | None:
    return mean_alpha(values, [(person, repeat) for person in range(n_people)], places, 2).figure


def _status(tables: Sequence[Ints], places: Places) -> tuple[Status, str]:
    """The status of the repeats together: one that is too rare makes the mean too rare; undefined are only all."""
    found = [status_of(values, places) for values in tables]
    defined = [each for each in found if each[0] not in UNDEFINED]
    if not defined:
        return found[0]
    return next((each for each in defined if each[0] != "ok"), ("ok", ""))


def noise_of(asked: Asked, places: Places) -> tuple[Coefficient | None, str]:
    """Alpha of a model's repeats with each other, or why there is none."""
    answered = int((asked.values >= 0).any(axis=0).sum())
    if answered < 2:
        return None, ONE_REPEAT
    return withheld(coefficient(asked.values, places, 2)), ""


def withheld(figure: Coefficient) -> Coefficient:
    """The figure without its interval, where that would rest on too few interviews."""
    if figure.alpha is None or figure.n_transcripts >= FEWEST_INTERVIEWS:
        return figure
    return figure.model_copy(
        update={"low": None, "high": None, "interval_reason": "too few interviews for an interval"}
    )


def distance(figures: Sequence[LedgerFigure], order: Sequence[str]) -> float | None:
    """The largest distance between two alphas of the same coders under different, declared versions."""
    ways: dict[tuple[object, ...], list[LedgerFigure]] = {}
    for figure in figures:
        if figure.status == "ok" and figure.alpha is not None and figure.version in order and not figure.pair:
            ways.setdefault((figure.kind, figure.coders, figure.model, figure.prompt), []).append(figure)
    apart = [
        abs(float(a.alpha) - float(b.alpha))
        for line in ways.values()
        for a, b in combinations(line, 2)
        if a.version != b.version and a.alpha is not None and b.alpha is not None
    ]
    return max(apart, default=None)
