"""The comments of a Word file -> rows of coding: the author is the coder, the words marked are the place.

A comment is code names by `;` or line, each perhaps with a memo (`code: memo`); replies are memos of the comment they
answer. The words are taken in the same walk that reads the transcript, so that tracked changes, hidden text and text
boxes are treated alike.

Dedoose writes its own form: the first line is `Codes (485-522)`, in characters of its text, then one code a line; the
marks of Word are whole paragraphs there, and the author is a program, so that the file is the coder.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.data import Span, overlap, sha256
from autocode.errors import InputError
from autocode.reading.archives import Archive
from autocode.reading.coders import name_of
from autocode.reading.coding_rows import Row
from autocode.reading.document import Builder
from autocode.reading.markup import child, local, some, value
from autocode.reading.source import Source
from autocode.reading.word import Walk, is_word, read_word
from autocode.reading.word_parts import bold_styles, main_part

if TYPE_CHECKING:
    from lxml.etree import _Element


_DEDOOSE = re.compile(r"Codes\s*\(\s*(\d{1,12})\s*-\s*(\d{1,12})\s*\)\s*")
_NOBODY = frozenset({"", "author", "autor", "auteur", "autore", "verfasser", "unknown author"})
"""What Word writes for an author when personal information is taken out of a file."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment beside a text."""

    id: str
    author: str
    text: str
    """Its paragraphs as lines."""
    span: Span | None
    """The words marked, in the text that the walk gave; None where none are left."""
    replies: tuple[str, ...] = ()
    """`author: text` of those that answer it, in order."""


def read_word_comments(path: Path) -> tuple[list[Row], list[str]]:
    """A row for each code in the comments of a Word file, in order of the text, and what to know of them."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    source = Source(path, data)
    text, comments = comments_of(source)
    if not comments:
        return [], [f"{path}: no comments are in it, so no coding"]
    canonical = sha256(read_word(source)[0].text)
    notes = [
        f"{path}: {some(len(comments), 'comment')}; the number after the file's name is theirs, in order of the text"
    ]
    numbered = list(enumerate(comments, start=1))
    headed = [each for each in numbered if _DEDOOSE.match(each[1].text)]
    if headed:
        rows, told = _of_dedoose(path, text, headed, left=len(numbered) - len(headed))
    else:
        rows, told = _by_authors(path, text, numbered)
    return [_with_text(row, text, canonical) for row in rows], [*notes, *told]


def _with_text(row: Row, text: str, canonical: str) -> Row:
    from dataclasses import replace

    return replace(row, text=text, text_sha256=canonical)


def _by_authors(path: Path, text: str, comments: Sequence[tuple[int, Comment]]) -> tuple[list[Row], list[str]]:
    """The rows of comments that people wrote."""
    rows = []
    notes = []
    nobody = [number for number, comment in comments if comment.author.casefold() in _NOBODY]
    if nobody:
        notes.append(
            f"{path}:{nobody[0]}: {some(len(nobody), 'comment')} without an author, taken as the coding of {path.stem}"
        )
    unmarked = [number for number, comment in comments if comment.span is None]
    if unmarked:
        some_of = some(len(unmarked), "comment")
        notes.append(f"{path}:{unmarked[0]}: {some_of} that mark no words, or deleted ones; kept without a place")
    blank = []
    for number, comment in comments:
        coder = path.stem if comment.author.casefold() in _NOBODY else comment.author
        codes = [code for code in map(name_of, re.split(r"[;\n]", comment.text)) if code]
        if not codes:
            blank.append(number)
        rows += [_row(path, number, comment, comment.span, text, coder, code) for code in codes]
    if blank:
        notes.append(f"{path}:{blank[0]}: {some(len(blank), 'comment')} without words; not read")
    return rows, notes


def _row(path: Path, number: int, comment: Comment, span: Span | None, text: str, coder: str, code: str) -> Row:
    return Row(
        path=path,
        line=number,
        transcript=name_of(path.stem),
        coder=name_of(coder),
        code=code,
        start=str(span.start) if span else "",
        end=str(span.end) if span else "",
        quote=text[span.start : span.end] if span else "",
        memo="; ".join(comment.replies),
    )


# --- Dedoose ----------------------------------------------------------------------------------------------------


def _of_dedoose(
    path: Path, text: str, comments: Sequence[tuple[int, Comment]], *, left: int
) -> tuple[list[Row], list[str]]:
    """The rows of a document that Dedoose wrote: by its own places if they agree with the paragraphs marked."""
    rows = []
    notes = [f"{path}: written by Dedoose, which names no coder, so it is taken as the coding of {path.stem}"]
    own = next((found for ends in (1, 2, 0) if (found := _own_spans(text, comments, ends))), None)
    if own:
        notes.append(f"{path}: placed by Dedoose's own characters, which agree with the paragraphs marked")
    else:
        number, comment = comments[0]
        notes.append(
            f"{path}:{number}: Dedoose's own places do not agree with the paragraphs marked (the first: "
            f"{comment.text.splitlines()[0].strip()}), so the whole paragraphs are taken"
        )
    if left:
        notes.append(f"{path}: {some(left, 'comment')} not in Dedoose's form; not read")
    for number, comment in comments:
        span = own[number] if own else comment.span
        codes = [code for code in map(name_of, comment.text.split("\n")[1:]) if code]
        rows += [_row(path, number, comment, span, text, path.stem, code) for code in codes]
    return rows, notes


def _own_spans(text: str, comments: Sequence[tuple[int, Comment]], ends: int) -> dict[int, Span] | None:
    """Where the heads of the comments say, a paragraph's end being so many characters; None where one is elsewhere."""
    places = [at for at, sign in enumerate(text) for _ in range(ends if sign == "\n" else 1)]
    found = {}
    for number, comment in comments:
        match = _DEDOOSE.match(comment.text)
        assert match is not None
        start, end = int(match[1]), int(match[2])
        if not start < end <= len(places):
            return None
        span = Span(places[start], places[end - 1] + 1)
        if comment.span is None or not overlap(span, comment.span):
            return None
        found[number] = span
    return found


# --- The comments of a file -------------------------------------------------------------------------------------


@dataclass
class _Recorder(Builder):
    """Builds the document, and keeps the text as it goes by, so that the ends of comments have a place in it."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    starts: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def add(self, text: str, *, bold: bool = False) -> None:
        super().add(text, bold=bold)
        self._keep(text)

    def end_paragraph(self) -> None:
        super().end_paragraph()
        self._keep("\n")

    def _keep(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def span(self, id: str) -> Span | None:
        """The words that a comment marks; for a comment without a range, the paragraph it stands in."""
        text = "".join(self.parts)
        start, end = self.starts.get(id), self.ends.get(id, self.points.get(id))
        if start is None and end is not None:
            start, end = text.rfind("\n", 0, end) + 1, text.find("\n", end) % (len(text) + 1)
        if start is None or end is None or not text[start:end].strip():
            return None
        said = text[start:end]
        return Span(start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip()))


class _Marking(Walk):
    """The walk of the transcript's reader, which also keeps where the ends of comments are."""

    def __init__(self, bold_styles: dict[str, bool]) -> None:
        super().__init__(bold_styles)
        self.out = self.recorder = _Recorder()
        self._special |= {
            "commentRangeStart": lambda element: self._mark(self.recorder.starts, element),
            "commentRangeEnd": lambda element: self._mark(self.recorder.ends, element),
            "commentReference": lambda element: self._mark(self.recorder.points, element),
        }

    def _mark(self, places: dict[str, int], element: _Element) -> None:
        places[value(element, "id") or ""] = self.recorder.length


def comments_of(source: Source) -> tuple[str, list[Comment]]:
    """The text of a Word file, a line a paragraph, and its comments in order of that text, replies with their comment.

    Raises TranscriptError where the file cannot be read.
    """
    archive = Archive(source, "DOCX")
    main = main_part(archive)
    root = archive.xml(main)
    if not is_word(root):
        raise source.error("is no Word document, though it is packed like one; save it as DOCX")
    walk = _Marking(bold_styles(archive, main))
    if (body := child(root, "body")) is not None:
        walk.blocks(body)
    out = walk.recorder
    out.end_if_begun()
    elements = list(_comment_elements(archive, main))
    answers = _answers(archive, main, elements)
    replies: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        id = _attribute(element, "id")
        if id in answers:
            text = " ".join(_text(element).split())
            author = name_of(_attribute(element, "author"))
            replies[answers[id]].append(f"{author}: {text}" if author else text)
    found = [
        Comment(
            id=id,
            author=name_of(_attribute(element, "author")),
            text=_text(element),
            span=out.span(id),
            replies=tuple(replies[id]),
        )
        for element in elements
        if (id := _attribute(element, "id")) not in answers
    ]
    found.sort(key=lambda comment: (comment.span is None, comment.span or Span(0, 0)))
    return "".join(out.parts), found


def _attribute(element: _Element, name: str) -> str:
    return value(element, name) or ""


def _part(archive: Archive, main: str, kind: str) -> str | None:
    """The member of a kind that belongs to the document, by what the document says, else by its usual name."""
    folder, name = posixpath.split(main)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations in archive.names:
        for relation in archive.xml(relations):
            if (relation.get("Type") or "").endswith(f"/{kind}"):
                target = relation.get("Target") or ""
                member = posixpath.normpath(
                    target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                )
                if member in archive.names:
                    return member
    usual = posixpath.join(folder, f"{kind}.xml")
    return usual if usual in archive.names else None


def _comment_elements(archive: Archive, main: str) -> Iterator[_Element]:
    part = _part(archive, main, "comments")
    if part is not None:
        yield from (element for element in archive.xml(part) if local(element) == "comment")


def _answers(archive: Archive, main: str, elements: Sequence[_Element]) -> dict[str, str]:
    """For each reply, the comment at the head of its thread. Word ties them by the last paragraph of each."""
    part = _part(archive, main, "commentsExtended")
    if part is None:
        return {}
    by_paragraph = {}
    for element in elements:
        paragraphs = [child for child in element if local(child) == "p"]
        if paragraphs and (paragraph := _attribute(paragraphs[-1], "paraId")):
            by_paragraph[paragraph] = _attribute(element, "id")
    above = {
        by_paragraph[paragraph]: by_paragraph[parent]
        for extended in archive.xml(part)
        if (paragraph := _attribute(extended, "paraId")) in by_paragraph
        and (parent := _attribute(extended, "paraIdParent")) in by_paragraph
    }
    heads = {}
    for reply in above:
        at, seen = reply, {reply}
        while at in above and above[at] not in seen:
            at = above[at]
            seen.add(at)
        if at not in above:  # a ring of replies has no head: each is then a comment of its own
            heads[reply] = at
    return heads


def _text(element: _Element) -> str:
    """The words of a comment, a line a paragraph; a line break in it is a line, too."""
    signs = {"tab": " ", "br": "\n", "cr": "\n"}
    return "\n".join(
        "".join(part.text or "" if local(part) == "t" else signs.get(local(part), "") for part in paragraph.iter())
        for paragraph in element
        if local(paragraph) == "p"
    ).strip()
