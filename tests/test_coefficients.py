"""Coefficients as plain functions: held against other programs, brute force and each other, on any table."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, product
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from threadpoolctl import threadpool_limits

import autocode.agreement as aa
from autocode.agreement.multivalued import expected_disagreement
from autocode.agreement.sets import set_ratings
from autocode.agreement.unit_types import unit_types
from autocode.errors import InputError

LEVELS = ("nominal", "ordinal", "interval", "ratio")
CODES = "abcde"


def random_table(rng: np.random.Generator) -> np.ndarray:
    """Units x coders with missing decisions and some agreement; -1 for missing."""
    n, n_coders, q = rng.integers(1, 25), rng.integers(2, 6), rng.integers(1, 7)
    values = rng.integers(0, q, size=(n, 1)) + rng.integers(0, 2, size=(n, n_coders)) * rng.integers(0, q)
    return np.where(rng.random((n, n_coders)) < rng.choice([0.0, 0.2, 0.6]), -1, values)


def library_alpha(values: np.ndarray, level: str) -> float | None:
    """What the krippendorff package says; None where there are under two units, or one value, to compare."""
    kept = values[(values >= 0).sum(axis=1) >= 2]
    if len(kept) < 2 or len(np.unique(kept[kept >= 0])) < 2:
        return None
    data = np.where(kept < 0, np.nan, kept).T.astype(float)
    return float(krippendorff.alpha(data, level_of_measurement=level))


seeds = st.integers(0, 2**32 - 1)
tables = seeds.map(lambda seed: random_table(np.random.default_rng(seed)))


# --- Alpha ------------------------------------------------------------------------------------------------------


@settings(max_examples=2000)
@given(tables)
def test_alpha_of_every_level_equals_the_krippendorff_package(values: np.ndarray) -> None:
    for level in LEVELS:
        expected = library_alpha(values, level)
        found = aa.krippendorff_alpha(values, level=level)
        assert found.value == (None if expected is None else pytest.approx(expected, abs=1e-12)), level
        assert (found.value is None) == (found.status != "ok") == bool(found.reason)


@settings(max_examples=100)
@given(tables, seeds)
def test_order_of_coders_and_units_and_empty_units_change_nothing(values: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    alone = np.full((2, values.shape[1]), -1)
    alone[1, 0] = 0  # a unit that one coder decided
    shuffled = rng.permutation(np.concatenate([values, alone]))[:, rng.permutation(values.shape[1])]
    for level in LEVELS:
        before, after = (aa.krippendorff_alpha(each, level=level).value for each in (values, shuffled))
        assert after == (None if before is None else pytest.approx(before, abs=1e-12))


@settings(max_examples=100)
@given(tables)
def test_each_level_ignores_what_it_should_ignore(values: np.ndarray) -> None:
    def alpha(change: Callable[[np.ndarray], np.ndarray], level: str) -> float | None:
        return aa.krippendorff_alpha(np.where(values < 0, np.nan, change(values)), level=level).value

    for level, change in (
        ("nominal", lambda v: (v * 5 + 3) % 11),  # other names
        ("ordinal", lambda v: v**3 + 2.5),  # the same order
        ("interval", lambda v: v * 0.5 - 3),  # another scale and origin
        ("ratio", lambda v: v * 0.25),  # another scale
    ):
        same = alpha(lambda v: v * 1.0, level)
        assert alpha(change, level) == (None if same is None else pytest.approx(same, abs=1e-9)), level


@settings(max_examples=100)
@given(tables)
def test_no_coefficient_exceeds_one_and_shares_are_shares(values: np.ndarray) -> None:
    figures = [aa.krippendorff_alpha(values, level=level) for level in LEVELS]
    figures += [aa.fleiss_kappa(values), aa.gwet_ac1(values), aa.gwet_ac2(values), aa.brennan_prediger(values)]
    assert all(each.value is None or each.value <= 1 + 1e-12 for each in figures)
    share = aa.percent_agreement(values).value
    assert share is None or 0 <= share <= 1


@pytest.mark.parametrize(("n_coders", "q"), [(2, 2), (12, 2), (30, 2), (3, 10), (5, 40), (12, 9)])
def test_however_units_are_sorted_into_types_every_unit_is_in_one(n_coders: int, q: int) -> None:
    rng = np.random.default_rng(n_coders * q)
    values = rng.integers(-1, q, size=(300, n_coders))
    group = rng.integers(0, 4, size=300)
    types = unit_types(values, group, n_groups=4, q=q)
    kept = (values >= 0).sum(axis=1) >= 2
    rows = [tuple(row) for row in types.rows.tolist()]
    assert len(set(rows)) == len(rows)
    for g in range(4):
        there = [tuple(sorted(row, reverse=True)) for row in values[kept & (group == g)].tolist()]
        assert types.n[g].tolist() == [there.count(row) for row in rows]


def test_ratings_with_decimals_have_an_interval_alpha_however_many_values_there_are() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(4000, 1))
    values = truth + rng.normal(scale=0.5, size=(4000, 2))
    # Two coders: 1 - D_o / D_e, with D_o = mean squared difference and D_e from the variance of all values.
    expected = 1 - np.mean((values[:, 0] - values[:, 1]) ** 2) / (2 * values.var(ddof=1))
    assert aa.krippendorff_alpha(values, level="interval").value == pytest.approx(expected, abs=1e-10)
    far = aa.krippendorff_alpha(values + 1e6, level="interval").value
    assert far == pytest.approx(expected, abs=1e-7)


# --- Undefined is a value ----------------------------------------------------------------------------------------

NOTHING: dict[str, tuple[Any, str]] = {
    "no variation": ([[0, 0]] * 24, "all decisions on the 24 units are alike"),
    "too few units": ([[1, None], [None, 1]], "no unit was decided by two coders"),
    "one coder": ([[1, None], [0, None]], "only one coder decided on it"),
}


@pytest.mark.parametrize("status", NOTHING)
@pytest.mark.parametrize(
    "coefficient",
    [*(lambda v, level=level: aa.krippendorff_alpha(v, level=level) for level in LEVELS), aa.cohen_kappa, aa.scott_pi,
     lambda v: aa.cohen_kappa(v, weights="linear"), aa.fleiss_kappa, aa.gwet_ac1, aa.gwet_ac2],
)  # fmt: skip
def test_a_coefficient_that_is_undefined_says_so_and_why(coefficient: Callable[..., aa.Figure], status: str) -> None:
    values, reason = NOTHING[status]
    found = coefficient(values)
    assert (found.value, found.status, found.reason) == (None, status, reason)


def test_chance_that_is_fixed_beforehand_needs_no_variation() -> None:
    nobody = [[0, 0]] * 24
    assert aa.pabak(nobody).value == aa.brennan_prediger(nobody, domain=(0, 1)).value == 1.0
    assert aa.brennan_prediger(nobody).status == "no variation"  # with one value to choose from there is no chance
    assert aa.pabak([[1, None]]).value is None


def test_what_nobody_did_has_counts_and_a_bound_to_read_instead() -> None:
    nobody = [[0, 0]] * 600
    assert aa.positive_agreement(nobody).reason == "nobody gave the value 1 to any of the 600 units"
    assert aa.negative_agreement(nobody).value == aa.percent_agreement(nobody).value == 1.0
    assert aa.yes_no_table(nobody) == aa.YesNo(both=0, only_first=0, only_second=0, neither=600)
    assert aa.rule_of_three(600).value == 0.005
    assert aa.rule_of_three(0).status == "too few units"
    for n in (1, 5, 60, 2000):  # never under the exact bound 1 - 0.05^(1/n)
        assert 1 - 0.05 ** (1 / n) <= aa.rule_of_three(n).value <= 1


def test_an_empty_table_has_no_figure_and_no_crash() -> None:
    for empty in (np.zeros((0, 2), dtype=int), np.zeros((5, 0), dtype=int), np.full((5, 2), -1)):
        for coefficient in (aa.krippendorff_alpha, aa.fleiss_kappa, aa.gwet_ac1, aa.percent_agreement, aa.fragility):
            found = coefficient(empty)
            assert (found.figure if isinstance(found, aa.Fragility) else found).value is None
        assert aa.bootstrap_over_units(empty).interval().reason
        assert aa.jackknife_over_units(empty).interval.low is None


# --- Kappas beside other programs -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(seeds)
def test_weighted_kappas_equal_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 5, size=rng.integers(5, 60))
    second = np.where(rng.random(len(first)) < 0.6, first, rng.integers(0, 5, size=len(first)))
    assume(len(set(first) | set(second)) > 1)
    for weights in (None, "linear", "quadratic"):
        found = aa.cohen_kappa(np.stack([first, second], axis=1), weights=weights)
        expected = cohen_kappa_score(first, second, weights=weights, labels=range(5))
        if found.value is None:
            assert found.expected == pytest.approx(1.0)
        else:
            assert found.value == pytest.approx(expected, abs=1e-12)


def test_a_weighted_kappa_goes_by_the_numbers_and_by_the_declared_order_of_words() -> None:
    numbers = [[1, 1], [3, 3], [1, 3], [3, 3]]
    words = [["low", "low"], ["high", "high"], ["low", "high"], ["high", "high"]]
    order = ["low", "middle", "high"]
    for weights in ("linear", "quadratic"):
        found = aa.cohen_kappa(words, weights=weights, domain=order).value
        assert found == pytest.approx(aa.cohen_kappa(numbers, weights=weights).value, abs=1e-12)
    with pytest.raises(InputError, match="needs values in an order"):
        aa.cohen_kappa(words, weights="linear")
    with pytest.raises(InputError, match="a figure of two coders, and the table has 3 columns"):
        aa.cohen_kappa([[1, 0, 1]])


@settings(max_examples=100)
@given(tables)
def test_coefficients_that_are_one_in_part_are_equal_there(values: np.ndarray) -> None:
    pair = values[:, :2]
    both = pair[(pair >= 0).all(axis=1)]
    assert aa.scott_pi(pair).value == aa.fleiss_kappa(both).value or aa.scott_pi(pair).value == pytest.approx(
        aa.fleiss_kappa(both).value, abs=1e-12
    )
    code = np.where(values < 0, -1, values > 0)
    one, two = aa.gwet_ac1(code, domain=(0, 1)), aa.gwet_ac2(code, domain=(0, 1))  # two values have no near misses
    assert one.value == (None if two.value is None else pytest.approx(two.value, abs=1e-12))
    share = aa.percent_agreement(code).value
    assert aa.pabak(code).value == (None if share is None or aa.pabak(code).status == "one coder" else
                                    pytest.approx(2 * share - 1, abs=1e-12))  # fmt: skip


def test_gwets_ac2_of_his_four_raters_is_what_irrcac_prints() -> None:
    # The data of the case gwet-raw-4raters; irrCAC 0.4.4 rounds to five digits.
    rows = [[1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
            [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, 3, None, None]]  # fmt: skip
    assert round(aa.gwet_ac2(rows, weights="linear").value, 5) == 0.85874
    assert round(aa.gwet_ac2(rows, weights="quadratic").value, 5) == 0.914
    assert round(aa.gwet_ac1(rows).value, 5) == 0.77544


def test_other_programs_kappas_come_out_by_their_formulas() -> None:
    def table(a: int, b: int, c: int, d: int) -> list[tuple[int, int]]:
        return [(1, 1)] * a + [(1, 0)] * b + [(0, 1)] * c + [(0, 0)] * d

    tables = [table(40, 9, 6, 45), table(80, 10, 5, 5)]
    # p_o 0.85 and 0.85; p_e 0.5008 and 0.78: (0.85 - 0.6404) / (1 - 0.6404)
    assert aa.dedoose_pooled_kappa(tables).value == pytest.approx((0.85 - 0.6404) / (1 - 0.6404), abs=1e-12)
    # 120 of 150 codings by both, chance 1/2
    assert aa.maxqda_kappa(tables).value == pytest.approx((120 / 150 - 0.5) / 0.5, abs=1e-12)
    assert aa.dedoose_pooled_kappa([table(0, 0, 0, 9)]).status == "no variation"
    assert aa.dedoose_pooled_kappa([[(1, None)]]).status == "too few units"
    assert aa.maxqda_kappa(tables[:1]).value is None
    assert aa.maxqda_kappa([table(0, 0, 0, 9)] * 2).reason == "neither coder applied any of the codes"


# --- Tables as people have them ------------------------------------------------------------------------------------


def test_a_table_may_be_an_array_a_frame_or_rows_with_gaps_of_any_kind() -> None:
    rows = [[1, 1, None], [0, 0, 0], [1, 0, 1], [0, None, 0], [1, 1, 1]]
    expected = aa.krippendorff_alpha(rows)
    filled = np.array([[-1 if v is None else v for v in row] for row in rows], dtype=np.int8)
    floats = np.where(filled < 0, np.nan, filled)
    for table in (
        filled,
        floats,
        pd.DataFrame(filled),
        pd.DataFrame(floats),
        pd.DataFrame(rows, dtype="Int8"),
        pd.DataFrame(rows, dtype="boolean").astype(object),
        [["no" if v == 0 else "yes" if v == 1 else math.nan for v in row] for row in rows],
    ):
        assert aa.krippendorff_alpha(table) == expected


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([[1, -2], [0, 1]], {}, "-2 stands in a table of whole numbers, where -1 means no decision"),
        ([[1, 0], [1]], {}, "rows of the table differ in length"),
        ([["a", "b"]], {"domain": ["a", "c"]}, "'b' stands in the table but is not among the values of `domain`"),
        ([["a", "b"]], {"level": "ordinal"}, "ordinal alpha needs values in an order"),
        ([["a", "b"]], {"level": "interval", "domain": ["a", "b"]}, "interval alpha needs numbers; words in an order"),
        ([[1.5, -2.0]], {"level": "ratio"}, "ratio alpha needs numbers of 0 and above"),
        ([[1, 0]], {"level": "metric"}, "there is no level 'metric'; choose from nominal, ordinal, interval, ratio"),
        (np.zeros(5), {}, "not 1 dimensions"),
        (np.array([["a", np.nan], ["b", "b"]]), {}, 'an array of words holds "nan"'),
    ],
)
def test_a_table_that_does_not_suit_is_refused_with_the_reason(table: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        aa.krippendorff_alpha(table, **options)


def test_numbers_under_zero_are_values_where_they_have_a_decimal_point() -> None:
    values = np.array([[-1.0, -1.0], [0.0, 0.0], [1.0, 0.0], [np.nan, 1.0]])
    assert aa.krippendorff_alpha(values, level="interval").n_units == 3
    assert aa.krippendorff_alpha(values).value == aa.krippendorff_alpha(values + 1).value


# --- Sets of codes -------------------------------------------------------------------------------------------------

sets = st.lists(st.lists(st.frozensets(st.sampled_from(CODES), max_size=4), min_size=2, max_size=3), min_size=2,
                max_size=8).map(lambda rows: [row[: min(map(len, rows))] for row in rows])  # fmt: skip


@settings(max_examples=100)
@given(st.lists(st.tuples(*[st.sampled_from(CODES)] * 3), min_size=2, max_size=15))
def test_with_one_code_on_every_unit_alphas_of_sets_are_the_nominal_one(rows: list[tuple[str, ...]]) -> None:
    expected = aa.krippendorff_alpha(rows).value
    single = [[{code} for code in row] for row in rows]
    for found in (
        aa.multi_valued_alpha(single),
        *(aa.set_alpha(single, distance=d) for d in ("jaccard", "masi", "dice")),
    ):
        assert found.value == (None if expected is None else pytest.approx(expected, abs=1e-12))


def dealt(rows: list[list[frozenset[str]]]) -> float:
    """D_e of multi-valued alpha, by going through all pairs of sets."""
    given_sets = [cell for row in rows for cell in row]
    n_c = {code: sum(code in cell for cell in given_sets) for code in CODES}
    p = {size: sum(len(cell) == size for cell in given_sets) / len(given_sets) for size in range(len(CODES) + 1)}
    expected = 0.0
    for a, b in product(p, p):
        weight = total = 0.0
        for c, k in product(combinations(CODES, a), combinations(CODES, b)):
            w = math.prod(n_c[code] for code in c) * math.prod(n_c[code] - (code in c) for code in k)
            weight += w
            total += w * (1 - 2 * len(set(c) & set(k)) / (a + b) if a + b else 0.0)
        expected += p[a] * p[b] * (total / weight if weight else 0.0)
    return expected


@settings(max_examples=40)
@given(sets)
def test_what_chance_deals_equals_going_through_all_pairs_of_sets(rows: list[list[frozenset[str]]]) -> None:
    found = set_ratings(rows)
    n_s = np.bincount(found.values.ravel(), minlength=len(found.members))
    assert expected_disagreement(n_s, found.members) == pytest.approx(dealt(rows), abs=1e-12)


@settings(max_examples=60)
@given(sets)
def test_sets_and_an_array_of_codes_give_the_same(rows: list[list[frozenset[str]]]) -> None:
    cells = np.array([[[code in cell for code in CODES] for cell in row] for row in rows], dtype=np.int8)
    assert aa.multi_valued_alpha(rows).value == pytest.approx(aa.multi_valued_alpha(cells).value, abs=1e-12)
    cells[0, 0, 2] = -1
    without = [[None, *rows[0][1:]], *rows[1:]]
    assert aa.set_alpha(without).value == pytest.approx(aa.set_alpha(cells).value, abs=1e-12)
    a, b = rows[1][:2]
    assert 0 <= aa.masi_distance(a, b) <= 1
    assert aa.masi_distance(a, b) == aa.masi_distance(b, a)
    assert (aa.jaccard_distance(a, b) == 0) == (a == b)


def test_units_that_nobody_coded_carry_agreement_on_sets() -> None:
    rows: list[list[set[str]]] = [[{"a"}, {"a", "b"}], [{"b"}, {"b"}], [{"a"}, {"c"}]] + [[set(), set()]] * 50
    everything, coded = aa.set_alpha(rows), aa.set_alpha(rows, without_empty=True)
    assert everything.value > coded.value
    assert (everything.n_units, coded.n_units) == (53, 3)
    assert aa.set_alpha([[set(), set()]] * 5).status == aa.multi_valued_alpha([[set(), set()]] * 5).status
    assert aa.multi_valued_alpha([[set(), set()]] * 5).status == "no variation"


# --- Spans ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.sampled_from(" xy")] * 3), min_size=2, max_size=20))
def test_with_spans_of_one_character_u_alpha_is_the_nominal_alpha_of_characters(text: list[tuple[str, ...]]) -> None:
    spans = {
        str(coder): [(at, at + 1, row[coder]) for at, row in enumerate(text) if row[coder] != " "] for coder in range(3)
    }
    expected = aa.krippendorff_alpha(text).value
    found = aa.unitizing_alphas(spans, len(text))
    assert found.u_alpha.value == (None if expected is None else pytest.approx(expected, abs=1e-12))
    marked = [[c != " " for c in row] for row in text]
    binary = aa.krippendorff_alpha(marked).value
    assert found.u_alpha_binary.value == (None if binary is None else pytest.approx(binary, abs=1e-12))


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=5), min_size=2, max_size=3))
def test_one_code_alone_has_one_unitizing_alpha_whoever_comes_first(gaps: list[list[tuple[int, int]]]) -> None:
    spans: dict[str, list[tuple[int, int, str]]] = {}
    for coder, each in enumerate(gaps):
        at = 0
        spans[str(coder)] = []
        for gap, long in each:
            spans[str(coder)].append((at + gap, at + gap + long, "help"))
            at += gap + long
    found = aa.unitizing_alphas(spans, 80)
    turned = aa.unitizing_alphas(dict(reversed(spans.items())), 80)
    if found.u_alpha.value is None:
        assert found.u_alpha.reason == "nobody marked anything"
    else:
        assert found.u_alpha.value <= 1
        assert found.u_alpha.value == pytest.approx(found.u_alpha_binary.value, abs=1e-12)
        assert found.u_alpha.value == pytest.approx(turned.u_alpha.value, abs=1e-12)
    assert found.cu_alpha.value is None
    older = aa.unitizing_alphas_2004(spans, begin=0, end=80).overall
    assert (older.value is None) == (found.u_alpha.value is None)
    same = aa.unitizing_alphas({"a": spans["0"], "b": spans["0"]}, 80).u_alpha.value
    assert same is None or same == pytest.approx(1.0)


Marked = dict[str, list[tuple[int, int, str]]]


def random_spans(seed: int, codes: str = "xyz", length: int = 40) -> Marked:
    """Two to four coders who marked spans that do not overlap."""
    rng = np.random.default_rng(seed)
    spans: Marked = {}
    for coder in range(rng.integers(2, 5)):
        borders = np.sort(rng.choice(length + 1, size=2 * rng.integers(1, 6), replace=False)).tolist()
        each = zip(borders[::2], borders[1::2], strict=True)
        spans[str(coder)] = [(start, end, str(rng.choice(list(codes)))) for start, end in each]
    return spans


def sections(marked: list[tuple[int, int, str]], begin: int, end: int) -> list[tuple[int, int, str]]:
    """Units and gaps; a gap has no code."""
    found, at = [], begin
    for start, stop, code in sorted(marked):
        found += [(at, start, "")] * (start > at) + [(start, stop, code)]
        at = stop
    return found + [(at, end, "")] * (end > at)


def shared(g: tuple[int, int, str], h: tuple[int, int, str]) -> int:
    return max(0, min(g[1], h[1]) - max(g[0], h[0]))


@settings(max_examples=60)
@given(seeds)
def test_unitizing_alphas_equal_the_papers_sums_over_pairs_of_sections(seed: int) -> None:
    length, spans = 40, random_spans(seed)
    cut = [sections(each, 0, length) for each in spans.values()]
    m = len(cut)
    codes = ["", *sorted({code for each in spans.values() for _, _, code in each})]
    together = dict.fromkeys(product(codes, codes), 0.0)
    s, s_valued = dict.fromkeys(codes, 0.0), dict.fromkeys(codes, 0.0)
    for i, j in product(range(m), repeat=2):
        for g in cut[i]:
            if i == j:
                s[g[2]] += (g[1] - g[0]) ** 2 if g[2] else g[1] - g[0]
                continue
            for h in cut[j]:
                together[g[2], h[2]] += shared(g, h) / (m - 1)
            s_valued[g[2]] += sum(shared(g, h) for h in cut[j] if h[2]) ** 2 / (m - 1)

    def alphas(among: list[str], s: dict[str, float]) -> tuple[float, dict[str, float], dict[str, float], Any]:
        alone = {c: sum(together[c, k] for k in among) for c in among}
        whole = sum(alone.values())
        free = whole**2 - sum(s[c] for c in among)

        def e(c: str, k: str) -> float:
            return whole * (alone[c] * alone[k] - (c == k) * s[c]) / free

        observed = whole - sum(together[c, c] for c in among)
        return observed, whole - sum(e(c, c) for c in among), alone, e

    found = aa.unitizing_alphas(spans, length)
    observed, expected, alone, e = alphas(codes, s)
    assert found.u_alpha.value == pytest.approx(1 - observed / expected, abs=1e-12)
    gap_expected = sum(e("", k) for k in codes) - e("", "")
    assert found.u_alpha_binary.value == pytest.approx(1 - (alone[""] - together["", ""]) / gap_expected, abs=1e-12)
    if found.cu_alpha.value is not None:
        observed, expected, valued, e = alphas(codes[1:], s_valued)
        assert found.cu_alpha.value == pytest.approx(1 - observed / expected, abs=1e-9)
        assert found.cu_coverage == pytest.approx(sum(valued.values()) / (m * length), abs=1e-12)
        for k, figure in found.ku_alpha.items():
            e_k = sum(e(c, k) for c in codes[1:])
            assert found.ku_coverage[k] == pytest.approx(valued[k] / alone[k], abs=1e-12)
            if figure.value is not None:
                lost = e_k / valued[k] * (valued[k] - together[k, k])
                assert figure.value == pytest.approx(1 - lost / (e_k - e(k, k)), abs=1e-9)


@settings(max_examples=60)
@given(seeds)
def test_the_older_unitizing_alpha_equals_its_sums_over_pairs_of_sections(seed: int) -> None:
    begin, end, spans = 10, 50, random_spans(seed, codes="x")
    spans = {coder: [(start + begin, stop + begin, c) for start, stop, c in each] for coder, each in spans.items()}
    cut = [sections(each, begin, end) for each in spans.values()]
    m, length = len(cut), end - begin
    d_o = 0.0
    for i, j in product(range(m), repeat=2):
        for g, h in product(cut[i], cut[j]) if i != j else ():
            if g[2] and h[2] and shared(g, h):
                d_o += (g[0] - h[0]) ** 2 + (g[1] - h[1]) ** 2
            elif bool(g[2]) != bool(h[2]):
                unit, gap = (g, h) if g[2] else (h, g)
                d_o += (unit[1] - unit[0]) ** 2 if gap[0] <= unit[0] and unit[1] <= gap[1] else 0
    every = [section for each in cut for section in each]
    long = [stop - start for start, stop, code in every if code]
    gaps = [stop - start for start, stop, code in every if not code]
    d_e = sum(
        (len(long) - 1) / 3 * (2 * v**3 - 3 * v**2 + v) + v**2 * sum(gap - v + 1 for gap in gaps if gap >= v)
        for v in long
    ) * (2 / length) / (m * length * (m * length - 1) - sum(v * (v - 1) for v in long))  # fmt: skip
    figure = aa.unitizing_alphas_2004(spans, begin=begin, end=end).codes["x"]
    assert figure.observed == pytest.approx(d_o / (m * (m - 1) * length**2), abs=1e-12)
    assert figure.expected == pytest.approx(d_e, abs=1e-12)


def test_spans_that_no_coder_can_have_marked_are_refused() -> None:
    with pytest.raises(InputError, match="Ana: the span 4-8 overlaps the one before, which ends at 5"):
        aa.unitizing_alphas({"Ana": [(2, 5, "a"), (4, 8, "b")], "Ben": []}, 20)
    with pytest.raises(InputError, match="Ben: the span 15-25 is empty or leaves the text of 20 characters"):
        aa.unitizing_alphas({"Ana": [], "Ben": [(15, 25, "a")]}, 20)
    with pytest.raises(InputError, match="Ana: the span 4-8 of a overlaps another"):
        aa.unitizing_alphas_2004({"Ana": [(2, 5, "a"), (4, 8, "a")], "Ben": []}, begin=0, end=20)
    assert aa.unitizing_alphas({"Ana": [(2, 5, "a")]}, 20).u_alpha.status == "one coder"
    apart = aa.unitizing_alphas({"Ana": [(2, 5, "a")], "Ben": [(8, 9, "b")]}, 20)
    assert apart.cu_alpha.reason == apart.ku_alpha["a"].reason == "no two coders marked the same place"
    assert aa.unitizing_alphas_2004({"Ana": [], "Ben": []}, begin=0, end=20).overall.value is None


# --- Intervals -----------------------------------------------------------------------------------------------------

BY_LEVEL = (*LEVELS, "jaccard", "masi", "multi-valued")


def of_level(level: str, rng: np.random.Generator, n: int = 40) -> Any:
    if level in LEVELS:
        values = rng.integers(0, 4, size=(n, 1))
        return np.where(rng.random((n, 3)) < 0.7, values, rng.integers(0, 4, size=(n, 3)))
    truth = rng.random((n, 1, 4)) < 0.4
    return (rng.random((n, 3, 4)) < np.where(truth, 0.9, 0.1)).astype(np.int8)


def alpha_of(level: str) -> Callable[[Any], aa.Figure]:
    if level == "multi-valued":
        return aa.multi_valued_alpha
    if level in LEVELS:
        return lambda values: aa.krippendorff_alpha(values, level=level)
    return lambda values: aa.set_alpha(values, distance=level)


@pytest.mark.parametrize("level", BY_LEVEL)
def test_the_jackknife_of_every_alpha_equals_computing_without_a_transcript(level: str) -> None:
    values = of_level(level, np.random.default_rng(5))
    where = np.arange(40) % 4
    found = aa.jackknife_over_transcripts(values, where, level=level)
    alpha = alpha_of(level)
    assert found.figure.value == pytest.approx(alpha(values).value, abs=1e-12)
    assert found.left_out == pytest.approx([alpha(values[where != t]).value for t in range(4)], abs=1e-12)
    assert found.interval.high - found.figure.value == pytest.approx(3.182446305284263 * found.standard_error, abs=1e-9)


@pytest.mark.parametrize("level", BY_LEVEL)
def test_a_bootstrap_over_units_has_the_distribution_of_all_possible_resamples(level: str) -> None:
    values = of_level(level, np.random.default_rng(8), n=4)
    alpha = alpha_of(level)
    exact = [alpha(values[list(drawn)]).value for drawn in product(range(4), repeat=4)]
    defined = [each for each in exact if each is not None]
    found = aa.bootstrap_over_units(values, level=level, draws=6_000)
    assert found.share_undefined == pytest.approx(1 - len(defined) / 256, abs=0.02)
    assert found.mean == pytest.approx(np.mean(defined), abs=0.02)
    assert found.standard_error == pytest.approx(np.std(defined), abs=0.02)
    assert set(np.round(found.defined, 9)) <= set(np.round(defined, 9))


def test_a_bootstrap_over_transcripts_draws_whole_transcripts() -> None:
    rng = np.random.default_rng(2)
    values, where = of_level("nominal", rng, n=12), np.repeat(["p1", "p2", "p3"], 4)
    exact = [
        aa.krippendorff_alpha(np.concatenate([values[where == t] for t in drawn])).value
        for drawn in product(("p1", "p2", "p3"), repeat=3)
    ]
    found = aa.bootstrap_over_transcripts(values, where, draws=20_000)
    assert found.mean == pytest.approx(np.mean(exact), abs=0.01)
    assert found.standard_error == pytest.approx(np.std(exact), abs=0.01)
    assert found.share_below(0.667) == pytest.approx(np.mean(np.array(exact) < 0.667), abs=0.02)
    assert len(set(np.round(found.draws, 9))) <= 10


@pytest.mark.parametrize("level", LEVELS)
def test_a_bootstrap_over_pairs_draws_as_many_pairs_with_chance_held_fixed(level: str) -> None:
    values = of_level(level, np.random.default_rng(4))
    values[::5, 2] = -1
    found = aa.bootstrap_over_pairs(values, level=level, draws=20_000)
    figure = aa.krippendorff_alpha(values, level=level)
    assert found.figure == figure
    assert found.mean == pytest.approx(figure.value, abs=0.01)
    assert found.draws.min() >= -1
    if level == "nominal":  # two kinds of pairs a size of unit: the variance of sums of draws by hand
        off = []
        for row in values.tolist():
            given_here = [v for v in row if v >= 0]
            off += [2 * (a != b) / (len(given_here) - 1) for a, b in combinations(given_here, 2)]
        per_pair = np.array(off) / (figure.n_values * figure.expected)
        assert found.standard_error == pytest.approx((len(off) * per_pair.var()) ** 0.5, rel=0.03)


def test_one_seed_gives_one_set_of_numbers_whatever_the_threads() -> None:
    def numbers(seed: int) -> list[list[float]]:
        rng = np.random.default_rng(1)
        found = []
        for level in BY_LEVEL:
            values = of_level(level, rng, n=200)
            where = np.arange(200) % 7
            found += [
                aa.bootstrap_over_units(values, level=level, seed=seed, draws=50).draws.tolist(),
                aa.bootstrap_over_transcripts(values, where, level=level, seed=seed, draws=50).draws.tolist(),
                aa.bootstrap_over_pairs(values, level=level, seed=seed, draws=50).draws.tolist(),
            ]
        return found

    alone = numbers(3)
    for threads in (1, 2):
        with threadpool_limits(threads):
            assert numbers(3) == alone
    with ThreadPoolExecutor(4) as pool:
        assert all(each == alone for each in pool.map(numbers, [3] * 4))
    assert numbers(4) != alone


def test_intervals_say_why_there_is_none() -> None:
    values = [[1, 1], [0, 0], [1, 0], [0, 0]]
    assert aa.jackknife_over_transcripts(values, ["p"] * 4).interval.reason == "all from one interview: no interval"
    alone = aa.jackknife_over_transcripts(values, ["p", "q", "p", "q"])
    assert (alone.interval.low, alone.interval.reason) == (None, "undefined without p: no interval")
    nobody = aa.bootstrap_over_units([[0, 0]] * 5)
    assert (nobody.interval().reason, nobody.mean, nobody.quantile(0.5)) == (nobody.figure.reason, None, None)
    with pytest.raises(InputError, match="there are 4 units, and 3 transcripts are named"):
        aa.bootstrap_over_transcripts(values, ["p"] * 3)


def test_quantiles_of_resamples_are_numpys() -> None:
    found = aa.bootstrap_over_units(of_level("nominal", np.random.default_rng(6)), draws=333)
    for share in (0.0, 0.025, 0.3, 0.975, 1.0):
        assert found.quantile(share) == pytest.approx(np.quantile(found.defined, share), abs=1e-12)
    assert found.interval(0.9)[:2] == pytest.approx(np.quantile(found.defined, [0.05, 0.95]), abs=1e-12)


# --- One decision, and a model for a person ---------------------------------------------------------------------------


@settings(max_examples=30)
@given(tables, st.sampled_from(LEVELS))
def test_fragility_is_the_least_and_most_that_flipping_any_decision_gives(values: np.ndarray, level: str) -> None:
    kept = (values >= 0).sum(axis=1) >= 2
    given_values = np.unique(values[kept][values[kept] >= 0])
    assume(len(given_values) > 1)
    flipped = []
    for i, j in np.argwhere((values >= 0) & kept[:, None]):
        for other in set(given_values.tolist()) - {values[i, j]}:
            changed = values.copy()
            changed[i, j] = other
            flipped.append(aa.krippendorff_alpha(changed, level=level).value)
    defined = [each for each in flipped if each is not None]
    found = aa.fragility(values, level=level)
    assert found.lowest.value == (pytest.approx(min(defined), abs=1e-9) if defined else None)
    assert found.highest.value == (pytest.approx(max(defined), abs=1e-9) if defined else None)


def test_one_yes_among_hundred_units_decides_everything() -> None:
    one = aa.fragility([[1, 0]] + [[0, 0]] * 99)
    assert (one.figure.value, round(one.highest.value, 9)) == (pytest.approx(0.0, abs=1e-12), 1.0)
    nobody = aa.fragility([[0, 0]] * 100)
    assert (nobody.figure.value, nobody.highest.value) == (None, pytest.approx(0.0, abs=1e-12))


def test_a_model_that_is_one_of_the_people_may_replace_them_and_one_that_guesses_may_not() -> None:
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 3, size=200)

    def person(share: float) -> list[int]:
        return np.where(rng.random(200) < share, truth, rng.integers(0, 3, size=200)).tolist()

    people = {name: person(0.8) for name in ("Ana", "Ben", "Cleo")}
    where = (np.arange(200) // 20).tolist()
    good = aa.alternative_annotator_test(people, person(0.85), epsilon=0.2, transcripts=where)
    assert (good.passes, good.winning_rate) == (True, 1.0)
    assert all(each.p < 0.05 and each.p_clustered < 0.05 and each.rejected for each in good.people.values())
    guess = aa.alternative_annotator_test(people, person(0.0), epsilon=0.2)
    assert (guess.passes, guess.winning_rate) == (False, 0.0)
    assert all(each.p_clustered is None for each in guess.people.values())
    few = aa.alternative_annotator_test({n: v[:10] for n, v in people.items()}, person(0.8)[:10], epsilon=0.2)
    assert (few.winning_rate, few.passes) == (None, False)
