"""Transcripts as OpenDocument texts (ODT): what LibreOffice shows when every tracked change is accepted.

The text of an ODT stands as if the changes were accepted; what was deleted is kept apart and is not read. Notes and
comments stand in the midst of the words, and are left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autocode.reading.archives import Archive
from autocode.reading.document import Builder, Cell, Table
from autocode.reading.markup import child, local, some, value
from autocode.reading.paragraphs import conversation
from autocode.reading.source import Reading, Source
from autocode.reading.table_rows import shown

if TYPE_CHECKING:
    from lxml.etree import _Element

_WHITE = re.compile(r"[ \t\r\n]+")
_MOST_REPEATED = 1000
"""How often a cell, a row or a blank may be repeated: spreadsheets do it a million times, texts do not."""
_SIGNS = {"tab": "\t", "line-break": "\n"}
_DRAWN = "{urn:oasis:names:tc:opendocument:xmlns:drawing:"
_CAPTION = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:"
_PASSED_OVER = frozenset(
    {
        *("tracked-changes", "forms", "sequence-decls", "variable-decls", "user-field-decls", "event-listeners"),
        *("annotation-end", "script", "ruby-text", "number", "index-title-template"),
    }
)


def read_odt(source: Source) -> list[Reading]:
    """The transcript in an OpenDocument text, by the rules of paragraphs and tables; what was left out is counted."""
    archive = Archive(source, "ODT")
    if "META-INF/manifest.xml" in archive.names:
        manifest = archive.xml("META-INF/manifest.xml")
        if any(local(element) == "encryption-data" for element in manifest.iter()):
            raise source.error("is protected by a password; open it and save it without one")
    root = archive.xml("content.xml")
    text = child(root, "body", "text")
    if text is None:
        raise source.error("is an OpenDocument file but no text (perhaps a spreadsheet); save the text as ODT or TXT")
    walk = _Walk(_bold_styles(archive, root), _hidden_styles(root))
    walk.blocks(text)
    walk.out.end_if_begun()
    notes = [f"{source.path}: {sentence}" for sentence in walk.told(text)]
    return [conversation(walk.out.blocks, source, notes)]


class _Walk:
    """A way through the body, element by element, that fills `out` and counts what is left out."""

    def __init__(self, bold_styles: dict[str, bool], hidden_styles: set[str]) -> None:
        self.out = Builder()
        self._bold_styles = bold_styles
        self._hidden_styles = hidden_styles
        self._left_out: dict[str, list[str]] = {}
        self._boxes: list[_Element] = []
        self._counts: Counter[str] = Counter()

    def blocks(self, parent: _Element) -> None:
        """The paragraphs and tables in an element; lists and sections are looked into."""
        for element in parent:
            self._block(element)

    def _block(self, element: _Element) -> None:
        name = local(element)
        if name in ("p", "h"):
            self._inline(element, self._bold_styles.get(value(element, "style-name") or "", False))
            self.out.end_paragraph()
            self._open_boxes()
        elif name == "table":
            self._table(element)
        elif name == "frame":
            self._boxes.append(element)
            self._open_boxes()
        elif name in ("note", "annotation"):
            self._note(element)
        elif not _is_passed_over(element):
            self.blocks(element)

    def _open_boxes(self) -> None:
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            before = len(self.out.blocks)
            self.blocks(box)
            self._counts["box"] += len(self.out.blocks) > before  # else a picture

    def _inline(self, parent: _Element, bold: bool) -> None:
        self._text(parent.text, bold)
        for element in parent:
            name = local(element)
            style = value(element, "style-name") or ""
            if name == "s":
                self.out.add(" " * _times(element, "c"), bold=bold)
            elif name in _SIGNS:
                self.out.add(_SIGNS[name], bold=bold)
            elif name in ("note", "annotation"):
                self._note(element)
            elif name == "hidden-text" or (name == "span" and style in self._hidden_styles):
                self._keep_apart("stretch of hidden text", "".join(map(str, element.itertext())))
            elif str(element.tag).startswith(_DRAWN):
                self._boxes.append(element)  # a frame or a shape, which may hold words
            elif not _is_passed_over(element):
                self._inline(element, self._bold_styles.get(style, bold) if name == "span" else bold)
            self._text(element.tail, bold)

    def _text(self, text: str | None, bold: bool) -> None:
        """White space of the XML is one blank, and none after a blank; other blanks have an element of their own."""
        words = _WHITE.sub(" ", text or "")
        self.out.add(words[1:] if words.startswith(" ") and self.out.ends_with_blank() else words, bold=bold)

    def _note(self, element: _Element) -> None:
        kind = "comment" if local(element) == "annotation" else value(element, "note-class") or "footnote"
        inside = child(element, "note-body") if kind != "comment" else element
        words = (part for part in (inside if inside is not None else element) if local(part) in ("p", "h", "list"))
        self._keep_apart(kind, " ".join("".join(map(str, part.itertext())) for part in words))

    def _keep_apart(self, kind: str, words: str) -> None:
        self._left_out.setdefault(kind, []).append(" ".join(words.split()))

    def _table(self, table: _Element) -> None:
        spans: dict[int, int] = {}  # how many more rows the cell above covers, by column
        rows = [self._row(row, spans) for row in _inside(table, ("table-row",))]
        self.out.blocks.append(Table(tuple(row for row in rows if row)))

    def _row(self, row: _Element, spans: dict[int, int]) -> tuple[Cell, ...]:
        outside = self.out.blocks
        cells: list[Cell] = []
        column = 0
        for cell in _inside(row, ("table-cell", "covered-table-cell")):
            width = _times(cell, "number-columns-spanned")
            covered = local(cell) == "covered-table-cell"
            self.out.blocks = []
            self.blocks(cell)
            filled = self.out.blocks or not covered
            if filled or spans.get(column, 0):
                cells.append(Cell(tuple(self.out.blocks), column, width, covered and spans.get(column, 0) > 0))
            if covered:
                spans[column] = max(spans.get(column, 0) - 1, 0)
            else:
                spans[column] = _times(cell, "number-rows-spanned") - 1
            column += _times(cell, "number-columns-repeated")
        self.out.blocks = outside
        return tuple(cells)

    def told(self, text: _Element) -> Iterator[str]:
        """What was decided on the way, a sentence each."""
        changes: Counter[str] = Counter()
        for kept in text:
            if local(kept) == "tracked-changes":
                changes.update(local(kind) for region in kept for kind in region)
        if changes["insertion"] + changes["deletion"]:
            taken, gone = some(changes["insertion"], "insertion"), some(changes["deletion"], "deletion")
            yield f"tracked changes read as if accepted: {taken} taken, {gone} left out"
        for kind, found in self._left_out.items():
            many = f"{len(found)} stretches of hidden text" if " " in kind and found[1:] else some(len(found), kind)
            coding = "; they can be coding: put a copy of the file into coding/ then" if kind == "comment" else ""
            yield f"{many} {'are' if found[1:] else 'is'} not read as speech{coding} (the first: {shown(found[0])})"
        if self._counts["box"]:
            boxes = some(self._counts["box"], "text box", "es")
            yield f"{boxes} read after the paragraph that holds it; look whose words they are"


def _is_passed_over(element: _Element) -> bool:
    """Whether it holds nothing that is read: comments of the XML, declarations, descriptions of pictures."""
    name = local(element)
    return not name or name in _PASSED_OVER or name.endswith("-source") or str(element.tag).startswith(_CAPTION)


def _inside(parent: _Element, names: tuple[str, ...]) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, also those within groups and headers."""
    for element in parent:
        if local(element) in names:
            yield element
        elif local(element) in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _inside(element, names)


def _times(element: _Element, attribute: str) -> int:
    """A number of repeats, 1 where there is none."""
    number = value(element, attribute) or ""
    return max(1, min(int(number), _MOST_REPEATED)) if number.isascii() and number.isdigit() and len(number) < 9 else 1


# --- Styles ------------------------------------------------------------------------------------------------------


def _bold_styles(archive: Archive, root: _Element) -> dict[str, bool]:
    """Which styles, of this document and those it is based on, say that text is bold or not."""
    own: dict[str, str] = {}
    parents: dict[str, str] = {}
    roots = [archive.xml("styles.xml")] if "styles.xml" in archive.names else []
    for style in _styles([*roots, root]):
        name = value(style, "name") or ""
        parents[name] = value(style, "parent-style-name") or ""
        own[name] = value(child(style, "text-properties"), "font-weight") or ""
    bold = {}
    for name in own:
        at, seen = name, {""}
        while own.get(at) == "" and at not in seen:
            seen.add(at)
            at = parents[at]
        if weight := own.get(at):
            bold[name] = weight == "bold" or (weight.isdigit() and int(weight[:4]) >= 600)
    return bold


def _hidden_styles(root: _Element) -> set[str]:
    styles = _styles([root])
    return {value(s, "name") or "" for s in styles if value(child(s, "text-properties"), "display") == "none"}


def _styles(roots: list[_Element]) -> Iterator[_Element]:
    for root in roots:
        for group in root:
            if local(group) in ("styles", "automatic-styles"):
                yield from (style for style in group if local(style) == "style")
