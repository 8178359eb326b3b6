"""Units -> Agreement: every code, theme and group, with the figures of all codings, the people, models and pairs."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from autocode.agreement.alpha import krippendorff_alpha
from autocode.agreement.beside import human_model
from autocode.agreement.bordering import borders
from autocode.agreement.coefficients import pairable
from autocode.agreement.confusing import confusions, leans
from autocode.agreement.guessing import guesses
from autocode.agreement.instead import fragile, instead
from autocode.agreement.measuring import Places, Shares, coefficient, human, pair
from autocode.agreement.naming import independence, independent, left_out_notes, models, pair_kind
from autocode.agreement.pooling import pooled
from autocode.agreement.rated import any_shared, rating_agreement
from autocode.agreement.replacing import alternative_tests
from autocode.agreement.variables import Answers, Variable, groups, rows
from autocode.data import (
    Agreement,
    AlternativeTest,
    Code,
    CodeAgreement,
    Codebook,
    CoderInfo,
    Coding,
    Coefficient,
    Group,
    GroupAgreement,
    HumanAgreement,
    HumanModelAgreement,
    PairAgreement,
)
from autocode.errors import AgreementError

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

SHORT_WORDS = 3
"""A unit of so many words or fewer is short: there is little in it to disagree about."""
WORTH_TELLING = 0.05
"""How far alpha has to move without the short units for that to be told."""


def agree(
    units: DataFrame, codings: Sequence[Coding], codebook: Codebook, *, alternative_test: float | None = None
) -> Agreement:
    """How far the codings agree, code by code, with all that each figure rests on.

    `units` is the table that `units()` made from these codings (or more). All codings count alike in the arithmetic;
    their kind, stage and what they saw decide what a figure may be called. A coefficient that is undefined is None,
    with its reason. Intervals are given from two transcripts on; `withhold` blanks those from fewer than five.
    `alternative_test` is the epsilon of the alternative annotator test, which is made only if it is given.

    Raises AgreementError if there are several codings and no two of them decided on one unit, or if one of them is
    not in the table.
    """
    _refuse_absent(units, codings)
    told = units.attrs
    units = units.copy(deep=False)
    units.attrs = {"by": told.get("by", "turn")}  # pandas copies attrs whole each time a column is taken
    answers = Answers(units, codings, codebook)
    held = Comparison(codings, places_of(units), independent(codings), models(codings), units)
    table = rows(codebook, answers)
    rated = rating_agreement(units, codings, codebook, held.people, held.places)
    by_code = [(code, variable) for code, level, variable in table if level == "code"]
    if len(codings) > 1 and not any_shared(rated) and not any(pairable(each.values).any() for _, each in by_code):
        raise AgreementError(_nothing_shared(units, codings))
    active = [variable for code, variable in by_code if code.status == "active"]
    grouped = groups(codebook, answers)
    coders = tuple(_about(coding, units, told) for coding in codings)
    return Agreement(
        unit=told.get("by", "turn"),
        n_units=len(units),
        coders=coders,
        codes=tuple(held.code(code, level, variable) for code, level, variable in table),
        groups=tuple(held.group(group, codes, variable) for group, codes, variable in grouped),
        pooled_over_codes=pooled(active, held.people, held.places) if len(held.people) > 1 else None,
        notes=(
            *told.get("notes", ()),
            *left_out_notes(codings),
            *_versions(codings),
            *_stale_notes(coders),
            *_several(grouped, codings),
        ),
        heading=independence(codings),
        confusions=tuple(confusions(table, codings, held.places.transcript)),
        leans=tuple(leans(table, codings, held.places.transcript)),
        borders=tuple(borders(table, codings, units, codebook)),
        guesses=tuple(guesses(table, codings, held.people, held.models, held.places.transcript)),
        alternative=()
        if alternative_test is None
        else held.alternative(
            [(code.id, variable) for code, variable in by_code],
            [(group.id, variable) for group, _, variable in grouped],
            epsilon=alternative_test,
        ),
        ratings=tuple(rated),
    )


def _refuse_absent(units: DataFrame, codings: Sequence[Coding]) -> None:
    absent = [coding.coder for coding in codings if coding.coder not in units.columns.get_level_values(0)]
    if absent:
        raise AgreementError(f"{absent[0]} is not in the table of units; make it from the same codings")


def _about(coding: Coding, units: DataFrame, told: Mapping[Hashable, Any]) -> CoderInfo:
    passages = told.get("passages", {}).get(coding.coder, (0, None))
    return CoderInfo(
        name=coding.coder,
        kind=coding.kind,
        stage=coding.stage,
        saw=coding.saw,
        codebook=coding.codebook,
        baseline=coding.baseline,
        n_passages=passages[0],
        median_words_per_passage=passages[1],
        n_stale=_stale(coding, units),
        n_not_found=sum(segment.match == "none" for segment in coding.segments),
        repeat=coding.repeat,
    )


def _several(grouped: Sequence[tuple[Group, list[Code], Variable]], codings: Sequence[Coding]) -> list[str]:
    """A sentence for each coder who gave a unit several codes of which only one may be picked."""
    return [
        f"{coding.coder}: units with several codes of the group {group.id}, of which one is to be picked; they stand "
        f"as they are code by code, and are left out of the group's figures: {n}"
        for group, _, variable in grouped
        for coding, n in zip(codings, variable.several, strict=True)
        if n
    ]


def _stale_notes(coders: Sequence[CoderInfo]) -> list[str]:
    return [
        f"{coder.name}: decisions on codes that were edited since the codebook {coder.codebook or 'they worked with'}, "
        f"counted as they are (stale): {coder.n_stale:,}"
        for coder in coders
        if coder.n_stale and coder.repeat == 1  # of a run's repeats it is as much
    ]


def _stale(coding: Coding, units: DataFrame) -> int:
    """How many decisions were made on a code that has been edited since."""
    import numpy as np

    if not coding.stale:
        return 0
    transcript = np.asarray(units.index.get_level_values("transcript"))
    start, end = units["start"].to_numpy(dtype=np.int64), units["end"].to_numpy(dtype=np.int64)
    old: dict[str, Bools] = {}
    for each in coding.stale:
        if (coding.coder, each.code) in units.columns:
            span = each.passage.span
            here = (transcript == each.passage.transcript) & (start < span.end) & (end > span.start)
            old[each.code] = old.get(each.code, np.zeros(len(units), dtype=bool)) | here
    return sum(int((units[coding.coder, code].to_numpy(dtype=np.int8)[here] >= 0).sum()) for code, here in old.items())


@dataclass(frozen=True)
class Comparison:
    """Who coded, which of them are independent people or models, and where the units stand."""

    codings: Sequence[Coding]
    places: Places
    people: Sequence[int]
    models: Sequence[int]
    units: DataFrame

    def code(self, code: Code, level: Literal["code", "theme"], variable: Variable) -> CodeAgreement:
        """The row of a code or a theme."""
        import numpy as np

        counted = self.counted(variable)
        kept = pairable(counted)
        values, places = counted[kept], self.places.at(kept)
        measured = coefficient(counted, self.places, variable.n_values)
        shares = Shares.of(values, variable.n_values, measured.status)
        short = places.words <= SHORT_WORDS
        people = self.human(variable)
        # What there is to say of a figure is said of the people's; where there are no two, of all codings'.
        whose = self.people if len(self.people) > 1 else range(len(self.codings))
        figure: Coefficient = people if len(self.people) > 1 else measured
        return CodeAgreement(
            **measured.model_dump(),
            code=code.id,
            name=code.name,
            level=level,
            code_status=code.status,
            positives=self.positives(variable.values[kept]),
            percent=shares.percent,
            positive_agreement=shares.positive,
            negative_agreement=shares.negative,
            ac1=shares.ac1,
            median_words=float(np.median(places.words)) if len(places.words) else None,
            n_short=int(short.sum()),
            alpha_without_short=_if_it_moves(measured.alpha, values[~short]),
            instead=instead(figure, variable.values, whose, self.codings, self.units),
            fragile=fragile(figure, variable.values[:, list(whose)], "human" if len(self.people) > 1 else "all"),
            human=people,
            human_model=self.human_model(variable),
            pairs=self.pairs(variable),
        )

    def group(self, group: Group, codes: Sequence[Code], variable: Variable) -> GroupAgreement:
        """The row of a group of which one code is picked."""
        counted = self.counted(variable)
        kept = pairable(counted)
        measured = coefficient(counted, self.places, variable.n_values)
        shares = Shares.of(counted[kept], variable.n_values, measured.status)
        return GroupAgreement(
            **measured.model_dump(),
            group=group.id,
            codes=tuple(code.id for code in codes),
            positives=self.positives(variable.values[kept]),
            percent=shares.percent,
            ac1=shares.ac1,
            n_several=variable.n_several,
            human=self.human(variable),
            human_model=self.human_model(variable),
            pairs=self.pairs(variable),
        )

    def alternative(
        self, codes: Sequence[tuple[str, Variable]], groups: Sequence[tuple[str, Variable]], *, epsilon: float
    ) -> tuple[AlternativeTest, ...]:
        """For each model whether it may stand in for a person."""
        transcript = self.places.transcript
        return tuple(
            alternative_tests(codes, groups, self.codings, self.people, self.models, transcript, epsilon=epsilon)
        )

    def counted(self, variable: Variable) -> Ints:
        """The decisions of all codings but a settled one, which is made of the others; of all where no two are left."""
        own = [i for i, coding in enumerate(self.codings) if coding.stage != "settled"]
        return variable.values[:, own] if len(own) > 1 else variable.values

    def positives(self, values: Ints) -> dict[str, int]:
        """On how many of these units each coder said yes."""
        return {c.coder: int(n) for c, n in zip(self.codings, (values > 0).sum(axis=0), strict=True)}

    def human(self, variable: Variable) -> HumanAgreement:
        """The figure of the people who coded independently."""
        return human(variable, self.people, self.places)

    def human_model(self, variable: Variable) -> dict[str, HumanModelAgreement]:
        """The figure of each model beside them; none without such people."""
        if not self.people:
            return {}
        return {self.codings[m].coder: human_model(variable, self.people, m, self.places) for m in self.models}

    def pairs(self, variable: Variable) -> tuple[PairAgreement, ...]:
        """Every two codings side by side."""
        return tuple(
            pair(variable, i, j, self.places, names=(a.coder, b.coder), kind=pair_kind(a, b))
            for (i, a), (j, b) in combinations(enumerate(self.codings), 2)
        )


def places_of(units: DataFrame) -> Places:
    """Where the units of a table stand: what a status and an interval go by."""
    import numpy as np
    import pandas as pd

    transcript, _ = pd.factorize(units.index.get_level_values("transcript"))
    cluster, names = pd.factorize(units["cluster"])
    return Places(
        transcript=np.asarray(transcript, dtype=np.int64),
        cluster=np.asarray(cluster, dtype=np.int64),
        cluster_names=[str(name) for name in names],
        words=units["words"].to_numpy(dtype=np.int64),
    )


def _if_it_moves(alpha: float | None, without_short: Ints) -> float | None:
    """Alpha without the short units, where it differs enough to be told."""
    without = krippendorff_alpha(without_short).value
    return without if alpha is not None and without is not None and abs(without - alpha) > WORTH_TELLING else None


def _nothing_shared(units: DataFrame, codings: Sequence[Coding]) -> str:
    read = []
    for coding in codings:
        decided = (units[[coding.coder]] >= 0).any(axis=1)
        transcripts = list(dict.fromkeys(units.index.get_level_values("transcript")[decided]))
        shown = ", ".join(transcripts[:3]) + (", …" if len(transcripts) > 3 else "")
        read.append(f"{coding.coder} decided on units of {shown or 'no transcript'}")
    return f"no two coders decided on the same unit ({'; '.join(read)}); compare codings of the same transcripts"


def _versions(codings: Sequence[Coding]) -> list[str]:
    """A sentence if the coders declared different versions of the codebook."""
    declared = {coding.coder: coding.codebook for coding in codings if coding.codebook and coding.repeat == 1}
    if len(set(declared.values())) < 2:
        return []
    who = ", ".join(f"{coder} {version}" for coder, version in declared.items())
    return [f"the coders worked with different versions of the codebook: {who}"]
