"""What a codebook's `changes` say that cannot be: codes that nobody has, merges that lead in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from autocode.data import Codebook
from autocode.errors import CodebookError, nearest
from autocode.history.lineage import JOINS, refuse_circle


def odd_changes(codebook: Codebook, versions: Mapping[str, Codebook], path: Path | None = None) -> Iterator[str]:
    """A sentence for each thing that `changes` say and that cannot be, so that what follows from them may be amiss.

    `versions` are the frozen codebooks. A code that was merged, split, retired or added may be gone since; any other
    has to be in one of the versions.
    """
    where = f"{path}: " if path is not None else ""
    ids = {code.id for book in (codebook, *versions.values()) for code in book.codes}
    known = ids | {name for change in codebook.changes for name in (*change.from_, *change.to)}
    for change in codebook.changes:
        for code in change.codes:
            if code not in ids and change.kind not in (*JOINS, "retire", "add"):
                hint = nearest(code, known) or "; correct it, or take the line out"
                yield f'{where}`changes` of version {change.version} name the code "{code}", which is unknown{hint}'
    try:
        refuse_circle(codebook.changes, path)
    except CodebookError as error:
        yield str(error)
