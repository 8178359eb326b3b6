"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from autocode.errors import AutocodeError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file (a text as UTF-8, LF) so that a reader sees the old file or the new one, never half of it."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            temporary.write_bytes(data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise AutocodeError(
            f"{path}: cannot be written ({error.strerror}); close it in other programs, or mend the folder's rights"
        ) from error
