"""A table of human coding -> its rows as written: long (a row a code) or wide (a column a coder)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from autocode.reading.coders import name_of, named, require, unread
from autocode.reading.tables import Table, column_key

Form = Literal["long", "wide", ""]
WORD_COMMENTS = "Word comments"
LONG_COLUMNS = (
    *("transcript", "coder", "code", "start", "end", "quote", "turn"),
    *("memo", "rating", "decision", "text_sha256", "pass", "paragraph"),
)
RESERVED = ("transcript", "turn", "speaker", "text", "memo", "pass")
"""Columns of the wide form that are no coders."""
_OURS = ("speaker", "text", "id", "match", "problem", "said", "why", "at", "run", "flags", "from", "by")
"""Columns that autocode writes itself, or that only help a person to read the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One claim of a human coder, as written. Code blank: they read this and found nothing."""

    path: Path
    line: int
    transcript: str
    coder: str
    code: str
    start: str = ""
    end: str = ""
    quote: str = ""
    turn: str = ""
    memo: str = ""
    rating: str = ""
    decision: str = ""
    text_sha256: str = ""
    pass_: str = ""
    settled: bool = False
    """From settled.csv: agreed afterwards, never one coder's own reading."""
    paragraph: str = ""
    """Where another program says that the quote stands, as a number of a paragraph: a hint where it stands twice."""
    text: str = field(default="", repr=False)
    """The text that start,end count in, where a program brings its own; blank: the transcript's."""
    program: str = ""
    """What wrote it, where the form is not ours."""

    @property
    def remark(self) -> bool:
        """Whether it was written as a remark beside the text, so that what follows `code:` in it is a memo."""
        return self.program == WORD_COMMENTS


def form_of(table: Table, coders: Collection[str]) -> Form:
    """How a table holds coding, or blank if it holds none."""
    if table.has("code") and not table.has("definition"):
        return "long"
    return "wide" if table.has("transcript", "turn") and coder_columns(table, coders) else ""


def coder_columns(table: Table, coders: Collection[str]) -> dict[str, str]:
    """The columns that are coders: the key of the column, and the coder's name."""
    names = {column_key(coder): coder for coder in reversed([*coders])}
    keys = (column_key(column) for column in table.columns)
    return {key: names[key] for key in keys if key in names and key not in RESERVED}


def coding_rows(table: Table, form: Form, coders: Collection[str]) -> tuple[list[Row], list[str]]:
    """The rows of a coding file, and what a person should know about it; `coders` are the names known so far."""
    return _long(table, coders) if form == "long" else _wide(table, coders) if form == "wide" else ([], [])


def _long(table: Table, coders: Collection[str]) -> tuple[list[Row], list[str]]:
    path, notes = table.path, unread(table, (*LONG_COLUMNS, *_OURS))
    require(table, "transcript")
    alone = "" if table.has("coder") else name_of(path.stem)
    if alone and alone not in coders:
        # ana.csv is the file of the Ana of coders.csv: else Ana would have found nothing, and ana be a stranger.
        same = [coder for coder in coders if column_key(coder) == column_key(alone)]
        if len(same) == 1:
            notes.append(f"{path}: taken as the coding of {same[0]}, who stands in coders.csv")
            alone = same[0]
    settled = path.name.casefold() == "settled.csv"
    rows = [
        Row(
            path=path,
            line=line,
            transcript=named(row, "transcript", path, line),
            coder=alone or named(row, "coder", path, line),
            code=name_of(row["code"]),
            start=row.get("start", "").strip(),
            end=row.get("end", "").strip(),
            # In a coding.csv that autocode wrote, the words of a quote that was not found stand in `said`.
            quote=row.get("quote", "") if row.get("quote", "").strip() else row.get("said", ""),
            turn=row.get("turn", "").strip(),
            memo=row.get("memo", "").strip(),
            rating=row.get("rating", "").strip(),
            decision=row.get("decision", "").strip(),
            text_sha256=row.get("text_sha256", "").strip(),
            pass_=name_of(row.get("pass", "")),
            settled=settled,
            paragraph=row.get("paragraph", "").strip(),
        )
        for line, row in table.rows
    ]
    return rows, notes


def _wide(table: Table, coders: Collection[str]) -> tuple[list[Row], list[str]]:
    columns = coder_columns(table, coders)
    rows = [
        Row(
            path=table.path,
            line=line,
            transcript=named(row, "transcript", table.path, line),
            coder=coder,
            code=code,
            turn=row["turn"].strip(),
            memo=row.get("memo", "").strip(),
            pass_=name_of(row.get("pass", "")),
        )
        for line, row in table.rows
        for key, coder in columns.items()
        for code in _cell_codes(row[key])
    ]
    others = [column for column in table.columns if column_key(column) not in {*columns, *RESERVED}]
    shown = ", ".join(f'"{column}"' for column in others)
    told = f"{table.path}: no coders, as neither coders.csv nor --wide names them: the columns {shown}"
    return rows, [told] if others else []


def _cell_codes(cell: str) -> list[str]:
    """The codes in a cell of the wide form: none where it is blank, a blank one for `-` (read, nothing found)."""
    parts = [part for part in map(name_of, cell.split(";")) if part]
    return [part for part in parts if part != "-"] or ([""] if parts else [])
