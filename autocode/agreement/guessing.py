"""A model against guessing: does its yes fall where people's does, more than by chance in the same interviews?

The least that a model has to show. A model that knows only how frequent a code is in each interview, and puts it on
any of its units, is what guessing means here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autocode.agreement.shuffling import false_discovery, together
from autocode.agreement.variables import Variable
from autocode.data import Code, Coding, Guess

if TYPE_CHECKING:
    from typing import Literal

    from autocode.agreement.coefficients import Ints

    Row = tuple[Code, Literal["code", "theme"], Variable]


def guesses(
    table: Sequence[Row], codings: Sequence[Coding], people: Sequence[int], models: Sequence[int], transcript: Ints
) -> list[Guess]:
    """For each model and code the test against guessing, on the units that it and at least one person decided."""
    if not people:
        return []
    found = []
    for model in models:
        rows = [(code, variable) for code, level, variable in table if level == "code"]
        here = [_guess(code, variable, codings[model].coder, people, model, transcript) for code, variable in rows]
        q = false_discovery([each.p for each in here])
        found += [each.model_copy(update={"q": value}) for each, value in zip(here, q, strict=True)]
    return found


def _guess(code: Code, variable: Variable, name: str, people: Sequence[int], model: int, transcript: Ints) -> Guess:
    import numpy as np

    said, beside = variable.values[:, model], variable.values[:, list(people)]
    kept = (said >= 0) & (beside >= 0).any(axis=1) & ~variable.quoted
    marks, scores = said[kept] == 1, (beside[kept] == 1).sum(axis=1).astype(np.int64)
    test = together(marks, scores, transcript[kept])
    reason = ""
    if test.p is None:
        reason = (
            "no unit was decided by the model and a person"
            if not kept.any()
            else "in every interview the model, or the people, say the same on all units"
        )
    return Guess(
        code=code.id,
        model=name,
        n_units=int(kept.sum()),
        n_model=int(marks.sum()),
        n_people=int(scores.sum()),
        n_together=test.observed,
        expected=test.expected if kept.any() else None,
        p=test.p,
        reason=reason,
    )
