"""What people decided, as it stands for a version of the codebook, code by code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from autocode.codebook import asked
from autocode.drift.ledger import Held
from autocode.drifting.ledger.levels import Level, Shelf, Version
from autocode.drifting.ledger.under import Person, Units, Work

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints

Codes = tuple[str, ...]
"""A code of a version, or several that only count together."""
Which = Literal["any", "until", "own"]
"""Decisions under any version, under none that is later, or under this one alone."""


@dataclass(frozen=True, eq=False)
class Stands:
    """Decisions on what is called by one name."""

    name: str
    held: Held


@dataclass(frozen=True, eq=False)
class Everyone:
    """The people, and the units and versions that their decisions are about."""

    people: Sequence[Person]
    units: Units
    shelf: Shelf

    def versions(self) -> list[Version]:
        """The versions that they worked with, each once, in their order."""
        numbers = dict.fromkeys(number for person in self.people for work in person.passes for number in work.used)
        found = {version.label: version for version in map(self.shelf.of_number, numbers)}
        return sorted(found.values(), key=lambda version: version.order)

    def nothing(self) -> Held:
        """Decisions, of which there are none yet."""
        import numpy as np

        shape = (len(self.units.frame), len(self.people))
        names = [person.name for person in self.people]
        return Held(names, np.full(shape, -1, dtype=np.int8), np.zeros(shape, bool), np.zeros(shape, bool))

    def standing(self, version: Version, which: Which = "any") -> dict[Codes, Stands]:
        """What they decided, as it stands for a version, for each code of it or several that only count together.

        What nobody knows the version of stands for none that is known: it is told under `version not declared`, and
        there everything may be beside it.
        """
        found: dict[Codes, Stands] = {}
        for at, person in enumerate(self.people):
            work = person.best(self._numbers(person, version))
            for number in work.used:
                then = self.shelf.of_number(number)
                own = then.label == version.label
                if (which == "own" and not own) or (then.number is None and version.number is not None):
                    continue
                if which == "until" and version.number is not None and then.order > version.order:
                    continue
                here = self._oldest(work, number)
                for level in self.shelf.levels(then, version):
                    if level.now not in found:
                        found[level.now] = Stands(_name(level, version), self.nothing())
                    self._take(found[level.now].held, at, level, work, here, own=own)
        return found

    def _numbers(self, person: Person, version: Version) -> frozenset[str]:
        """The version as this person's lines call it."""
        used = (number for work in person.passes for number in work.numbers)
        return frozenset(number for number in used if self.shelf.of_number(number).label == version.label)

    def _oldest(self, work: Work, number: str) -> tuple[Ints, int]:
        """For each decision how old its version is, and how old this one is."""
        import numpy as np

        order = [self.shelf.of_number(each).order for each in work.numbers]
        ranks = [sorted(set(order)).index(each) for each in order]
        return np.array(ranks, dtype=np.int16)[work.at], ranks[work.numbers.index(number)]

    def _take(self, held: Held, person: int, level: Level, work: Work, age: tuple[Ints, int], *, own: bool) -> None:
        """Take over the decisions under one version; codes that count together are as old as the oldest of them."""
        columns = self.units.columns(level.then)
        values = joined(work.values[:, columns])
        here: Bools = (age[0][:, columns].min(axis=1) == age[1]) & (values >= 0)
        if level.stands:
            held.values[here, person] = values[here]
            held.own[here, person] = own
        else:
            held.stale[here, person] = True


def _name(level: Level, version: Version) -> str:
    """What to call what is compared: a part that goes on under the name of the whole does not stand for the whole."""
    if len(level.now) == 1 or version.book is None:
        return level.name
    return "+".join(level.now) if level.name in {code.id for code in asked(version.book)} else level.name


def joined(values: Ints) -> Ints:
    """Several codes as one (units x codes -> units): yes if any is, else no decision if any has none, else no."""
    import numpy as np

    if values.shape[1] == 1:
        return values[:, 0]
    yes = (values == 1).any(axis=1)
    return np.where(yes, 1, np.where((values < 0).any(axis=1), -1, 0)).astype(np.int8)
