"""A QualCoder project (the folder X.qda) -> its coded texts as rows, each with the text its places count in."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from autocode.errors import InputError
from autocode.reading.coders import name_of
from autocode.reading.coding_rows import Row
from autocode.reading.databases import Database, opened, whole, words
from autocode.reading.markup import some

DATABASE = "data.qda"
TABLES = {"source": "id name fulltext", "code_name": "cid name", "code_text": "ctid cid fid seltext pos0 pos1 owner"}
_OTHERS = {
    "code_image": ("imid", "picture with a code", "pictures with a code"),
    "code_av": ("avid", "stretch of sound or film with a code", "stretches of sound or film with a code"),
    "annotation": ("anid", "annotation, a memo without a code", "annotations, memos without a code"),
}
"""What a project holds beside codes on texts: the key of each table, and what it holds."""


def read_qualcoder(path: Path) -> tuple[list[Row], list[str]]:
    """A row for each coded text of a QualCoder project, in order of source and place, and what to know of it."""
    file = path / DATABASE if path.is_dir() else path
    if not file.is_file():
        raise InputError(
            f"is no project of QualCoder: it has no {DATABASE}; copy the whole folder, not single files", path=path
        )
    with opened(file) as database:
        if not database.has(**TABLES):
            there = ", ".join(sorted(database.tables)) or "none"
            raise InputError(f"is a database, but not a project of QualCoder (tables: {there})", path=file)
        codes = {id: name_of(words(name)) for id, name in database.rows("code_name", "cid name")}
        sources = {
            id: (name_of(words(name)), words(text)) for id, name, text in database.rows("source", "id name fulltext")
        }
        coded = list(database.rows("code_text", "ctid cid fid seltext pos0 pos1 owner memo"))
        notes = _others(database)
    rows: list[Row] = []
    left: dict[str, list[object]] = defaultdict(list)
    for id, code, source, quote, start, end, owner, memo in coded:
        if not codes.get(code):
            left["whose code is not in the project"].append(id)
        elif source not in sources or not sources[source][0]:
            left["whose text is not in the project"].append(id)
        elif not name_of(words(owner)):
            left["without a coder"].append(id)
        else:
            name, text = sources[source]
            rows.append(
                Row(
                    path=file,
                    line=whole(id) or 0,
                    transcript=name,
                    coder=name_of(words(owner)),
                    code=codes[code],
                    start=str(whole(start)) if text and whole(start) is not None else "",
                    end=str(whole(end)) if text and whole(end) is not None else "",
                    quote=words(quote),
                    memo=words(memo).strip(),
                    text=text,
                )
            )
    rows.sort(key=lambda row: (row.transcript, int(row.start or 0), int(row.end or 0), row.line))
    told = [
        f"{file}: a QualCoder project with {some(len(sources), 'source')} and {some(len(codes), 'code')}, "
        f"read as {some(len(rows), 'row')}; "
        "the number after the file's name is that of the coding (ctid)"
    ]
    for why, ids in left.items():
        told.append(f"{file}:{ids[0]}: {some(len(ids), 'coding')} {why}; not read")
    return rows, [*told, *notes]


def _others(database: Database) -> list[str]:
    """What else stands in the project and is not read, by number."""
    notes = []
    for table, (key, one, several) in _OTHERS.items():
        if table in database.tables and (n := sum(1 for _ in database.rows(table, key))):
            notes.append(f"{database.path}: not read: {n} {one if n == 1 else several}")
    return notes
