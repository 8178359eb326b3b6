"""A codebook as a table, a row a code, from CSV, a spreadsheet, Word or a plain list in JSON.

Themes are named by id or name in `parent`, or stand in the name, `Support > Manager's help`; rows may come in any
order. Codes are returned with each theme before its codes, as they stand in the YAML form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

from autocode.data import Code, Codebook, Counterexample, Example, Group
from autocode.errors import CodebookError, nearest
from autocode.reading.codebook_checks import Draft, Mention
from autocode.reading.codebook_headers import Columns, columns_of
from autocode.reading.codebook_rows import Names, Row, in_order
from autocode.reading.codebook_yaml import ORIGIN, PICK, STATUS
from autocode.reading.tables import Table

_CODE_GROUPS = "code groups"

_TRUTH = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_table_codebook(table: Table, *, header: int = 1) -> Draft:
    """The codebook in a table, with notes on columns, ids and themes that had to be worked out.

    `header` is the line that names the columns.
    """
    path = table.path
    if not table.columns:
        raise CodebookError("no codes: the file is empty; begin it with the line id,name,definition", path=path)
    columns = columns_of(table, header)
    rows = [_row(line, cells, columns) for line, cells in table.rows]
    if not rows:
        raise CodebookError("no codes: no row stands below the header; add one for each code", path=path)
    ordered = in_order(rows, path, header=header, paths="parent" not in columns.keys, folders=bool(columns.code_groups))
    rows, names = ordered.rows, ordered.names
    codes = tuple(_code(row, names) for row in rows)
    codebook = Codebook(
        id=_one_value(rows, "codebook", path) or path.stem,
        title=_one_value(rows, "codebook title", path),
        version=_version(rows, path),
        study_question=_one_value(rows, "study question", path),
        codes=codes,
        groups=_groups(rows, path),
        notes=(*table.notes, *columns.notes, *ordered.notes),
    )
    mentions = tuple(
        Mention(counterexample.use, row.line, f'a counterexample of the code "{code.id}"')
        for row, code in zip(rows, codes, strict=True)
        for counterexample in code.counterexamples
        if counterexample.use
    )
    return Draft(codebook, lines=tuple(row.line for row in rows), mentions=mentions)


def _row(line: int, cells: Mapping[str, str], columns: Columns) -> Row:
    ours = {name: cells[key] for name, key in columns.keys.items()}
    return Row(line, ours | {_CODE_GROUPS: "\n".join(cells[key] for key in columns.code_groups)})


def _code(row: Row, names: Names) -> Code:
    codable = row.text("codable").casefold()
    if codable not in _TRUTH:
        message = f'codable of "{row.id}" is "{row.text("codable")}"; write yes or no, or leave it blank'
        raise CodebookError(message, path=names.path, line=row.line)
    return Code(
        id=row.id,
        name=row.name,
        parent=row.parent,
        definition=row.text("definition"),
        include=row.items("include"),
        exclude=row.items("exclude"),
        examples=tuple(Example(text=text) for text in row.items("examples")),
        counterexamples=tuple(_counterexample(item, row, names) for item in row.items("counterexamples")),
        speakers=row.items("speakers"),
        codable=_TRUTH[codable],
        status=_choice(row, "status", STATUS, names.path) or "active",
        origin=_choice(row, "origin", ORIGIN, names.path),
        aliases=row.items("aliases"),
        plain=row.text("plain"),
        color=row.text("color"),
        notes=row.text("notes"),
    )


def _choice(row: Row, column: str, options: tuple[str, ...], path: Path) -> Any:
    """One of the words that a column may hold, or blank."""
    written = row.text(column)
    if written and written.casefold() not in options:
        message = (
            f'{column} of "{row.id}" is "{written}", but is one of {", ".join(options)}{nearest(written, options)}'
        )
        raise CodebookError(message, path=path, line=row.line)
    return written.casefold()


def _counterexample(item: str, row: Row, names: Names) -> Counterexample:
    """`HR sent a leaflet => office-help`: the words, and the code to use for them."""
    text, arrow, use = (part.strip() for part in item.rpartition("=>"))
    if not arrow:
        return Counterexample(text=item)
    if not text or not use:
        message = f'the counterexample "{item}" of "{row.id}" lacks its words or its code; write: words => id'
        raise CodebookError(message, path=names.path, line=row.line)
    return Counterexample(text=text, use=names.find(use, row.line) or use)


def _groups(rows: list[Row], path: Path) -> tuple[Group, ...]:
    """The groups that the cells name, `valence: one`; a row that only names the group goes by the others."""
    members: dict[str, list[str]] = defaultdict(list)
    picks: dict[str, tuple[str, int]] = {}
    for row in rows:
        for item in row.items("group"):
            before_colon, colon, pick = (part.strip() for part in item.rpartition(":"))
            id = before_colon if colon else item
            members[id] += [] if row.id in members[id] else [row.id]
            if not colon:
                continue
            if pick not in PICK or not id:
                message = (
                    f'the group of "{row.id}" is "{item}"; write "{id or "valence"}: one" or "{id or "valence"}: any"'
                )
                raise CodebookError(message, path=path, line=row.line)
            first, line = picks.setdefault(id, (pick, row.line))
            if first != pick:
                message = f'the group "{id}" is "{pick}" here and "{first}" on line {line}; write the same in both'
                raise CodebookError(message, path=path, line=row.line)
        for name in dict.fromkeys(" ".join(line.split()) for line in row.text(_CODE_GROUPS).split("\n")):
            # A name of ATLAS.ti, as it stands: it may hold colons.
            if name and row.id not in members[name]:
                members[name].append(row.id)
    return tuple(
        Group(id=id, codes=tuple(codes), pick=cast(Literal["one", "any"], picks.get(id, ("any", 0))[0]))
        for id, codes in members.items()
    )


def _one_value(rows: list[Row], column: str, path: Path) -> str:
    """What a column about the whole codebook says, in every row that says anything."""
    said = [(row.text(column), row.line) for row in rows if row.text(column)]
    for value, line in said[1:]:
        if value != said[0][0]:
            first = f'"{said[0][0]}" on line {said[0][1]}'
            message = f'the column "{column}" says "{value}" here and {first}; write the same in all rows'
            raise CodebookError(message, path=path, line=line)
    return said[0][0] if said else ""


def _version(rows: list[Row], path: Path) -> int:
    written = _one_value(rows, "version", path)
    if written and not (re.fullmatch("[0-9]{1,9}", written) and int(written) > 0):
        line = next(row.line for row in rows if row.text("version"))
        raise CodebookError(f'the version "{written}" is not a whole number from 1; write 1', path=path, line=line)
    return int(written or 1)
