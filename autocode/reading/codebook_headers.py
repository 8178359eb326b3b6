"""The columns of a codebook table, by whatever name a program or a person wrote them.

Programs name a code's columns each in their way: NVivo Name and Description, MAXQDA Code and Memo, ATLAS.ti Code,
Comment and Code Group 1, Taguette tag and description, Dedoose Title and Parent Id; the method books have When to use,
Close but no, Ankerbeispiel. What was taken for what is told, and so is what was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import CodebookError
from autocode.reading.tables import Table, column_key

HEADERS: dict[str, tuple[str, ...]] = {
    "name": (
        *("name", "code", "code name", "codename", "tag", "label", "path", "hierarchical name", "node", "node name"),
        *("title", "kategorie", "unterkategorie", "category", "theme"),
    ),
    "id": ("id", "code id", "code"),
    "parent": (
        *("parent", "parent id", "parent code", "parent name", "parent node", "obercode", "oberkategorie"),
        *("theme", "category", "kategorie"),
    ),
    "definition": (
        *("definition", "full definition", "code definition", "description", "code description", "beschreibung"),
        *("brief definition", "memo", "code memo", "comment", "kommentar"),
    ),
    "include": (
        *("include", "inclusion", "inclusion criteria", "when to use", "use when", "kodierregeln", "kodierregel"),
    ),
    "exclude": ("exclude", "exclusion", "exclusion criteria", "when not to use", "do not use when"),
    "examples": (
        *("examples", "example", "typical exemplars", "exemplars", "example quote", "example quotes"),
        *("ankerbeispiele", "ankerbeispiel"),
    ),
    "counterexamples": (
        *("counterexamples", "counterexample", "counter examples", "counter example", "close but no"),
        *("non examples", "non example"),
    ),
    "speakers": ("speakers", "speaker"),
    "codable": ("codable",),
    "group": ("group", "groups"),
    "status": ("status",),
    "origin": ("origin",),
    "aliases": ("aliases", "alias", "synonyms"),
    "plain": ("plain", "plain words"),
    "color": ("color", "colour", "farbe"),
    "notes": ("notes", "note", "memo", "comment"),
    "codebook": ("codebook",),
    "version": ("version",),
    "codebook title": ("codebook title",),
    "study question": ("study question",),
}
"""Which headers are read as which column; the earlier one is taken where a table has several."""

_CODE_GROUPS = re.compile(r"code groups?( [0-9]{1,4})?")
"""ATLAS.ti's columns for the groups a code is in; several of them in one table, or one with a line a group."""

_CODING = (
    ("document", "tag", "content"),
    ("document name", "segment"),
    ("dokumentname", "segment"),
    ("quotation content",),
    ("excerpt copy",),
    ("transcript", "code"),
    ("transcript", "turn"),
)
"""Columns that tables of coded passages have and codebooks do not."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds what."""

    keys: dict[str, str]
    """The key of the table's column for each of ours."""
    code_groups: tuple[str, ...]
    """The keys of ATLAS.ti's columns of groups."""
    notes: tuple[str, ...]


def columns_of(table: Table, header: int) -> Columns:
    """What each column of a table is for, with notes on renamed and unknown ones. `header` is the line of the names.

    Raises CodebookError for a table without names of codes, and for one of coded passages.
    """
    where = f"{table.path}:{header}"
    written = {plain_header(column): column for column in reversed(table.columns)}
    _refuse_coding(written, table.path, header)
    found: dict[str, str] = {}
    for ours, headers in HEADERS.items():
        free = (written[name] for name in headers if name in written and written[name] not in found.values())
        if column := next(free, None):
            found[ours] = column
    if "name" not in found and "id" not in found:
        seen = ", ".join(f'"{column}"' for column in table.columns)
        message = f'no column is called "id" or "name", only {seen}; name the columns as id,name,definition'
        raise CodebookError(message, path=table.path, line=header)
    groups = [column for column in table.columns if _CODE_GROUPS.fullmatch(plain_header(column))]
    notes = [f'{where}: the column "{c}" is read as {o}' for o, c in found.items() if plain_header(c) != o]
    if groups:
        listed = ", ".join(f'"{column}"' for column in groups)
        notes.append(f"{where}: the code groups in {listed} are read as groups, of which a unit may have any number")
    if ignored := [f'"{column}"' for column in table.columns if column not in (*found.values(), *groups)]:
        notes.append(f"{where}: columns that a codebook does not have are not read: {', '.join(ignored)}")
    return Columns(
        keys={ours: column_key(column) for ours, column in found.items()},
        code_groups=tuple(column_key(column) for column in groups),
        notes=tuple(notes),
    )


def is_header(cells: Iterable[str]) -> bool:
    """Whether a row of cells names columns of a codebook: one of them is that of the name or id."""
    names = {plain_header(cell) for cell in cells}
    return not names.isdisjoint((*HEADERS["name"], *HEADERS["id"]))


def plain_header(column: str) -> str:
    """A header as it is compared: case-folded, with one blank for `_`, `-` and white space.

    >>> plain_header(" When_not to-use")
    'when not to use'
    """
    return " ".join(re.split(r"[\s_-]+", column_key(column))).strip()


def _refuse_coding(written: Iterable[str], path: Path, header: int) -> None:
    names = set(written)
    for columns in _CODING:
        if names.issuperset(columns):
            listed = " and ".join(f'"{column}"' for column in columns)
            message = (
                f"this is a table of coded passages, as its columns {listed} tell, and no codebook; "
                "give it to autocode agree, and export the codebook by itself"
            )
            raise CodebookError(message, path=path, line=header)
