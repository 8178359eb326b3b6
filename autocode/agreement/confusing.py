"""Who confuses what, and who applies more: counts for every two coders, tested within transcripts.

X takes a for b, as Y sees it, where X has a and not b while Y has b and not a. The test asks, among the units where X
has not b and Y has not a, whether X's a and Y's b fall on the same units more often than anywhere else in the same
transcript. So it does not count how rarely two coders disagree, only whether their disagreements meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from autocode.agreement.naming import pair_kind
from autocode.agreement.shuffling import false_discovery, swapped, together
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
        both = (said[:, i] >= 0) & (said[:, j] >= 0)
        first, second = (said[:, i] == 1) & both, (said[:, j] == 1) & both
        only_x, only_y = first & ~second, second & ~first
        # A unit counts for (a, b) only where both decided both codes; only_x[a] and only_y[b] say as much.
        n = only_x.T.astype(np.int64) @ only_y.astype(np.int64)
        here = [
            _confusion(a, b, int(n[a, b]), (only_x, only_y), (first, second), both, transcript)
            for a, b in np.argwhere(n).tolist()
        ]
        q = false_discovery([p for *_, p in here])
        found += [
            Confusion(
                coders=(x.coder, y.coder),
                codes=(ids[a], ids[b]),
                kind=pair_kind(x, y),
                n=n_units,
                n_transcripts=n_transcripts,
                n_only=n_only,
                p=p,
                q=each,
            )
            for (a, b, n_units, n_transcripts, n_only, p), each in zip(here, q, strict=True)
        ]
    return sorted(found, key=lambda c: (-c.n, c.coders, c.codes))


def _confusion(
    a: int,
    b: int,
    n: int,
    only: tuple[Bools, Bools],
    applied: tuple[Bools, Bools],
    both: Bools,
    transcript: Ints,
) -> tuple[int, int, int, int, tuple[int, int], float | None]:
    """Of codes a and b: units, transcripts, how often only the one and only the other stands, and the p."""
    import numpy as np

    only_x, only_y = only[0][:, a], only[1][:, b]
    decided = both[:, a] & both[:, b]
    n_transcripts = len(np.unique(transcript[only_x & only_y]))
    n_only = (int((only_x & decided).sum()), int((only_y & decided).sum()))
    p = None
    if n >= FEWEST_TO_TEST:
        # Where X has b or Y has a there can be no such confusion, whatever the other decides.
        free = decided & ~applied[0][:, b] & ~applied[1][:, a]
        p = together(only_x[free], only_y[free].astype(np.int64), transcript[free]).p
    return a, b, n, n_transcripts, n_only, p


def leans(table: Iterable[Row], codings: Sequence[Coding], transcript: Ints) -> list[Lean]:
    """For every two codings and each code or theme, who applies it more often on the units that both decided."""
    rows = list(table)
    found = []
    for (i, x), (j, y) in combinations(enumerate(codings), 2):
        here = [_lean(code, level, variable.values[:, [i, j]], x, y, transcript) for code, level, variable in rows]
        q = false_discovery([each.p for each in here])
        found += [each.model_copy(update={"q": value}) for each, value in zip(here, q, strict=True)]
    return found


def _lean(
    code: Code, level: Literal["code", "theme"], values: Ints, x: Coding, y: Coding, transcript: Ints
) -> Lean:
    import numpy as np

    both = (values >= 0).all(axis=1)
    first, second = (values[both] == 1).T
    where = transcript[both]
    t = int(where.max(initial=-1)) + 1
    gaps = np.bincount(where[first], minlength=t) - np.bincount(where[second], minlength=t)
    n = (int(first.sum()), int(second.sum()))
    return Lean(
        code=code.id,
        level=level,
        coders=(x.coder, y.coder),
        kind=pair_kind(x, y),
        n=n,
        n_only=(int((first & ~second).sum()), int((second & ~first).sum())),
        more="" if n[0] == n[1] else x.coder if n[0] > n[1] else y.coder,
        n_transcripts_more=(int((gaps > 0).sum()), int((gaps < 0).sum())),
        p=swapped(gaps.tolist()),
    )
