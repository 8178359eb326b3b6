"""Transcripts as Word files (DOCX): what a reader of the page sees once every tracked change is accepted.

Deleted and moved-away words, hidden text, field codes, comments, notes, headers and footers stay out, and how many they
are is told. A text box stands twice in the file, for new and old programs: it is read once. The elements are known by
their local names, because Strict Open XML has other namespaces than the usual form.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from autocode.reading.archives import Archive
from autocode.reading.document import Builder, Cell, Table
from autocode.reading.markup import child, local, some, value
from autocode.reading.paragraphs import conversation
from autocode.reading.source import Reading, Source
from autocode.reading.table_rows import shown
from autocode.reading.word_parts import beside, bold_styles, is_on, main_part
from autocode.reading.word_symbols import symbol

if TYPE_CHECKING:
    from lxml.etree import _Element

_WORD = re.compile(r"http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/\S*wordprocessingml/\S*main\Z")
_SIGNS = {
    "tab": "\t",
    "ptab": "\t",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
}
_PASSED_OVER = frozenset(
    {
        *("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr"),
        *("instrText", "delText", "delInstrText", "fldData", "rt"),  # rt: how a word is spoken, above the word
    }
)


def read_word(source: Source) -> list[Reading]:
    """The transcript in a Word file, by the rules of paragraphs and tables; what was left out is told and counted."""
    archive, main, walk = walked(source, Builder(), {})
    notes = [f"{source.path}: {sentence}" for sentence in (*walk.told(), *beside(archive, main))]
    return [conversation(walk.out.blocks, source, notes)]


def walked(source: Source, out: Builder, also: Mapping[str, Callable[[_Element], None]]) -> tuple[Archive, str, Walk]:
    """A Word file gone through from first to last: its archive, the member that holds the text, and the walk.

    The text is put into `out`; `also` is called for elements of those names where they stand in it, such as the ends of
    comments. Raises TranscriptError where the file is no Word document.
    """
    archive = Archive(source, "DOCX")
    main = main_part(archive)
    root = archive.xml(main)
    if not is_word(root):
        raise source.error("is no Word document, though it is packed like one; save it as DOCX, TXT or VTT")
    walk = Walk(bold_styles(archive, main), out, also)
    body = child(root, "body")
    if body is not None:
        walk.blocks(body)
    out.end_if_begun()
    return archive, main, walk


def is_word(element: _Element) -> bool:
    """Whether it is the root of a Word document."""
    tag = element.tag
    return isinstance(tag, str) and _WORD.match(tag[1:].partition("}")[0]) is not None and local(element) == "document"


# --- The body ----------------------------------------------------------------------------------------------------


class Walk:
    """A way through the body, element by element, that fills `out` and counts what is left out."""

    def __init__(
        self,
        bold_styles: Mapping[str, bool],
        out: Builder | None = None,
        also: Mapping[str, Callable[[_Element], None]] | None = None,
    ) -> None:
        self.out = out or Builder()
        self._bold_styles = bold_styles
        self._paragraph_bold = False
        self._counts: Counter[str] = Counter()
        self._hidden: list[str] = []
        self._odd_symbols: Counter[str] = Counter()
        self._boxes: list[_Element] = []
        self._special: dict[str, Callable[[_Element], None]] = {
            "p": self._paragraph,
            "r": self._run,
            "tbl": self._table,
            "ins": self._inserted,
            "moveTo": self._inserted,
            "del": self._deleted,
            "moveFrom": self._deleted,
            "AlternateContent": self._alternate,
            "txbxContent": self._boxes.append,
            "altChunk": self._embedded,
            "oMathPara": self._formula,
            "oMath": self._formula,
            **(also or {}),
        }

    def blocks(self, parent: _Element) -> None:
        """Everything in an element: what is no block of its own is looked into."""
        for element in parent:
            name = local(element)
            special = self._special.get(name)
            if special:
                special(element)
            elif name and name not in _PASSED_OVER:
                self.blocks(element)

    def _paragraph(self, paragraph: _Element) -> None:
        properties = child(paragraph, "pPr")
        self._paragraph_bold = self._bold_styles.get(value(child(properties, "pStyle")) or "", False)
        before = sum(self._counts.values())
        self.blocks(paragraph)
        mark = child(properties, "rPr")
        gone = child(mark, "del") is not None or child(mark, "moveFrom") is not None
        if sum(self._counts.values()) == before:  # only the paragraph's end was changed
            self._counts["insertion"] += child(mark, "ins") is not None
            self._counts["deletion"] += child(mark, "del") is not None
        if not gone:  # without its end, a paragraph goes on in the next one
            self.out.end_paragraph()
        boxes, self._boxes[:] = list(self._boxes), []
        for box in boxes:
            self._counts["box"] += 1
            self.out.end_if_begun()
            self.blocks(box)

    def _run(self, run: _Element) -> None:
        properties = child(run, "rPr")
        bold = is_on(properties, "b")
        if bold is None:
            bold = self._bold_styles.get(value(child(properties, "rStyle")) or "", self._paragraph_bold)
        if is_on(properties, "vanish"):
            hidden = "".join(element.text or "" for element in run if local(element) == "t")
            self._hidden += [hidden] if hidden.strip() else []
            return
        for element in run:
            name = local(element)
            if name == "t":
                self.out.add((element.text or "").replace("\n", " "), bold=bold)
            elif name in _SIGNS:
                self.out.add(_SIGNS[name], bold=bold)
            elif name == "sym":
                self._symbol(element, bold)
            elif name in self._special:
                self._special[name](element)
            elif name not in _PASSED_OVER:
                self.blocks(element)  # drawings, pictures and objects may hold text boxes

    def _symbol(self, element: _Element, bold: bool) -> None:
        font = value(element, "font") or ""
        sign, known = symbol(font, value(element, "char") or "")
        self.out.add(sign, bold=bold)
        if not known:
            self._odd_symbols[font] += 1

    def _formula(self, element: _Element) -> None:
        self.out.add("".join(part.text or "" for part in element.iter() if local(part) == "t"))

    def _embedded(self, _: _Element) -> None:
        self._counts["embedded"] += 1

    def _inserted(self, element: _Element) -> None:
        self._counts["insertion" if local(element) == "ins" else "move"] += 1
        self.blocks(element)

    def _deleted(self, element: _Element) -> None:
        self._counts["deletion" if local(element) == "del" else "moved away"] += 1

    def _alternate(self, element: _Element) -> None:
        """One of the forms in which a thing is given: the first with words, or else any."""
        forms = [form for form in element if local(form) in ("Choice", "Fallback")]
        with_words = (form for form in forms if any(local(part) == "t" and part.text for part in form.iter()))
        chosen = next(with_words, None)
        if chosen is not None:
            self.blocks(chosen)

    def _table(self, table: _Element) -> None:
        self.out.end_if_begun()
        rows = [self._row(row) for row in _inside(table, "tr")]
        self.out.blocks.append(Table(tuple(row for row in rows if row)))

    def _row(self, row: _Element) -> tuple[Cell, ...]:
        properties = child(row, "trPr")
        if child(properties, "del") is not None:
            self._counts["deletion"] += 1
            return ()
        self._counts["insertion"] += child(properties, "ins") is not None
        cells: list[Cell] = []
        column = _whole(value(child(properties, "gridBefore")), 0)
        outside = self.out.blocks
        for cell in _inside(row, "tc"):
            about = child(cell, "tcPr")
            width = max(_whole(value(child(about, "gridSpan")), 1), 1)
            merged = value(child(about, "vMerge"))
            self.out.blocks = []
            if child(about, "cellDel") is None:
                self.blocks(cell)
                self.out.end_if_begun()
            else:
                self._counts["deletion"] += 1
            cells.append(Cell(tuple(self.out.blocks), column, width, merged is not None and merged != "restart"))
            column += width
        self.out.blocks = outside
        return tuple(cells)

    def told(self) -> Iterator[str]:
        """What was decided on the way, a sentence each."""
        counts = self._counts
        if changed := counts["insertion"] + counts["deletion"] + counts["move"] + counts["moved away"]:
            moves = max(counts["move"], counts["moved away"])
            moved = f", {some(moves, 'moved passage')} read where moved to" if moves else ""
            also = f"{some(counts['insertion'], 'insertion')} taken, {some(counts['deletion'], 'deletion')} left out"
            of = "tracked change" if changed == 1 else "tracked changes"
            yield f"{of} read as if accepted: {also}{moved}"
        if self._hidden:
            hidden = some(len(self._hidden), "stretch", "es")
            yield f"{hidden} of hidden text left out (the first: {shown(self._hidden[0])})"
        if counts["box"]:
            boxes = some(counts["box"], "text box", "es")
            yield f"{boxes} read after the paragraph that holds it; look whose words they are"
        if counts["embedded"]:
            yield f"{some(counts['embedded'], 'embedded document')} not read; paste the text into the file"
        for font, times in self._odd_symbols.items():
            yield f'{some(times, "sign")} of the font "{font}" not known here and kept as U+FFFD; look what it shows'


def _inside(parent: _Element, name: str) -> Iterator[_Element]:
    """The rows of a table or the cells of a row, also those within content controls and custom XML."""
    for element in parent:
        found = local(element)
        if found == name:
            yield element
        elif found in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            yield from _inside(element, name)


def _whole(value: str | None, default: int) -> int:
    """A number of columns. Word itself allows 63, so a larger one is a slip."""
    return min(int(value), 100) if value and value.isascii() and value.isdigit() and len(value) < 9 else default
