"""Worked examples with known answers: every value of every file, to the tolerance that stands with it.

    pytest tests/test_agreement_reference.py --reference DIR     # any folder of such files

The form of the files stands in tests/data/agreement-reference/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autocode.agreement as aa

Case = dict[str, Any]
NOT_BUILT = ("saturation", "prevalence_correction", "gamma")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        given = metafunc.config.getoption("--reference")
        folder = Path(given or Path(__file__).parent / "data" / "agreement-reference")
        cases = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
        assert cases, f"no case in {folder}"
        metafunc.parametrize("case", cases, ids=[case["name"] for case in cases])


def units(rows: list[list[Any]]) -> list[tuple[Any, ...]]:
    """Coders x units -> units x coders."""
    return list(zip(*rows, strict=True))


def two_coders(table: list[list[int]]) -> np.ndarray:
    """A two-coder table as decisions; of a 2 x 2 one the first row and column are yes."""
    order = [1, 0] if len(table) == 2 else range(len(table))
    return np.array(
        [(order[i], order[j]) for i, line in enumerate(table) for j, n in enumerate(line) for _ in range(n)]
    )


def krippendorff_alpha(case: Case) -> Mapping[str, Any]:
    values = units(case["data"]["matrix"])
    levels = [case["metric"]] if isinstance(case["metric"], str) else case["metric"]
    found: dict[str, Any] = {}
    for level in levels:
        figure = aa.krippendorff_alpha(values, level=level)
        found |= {
            f"alpha_{level}": figure,
            f"observed_disagreement_{level}": figure.observed,
            f"expected_disagreement_{level}": figure.expected,
            "n_pairable_values": figure.n_values,
            "n_pairable_units": figure.n_units,
        }
    return found


def fleiss_kappa(case: Case) -> Mapping[str, Any]:
    values = [[c for c, n in enumerate(line) for _ in range(n)] for line in case["data"]["counts"]]
    kappa = aa.fleiss_kappa(values)
    return {
        "fleiss_kappa": kappa,
        "observed_agreement": kappa.observed,
        "expected_agreement": kappa.expected,
        "per_category_kappa": list(aa.fleiss_kappa_by_value(values).values()),
        "alpha_nominal": aa.krippendorff_alpha(values),
    }


def multi_rater_coefficients(case: Case) -> Mapping[str, Any]:
    values = units(case["data"]["matrix"])
    return {
        "gwet_ac1": aa.gwet_ac1(values),
        "fleiss_kappa": aa.fleiss_kappa(values),
        "fleiss_kappa_gwet_generalisation": aa.fleiss_kappa(values),
        "brennan_prediger": aa.brennan_prediger(values),
        "percent_agreement": aa.percent_agreement(values),
        "krippendorff_alpha": aa.krippendorff_alpha(values),
    }


def two_coder_table(case: Case) -> Mapping[str, Any]:
    table = case["data"]["table"]
    values, domain = two_coders(table), range(len(table))
    found = {
        "percent": aa.percent_agreement(values),
        "cohen_kappa": aa.cohen_kappa(values),
        "cohen_kappa_linear": aa.cohen_kappa(values, weights="linear"),
        "cohen_kappa_quadratic": aa.cohen_kappa(values, weights="quadratic"),
        "scott_pi": aa.scott_pi(values),
        "gwet_ac1": aa.gwet_ac1(values, domain=domain),
        "brennan_prediger": aa.brennan_prediger(values, domain=domain),
        "krippendorff_alpha": aa.krippendorff_alpha(values),
    }
    if len(table) == 2:
        found |= {
            "prevalence_index": aa.prevalence_index(values),
            "bias_index": aa.bias_index(values),
            "pabak": aa.pabak(values),
            "p_pos": aa.positive_agreement(values),
            "p_neg": aa.negative_agreement(values),
        }
    return found


def set_valued_alpha(case: Case) -> Mapping[str, Any]:
    sets = units(case["data"]["sets"])
    return {f"alpha_{distance}": aa.set_alpha(sets, distance=distance) for distance in ("jaccard", "masi", "dice")}


def set_distance(case: Case) -> Mapping[str, Any]:
    pairs = case["data"]["pairs"]
    by = {"jaccard": aa.jaccard_distance, "masi": aa.masi_distance, "dice": aa.dice_distance}
    return {f"{name}_distance": [distance(a, b) for a, b in pairs] for name, distance in by.items()}


def multi_valued_alpha(case: Case) -> Mapping[str, Any]:
    figure = aa.multi_valued_alpha(units(case["data"]["sets"]))
    return {"mvalpha": figure, "observed_disagreement": figure.observed, "expected_disagreement": figure.expected}


def unitizing_alpha_2016(case: Case) -> Mapping[str, Any]:
    found = aa.unitizing_alphas(case["data"]["spans"], case["data"]["length"])
    return {
        "u_alpha": found.u_alpha,
        "u_alpha_binary": found.u_alpha_binary,
        "cu_alpha": found.cu_alpha,
        "cu_coverage": found.cu_coverage,
        **{f"ku_alpha[{code}]": figure for code, figure in found.ku_alpha.items()},
        **{f"ku_coverage[{code}]": share for code, share in found.ku_coverage.items()},
    }


def unitizing_alpha_2004(case: Case) -> Mapping[str, Any]:
    data = case["data"]
    found = aa.unitizing_alphas_2004(data["spans"], begin=data["begin"], end=data["end"])
    ours: dict[str, Any] = {"alpha_overall": found.overall}
    for code, figure in found.codes.items():
        ours |= {f"alpha[{code}]": figure, f"observed[{code}]": figure.observed, f"expected[{code}]": figure.expected}
    return ours


def unit_bootstrap(case: Case) -> Mapping[str, Any]:
    values = units(case["data"]["matrix"])
    found = aa.bootstrap_over_units(values, draws=10_000)
    wanted = case["expected"].get("quantiles", {}).get("value", {})
    return {
        "alpha_nominal": found.figure,
        "bootstrap_mean": found.mean,
        "bootstrap_sd": found.standard_error,
        "probability_undefined": found.share_undefined,
        # The support is discrete and a neighbour is allowed: quantiles a little off must enclose the value.
        "quantiles": {
            share: (found.quantile(max(0.0, float(share) - 0.01)), found.quantile(min(1.0, float(share) + 0.01)))
            for share in wanted
        },
        "jackknife_se": aa.jackknife_over_units(values).standard_error,
    }


def cluster_jackknife(case: Case) -> Mapping[str, Any]:
    found = aa.jackknife_over_transcripts(units(case["data"]["matrix"]), case["data"]["transcript"])
    return {
        "alpha_nominal": found.figure,
        "leave_one_transcript_out": found.left_out.tolist(),
        "jackknife_se": found.standard_error,
        f"ci95_t{len(found.left_out) - 1}": [found.interval.low, found.interval.high],
    }


def alternative_annotator_test(case: Case) -> Mapping[str, Any]:
    data, ours = case["data"], {}
    for model, labels in data["llm"].items():
        found = aa.alternative_annotator_test(
            data["humans"],
            labels,
            epsilon=data["epsilon"],
            q=data["q_fdr"],
            fewest_people=data["min_humans_per_instance"],
            fewest_units=data["min_instances_per_human"],
        )
        ours[model] = {
            "winning_rate": found.winning_rate,
            "advantage_probability": found.advantage_probability,
            "p_values": {name: each.p for name, each in found.people.items()},
            "advantage_by_annotator": {name: each.advantage for name, each in found.people.items()},
        }
    return ours


KINDS: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    each.__name__: each
    for each in (
        krippendorff_alpha,
        fleiss_kappa,
        multi_rater_coefficients,
        two_coder_table,
        set_valued_alpha,
        set_distance,
        multi_valued_alpha,
        unitizing_alpha_2016,
        unitizing_alpha_2004,
        unit_bootstrap,
        cluster_jackknife,
        alternative_annotator_test,
    )
}


def test_a_worked_example_comes_out_as_known(case: Case) -> None:
    if case["kind"] in NOT_BUILT:
        pytest.skip(f"{case['kind']} is not built yet")
    assert case["kind"] in KINDS, f"no function is named for the kind {case['kind']}"
    ours = KINDS[case["kind"]](case)
    for name, expected in case["expected"].items():
        assert name in ours, f"nothing is computed for {name}"
        if "value" in expected:
            compare(ours[name], expected, name)
        else:  # a further level: a model's figures
            for inner, value in expected.items():
                compare(ours[name][inner], value, f"{name}, {inner}")


def compare(ours: Any, expected: Mapping[str, Any], name: str) -> None:
    value, tolerance = expected["value"], expected.get("tolerance", 1e-12)
    if isinstance(ours, aa.Figure):
        assert (ours.value is None) == (ours.status != "ok") == bool(ours.reason), name
    ours = plain(ours)
    if value is None:
        assert ours is None, name
    elif isinstance(tolerance, str):
        for share, (low, high) in ours.items():
            assert low - 1e-12 <= value[share] <= high + 1e-12, f"{name} {share}"
    else:
        assert ours == pytest.approx(value, abs=tolerance, rel=0), name


def plain(found: Any) -> Any:
    if isinstance(found, list):
        return [plain(each) for each in found]
    return found.value if isinstance(found, aa.Figure) else found


def test_a_kind_that_nobody_knows_fails() -> None:
    with pytest.raises(AssertionError, match="no function is named for the kind kappa_of_tomorrow"):
        test_a_worked_example_comes_out_as_known({"kind": "kappa_of_tomorrow", "data": {}, "expected": {}})
