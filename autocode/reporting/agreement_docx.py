"""The agreement report as a Word file, to edit: the words and tables of the page, real headings and header rows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.errors import ConfigError
from autocode.files import write_whole
from autocode.reporting.agenda_texts import legible
from autocode.reporting.agreement_page import INTERNAL, place_of
from autocode.reporting.agreement_report import AgreementReport
from autocode.reporting.differences import DisputedUnit
from autocode.reporting.report_parts import Table, Words

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as DocxTable
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

# No clock in a file: the same figures give the same bytes. Word writes the true time when somebody saves it, and so an
# edited file is known from one that this wrote.
_WRITTEN = datetime(2000, 1, 1)
_ZIPPED = (1980, 1, 1, 0, 0, 0)
_PAGE = 174.0
"""Between the margins, in millimetres."""
_PER_LETTER = 1.75
"""Of 8 points, in millimetres."""


def agreement_docx(report: AgreementReport) -> bytes:
    """The report as a Word file with the words and tables of the page; drawings are on the page only."""
    import docx

    document = docx.Document()
    _settle(document, report)
    _opening(document, report)
    for title, tables in (
        ("Readings" if report.readings else "Figures", report.figures),
        ("Who coded what", (report.who,)),
        ("Where readings differ" if report.readings else "Where coders differ", report.differences),
    ):
        document.add_heading(title, 1)
        for table in tables:
            _table(document, table, named=table.title != title)
    if report.disputed:
        document.add_heading(f"{len(report.disputed)} passages, in their words", 1)
        for passage in report.disputed:
            _passage(document, passage)
    _closing(document, report)
    buffer = io.BytesIO()
    document.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def write_agreement_docx(report: AgreementReport, path: Path) -> Path:
    """Write the Word file; returns where. The internal form says so in its file's name, too.

    Raises ConfigError where a file stands that somebody has edited, so that nobody's work is written over.
    """
    path = place_of(report, path)
    if path.is_file() and path.stat().st_size and not _is_untouched(path):
        raise ConfigError("is there already, edited or from elsewhere; choose another name, or move it away", path=path)
    write_whole(path, agreement_docx(report))
    return path


def _is_untouched(path: Path) -> bool:
    """Whether a file is one that this module wrote and nobody has saved since."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        with path.open("rb") as file:
            properties = docx.Document(file).core_properties
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError):
        return False
    written = properties.modified
    return properties.author == "autocode" and written is not None and written.replace(tzinfo=None) == _WRITTEN


def _settle(document: Document, report: AgreementReport) -> None:
    """Page, fonts and properties."""
    from docx.shared import Mm, Pt, RGBColor

    properties = document.core_properties
    properties.author, properties.last_modified_by, properties.comments = "autocode", "autocode", ""
    properties.title = legible(report.title)[:250]
    properties.created = properties.modified = _WRITTEN
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    if report.internal:
        section.header.paragraphs[0].text = INTERNAL
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 11.5)):
        font = document.styles[name].font
        font.size, font.color.rgb = Pt(size), RGBColor(0x1B, 0x1B, 0x1B)


def _opening(document: Document, report: AgreementReport) -> None:
    """What has to be read first."""
    from docx.shared import Mm

    if report.heading:
        _paragraph(document, report.heading[0].upper() + report.heading[1:], bold=True)
    document.add_heading(legible(report.title), 0)
    _paragraph(document, report.sentence)
    for line in report.to_paste:
        _paragraph(document, line).paragraph_format.left_indent = Mm(8)
    holds = "What this is about" if report.readings else "Holds for"
    rows = tuple((name, words) for name, words in report.holds_for)
    document.add_heading(holds, 2)
    grid = document.add_table(rows=0, cols=2)
    for row in rows:
        _fill(grid.add_row().cells, row, numeric=(False, False))
    _lines(grid)
    _widths(grid, (24, 150))


def _closing(document: Document, report: AgreementReport) -> None:
    """The words for a methods section, how to read alpha, and what else there is to know."""
    document.add_heading("For a methods section", 1)
    for paragraph in report.methods:
        _methods(document, paragraph)
    for title, lines in (("How to read alpha", report.reading), ("To know", report.notes)):
        if lines:
            document.add_heading(title, 1)
        for line in lines:
            _paragraph(document, line, bullet=True)


def _methods(document: Document, words: Iterable[Words]) -> None:
    """A paragraph in which what only the researcher can say is marked, and what was declared is in italics."""
    from docx.enum.text import WD_COLOR_INDEX

    paragraph = document.add_paragraph()
    for word in words:
        run = paragraph.add_run(legible(f"{word} "))
        run.italic = word.kind == "declared"
        if word.kind == "open":
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _table(document: Document, table: Table, *, named: bool) -> None:
    """A table under its heading, its first row repeated on every page that it goes on to."""
    from docx.oxml import OxmlElement

    if named:
        document.add_heading(legible(table.title), 2)
    grid = document.add_table(
        rows=1,
        cols=len(table.columns),
    )
    numeric = tuple(column.numeric for column in table.columns)
    _fill(grid.rows[0].cells, [column.name.strip() for column in table.columns], numeric=numeric, bold=True)
    grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in table.rows:
        _fill(grid.add_row().cells, row, numeric=numeric)
    for row in grid.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
    _lines(grid)
    _widths(grid, column_widths(table))
    if table.note:
        _paragraph(document, table.note, size=9)


def column_widths(table: Table) -> list[float]:
    """How wide each column is, in millimetres of a page: no word is broken while there is room."""
    texts = [[column.name, *(row[i] for row in table.rows)] for i, column in enumerate(table.columns)]
    whole = [t[1:] if column.numeric else [] for column, t in zip(table.columns, texts, strict=True)]  # never broken
    words = [[*w, *(word for text in t for word in text.split())] for w, t in zip(whole, texts, strict=True)]
    needed = [3 + _PER_LETTER * min(26, max(map(len, [*each, ""]))) for each in words]
    wanted = [3 + _PER_LETTER * min(60, max(len(text) for text in t)) for t in texts]
    spare = _PAGE - sum(needed)
    if spare <= 0:
        return [_PAGE * width / sum(needed) for width in needed]
    more = [max(0.0, w - n) for w, n in zip(wanted, needed, strict=True)]
    share = min(1.0, spare / sum(more)) if sum(more) else 0.0
    return [n + share * m for n, m in zip(needed, more, strict=True)]


def _widths(grid: DocxTable, wanted: Iterable[float]) -> None:
    from docx.shared import Mm

    grid.autofit = False
    for column, millimetres in zip(grid.columns, wanted, strict=True):
        column.width = Mm(millimetres)
        for cell in column.cells:
            cell.width = Mm(millimetres)


def _lines(grid: DocxTable) -> None:
    """Thin grey lines between the rows, and little room beside the words, so that many columns fit a page."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    line = 'w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"'
    sides = "".join(f"<w:{side} {line}/>" for side in ("top", "bottom", "insideH"))
    room = "".join(f'<w:{side} w:w="60" w:type="dxa"/>' for side in ("left", "right"))
    properties = grid._tbl.tblPr
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{room}</w:tblCellMar>"))


def _fill(cells: Iterable[_Cell], words: Iterable[str], *, numeric: Iterable[bool], bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for i, (cell, text, right) in enumerate(zip(cells, words, numeric, strict=True)):
        paragraph = cell.paragraphs[0]
        run = paragraph.add_run(legible(text))
        run.bold, run.font.size = bold or i == 0, Pt(8)
        paragraph.paragraph_format.space_after = Pt(0)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _passage(document: Document, unit: DisputedUnit) -> None:
    """A passage on which coders differ, with who gave it which code, and what they wrote beside it."""
    document.add_heading(legible(unit.where), 2)
    for line in unit.before:
        _paragraph(document, line, size=9)
    _paragraph(document, unit.words)
    for dispute in unit.codes:
        paragraph = _paragraph(document, "", bullet=True)
        paragraph.add_run(legible(dispute.code)).bold = True
        for side in dispute.sides:
            if side.decision != "missing":
                quotes = [f"“{quote}”" for quote in side.quotes if quote != unit.words]
                beside = " ".join([*quotes, *filter(None, (side.memo, side.why))])
                paragraph.add_run(legible(f"\n{side.coder}: {side.decision} {beside}"))


def _paragraph(
    document: Document, text: str, *, bullet: bool = False, bold: bool = False, size: int | None = None
) -> Paragraph:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    if bullet:
        paragraph._p.style = "ListBullet"  # by its id: by its name it takes 4 ms, and a study may have thousands
    if text:
        run = paragraph.add_run(legible(text))
        run.bold = bold or None
        run.font.size = Pt(size) if size else None
    return paragraph


def _with_fixed_dates(data: bytes) -> bytes:
    """The same zip, every part dated alike: python-docx writes the time of day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _ZIPPED), old.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
