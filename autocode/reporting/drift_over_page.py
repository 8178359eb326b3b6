"""What moved between coders over time as one page, to be shared as it stands: it holds no word of an interview."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from autocode.data import CodeOverTime, DriftOverTime, PairOverTime
from autocode.drift import STILL
from autocode.files import write_whole
from autocode.reporting.drift_curves import HEIGHT, WIDTH, Curves, curves
from autocode.reporting.drift_over_table import MEANING, headline, interviews, over_all, row_cells
from autocode.reporting.drift_table import reasons
from autocode.reporting.drift_words import probability
from autocode.reporting.pages import page

CURVE = (
    "The curves add up, interview after interview, how many more misses (extras) there are than the code's share over "
    "all interviews lets expect. Rising: more than expected; falling: fewer. Where a curve turns most, a code is split "
    "if no event is known. Every curve begins and ends at 0."
)


class Moved(NamedTuple):
    """A code that moved, with its picture."""

    row: CodeOverTime
    curves: Curves
    words: tuple[str, ...]
    """Misses and extras before and after, and how sure."""


class Shown(NamedTuple):
    """Two coders, as the page shows them."""

    pair: PairOverTime
    interviews: str
    moved: tuple[Moved, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[CodeOverTime, tuple[str, ...]], ...]
    reasons: tuple[str, ...]
    over_all: str


def drift_over_html(drift: DriftOverTime) -> str:
    """The result as one page that needs no network and no script, the codes that moved first, each with its curves."""
    values = dict(zip(drift.transcripts, drift.values or drift.transcripts, strict=True))
    return page(
        "drift_over.html",
        drift=drift,
        headline=headline(drift),
        pairs=[_shown(pair, [values[id] for id in pair.transcripts]) for pair in drift.pairs],
        meaning=MEANING,
        curve=CURVE,
        still=STILL,
        width=WIDTH,
        height=HEIGHT,
    )


def write_drift_over_page(drift: DriftOverTime, path: Path) -> None:
    """Write the page into a file, whole or not at all; it holds no word of an interview."""
    write_whole(path, drift_over_html(drift))


def _shown(pair: PairOverTime, values: Sequence[str]) -> Shown:
    moved = [row for row in pair.codes if row.verdict not in STILL]
    cells = [row_cells(row, pair) for row in pair.codes]
    return Shown(
        pair=pair,
        interviews=interviews(pair),
        moved=tuple(Moved(row, curves(row, pair, values), tuple(_said(row))) for row in moved),
        columns=tuple(name for name in cells[0]) if cells else (),
        rows=tuple((row, tuple(each.values())) for row, each in zip(pair.codes, cells, strict=True)),
        reasons=tuple(reasons((row.code, row.reason) for row in pair.codes)),
        over_all=over_all(pair),
    )


def _said(row: CodeOverTime) -> list[str]:
    """The counts before and after in words: `misses 3 of 40, then 19 of 42 (q .004)`."""
    others = (row.n_units[0] - row.first[0], row.n_units[1] - row.first[1])
    kinds = (("misses", row.misses, row.first, row.q_misses), ("extras", row.extras, others, row.q_extras))
    return [
        f"{kind} {counts[0]:,} of {of[0]:,}, then {counts[1]:,} of {of[1]:,}"
        + ("" if q is None else f" (q {probability(q)})")
        for kind, counts, of, q in kinds
    ]
