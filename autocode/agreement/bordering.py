"""Disagreements that are none about the code: the other coder marked the same place, with other borders.

A coder gave a unit a code and the other did not. Either no passage of the other's with this code meets theirs: for
the other the code is absent there. Or one does: both saw it at that place, and one drew the borders further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.naming import pair_kind
from autocode.agreement.variables import Variable
from autocode.codebook import match_code
from autocode.data import Borders, Code, Codebook, Coding

if TYPE_CHECKING:
    from typing import Literal

    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

    Row = tuple[Code, Literal["code", "theme"], Variable]


def borders(table: Sequence[Row], codings: Sequence[Coding], frame: DataFrame, codebook: Codebook) -> list[Borders]:
    """For every two codings and each code that both applied or disagreed on, how their disagreements divide."""
    import numpy as np

    rows = [(code.id, variable) for code, level, variable in table if level == "code"]
    if not rows or not len(frame):
        return []
    ids = [id for id, _ in rows]
    said = np.stack([variable.values for _, variable in rows], axis=2)  # units x coders x codes
    line = _Line.of(frame)
    marked = [_marked(coding, ids, line, codebook) for coding in codings]
    found: list[Borders] = []
    for (i, x), (j, y) in combinations(enumerate(codings), 2):
        if not ((said[:, i] >= 0) & (said[:, j] >= 0)).any():
            continue
        places = _places(marked[i], marked[j], line.length, len(ids))
        split = [
            _split(said[:, a] == 1, said[:, b] == 0, met, line, len(ids))
            for a, b, met in ((i, j, places.first), (j, i, places.second))
        ]
        absent, other = ([each[k] for each in split] for k in (0, 1))
        for c, id in enumerate(ids):
            if not (places.n[c] or any(each[c] for each in (*absent, *other))):
                continue
            found.append(
                Borders(
                    code=id,
                    coders=(x.coder, y.coder),
                    kind=pair_kind(x, y),
                    absent=(int(absent[0][c]), int(absent[1][c])),
                    other_borders=(int(other[0][c]), int(other[1][c])),
                    n_places=int(places.n[c]),
                    n_same_borders=int(places.same[c]),
                    boundary_agreement=(
                        float(places.shared[c] / places.either[c]) if places.n[c] and places.tells[c] else None
                    ),
                )
            )
    return found


@dataclass(frozen=True)
class _Line:
    """All transcripts one after the other, and once again for every code, so that a place is one number."""

    begins: dict[str, int]
    length: int
    """Of all transcripts together: the line of the next code begins there."""
    start: Ints
    end: Ints
    """Where the units stand on the line of the first code."""

    @classmethod
    def of(cls, frame: DataFrame) -> _Line:
        """The line of the transcripts in a table of units."""
        import numpy as np
        import pandas as pd

        which, names = pd.factorize(frame.index.get_level_values("transcript"))
        start, end = frame["start"].to_numpy(dtype=np.int64), frame["end"].to_numpy(dtype=np.int64)
        each = int(end.max()) + 1
        begins = {str(name): at * each for at, name in enumerate(names)}
        start, end = start + which * each, end + which * each
        return cls(begins, each * len(names), start, end)


class _Marked(NamedTuple):
    """A coder's passages on the line, in order; those of one code that overlap are one."""

    start: Ints
    end: Ints
    whole: Bools
    """Whether it begins and ends with units, as where a coder marks turns."""


def _marked(coding: Coding, ids: Sequence[str], line: _Line, codebook: Codebook) -> _Marked:
    import numpy as np

    place = {id: at for at, id in enumerate(ids)}
    known: dict[str, int | None] = {}
    stretches: list[tuple[int, int]] = []
    for segment in coding.segments:
        begins = line.begins.get(segment.transcript_id)
        if begins is None or segment.span is None or segment.decision != "yes" or not segment.counts:
            continue
        if segment.code not in known:
            code = match_code(codebook, segment.code)
            known[segment.code] = place.get(code.id) if code else None
        c = known[segment.code]
        if c is not None and len(segment.span):
            at = c * line.length + begins
            stretches.append((at + segment.span.start, at + segment.span.end))
    start, end = np.array(sorted(stretches), dtype=np.int64).reshape(-1, 2).T
    reach = np.maximum.accumulate(end) if len(end) else end
    first = np.flatnonzero(np.concatenate([[True], start[1:] >= reach[:-1]])[: len(start)])
    start = start[first]
    end = reach[np.append(first[1:], len(end)) - 1] if len(first) else end
    whole = np.isin(start % line.length, line.start) & np.isin((end - 1) % line.length + 1, line.end)
    return _Marked(start, end, whole)


class _Places(NamedTuple):
    """Where two coders' passages meet: for each code numbers, and the passages of each that meet one of the other's."""

    n: Ints
    same: Ints
    shared: Ints
    """Characters that both marked."""
    either: Ints
    tells: Ints
    """Places where a border is not that of a unit."""
    first: tuple[Ints, Ints]
    second: tuple[Ints, Ints]


def _places(x: _Marked, y: _Marked, length: int, n_codes: int) -> _Places:
    import numpy as np

    start, end = np.concatenate([x.start, y.start]), np.concatenate([x.end, y.end])
    by_y = np.repeat([False, True], [len(x.start), len(y.start)])
    whole = np.concatenate([x.whole, y.whole])
    order = np.argsort(start, kind="stable")
    start, end, by_y, whole = start[order], end[order], by_y[order], whole[order]
    reach = np.maximum.accumulate(end) if len(end) else end
    place = (
        np.cumsum(np.concatenate([[True], start[1:] >= reach[:-1]])[: len(start)]) - 1
    )  # passages that meet share it
    n = int(place[-1]) + 1 if len(place) else 0
    of_x, of_y = np.bincount(place[~by_y], minlength=n), np.bincount(place[by_y], minlength=n)
    both = (of_x > 0) & (of_y > 0)
    first = np.searchsorted(place, np.arange(n))
    begins = start[first]
    either = np.maximum.reduceat(end, first) - begins if n else begins
    shared = np.bincount(place, weights=end - start, minlength=n).astype(np.int64) - either
    c = begins // length
    odd = np.bincount(place[~whole], minlength=n) > 0

    def per_code(what: Ints) -> Ints:
        return np.bincount(c[both], weights=what[both], minlength=n_codes).astype(np.int64)

    met = both[place]
    return _Places(
        n=per_code(np.ones(n, dtype=np.int64)),
        same=per_code((shared == either).astype(np.int64)),
        shared=per_code(shared),
        either=per_code(either),
        tells=per_code(odd.astype(np.int64)),
        first=(start[met & ~by_y], end[met & ~by_y]),
        second=(start[met & by_y], end[met & by_y]),
    )


def _split(yes: Bools, no: Bools, met: tuple[Ints, Ints], line: _Line, n_codes: int) -> tuple[Ints, Ints]:
    """Of the units that only the one gave each code: how many for want of the other's, how many by other borders."""
    import numpy as np

    unit, code = np.nonzero(yes & no)
    start, end = line.start[unit] + code * line.length, line.end[unit] + code * line.length
    at = np.searchsorted(met[1], start, side="right")  # the first passage that ends after the unit begins
    before = np.append(met[0], np.iinfo(np.int64).max)
    meets = before[at] < end
    return np.bincount(code[~meets], minlength=n_codes), np.bincount(code[meets], minlength=n_codes)
