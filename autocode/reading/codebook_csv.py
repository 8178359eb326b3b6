"""A codebook as a table, a row a code: our own columns, and what other programs export.

Themes are named by id or name in `parent`, or stand in the name, `Support > Manager's help`; rows may come in any
order. Codes are returned with each theme before its codes, as they stand in the YAML form.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any, Literal, cast

from autocode.data import Code, Codebook, Counterexample, Example, Group
from autocode.errors import CodebookError, nearest
from autocode.reading.codebook_checks import Draft, Mention
from autocode.reading.codebook_rows import Names, Row, in_order
from autocode.reading.codebook_yaml import ORIGIN, PICK, STATUS
from autocode.reading.tables import Table, column_key

HEADERS: dict[str, tuple[str, ...]] = {
    "name": ("name", "code", "code name", "tag", "label", "path"),
    "id": ("id", "code id", "code"),
    "parent": ("parent", "parent id", "parent code", "parent name"),
    "definition": ("definition", "description", "memo", "comment"),
    "include": ("include", "inclusion", "inclusion criteria", "when to use"),
    "exclude": ("exclude", "exclusion", "exclusion criteria", "when not to use"),
    "examples": ("examples", "example"),
    "counterexamples": ("counterexamples", "counterexample", "counter examples", "counter example"),
    "speakers": ("speakers", "speaker"),
    "codable": ("codable",),
    "group": ("group", "groups"),
    "status": ("status",),
    "origin": ("origin",),
    "aliases": ("aliases", "alias", "synonyms"),
    "plain": ("plain", "plain words"),
    "color": ("color", "colour"),
    "notes": ("notes", "note", "memo", "comment"),
    "codebook": ("codebook",),
    "version": ("version",),
}
"""Which headers are read as which column; the earlier one is taken where a table has several."""

_TRUTH = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_csv_codebook(table: Table) -> Draft:
    """The codebook in a table, with notes on columns, ids and themes that had to be worked out."""
    columns, notes = _columns(table)
    rows = [Row(line, {ours: cells[key] for ours, key in columns.items()}) for line, cells in table.rows]
    if not rows:
        raise CodebookError("no codes: no row stands below the header; add one for each code", path=table.path)
    rows, names, told = in_order(rows, table.path, paths="parent" not in columns)
    codes = tuple(_code(row, names) for row in rows)
    codebook = Codebook(
        id=_one_value(rows, "codebook", table.path) or table.path.stem,
        version=_version(rows, table.path),
        codes=codes,
        groups=_groups(rows, table.path),
        notes=(*table.notes, *notes, *told),
    )
    mentions = tuple(
        Mention(counterexample.use, row.line, f'a counterexample of the code "{code.id}"')
        for row, code in zip(rows, codes, strict=True)
        for counterexample in code.counterexamples
        if counterexample.use
    )
    return Draft(codebook, lines=tuple(row.line for row in rows), mentions=mentions)


def _columns(table: Table) -> tuple[dict[str, str], list[str]]:
    """The key of the table's column for each of ours; and notes on renamed and unknown ones."""
    if not table.columns:
        raise CodebookError("no codes: the file is empty; begin it with the line id,name,definition", path=table.path)
    written = {_plain_header(column): column for column in reversed(table.columns)}
    found: dict[str, str] = {}
    for ours, headers in HEADERS.items():
        free = (written[header] for header in headers if header in written and written[header] not in found.values())
        if column := next(free, None):
            found[ours] = column
    where = f"{table.path}:1"
    if "name" not in found and "id" not in found:
        seen = ", ".join(f'"{column}"' for column in table.columns)
        message = f'no column is called "id" or "name", only {seen}; name the columns as id,name,definition'
        raise CodebookError(message, path=table.path, line=1)
    notes = [f'{where}: the column "{c}" is read as {o}' for o, c in found.items() if _plain_header(c) != o]
    if ignored := [f'"{column}"' for column in table.columns if column not in found.values()]:
        notes.append(f"{where}: columns that a codebook does not have are not read: {', '.join(ignored)}")
    return {ours: column_key(column) for ours, column in found.items()}, notes


def _plain_header(column: str) -> str:
    return " ".join(re.split(r"[\s_-]+", column_key(column)))


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
