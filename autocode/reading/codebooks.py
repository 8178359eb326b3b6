"""A codebook file of any form -> `Codebook`; and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autocode.data import Codebook
from autocode.errors import CodebookError, InputError
from autocode.reading.codebook_checks import Draft, checked
from autocode.reading.codebook_forms import write_codebook
from autocode.reading.codebook_grids import read_xlsx_codebook
from autocode.reading.codebook_json import read_json_codebook
from autocode.reading.codebook_table import read_table_codebook
from autocode.reading.codebook_word import read_docx_codebook
from autocode.reading.codebook_yaml import codebook_to_yaml, read_yaml_codebook
from autocode.reading.decoding import decode
from autocode.reading.spreadsheet import SUFFIXES
from autocode.reading.tables import read_table

__all__ = ["Lines", "codebook_to_yaml", "read_codebook", "read_codebook_with_lines", "write_codebook"]

_TABLE = (".csv", ".tsv")
_TEXTS = {".yaml": read_yaml_codebook, ".yml": read_yaml_codebook, ".json": read_json_codebook}
_PACKED = {**dict.fromkeys(SUFFIXES, read_xlsx_codebook), ".docx": read_docx_codebook}
_NOT_YET = {
    ".qdc": "export the codebook as CSV or Excel from the program that wrote it",
    ".doc": "save it as DOCX",
    ".odt": "save it as DOCX",
    ".pdf": "copy its table into a spreadsheet",
}


@dataclass(frozen=True, slots=True)
class Lines:
    """Where the codes of a codebook stand in its file: lines of a text, rows of a sheet or table."""

    path: Path
    codes: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, code: str, field: str = "") -> int | None:
        """The line of a code, or of one of its fields, `exclude`; None where the code does not stand in the file."""
        return self.fields.get((code, field), self.codes.get(code))


def read_codebook(path: Path | str, *, encoding: str | None = None) -> Codebook:
    """The codebook in a YAML, JSON, CSV, spreadsheet or Word file: its codes in order, each theme before its codes.

    What the reader decided (columns under another name, ids made from names, names that stand for two codes) is
    told in `Codebook.notes`. Raises CodebookError, with path and line, for what cannot be used.
    """
    return read_codebook_with_lines(path, encoding=encoding)[0]


def read_codebook_with_lines(path: Path | str, *, encoding: str | None = None) -> tuple[Codebook, Lines]:
    """The codebook in a file, as `read_codebook` gives it, and the line on which each code stands."""
    path = Path(path)
    try:
        draft = _draft(path, encoding)
        codebook = checked(draft, path)
    except InputError as error:  # of whatever kind: here it is the codebook that cannot be used
        raised = CodebookError(_one_line(str(error)))
        raised.path, raised.line = error.path, error.line
        raise raised from error
    try:
        codebook.model_dump_json()
    except ValueError:  # an escape such as "\\ud800", which no file could be written with
        raise CodebookError(
            "it holds half a character (an escape from \\ud800 to \\udfff); write it whole", path=path
        ) from None
    lines = {code.id: line for code, line in zip(draft.codebook.codes, draft.lines, strict=True)}
    notes = tuple(_one_line(note) for note in codebook.notes)
    return codebook.model_copy(update={"notes": notes}), Lines(path, lines, draft.fields)


def _one_line(message: str) -> str:
    """A message that quotes a cell or text of several lines, as one sentence on one line."""
    return " ".join(message.splitlines())


def _draft(path: Path, encoding: str | None) -> Draft:
    kind = path.suffix.lower()
    if path.is_dir():
        raise CodebookError("a folder, but a codebook is one file; name it, such as codebook.yaml", path=path)
    if not path.exists():
        looked = "a codebook (.yaml, .csv, .xlsx, .docx or .json) was looked for there"
        raise CodebookError(f"there is no such file; {looked}, name another with --codebook", path=path)
    if kind in _NOT_YET:
        raise CodebookError(f"codebooks in {kind} files are not read yet; {_NOT_YET[kind]}", path=path)
    if kind in _TABLE:
        return read_table_codebook(read_table(path, encoding=encoding))
    if kind not in (*_TEXTS, *_PACKED):
        raise CodebookError("not read as a codebook; save it as .yaml, .csv or .xlsx", path=path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CodebookError(f"cannot be read ({error.strerror}); check its rights", path=path) from error
    if kind in _PACKED:
        return _PACKED[kind](data, path)
    text, notes = decode(data, path=path, encoding=encoding)
    draft = _TEXTS[kind](text, path)
    return replace(draft, codebook=draft.codebook.model_copy(update={"notes": (*notes, *draft.codebook.notes)}))
