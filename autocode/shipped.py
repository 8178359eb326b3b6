"""Where the files that come with autocode lie: prompts and example codebooks."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def shipped(name: str) -> Path:
    """The path of a shipped file such as `prompts/coding.txt`.

    A wheel carries them inside the package; in a checkout they stand beside it.
    """
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name
