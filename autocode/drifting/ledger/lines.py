"""People's decisions and models' -> for each code its figures: the people's, and each model's beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from autocode.data import LedgerFigure
from autocode.drift.ledger import Asked, model_figures, people_figures
from autocode.drifting.ledger.levels import UNDECLARED, Version
from autocode.drifting.ledger.models import Model
from autocode.drifting.ledger.standing import Codes, Everyone, Stands, joined


@dataclass
class Row:
    """A code through the versions, while it is being put together."""

    code: str
    of: Codes = ()
    figures: list[LedgerFigure] = field(default_factory=list)


class Rows:
    """The codes of a ledger, in the order of the codebook."""

    def __init__(self, everyone: Everyone) -> None:
        self.everyone = everyone
        self.units, self.places = everyone.units, everyone.units.places
        self._by_code = {id: Row(id) for id in self.units.codes}

    def all(self, models: Sequence[Model], edited: Collection[str] = ()) -> list[Row]:
        """The figures of every code: the people's under the versions that they worked with, the models' under theirs.

        Codes without any are left out, but for those that were edited.
        """
        for version in self.everyone.versions():
            for of, theirs in self.everyone.standing(version, "until").items():
                self._row(theirs.name, of).figures += people_figures(theirs.held, self.places, version.label)
        for model in models:
            standing = self.everyone.standing(model.version)
            for id in model.codes:
                standing.setdefault((id,), Stands(id, self.everyone.nothing()))
            self._beside(model, model.version, standing)
            if model.version.number is not None:
                self._beside(model, UNDECLARED, self.everyone.standing(UNDECLARED, "own"))
        return [row for row in self._by_code.values() if row.figures or row.code in edited]

    def _row(self, name: str, of: Codes) -> Row:
        row = self._by_code.setdefault(name, Row(name))
        if len(of) > 1:
            row.of = tuple(dict.fromkeys((*row.of, *of)))
        return row

    def _beside(self, model: Model, version: Version, standing: Mapping[Codes, Stands]) -> None:
        import numpy as np

        for of, theirs in standing.items():
            if not set(of) <= set(model.codes):
                continue
            columns = self.units.columns(of)
            values = np.stack([joined(repeat[:, columns]) for repeat in model.repeats], axis=1)
            if not (values >= 0).any():
                continue
            asked = Asked(model.name, values, prompt=model.prompt, run=model.run, baseline=model.baseline)
            found = [*model_figures(theirs.held, asked, self.units.quoted(of), self.places, version.label)]
            if version is not UNDECLARED or found[0].coders:  # else nobody's coding is undeclared
                self._row(theirs.name, of).figures += found
