"""A codebook's cells as a workbook or a Word table. The same cells give the same bytes, on any day."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from autocode.errors import CodebookError

if TYPE_CHECKING:
    from docx.table import _Cell

_DATE = datetime(1980, 1, 1)
"""The first day that a ZIP knows: files of one content are one file, whenever they are written."""
_LONGEST_CELL = 32_767
_WIDTHS = {"definition": 50, "include": 40, "exclude": 40, "examples": 40, "counterexamples": 40, "notes": 30}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(cells: Sequence[Sequence[str]], name: str) -> bytes:
    """An XLSX file with one sheet: every cell is text, so nothing in it is ever worked out; the header stays in sight.

    Raises CodebookError for what a cell cannot hold.
    """
    import xlsxwriter

    _check(cells, "XLSX", longest=_LONGEST_CELL)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": name, "created": _DATE})
    sheet = book.add_worksheet("codebook")
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for column, header in enumerate(cells[0]):
        sheet.set_column(column, column, _WIDTHS.get(header, 18 if header in ("id", "name", "parent") else 14))
    for at, row in enumerate(cells):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(at, column, cell, wrapped if at else bold)
    sheet.freeze_panes(1, 2)
    book.close()
    return out.getvalue()


def word_table(cells: Sequence[Sequence[str]], name: str) -> bytes:
    """A DOCX file with the cells as a table below a heading, on a page across, its header repeated on every page.

    Raises CodebookError for what Word cannot hold.
    """
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    _check([[name], *cells], "DOCX")
    document = docx.Document()
    properties = document.core_properties
    properties.created = properties.modified = _DATE
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.title = name[:255]
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width
    document.styles["Normal"].font.size = Pt(8)
    document.add_heading(name, level=1)
    table = document.add_table(rows=len(cells), cols=len(cells[0]), style="Table Grid")
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            _fill(cell, text, bold=texts is cells[0])
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    out = io.BytesIO()
    document.save(out)
    return dated(out.getvalue())


def _fill(cell: _Cell, text: str, *, bold: bool) -> None:
    """A paragraph a line."""
    for at, line in enumerate(text.split("\n")):
        paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
        if line:
            paragraph.add_run(line).bold = bold or None


def dated(data: bytes) -> bytes:
    """The same ZIP with one date on all its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for member in before.infolist():
            after.writestr(
                zipfile.ZipInfo(member.filename, _DATE.timetuple()[:6]), before.read(member), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def _check(cells: Sequence[Sequence[str]], form: str, longest: int | None = None) -> None:
    """Raises CodebookError where the form cannot hold a cell: else the library would cut it or leave it out."""
    for row in cells:
        for cell in row:
            if found := _UNWRITABLE.search(cell):
                sign = f"U+{ord(found[0]):04X}"
                what = f'the cell "{cell[:20]!s}" of "{row[0]}" holds the control character {sign}'
                raise CodebookError(" ".join(f"{what}, which {form} cannot; delete it, or write JSON".split()))
            if longest and len(cell.encode("utf-16-le")) // 2 > longest:
                what = f'a cell of "{row[0]}" has more than {longest:,} characters, which {form} cannot hold'
                raise CodebookError(f"{what}; shorten it, or write YAML, JSON or CSV")
