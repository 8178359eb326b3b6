"""What moved between coders over time, as tables in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autocode.data import CodeOverTime, DriftOverTime, PairOverTime
from autocode.drift import STILL
from autocode.reporting.drift_table import reasons
from autocode.reporting.drift_words import count, probability

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MEANING = (
    "more, less: than the first coder's coding lets expect. Misses: coded by the first only; extras: by the second "
    "only. Of the codes named, at most 5 % by chance; could have seen: 80 % of the time, so many misses / extras more "
    "or fewer. Nobody's coding is taken for right: either of the two may have moved."
)


def show_drift_over(drift: DriftOverTime, console: Console) -> None:
    """Print a table for each two coders, the codes that moved first; names are never read as markup."""
    from rich.text import Text

    split = drift.event or "no known event: each code is split where it turns most"
    console.print(
        Text.assemble(("Over time", "bold"), f": {len(drift.transcripts)} interviews by {drift.over}; {split}")
    )
    for pair in drift.pairs:
        before, after = pair.n_transcripts
        interviews = f"{before} interviews before, {after} after" if after else f"{before} interviews"
        console.print(Text(f"{pair.first} and {pair.second} ({pair.kind}), {interviews}"))
        console.print(_table(pair))
        for line in reasons((row.code, row.reason) for row in pair.codes):
            console.print(Text(line))
    console.print(Text(MEANING))


def _table(pair: PairOverTime) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Code", no_wrap=True)
    table.add_column("")
    splits = any(row.split_after for row in pair.codes)
    if splits:
        table.add_column("Split after")
    for heading in ("Misses", "q", "Extras", "q"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Could have seen", justify="right", min_width=7)
    for row in pair.codes:
        cells = [row.code, row.verdict, *([row.split_after] if splits else [])]
        cells += [_of(row.misses, row.first), _q(row.q_misses)]
        others = (row.n_units[0] - row.first[0], row.n_units[1] - row.first[1])
        cells += [_of(row.extras, others), _q(row.q_extras), _could(row)]
        table.add_row(
            *(Text(cell, style="bold" if row.verdict not in STILL and at == 1 else "") for at, cell in enumerate(cells))
        )
    return table


def _of(counts: tuple[int, int], of: tuple[int, int]) -> str:
    """Counts before and after, of how many.

    >>> _of((3, 9), (40, 42))
    '3/40, 9/42'
    """
    return f"{counts[0]:,}/{of[0]:,}, {counts[1]:,}/{of[1]:,}"


def _q(q: float | None) -> str:
    return "" if q is None else probability(q)


def _could(row: CodeOverTime) -> str:
    """How many misses, and how many extras, more or fewer would have been found."""
    figures = (row.could_have_seen_misses, row.could_have_seen_extras)
    return "" if figures == (None, None) else " / ".join("-" if n is None else count(n) for n in figures)
