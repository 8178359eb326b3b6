"""Misses and extras of one code over time as a curve to draw: the CUSUM, transcript after transcript.

Only places and words are decided here; `drift_over.html` draws them. The drawing is small and its words are not, so
that several stand side by side on a wide screen and one fits a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from autocode.data import CodeOverTime, PairOverTime

WIDTH, HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 352.0, 22.0, 168.0
_LETTER = 5.4
"""How wide a letter is, about, at the size of the labels."""
_LINE = 11.0
"""How high a line of labels is."""
_LEAST = 2.0
"""A curve of less than two passages is not blown up to fill the drawing."""


class Label(NamedTuple):
    """Words in the drawing, and where they stand."""

    x: float
    y: float
    words: str
    anchor: str = "middle"


class Curves(NamedTuple):
    """The drawing of one code."""

    misses: str
    """The points of the curve, as SVG writes them."""
    extras: str
    splits: tuple[float, ...]
    """Where a split or event stands."""
    split_label: Label | None
    zero: float
    """The height of 0: as many as the transcripts' own passages let expect."""
    x_labels: tuple[Label, ...]
    y_labels: tuple[Label, ...]
    ticks: tuple[float, ...]
    """Where each labelled transcript stands."""


def cumulative(part: Sequence[int], of: Sequence[int]) -> list[float]:
    """What has come together beyond the share of all, before the first transcript and after each: it ends at 0.

    >>> cumulative([0, 2, 4], [6, 6, 6])
    [0.0, -2.0, -2.0, 0.0]
    """
    share = sum(part) / sum(of) if sum(of) else 0.0
    return [round(s, 9) + 0.0 for s in accumulate((p - share * n for p, n in zip(part, of, strict=True)), initial=0.0)]


def curves(row: CodeOverTime, pair: PairOverTime, values: Sequence[str]) -> Curves:
    """The curves of one code; `values` is what each of the pair's transcripts is ordered by."""
    misses = cumulative([c.misses for c in row.counts], [c.first for c in row.counts])
    extras = cumulative([c.extras for c in row.counts], [c.units - c.first for c in row.counts])
    low, high = min(*misses, *extras, -_LEAST / 2), max(*misses, *extras, _LEAST / 2)
    n = len(row.counts)

    def x(k: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * k / n, 1)

    def y(s: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * (s - low) / (high - low), 1)

    splits = split_places(row, pair)
    ticks = [*_ticks(values, splits)]
    marks = [round(s) for s in (low, high) if abs(y(s) - y(0)) > _LINE] + [0]
    return Curves(
        misses=" ".join(f"{x(k)},{y(s)}" for k, s in enumerate(misses)),
        extras=" ".join(f"{x(k)},{y(s)}" for k, s in enumerate(extras)),
        splits=tuple(map(x, splits)),
        split_label=_split_label(row, [x(k) for k in splits]),
        zero=y(0),
        x_labels=tuple(_at(x(k + 0.5), _BOTTOM + 15, values[k]) for k in ticks),
        y_labels=tuple(Label(_LEFT - 5, y(s) + 4, f"{s:+d}".replace("-", "−") if s else "0", "end") for s in marks),
        ticks=tuple(x(k + 0.5) for k in ticks),
    )


def split_places(row: CodeOverTime, pair: PairOverTime) -> list[int]:
    """After how many transcripts a code is split; where the two sides of an event alternate, each border."""
    if not pair.after:
        return [pair.transcripts.index(row.split_after) + 1] if row.split_after else []
    sides = [id in set(pair.after) for id in pair.transcripts]
    return [k for k, (one, other) in enumerate(pairwise(sides), start=1) if one != other]


def _split_label(row: CodeOverTime, places: Sequence[float]) -> Label | None:
    if not places:
        return None
    words = f"split after {row.split_after}" if row.split_after else "event" + "s" * (len(places) > 1)
    return _at(places[0], _TOP - 8, words)


def _at(x: float, y: float, words: str) -> Label:
    """Words centred on a place, or beginning or ending where the drawing does."""
    half = len(words) * _LETTER / 2
    if x - half < 2:
        return Label(2, y, words, "start")
    if x + half > WIDTH - 2:
        return Label(WIDTH - 2, y, words, "end")
    return Label(x, y, words)


def _ticks(values: Sequence[str], splits: Sequence[int]) -> Iterator[int]:
    """The transcripts whose date or place is written: those beside the split first, then as many as fit."""
    n = len(values)
    each = (_RIGHT - _LEFT) / n
    if len(splits) == 1 and len(set(values)) == 2:  # the two sides of an event, each named once
        yield from (splits[0] // 2, (splits[0] + n) // 2)
        return
    wanted = [k for place in splits[:1] for k in (place, place - 1)] + [0, n - 1]
    wanted += [round(n * part / 8) for part in range(1, 8)]
    taken: list[tuple[float, float]] = []
    for k in wanted:
        if not 0 <= k < n:
            continue
        half = max(len(values[k]) * _LETTER / 2, 4)
        middle = min(max(_LEFT + each * (k + 0.5), half), WIDTH - half)
        if all(middle + half + 6 < a or middle - half - 6 > b for a, b in taken):
            taken.append((middle - half, middle + half))
            yield k
