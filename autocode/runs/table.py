"""`coding.csv`: the coded segments of one coder as a table that other programs read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast, get_args

from autocode.data import CodedSegment, Data, Match, Problem, Span
from autocode.errors import InputError
from autocode.files import written_whole

COLUMNS = (
    *("id", "transcript", "turn", "speaker", "start", "end", "code", "quote", "match", "problem", "said", "why"),
    *("coder", "at", "run", "text_sha256", "flags"),
)


class Row(Data):
    """A line of coding.csv: a segment, with what a reader needs beside it."""

    segment: CodedSegment
    turn: int | None = None
    speaker: str = ""
    quote: str = ""
    coder: str
    at: float | None = None
    """The time on the tape, in seconds."""
    run: str = ""
    text_sha256: str = ""
    flags: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, bool, int, str, str]:
        """Transcript, start with blanks last, code, id."""
        segment = self.segment
        start = segment.span.start if segment.span else 0
        return segment.transcript_id, segment.span is None, start, segment.code, segment.id


def write_table(path: Path, rows: Iterable[Row]) -> None:
    """Write coding.csv whole, from rows in the order of `Row.order`, one at a time: UTF-8 without BOM, LF."""
    with written_whole(path) as file:
        plain = csv.writer(file, lineterminator="\n")
        # A lone carriage return ends a row for many readers, and Python's writer does not see that it has to quote it.
        quoting = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        plain.writerow(COLUMNS)
        for row in rows:
            cells = _cells(row)
            (quoting if any("\r" in str(cell) for cell in cells) else plain).writerow(cells)


def _cells(row: Row) -> list[object]:
    segment = row.segment
    return [
        *(segment.id, segment.transcript_id, row.turn or "", row.speaker),
        *((segment.span.start, segment.span.end) if segment.span else ("", "")),
        *(segment.code, row.quote, segment.match, ";".join(segment.problem), segment.said, segment.why),
        *(row.coder, _clock(row.at), row.run, row.text_sha256, ";".join(row.flags)),
    ]


def read_table(path: Path) -> list[Row]:
    """The rows of a coding.csv that autocode wrote."""
    return list(each_row(path))


def each_row(path: Path) -> Iterator[Row]:
    """The rows of a coding.csv that autocode wrote, one at a time."""
    csv.field_size_limit(2**31 - 1)  # a quote may be a whole interview
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if missing := [column for column in COLUMNS if column not in (lines.fieldnames or ())]:
            raise InputError(f"the column {missing[0]!r} is missing; write it again with export", path=path, line=1)
        for line in lines:
            yield _row(line, path, lines.line_num)


def _row(line: dict[str, str], path: Path, number: int) -> Row:
    try:
        segment = CodedSegment(
            id=line["id"],
            transcript_id=line["transcript"],
            code=line["code"],
            span=Span(int(line["start"]), int(line["end"])) if line["start"] else None,
            match=cast(Match, line["match"]),
            problem=tuple(problem for problem in get_args(Problem) if problem in line["problem"].split(";")),
            said=line["said"],
            why=line["why"],
        )
        return Row(
            segment=segment,
            turn=int(line["turn"]) if line["turn"] else None,
            **{key: line[key] for key in ("speaker", "quote", "coder", "run", "text_sha256")},
            at=_seconds(line["at"]),
            flags=tuple(filter(None, line["flags"].split(";"))),
        )
    except ValueError as error:
        raise InputError(f"changed by hand ({error}); write it again with export", path=path, line=number) from None


def _clock(seconds: float | None) -> str:
    """A time on the tape as `00:04:10` or `00:04:10.500`; blank where it is not known."""
    if seconds is None:
        return ""
    whole, fraction = divmod(round(seconds * 1000), 1000)
    clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{clock}.{fraction:03}" if fraction else clock


def _seconds(clock: str) -> float | None:
    if not clock:
        return None
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
