"""The re-reading list as a table in the terminal, as CSV, and as a page."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.data import Rereading, RereadingList
from autocode.files import write_whole
from autocode.reporting.pages import page

if TYPE_CHECKING:
    from rich.console import Console

STATE = {
    "stale": "stale",
    "split": "split",
    "new": "new to them",
    "not declared": "version not declared",
    "carried": "counts as it was",
    "done": "done",
}
_COLUMNS = (
    *("code", "name", "coder", "kind", "state", "under", "since", "recode", "declared", "passages", "transcripts"),
    *("done_passages", "done_transcripts", "why"),
)


def summary_of(owing: RereadingList) -> str:
    """What is owed in all, in one sentence."""
    if not owing.rows:
        return f"{owing.codebook} v{owing.version}: nothing has to be read again."
    parts = []
    if owing.passages or owing.transcripts:
        parts.append(f"{_many(owing.passages, 'passage')} and {_many(owing.transcripts, 'transcript')} to read again")
    if owing.stale_passages:
        parts.append(f"{_many(owing.stale_passages, 'passage')} under a definition that has changed since")
    return f"{owing.codebook} v{owing.version}: {'; '.join(parts) or 'nothing has to be read again'}."


def under_of(row: Rereading) -> str:
    """The versions that somebody worked with, as printed."""
    return ", ".join(f"v{version}" for version in row.under) or "-"


def since_of(row: Rereading) -> str:
    """What happened, and with which version."""
    if row.state == "not declared":
        return f"{STATE[row.state]}; the code changed with v{row.since}"
    since = f" since v{row.since}" if row.since and row.state != "done" else ""
    told = "" if row.declared else ", not declared"
    return f"{STATE[row.state]}{since}{told}"


def again_of(row: Rereading) -> str:
    """What is to be read again: passages and transcripts."""
    if row.state in ("done", "carried") or not row.transcripts:
        return ""
    told = _many(len(row.transcripts), "transcript")
    if row.passages:
        told = f"{_many(row.passages, 'passage')} in {told}"
    if row.kind == "model" and row.recode:
        return f"{told}: run again"
    return told if row.recode or row.state == "not declared" else f"({told})"


def done_of(row: Rereading) -> str:
    """What has been read again."""
    return _many(len(row.done_transcripts), "transcript") if row.done_transcripts else ""


def show_rereading(owing: RereadingList, console: Console) -> None:
    """Print the list, a line for each code and coder, at most 100 columns wide."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    console.print(Text(summary_of(owing), style="bold"))
    if not owing.rows:
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("Code", overflow="fold")
    table.add_column("Coder", overflow="fold")
    table.add_column("Under", no_wrap=True)
    for heading in ("What happened", "To read again", "Done"):
        table.add_column(heading, overflow="fold")
    for row in owing.rows:
        cells = (row.code, row.coder, under_of(row), since_of(row), again_of(row), done_of(row))
        table.add_row(*map(Text, cells))
    console.print(table, width=min(console.width, 100))
    if any(row.state == "stale" and not row.recode for row in owing.rows):
        console.print(Text("In brackets: edited, but `changes` does not ask for it to be read again (recode: true)."))
    reasons = {(row.code, row.since): row.why for row in owing.rows if row.why and row.state != "done"}
    for (code, since), why in reasons.items():
        console.print(Text(f"{code}, v{since}: {why}", style="dim"), width=min(console.width, 100))


def write_rereading(owing: RereadingList, path: Path) -> None:
    """Write the list as CSV, a row for each code and coder; lists with `;` between."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in owing.rows:
        cells = row.model_dump()
        cells |= {key: ";".join(cells[key]) for key in ("under", "transcripts", "done_transcripts")}
        cells |= {key: "yes" if cells[key] else "no" for key in ("recode", "declared")}
        writer.writerow([cells[column] for column in _COLUMNS])
    write_whole(path, out.getvalue())


def rereading_html(owing: RereadingList) -> str:
    """The list as one page that needs no network and no script. All text is escaped."""
    return page(
        "rereading.html",
        owing=owing,
        summary=summary_of(owing),
        under_of=under_of,
        since_of=since_of,
        again_of=again_of,
        done_of=done_of,
    )


def _many(n: int, what: str) -> str:
    return f"{n:,} {what}{'s' * (n != 1)}"
