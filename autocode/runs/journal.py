"""A file of JSON lines that is only ever added to: it survives a process that dies in the middle of a line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
            data = self._parsed(line)
            if data is not None:
                yield self._validated(self._form, data, number)

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

    def _parsed(self, line: bytes) -> Any:
        """A line as plain data; None, and counted, if it is torn."""
        try:
            return json.loads(line)
        except ValueError:
            self.torn += 1
            return None

    def _validated(self, form: TypeAdapter[Any], data: object, number: int) -> Any:
        try:
            return form.validate_python(data, strict=False)
        except ValidationError as error:
            raise RunError(
                f"{self.path}:{number}: written by another version of autocode or changed by hand "
                f"({error.errors()[0]['msg']}); open the run with the version that made it"
            ) from error

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

    def heads(self) -> Iterator[CallHead]:
        """The calls in the order they were written, each without its reply."""
        form = TypeAdapter(CallHead)
        for number, place, line in self._lines():
            data = self._head(line)
            if data is not None:
                yield replace(self._validated(form, data, number), place=place)

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

    def _head(self, line: bytes) -> Any:
        # We write the reply last but for two short fields, and a quote inside a JSON string always stands behind a
        # backslash: so these bytes are the field, and the reply between them need not be parsed.
        begin, end = line.find(b', "raw": '), line.rfind(b', "started": ')
        if 0 < begin < end:
            try:
                return json.loads(line[:begin] + line[end:])
            except ValueError:
                pass
        return self._parsed(line)
