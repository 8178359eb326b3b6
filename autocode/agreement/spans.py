"""Where passages begin and end: the unitizing alphas of 2016, on the spans that coders marked in a text.

- Krippendorff, K., Mathet, Y., Bouvry, S., Widlöcher, A. (2016). On the reliability of unitizing textual continua:
  further developments. Qual. Quant. 50, 2347-2364.

Every coder cuts the continuum of length L into units with a value (a code) and gaps (value 0). l_ck is the length on
which one coder has c and another k, l_c. its sum over k; with m coders l.. = m L. By chance

    e_ck = l.. (l_c. l_k. - [c = k] s_c) / (l..^2 - sum_c s_c)

with s_c the sum of squared lengths of the units valued c, and for gaps the sum of their lengths: a unit cannot fall in
part, a gap can.

- u-alpha   = 1 - (l.. - sum_c l_cc) / (l.. - sum_c e_cc): unitizing and coding together
- |u-alpha  = 1 - (l_0. - l_00) / (e_0. - e_00): what was marked at all, whatever the code
- cu-alpha  = 1 - (l'.. - sum_c l'_cc) / (l'.. - sum_c e'_cc): the code, on what two coders marked
- (k)u-alpha = 1 - (l'_k. - l'_kk) / l'_k. * e'_k. / (e'_k. - e'_kk): whether what one coder gave k others gave k

A dash marks what only counts where both coders have a value; l'../l.. and l'_k./l_k. are the coverage.
Each code as a continuum of its own (one value) may overlap with others; together the codes must exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.figures import Figure
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

Marked = Mapping[str, Iterable[tuple[int, int, str]]]
"""For each coder what they marked: (start, end, code), half-open, in characters of the continuum."""


@dataclass(frozen=True)
class UnitizingAlphas:
    """The four unitizing alphas. `n_units` of a figure counts the coders' units, `n_values` characters x coders."""

    u_alpha: Figure
    u_alpha_binary: Figure
    """The |u-alpha of the paper."""
    cu_alpha: Figure
    ku_alpha: Mapping[str, Figure]
    cu_coverage: float | None
    """The share of the continuum, over pairs of coders, on which both have a value: what cu-alpha rests on."""
    ku_coverage: Mapping[str, float | None]


def unitizing_alphas(spans: Marked, length: int) -> UnitizingAlphas:
    """The alphas of 2016 for spans that coders marked in a text of so many characters, which all of them read.

    Several texts are one continuum, one behind the other. With one code u-alpha and |u-alpha are equal and the others
    undefined: there is nothing to confuse it with.

    Raises InputError where spans of one coder overlap or leave the text.
    """
    cut = continuum(spans, length)
    if len(spans) < 2:
        return _nothing(cut, Figure(None, status="one coder", reason="only one coder marked spans"))
    if length < 1:
        return _nothing(cut, Figure(None, status="too few units", reason="the text is empty"))
    u, u_binary = _whole(cut)
    cu, ku, cu_coverage, ku_coverage = _valued(cut)
    return UnitizingAlphas(u, u_binary, cu, ku, cu_coverage, ku_coverage)


def u_alpha(spans: Marked, length: int) -> Figure:
    """u-alpha alone: see `unitizing_alphas`."""
    return unitizing_alphas(spans, length).u_alpha


@dataclass(frozen=True)
class Continuum:
    """The text cut wherever a coder's unit begins or ends."""

    codes: Sequence[str]
    values: Ints
    """Pieces x coders: 0 for a gap, from 1 the place of the code."""
    lengths: Ints
    """Of the pieces."""
    unit: Ints
    """Pieces x coders: the number of the coder's unit, -1 in a gap."""
    n_units: int


def continuum(spans: Marked, length: int) -> Continuum:
    """The text cut into pieces on which no coder changes."""
    import numpy as np

    marked = {coder: sorted(each) for coder, each in spans.items()}
    codes = sorted({code for each in marked.values() for _, _, code in each}, key=str)
    place = {code: at for at, code in enumerate(codes, 1)}
    ends = {0, length} | {end for each in marked.values() for start, stop, _ in each for end in (start, stop)}
    border = np.array(sorted(ends), dtype=np.int64)
    values = np.zeros((len(border) - 1, len(marked)), dtype=np.int64)
    unit = np.full(values.shape, -1, dtype=np.int64)
    number = 0
    for j, (coder, each) in enumerate(marked.items()):
        before = 0
        for start, end, code in each:
            _check(coder, start, end, before, length)
            first, behind = np.searchsorted(border, [start, end])
            values[first:behind, j], unit[first:behind, j] = place[code], number
            number, before = number + 1, end
    return Continuum(codes, values, np.diff(border), unit, number)


def _check(coder: str, start: int, end: int, before: int, length: int) -> None:
    if not 0 <= start < end <= length:
        raise InputError(f"{coder}: the span {start}-{end} is empty or leaves the text of {length} characters")
    if start < before:
        raise InputError(
            f"{coder}: the span {start}-{end} overlaps the one before, which ends at {before}; measure each code "
            "alone, or codes that exclude each other"
        )


def coincidences(values: Ints, lengths: Ints, q: int) -> Ints:
    """l_ck times m - 1, for pieces on which all m coders have a value: lengths where one has c and another k."""
    import numpy as np

    n_c = np.stack([(values == c).sum(axis=1) for c in range(q)], axis=1)
    return np.asarray((n_c * lengths[:, None]).T @ n_c - np.diag((n_c * lengths[:, None]).sum(axis=0)))


def _whole(cut: Continuum) -> tuple[Figure, Figure]:
    """u-alpha and |u-alpha, over all of the text."""
    import numpy as np

    q, m = len(cut.codes) + 1, cut.values.shape[1]
    together = coincidences(cut.values, cut.lengths, q) / (m - 1)
    alone = together.sum(axis=1)
    unit_lengths, unit_value = _units(cut, np.ones_like(cut.unit, dtype=bool))
    s = np.bincount(unit_value, weights=unit_lengths.astype(np.float64) ** 2, minlength=q).astype(np.float64)
    s[0] = alone[0]
    chance = expected_coincidences(alone, s)
    n = (cut.n_units, int(alone.sum()))
    return (
        _figure(alone.sum() - np.trace(together), alone.sum() - np.trace(chance), alone.sum(), n),
        _figure(alone[0] - together[0, 0], chance[0].sum() - chance[0, 0], alone[0], n),
    )


def expected_coincidences(alone: Floats, s: Floats) -> Floats:
    """e_ck from the lengths l_c. of the values and the lengths s_c that cannot meet themselves."""
    import numpy as np

    whole = alone.sum()
    free = whole**2 - s.sum()
    if free <= 0:
        return np.diag(alone)  # one unit without a piece to meet: nothing but itself can be expected
    return np.asarray(whole * (np.outer(alone, alone) - np.diag(s)) / free)


def _units(cut: Continuum, counts: Bools) -> tuple[Ints, Ints]:
    """The length of each unit on the pieces that count, and its value."""
    import numpy as np

    length = np.zeros(cut.n_units, dtype=np.int64)
    value = np.zeros(cut.n_units, dtype=np.int64)
    for j in range(cut.values.shape[1]):
        here = (cut.unit[:, j] >= 0) & counts[:, j]
        np.add.at(length, cut.unit[here, j], cut.lengths[here])
        inside = cut.unit[:, j] >= 0
        value[cut.unit[inside, j]] = cut.values[inside, j]
    return length, value


def _valued(cut: Continuum) -> tuple[Figure, dict[str, Figure], float | None, dict[str, float | None]]:
    """cu-alpha and (k)u-alpha with their coverage: where both of two coders have a value."""
    import numpy as np

    q, m = len(cut.codes) + 1, cut.values.shape[1]
    every = coincidences(cut.values, cut.lengths, q) / (m - 1)
    together = every[1:, 1:]
    alone = together.sum(axis=1)
    s = np.zeros(q)
    for j in range(m):  # what of each unit another coder's values cover
        covered = np.repeat((cut.values[:, [j]] > 0), m, axis=1)
        covered[:, j] = False
        length, value = _units(cut, covered)
        s += np.bincount(value, weights=length.astype(np.float64) ** 2, minlength=q) / (m - 1)
    chance = expected_coincidences(alone, s[1:]) if alone.any() else np.zeros_like(together)
    n = (cut.n_units, round(float(alone.sum())))
    cu = _figure(alone.sum() - np.trace(together), alone.sum() - np.trace(chance), alone.sum(), n)
    ku: dict[str, Figure] = {}
    coverage: dict[str, float | None] = {}
    for k, code in enumerate(cut.codes):
        expected = chance[k].sum()
        lost = (alone[k] - together[k, k]) * expected / max(alone[k], 1e-300)
        ku[code] = _figure(lost, expected - chance[k, k], expected, n)
        coverage[code] = float(alone[k] / every[k + 1].sum())
    return cu, ku, float(alone.sum() / every.sum()), coverage


def _figure(observed: float, expected: float, whole: float, n: tuple[int, int]) -> Figure:
    """1 - observed / expected, as shares of the whole; undefined where chance could not disagree."""
    if not n[0]:
        return Figure(None, status="no variation", reason="nobody marked anything", n_values=n[1])
    if not whole:
        return Figure(None, "too few units", "no two coders marked the same place", *n)
    if expected <= 1e-12 * whole:
        return Figure(None, "no variation", "no disagreement is possible: there is only one value", *n)
    return Figure(float(1 - observed / expected), "ok", "", *n, float(observed / whole), float(expected / whole))


def _nothing(cut: Continuum, why: Figure) -> UnitizingAlphas:
    return UnitizingAlphas(why, why, why, dict.fromkeys(cut.codes, why), None, dict.fromkeys(cut.codes))
