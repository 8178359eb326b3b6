"""Ratings: how far coders agree on how much of a code there is, not on whether there is any.

A rating stands in the coding file beside a code. It is about the whole transcript, or about the turn or quote it
stands with; the two are never mixed. Ratings have an order and no fixed distance, so alpha is ordinal; the kappas
weight a miss by its size on the scale (linear) or by the square of that (quadratic).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from autocode.agreement.alpha import krippendorff_alpha
from autocode.agreement.kappas import cohen_kappa
from autocode.agreement.measuring import Places
from autocode.agreement.naming import pair_kind
from autocode.agreement.resampling import jackknife_over_transcripts
from autocode.codebook import match_code
from autocode.data import Code, Codebook, CodedSegment, Coding, HumanAgreement, RatingAgreement, RatingPair, Span

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Floats, Ints

Whole = Literal["unit", "transcript"]


def rating_agreement(
    frame: DataFrame, codings: Sequence[Coding], codebook: Codebook, people: Sequence[int], places: Places
) -> list[RatingAgreement]:
    """The agreement on the ratings of each code that has any, in the order of the codebook."""
    import numpy as np

    units = _Units(frame)
    cells = _cells(codings, codebook, units)
    scale = sorted({value for table in cells.values() for each in table.values() for value in each})
    clusters = dict(zip(units.transcript.tolist(), places.cluster.tolist(), strict=True))
    order = [code for code in codebook.codes if any(key[0] == code.id for key in cells)]
    found = []
    for code in order:
        for whole in ("unit", "transcript"):
            table = cells.get((code.id, whole))
            if not table:
                continue
            rows = sorted({row for row, _ in table})
            values: Floats = np.full((len(rows), len(codings)), np.nan)
            for (row, coder), given in table.items():
                if len(given) == 1:  # several ratings of one turn that differ are none
                    values[rows.index(row), coder] = next(iter(given))
            where = [int(units.transcript[row]) if whole == "unit" else row for row in rows]
            joined = np.array([clusters[each] for each in where], dtype=np.int64)
            found.append(_agreement(code, whole, values, joined, scale, codings, people, places.cluster_names))
    return found


class _Units:
    """Where the units stand, by transcript."""

    def __init__(self, frame: DataFrame) -> None:
        import numpy as np
        import pandas as pd

        which, names = pd.factorize(frame.index.get_level_values("transcript"))
        self.transcript: Ints = np.asarray(which, dtype=np.int64)
        self.number = {str(name): at for at, name in enumerate(names)}
        start, end = frame["start"].to_numpy(dtype=np.int64), frame["end"].to_numpy(dtype=np.int64)
        self._of = [np.flatnonzero(self.transcript == at) for at in range(len(names))]
        self._start, self._end = [start[rows] for rows in self._of], [end[rows] for rows in self._of]

    def covers(self, t: int, segment: CodedSegment) -> bool:
        """Whether a rating is about the whole transcript: it covers all its units, and has no quote."""
        span = segment.span
        return (
            span is not None
            and segment.match == ""
            and span.start <= self._start[t].min()
            and span.end >= self._end[t].max()
        )

    def of(self, t: int, span: Span) -> list[int]:
        """The units of which a rating's place covers half, or that hold half of it."""
        import numpy as np

        start, end = self._start[t], self._end[t]
        shared = np.minimum(end, span.end) - np.maximum(start, span.start)
        half = (shared > 0) & ((2 * shared >= end - start) | (2 * shared >= len(span)))
        return [int(row) for row in self._of[t][half]]


Cells = dict[tuple[int, int], set[float]]
"""For a row (a unit, or a transcript) and a coder, the different ratings they gave."""


def _cells(codings: Sequence[Coding], codebook: Codebook, units: _Units) -> dict[tuple[str, Whole], Cells]:
    found: dict[tuple[str, Whole], Cells] = defaultdict(lambda: defaultdict(set))
    known: dict[str, str | None] = {}
    for at, coding in enumerate(codings):
        for segment in coding.segments:
            t = units.number.get(segment.transcript_id)
            if segment.rating is None or segment.span is None or t is None or not segment.counts:
                continue
            if segment.code not in known:
                code = match_code(codebook, segment.code)
                known[segment.code] = code.id if code else None
            id = known[segment.code]
            if id is None:
                continue
            if units.covers(t, segment):
                found[id, "transcript"][t, at].add(segment.rating)
            else:
                for row in units.of(t, segment.span):
                    found[id, "unit"][row, at].add(segment.rating)
    return found


def _agreement(
    code: Code,
    whole: Whole,
    values: Floats,
    joined: Ints,
    scale: Sequence[float],
    codings: Sequence[Coding],
    people: Sequence[int],
    cluster_names: Sequence[str],
) -> RatingAgreement:
    import numpy as np

    given = ~np.isnan(values)
    of_people = values[:, list(people)]
    n_coders = int(given[:, list(people)].any(axis=0).sum())
    shared = given.T.astype(np.int64) @ given
    pairs = [
        _pair(values[:, [i, j]], joined, scale, (x, y))
        for (i, x), (j, y) in combinations(enumerate(codings), 2)
        if shared[i, j]
    ]
    return RatingAgreement(
        code=code.id,
        name=code.name,
        values=tuple(scale),
        unit=whole,
        positives={c.coder: int(n) for c, n in zip(codings, given.sum(axis=0), strict=True) if n},
        human=_human(of_people, [cluster_names[at] for at in joined.tolist()], scale, n_coders),
        pairs=tuple(pairs),
    )


def _human(values: Floats, names: Sequence[str], scale: Sequence[float], n_coders: int) -> HumanAgreement:
    if values.shape[1] < 2:
        return HumanAgreement(
            n_coders=n_coders, status="one coder", reason="there are no two people who coded independently"
        )
    found = jackknife_over_transcripts(values, names, level="ordinal", domain=scale)
    figure, bounds = found.figure, found.interval
    return HumanAgreement(
        alpha=figure.value,
        low=bounds.low,
        high=bounds.high,
        n_units=figure.n_units,
        n_transcripts=len(found.names),
        status=figure.status,
        reason=figure.reason,
        interval_reason="" if figure.value is None else bounds.reason,
        n_coders=n_coders,
    )


def _pair(values: Floats, joined: Ints, scale: Sequence[float], coders: tuple[Coding, Coding]) -> RatingPair:
    import numpy as np

    kept = ~np.isnan(values).any(axis=1)
    both = values[kept]
    about: dict[str, Any] = {
        "coders": (coders[0].coder, coders[1].coder),
        "kind": pair_kind(*coders),
        "n_units": len(both),
        "n_transcripts": len(np.unique(joined[kept])),
        "exact": float((both[:, 0] == both[:, 1]).mean()),
    }
    if len(both) < 2:
        return RatingPair(**about, status="too few units", reason="only 1 unit was rated by both")
    alpha = krippendorff_alpha(both, level="ordinal", domain=scale)
    return RatingPair(
        **about,
        alpha=alpha.value,
        kappa_linear=cohen_kappa(both, weights="linear", domain=scale).value,
        kappa_quadratic=cohen_kappa(both, weights="quadratic", domain=scale).value,
        status=alpha.status,
        reason=alpha.reason,
    )


def any_shared(found: Sequence[RatingAgreement]) -> bool:
    """Whether two coders rated the same unit."""
    return any(pair.n_units for each in found for pair in each.pairs)
