"""A file of JSON lines that is only ever added to: it survives a process that dies in the middle of a line."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Iterator
from functools import cached_property
from io import FileIO
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from autocode.data import Call
from autocode.errors import RunError
from autocode.runs.lines import CallHead

Line = TypeVar("Line")

_AT_ONCE = 1000


class Journal(Generic[Line]):
    """The lines of one file, each a noun of one kind."""

    def __init__(self, path: Path, line: type[Line]) -> None:
        self.path = path
        self.torn = 0
        """How many lines could not be read at the last reading: torn when a process died. They are left out."""
        self._line = line

    def __iter__(self) -> Iterator[Line]:
        """The lines in the order they were written."""
        for number, _, line in self._lines():
            found = self._read(self._form, line, number)
            if found is not None:
                yield found

    def add(self, lines: Iterable[Line]) -> None:
        """Add lines and hand them to the system before returning: from then on they outlive this process."""
        lines = iter(lines)
        try:
            while some := list(itertools.islice(lines, _AT_ONCE)):
                text = "".join(json.dumps(self._form.dump_python(line), ensure_ascii=True) + "\n" for line in some)
                with self.path.open("ab+", buffering=0) as file:
                    self._append(file, self._mend(file) + text.encode("ascii"))
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error.strerror}); free some space or mend the folder's "
                "permissions, then give the same command again"
            ) from error

    def sync(self) -> None:
        """Wait until every line is on the disk itself: from then on they outlive a power cut, too."""
        try:
            with self.path.open("ab", buffering=0) as file:
                os.fsync(file.fileno())
            if os.name == "posix":  # elsewhere a folder cannot be opened, nor need it be
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        except OSError as error:
            raise RunError(
                f"{self.path}: nobody knows whether it is on the disk ({error.strerror}); check the disk, then give "
                "the same command again"
            ) from error

    @cached_property
    def _form(self) -> TypeAdapter[Line]:
        return TypeAdapter(self._line)

    def _lines(self) -> Iterator[tuple[int, int, bytes]]:
        """Each line with its number and the byte it begins at."""
        self.torn = 0
        if not self.path.exists():
            return
        place = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield number, place, line
                place += len(line)

    def _read(self, form: TypeAdapter[Any], line: bytes, number: int) -> Any:
        """A line as a noun; None, and counted, if it is torn."""
        try:
            return form.validate_json(line)
        except ValidationError:
            pass  # pydantic's own parser refuses half characters, which some models send; Python's takes them
        try:
            return form.validate_python(json.loads(line))
        except ValidationError as error:
            raise RunError(
                f"{self.path}:{number}: written by another version of autocode or changed by hand "
                f"({error.errors()[0]['msg']}); open the run with the version that made it"
            ) from error
        except ValueError:
            self.torn += 1
            return None

    @staticmethod
    def _append(file: FileIO, data: bytes) -> None:
        """Write all of it or nothing: half a line would have to be told as torn."""
        before = file.seek(0, 2)
        try:
            written = 0
            while written < len(data):
                written += file.write(data[written:])
        except OSError:
            file.truncate(before)
            raise

    @staticmethod
    def _mend(file: FileIO) -> bytes:
        """A line end, if the last line was torn, so that the next one stands by itself."""
        if file.seek(0, 2) == 0:
            return b""
        file.seek(-1, 2)
        return b"" if file.read(1) == b"\n" else b"\n"


class Calls(Journal[Call]):
    """`calls.jsonl`. Replies are long, so their heads are read by themselves, and a reply only where it is needed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, Call)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self.path.stat().st_size if self.path.exists() else 0

    def heads(self, *, until: int | None = None) -> Iterator[CallHead]:
        """The calls in the order they were written, each without its reply; those that begin before a byte."""
        form = TypeAdapter(CallHead)
        for number, place, line in self._lines():
            if until is not None and place >= until:
                break
            found = self._read(form, _head(line, place), number)
            if found is not None:
                yield found

    def at(self, place: int) -> Call:
        """The whole call whose line begins at a byte."""
        with self.path.open("rb") as file:
            file.seek(place)
            line = file.readline()
        try:
            # Not pydantic's own parser: it refuses half characters, which some models send.
            return Call.model_validate(json.loads(line))
        except ValueError as error:
            raise RunError(
                f"{self.path}: the line at byte {place} is damaged ({error}); restore the file from a copy, or take "
                "the line out to have its passage asked again"
            ) from error


def _head(line: bytes, place: int) -> bytes:
    """A line without the reply, which need not be parsed, and with the place where it begins.

    We write the reply last but for two short fields, and a quote inside a JSON string always stands behind a backslash:
    so these bytes are the names of fields. A torn line stays as it is, to be told as torn.
    """
    begin, end = line.find(b', "raw": '), line.rfind(b', "started": ')
    if 0 < begin < end and line.endswith((b"}\n", b"}")):
        return b'%b, "place": %d%b' % (line[:begin], place, line[end:])
    return line
