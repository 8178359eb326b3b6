"""A program's SQLite file -> the rows of its tables, read without changing a byte beside or in it.

The file is a stranger's: only real tables are read (a view can compute for ever), statements are bounded, and whatever
SQLite finds wrong with it comes out as InputError.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from autocode.errors import InputError

MOST_BYTES = 1 << 29
_LONGEST_VALUE = 1 << 26
_STEPS = 100_000  # instructions of SQLite between two looks at the clock
_MOST_LOOKS = 3_000
_MAGIC = b"SQLite format 3\0"
_LONGEST_SCHEMA = 1 << 20
_LONGEST_REASON = 120


class Database:
    """The tables of a SQLite file."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._looks = 0
        connection.set_progress_handler(self._look, _STEPS)
        self.tables = self._tables()

    def has(self, **columns: str) -> bool:
        """Whether there are these tables with these columns: `has(tags="id path")`."""
        return all({*names.split()} <= self.tables.get(table, set()) for table, names in columns.items())

    def rows(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        """These columns of a table, in order of the first; a column that an older version lacks is None."""
        there = self.tables[table]
        names = columns.split()
        listed = ", ".join(f'"{name}"' if name in there else "NULL" for name in names)
        try:
            yield from self._connection.execute(f'SELECT {listed} FROM "{table}" ORDER BY 1')
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            raise _damaged(self.path, error) from error

    def _tables(self) -> dict[str, set[str]]:
        try:
            made = self._connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
            real = [name for name, sql in made if str(sql).lstrip().upper().startswith("CREATE TABLE")]
            return {
                str(name): {str(column[0]) for column in self._columns(str(name))}
                for name in real
                if isinstance(name, str)
            }
        except (sqlite3.Error, UnicodeError) as error:
            raise _damaged(self.path, error) from error

    def _columns(self, table: str) -> list[tuple[Any, ...]]:
        # A computed column can hang as a view can: only stored ones are listed (hidden = 0).
        return self._connection.execute("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0", (table,)).fetchall()

    def _look(self) -> int:
        self._looks += 1
        return int(self._looks > _MOST_LOOKS)


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    """A SQLite file, open for reading. Raises InputError: it is none, is damaged, or still being written."""
    _refuse(path)
    try:
        # `immutable`: SQLite then makes no files beside it, so that a read-only folder and a shared drive will do.
        connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as error:
        raise _damaged(path, error) from error
    with closing(connection):
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _LONGEST_SCHEMA)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
        except sqlite3.Error as error:
            raise _damaged(path, error) from error
        yield Database(path, connection)


def _refuse(path: Path) -> None:
    """Raises InputError for a file that should not be handed to SQLite."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check the name and the rights", path=path) from error
    if start != _MAGIC:
        raise InputError("is no SQLite database, though its name says so; export it again", path=path)
    if size > MOST_BYTES:
        raise InputError(
            f"is larger than {MOST_BYTES >> 20} MB, which no project of texts is; export the coding as a table",
            path=path,
        )
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            raise InputError(
                f"is open in another program, or was not closed well ({beside.name} lies beside it), so its last rows "
                "would be missing; close the project there and try again",
                path=path,
            )


def _damaged(path: Path, error: Exception) -> InputError:
    if "interrupted" in str(error):
        return InputError("takes too long to read, as no real project does; export the coding as a table", path=path)
    # SQLite quotes what it cannot decode: the words of an interview have no place in a message.
    why = " ".join(str(error).partition(" with text ")[0].split())[:_LONGEST_REASON]
    return InputError(f"cannot be read as a database ({why}); restore it from a copy, or export it again", path=path)


def whole(value: object) -> int | None:
    """The whole number in a cell of a database, where there is one; older programs store 12 as 12.0.

    >>> whole(12), whole(12.0), whole("12"), whole(None)
    (12, 12, 12, None)
    """
    if isinstance(value, str) and value.isdecimal():
        value = int(value) if len(value) < 19 else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) else None


def words(value: object) -> str:
    """The text in a cell of a database."""
    return "" if value is None or isinstance(value, bytes) else str(value)
