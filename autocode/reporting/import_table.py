"""What became of imported coding, as tables in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from autocode.data import ImportReport, UnknownName

if TYPE_CHECKING:
    from rich.console import Console

_ROWS = {
    "exact": "quote found word for word",
    "folded": "quote found, only typography differs",
    "altered": "quote has other words; the nearest passage is taken",
    "not_found": "quote not found",
    "by_offsets": "without a quote, placed by start,end",
    "by_turn": "without a quote, placed on the turn",
    "by_transcript": "about the whole transcript",
    "nothing_found": "read, nothing found",
    "refused": "cannot be used as they are",
}
_AMONG = {
    "ambiguous": "quote stands several times; the first is taken",
    "moved": "quote does not stand where start,end say",
    "duplicates": "repeat an earlier row",
}
MOST_NAMED = 10


def show_import(reports: Iterable[ImportReport], console: Console) -> None:
    """Print a table for each file: its rows by how they were placed, then the names that nobody knows, then notes."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    for report in reports:
        console.print(Text.assemble((report.path, "bold"), f": {report.form}"))
        table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column("Rows", justify="right", no_wrap=True)
        table.add_column(Text(f"{_many(report.coders, 'coder')}, {_many(report.transcripts, 'interview')}"))
        table.add_row(f"{report.rows:,}", "read")
        for fields, before in ((_ROWS, ""), (_AMONG, "among them: ")):
            for key, what in fields.items():
                if n := getattr(report, key):
                    table.add_row(f"{n:,}", Text(before + what))
        console.print(table)
        for what, names in (
            ("codes", report.unknown_codes),
            ("coders", report.unknown_coders),
            ("transcripts", report.unknown_transcripts),
        ):
            for line in _unknown(what, names):
                console.print(Text(line))
        for note in report.notes:
            console.print(Text(f"note: {note}"))


def _many(named: dict[str, int], what: str) -> str:
    """How many there are, and who, where they are few.

    >>> _many({"Ana": 3, "Ben": 2}, "coder"), _many({}, "coder")
    ('2 coders (Ana 3, Ben 2)', 'no coders')
    """
    n = len(named)
    who = f" ({', '.join(f'{name} {rows:,}' for name, rows in named.items())})" if 0 < n <= 4 else ""
    return f"{n or 'no'} {what}{'s' * (n != 1)}{who}"


def _unknown(what: str, names: Sequence[UnknownName]) -> Iterable[str]:
    if not names:
        return
    yield f"unknown {what}: {len(names)}, in {sum(name.rows for name in names):,} rows"
    for name in names[:MOST_NAMED]:
        hint = f"; {name.hint}" if name.hint else ""
        yield f'  "{name.name}", {name.rows:,} row{"s" * (name.rows != 1)}, first at {name.first}{hint}'
    if len(names) > MOST_NAMED:
        yield f"  and {len(names) - MOST_NAMED} more"
