"""On which units a coded segment counts: the unit rule.

A segment is on every unit of which it covers half, and on every unit that holds half of it (half: at least half). Its
length counts only its characters inside units.

The rule goes on: if there is none, on every unit that holds a quarter of it, at least on the largest part. That part
is never needed as long as a segment is one stretch. A unit between two others that it touches is covered whole; so a
segment that covers half of none touches at most two, and of two parts one is at least half. So no segment with a
character inside units ends on no unit. (A segment of several stretches would need the rest of the rule.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints
    from autocode.agreement.cutting import Cut


class Placed(NamedTuple):
    """Segments on units: row by row the place of a segment and of a unit it is on."""

    segment: Ints
    unit: Ints
    outside: Bools
    """For each segment: it has no character inside units."""


def place(start: Ints, end: Ints, allowed: Bools, kind: Ints, cut: Cut) -> Placed:
    """Put segments (on the common line) on units.

    `allowed[k]` says which pieces are units for codes of kind k (a code may be for some speakers only), `kind` of
    which kind each segment's code is.
    """
    import numpy as np

    segment, piece = touched(start, end, cut)
    inside = allowed[kind[segment], piece]
    segment, piece = segment[inside], piece[inside]
    shared = np.minimum(end[segment], cut.end[piece]) - np.maximum(start[segment], cut.start[piece])

    # From pieces to units: rows come in order of segment and text, so the pieces of a unit are neighbours.
    unit = cut.unit[piece]
    first = np.flatnonzero(np.diff(segment, prepend=-1) | np.diff(unit, prepend=-1))
    segment, unit = segment[first], unit[first]
    shared = np.add.reduceat(shared, first) if len(first) else shared

    length = np.bincount(segment, weights=shared, minlength=len(start)).astype(np.int64)[segment]
    whole = unit_lengths(allowed, cut)[kind[segment], unit]
    half = (2 * shared >= whole) | (2 * shared >= length)
    outside = np.ones(len(start), dtype=bool)
    outside[segment] = False
    return Placed(segment[half], unit[half], outside)


def touched(start: Ints, end: Ints, cut: Cut) -> tuple[Ints, Ints]:
    """Every (segment, piece) that share a character, in order of segment and text."""
    import numpy as np

    first = np.searchsorted(cut.end, start, side="right")
    after = np.searchsorted(cut.start, end, side="left")
    n = np.where(end > start, np.maximum(after - first, 0), 0)
    segment = np.repeat(np.arange(len(start)), n)
    within = np.arange(len(segment)) - np.repeat(np.cumsum(n) - n, n)
    return segment, first[segment] + within


def unit_lengths(allowed: Bools, cut: Cut) -> Ints:
    """For each kind of code, how many characters each unit has for it."""
    import numpy as np

    lengths = cut.end - cut.start
    rows = [np.bincount(cut.unit, weights=lengths * row, minlength=len(cut.units)) for row in allowed]
    return np.stack(rows).astype(np.int64)
