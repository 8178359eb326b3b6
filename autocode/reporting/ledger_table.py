"""The ledger as a table in the terminal, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.data import Ledger, LedgerCode, LedgerFigure
from autocode.files import write_whole
from autocode.reporting.ledger_words import (
    BECAME,
    HOW,
    alpha_words,
    edit_words,
    moved_words,
    noise_words,
    reasons,
    summary_of,
    version_line,
    version_words,
    who_words,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDEST = 100
_UNDER = (0, 0, 0, 2)
"""What stands beneath a line is set in by two."""
COLUMNS = (
    *("code", "name", "version", "kind", "pair", "coders", "model", "prompt", "run", "alpha", "low", "high"),
    *("n_units", "n_transcripts", "status", "reason", "repeats", "noise", "noise_low", "noise_high", "noise_n_units"),
    *("noise_reason", "n_stale", "n_left_out", "became", "why", "of", "interval_reason"),
)


def show_ledger(ledger: Ledger, console: Console) -> None:
    """Print every code through the versions, those with most change first, at most 100 columns wide.

    Pairs of coders stand in the CSV and in the JSON; names are never read as markup.
    """
    from rich.padding import Padding
    from rich.text import Text

    width = min(console.width, WIDEST)
    console.print(Text(f"{ledger.codebook}: {summary_of(ledger)}", style="bold"), width=width)
    for version in ledger.versions:
        console.print(Padding(Text(version_line(version)), _UNDER), width=width)
    for code in ledger.codes:
        name = f" {code.name}" if code.name and code.name != code.code else ""
        of = f" ({' or '.join(code.of)})" if code.of else ""
        moved = f"; {moved_words(code)}" if code.moved is not None else ""
        console.print()
        console.print(Text.assemble((code.code, "bold"), f"{name}{of}{moved}"), width=width)
        for edit in code.edits:
            console.print(Padding(Text(edit_words(edit), style="dim"), _UNDER), width=width)
        console.print(_table(code, ledger), width=width)
        for line in reasons(figure for figure in code.figures if not figure.pair):
            console.print(Padding(Text(line), _UNDER), width=width)
    console.print()
    console.print(Text(HOW), width=width)


def _table(code: LedgerCode, ledger: Ledger) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 1), header_style="dim")
    table.add_column("", overflow="fold", max_width=9)
    table.add_column("", overflow="fold")
    table.add_column("alpha", min_width=11)
    table.add_column("units", justify="right", no_wrap=True)
    table.add_column("noise", min_width=8)
    table.add_column("stale", justify="right", no_wrap=True)
    before = None
    for figure in code.figures:
        if figure.pair:
            continue
        table.add_row(
            Text("" if figure.version == before else version_words(figure.version)),
            Text(who_words(figure, ledger)),
            Text(alpha_words(figure)),
            Text(f"{figure.n_units:,}"),
            Text(noise_words(figure)),
            Text(f"{figure.n_stale:,}" if figure.n_stale else ""),
        )
        before = figure.version
    return table


def write_ledger(ledger: Ledger, path: Path) -> None:
    """Write the ledger as CSV, a row a figure, pairs of coders too; lists with `;` between.

    `became` and `why` tell what became of the code with that version; where nobody coded under it the row has nothing
    else.
    """
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for code in ledger.codes:
        writer.writerows(_rows(code, [version.version for version in ledger.versions]))
    write_whole(path, out.getvalue())


def _rows(code: LedgerCode, versions: list[str]) -> Iterator[dict[str, object]]:
    for version in versions:
        edits = [edit for edit in code.edits if edit.version == version]
        about: dict[str, object] = {
            "code": code.code,
            "name": code.name,
            "of": ";".join(code.of),
            "version": version,
            "became": ";".join(BECAME.get(edit.kind, edit.kind) for edit in edits),
            "why": "; ".join(edit.why for edit in edits if edit.why),
        }
        figures = [figure for figure in code.figures if figure.version == version]
        if edits and not figures:
            yield about
        yield from (about | _cells(figure) for figure in figures)


def _cells(figure: LedgerFigure) -> dict[str, object]:
    cells = figure.model_dump(exclude={"noise", "by_repeat", "baseline"})
    noise = figure.noise
    cells |= {"coders": ";".join(figure.coders), "pair": "yes" if figure.pair else "no"}
    cells |= {"repeats": figure.repeats or "", "noise": noise and noise.alpha, "noise_low": noise and noise.low}
    cells |= {"noise_high": noise and noise.high, "noise_n_units": noise and noise.n_units}
    return {key: "" if value is None else value for key, value in cells.items()}
