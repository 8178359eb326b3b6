"""Which units were answered together: blocks of units that share a call, or calls that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from autocode.data import CallPassage

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Ints


def call_blocks(units: DataFrame, calls: Iterable[Sequence[CallPassage]]) -> Ints:
    """For each unit the number of its block, in the order of the units; -1 where no call was made.

    A call may hold several passages, of several transcripts; all its units are one block, and calls that share a unit
    are one, too: where the borders of two versions' calls differ, what overlaps moves together.
    """
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    places = _places(units)
    unit: list[Ints] = []
    call: list[Ints] = []
    n_calls = 0
    for n_calls, passages in enumerate(calls, start=1):
        for passage in passages:
            if passage.transcript in places:
                number, start, end = places[passage.transcript]
                first = np.searchsorted(end, passage.start, side="right")
                found = number[first : np.searchsorted(start, passage.end, side="left")]
                unit.append(found)
                call.append(np.full(len(found), n_calls - 1))
    at = np.concatenate(unit) if unit else np.array([], dtype=np.int64)
    by = np.concatenate(call) if call else at
    n = len(units)
    edges = coo_array((np.ones(len(at), dtype=np.int8), (at, n + by)), shape=(n + n_calls, n + n_calls))
    _, block = connected_components(edges, directed=False)
    asked = np.zeros(n, dtype=bool)
    asked[at] = True
    found = np.full(n, -1, dtype=np.int64)
    _, first_seen, which = np.unique(block[:n][asked], return_index=True, return_inverse=True)
    found[asked] = np.argsort(np.argsort(first_seen))[which]
    return found


def _places(units: DataFrame) -> dict[str, tuple[Ints, Ints, Ints]]:
    """For each transcript its units in order: their rows in the table, and where they begin and end in the text."""
    import numpy as np

    rows: dict[str, list[int]] = defaultdict(list)
    for row, transcript in enumerate(units.index.get_level_values("transcript")):
        rows[transcript].append(row)
    start, end = units["start"].to_numpy(dtype=np.int64), units["end"].to_numpy(dtype=np.int64)
    return {id: (np.array(which), start[which], end[which]) for id, which in rows.items()}
