"""How fast `drift` deals version labels anew, beside scipy.stats.permutation_test on the same statistic.

    python eval/speed/drift.py [--permutations 10000]

40 codes on 100,000 units in calls of 15, two versions of three repeats: both questions of every code, from decisions
to verdicts, in under 5 s of wall time on 2 cores. Of so many calls neighbouring ones are dealt their labels together
(`MOST_BLOCKS`). Beside it scipy's test (`permutation_type="samples"`, which deals the six repeats of each call anew) of
one question, the net change, of one code; it is timed on 200 permutations and multiplied.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from scipy.stats import permutation_test

from autocode.drift import judge, measure

UNITS, CODES, CALL, REPEATS = 100_000, 40, 15, 3
SECONDS = 5.0
TIMED = 200
SEED = 7

Array = np.ndarray[Any, np.dtype[Any]]


def coded(rng: np.random.Generator) -> tuple[Array, Array]:
    """Two versions that are alike, but for the last code, which the second finds less often."""
    stands = rng.random((UNITS, CODES)) < np.geomspace(0.01, 0.3, CODES)
    after = np.where(stands, 0.85, 0.02)
    after[:, -1] = np.where(stands[:, -1], 0.845, 0.02)
    both = [
        (rng.random((REPEATS, UNITS, CODES)) < chance).astype(np.int8)
        for chance in (np.where(stands, 0.85, 0.02), after)
    ]
    return both[0], both[1]


def net(*runs: Array, axis: int = -1) -> Array:
    """The mean count of the later runs minus that of the earlier ones."""
    return (
        sum(run.sum(axis=axis) for run in runs[REPEATS:]) - sum(run.sum(axis=axis) for run in runs[:REPEATS])
    ) / REPEATS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--permutations", type=int, default=10_000)
    permutations = parser.parse_args().permutations
    before, after = coded(np.random.default_rng(SEED))
    calls = np.arange(UNITS) // CALL
    took = []
    for _ in range(3):
        started = time.perf_counter()
        measured = measure(before, after, calls, permutations=permutations, seed=SEED)
        moved = judge(measured)
        took.append(time.perf_counter() - started)
    ours = min(took)
    met = ours <= SECONDS
    print(
        f"{'met   ' if met else 'MISSED'} {CODES} codes x {UNITS:,} units, {calls[-1] + 1:,} calls, {permutations:,} "
        f"permutations, both questions: {ours:.2f} s (<= {SECONDS:.0f}; least of 3, they took "
        f"{', '.join(f'{t:.2f}' for t in took)}); named: {int(moved.moved.sum())}"
    )
    code = CODES - 1
    runs = [np.add.reduceat(run[:, code], np.arange(0, UNITS, CALL), dtype=np.int64) for run in (*before, *after)]
    started = time.perf_counter()
    found = permutation_test(
        runs,
        net,
        permutation_type="samples",
        vectorized=True,
        n_resamples=TIMED,
        batch=50,
        rng=np.random.default_rng(SEED),
    )
    beside = (time.perf_counter() - started) * permutations / TIMED
    print(
        f"       scipy, one code, one question: {beside:.1f} s (timed on {TIMED} permutations, multiplied); for all "
        f"codes and both questions it would be {beside * CODES * 2:,.0f} s, {beside * CODES * 2 / ours:,.0f} x"
    )
    ours_spread = float(np.sqrt((measured.net_by_chance[code] ** 2).mean()))
    spread = float(np.std(found.null_distribution))
    print(
        f"       the same figure: net change {measured.change[code]:+.2f}, scipy's {float(found.statistic):+.2f}; by "
        f"chance it strays by {ours_spread:.2f}, scipy's by {spread:.2f}; "
        f"p {measured.p_net[code]:.4f}, scipy's {float(found.pvalue):.4f}"
    )
    raise SystemExit(not met)


if __name__ == "__main__":
    main()
