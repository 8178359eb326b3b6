"""`decisions.csv`: what a meeting decided about disputed passages; only ever added to, and the last line counts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import AutocodeError, InputError
from autocode.reading.coders import name_of
from autocode.reading.tables import column_key, delimiter_of, read_table

NEEDED = ("id", "transcript", "turn", "code", "decision", "why", "by", "date", "codebook_change")
COLUMNS = (*NEEDED, "start", "end", "quote", "text_sha256")
"""After the contract's columns what finds the passage again when the text has changed since."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A line of decisions.csv: what was decided about one code on one passage, by whom and why."""

    id: str
    transcript: str
    turn: str
    code: str
    decision: str
    """`yes`, `no`, or the code that the passage gets instead."""
    why: str = ""
    by: str = ""
    date: str = ""
    codebook_change: str = ""
    start: str = ""
    end: str = ""
    quote: str = ""
    text_sha256: str = ""
    path: Path = Path()
    line: int = 0

    @property
    def said(self) -> tuple[str, ...]:
        """What was decided, without where: two lines that say the same are one decision."""
        return self.id, self.decision, self.why, self.by, self.date, self.codebook_change


def read_decisions(path: Path) -> list[DecisionLine]:
    """The lines of a decisions.csv in their order; none where there is no file.

    Raises InputError, with path:line, for a file without the columns that a decision needs, and for a line that lacks
    its id, its decision or by whom it is.
    """
    if not path.exists():
        return []
    table = read_table(path)
    for column in ("id", "decision", "by"):
        if not table.has(column):
            there = ", ".join(table.columns) or "none"
            raise InputError(f'there is no column "{column}" (columns: {there}); restore it', path=path, line=1)
    found = []
    for line, row in table.rows:
        cells = {column: row.get(column, "").strip() for column in COLUMNS}
        for column in ("id", "decision", "by"):
            if not cells[column]:
                raise InputError(f"a decision without {column}; fill it in, or remove the line", path=path, line=line)
        cells["quote"] = row.get("quote", "")
        cells["by"], cells["code"] = name_of(cells["by"]), name_of(cells["code"])
        found.append(DecisionLine(**cells, path=path, line=line))
    return found


def add_decisions(path: Path, decisions: Sequence[DecisionLine]) -> None:
    """Add lines to decisions.csv, which is made with its header if it is not there; lines that stand there stay.

    Lines are written in the columns that the file has. Raises InputError for a file without the contract's columns, or
    one that is not UTF-8.
    """
    if not decisions:
        return
    try:
        data = path.read_bytes() if path.exists() else b""
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8, so nothing is added to it; save it again as CSV UTF-8", path=path) from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check its rights", path=path) from error
    columns, between, end = _as_written(text, path) if text.strip() else (COLUMNS, ",", "\n")
    lines = _written(decisions, columns, between, end)
    if not text.strip():
        lines = end.join([between.join(columns), lines])
    elif not text.endswith("\n"):
        lines = end + lines
    try:
        with path.open("ab") as file:
            file.write(lines.encode("utf-8"))
    except OSError as error:
        raise AutocodeError(
            f"{path}: cannot be written ({error.strerror}); close it in other programs, then try again"
        ) from error


def _as_written(text: str, path: Path) -> tuple[tuple[str, ...], str, str]:
    """The columns of a file by our names, what stands between its cells, and how its lines end."""
    between, told = delimiter_of(text)
    lines = text.lstrip("\r\n").splitlines()
    header = next(csv.reader([lines[1 if told else 0]], delimiter=between))
    keys = tuple(column_key(name) for name in header)
    if lost := [column for column in NEEDED if column not in keys]:
        raise InputError(
            f'there is no column "{lost[0]}" (columns: {", ".join(header)}), so nothing is added; restore it',
            path=path,
            line=1,
        )
    return keys, between, "\r\n" if "\r\n" in text else "\n"


def _written(decisions: Iterable[DecisionLine], columns: Sequence[str], between: str, end: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=between, lineterminator=end)
    for decision in decisions:
        writer.writerow([getattr(decision, column) if column in COLUMNS else "" for column in columns])
    return buffer.getvalue()
