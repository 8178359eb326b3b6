"""Units -> DriftOverTime: which coders are held side by side over time, and what is told of what was left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING

from autocode.codebook import codable
from autocode.data import Codebook, Coding, DecidedUnder, DriftOverTime
from autocode.drift.discoveries import enough
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drift.two_coders import TwoCoders
from autocode.errors import AgreementError

if TYPE_CHECKING:
    from pandas import DataFrame


def watch(
    units: DataFrame,
    codings: Sequence[Coding],
    codebook: Codebook,
    *,
    order: Sequence[str],
    over: str = "order",
    after: Collection[str] | None = None,
    event: str = "",
    under: Mapping[str, Sequence[DecidedUnder]] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> DriftOverTime:
    """Whether coders drift apart over time: each person beside each model, and people (or passes) beside each other.

    `order` has the transcripts in time; others are left out. `after` names those that a known event sets apart, which
    `event` says in words; without it each code is split where its CUSUM is largest, and at least 7 transcripts are
    needed. Models are compared with each other only where there are no people. `under` has for each coder what they
    decided under an older definition: where the definitions of two differ, their decisions are left out, and counted.

    What is looked at are misses and extras per transcript, in units, beyond what its own passages let expect (CUSUM:
    Page 1954); p is by dealing whole transcripts anew over time, `permutations` times (Westfall and Young 1993). The
    same `seed` gives the same figures.

    Raises AgreementError where there are not two codings that share transcripts.
    """
    people = [c for c in codings if c.kind == "human" and c.stage != "settled"]
    models = [c for c in codings if c.kind == "model" and c.repeat == 1]
    pairs = [*product(people, models), *combinations(people, 2)] or [*combinations(models, 2)]
    if not pairs:
        raise AgreementError(
            f"there is only one coding ({codings[0].coder}); over time two are compared: a person's and a model's, "
            "or two passes of one coder, so name another coding"
        )
    permutations = enough(permutations, len(codable(codebook)))
    notes: list[str] = []
    found = []
    too_few: dict[str, list[str]] = {}
    redefined_between: list[str] = []
    for first, second in pairs:
        view = TwoCoders.of(units, first, second, codebook, order, after, under or {})
        if told := view.told():
            redefined_between.append(told)
        if reason := view.too_few():
            too_few.setdefault(reason, []).append(f"{first.coder} and {second.coder}")
            continue
        found.append(view.pair(permutations, seed))
    if redefined_between:
        notes.append(
            f"decisions left out, because the definition changed between the two: {'; '.join(redefined_between)}; what "
            "to read again is in `autocode codebook status`"
        )
    notes += [f"{', '.join(names)}: {reason}" for reason, names in too_few.items()]
    if not found:
        raise AgreementError("; ".join(notes))
    return DriftOverTime(
        unit=units.attrs.get("by", "turn"),
        over=over,
        event=event,
        transcripts=tuple(order),
        permutations=permutations,
        seed=seed,
        pairs=tuple(found),
        notes=tuple(notes),
    )
