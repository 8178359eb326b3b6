"""The finest level that two versions of a codebook share: what coding under one can be compared with under the other.

A merge joins its codes, a split joins its parts; codes joined by any chain of them only count together. Everything
else compares under its own id, which never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from autocode.codebook import asked
from autocode.data import Change, Codebook, Lineage, SharedLevel
from autocode.errors import CodebookError

JOINS = ("merge", "split")


def lineage(old: Codebook, new: Codebook) -> Lineage:
    """On what coding under two versions can be compared: each code of either with the level that both share.

    Codes of a split compare under the code that was split, merged ones under the merged code; where merges and splits
    follow each other, all that they touched counts as one, called by the older codes (`a+b`). Only what `changes` of
    the newer codebook declares joins codes, never likeness. Retired codes are on no side that does not ask them.

    Raises CodebookError where merges and splits form a circle.
    """
    declared = [change for change in declared_between(old, new) if change.kind in JOINS]
    refuse_circle(declared)
    before = {code.id: code for code in asked(old)}
    after = {code.id: code for code in asked(new)}
    joined = _joined(declared)
    levels: list[SharedLevel] = []
    placed: set[str] = set()
    for id in [*after, *before]:
        group = joined.get(id, (id,))
        if id in placed:
            continue
        placed.update(group)
        ours, theirs = tuple(c for c in before if c in group), tuple(c for c in after if c in group)
        if ours and theirs:
            name, how = _level(ours, theirs, group, declared)
            levels.append(SharedLevel(id=name, old=ours, new=theirs, how=how))
    there = {code for level in levels for code in (*level.old, *level.new)}
    return Lineage(
        levels=tuple(levels),
        only_old=tuple(code for code in before if code not in there),
        only_new=tuple(code for code in after if code not in there),
    )


def declared_between(old: Codebook, new: Codebook) -> list[Change]:
    """The changes that the newer codebook tells of, from after the older one's version; in the order of versions."""
    same = old.version == new.version
    found = [c for c in new.changes if c.version > old.version or (same and c.version == old.version)]
    return sorted((c for c in found if c not in old.changes), key=lambda change: change.version)


def joins_itself(change: Change) -> bool:
    """Whether a merge or split names what it joins, on both sides."""
    return bool(change.from_ and change.to)


def refuse_circle(changes: Iterable[Change], path: object = None) -> None:
    """Raises CodebookError where codes that were merged or split come back to where they began: then no coding under
    one version could be told from that under another.
    """
    onward: dict[str, dict[str, int]] = defaultdict(dict)
    for change in changes:
        if change.kind in JOINS:
            for code in change.from_:
                onward[code].update({to: change.version for to in change.to if to != code})
    for start in sorted(onward):
        circle = _way_back(start, onward)
        if circle:
            version = max(onward[a][b] for a, b in pairwise(circle))
            raise CodebookError(
                f"merges and splits form a circle ({' → '.join(circle)}); ids are never used again: give what "
                f"version {version} made an id of its own",
                path=path,  # type: ignore[arg-type]
            )


def _way_back(start: str, onward: dict[str, dict[str, int]]) -> list[str]:
    """The way from a code back to itself, or nothing."""
    ways, seen = [[start]], {start}
    while ways:
        way = ways.pop()
        for to in sorted(onward.get(way[-1], ())):
            if to == start:
                return [*way, start]
            if to not in seen:
                seen.add(to)
                ways.append([*way, to])
    return []


def _joined(changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """For each code that a merge or split names: all the codes that it counts together with."""
    groups: dict[str, set[str]] = {}
    for change in changes:
        together = {*change.from_, *change.to} if joins_itself(change) else set()
        for code in tuple(together):
            together |= groups.get(code, set())
        groups |= dict.fromkeys(together, together)
    return {code: tuple(sorted(group)) for code, group in groups.items()}


How = Literal["same", "merged", "split", "merged and split"]


def _level(
    ours: tuple[str, ...], theirs: tuple[str, ...], group: Sequence[str], changes: Sequence[Change]
) -> tuple[str, How]:
    """What to call a shared level, and how it came about."""
    kinds = {change.kind for change in changes if {*change.from_, *change.to} & set(group)}
    if not kinds:
        return ours[0], "same"
    how: How = "merged and split" if len(kinds) > 1 else "merged" if "merge" in kinds else "split"
    if how != "split" and len(theirs) == 1:
        return theirs[0], how
    # A code may be split and go on under its own id, beside the new one.
    split = [code for change in changes if change.kind == "split" for code in change.from_ if code in group]
    if how == "split" and split:
        return split[0], how
    return "+".join(ours), how
