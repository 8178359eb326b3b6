"""Whether a model may stand in for a coder: the alternative annotator test. Off unless asked for.

- Calderon, N., Reichart, R., Dror, R. (2025). The alternative annotator test for LLM-as-a-judge. ACL 2025, 16051-16081.
- Benjamini, Y., Yekutieli, D. (2001). The control of the false discovery rate in multiple testing under dependency.
  Ann. Stat. 29, 1165-1188.

For each person j, on every unit that they, the model and enough others decided: who matches more of the others, the
model or j? W_f = 1 where the model matches as many or more, W_h = 1 where the person does. The person's advantage is
d = W_h - W_f, and the test is one-sided, against the hypothesis that its mean is epsilon or more: by so much a person
may be better before the model's lower cost no longer makes up for it. The winning rate is the share of people for whom
that is rejected (Benjamini-Yekutieli over people); the paper lets a model pass at 0.5.

With two people the test says whom the model resembles, not whether it may replace them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.ratings import ratings
from autocode.errors import InputError

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Bools, Floats, Ints

PASSES_AT = 0.5


@dataclass(frozen=True)
class AgainstPerson:
    """The model beside one person."""

    n_units: int
    advantage: float | None
    """The share of units on which the model matches the others as well as the person or better: the mean of W_f."""
    p: float | None
    """Of the t-test, which takes the units for independent of each other; None where that cannot be made."""
    p_clustered: float | None
    """The same with transcripts left out one at a time; None where no transcripts are named, or under two."""
    rejected: bool
    """Whether the model is as good as the person, at this epsilon."""


@dataclass(frozen=True)
class AlternativeAnnotatorTest:
    """A model beside each person."""

    winning_rate: float | None
    """The share of people whom the model may replace, 0-1; None where nobody could be tested."""
    advantage_probability: float | None
    """The mean over people of their `advantage`."""
    people: Mapping[str, AgainstPerson]
    epsilon: float

    @property
    def passes(self) -> bool:
        """A winning rate of 0.5 or more."""
        return self.winning_rate is not None and self.winning_rate >= PASSES_AT


def alternative_annotator_test(
    people: Mapping[str, Sequence[object]],
    model: Sequence[object],
    *,
    epsilon: float,
    transcripts: Sequence[object] | None = None,
    fewest_people: int = 2,
    fewest_units: int = 30,
    q: float = 0.05,
) -> AlternativeAnnotatorTest:
    """Whether the model matches other people as well as a person does: winning rate, advantage and a p for each.

    `people` and `model` hold what each gave every unit, None or -1 where nothing. `epsilon` is to be chosen and stated
    before: the paper has 0.2 for experts, 0.15 for skilled and 0.1 for crowd workers. Units that fewer people decided
    (`fewest_people`) have no part in it, and people with fewer such units (`fewest_units`) are not tested.
    """
    import numpy as np

    names = list(people)
    rated = ratings(np.array([*map(list, people.values()), list(model)], dtype=object).T.tolist())
    human, machine = rated.values[:, :-1], rated.values[:, -1]
    usable = ((human >= 0).sum(axis=1) >= max(2, fewest_people)) & (machine >= 0)
    if transcripts is not None and len(transcripts) != len(human):
        raise InputError(
            f"there are {len(human)} units, and {len(transcripts)} transcripts are named; name one for each"
        )
    found = {}
    for j, name in enumerate(names):
        on = usable & (human[:, j] >= 0)
        wins, loses = _compared(human[on], machine[on], j)
        where = None if transcripts is None else [t for t, has in zip(transcripts, on, strict=True) if has]
        found[name] = _against(wins, loses, epsilon, where, fewest_units)
    tested = {name: each for name, each in found.items() if each.p is not None}
    rejected = _benjamini_yekutieli({name: each.p or 0.0 for name, each in tested.items()}, q)
    final = {
        name: AgainstPerson(each.n_units, each.advantage, each.p, each.p_clustered, name in rejected)
        for name, each in found.items()
    }
    advantages = [each.advantage for each in tested.values() if each.advantage is not None]
    return AlternativeAnnotatorTest(
        winning_rate=len(rejected) / len(tested) if tested else None,
        advantage_probability=float(np.mean(advantages)) if advantages else None,
        people=final,
        epsilon=epsilon,
    )


def _compared(human: Ints, machine: Ints, j: int) -> tuple[Bools, Bools]:
    """On each unit, whether the model (then: the person) matches as many of the others, or more."""
    import numpy as np

    others = np.delete(human, j, axis=1)
    by_model = (others == machine[:, None]).sum(axis=1)
    by_person = (others == human[:, [j]]).sum(axis=1)
    return by_model >= by_person, by_person >= by_model


def _against(
    wins: Bools, loses: Bools, epsilon: float, transcripts: Sequence[object] | None, fewest: int
) -> AgainstPerson:
    import numpy as np

    n = len(wins)
    if n < max(2, fewest):
        return AgainstPerson(n, float(wins.mean()) if n else None, None, None, rejected=False)
    d = loses.astype(np.float64) - wins
    p = _p(float(d.mean()), float(d.std(ddof=1)) / n**0.5, n - 1, epsilon)
    return AgainstPerson(n, float(wins.mean()), p, _clustered(d, transcripts, epsilon), rejected=False)


def _p(mean: float, se: float, df: int, epsilon: float) -> float:
    """How likely a mean as low as this is, if the person's advantage is epsilon."""
    from scipy.special import stdtr

    if se == 0:
        return 0.0 if mean < epsilon else 1.0
    return float(stdtr(df, (mean - epsilon) / se))


def _clustered(d: Floats, transcripts: Sequence[object] | None, epsilon: float) -> float | None:
    """The p with the standard error from leaving out one transcript at a time."""
    import numpy as np

    from autocode.agreement.intervals import standard_error

    if transcripts is None or len(set(transcripts)) < 2:
        return None
    number = {name: at for at, name in enumerate(dict.fromkeys(transcripts))}
    group = np.array([number[name] for name in transcripts])
    n, total = np.bincount(group), np.bincount(group, weights=d)
    left_out = (d.sum() - total) / (len(d) - n)
    return _p(float(d.mean()), standard_error(left_out), len(n) - 1, epsilon)


def _benjamini_yekutieli(p: Mapping[str, float], q: float) -> set[str]:
    """Those whose hypothesis is rejected, with false discoveries under q whatever their dependence."""
    m = len(p)
    ordered = sorted(p, key=lambda name: p[name])
    harmonic = sum(1 / k for k in range(1, m + 1))
    last = max((k for k, name in enumerate(ordered, 1) if p[name] <= k * q / (m * harmonic)), default=0)
    return set(ordered[:last])
