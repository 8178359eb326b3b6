"""One file that may hold human coding -> its rows, whatever program wrote it: a table, a Word file, a project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.coding_profiles import HOW, Profile, profile_of, translated
from autocode.reading.coding_rows import WORD_COMMENTS, Row, coding_rows, form_of
from autocode.reading.qualcoder import DATABASE, read_qualcoder
from autocode.reading.spreadsheet import SUFFIXES, sheets
from autocode.reading.tables import Table, read_table, table_of
from autocode.reading.taguette import read_taguette
from autocode.reading.word_comments import read_word_comments

TABLES = (".csv", ".tsv")
WORKBOOKS = tuple(sorted(SUFFIXES))
_PROJECTS: dict[str, tuple[str, Callable[[Path], tuple[list[Row], list[str]]]]] = {
    ".docx": (WORD_COMMENTS, read_word_comments),
    ".qda": ("QualCoder project", read_qualcoder),
    ".sqlite3": ("Taguette project", read_taguette),
    ".sqlite": ("Taguette project", read_taguette),
    ".db": ("Taguette project", read_taguette),
}
_REFUSED = {
    ".doc": "old Word files are not read; save it as DOCX",
    ".qdpx": "QDPX projects are not read yet; export the coded segments as a table",
    ".mex": "the texts in MAXQDA's exchange files are encrypted; export the coded segments as a table (XLSX)",
    ".mx": "MAXQDA's projects cannot be read; export the coded segments as a table (XLSX)",
    ".nvp": "NVivo's projects cannot be read; export the coding as a table or as REFI-QDA",
    ".nvpx": "NVivo's projects cannot be read; export the coding as a table or as REFI-QDA",
}


@dataclass(frozen=True)
class CodingFile:
    """A file that may hold coding, as it was read."""

    path: Path
    form: str
    """What it is, in words; blank: no coding is in it."""
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    """As the file writes them, where it holds tables."""

    @property
    def columns(self) -> list[str]:
        """The columns of all its tables."""
        return [column for table in self.tables for column in table.columns]


def may_hold_coding(path: Path) -> bool:
    """Whether a file of a folder is looked at for coding."""
    kind = path.suffix.casefold()
    if path.name.startswith((".", "~$")):
        return False
    return kind == ".qda" if path.is_dir() else kind in (*TABLES, *WORKBOOKS, *_PROJECTS)


def read_coding_file(
    path: Path, coders: Collection[str], *, encoding: str | None = None, mappings: Sequence[Profile] = ()
) -> CodingFile:
    """The rows of coding in a file; `coders` are the names known so far. Raises InputError for a broken file."""
    kind = path.suffix.casefold()
    refusal = next((why for suffix, why in _REFUSED.items() if kind.startswith(suffix) and kind != ".docx"), "")
    if refusal:
        raise InputError(refusal, path=path)
    if kind in _PROJECTS:
        form, read = _PROJECTS[kind]
        rows, notes = read(path)
        return CodingFile(path, form if rows else "", _by(form, rows), tuple(notes))
    tables = _workbook(path) if kind in WORKBOOKS else {"": read_table(path, encoding=encoding)}
    return _from_tables(path, tables, coders, mappings)


def _workbook(path: Path) -> dict[str, Table]:
    """The sheets of a workbook that hold anything, as tables."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    found = {}
    for name, cells in sheets(data, path).items():
        records = [(line, row) for line, row in enumerate(cells, start=1) if any(cell.strip() for cell in row)]
        if records:
            found[name] = table_of(records, path)
    return found


def _from_tables(
    path: Path, tables: dict[str, Table], coders: Collection[str], mappings: Sequence[Profile]
) -> CodingFile:
    rows: list[Row] = []
    notes: list[str] = []
    forms: dict[str, str] = {}
    for sheet, table in tables.items():
        form, read, told = _from_table(table, coders, mappings)
        rows += read
        notes += [*table.notes, *told]
        if form:
            forms[sheet] = form
        if form and not read:
            notes.append(f"{path}: no coding in it, only a header")
    others = [sheet for sheet in tables if sheet not in forms]
    if forms and len(tables) > 1:
        notes.append(f"{path}: read are the sheets {', '.join(forms)}" + f"; not {', '.join(others)}" * bool(others))
    form = ", ".join(dict.fromkeys(forms.values()))
    return CodingFile(path, form, tuple(rows), tuple(notes), tuple(tables.values()))


def _from_table(table: Table, coders: Collection[str], mappings: Sequence[Profile]) -> tuple[str, list[Row], list[str]]:
    """What a table is, in words, its rows, and what a person should know."""
    form = form_of(table, coders)
    profile = None if form and table.has("transcript") else profile_of(table, mappings)
    if profile is not None:
        ours, told = translated(table, profile)
        rows, more = coding_rows(ours, "long", coders)
        return profile.name, [*_by(profile.name, rows)], [*told, *more]
    if form == "long" and not table.has("transcript"):
        there = ", ".join(table.columns)
        raise InputError(
            f'there is no column "transcript" (columns: {there}){nearest("transcript", table.columns)}; {HOW}',
            path=table.path,
        )
    rows, told = coding_rows(table, form, coders)
    return f"{form} table" if form else "", rows, told


def _by(program: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, with what wrote them."""
    return tuple(replace(row, program=program) for row in rows)


__all__ = ["DATABASE", "CodingFile", "may_hold_coding", "read_coding_file"]
