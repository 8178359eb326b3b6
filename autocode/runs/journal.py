"""A file of JSON lines that is only ever added to: it survives a process that dies in the middle of a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from autocode.data import Data
from autocode.errors import RunError

Line = TypeVar("Line", bound=Data)


class Journal(Generic[Line]):
    """The lines of one file, each a noun of one kind."""

    def __init__(self, path: Path, line: type[Line]) -> None:
        self.path = path
        self.torn = 0
        """How many lines could not be read at the last reading: torn when a process died. They are left out."""
        self._line = line

    def __iter__(self) -> Iterator[Line]:
        """The lines in the order they were written."""
        self.torn = 0
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    data = json.loads(line)
                except ValueError:
                    self.torn += 1
                    continue
                try:
                    yield self._line.model_validate(data)
                except ValidationError as error:
                    raise RunError(
                        f"{self.path}:{number}: written by another version of autocode or changed by hand "
                        f"({error.errors()[0]['msg']}); open the run with the version that made it"
                    ) from error

    def add(self, lines: Iterable[Line]) -> None:
        """Add lines and hand them to the system before returning: from then on they outlive this process."""
        text = "".join(json.dumps(line.model_dump(), ensure_ascii=True) + "\n" for line in lines)
        try:
            with self.path.open("ab+") as file:
                file.write(self._mend(file) + text.encode("ascii"))
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error.strerror}); free some space or mend the folder's "
                "permissions, then give the same command again"
            ) from error

    @staticmethod
    def _mend(file) -> bytes:  # type: ignore[no-untyped-def]
        """A line end, if the last line was torn, so that the next one stands by itself."""
        if file.seek(0, 2) == 0:
            return b""
        file.seek(-1, 2)
        return b"" if file.read(1) == b"\n" else b"\n"
