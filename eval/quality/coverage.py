"""How often an interval holds the alpha it is meant to hold: simulated studies with a known truth.

    python eval/quality/coverage.py [--studies 4000] [--resampled 400]

Two coders read so many transcripts of 120 turns. How common a code is differs between transcripts (beta with the mean
prevalence and an intraclass correlation `icc`), and so does how much of it each coder sees (beta with mean 0.85 and
`dicc`); both mark 1 % (at prevalence 0.01 and 0.02: 0.2 %) of the other turns. The truth is the alpha of all the
transcripts that could be drawn, from those means in closed form.

For each row the share of 95 % intervals that hold the truth, their median width, and the share of studies without an
interval: the default (leave-one-transcript-out jackknife, t quantile), then on fewer studies the others, each under its
name. The bar is 0.93 to 0.97 for the default at 8, 17 and 40 transcripts and a prevalence of 5 % and more; rarer codes
are printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from autocode.agreement import (
    bootstrap_over_pairs,
    bootstrap_over_transcripts,
    bootstrap_over_units,
    jackknife_over_transcripts,
    jackknife_over_units,
)

SEED, UNITS, SEEN = 7, 120, 0.85
LOW, HIGH, COMMON = 0.93, 0.97, 0.05
Table = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True)
class World:
    """From where transcripts are drawn."""

    prevalence: float
    icc: float
    """How far the prevalence differs between transcripts: 0 not at all."""
    dicc: float
    """How far what a coder sees differs between transcripts."""

    @property
    def extras(self) -> float:
        return 0.01 if self.prevalence >= COMMON else 0.002

    def alpha(self) -> float:
        """1 - D_o / D_e of all turns there could be. Turns without the code count, too: extras are marked there."""
        s, s2 = SEEN, SEEN**2  # the coders' shares are drawn apart, so that the mean of their product is this
        both = self.prevalence * s2 + (1 - self.prevalence) * self.extras**2
        one = self.prevalence * s + (1 - self.prevalence) * self.extras
        return 1 - 2 * (one - both) / (2 * one * (1 - one))

    def study(self, rng: np.random.Generator, n_transcripts: int) -> Table:
        """Units x two coders, the transcripts one behind the other."""
        common = _beta(rng, self.prevalence, self.icc, (n_transcripts, 1, 1))
        seen = _beta(rng, SEEN, self.dicc, (n_transcripts, 1, 2))
        there = rng.random((n_transcripts, UNITS, 1)) < common
        marked = rng.random((n_transcripts, UNITS, 2)) < np.where(there, seen, self.extras)
        return marked.reshape(-1, 2).astype(np.int8)


def _beta(rng: np.random.Generator, mean: float, icc: float, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    if not icc:
        return np.full(shape, mean)
    size = 1 / icc - 1
    return rng.beta(mean * size, (1 - mean) * size, size=shape)


Bounds = tuple[float | None, float | None]
INTERVALS: dict[str, Callable[[Table, Any], Bounds]] = {
    "jackknife over transcripts": lambda v, t: jackknife_over_transcripts(v, t).interval[:2],
    "bootstrap over transcripts": lambda v, t: bootstrap_over_transcripts(v, t).interval()[:2],
    "bootstrap over units": lambda v, _: bootstrap_over_units(v).interval()[:2],
    "jackknife over units": lambda v, _: jackknife_over_units(v).interval[:2],
    "bootstrap over pairs (Hayes-Krippendorff)": lambda v, _: bootstrap_over_pairs(v).interval()[:2],
}
DEFAULT = "jackknife over transcripts"


@dataclass(frozen=True)
class Held:
    """What became of the intervals of many studies."""

    coverage: float
    width: float
    without: float
    """The share of studies without an interval."""


def held(world: World, n_transcripts: int, name: str, studies: int) -> Held:
    drawn_from = [round(1000 * each) for each in (world.prevalence, world.icc, world.dicc)]
    rng = np.random.default_rng([SEED, n_transcripts, *drawn_from])
    where = np.repeat(np.arange(n_transcripts), UNITS)
    truth = world.alpha()
    found = [INTERVALS[name](world.study(rng, n_transcripts), where) for _ in range(studies)]
    bounds = [(low, high) for low, high in found if low is not None and high is not None]
    return Held(
        coverage=float(np.mean([low <= truth <= high for low, high in bounds])),
        width=float(np.median([high - low for low, high in bounds])),
        without=1 - len(bounds) / studies,
    )


def worlds() -> Iterator[World]:
    yield World(0.05, 0.0, 0.0)
    for prevalence, icc in ((0.05, 0.05), (0.12, 0.05), (0.2, 0.05), (0.02, 0.03), (0.01, 0.02)):
        for dicc in (0.0, 0.1):
            yield World(prevalence, icc, dicc)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=4000, help="studies a row for the default interval")
    parser.add_argument("--resampled", type=int, default=400, help="studies a row for the others; 0: leave them out")
    given = parser.parse_args()
    print(f"{DEFAULT}: {given.studies:,} studies a row")
    missed = 0
    for world in worlds():
        for n_transcripts in (8, 17, 40):
            found = held(world, n_transcripts, DEFAULT, given.studies)
            judged = world.prevalence >= COMMON
            inside = LOW <= found.coverage <= HIGH
            missed += judged and not inside
            line(("met   " if inside else "MISSED") if judged else "      ", world, n_transcripts, found)
    print(f"{missed} rows of prevalence {COMMON:.0%} and more miss {LOW} to {HIGH}\n")
    for name in [each for each in INTERVALS if each != DEFAULT and given.resampled]:
        print(f"{name}: {given.resampled:,} studies a row")
        for world in (World(0.05, 0.0, 0.0), World(0.05, 0.05, 0.1)):
            for n_transcripts in (8, 17, 40):
                line("      ", world, n_transcripts, held(world, n_transcripts, name, given.resampled))


def line(verdict: str, world: World, n_transcripts: int, found: Held) -> None:
    print(
        f"{verdict} {n_transcripts:3} transcripts, prevalence {world.prevalence:4}, icc {world.icc:4}, "
        f"dicc {world.dicc:3}: coverage {found.coverage:.3f}, width {found.width:.3f}, without {found.without:.3f}"
        f"  (true alpha {world.alpha():.3f})",
        flush=True,
    )


if __name__ == "__main__":
    main()
