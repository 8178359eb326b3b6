"""What to call a version of a codebook: its number, with a `+` where its content is no longer what was released."""

from __future__ import annotations

from collections.abc import Mapping

from autocode.codebook import codebook_hash
from autocode.data import Codebook

RELEASED = "x-release"
"""The key of a frozen version that holds its hash when it was released, and those of the coding files then."""


def released_hash(frozen: Codebook) -> str:
    """The hash that a frozen version had when it was released; of one that does not say, the one it has."""
    stamp = frozen.extra.get(RELEASED)
    written = stamp.get("sha256") if isinstance(stamp, Mapping) else None
    return str(written) if written else codebook_hash(frozen)


def was_edited(frozen: Codebook) -> bool:
    """Whether a frozen version is no longer what it was when it was released."""
    return released_hash(frozen) != codebook_hash(frozen)


def edited_since(versions: Mapping[str, Codebook]) -> list[str]:
    """A sentence for each frozen version that is no longer what was released."""
    return [
        f"codebook/v{number}.yaml was edited after it was released, so it is called {number}+; restore it from a copy, "
        "and release what was edited as a version of its own"
        for number, book in versions.items()
        if was_edited(book)
    ]


def marked(codebook: Codebook, versions: Mapping[str, Codebook], current: Codebook | None = None) -> str:
    """The version of a codebook as it is printed: `3`, or `3+` where version 3 was released with another content.

    `versions` are the frozen ones; where this one was never frozen, the study's own codebook stands for it.

    >>> marked(Codebook(id="a", version=3, codes=()), {})
    '3'
    """
    number = str(codebook.version)
    kept = versions.get(number)
    if kept is not None and kept.id == codebook.id:
        return number + "+" * (codebook_hash(codebook) != released_hash(kept))
    if current is not None and (current.id, current.version) == (codebook.id, codebook.version):
        return number + "+" * (codebook_hash(codebook) != codebook_hash(current))
    return number


def marked_number(written: str, versions: Mapping[str, Codebook]) -> str:
    """A version that somebody wrote down: with a `+` where what stands under that number was edited after its release.

    >>> marked_number("2", {})
    '2'
    """
    kept = versions.get(written)
    return written + "+" * (kept is not None and was_edited(kept))
