"""Many codes are looked at, so some seem to move by chance: how many of those named may be false.

- Benjamini, Y., Hochberg, Y. (1995). Controlling the false discovery rate. J. R. Stat. Soc. B 57, 289-300.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats

LEVEL = 0.05
"""Of the codes that are said to have moved, the share that may be false."""


def adjusted(p: Floats) -> Floats:
    """The adjusted p (q) of Benjamini and Hochberg: a code is named where it is at most the level. NaN stays NaN.

    >>> import numpy as np
    >>> adjusted(np.array([0.01, 0.04, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    import numpy as np

    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    steps = p[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(1.0, np.minimum.accumulate(steps[::-1])[::-1])
    return q


def named(p: Floats, level: float = LEVEL) -> Bools:
    """Which of these may be named."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        found: Bools = adjusted(p) <= level
    return found


def next_level(p: Floats, level: float = LEVEL) -> float:
    """The p at which one more would have been named: what `could have seen` is reckoned for."""
    import numpy as np

    n = int((~np.isnan(p)).sum())
    return level * min(n, int(named(p, level).sum()) + 1) / n if n else level


def enough(permutations: int, n_codes: int, level: float = LEVEL) -> int:
    """The permutations it takes, at least, for one of so many codes to be named by itself, with two questions each.

    >>> enough(10_000, 20), enough(10_000, 400)
    (10000, 16000)
    """
    return max(permutations, math.ceil(2 * n_codes / level))
