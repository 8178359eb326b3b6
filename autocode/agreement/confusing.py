"""Who confuses what, and who applies more: counts for every two coders, tested within transcripts.

X takes a for b, as Y sees it, where X has a and not b while Y has b and not a. The test asks, among the units where X
has not b and Y has not a, whether X's a and Y's b fall on the same units more often than anywhere else in the same
transcript. So it does not count how rarely two coders disagree, only whether their disagreements meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from autocode.agreement.naming import pair_kind
from autocode.agreement.shuffling import Stratum, false_discovery, so_much, swapped
from autocode.agreement.variables import Variable
from autocode.data import Code, Coding, Confusion, Lean

if TYPE_CHECKING:
    from typing import Literal

    from autocode.agreement.coefficients import Bools, Ints

    Row = tuple[Code, Literal["code", "theme"], Variable]

FEWEST_TO_TEST = 5
"""Fewer units than this are counted and not tested."""


def confusions(table: Sequence[Row], codings: Sequence[Coding], transcript: Ints) -> list[Confusion]:
    """For every two codings the codes that the one has where the other has another, the most frequent first.

    Only codes, not themes: a theme never stands against its own children. Each pair of codes that occurs is counted;
    those on five units or more are tested.
    """
    import numpy as np

    rows = [(code.id, variable) for code, level, variable in table if level == "code"]
    if not rows:
        return []
    ids = [id for id, _ in rows]
    said = np.stack([variable.values for _, variable in rows], axis=2)  # units x coders x codes
    found: list[Confusion] = []
    for (i, x), (j, y) in combinations(enumerate(codings), 2):
        if not ((said[:, i] >= 0) & (said[:, j] >= 0)).any():
            continue
        here = _Counted.of(said[:, i], said[:, j], transcript)
        n, n_x, n_y = (counted.sum(axis=0).tolist() for counted in (here.n, here.n_x, here.n_y))
        n_transcripts = np.count_nonzero(here.n, axis=0).tolist()
        places = np.argwhere(here.n.any(axis=0)).tolist()
        kind = pair_kind(x, y)
        p = [here.p(a, b) if n[a][b] >= FEWEST_TO_TEST else None for a, b in places]
        found += [
            Confusion(
                coders=(x.coder, y.coder),
                codes=(ids[a], ids[b]),
                kind=kind,
                n=n[a][b],
                n_transcripts=n_transcripts[a][b],
                n_only=(n_x[a][b], n_y[a][b]),
                p=each,
                q=q,
            )
            for (a, b), each, q in zip(places, p, false_discovery(p), strict=True)
        ]
    return sorted(found, key=lambda c: (-c.n, c.coders, c.codes))


class _Counted(NamedTuple):
    """Two coders' confusions: transcripts x codes of the first x codes of the second."""

    n: Ints
    """Units where the first has a and not b, and the second b and not a."""
    n_x: Ints
    """Units where only the first has a, of those on which both decided both codes."""
    n_y: Ints
    """Units where only the second has b, of the same."""
    free: Ints
    """Units where the first has not b and the second has not a: the only ones where such a thing can be."""
    marked: Ints
    """Of them those where the first has a."""
    scored: Ints
    """Of them those where the second has b."""

    @classmethod
    def of(cls, x: Ints, y: Ints, transcript: Ints) -> _Counted:
        """Counted in the transcripts in which both decided on something."""
        import numpy as np

        both = (x >= 0) & (y >= 0)
        kept = both.any(axis=1)
        both, x, y, transcript = both[kept], x[kept], y[kept], transcript[kept]
        only_x, only_y = both & (x == 1) & (y == 0), both & (y == 1) & (x == 0)
        not_x, not_y = both & (x == 0), both & (y == 0)
        tables = [(only_x, only_y), (only_x, both), (both, only_y), (not_y, not_x), (only_x, not_x), (not_y, only_y)]
        numbers = np.flatnonzero(np.bincount(transcript)) if len(transcript) else np.zeros(0, dtype=np.int64)
        per_transcript = [
            [table[transcript == t].astype(np.float64) for table in pair] for t in numbers for pair in tables
        ]
        counted = np.array([a.T @ b for a, b in per_transcript]).reshape(len(numbers), 6, x.shape[1], x.shape[1])
        return cls(*np.rint(counted).astype(np.int64).transpose(1, 0, 2, 3))

    def p(self, a: int, b: int) -> float | None:
        """How likely so many units are by chance within the transcripts."""
        import numpy as np

        free, marked, scored = self.free[:, a, b], self.marked[:, a, b], self.scored[:, a, b]
        strata = [
            Stratum(np.array([units - yes, yes]), int(marks))
            for units, marks, yes in zip(free.tolist(), marked.tolist(), scored.tolist(), strict=True)
            if units
        ]
        return so_much(int(self.n[:, a, b].sum()), strata).p


def leans(table: Iterable[Row], codings: Sequence[Coding], transcript: Ints) -> list[Lean]:
    """For every two codings and each code or theme, who applies it more often on the units that both decided."""
    import numpy as np

    rows = list(table)
    if not rows:
        return []
    said = np.stack([variable.values for *_, variable in rows], axis=2)  # units x coders x codes and themes
    in_transcript = (transcript == np.arange(int(transcript.max(initial=-1)) + 1)[:, None]).astype(np.float64)
    found = []
    for (i, x), (j, y) in combinations(enumerate(codings), 2):
        both = (said[:, i] >= 0) & (said[:, j] >= 0)
        if not both.any():
            continue
        first, second = (said[:, i] == 1) & both, (said[:, j] == 1) & both
        gaps = np.rint(in_transcript @ (first.astype(np.float64) - second)).astype(np.int64)
        n, only = ([side.sum(axis=0).tolist() for side in sides] for sides in _sides(first, second))
        more = ((gaps > 0).sum(axis=0).tolist(), (gaps < 0).sum(axis=0).tolist())
        p = [swapped(each) for each in gaps.T.tolist()]
        kind = pair_kind(x, y)
        found += [
            Lean(
                code=code.id,
                level=level,
                coders=(x.coder, y.coder),
                kind=kind,
                n=(n[0][c], n[1][c]),
                n_only=(only[0][c], only[1][c]),
                more="" if n[0][c] == n[1][c] else x.coder if n[0][c] > n[1][c] else y.coder,
                n_transcripts_more=(more[0][c], more[1][c]),
                p=p[c],
                q=q,
            )
            for c, ((code, level, _), q) in enumerate(zip(rows, false_discovery(p), strict=True))
        ]
    return found


def _sides(first: Bools, second: Bools) -> tuple[tuple[Bools, Bools], tuple[Bools, Bools]]:
    return (first, second), (first & ~second, second & ~first)
