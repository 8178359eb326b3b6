"""Transcripts as RTF, as f4, MAXQDA, TextEdit and old versions of Word write them.

The control words, destinations and character sets are striprtf's; the way through the file is our own, because bold
names, tables, deleted and hidden words and the number of notes are lost in striprtf's plain text, `|` in a transcript
cannot be told from its mark for a cell, and it leaves an emoji as two halves.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace

from autocode.reading.document import Block, Builder, Paragraph, Table
from autocode.reading.markup import some
from autocode.reading.paragraphs import conversation
from autocode.reading.rtf_tables import RtfTables
from autocode.reading.source import Reading, Source
from autocode.reading.table_rows import shown

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])"
    r"|[\r\n\0]+"
    r"|(?P<text>[^\\{}\r\n\0]+)"
    r"|\\",
    re.DOTALL,
)
_DEEPEST = 1000
_BEGINS = re.compile(rb"[\s\0]*(?:\xef\xbb\xbf)?\s*\{\\rtf")
_ASCII = re.compile("[\x00-\x7f]+|[^\x00-\x7f]+")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_BESIDE = {
    "footnote": "footnote",
    "annotation": "comment",
    **dict.fromkeys(("shptxt", "dptxbxtext"), "text box"),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "page header"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "page footer"),
}
"""What stands beside the text and is counted, and what a person calls it."""
_CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_NOT_SAID = frozenset({"listtext", "pntext"})
"""Numbers and bullets of lists, which the program writes."""
_STRUCTURE = frozenset({"par", "sect", "page", "row", "cell", "nestcell"})


@dataclass(slots=True)
class _State:
    """What holds within a group."""

    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False
    starred: bool = False
    """Whether a star came just before: what follows is for programs that know it."""
    skipped: bool = False
    fonts: bool = False
    beside: str = ""
    font: str = ""
    fallback: int = 1
    """How many characters after a \\u are for programs that do not know it."""


@dataclass(slots=True)
class _Found:
    """What is counted on the way."""

    beside: dict[str, list[str]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    changes: Counter[str] = field(default_factory=Counter)
    broken: int = 0


def read_rtf(source: Source) -> list[Reading]:
    """The transcript in an RTF, by the rules of paragraphs and tables; what was left out is told and counted."""
    if not source.data.strip(b"\0 \t\r\n"):
        raise source.error("is empty; export it again, or take it away")
    if not _BEGINS.match(source.data):
        kind = "a Word file (DOCX)" if source.data.startswith(b"PK") else "no RTF, though it is named so"
        raise source.error(f"is {kind}; rename it to what it is, or save it as RTF, DOCX or TXT")
    walk = _Walk(source)
    walk.go()
    notes = [f"{source.path}: {sentence}" for sentence in walk.told()]
    return [conversation(walk.out.blocks, source, notes)]


class _Walk:
    """A way through the file, token by token, that fills `out` and counts what is left out."""

    def __init__(self, source: Source) -> None:
        from striprtf.striprtf import charset_map, destinations, specialchars

        self.out = Builder()
        self._tables = RtfTables(self.out)
        self._charsets: Mapping[int, str] = charset_map
        self._skipped: Collection[str] = (destinations | _NOT_SAID) - {"upr"}  # upr: the words, for old programs
        self._signs: Mapping[str, str] = specialchars
        self._source = source
        self._rtf = source.data.decode("latin-1")
        self._raw_page = _raw_page(source.data)
        self._page = "cp1252"
        self._fonts: dict[str, str] = {}
        self._font = ""
        self._state = _State()
        self._stack: list[_State] = []
        self._bytes = bytearray()
        self._bytes_page = ""
        self._to_skip = 0
        self._beside: list[str] = []
        self._run = ""
        self._halves = False
        self._found = _Found()
        self._closed = False

    def go(self) -> None:
        """Reads the file to its end, or to the brace that closes it."""
        at = 0
        while at < len(self._rtf) and not self._closed:
            token = _TOKEN.match(self._rtf, at)
            assert token is not None  # any character begins one
            at = token.end()
            if token["hex"]:
                self._byte(bytes.fromhex(token["hex"]), self._page_here())
            elif token["text"]:
                self._plain(token["text"])
            elif token["word"] == "bin":
                at += max(int(token["number"] or 0), 0)  # the bytes of a picture
            else:
                self._flush()
                if token["brace"]:
                    self._group(opens=token["brace"] == "{")
                elif token["word"]:
                    self._control(token["word"], token["number"])
                elif token["sign"]:
                    self._sign(token["sign"])
        self._flush()
        self._tables.finish()
        if self._halves:  # an emoji is written as two, each with its fallback
            self.out.blocks[:] = [_mended(block) for block in self.out.blocks]

    # --- Characters ----------------------------------------------------------------------------------------------

    def _page_here(self) -> str:
        return self._fonts.get(self._state.font, self._page)

    def _byte(self, byte: bytes, page: str) -> None:
        if self._to_skip:
            self._to_skip -= 1
            return
        if page != self._bytes_page:
            self._flush()
        self._bytes_page = page
        self._bytes += byte

    def _plain(self, text: str) -> None:
        """Characters as they stand: those that RTF does not allow so are bytes of a code page."""
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        for stretch in _ASCII.findall(text[skipped:]):
            if not stretch.isascii():
                self._byte(stretch.encode("latin-1"), self._raw_page or self._page_here())
                continue
            if self._bytes and _is_cut(bytes(self._bytes), self._bytes_page):  # a letter of two bytes, the second ASCII
                self._bytes += stretch[:1].encode()
                stretch = stretch[1:]
            self._flush()
            self._put(stretch)

    def _flush(self) -> None:
        """The bytes since the last other token are characters of one code page."""
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            text = data.decode(self._bytes_page, "replace")
            self._found.broken += 0 if self._state.skipped else text.count("\ufffd")
            self._put(text)

    def _put(self, text: str) -> None:
        state = self._state
        if not text or state.skipped or not self._stack:
            return
        if state.beside:
            self._beside.append(text)
            return
        kind = "deletion" if state.deleted else "hidden" if state.hidden else "insertion" if state.inserted else ""
        if kind != self._run:  # a stretch is counted once, for as long as it goes on
            self._found.changes[kind] += 1
            self._found.hidden += [""] if kind == "hidden" else []
        if kind == "hidden":
            self._found.hidden[-1] += text
        self._run = kind
        if kind not in ("deletion", "hidden"):
            self.out.add(text, bold=state.bold)

    # --- Groups and control words --------------------------------------------------------------------------------

    def _group(self, *, opens: bool) -> None:
        self._to_skip = 0
        if opens:
            self._stack.append(self._state)
            self._state = copy(self._state)
            if len(self._stack) > _DEEPEST:
                raise self._source.error(f"nests groups more than {_DEEPEST} deep, as no text does; save it again")
        elif self._stack:
            beside = self._state.beside
            self._state = self._stack.pop()
            if beside and not self._state.beside:
                self._found.beside.setdefault(beside, []).append(" ".join(whole("".join(self._beside)).split()))
                self._beside = []
            self._closed = not self._stack

    def _sign(self, sign: str) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif sign == "*":
            self._state.starred = True
        elif sign in "\r\n":
            self._end_paragraph()
        else:
            self._put(self._signs.get(sign, "\t" if sign == "\t" else ""))

    def _control(self, word: str, number: str | None) -> None:
        state = self._state
        starred, state.starred = state.starred, False
        skip, self._to_skip = self._to_skip, 0
        if state.fonts:
            self._read_font(word, number)
        elif word in _BESIDE:
            state.beside, state.skipped = state.beside or _BESIDE[word], False
        elif starred or word in self._skipped:
            state.skipped, state.fonts = True, word == "fonttbl"
        elif word == "u":
            character = chr(int(number or 0) % 0x10000)
            self._halves = self._halves or bool(_HALF.match(character))
            self._put(character.strip("\0"))
            self._to_skip = state.fallback
        elif word == "uc":
            state.fallback = max(0, min(int(number or 1), 16))
        elif word in ("par", "sect", "page"):
            self._end_paragraph()
        elif word in self._signs and word not in _STRUCTURE:
            if skip:  # it is the fallback
                self._to_skip = skip - 1
            else:
                self._put(self._signs[word])
        elif not state.skipped and not state.beside:
            self._format(word, number)

    def _format(self, word: str, number: str | None) -> None:
        state, on = self._state, number != "0"
        if word == "b":
            state.bold = on
        elif word == "v":
            state.hidden = on
        elif word == "deleted":
            state.deleted = on
        elif word == "revised":
            state.inserted = on
        elif word == "f":
            state.font = number or ""
        elif word == "deff":
            state.font = self._font = number or ""
        elif word == "plain":
            state.bold = state.hidden = state.deleted = state.inserted = False
            state.font = self._font
        elif word == "ansicpg":
            self._page = f"cp{number}" if _is_known(f"cp{number}") else self._page
        elif word in _CODE_PAGES:
            self._page = _CODE_PAGES[word]
        else:
            self._tables.control(word, number)

    def _end_paragraph(self) -> None:
        if self._state.beside:
            self._beside.append("\n")
        elif not self._state.skipped and not self._state.deleted:
            self._tables.end_paragraph()

    def _read_font(self, word: str, number: str | None) -> None:
        """A font's character set, where it is another than the document's (0)."""
        if word == "f":
            self._state.font = number or ""
        elif word == "fcharset" and number and int(number):
            page = self._charsets.get(int(number), "")
            if _is_known(page):
                self._fonts[self._state.font] = page

    # --- What was decided ----------------------------------------------------------------------------------------

    def told(self) -> Iterator[str]:
        """What was decided on the way, a sentence each."""
        changes, found = self._found.changes, self._found
        if changes["insertion"] + changes["deletion"]:
            taken, gone = some(changes["insertion"], "insertion"), some(changes["deletion"], "deletion")
            yield f"tracked changes read as if accepted: {taken} taken, {gone} left out"
        hidden = [words for words in found.hidden if words.strip()]
        if hidden:
            yield f"{some(len(hidden), 'stretch', 'es')} of hidden text left out (the first: {shown(hidden[0])})"
        for kind, every in found.beside.items():
            if filled := [words for words in every if words]:
                many = some(len(filled), kind, "es" if kind.endswith("x") else "s")
                coding = "; they can be coding" if kind == "comment" else ""
                are = "are" if filled[1:] else "is"
                yield f"{many} {are} not read as speech{coding} (the first: {shown(filled[0])})"
        if found.broken:
            yield f"letters that its code page does not have ({found.broken}x) became U+FFFD; look for a better copy"
        if not self._closed:
            yield "ends in the middle of a group, as a cut file does; look whether its last words are there"


def _raw_page(data: bytes) -> str:
    """UTF-8 where the file holds it although RTF should be ASCII; blank where it has no such bytes or others."""
    if data.isascii():
        return ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _is_known(page: str) -> bool:
    try:
        codecs.lookup(page)
    except (LookupError, ValueError):
        return False
    return True


def _is_cut(data: bytes, page: str) -> bool:
    """Whether the last letter of some bytes lacks its second byte."""
    try:
        data.decode(page)
    except UnicodeDecodeError as error:
        return "incomplete" in error.reason
    return False


def _mended(block: Block) -> Block:
    """A paragraph with whole characters, and so those of a table."""
    if isinstance(block, Paragraph):
        bold = len(whole(block.text[: block.bold]))
        return replace(block, text=whole(block.text), bold=bold)
    rows = (tuple(replace(cell, blocks=tuple(map(_mended, cell.blocks))) for cell in row) for row in block.rows)
    return Table(tuple(rows))


def whole(text: str) -> str:
    """The text with the two halves of an emoji joined; a half without its other is U+FFFD."""
    joined = _PAIR.sub(lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)
    return _HALF.sub("\ufffd", joined)
