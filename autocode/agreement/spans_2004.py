"""Where passages begin and end, in the older form: each code a dichotomy of its own, borders by squared distance.

- Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociol. Methodol. 25, 47-76.
- Krippendorff, K. (2004). Measuring the reliability of qualitative text analysis data. Qual. Quant. 38, 787-800.

Superseded by the alphas of 2016 (`spans`), and what several programs still report. In a continuum of length L that m
coders cut into units of code c and gaps, a unit g of one coder and a section h of another differ by

    delta^2 = (b_g - b_h)^2 + (e_g - e_h)^2   if both are units and overlap (b where they begin, e where they end)
            = l_g^2                           if the unit g lies whole in the gap h; l_h^2 the other way round
            = 0                               else

    D_o = sum_i sum_g sum_{j != i} sum_h delta^2 / (m (m - 1) L^2), where g and h run over units and gaps
    D_e = 2/L * sum_ig [ (N - 1)/3 (2 l^3 - 3 l^2 + l) + l^2 sum_jh (l_jh - l + 1) ]
          / (m L (m L - 1) - sum_ig l (l - 1))

where ig runs over the N units of all coders, l is the length of g, and h over all gaps with l_jh >= l.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from autocode.agreement.figures import Figure
from autocode.agreement.spans import Marked
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


@dataclass(frozen=True)
class UnitizingAlphas2004:
    """For each code the alpha of 2004, and over all codes 1 - sum D_o / sum D_e."""

    codes: Mapping[str, Figure]
    overall: Figure


def unitizing_alphas_2004(spans: Marked, *, begin: int, end: int) -> UnitizingAlphas2004:
    """The unitizing alphas of 2004 for spans that coders marked from `begin` to `end`; spans of two codes may overlap.

    `observed` and `expected` of a figure are D_o and D_e. Raises InputError where spans of one coder and code overlap,
    or leave the text.
    """
    marked = {coder: list(each) for coder, each in spans.items()}
    codes = sorted({code for each in marked.values() for _, _, code in each}, key=str)
    of_code = {
        code: _alpha([_sections(coder, each, code, begin, end) for coder, each in marked.items()], end - begin)
        for code in codes
    }
    defined = [figure for figure in of_code.values() if figure.expected]
    observed, expected = (sum(getattr(f, name) or 0.0 for f in defined) for name in ("observed", "expected"))
    n = (sum(f.n_units for f in defined), sum(f.n_values for f in defined))
    if not expected:
        why = next(iter(of_code.values()), Figure(None, "no variation", "nobody marked anything"))
        return UnitizingAlphas2004(of_code, why)
    return UnitizingAlphas2004(of_code, Figure(1 - observed / expected, "ok", "", *n, observed, expected))


Cut = tuple["Ints", "Ints"]
"""A coder's units and gaps: begin and end, a row each."""


def _sections(coder: str, marked: Iterable[tuple[int, int, str]], code: str, begin: int, end: int) -> Cut:
    import numpy as np

    units = sorted((start, stop) for start, stop, name in marked if name == code)
    gaps, at = [], begin
    for start, stop in units:
        if not at <= start < stop <= end:
            raise InputError(f"{coder}: the span {start}-{stop} of {code} overlaps another, or is not in {begin}-{end}")
        gaps.append((at, start))
        at = stop
    gaps.append((at, end))
    kept = [(start, stop) for start, stop in gaps if stop > start]
    return np.array(units, dtype=np.int64).reshape(-1, 2), np.array(kept, dtype=np.int64).reshape(-1, 2)


def _alpha(cuts: list[Cut], length: int) -> Figure:
    m, n_units = len(cuts), sum(len(units) for units, _ in cuts)
    if m < 2:
        return Figure(None, "one coder", "only one coder marked spans", n_units, m * length)
    d_o = 2 * sum(_differences(g, h) for g, h in combinations(cuts, 2)) / (m * (m - 1) * length**2)
    d_e = _expected(cuts, length)
    if d_e <= 0:
        return Figure(None, "no variation", "no disagreement is possible", n_units, m * length)
    return Figure(1 - d_o / d_e, "ok", "", n_units, m * length, d_o, d_e)


def _differences(g: Cut, h: Cut) -> float:
    """The sum of delta^2 between the sections of two coders."""
    begin, end = g[0][:, :1], g[0][:, 1:]
    b, e = h[0].T
    overlap = (begin < e) & (b < end)
    borders = (((begin - b) ** 2 + (end - e) ** 2) * overlap).sum()
    return float(borders + _alone(g[0], h[1]) + _alone(h[0], g[1]))


def _alone(units: Ints, gaps: Ints) -> float:
    """The squared lengths of the units that lie whole in a gap of the other coder."""
    begin, end = units[:, :1], units[:, 1:]
    gap_begin, gap_end = gaps.T
    return float(((end - begin) ** 2 * ((gap_begin <= begin) & (end <= gap_end))).sum())


def _expected(cuts: list[Cut], length: int) -> float:
    import numpy as np

    m = len(cuts)
    unit = np.concatenate([units[:, 1] - units[:, 0] for units, _ in cuts])
    gap = np.concatenate([gaps[:, 1] - gaps[:, 0] for _, gaps in cuts])
    if not len(unit):
        return 0.0
    fits = gap[None, :] >= unit[:, None]
    room = ((gap[None, :] - unit[:, None] + 1) * fits).sum(axis=1)
    on_units = (len(unit) - 1) / 3 * (2 * unit**3 - 3 * unit**2 + unit)
    free = m * length * (m * length - 1) - int((unit * (unit - 1)).sum())
    return float(2 / length * (on_units + unit**2 * room).sum() / free) if free > 0 else 0.0
