"""Two coders' answers crossed: all shares and kappas of a pair from one small table.

The same figures as the plain functions of `shares` and `kappas` give, from how often each pair of answers occurs. A
study of ten coders has 45 pairs for each code, so what two coders need is counted once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.coefficients import Sums

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


class Crossed(NamedTuple):
    """What stands beside the alpha of two coders; None where it is undefined."""

    percent: float | None
    positive: float | None
    negative: float | None
    ac1: float | None
    kappa: float | None


class Cells(NamedTuple):
    """How often each pair of answers occurs: transcripts x answers of the first x answers of the second."""

    n: Ints

    @classmethod
    def of(cls, values: Ints, where: Ints, n_places: int, n_values: int) -> Cells:
        """The cells of two columns without a missing decision, in each transcript."""
        import numpy as np

        q = n_values
        at = (where * q + values[:, 0]) * q + values[:, 1]
        return cls(np.bincount(at, minlength=n_places * q * q).reshape(n_places, q, q))

    def sums(self) -> Sums:
        """What alpha needs: on a unit with two decisions 2 for unlike ones, 0 for like."""
        import numpy as np

        units = self.n.sum(axis=(1, 2))
        unlike = units - np.trace(self.n, axis1=1, axis2=2)
        return Sums(2.0 * unlike, self.n.sum(axis=1) + self.n.sum(axis=2), units)

    def beside(self) -> Crossed:
        """The shares and kappas."""
        return _crossed(self.n.sum(axis=0).tolist())


def crossed(values: Ints, n_values: int) -> Crossed:
    """Percent, positive and negative agreement, AC1 and Cohen's kappa of two columns without a missing decision.

    AC1 and kappa are undefined where all decisions are alike; positive and negative agreement are those of a yes (1)
    and no (0), and undefined where nobody said so. Sources: see `shares` and `kappas`.
    """
    import numpy as np

    return Cells.of(values, np.zeros(len(values), dtype=np.int64), 1, n_values).beside()


def _crossed(table: list[list[int]]) -> Crossed:
    q = len(table)
    first, second = [sum(row) for row in table], [sum(row[c] for row in table) for c in range(q)]
    n = sum(first)
    if not n:
        return Crossed(None, None, None, None, None)
    given = [a + b for a, b in zip(first, second, strict=True)]
    percent = sum(table[c][c] for c in range(q)) / n
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
