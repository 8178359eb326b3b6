"""Two coders' answers crossed: all shares and kappas of a pair from one small table.

The same figures as the plain functions of `shares` and `kappas` give, from how often each pair of answers occurs. A
study of ten coders has 45 pairs for each code, so what two coders need is counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


class Crossed(NamedTuple):
    """What stands beside the alpha of two coders; None where it is undefined."""

    percent: float | None
    positive: float | None
    negative: float | None
    ac1: float | None
    kappa: float | None


def crossed(values: Ints, n_values: int) -> Crossed:
    """Percent, positive and negative agreement, AC1 and Cohen's kappa of two columns without a missing decision.

    AC1 and kappa are undefined where all decisions are alike; positive and negative agreement are those of a yes (1)
    and no (0), and undefined where nobody said so. Sources: see `shares` and `kappas`.
    """
    import numpy as np

    n = len(values)
    if not n:
        return Crossed(None, None, None, None, None)
    q = n_values
    cells = np.bincount(values[:, 0].astype(np.int64) * q + values[:, 1], minlength=q * q)
    table = cells.reshape(q, q).tolist()
    first = [sum(row) for row in table]
    second = [sum(row[c] for row in table) for c in range(q)]
    alike = sum(table[c][c] for c in range(q))
    given = [a + b for a, b in zip(first, second, strict=True)]
    percent = alike / n
    yes_no = q == 2
    return Crossed(
        percent=percent,
        positive=2 * table[1][1] / given[1] if yes_no and given[1] else None,
        negative=2 * table[0][0] / given[0] if yes_no and given[0] else None,
        ac1=None if max(given) == 2 * n else _ac1(percent, [g / (2 * n) for g in given]),
        kappa=_beyond(percent, sum(a * b for a, b in zip(first, second, strict=True)) / n**2),
    )


def _ac1(percent: float, pi: list[float]) -> float | None:
    return _beyond(percent, sum(p * (1 - p) for p in pi) / (len(pi) - 1))


def _beyond(observed: float, chance: float) -> float | None:
    return None if 1 - chance < 1e-12 else (observed - chance) / (1 - chance)
