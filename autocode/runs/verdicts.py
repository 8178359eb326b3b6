"""`verdicts.csv`: what people decided about single quotes of a run, beside its coding.csv; only ever added to."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Literal, cast, get_args

from autocode.data import Data, Span
from autocode.errors import InputError, RunError, nearest

COLUMNS = ("id", "verdict", "start", "end", "by", "at", "note")
Decision = Literal["accept", "reject", "move"]


class Verdict(Data):
    """A person's decision about one row of coding.csv: keep it, take it out, or move it to another stretch."""

    id: str
    verdict: Decision
    span: Span | None = None
    """Where it belongs, for `move`."""
    by: str
    at: str
    """UTC."""
    note: str = ""


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """The verdicts of a run by the id of the row; of several for one row the last."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        return {line["id"]: _verdict(line, path, lines.line_num) for line in lines}


def add_verdicts(path: Path, verdicts: list[Verdict]) -> None:
    """Add verdicts to the file, which is made with its header if it is not there."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if not path.exists():
        writer.writerow(COLUMNS)
    for v in verdicts:
        writer.writerow([v.id, v.verdict, *((v.span.start, v.span.end) if v.span else ("", "")), v.by, v.at, v.note])
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(buffer.getvalue())
    except OSError as error:
        raise RunError(
            f"{path}: cannot be written ({error.strerror}); close it in other programs, then try again"
        ) from error


def _verdict(line: dict[str, str], path: Path, number: int) -> Verdict:
    written = line.get("verdict", "")
    if written not in get_args(Decision):
        known = get_args(Decision)
        raise InputError(
            f'"{written}" is no verdict; write {", ".join(known)}{nearest(written, known)}', path=path, line=number
        )
    try:
        span = Span(int(line["start"]), int(line["end"])) if line["start"] else None
    except (ValueError, KeyError):
        raise InputError("start and end are whole numbers of characters, or blank", path=path, line=number) from None
    if written == "move" and span is None:
        raise InputError("a move needs start and end", path=path, line=number)
    return Verdict(
        id=line["id"],
        verdict=cast(Decision, written),
        span=span,
        by=line.get("by") or "",
        at=line.get("at") or "",
        note=line.get("note") or "",
    )
