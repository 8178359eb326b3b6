"""The agenda of a meeting as a workbook. The same passages give the same bytes, on any day."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from autocode.data import Disputes
from autocode.reading import TO_FILL
from autocode.reporting.agenda_cells import INTERNAL, how_to
from autocode.reporting.agenda_texts import legible

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_DATE = datetime(1980, 1, 1)
_WIDTHS = {
    **{"no": 5, "code": 15, "transcript": 10, "turn": 5, "at": 9, "speaker": 8},
    **{"before": 30, "passage": 42, "after": 24, "instead": 13},
    **{"decision": 13, "talked about": 30, "why": 26, "by": 11, "date": 11, "change the codebook?": 20, "id": 18},
}
_CODER = 28
_LINE_POINTS, _MOST_POINTS = 13.5, 409  # of a row, as Excel has it
_INK, _LINE, _HEAD, _FILL = "#1A1A1A", "#BFBFBF", "#E7EAEE", "#FFF8E1"


def workbook(
    found: Disputes, cells: Sequence[Sequence[str]], choices: Sequence[tuple[str, str, str]], *, reflexive: bool
) -> bytes:
    """An XLSX file: a sheet with the passages, one that says how to fill it in, and one with what may be decided."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "Agenda", "created": _DATE})
    sheet = book.add_worksheet("agenda")
    _passages(book, sheet, cells)
    guide = book.add_worksheet("how to fill in")
    _guide(book, guide, found, reflexive=reflexive)
    if not reflexive:
        listed = book.add_worksheet("choices")
        _choices(book, listed, choices)
        _validate(sheet, cells, len(choices))
    book.close()
    return out.getvalue()


def _passages(book: Workbook, sheet: Worksheet, cells: Sequence[Sequence[str]]) -> None:
    def form(**more: Any) -> Any:
        return book.add_format(
            {
                "font_size": 10,
                "font_color": _INK,
                "text_wrap": True,
                "valign": "top",
                "border": 1,
                "border_color": _LINE,
            }
            | more
        )

    head, head_fill = form(bold=True, bg_color=_HEAD), form(bold=True, bg_color="#FFE9A8")
    text, quoted, number = form(num_format="@"), form(num_format="@", bold=True), form(align="center")
    aside, fill = form(num_format="@", font_color="#595959"), form(num_format="@", bg_color=_FILL)
    day = form(num_format="yyyy-mm-dd", bg_color=_FILL)
    header = cells[0]
    # Bold letters are wider, so that fewer of them fill a line.
    widths = [_WIDTHS.get(name, _CODER) / (1.12 if name == "passage" else 1.0) for name in header]
    to_fill = {*TO_FILL, "talked about"}
    for column, name in enumerate(header):
        sheet.set_column(column, column, _WIDTHS.get(name, _CODER))
        sheet.write_string(0, column, name, head_fill if name in to_fill else head)
    for at, row in enumerate(cells[1:], start=1):
        sheet.set_row(at, _height(row, widths))
        for column, (name, cell) in enumerate(zip(header, row, strict=True)):
            if name == "no":
                sheet.write_number(at, column, int(cell), number)
            elif name in to_fill:
                sheet.write_blank(at, column, None, day if name == "date" else fill)
            else:
                of_side = name in ("before", "after", "id")
                sheet.write_string(at, column, cell, quoted if name == "passage" else aside if of_side else text)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(cells) - 1), len(header) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: on A4 nobody could read it
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.set_footer(f"&L{INTERNAL}&RPage &P of &N")


def _height(cells: Sequence[str], widths: Sequence[float]) -> float:
    """The height of a row in points, as its fullest cell needs it: not every program works it out on opening."""
    lines = max(
        sum(1 + int(len(line) // width) for line in cell.split("\n")) for cell, width in zip(cells, widths, strict=True)
    )
    return min(_MOST_POINTS, 4 + lines * _LINE_POINTS)


def _validate(sheet: Worksheet, cells: Sequence[Sequence[str]], n: int) -> None:
    """What may be decided as a list to choose from; Excel's lists in a formula end at 255 characters, a range not."""
    if len(cells) < 2:
        return
    column = list(cells[0]).index("decision")
    sheet.data_validation(
        1,
        column,
        len(cells) - 1,
        column,
        {
            "validate": "list",
            "source": f"=choices!$A$2:$A${n + 1}",
            "input_title": "decision",
            "input_message": "yes, no, or the code it gets instead",
            "error_title": "Not one of the choices",
            "error_message": "Write yes, no, or the id of a code (sheet `choices`). Blank: not decided.",
        },
    )


def _guide(book: Workbook, sheet: Worksheet, found: Disputes, *, reflexive: bool) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 90)
    lines = how_to(found, reflexive=reflexive)
    for at, line in enumerate(lines):
        sheet.set_row(at, _height([line], [85]))
        sheet.write_string(at, 0, line, wrapped)
    at = len(lines) + 1
    sheet.write_string(at, 0, "Passages of each code:", bold)
    for code, n in found.by_code.items():
        at += 1
        sheet.write_string(at, 0, legible(f"{code}: {n}"))


def _choices(book: Workbook, sheet: Worksheet, choices: Sequence[tuple[str, str, str]]) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 90)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    for at, row in enumerate([("decision", "name", "definition"), *choices]):
        sheet.set_row(at, _height(row, [24, 30, 85]))
        for column, cell in enumerate(row):
            sheet.write_string(at, column, legible(cell), wrapped if at else bold)
    sheet.freeze_panes(1, 0)
