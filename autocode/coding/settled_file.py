"""`settled.csv`: a row a code on a unit, with where it comes from and by whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autocode.data import Span
from autocode.errors import InputError

From = Literal["agreed", "decided", "reviewed", "one coder only"]
CODER = "settled"
COLUMNS = (
    *("transcript", "coder", "code", "start", "end", "quote", "turn", "speaker", "memo", "text_sha256", "id", "from"),
    "by",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of settled.csv: a code on a unit, or (blank) a transcript that was read and has none."""

    transcript: str
    code: str
    source: From
    by: str
    span: Span | None = None
    quote: str = ""
    turn: str = ""
    speaker: str = ""
    memo: str = ""
    text_sha256: str = ""
    id: str = ""

    @property
    def order(self) -> tuple[str, bool, int, str, str]:
        """Transcript, start with blanks last, code, id."""
        return self.transcript, self.span is None, self.span.start if self.span else 0, self.code, self.id


def refuse_strangers_file(path: Path) -> None:
    """Raises InputError where there is a settled.csv that was not written here: it is somebody's work."""
    if not path.exists():
        return
    header = path.read_text(encoding="utf-8-sig", errors="replace").partition("\n")[0].rstrip("\r")
    if header and header != ",".join(COLUMNS):
        raise InputError(
            "is there already, and autocode has not written it; move it elsewhere (what it decides can stand in "
            "decisions.csv), then settle again",
            path=path,
        )


def cells_of(row: Row) -> tuple[object, ...]:
    """A row as it stands in the file."""
    start, end = (row.span.start, row.span.end) if row.span else ("", "")
    return (
        *(row.transcript, CODER, row.code, start, end, row.quote, row.turn, row.speaker, row.memo),
        *(row.text_sha256, row.id, row.source, row.by),
    )


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV."""
    buffer = io.StringIO()
    plain = csv.writer(buffer, lineterminator="\n")
    # A lone carriage return ends a row for many readers, and Python's writer does not see that it has to quote it.
    quoting = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(header)
    for row in rows:
        (quoting if any("\r" in str(cell) for cell in row) else plain).writerow(row)
    return buffer.getvalue()
