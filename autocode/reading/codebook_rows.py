"""The rows of a codebook table in order: names cut from paths, ids made, themes found and set before their codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autocode.errors import CodebookError, nearest
from autocode.reading.codebook_checks import check_ids
from autocode.reading.codebook_ids import id_from_name
from autocode.reading.codebook_paths import cut_paths


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: its cells by our names of the columns, and what is worked out from them."""

    line: int
    cells: Mapping[str, str]
    name: str = ""
    path: tuple[str, ...] = ()
    """The names of the themes above and its own, where names are paths."""
    id: str = ""
    parent: str = ""
    """The id of its theme."""

    def text(self, column: str) -> str:
        """A cell without outer blanks."""
        return self.cells.get(column, "").strip()

    def items(self, column: str) -> tuple[str, ...]:
        """The items of a cell: its lines if it has several, else what stands between `;`."""
        cell = self.cells.get(column, "")
        return tuple(item.strip() for item in cell.split("\n" if "\n" in cell else ";") if item.strip())


class Names:
    """Which code a cell means that names one: by id, else by name, whatever its capitals."""

    def __init__(self, rows: list[Row], path: Path) -> None:
        self.path = path
        self.ids = {row.id.casefold(): row.id for row in rows}
        self.names: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            self.names[row.name.casefold()].append(row.id)

    def find(self, written: str, line: int) -> str | None:
        """The id, or None where nothing is called so; raises CodebookError for a name of several codes."""
        key = " ".join(written.split()).casefold()
        if key in self.ids:
            return self.ids[key]
        found = self.names.get(key, [])
        if len(found) > 1:
            message = f'"{written}" is the name of {" and ".join(found)}; write the id'
            raise CodebookError(message, path=self.path, line=line)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Ordered:
    """The rows of a codebook, each theme before its codes."""

    rows: list[Row]
    names: Names
    """Which code a cell names."""
    notes: list[str]


def in_order(rows: list[Row], path: Path, *, header: int, paths: bool, folders: bool = False) -> Ordered:
    """The rows with name, id and theme, each theme before its codes; which code a cell names; and notes.

    With `paths`, names such as `Support > Manager's help` are read as theme and name; with `folders` also `A: B`.
    `header` is the line that names the columns.
    """
    notes: list[str] = []
    where = f"{path}:{header}"
    if indented := next((row for row in rows if row.cells.get("name", "")[:1].isspace()), None):
        name = indented.text("name")
        notes.append(f'{path}:{indented.line}: names that are set in, such as "{name}", are not read as levels')
    rows = [_named(row, path) for row in rows]
    rows = _spread(rows, where, notes, folders=folders) if paths else _with_missing_themes(rows, where, notes)
    rows = _with_ids(rows, where, notes)
    check_ids(((row.id, row.line) for row in rows), path)
    names = Names(rows, path)
    by_path = {row.path: row.id for row in reversed(rows) if row.path}
    return Ordered(_themes_first([_with_theme(row, by_path, names) for row in rows], path), names, notes)


def _named(row: Row, path: Path) -> Row:
    name = row.text("name") or row.text("id")
    if not name:
        raise CodebookError("the row has neither id nor name; fill one in or delete the row", path=path, line=row.line)
    return replace(row, name=" ".join(name.split()))


def _spread(rows: list[Row], where: str, notes: list[str], *, folders: bool) -> list[Row]:
    """Paths cut into the names of themes and the code's own; a theme without a row gets one."""
    cut = cut_paths([row.name for row in rows], folders=folders)
    if cut.root:
        notes.append(f'{where}: all names begin with "{cut.root}", which is left out')
    if cut.example is None:
        return [replace(row, name=parts[-1]) for row, parts in zip(rows, cut.parts, strict=True)] if cut.root else rows
    have = set(cut.parts)
    spread: list[Row] = []
    added: list[str] = []
    for row, parts in zip(rows, cut.parts, strict=True):
        for theme in (parts[:depth] for depth in range(1, len(parts))):
            if theme not in have:
                have.add(theme)
                added.append(theme[-1])
                spread.append(Row(row.line, {}, name=theme[-1], path=theme))
        spread.append(replace(row, name=parts[-1], path=parts))
    notes.append(f'{where}: names such as "{rows[cut.example].name}" are read as theme and code')
    _tell_added(added, where, notes)
    return spread


def _with_missing_themes(rows: list[Row], where: str, notes: list[str]) -> list[Row]:
    """The rows, and one for each theme where none of the themes has its own: a table with a column of themes.

    Where some have one, or a theme is nearly called as a code, a name that fits none is a slip and no theme.
    """
    known = {word.casefold() for row in rows for word in (row.name, row.text("id"))}
    themes = list(dict.fromkeys(" ".join(row.text("parent").split()) for row in rows if row.text("parent")))
    if not themes or any(theme.casefold() in known or nearest(theme, known) for theme in themes):
        return rows
    first = {theme: next(row for row in rows if " ".join(row.text("parent").split()) == theme) for theme in themes}
    _tell_added(themes, where, notes)
    return [*(Row(row.line, {}, name=theme) for theme, row in first.items()), *rows]


def _tell_added(themes: list[str], where: str, notes: list[str]) -> None:
    if themes:
        notes.append(f"{where}: themes without a row of their own are added: {_some(themes)}")


def _with_ids(rows: list[Row], where: str, notes: list[str]) -> list[Row]:
    """The rows with an id each: the one written, else one made from the name."""
    taken = {row.text("id").casefold() for row in rows}
    done: list[Row] = []
    made: list[str] = []
    for row in rows:
        id = row.text("id")
        if not id:
            id = id_from_name(row.name, taken)
            taken.add(id)
            made.append(f'"{row.name}" is {id}')
        done.append(replace(row, id=id))
    if made:
        why = "so that a code keeps its id when it is renamed"
        notes.append(f"{where}: missing ids are made from names ({_some(made)}); write them into a column id, {why}")
    return done


def _some(texts: list[str]) -> str:
    """The first few of a list, and how many more there are."""
    return ", ".join(texts) if len(texts) <= 5 else f"{', '.join(texts[:4])} and {len(texts) - 4} more"


def _with_theme(row: Row, by_path: Mapping[tuple[str, ...], str], names: Names) -> Row:
    if row.path:
        return replace(row, parent=by_path.get(row.path[:-1], ""))
    written = row.text("parent")
    if not written:
        return row
    parent = names.find(written, row.line)
    if parent is None:
        hint = nearest(written, [*names.names, *names.ids.values()]) or "; add a row for it"
        message = f'the parent "{written}" of "{row.id}" does not exist{hint}'
        raise CodebookError(message, path=names.path, line=row.line)
    return replace(row, parent=parent)


def _themes_first(rows: list[Row], path: Path) -> list[Row]:
    """Each theme followed by its codes, as in the YAML form; beside that the rows keep their order."""
    below: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        below[row.parent].append(row)
    ordered: list[Row] = []
    waiting = below[""][::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += below[ordered[-1].id][::-1]
    if len(ordered) < len(rows):
        raise _circle(rows, {row.id for row in ordered}, path)
    return ordered


def _circle(rows: list[Row], reached: set[str], path: Path) -> CodebookError:
    by_id = {row.id: row for row in rows}
    row = next(row for row in rows if row.id not in reached)
    chain: list[str] = []
    while row.id not in chain:
        chain.append(row.id)
        row = by_id[row.parent]
    circle = " > ".join([row.id, *reversed(chain[chain.index(row.id) :])])
    message = f'the theme "{row.id}" stands below itself ({circle}); change one parent'
    return CodebookError(message, path=path, line=row.line)
