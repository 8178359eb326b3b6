"""People's decisions and models' -> for each version and code the decisions that stand for it, and their figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autocode.agreement.measuring import Places
from autocode.codebook import asked, code_of
from autocode.data import LedgerFigure
from autocode.drift.ledger import Asked, Held, model_figures, people_figures
from autocode.drifting.ledger.levels import UNDECLARED, Level, Shelf, Version
from autocode.drifting.ledger.models import Model
from autocode.drifting.ledger.under import Person, Units, Work

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Ints


@dataclass
class Row:
    """A code through the versions, while it is being put together."""

    code: str
    of: tuple[str, ...] = ()
    figures: list[LedgerFigure] = field(default_factory=list)


def rows(people: Sequence[Person], models: Sequence[Model], units: Units, shelf: Shelf) -> dict[str, Row]:
    """Every code with its figures: the people's under the versions that they worked with, the models' under theirs."""
    found: dict[str, Row] = {id: Row(id) for id in units.codes}
    places = units.places
    for version in _worked_with(people, shelf):
        for of, held in _held(people, version, units, shelf).items():
            row = _row(found, held.name, of)
            row.figures += people_figures(held.decided(people), places, version.label)
    for model in models:
        theirs = _held(people, model.version, units, shelf)
        for id in model.codes:
            theirs.setdefault((id,), _Decisions.none(id, len(units.frame), len(people)))
        _model_rows(found, theirs, people, model, model.version, units, places)
        if model.version.number is not None:
            theirs = _held(people, UNDECLARED, units, shelf, only_own=True)
            _model_rows(found, theirs, people, model, UNDECLARED, units, places)
    return {name: row for name, row in found.items() if row.figures}


def _worked_with(people: Sequence[Person], shelf: Shelf) -> list[Version]:
    """The versions that people worked with, each once."""
    found: dict[str, Version] = {}
    for person in people:
        for work in person.passes:
            for number in work.used:
                version = shelf.of_number(number)
                found.setdefault(version.label, version)
    return sorted(found.values(), key=lambda version: version.order)


def _row(found: dict[str, Row], name: str, of: tuple[str, ...]) -> Row:
    row = found.setdefault(name, Row(name))
    if len(of) > 1:
        row.of = tuple(dict.fromkeys((*row.of, *of)))
    return row


def _model_rows(
    found: dict[str, Row],
    theirs: dict[tuple[str, ...], _Decisions],
    people: Sequence[Person],
    model: Model,
    version: Version,
    units: Units,
    places: Places,
) -> None:
    import numpy as np

    for of, held in theirs.items():
        if not set(of) <= set(model.codes):
            continue
        values = np.stack([joined(repeat[:, units.columns(of)]) for repeat in model.repeats], axis=1)
        if not (values >= 0).any():
            continue
        side = Asked(model.name, values, prompt=model.prompt, run=model.run, baseline=model.baseline)
        figures = [*model_figures(held.decided(people), side, units.quoted(of), places, version.label)]
        if version is UNDECLARED and not figures[0].coders:
            continue  # nobody's coding is undeclared: nothing to tell
        _row(found, held.name, of).figures += figures


@dataclass(eq=False)
class _Decisions:
    """People's decisions on one code for a version, while they are being gathered: arrays units x people."""

    name: str
    values: Ints
    own: Bools
    stale: Bools

    @classmethod
    def none(cls, name: str, n_units: int, n_people: int) -> _Decisions:
        import numpy as np

        shape = (n_units, n_people)
        return cls(name, np.full(shape, -1, dtype=np.int8), np.zeros(shape, bool), np.zeros(shape, bool))

    def decided(self, people: Sequence[Person]) -> Held:
        return Held([person.name for person in people], self.values, self.own, self.stale)


def _held(
    people: Sequence[Person], version: Version, units: Units, shelf: Shelf, *, only_own: bool = False
) -> dict[tuple[str, ...], _Decisions]:
    """What people decided, as it stands for a version, for each code of it or several that only count together."""
    found: dict[tuple[str, ...], _Decisions] = {}
    for at, person in enumerate(people):
        work = person.best(_numbered(person, version, shelf))
        for number in work.used:
            then = shelf.of_number(number)
            own = then.label == version.label
            if only_own and not own:
                continue
            if then.number is None and version.number is not None:
                continue  # nobody knows whether it stands: it is told under `version not declared`
            for level in shelf.levels(then, version):
                _add(found, level, at, len(people), work, number, units, shelf, version, own=own)
    return found


def _numbered(person: Person, version: Version, shelf: Shelf) -> str:
    """The version as this person's lines call it."""
    numbers = [number for work in person.passes for number in work.numbers]
    return next((number for number in numbers if shelf.of_number(number).label == version.label), "")


def _add(
    found: dict[tuple[str, ...], _Decisions],
    level: Level,
    person: int,
    n_people: int,
    work: Work,
    number: str,
    units: Units,
    shelf: Shelf,
    version: Version,
    *,
    own: bool,
) -> None:
    import numpy as np

    if level.now not in found:
        found[level.now] = _Decisions.none(_name(level, version), len(units.frame), n_people)
    held, columns = found[level.now], units.columns(level.then)
    order = np.array([shelf.of_number(each).order[:2] for each in work.numbers])
    ranks = np.lexsort(order.T[::-1]).argsort()[work.at[:, columns]]
    oldest = ranks.min(axis=1) == np.lexsort(order.T[::-1]).argsort()[work.numbers.index(number)]
    values = joined(work.values[:, columns])
    here = oldest & (values >= 0)
    if level.stands:
        held.values[here, person] = values[here]
        held.own[here, person] = own
    else:
        held.stale[here, person] = True


def _name(level: Level, version: Version) -> str:
    """What to call what is compared: a part that goes on under the name of the whole does not stand for the whole."""
    if len(level.now) == 1 or version.book is None or code_of(version.book, level.name) is None:
        return level.name
    return level.name if level.name not in {code.id for code in asked(version.book)} else "+".join(level.now)


def joined(values: Ints) -> Ints:
    """Several codes as one (units x codes -> units): yes if any is, else no decision if any has none, else no."""
    import numpy as np

    yes = (values == 1).any(axis=1)
    return np.where(yes, 1, np.where((values < 0).any(axis=1), -1, 0)).astype(np.int8)
