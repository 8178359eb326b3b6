"""What moved -> which passages: those that lost or gained a code, with both versions' reasons, and where they went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from autocode.agreement.marks import Marks
from autocode.data import (
    BesideStory,
    ChangedPassage,
    Codebook,
    CodeChange,
    Coding,
    Drift,
    DriftStory,
    OtherCode,
    Span,
    Traded,
    Transcript,
    overlap,
)
from autocode.drift.comparing import MOVED
from autocode.drift.holding import Stale

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Floats, Ints

MOST = 0.5
"""A passage changed where its share of repeats with the code differs by so much."""


def stories(
    drift: Drift,
    units: DataFrame,
    before: Sequence[Coding],
    after: Sequence[Coding],
    codebook: Codebook,
    transcripts: Sequence[Transcript],
    *,
    people: Sequence[Coding] = (),
    stale: Mapping[str, Stale] | None = None,
    changes: Mapping[str, Sequence[CodeChange]] | None = None,
) -> tuple[DriftStory, ...]:
    """What happened to each code that moved: the edit between, the passages that changed, and where they went.

    Takes what `compare` took, and what it found. A passage changed where the share of repeats that gave it the code
    differs by half or more; it has lost or gained the code.
    """
    told = _Telling(units, before, after, codebook, transcripts, people, stale or {})
    moved = [row.code for row in drift.codes if row.verdict in MOVED]
    return tuple(told.story(code, tuple((changes or {}).get(code, ()))) for code in moved)


class _Telling:
    """The tables of both versions, and what is asked of them for every code that moved."""

    def __init__(
        self,
        units: DataFrame,
        before: Sequence[Coding],
        after: Sequence[Coding],
        codebook: Codebook,
        transcripts: Sequence[Transcript],
        people: Sequence[Coding],
        stale: Mapping[str, Stale],
    ) -> None:
        codings = [*before, *after, *people]
        self.marks = Marks(units, codings, transcripts, codebook)
        n, m = len(before), len(before) + len(after)
        self.sides = range(n), range(n, m)
        self.people = {coding.coder: at for at, coding in enumerate(codings) if at >= m}
        self.stale = stale
        self.quoting = [frozenset(filter(None, ids.split(";"))) for ids in units["example_of"]]
        self._shares: dict[str, tuple[Floats, Floats]] = {}

    def shares(self, code: str) -> tuple[Floats, Floats]:
        """For each unit the share of the repeats of each version that gave it a code; NaN where one did not decide."""
        if code not in self._shares:
            values = self.marks.values[code]
            self._shares[code] = _share(values[:, self._asked(code, 0)]), _share(values[:, self._asked(code, 1)])
        return self._shares[code]

    def _asked(self, code: str, which: int) -> list[int]:
        """The repeats of a version that were asked for a code at all."""
        return [at for at in self.sides[which] if (self.marks.values[code][:, at] >= 0).any()]

    def change(self, code: str) -> Floats:
        """How far the share of repeats with a code rose, unit by unit; 0 where a repeat did not decide."""
        import numpy as np

        before, after = self.shares(code)
        return np.nan_to_num(after - before)

    def story(self, code: str, changes: tuple[CodeChange, ...]) -> DriftStory:
        """What happened to one code."""
        import numpy as np

        change = self.change(code)
        change[[code in ids for ids in self.quoting]] = 0
        changed = np.flatnonzero(np.abs(change) >= MOST)
        changed = changed[np.argsort(-np.abs(change[changed]), kind="stable")]
        lost, gained = change <= -MOST, change >= MOST
        where = Counter(self.marks.places[unit].transcript for unit in changed.tolist())
        return DriftStory(
            code=code,
            changes=changes,
            n_lost=int(lost.sum()),
            n_gained=int(gained.sum()),
            passages=tuple(self._passage(code, unit) for unit in changed.tolist()),
            went_to=tuple(self._traded(code, lost, +1)),
            came_from=tuple(self._traded(code, gained, -1)),
            transcripts=dict(where.most_common()),
            beside=tuple(self._beside(code, lost, gained)),
        )

    def _passage(self, code: str, unit: int) -> ChangedPassage:
        place, values = self.marks.places[unit], self.marks.values[code][unit]
        asked = [self._asked(code, which) for which in (0, 1)]
        counts = [(int((values[some] == 1).sum()), len(some)) for some in asked]
        marked = [self._marked(code, unit, side) for side in self.sides]
        instead = [tuple(self._with_it(code, unit, which)) for which in (0, 1)]
        return ChangedPassage(
            transcript=place.transcript,
            turn=place.turn,
            speaker=place.speaker,
            start=place.span.start,
            end=place.span.end,
            before=counts[0],
            after=counts[1],
            marked_before=marked[0][0],
            marked_after=marked[1][0],
            why_before=marked[0][1],
            why_after=marked[1][1],
            instead_before=instead[0],
            instead_after=instead[1],
            people={who: bool(values[at]) for who, at in self.people.items() if self._stands(who, at, code, unit)},
        )

    def _marked(self, code: str, unit: int, side: Sequence[int]) -> tuple[tuple[Span, ...], tuple[str, ...]]:
        """What a version's repeats marked with a code in a unit, and their reasons."""
        place = self.marks.places[unit].span
        segments = [s for at in side for s in self.marks.segments(at, unit, code) if s.decision == "yes" and s.span]
        spans = {Span(max(s.span.start, place.start), min(s.span.end, place.end)) for s in segments if s.span}
        return tuple(sorted(spans)), tuple(why for why, _ in Counter(s.why for s in segments if s.why).most_common())

    def _with_it(self, code: str, unit: int, which: int) -> Iterator[OtherCode]:
        """The other codes that most repeats of a version gave to a unit."""
        for other in self.marks.codes:
            if other.id != code and self.shares(other.id)[which][unit] > MOST:
                _, whys = self._marked(other.id, unit, self.sides[which])
                yield OtherCode(code=other.id, why=whys[0] if whys else "")

    def _stands(self, who: str, at: int, code: str, unit: int) -> bool:
        """Whether a person decided on a unit, and not by an older definition."""
        old, place = self.stale.get(who, {}).get(code, ()), self.marks.places[unit]
        return bool(self.marks.values[code][unit, at] >= 0) and not any(
            each.transcript == place.transcript and overlap(each.span, place.span) for each in old
        )

    def _traded(self, code: str, among: Bools, direction: int) -> list[Traded]:
        """The codes that rose, or fell, on the units of a code that lost, or gained, it; the most frequent first."""
        found = [
            Traded(code=other.id, n=n)
            for other in self.marks.codes
            if other.id != code and (n := int((direction * self.change(other.id)[among] >= MOST).sum()))
        ]
        return sorted(found, key=lambda traded: -traded.n)

    def _beside(self, code: str, lost: Bools, gained: Bools) -> Iterator[BesideStory]:
        import numpy as np

        values = self.marks.values[code]
        for who, at in self.people.items():
            counts = []
            for among in (lost, gained):
                decided = [unit for unit in np.flatnonzero(among).tolist() if self._stands(who, at, code, unit)]
                counts += [len(decided), int(values[decided, at].sum())]
            if counts[0] or counts[2]:
                yield BesideStory(
                    coder=who, n_lost=counts[0], lost_coded=counts[1], n_gained=counts[2], gained_coded=counts[3]
                )


def _share(values: Ints) -> Floats:
    """The share of repeats that gave the code; NaN where one of them did not decide, or there is none."""
    import numpy as np

    if not values.shape[1]:
        return np.full(len(values), np.nan)
    return np.where((values >= 0).all(axis=1), (values == 1).mean(axis=1), np.nan)
