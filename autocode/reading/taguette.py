"""A Taguette project (SQLite) -> its highlights as rows of coding, each with the text that its offsets count in.

Taguette counts bytes of UTF-8 over the words of its HTML, tags of the HTML left out. Its own exports to CSV and XLSX
hold neither places nor coders, so the project is the better source.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path

from autocode.errors import InputError
from autocode.reading.coders import name_of
from autocode.reading.coding_rows import Row
from autocode.reading.databases import Database, opened, whole, words
from autocode.reading.markup import some

TABLES = {
    "documents": "id name contents",
    "tags": "id path",
    "highlights": "id document_id start_offset end_offset snippet",
    "highlight_tags": "highlight_id tag_id",
}
_ALONE = "admin"  # the login of everybody who runs Taguette on their own computer


@dataclass(frozen=True)
class _Document:
    """A document of a project."""

    name: str
    text: str
    starts: tuple[int, ...]
    """The byte at which each character of the text begins, and that after the last."""

    def place(self, byte: int | None) -> int | None:
        """The character that begins at a byte; None where none does."""
        if byte is None:
            return None
        at = bisect_left(self.starts, byte)
        return at if at < len(self.starts) and self.starts[at] == byte else None


def read_taguette(path: Path) -> tuple[list[Row], list[str]]:
    """A row for each highlight and tag of a project, in order of document and place, and what to know of it."""
    with opened(path) as database:
        if not database.has(**TABLES):
            there = ", ".join(sorted(database.tables)) or "none"
            raise InputError(
                f"is a database, but not a project of Taguette (tables: {there}); export the coding as a table",
                path=path,
            )
        documents = _documents(database)
        tags = {id: name_of(words(tag)) for id, tag in database.rows("tags", "id path")}
        tagged: dict[object, list[object]] = defaultdict(list)
        for highlight, tag in database.rows("highlight_tags", "highlight_id tag_id"):
            tagged[highlight].append(tag)
        coders, told = _coders(database)
        highlights = list(database.rows("highlights", "id document_id start_offset end_offset snippet"))
    rows: list[Row] = []
    left: dict[str, list[object]] = defaultdict(list)
    for id, document, start, end, snippet in highlights:
        if document not in documents:
            left["of a document that is not in the project"].append(id)
            continue
        names = [tags[tag] for tag in tagged.get(id, []) if tags.get(tag)]
        if not names:
            left["without a tag"].append(id)
        rows += [
            _row(path, whole(id) or 0, documents[document], (whole(start), whole(end)), words(snippet), name, coder)
            for coder in [coders.get(id, name_of(path.stem))]
            for name in names
        ]
    rows.sort(key=lambda row: (row.transcript, int(row.start or 0), int(row.end or 0), row.line))
    notes = [
        f"{path}: a Taguette project with {some(len(documents), 'document')}, {some(len(tags), 'tag')} and "
        f"{some(len(highlights), 'highlight')}, read as {some(len(rows), 'row')}; the number after the file's name is "
        "that of the highlight",
        *told,
    ]
    for why, ids in left.items():
        notes.append(f"{path}:{ids[0]}: {some(len(ids), 'highlight')} {why}, so no coding; not read")
    return rows, notes


def _row(
    path: Path, line: int, document: _Document, byte: tuple[int | None, int | None], snippet: str, tag: str, coder: str
) -> Row:
    start, end = document.place(byte[0]), document.place(byte[1])
    fits = start is not None and end is not None and start < end
    # The snippet is what the person saw marked; where the places do not fit the text, it is all there is to go by.
    quote = document.text[start:end] if fits else html_words(snippet)
    return Row(
        path=path,
        line=line,
        transcript=document.name,
        coder=coder,
        code=tag,
        start=str(start) if fits else "",
        end=str(end) if fits else "",
        quote=quote,
        text=document.text,
    )


def _documents(database: Database) -> dict[object, _Document]:
    """The documents by id; two of one name are told apart, as they are two interviews."""
    read = [
        (id, name_of(words(name)), html_words(words(contents)))
        for id, name, contents in database.rows("documents", "id name contents")
    ]
    times = Counter(name for _, name, _ in read)
    return {
        id: _Document(
            name=f"{name} (document {id})" if times[name] > 1 or not name else name,
            text=text,
            starts=(0, *accumulate(len(sign.encode("utf-8", "surrogatepass")) for sign in text)),
        )
        for id, name, text in read
    }


def _coders(database: Database) -> tuple[Mapping[object, str], list[str]]:
    """Who made each highlight, where the project knows more than one person."""
    path = database.path
    made: dict[object, str] = {}
    if database.has(commands="id user_login payload"):
        for _, login, payload in database.rows("commands", "id user_login payload"):
            try:
                command = json.loads(words(payload))
            except (ValueError, RecursionError):
                continue
            if isinstance(command, dict) and command.get("type") == "highlight_add" and words(login):
                highlight = command.get("highlight_id")
                if isinstance(highlight, int):
                    made.setdefault(highlight, name_of(words(login)))  # who marked it, not who mended it later
    people = sorted({*made.values()})
    if people in ([], [_ALONE]):
        who = "names nobody" if not people else f'calls everybody "{_ALONE}"'
        return {}, [f"{path}: Taguette {who}, so this is taken as the coding of {name_of(path.stem)}, after the file"]
    return made, [f"{path}: the coder of a highlight is who made it first ({', '.join(people)})"]


class _Words(HTMLParser):
    """Collects the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def html_words(html: str) -> str:
    """The words of a piece of HTML as they stand in it, the tags left out.

    >>> html_words("<p>Salt &amp; <i>pepper</i></p>")
    'Salt & pepper'
    """
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.found)
