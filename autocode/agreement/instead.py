"""Undefined is a value: what to read where there is no coefficient, and how far one decision moves one that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import pairable
from autocode.agreement.fragility import fragility
from autocode.agreement.shares import positive_agreement, rule_of_three
from autocode.data import Applied, Coding, Coefficient, Fragile, Instead

if TYPE_CHECKING:
    from typing import Literal

    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

WORTH_TELLING = 0.05
"""How far one decision has to move alpha for that to be told."""
FEW_DECISIONS = 50
"""With more units than this on either side one decision cannot move alpha so far."""


def instead(
    figure: Coefficient, values: Ints, columns: Sequence[int], codings: Sequence[Coding], frame: DataFrame
) -> Instead | None:
    """What to read for a code whose figure is undefined or too rare; None where the figure may be read.

    `columns` are those that the figure rests on. The passages are everybody's, whoever the figure rests on.
    """
    if figure.status == "ok":
        return None
    own = values[:, list(columns)]
    own = own[pairable(own)]
    n, applied = len(own), int((own == 1).any(axis=1).sum())
    rare = figure.status == "too rare"
    passages = _applied(values, codings, frame) if rare else ()
    below = rule_of_three(n).value if n and not applied else None
    return Instead(
        words=_words(figure, values, columns, codings, below, len(passages)),
        n_units=n,
        n_applied=applied,
        positive_agreement=positive_agreement(own).value if applied else None,
        share_below=below,
        passages=passages,
    )


def _words(
    figure: Coefficient,
    values: Ints,
    columns: Sequence[int],
    codings: Sequence[Coding],
    below: float | None,
    n_passages: int,
) -> str:
    if figure.status == "too rare":
        them = "the one passage" if n_passages == 1 else f"all {n_passages} passages"
        return f"too rare for a coefficient: {figure.reason}; read {them} that anybody gave it"
    if below is not None:
        return f"{figure.reason}; in units like these its share is under {_percent(below)} (rule of three)"
    if figure.status == "no variation":
        return f"{figure.reason}; alpha compares agreement with chance, and there is none to compare with"
    decided = [(codings[i].coder, int((values[:, i] == 1).sum()), int((values[:, i] >= 0).sum())) for i in columns]
    counted = "; ".join(f"{coder} applied it to {yes} of {n} units" for coder, yes, n in decided if n)
    return f"{figure.reason}; {counted or 'nobody decided on it'}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{100 * share:.2g} %"


def _applied(values: Ints, codings: Sequence[Coding], frame: DataFrame) -> tuple[Applied, ...]:
    """Every unit that anybody gave the code."""
    import numpy as np

    rows = np.flatnonzero((values == 1).any(axis=1))
    start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
    found = []
    for row in rows.tolist():
        transcript, unit = frame.index[row]
        yes, no = ([c.coder for c, v in zip(codings, values[row], strict=True) if v == what] for what in (1, 0))
        found.append(
            Applied(
                transcript=str(transcript),
                unit=int(unit),
                start=int(start[row]),
                end=int(end[row]),
                coders=tuple(yes),
                not_applied=tuple(no),
            )
        )
    return tuple(found)


def fragile(figure: Coefficient, values: Ints, whose: Literal["human", "all"]) -> Fragile | None:
    """Between which bounds alpha falls once a single decision is another one; None where that is under 0.05 away.

    `values` are the decisions that the figure rests on.
    """
    if figure.alpha is None:
        return None
    kept = values[pairable(values)]
    if min(_units_with(kept, 0), _units_with(kept, 1)) > FEW_DECISIONS:
        return None
    found = fragility(kept)
    alpha, lowest, highest = found.figure.value, found.lowest.value, found.highest.value
    if alpha is None or lowest is None or highest is None:
        return None
    if max(alpha - lowest, highest - alpha) <= WORTH_TELLING:
        return None
    return Fragile(alpha=alpha, lowest=lowest, highest=highest, n_units=len(kept), whose=whose)


def _units_with(values: Ints, value: int) -> int:
    found: Bools = (values == value).any(axis=1)
    return int(found.sum())
