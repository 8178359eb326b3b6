"""A codebook -> a file in any form that `read_codebook` reads."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from autocode.data import Codebook
from autocode.errors import CodebookError
from autocode.files import write_whole
from autocode.reading.codebook_cells import cells, filled_columns
from autocode.reading.codebook_json import codebook_to_json
from autocode.reading.codebook_office import word_table, workbook
from autocode.reading.codebook_yaml import codebook_to_yaml

FORMS = (".yaml", ".yml", ".json", ".csv", ".tsv", ".xlsx", ".docx")

_WORD_ALWAYS = ("id", "name", "parent", "definition")
_FORMULA_SIGNS = ("=", "+", "-", "@")


def write_codebook(codebook: Codebook, path: Path | str) -> None:
    """Writes a codebook in the form that the file's ending names, whole or not at all.

    A form may hold less than the codebook: see `codebook_losses`. Raises CodebookError for another ending, and for
    signs that the form cannot hold.
    """
    path = Path(path)
    try:
        content = _content(codebook, path)
    except CodebookError as error:
        raise CodebookError(str(error), path=path) from error
    try:
        write_whole(path, content)
    except OSError as error:
        raise CodebookError(
            f"cannot be written ({error.strerror}); check the folder and its rights", path=path
        ) from error


def _content(codebook: Codebook, path: Path) -> str | bytes:
    form = path.suffix.lower()
    if form in (".yaml", ".yml"):
        return codebook_to_yaml(codebook)
    if form == ".json":
        return codebook_to_json(codebook)
    if form not in FORMS:
        raise CodebookError(f"not a form that a codebook is written in; name the file {', '.join(FORMS)}")
    table = cells(codebook, path.stem)
    if form == ".xlsx":
        return workbook(table, codebook.title or codebook.id)
    if form == ".docx":
        return word_table(filled_columns(table, _WORD_ALWAYS), codebook.title or codebook.id)
    out = io.StringIO()
    csv.writer(out, delimiter="\t" if form == ".tsv" else ",", lineterminator="\n").writerows(table)
    return out.getvalue()


def formula_note(codebook: Codebook, path: Path | str) -> str:
    """A sentence on cells of a CSV that spreadsheet programs would take for formulas; blank: there are none."""
    path = Path(path)
    if path.suffix.lower() not in (".csv", ".tsv"):
        return ""
    table = cells(codebook, path.stem)
    risky = [cell for row in table[1:] for cell in row if cell.startswith(_FORMULA_SIGNS)]
    if not risky:
        return ""
    shown = " ".join(risky[0].split())[:40]
    count = f"{len(risky)} cells begin" if len(risky) > 1 else "1 cell begins"
    what = f'{count} with = + - or @, such as "{shown}", and are written as they are'
    return f"{path}: {what}; a spreadsheet program may take them for formulas: for one, write .xlsx"
