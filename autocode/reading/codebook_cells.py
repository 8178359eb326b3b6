"""A codebook as the cells of a table, so that reading them gives the codebook back; for CSV, spreadsheets and Word."""

from __future__ import annotations

from collections.abc import Sequence

from autocode.data import Code, Codebook

COLUMNS = (
    *("id", "name", "parent", "definition", "include", "exclude", "examples", "counterexamples", "speakers"),
    *("codable", "group", "status", "aliases", "plain", "notes"),
)
"""The columns that every table has."""
MORE = ("origin", "color", "codebook", "version", "codebook title", "study question")
"""Columns that stand at the end where something is in them; the last four are about the codebook, on its first row."""

_CODABLE = {None: "", True: "yes", False: "no"}


def cells(codebook: Codebook, stem: str) -> list[list[str]]:
    """The header and a row a code, themes before their codes. `stem` is the name of the file without its ending."""
    about = {
        "codebook": codebook.id if codebook.id != stem else "",
        "version": str(codebook.version) if codebook.version != 1 else "",
        "codebook title": codebook.title,
        "study question": codebook.study_question,
    }
    rows = [_row(codebook, code) | (about if first else {}) for first, code in _marked(codebook.codes)]
    columns = [*COLUMNS, *(name for name in MORE if any(row.get(name) for row in rows))]
    return [columns, *([_lf(row.get(name, "")) for name in columns] for row in rows)]


def filled_columns(table: Sequence[Sequence[str]], always: Sequence[str]) -> list[list[str]]:
    """The table without the columns that nobody filled in, but for those that it always has."""
    header = table[0]
    kept = [at for at, name in enumerate(header) if name in always or any(row[at] for row in table[1:])]
    return [[row[at] for at in kept] for row in table]


def _marked(codes: Sequence[Code]) -> list[tuple[bool, Code]]:
    return [(at == 0, code) for at, code in enumerate(codes)]


def _row(codebook: Codebook, code: Code) -> dict[str, str]:
    groups = [(group.id, group.pick) for group in codebook.groups if code.id in group.codes]
    return {
        "id": code.id,
        "name": code.name,
        "parent": code.parent,
        "definition": code.definition,
        "include": _lines(code.include),
        "exclude": _lines(code.exclude),
        "examples": _lines([example.text for example in code.examples]),
        "counterexamples": _lines([f"{c.text} => {c.use}" if c.use else c.text for c in code.counterexamples]),
        "speakers": _words(code.speakers),
        "codable": _CODABLE[code.codable],
        # "any" is what a group is without a word, unless its name has a colon itself.
        "group": _words([f"{id}: {pick}" if pick == "one" or ":" in id else id for id, pick in groups]),
        "status": "" if code.status == "active" else code.status,
        "aliases": _words(code.aliases),
        "plain": code.plain,
        "notes": code.notes,
        "origin": code.origin,
        "color": code.color,
    }


def _lines(items: Sequence[str]) -> str:
    """Sentences, one a line. A single one that holds `;` ends with a line break, which says that it is one."""
    lines = [" ".join(item.split("\n")) for item in map(_lf, items)]
    return f"{lines[0]}\n" if len(lines) == 1 and ";" in lines[0] else "\n".join(lines)


def _words(items: Sequence[str]) -> str:
    """Short words on one line, as people write them."""
    return _lines(items) if any(";" in item for item in items) else "; ".join(" ".join(item.split()) for item in items)


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
