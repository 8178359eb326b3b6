"""The agenda of a meeting as a Word file: a table a passage. The same passages give the same bytes, on any day."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from autocode.data import Dispute, Disputes
from autocode.reading import FOR_ALL, TO_FILL
from autocode.reading.codebook_office import dated
from autocode.reporting.agenda_cells import DECIDED, INTERNAL, TALKED, called, how_to, say_of, spoken
from autocode.reporting.agenda_texts import clock, in_short, legible

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

_DATE = datetime(1980, 1, 1)
_NARROW, _WIDE = 3.7, 13.3  # centimetres
_TINT, _FILL = "E7EAEE", "FFF8E1"


def word_file(found: Disputes, choices: Sequence[tuple[str, str, str]], *, reflexive: bool) -> bytes:
    """A DOCX file: how to fill it in, then under a heading for each code a table for each passage."""
    import docx
    from docx.shared import Cm, Pt

    document = docx.Document()
    properties = document.core_properties
    properties.created = properties.modified = _DATE
    properties.author = properties.comments = properties.last_modified_by = ""
    properties.title = "Agenda"
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(1.8)
    page.footer.paragraphs[0].text = INTERNAL
    style = document.styles["Normal"]
    style.font.size = Pt(9.5)
    style.paragraph_format.space_after = Pt(3)
    document.add_heading("Different readings" if reflexive else "Agenda: disputed passages", level=1)
    for line in how_to(found, reflexive=reflexive):
        document.add_paragraph(line)
    if not reflexive:
        document.add_paragraph("Decisions: " + legible(", ".join(id for id, *_ in choices)) + ".")
        _for_all(document)
    code = None
    for dispute in found.disputes:
        if dispute.code != code:
            code = dispute.code
            document.add_heading(legible(f"{code} ({dispute.name}): {found.by_code[code]}"), level=2)
            if definition := next((words for id, _, words in choices if id == code), ""):
                document.add_paragraph(legible(definition))
        _passage(document, dispute, reflexive=reflexive)
    out = io.BytesIO()
    document.save(out)
    return dated(out.getvalue())


def _for_all(document: Document) -> None:
    """By whom and when the decisions are, once for all of them."""
    document.add_paragraph(f"By and date, {FOR_ALL}:")
    table = _table(document, [("by", ""), ("date", "")])
    for row in table.rows:
        _tint(row.cells[1], _FILL)
    document.add_paragraph()


def _passage(document: Document, dispute: Dispute, *, reflexive: bool) -> None:
    where = [f"{dispute.transcript}", f"turn {dispute.turn}" * bool(dispute.turn), clock(dispute.at), dispute.speaker]
    rows = [(str(dispute.number), f"{dispute.code} · {', '.join(filter(None, where))}")]
    before, after = spoken(dispute.before, end=True), spoken(dispute.after)
    rows += [("before", before)] * bool(before)
    rows += [("passage", in_short(dispute.passage))]
    rows += [("after", after)] * bool(after)
    rows += [(called(side.coder), say_of(side)) for side in dispute.sides]
    rows += [("instead", dispute.instead)] * bool(dispute.instead)
    rows += [(name, "") for name in (TALKED if reflexive else DECIDED)]
    rows += [("id", dispute.id)]
    table = _table(document, rows)
    for (name, _), row in zip(rows, table.rows, strict=True):
        if name in (*TO_FILL, "talked about"):
            _tint(row.cells[1], _FILL)
        _stay_together(row)
    _tint(table.rows[0].cells[0], _TINT)
    _tint(table.rows[0].cells[1], _TINT)
    for at in (0, [name for name, _ in rows].index("passage")):
        for paragraph in table.rows[at].cells[1].paragraphs:
            for run in paragraph.runs:
                run.bold = True
    document.add_paragraph()


def _table(document: Document, rows: Sequence[tuple[str, str]]) -> Table:
    from docx.shared import Cm

    table: Table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, (_NARROW, _WIDE), strict=True):
        column.width = Cm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text, width in zip(row.cells, texts, (_NARROW, _WIDE), strict=True):
            cell.width = Cm(width)
            for at, line in enumerate(legible(text).split("\n")):
                paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
                paragraph.paragraph_format.space_after = 0
                if line:
                    paragraph.add_run(line)
    return table


def _stay_together(row: Any) -> None:
    """A row is not broken over two pages, and stays with the next one: a passage is read as one."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in row.cells:
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _tint(cell: _Cell, color: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), color)
    cell._tc.get_or_add_tcPr().append(shade)
