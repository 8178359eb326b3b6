"""Whether `autocode sample --plan` says beforehand how wide intervals will be, and what whole interviews cost.

    python eval/quality/sampling.py [--studies 600] [--data DIR]

1. The width predicted from no more than the share of yes, the alpha and how far interviews differ, beside the median
   width in simulated studies: those of `coverage.py` (two coders, 120 turns of each of 8, 17 or 40 transcripts), and
   others with more coders, fewer turns and other alphas. The bar is 20 % of the simulated width, wherever ten passages
   with the code are expected; rarer codes have no width in a plan.
2. The same number of passages, once as two whole interviews and once in blocks over all of them: simulated with 17
   interviews; and on the seven conversations of annomi that ten experts coded (public domain, read in place; left out,
   with a reason, where absent). The bar is that blocks give the narrower interval.
3. The width predicted for those codes of annomi beside the one found: printed. One study's width varies by a third.

Exit 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import annomi
import coverage
import numpy as np

from autocode.agreement import jackknife_over_transcripts
from autocode.sampling.drawing import cut_into_blocks
from autocode.sampling.expecting import Habits, expected_width, habits

SEED, NEAR, FEWEST = 11, 0.2, 10
Table = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Design:
    """A study to be simulated."""

    habits: Habits
    icc: float
    dicc: float
    coders: int
    transcripts: int
    turns: int

    @property
    def alpha(self) -> float:
        return 1 - self.habits.disagreement / (2 * self.habits.rate * (1 - self.habits.rate))

    @property
    def expected_yes(self) -> float:
        """Passages that somebody marks."""
        return self.habits.share_marked(self.coders) * self.transcripts * self.turns

    def predicted(self) -> float:
        """The width, from what a study knows: the share of yes and the alpha, not the habits behind them."""
        width = expected_width(
            self.habits.rate,
            self.alpha,
            coders=self.coders,
            transcripts=self.transcripts,
            passages=self.turns,
            icc=self.icc,
            dicc=self.dicc,
        )
        assert width is not None
        return width

    def study(self, rng: np.random.Generator) -> Table:
        """Units x coders, the transcripts one behind the other."""
        common = coverage._beta(rng, self.habits.prevalence, self.icc, (self.transcripts, 1, 1))
        seen = coverage._beta(rng, self.habits.seen, self.dicc, (self.transcripts, 1, self.coders))
        there = rng.random((self.transcripts, self.turns, 1)) < common
        shape = (self.transcripts, self.turns, self.coders)
        return (rng.random(shape) < np.where(there, seen, self.habits.extras)).reshape(-1, self.coders).astype(np.int8)

    def simulated(self, studies: int) -> float:
        """The median width over many studies."""
        rng = np.random.default_rng([SEED, self.coders, self.transcripts, self.turns])
        where = np.repeat(np.arange(self.transcripts), self.turns)
        found = [jackknife_over_transcripts(self.study(rng), where).interval for _ in range(studies)]
        return float(np.median([i.high - i.low for i in found if i.low is not None and i.high is not None]))

    def __str__(self) -> str:
        return (
            f"{self.transcripts:2} transcripts x {self.turns:3} turns, {self.coders} coders, "
            f"yes {self.habits.rate:.3f}, alpha {self.alpha:.2f}, icc {self.icc:g}, dicc {self.dicc:g}"
        )


def designs() -> Iterator[Design]:
    for world in coverage.worlds():
        for n in (8, 17, 40):
            there = Habits(world.prevalence, coverage.SEEN, world.extras)
            yield Design(there, world.icc, world.dicc, 2, n, coverage.UNITS)
    for rate, alpha in ((0.05, 0.85), (0.1, 0.5), (0.3, 0.7)):
        for coders in (2, 3, 5):
            for n, turns in ((8, 60), (17, 24), (40, 12)):
                yield Design(habits(rate, alpha), 0.05, 0.1, coders, n, turns)


def predict(studies: int) -> int:
    """Predicted beside simulated widths; how many miss the bar."""
    missed = 0
    for design in designs():
        simulated, predicted = design.simulated(studies), design.predicted()
        judged = design.expected_yes >= FEWEST
        near = abs(predicted / simulated - 1) <= NEAR
        missed += judged and not near
        verdict = ("met   " if near else "MISSED") if judged else "      "
        print(
            f"{verdict} {design}: width {predicted:.3f} predicted, {simulated:.3f} simulated "
            f"({predicted / simulated - 1:+.0%})",
            flush=True,
        )
    print(f"{missed} widths are further than {NEAR:.0%} from the simulated one\n")
    return missed


def whole_or_blocks(studies: int) -> int:
    """Two whole interviews beside blocks over 17; 1 if the blocks are not narrower."""
    habit = habits(0.12, 0.7)
    whole = Design(habit, 0.05, 0.1, 2, 2, 120)
    blocks = Design(habit, 0.05, 0.1, 2, 17, 14)
    widths = whole.simulated(studies), blocks.simulated(studies)
    narrower = widths[1] < widths[0]
    print(
        f"{'met   ' if narrower else 'MISSED'} simulated, alpha 0.70: two whole interviews (240 turns) give a median "
        f"width of {widths[0]:.2f}, blocks over 17 interviews (238 turns) {widths[1]:.2f}"
    )
    return int(not narrower)


def on_annomi(data: Path) -> int:
    """The same with real coding; 1 if the blocks are not narrower."""
    coded = annomi.Coded(data)
    names = sorted(set(coded.transcript))
    rng = np.random.default_rng(SEED)
    found: dict[str, list[tuple[float, float]]] = {"two whole": [], "in blocks": []}
    for code in annomi.MAIN:
        values, where = coded.code(code), coded.transcript[coded.frame["speaker"] == "therapist"]
        assert len(values) == len(where)
        for pair in combinations(names, 2):
            whole = np.isin(where, pair)
            found["two whole"].append(_interval(values[whole], where[whole]))
            spread = in_blocks(where, names, int(whole.sum()), rng)
            found["in blocks"].append(_interval(values[spread], where[spread]))
    medians = {}
    for what, intervals in found.items():
        low, high = np.nanmedian(np.array(intervals, dtype=float), axis=0)
        medians[what] = np.nanmedian([high - low for low, high in intervals])
        none = sum(low != low for low, _ in intervals)
        print(
            f"       annomi, main behaviour, ten coders, {what}: median low {low:.2f}, high {high:.2f}, width "
            f"{medians[what]:.2f} ({len(intervals)} draws, {none} without an interval)"
        )
    narrower = medians["in blocks"] < medians["two whole"]
    print(f"{'met   ' if narrower else 'MISSED'} blocks over seven interviews give the narrower interval\n")
    return int(not narrower)


def in_blocks(where: Table, names: list[str], n: int, rng: np.random.Generator) -> Table:
    """About n of the turns, in blocks of six over all transcripts, as `sample --passages` draws them."""
    chosen: list[int] = []
    for name in names:
        blocks = cut_into_blocks(np.flatnonzero(where == name).tolist(), 6)
        wanted = max(1, round(n / 6 * len(blocks) * 6 / len(where)))
        for i in rng.permutation(len(blocks))[:wanted]:
            chosen += blocks[i]
    return np.array(sorted(chosen))


def _interval(values: Table, where: Table) -> tuple[float, float]:
    found = jackknife_over_transcripts(values, where.tolist()).interval
    return (np.nan, np.nan) if found.low is None or found.high is None else (found.low, found.high)


def predicted_on_annomi(data: Path) -> None:
    """For each code of annomi the width predicted with its share of yes and alpha, beside that found."""
    coded = annomi.Coded(data)
    ratios = []
    for line in annomi.CODES.splitlines():
        code = line.split()[0]
        values = coded.code(code)
        speaker = "client" if code in annomi.TALK else "therapist"
        where = coded.transcript[coded.frame["speaker"] == speaker]
        low, high = _interval(values, where)
        alpha = float(line.split()[-1])
        predicted = expected_width(
            float((values == 1).mean()), alpha, coders=10, transcripts=7, passages=len(values) / 7
        )
        assert predicted is not None
        ratios.append(predicted / (high - low))
        print(f"       annomi, {code}: width {predicted:.2f} predicted, {high - low:.2f} found")
    print(f"       median of predicted / found over {len(ratios)} codes: {np.nanmedian(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=600, help="simulated studies a row")
    parser.add_argument("--data", type=Path, default=annomi.DATA, help="the folder of annomi")
    given = parser.parse_args()
    missed = predict(given.studies) + whole_or_blocks(given.studies)
    if (given.data / "coding.csv").is_file():
        missed += on_annomi(given.data)
        predicted_on_annomi(given.data)
    else:
        print(f"skipped: {given.data / 'coding.csv'} is not there; give the folder of annomi with --data")
    sys.exit(int(missed > 0))


if __name__ == "__main__":
    main()
