"""How often `drift` cries wolf, and how often it finds what moved: simulated studies with planted changes.

    python eval/quality/drift.py [--studies 1000] [--permutations 2000] [--workers 2]

A study has 17 transcripts of 120 units and 20 codes, of which 5 moved. Where a code stands follows a beta-binomial over
transcripts (intraclass correlation 0.05). A model finds 85 % of it and adds 2 % elsewhere, is asked three times with
each version, and answers calls of 15 units; `luck` is the correlation of the decisions for one code in one call
beyond the truth (a Gaussian copula: a call that is generous is so for all its units). `latched` is the share of
decisions that a model repeats whenever it is asked, whatever the version, as far as its chance allows.

False alarms: the share of studies without a change in which any code is said to have moved; at most 7 %. FDR: of the
codes said to have moved, the mean share that did not; at most 7 %. Power: of the codes that moved, the share said to
have moved, and the bar is 0.10 under the target or better.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # one process a core, so one thread each
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from scipy.special import ndtri  # noqa: E402

from autocode.drift import contrast, judge, largest_cusum, measure, named, residuals, tally  # noqa: E402

TRANSCRIPTS, UNITS, CALL, CODES, MOVED, REPEATS = 17, 120, 15, 20, 5, 3
SENSITIVITY, EXTRAS, ICC = 0.85, 0.02, 0.05
PERSON = 0.97, 0.002
"""What a person finds and adds, for the rows over time."""
FALSE_ALARMS = FDR = 0.07
SLACK = 0.10

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Row:
    """A kind of study: what moves, and what is promised."""

    name: str
    prevalence: float = 0.05
    sensitivity: float = SENSITIVITY
    extras: float = EXTRAS
    exchange: float = 0.0
    """The share of the code's passages that the new version trades for others."""
    luck: float = 0.0
    latched: float = 0.0
    repeats: int = REPEATS
    over_time: str = ""
    """`event` or `cusum`: a person against a model that changes after transcript 9."""
    target: float | None = None
    n_moved: int = MOVED
    turned: int = 0
    """So many passages are turned by every repeat, half of them from yes to no."""

    @property
    def moves(self) -> bool:
        return self.sensitivity != SENSITIVITY or self.extras != EXTRAS or self.exchange > 0 or self.turned > 0


def rows() -> Iterator[Row]:
    still = Row("nothing moved")
    yield still
    yield replace(still, name="nothing moved, luck 0.2", luck=0.2)
    yield replace(still, name="nothing moved, luck 0.2, latched 0.85", luck=0.2, latched=0.85)
    yield replace(still, name="nothing moved, luck 0.2, 2 repeats", luck=0.2, repeats=2)
    moved = [
        Row("finds 0.55 at 5 %", 0.05, sensitivity=0.55, target=0.95),
        Row("finds 0.70 at 12 %", 0.12, sensitivity=0.70, target=0.95),
        Row("extras x4 at 2 %", 0.02, extras=4 * EXTRAS, target=0.98),
        Row("exchanges a quarter at 8 %", 0.08, exchange=0.25, target=0.80),
    ]
    yield from moved
    for row in moved:
        yield replace(row, name=f"{row.name}, luck 0.2", luck=0.2, target=None)
    yield Row("time, event: nothing moved", over_time="event")
    yield Row("time, cusum: nothing moved", over_time="cusum")
    split = Row("time, event: finds 0.20 at 12 %", 0.12, sensitivity=0.20, over_time="event", target=0.98)
    yield split
    yield replace(split, name="time, cusum: finds 0.20 at 12 %", over_time="cusum", target=None)


def curves() -> Iterator[Row]:
    """How power falls with the size of a change."""
    for sensitivity in (0.80, 0.75, 0.70, 0.65):
        yield Row(f"finds {sensitivity:.2f} at 5 %, luck 0.2", 0.05, sensitivity=sensitivity, luck=0.2)
    for share in (0.03, 0.06, 0.12):
        yield Row(f"exchanges {share:.2f} at 8 %, luck 0.2", 0.08, exchange=share, luck=0.2)
    for sensitivity in (0.70, 0.55, 0.40):
        yield Row(f"time, event: finds {sensitivity:.2f} at 12 %", 0.12, sensitivity=sensitivity, over_time="event")


def promised(studies: int, permutations: int) -> Iterator[Row]:
    """One code that moves by as much as `could have seen` says would be found 80 % of the time."""
    for luck in (0.0, 0.2):
        still = Row("nothing moves", luck=luck)
        place = int(np.argmin(np.abs(PREVALENCES - 0.08)))
        found = []
        for seed in range(studies):
            rng = np.random.default_rng([seed, 1])
            before, after = chances(rng, truth(rng, still), still)
            old, new = (answered(rng, chance, still, REPEATS, before, before) for chance in (before, after))
            judged = judge(measure(old, new, np.arange(len(before)) // CALL, permutations=permutations, seed=seed))
            found.append((judged.could_have_seen[place], judged.could_have_exchanged[place]))
        net, exchange = np.mean(found, axis=0)
        prevalence = float(PREVALENCES[place])
        lower = SENSITIVITY - float(net) / (prevalence * TRANSCRIPTS * UNITS)
        yield Row(f"{net:.1f} fewer, luck {luck}", prevalence, sensitivity=lower, luck=luck, n_moved=1)
        yield Row(f"{exchange:.0f} turned, luck {luck}", prevalence, turned=round(exchange), luck=luck, n_moved=1)


# --- A study ----------------------------------------------------------------------------------------------------

PREVALENCES = np.geomspace(0.01, 0.15, CODES)


def truth(rng: np.random.Generator, row: Row) -> Array:
    """Where each code stands, units x codes; the codes that move have the prevalence of the row."""
    prevalence = PREVALENCES.copy()
    if row.moves:
        prevalence[: row.n_moved] = row.prevalence
    of_transcript = rng.beta(prevalence / ICC * (1 - ICC), (1 - prevalence) / ICC * (1 - ICC), (TRANSCRIPTS, CODES))
    return rng.random((TRANSCRIPTS * UNITS, CODES)) < of_transcript.repeat(UNITS, axis=0)


def chances(rng: np.random.Generator, stands: Array, row: Row) -> tuple[Array, Array]:
    """The chance of a yes before and after, units x codes."""
    before = np.where(stands, SENSITIVITY, EXTRAS)
    after = before.copy()
    after[:, : row.n_moved] = np.where(stands[:, : row.n_moved], row.sensitivity, row.extras)
    if row.turned:
        return turned(rng, stands, before, row.turned)
    for code in range(MOVED if row.exchange else 0):
        there, elsewhere = np.flatnonzero(stands[:, code]), np.flatnonzero(~stands[:, code])
        n = round(row.exchange * len(there))
        after[rng.choice(there, n, replace=False), code] = EXTRAS
        after[rng.choice(elsewhere, n, replace=False), code] = SENSITIVITY
    return before, after


def turned(rng: np.random.Generator, stands: Array, before: Array, n: int) -> tuple[Array, Array]:
    """The first code with some passages that every repeat turns."""
    before, after = before.copy(), before.copy()
    there, elsewhere = np.flatnonzero(stands[:, 0]), np.flatnonzero(~stands[:, 0])
    for units, was in (
        (rng.choice(there, n - n // 2, replace=False), 1.0),
        (rng.choice(elsewhere, n // 2, replace=False), 0.0),
    ):
        before[units, 0], after[units, 0] = was, 1 - was
    return before, after


def answered(rng: np.random.Generator, chance: Array, row: Row, repeats: int, latch: Array, is_latched: Array) -> Array:
    """Decisions, repeats x units x codes."""
    fresh = rng.standard_normal((repeats, *chance.shape), dtype=np.float32)
    if row.luck:
        luck = rng.standard_normal((repeats, len(chance) // CALL, chance.shape[1]), dtype=np.float32)
        fresh = np.sqrt(1 - row.luck) * fresh + np.sqrt(row.luck) * luck.repeat(CALL, axis=1)
    said = fresh < ndtri(chance).astype(np.float32)
    if row.latched:
        said = np.where(is_latched, latch < chance, said)
    return said.astype(np.int8)


def between_versions(rng: np.random.Generator, row: Row, permutations: int) -> Array:
    before, after = chances(rng, truth(rng, row), row)
    latch = rng.random(before.shape) if row.latched else before
    is_latched = rng.random(before.shape) < row.latched
    old = answered(rng, before, row, row.repeats, latch, is_latched)
    new = answered(rng, after, row, row.repeats, latch, is_latched)
    calls = np.arange(TRANSCRIPTS * UNITS) // CALL
    return judge(measure(old, new, calls, permutations=permutations, seed=int(rng.integers(2**31)))).moved


def over_time(rng: np.random.Generator, row: Row, permutations: int) -> Array:
    stands = truth(rng, row)
    before, after = chances(rng, stands, row)
    transcript = np.arange(TRANSCRIPTS).repeat(UNITS)
    is_after = np.arange(TRANSCRIPTS) >= 9
    model = answered(rng, np.where(is_after[transcript, None], after, before), row, 1, before, before)[0]
    person = (rng.random(stands.shape) < np.where(stands, *PERSON)).astype(np.int8)
    t = tally(person, model, transcript, TRANSCRIPTS)
    both = np.concatenate([residuals(t.misses, t.coded), residuals(t.extras, t.others)], axis=1)
    how = {"permutations": permutations, "seed": int(rng.integers(2**31))}
    split = contrast(both, is_after, **how) if row.over_time == "event" else largest_cusum(both, **how)
    return named(np.where(np.abs(both).sum(axis=0) > 0, split.p, np.nan)).reshape(2, CODES).any(axis=0)


def study(task: tuple[Row, int, int]) -> tuple[int, int]:
    """How many of the codes that moved are named, and how many of the others."""
    row, seed, permutations = task
    rng = np.random.default_rng([seed, *row.name.encode()])
    found = (over_time if row.over_time else between_versions)(rng, row, permutations)
    n_moved = row.n_moved if row.moves else 0
    return int(found[:n_moved].sum()), int(found[n_moved:].sum())


# --- What is printed --------------------------------------------------------------------------------------------


def report(row: Row, found: Array, *, judged: bool) -> bool:
    """Print a row; of a curve nothing is demanded."""
    hits, false = found.T
    rate = float((false / np.maximum(1, hits + false)).mean())
    if not row.moves:
        met = rate <= FALSE_ALARMS
        print(
            f"{'met   ' if met else 'MISSED'} {row.name:48} false alarms {rate:6.1%} (<= {FALSE_ALARMS:.0%})",
            flush=True,
        )
        return met
    power = float(hits.mean() / row.n_moved)
    if not judged:
        print(f"       {row.name:48} FDR {rate:6.1%}           power {power:.3f}", flush=True)
        return True
    met = rate <= FDR and (row.target is None or power >= row.target - SLACK)
    bar = "" if row.target is None else f" (target {row.target:.2f})"
    print(
        f"{'met   ' if met else 'MISSED'} {row.name:48} FDR {rate:6.1%} (<= {FDR:.0%})  power {power:.3f}{bar}",
        flush=True,
    )
    return met


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000, help="studies a row")
    parser.add_argument("--permutations", type=int, default=2000, help="times that labels are dealt anew")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    started = time.perf_counter()
    print(
        f"{given.studies:,} studies a row, {given.permutations:,} permutations; "
        f"{TRANSCRIPTS} transcripts x {UNITS} units, "
        f"calls of {CALL}, {CODES} codes of which {MOVED} moved, {REPEATS} repeats of each version"
    )
    all_met = True
    with ProcessPoolExecutor(given.workers) as pool:
        parts = (
            ("", rows(), given.studies),
            ("power by size:", curves(), given.studies // 4),
            ("as large as `could have seen` says, so 0.8:", promised(40, given.permutations), given.studies // 4),
        )
        for title, some, studies in parts:
            print(title) if title else None
            for row in some:
                tasks = [(row, seed, given.permutations) for seed in range(studies)]
                met = report(row, np.array(list(pool.map(study, tasks, chunksize=10))), judged=not title)
                all_met &= met
    used = os.times()
    processors = used.user + used.system + used.children_user + used.children_system
    print(
        f"{'all met' if all_met else 'NOT ALL MET'}; {time.perf_counter() - started:.0f} s, "
        f"{processors:.0f} s of the processors"
    )
    raise SystemExit(not all_met)


if __name__ == "__main__":
    main()
