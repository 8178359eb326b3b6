"""The alternative annotator test for every model and code of a study; see `alternative` for the test itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autocode.agreement.alternative import alternative_annotator_test
from autocode.agreement.variables import Variable
from autocode.data import AlternativePerson, AlternativeTest, Coding
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints

TWO_PEOPLE = "two people only: shows whom the model resembles"
ONE_PERSON = "one person only: there is nobody to compare that person with"


def alternative_tests(
    codes: Sequence[tuple[str, Variable]],
    groups: Sequence[tuple[str, Variable]],
    codings: Sequence[Coding],
    people: Sequence[int],
    models: Sequence[int],
    transcript: Ints,
    *,
    epsilon: float,
) -> list[AlternativeTest]:
    """A test for each model, code and group of which one code is picked, on units that no example quotes.

    With two people each is compared with the other alone. Then the test says whom of them the model resembles, and
    nothing of whether it may replace them: it has that heading, and does not pass or fail.
    """
    if not 0 <= epsilon < 1:
        raise InputError(f"epsilon is {epsilon:g}, and it is a share of units; give one from 0 to under 1, as 0.1")
    asked = [*((id, "", variable) for id, variable in codes), *(("", id, variable) for id, variable in groups)]
    return [
        _test(variable, code, group, codings, people, model, transcript, epsilon)
        for model in models
        for code, group, variable in asked
    ]


def _test(
    variable: Variable,
    code: str,
    group: str,
    codings: Sequence[Coding],
    people: Sequence[int],
    model: int,
    transcript: Ints,
    epsilon: float,
) -> AlternativeTest:
    kept = (variable.values[:, model] >= 0) & ~variable.quoted
    said = variable.values[kept]
    deciding = [i for i in people if (said[:, i] >= 0).any()]
    name = codings[model].coder
    if len(deciding) < 2:
        return AlternativeTest(model=name, code=code, group=group, epsilon=epsilon, heading=ONE_PERSON)
    found = alternative_annotator_test(
        {codings[i].coder: said[:, i].tolist() for i in deciding},
        said[:, model].tolist(),
        epsilon=epsilon,
        transcripts=transcript[kept].tolist(),
    )
    two = len(deciding) == 2
    return AlternativeTest(
        model=name,
        code=code,
        group=group,
        epsilon=epsilon,
        people=tuple(
            AlternativePerson(
                name=person,
                n_units=each.n_units,
                advantage=each.advantage,
                p=each.p,
                p_clustered=each.p_clustered,
                rejected=each.rejected,
            )
            for person, each in found.people.items()
        ),
        winning_rate=found.winning_rate,
        advantage_probability=found.advantage_probability,
        passes=None if two or found.winning_rate is None else found.passes,
        heading=TWO_PEOPLE if two else "",
    )
