"""Units -> Drift: what a new version of codebook, prompt or model did to every code, in words and numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autocode.agreement.coefficients import number
from autocode.agreement.intervals import Interval
from autocode.codebook import codable
from autocode.data import BesideCoding, BesideVerdict, Code, Codebook, CodeDrift, Coding, Drift, DriftVerdict
from autocode.drift.beside import AlphaChange, Towards, alpha_change, towards
from autocode.drift.discoveries import LEVEL, adjusted
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drift.versions import Measured, Moved, judge, measure
from autocode.errors import AgreementError

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

MOVED: tuple[DriftVerdict, ...] = ("more", "less", "other passages", "differs, noise not measured")
FEWEST_TRANSCRIPTS = 5
"""Of fewer transcripts no interval of alpha is given."""


def compare(
    units: DataFrame,
    before: Sequence[Coding],
    after: Sequence[Coding],
    codebook: Codebook,
    *,
    people: Sequence[Coding] = (),
    stale: Mapping[str, Collection[str]] | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Drift:
    """What moved between two versions, code by code, beyond the noise of the model; the codes that moved first.

    `units` is the table that `units()` made from all these codings; `before` and `after` are the repeats of each
    version. Passages that were answered in one call move together: where call borders differ, overlapping calls are
    one block. With fewer than two repeats of a version its noise is not known, and the verdict says so. `people` are
    held beside it; `stale` names for a coder the codes whose definition changed after they coded.

    Raises AgreementError where the versions share no transcript or no code.
    """
    table = _Table(units, before, after, codebook)
    groups = table.alike()
    parts = [_measured(table, group, permutations, seed) for group in groups]
    measured = Measured.joined(parts)
    moved = judge(measured)
    rows = [_row(at, code, group, measured, moved) for at, (code, group) in enumerate(_each(groups))]
    beside: dict[str, list[BesideCoding]] = {row.code: [] for row in rows}
    for person in people:
        for code, found in _beside(table, groups, person, stale or {}, permutations, seed):
            beside[code].append(found)
    left = {row.code: table.n_left_out(code, group) for row, (code, group) in zip(rows, _each(groups), strict=True)}
    rows = [row.model_copy(update={"beside": tuple(beside[row.code]), "n_left_out": left[row.code]}) for row in rows]
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


class _Table:
    """The units that both versions read, and which codings decided on which codes."""

    def __init__(self, units: DataFrame, before: Sequence[Coding], after: Sequence[Coding], codebook: Codebook) -> None:
        import numpy as np
        import pandas as pd

        transcripts = units.index.get_level_values("transcript")
        read = [self._read(units, codings) for codings in (before, after)]
        self.kept = read[0] & read[1]
        self.notes = list(_not_shared(list(transcripts), read))
        self.units = units[self.kept]
        shared = transcripts[self.kept]
        if not len(shared):
            raise AgreementError("the two versions have no transcript in common; code the same transcripts with both")
        self.n_transcripts = len(set(shared))
        where, _ = pd.factorize(shared)
        calls = self.units["call"].to_numpy(dtype=np.int64)
        self.calls = np.where(calls >= 0, calls, calls.max(initial=-1) + 1 + where)  # nobody's call: by transcript
        cluster, names = pd.factorize(self.units["cluster"])
        self.clusters = [str(name) for name in names]
        self.cluster = np.asarray(cluster, dtype=np.int64)
        self.before, self.after = before, after
        self.code_list = codable(codebook)

    @staticmethod
    def _read(units: DataFrame, codings: Sequence[Coding]) -> Bools:
        import numpy as np

        decided = np.zeros(len(units), dtype=bool)
        for coding in codings:
            decided |= (units[coding.coder].to_numpy(dtype=np.int8, na_value=-1) >= 0).any(axis=1)
        return decided

    def values(self, codings: Sequence[Coding], codes: Sequence[Code]) -> Ints:
        """Decisions as an array codings x units x codes."""
        import numpy as np

        ids = [code.id for code in codes]
        return np.stack([self.units[c.coder][ids].to_numpy(dtype=np.int8, na_value=-1) for c in codings])

    def alike(self) -> list[_Codes]:
        """The codes that both versions decided on, together where the same repeats decided on them."""
        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], _Codes] = {}
        left = []
        for code in self.code_list:
            sides = [[c for c in codings if self._decides(c, code)] for codings in (self.before, self.after)]
            if not all(sides):
                left.append(code.id)
                continue
            key = tuple(tuple(c.coder for c in side) for side in sides)
            groups.setdefault((key[0], key[1]), _Codes([], sides[0], sides[1])).codes.append(code)
        if not groups:
            raise AgreementError(
                "the two versions have no code in common that both were asked for; compare runs of one codebook"
            )
        if left:
            self.notes.append(f"not compared, because only one of the versions decided on them: {', '.join(left)}")
        return [*groups.values()]

    def quoted(self, codes: Sequence[Code]) -> Bools:
        """Which units the codebook's examples of these codes quote, units x codes."""
        import numpy as np

        quoting = [set(str(ids).split(";")) for ids in self.units["example_of"]]
        return np.array([[code.id in ids for code in codes] for ids in quoting], dtype=bool).reshape(-1, len(codes))

    def n_left_out(self, code: Code, group: _Codes) -> int:
        """Passages that some repeat decided on, and not every one."""
        decided = self.values([*group.before, *group.after], [code])[:, :, 0] >= 0
        return int((decided.any(axis=0) & ~decided.all(axis=0)).sum())

    def _decides(self, coding: Coding, code: Code) -> bool:
        return bool((self.units[coding.coder, code.id].to_numpy(dtype="int8", na_value=-1) >= 0).any())


@dataclass(frozen=True)
class _Codes:
    """Codes that the same repeats of each version decided on."""

    codes: list[Code]
    before: Sequence[Coding]
    after: Sequence[Coding]


def _each(groups: Sequence[_Codes]) -> Iterator[tuple[Code, _Codes]]:
    return ((code, group) for group in groups for code in group.codes)


def _measured(table: _Table, group: _Codes, permutations: int, seed: int) -> Measured:
    before, after = table.values(group.before, group.codes), table.values(group.after, group.codes)
    return measure(before, after, table.calls, permutations=permutations, seed=seed)


def _row(at: int, code: Code, group: _Codes, measured: Measured, moved: Moved) -> CodeDrift:
    """The row of a code, in words and numbers."""
    tested = measured.tested[at]
    verdict, reason = _verdict(at, measured, moved)
    return CodeDrift(
        code=code.id,
        name=code.name,
        verdict=verdict,
        reason=reason,
        n_units=int(measured.n_units[at]),
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


@dataclass(frozen=True, eq=False)
class _Held:
    """Some codes of both versions beside one person's decisions (units x codes)."""

    group: _Codes
    before: Ints
    after: Ints
    person: Ints
    """What may be used: neither stale nor quoted in the codebook's examples."""
    n_stale: Ints
    n_quoted: Ints
    found: Towards

    @classmethod
    def of(
        cls, table: _Table, group: _Codes, person: Coding, stale: Collection[str], permutations: int, seed: int
    ) -> _Held:
        import numpy as np

        before, after = table.values(group.before, group.codes), table.values(group.after, group.codes)
        theirs = table.values([person], group.codes)[0]
        old = np.array([code.id in stale for code in group.codes])
        quoted = table.quoted(group.codes) & ~old
        kept = np.where(quoted | old, -1, theirs)
        return cls(
            group=group,
            before=before,
            after=after,
            person=kept,
            n_stale=((theirs >= 0) & old).sum(axis=0),
            n_quoted=((theirs >= 0) & quoted).sum(axis=0),
            found=towards(before, after, kept, table.calls, permutations=permutations, seed=seed),
        )


def _beside(
    table: _Table,
    groups: Sequence[_Codes],
    person: Coding,
    stale: Mapping[str, Collection[str]],
    permutations: int,
    seed: int,
) -> Iterator[tuple[str, BesideCoding]]:
    """Every code beside one person's coding. Over all codes at once, so that the p can be adjusted for their number."""
    import numpy as np

    held = [_Held.of(table, group, person, stale.get(person.coder, ()), permutations, seed) for group in groups]
    q = iter(adjusted(np.concatenate([each.found.p for each in held])))
    for each in held:
        for i, code in enumerate(each.group.codes):
            alpha = alpha_change(
                each.before[:, :, i], each.after[:, :, i], each.person[:, i], table.cluster, table.clusters
            )
            yield code.id, _beside_row(person.coder, i, each, number(next(q)), alpha)


def _beside_row(coder: str, i: int, held: _Held, q: float | None, alpha: AlphaChange) -> BesideCoding:
    found = held.found
    n = int(found.n_units[i])
    few = alpha.n_transcripts < FEWEST_TRANSCRIPTS
    bounds = Interval() if few else alpha.interval
    verdict: BesideVerdict = "no change found"
    reason = "too few interviews for an interval" if few and alpha.change is not None else alpha.interval.reason
    if not n:
        verdict = "nothing to compare"
        reason = "the definition changed after they coded" if held.n_stale[i] else "no passage in common"
    elif q is None:
        verdict = "noise not measured"
    elif q <= LEVEL:
        verdict = "towards" if found.after[i] > found.before[i] else "away from"
    return BesideCoding(
        coder=coder,
        verdict=verdict,
        n_units=n,
        n_left_out=int(held.n_quoted[i]),
        n_stale=int(held.n_stale[i]),
        agreed_before=float(found.before[i]) if n else None,
        agreed_after=float(found.after[i]) if n else None,
        p=number(found.p[i]),
        q=q,
        alpha_before=alpha.before,
        alpha_after=alpha.after,
        alpha_change=alpha.change,
        alpha_change_low=bounds.low,
        alpha_change_high=bounds.high,
        reason=reason,
    )


def _not_shared(transcripts: Sequence[str], read: Sequence[Bools]) -> Iterator[str]:
    """What only one of the versions has read, in a sentence."""
    import numpy as np

    ids = np.asarray(transcripts, dtype=object)
    which = [dict.fromkeys(ids[some]) for some in read]
    for mine, other, name in ((which[0], which[1], "earlier"), (which[1], which[0], "later")):
        only = [id for id in mine if id not in other]
        if only:
            more = f" and {len(only) - 5} more" if len(only) > 5 else ""
            yield f"only the {name} version has read {', '.join(only[:5])}{more}: compared on what both have read"
    both = read[0] & read[1]
    apart = int(((read[0] | read[1]) & ~both & np.isin(ids, [id for id in which[0] if id in which[1]])).sum())
    if apart:
        yield f"passages that only one of the versions decided on, in transcripts of both, left out: {apart}"
