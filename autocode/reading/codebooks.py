"""A codebook file -> `Codebook`; and back, as YAML."""

from __future__ import annotations

from pathlib import Path

from autocode.data import Codebook
from autocode.errors import CodebookError, InputError
from autocode.files import write_whole
from autocode.reading.codebook_checks import Draft, checked
from autocode.reading.codebook_csv import read_csv_codebook
from autocode.reading.codebook_yaml import codebook_to_yaml, read_yaml_codebook
from autocode.reading.decoding import decode
from autocode.reading.tables import read_table

__all__ = ["codebook_to_yaml", "read_codebook", "write_codebook"]

_YAML, _TABLE = (".yaml", ".yml"), (".csv", ".tsv")
_NOT_YET = {
    ".xlsx": "save it as CSV from the spreadsheet program",
    ".xls": "save it as CSV from the spreadsheet program",
    ".ods": "save it as CSV from the spreadsheet program",
    ".json": "JSON with the keys of the YAML form is YAML: give its name the ending .yaml",
    ".docx": "copy its table into a spreadsheet and save that as CSV",
    ".qdc": "export the codebook as CSV from the program that wrote it",
}


def read_codebook(path: Path | str, *, encoding: str | None = None) -> Codebook:
    """The codebook in a YAML or CSV file: its codes in order, each theme before its codes.

    What the reader decided (columns under another name, ids made from names, names that stand for two codes) is
    told in `Codebook.notes`. Raises CodebookError, with path and line, for what cannot be used.
    """
    path = Path(path)
    try:
        codebook = checked(_draft(path, encoding), path)
    except InputError as error:  # of whatever kind: here it is the codebook that cannot be used
        raised = CodebookError(_one_line(str(error)))
        raised.path, raised.line = error.path, error.line
        raise raised from error
    return codebook.model_copy(update={"notes": tuple(_one_line(note) for note in codebook.notes)})


def _one_line(message: str) -> str:
    """A message that quotes a cell or text of several lines, as one sentence on one line."""
    return " ".join(message.splitlines())


def _draft(path: Path, encoding: str | None) -> Draft:
    kind = path.suffix.lower()
    if path.is_dir():
        raise CodebookError("a folder, but a codebook is one file; name it, such as codebook.yaml", path=path)
    if not path.exists():
        looked = "a codebook (.yaml or .csv) was looked for there"
        raise CodebookError(f"there is no such file; {looked}, name another with --codebook", path=path)
    if kind in _NOT_YET:
        raise CodebookError(f"codebooks in {kind} files are not read yet; {_NOT_YET[kind]}", path=path)
    if kind in _TABLE:
        return read_csv_codebook(read_table(path, encoding=encoding))
    if kind not in _YAML:
        raise CodebookError("not read as a codebook; save it as .yaml or .csv", path=path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CodebookError(f"cannot be read ({error.strerror}); check its rights", path=path) from error
    text, notes = decode(data, path=path, encoding=encoding)
    draft = read_yaml_codebook(text, path)
    noted = draft.codebook.model_copy(update={"notes": (*notes, *draft.codebook.notes)})
    return Draft(noted, draft.lines, draft.mentions, draft.history)


def write_codebook(codebook: Codebook, path: Path | str) -> None:
    """Writes a codebook as a YAML file, whole or not at all."""
    write_whole(Path(path), codebook_to_yaml(codebook))
