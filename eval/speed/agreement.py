"""How fast alpha and its resamples are: against the bars, and beside a loop of `krippendorff.alpha` in the same run.

    python eval/speed/agreement.py [--draws 1000]

Each row is a bootstrap over units with the alpha, the 95 % interval and the status of every code; the loop beside it
draws the units and calls `krippendorff.alpha` once a resample. The loop of the smallest row runs in full; those of the
two large rows are timed on 3 resamples and multiplied, which their row says. Seconds are of the processor, so that
other work on the machine matters less; of ours the least of five runs, since other work only adds. Memory is the
peak of what numpy allocated above the input.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import krippendorff
import numpy as np

from autocode.agreement import (
    bootstrap_over_pairs,
    bootstrap_over_transcripts,
    bootstrap_over_units,
    jackknife_over_transcripts,
    krippendorff_alpha,
    multi_valued_alpha,
)

SEED = 7
Table = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True)
class Row:
    """A task, its bars, and on how many resamples the loop is timed."""

    name: str
    tables: Sequence[Table]
    seconds: float
    ratio: float
    timed: int | None = None
    megabytes: float | None = None


def rows() -> Iterator[Row]:
    rng = np.random.default_rng(SEED)
    small = [coded(rng, 2_040, 3, share) for share in np.geomspace(0.01, 0.3, 40)]
    yield Row("40 codes x 2,040 units x 3 coders", small, 0.040, 1_000)
    large = [coded(rng, 100_000, 5, share) for share in np.geomspace(0.01, 0.3, 40)]
    yield Row("40 codes x 100,000 units x 5 coders", large, 0.15, 10_000, timed=3)
    values = rng.integers(0, 10, size=1_000_000)
    others = rng.integers(0, 10, size=(1_000_000, 3))
    many = np.where(rng.random((1_000_000, 3)) < 0.8, values[:, None], others).astype(np.int8)
    yield Row("10 values x 1,000,000 units x 3 coders", [many], 0.1, 10_000, timed=3, megabytes=150)


def coded(rng: np.random.Generator, n: int, n_coders: int, share: float) -> Table:
    """A code that stands on a share of the units, and coders who see 85 % of it and 1 % too much."""
    there = rng.random(n) < share
    chance = np.where(there, 0.85, 0.01)[:, None]
    return (rng.random((n, n_coders)) < chance).astype(np.int8)


def ours(tables: Sequence[Table], draws: int) -> list[tuple[float | None, float | None, float | None, str]]:
    found = [bootstrap_over_units(table, draws=draws, seed=SEED) for table in tables]
    return [(each.figure.value, *each.interval()[:2], each.figure.status) for each in found]


def loop(tables: Sequence[Table], draws: int) -> list[list[float]]:
    """What one writes with the package: each resample is drawn, and alpha computed on it."""
    rng = np.random.default_rng(SEED)
    found = []
    for table in tables:
        data = table.T.astype(float)
        n = data.shape[1]
        found.append(
            [
                krippendorff.alpha(data[:, rng.integers(0, n, size=n)], level_of_measurement="nominal")
                for _ in range(draws)
            ]
        )
    return found


def seconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def peak_megabytes(act: Callable[[], object]) -> float:
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def report(row: Row, draws: int) -> None:
    took = min(seconds(lambda: ours(row.tables, draws)) for _ in range(5))
    krippendorff.alpha(row.tables[0].T.astype(float), level_of_measurement="nominal")  # its first call is slower
    timed = row.timed or draws
    drawn: list[list[float]] = []
    beside = seconds(lambda: drawn.extend(loop(row.tables, timed))) * draws / timed
    peak = peak_megabytes(lambda: ours(row.tables, draws))
    within = row.megabytes is None or peak <= row.megabytes
    met = took <= row.seconds and beside / took >= row.ratio and within
    how = f"timed on {timed}, multiplied" if row.timed else "in full"
    print(
        f"{'met   ' if met else 'MISSED'} {row.name:40} {took * 1000:8.1f} ms (<= {row.seconds * 1000:.0f}) "
        f"{beside:10.1f} s {how:22} {beside / took:9,.0f} x (>= {row.ratio:,.0f}) {peak:7.1f} MB"
        + (f" (<= {row.megabytes:.0f})" if row.megabytes else ""),
        flush=True,
    )
    same(row, drawn if not row.timed else None, draws)


def same(row: Row, drawn: list[list[float]] | None, draws: int) -> None:
    """That it is the same figure, and the same interval up to the chance of the draws."""
    found = ours(row.tables, draws)
    exact = [krippendorff.alpha(t.T.astype(float), level_of_measurement="nominal") for t in row.tables]
    apart = max(abs((each[0] or 0.0) - alpha) for each, alpha in zip(found, exact, strict=True))
    print(f"       alphas differ from the package's by at most {apart:.1e}", end="")
    if drawn:
        bounds = [np.quantile(each, [0.025, 0.975]) for each in drawn]
        widths = [high - low for low, high in bounds]
        off = [
            max(abs((each[1] or 0) - low), abs((each[2] or 0) - high)) / width
            for each, (low, high), width in zip(found, bounds, widths, strict=True)
        ]
        print(f"; ends of the intervals from the loop's by {np.median(off):.1%} of the width (median of codes)", end="")
    print()


def also(small: Sequence[Table], draws: int) -> None:
    """What has no loop to stand beside; the bar for multi-valued alpha is 0.1 s."""
    transcripts = np.repeat(np.arange(17), 120)
    sets = np.stack(small, axis=2)
    for name, bar, act in (
        ("multi-valued alpha, 40 codes x 2,040 units x 3 coders", 0.1, lambda: multi_valued_alpha(sets)),
        (
            "its jackknife over 17 transcripts",
            2.0,
            lambda: jackknife_over_transcripts(sets, transcripts, level="multi-valued"),
        ),
        (
            "jackknife over 17 transcripts, 40 codes",
            None,
            lambda: [jackknife_over_transcripts(t, transcripts) for t in small],
        ),
        (
            "bootstrap over 17 transcripts, 40 codes",
            None,
            lambda: [bootstrap_over_transcripts(t, transcripts, draws=draws) for t in small],
        ),
        ("bootstrap over pairs, 40 codes", None, lambda: [bootstrap_over_pairs(t, draws=draws) for t in small]),
        ("alpha alone, 40 codes", None, lambda: [krippendorff_alpha(t) for t in small]),
    ):
        took = min(seconds(act) for _ in range(3))
        said = "      " if bar is None else "met   " if took <= bar else "MISSED"
        print(
            f"{said} {name:56} {took * 1000:8.1f} ms" + ("" if bar is None else f" (<= {bar * 1000:.0f})"), flush=True
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=1000, help="resamples (the bars are for 1,000)")
    draws = parser.parse_args().draws
    print(f"{draws:,} resamples of the units; ours, then a loop of krippendorff.alpha, how many times faster, memory")
    small: Sequence[Table] = ()
    for row in rows():
        small = small or row.tables
        report(row, draws)
    also(small, draws)


if __name__ == "__main__":
    main()
