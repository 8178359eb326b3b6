"""The agenda of a meeting as a file: a workbook, a Word file, or a table for other programs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from autocode.data import Codebook, Disputes
from autocode.errors import ConfigError
from autocode.files import write_whole
from autocode.reporting.agenda_cells import cells, choices


def write_agenda(found: Disputes, path: Path, codebook: Codebook, *, reflexive: bool = False) -> None:
    """Write the disputed passages for a meeting, as .xlsx, .docx or .csv; as .json for another program.

    The same passages give the same bytes. Raises ConfigError for another kind of file.
    """
    kind = path.suffix.casefold()
    if kind == ".json":
        write_whole(path, found.model_dump_json(indent=1) + "\n")
    elif kind == ".csv":
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(cells(found, reflexive=reflexive))
        write_whole(path, buffer.getvalue())
    elif kind == ".xlsx":
        from autocode.reporting.agenda_xlsx import workbook

        write_whole(path, workbook(found, cells(found, reflexive=reflexive), choices(codebook), reflexive=reflexive))
    elif kind == ".docx":
        from autocode.reporting.agenda_docx import word_file

        write_whole(path, word_file(found, choices(codebook), reflexive=reflexive))
    else:
        raise ConfigError("an agenda is written as .xlsx, .docx, .csv or .json; choose one of these endings", path=path)
