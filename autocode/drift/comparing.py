"""Units -> Drift: what a new version of codebook, prompt or model did to every code, in words and numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import number
from autocode.data import BesideCoding, Code, Codebook, CodeDrift, Coding, Drift, DriftVerdict
from autocode.drift.discoveries import enough
from autocode.drift.holding import Stale, hold_beside
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drift.sides import CodeGroup, Sides
from autocode.drift.versions import Measured, Moved, judge, measure

if TYPE_CHECKING:
    from pandas import DataFrame


MOVED: tuple[DriftVerdict, ...] = ("more", "less", "other passages", "differs, noise not measured")


def compare(
    units: DataFrame,
    before: Sequence[Coding],
    after: Sequence[Coding],
    codebook: Codebook,
    *,
    people: Sequence[Coding] = (),
    stale: Mapping[str, Stale] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Drift:
    """What moved between two versions, code by code, beyond the noise of the model; the codes that moved first.

    `units` is the table that `units()` made from all these codings; `before` and `after` are the repeats of each
    version. Passages that were answered in one call move together: where call borders differ, overlapping calls are
    one block. With fewer than two repeats of a version its noise is not known, and the verdict says so. What the
    codebook's examples quote (`example_of`) is left out for their codes. `people` are held beside it; `stale` names for
    a coder and code the stretches that they coded before its definition changed.

    The p of a code is by dealing the version labels anew, call by call, `permutations` times (Good 2005; Phipson and
    Smyth 2010), its q over all codes by Benjamini and Hochberg (1995); counts are passages, means over the repeats.
    The same `seed` gives the same figures.

    Raises AgreementError where the versions share no transcript or no code.
    """
    table = Sides(units, before, after, codebook)
    groups = table.alike()
    permutations = enough(permutations, sum(len(group.codes) for group in groups))
    parts = [_measured(table, group, permutations, seed) for group in groups]
    measured = Measured.joined(parts)
    moved = judge(measured)
    rows = [
        _row(at, code, group, table.left_out(code, group), measured, moved)
        for at, (code, group) in enumerate(_each(groups))
    ]
    beside: dict[str, list[BesideCoding]] = {row.code: [] for row in rows}
    for person in people:
        for code, found in hold_beside(table, groups, person, stale or {}, permutations, seed):
            beside[code].append(found)
    rows = [row.model_copy(update={"beside": tuple(beside[row.code])}) for row in rows]
    order = {code.id: at for at, code in enumerate(codebook.codes)}
    rows.sort(key=lambda row: (row.verdict not in MOVED, 1.0 if row.q is None else row.q, order[row.code]))
    return Drift(
        unit=units.attrs.get("by", "turn"),
        before=tuple(coding.coder for coding in before),
        after=tuple(coding.coder for coding in after),
        n_units=len(table.units),
        n_transcripts=table.n_transcripts,
        n_calls=len(set(table.calls.tolist())),
        permutations=permutations,
        seed=seed,
        codes=tuple(rows),
        notes=tuple(table.notes),
    )


def _each(groups: Sequence[CodeGroup]) -> Iterator[tuple[Code, CodeGroup]]:
    return ((code, group) for group in groups for code in group.codes)


def _measured(table: Sides, group: CodeGroup, permutations: int, seed: int) -> Measured:
    before, after = table.values(group.before, group.codes), table.values(group.after, group.codes)
    return measure(before, after, table.calls, permutations=permutations, seed=seed)


def _row(
    at: int, code: Code, group: CodeGroup, left_out: tuple[int, int], measured: Measured, moved: Moved
) -> CodeDrift:
    """The row of a code, in words and numbers."""
    tested = measured.tested[at]
    verdict, reason = _verdict(at, measured, moved)
    return CodeDrift(
        code=code.id,
        name=code.name,
        verdict=verdict,
        reason=reason,
        n_units=int(measured.n_units[at]),
        n_left_out=left_out[0],
        n_quoted=left_out[1],
        repeats=(len(group.before), len(group.after)),
        before=float(measured.before[at]),
        after=float(measured.after[at]),
        change=float(measured.change[at]),
        low=number(measured.low[at]),
        high=number(measured.high[at]),
        between=float(measured.between[at]),
        within=number(measured.within[at]),
        p_net=number(measured.p_net[at]),
        p_exchange=number(measured.p_exchange[at]),
        q=number(moved.q[at]),
        could_have_seen=float(moved.could_have_seen[at]) if tested else None,
        could_have_exchanged=float(moved.could_have_exchanged[at]) if tested else None,
    )


def _verdict(at: int, measured: Measured, moved: Moved) -> tuple[DriftVerdict, str]:
    """What may be said of a code, and why not more.

    Too rare is a code of which even the loss of every passage would not have been found.
    """
    before, after = measured.before[at], measured.after[at]
    if not measured.n_units[at]:
        return "too rare to tell", "there is no passage that every repeat decided on"
    if not before and not after:
        return "too rare to tell", "neither version applied it"
    if not measured.tested[at]:
        if measured.between[at]:
            return (
                "differs, noise not measured",
                "at least 2 repeats of each version are needed to tell change from noise",
            )
        return "no change found", "both versions decided alike on every passage; noise not measured"
    if moved.moved[at] and not moved.is_net[at]:
        return "other passages", ""
    if moved.moved[at]:
        return ("more" if measured.change[at] > 0 else "less"), ""
    if moved.could_have_seen[at] > max(before, after):
        return "too rare to tell", "had every passage lost it, chance could have done that"
    return "no change found", ""
