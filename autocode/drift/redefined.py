"""Decisions of two coders that cannot be held side by side, because each was made under another definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autocode.data import DecidedUnder

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints


def redefined(
    units: DataFrame, codes: Sequence[str], first: Sequence[DecidedUnder], second: Sequence[DecidedUnder]
) -> Bools:
    """Which decisions the two made under different definitions, units x codes.

    What is not among `first` or `second` was decided under today's definition.
    """
    import numpy as np

    if not first and not second:
        return np.zeros((len(units), len(codes)), dtype=bool)
    names = {name: at for at, name in enumerate(sorted({each.definition for each in (*first, *second)}), start=1)}
    rows = _rows(units)
    start, end = (units[column].to_numpy(dtype=np.int64) for column in ("start", "end"))
    one, two = (_definitions(some, names, codes, rows, start, end) for some in (first, second))
    found: Bools = one != two
    return found


def _definitions(
    decided: Sequence[DecidedUnder],
    names: Mapping[str, int],
    codes: Sequence[str],
    rows: Mapping[str, Ints],
    start: Ints,
    end: Ints,
) -> Ints:
    """The number of the definition that each unit was decided under, units x codes; 0: today's."""
    import numpy as np

    found = np.zeros((len(start), len(codes)), dtype=np.int64)
    place = {code: at for at, code in enumerate(codes)}
    for each in decided:
        here, span = rows.get(each.passage.transcript), each.passage.span
        if here is not None and each.code in place:
            touched = here[(start[here] < span.end) & (end[here] > span.start)]
            found[touched, place[each.code]] = names[each.definition]
    return found


def _rows(units: DataFrame) -> dict[str, Ints]:
    """The rows of each transcript."""
    import numpy as np

    by: dict[str, list[int]] = {}
    for at, id in enumerate(units.index.get_level_values("transcript")):
        by.setdefault(str(id), []).append(at)
    return {id: np.array(where, dtype=np.int64) for id, where in by.items()}
