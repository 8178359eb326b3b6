"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from autocode.errors import AutocodeError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file (a text as UTF-8, LF) so that a reader sees the old file or the new one, never half of it."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    with _replacing(path) as temporary:
        temporary.write_bytes(data)


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """A text file (UTF-8, LF) to write to bit by bit, which takes its place only when all of it is written."""
    with (
        _replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file,
    ):
        yield file


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            yield temporary
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise AutocodeError(
            f"{path}: cannot be written ({error.strerror}); close it in other programs, or mend the folder's rights"
        ) from error
