"""Which codes a call asks for: all of them, a part of a large codebook, or those that an edit concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from autocode.codebook import asked, parents
from autocode.data import Code, Codebook
from autocode.history import split_since
from autocode.runs import CodeSet, RunInfo


def in_groups(codebook: Codebook, codes: Iterable[str], most: int | None) -> list[tuple[str, ...]]:
    """Some codes of a codebook in as few groups as hold at most so many, in its order; a theme is not torn apart.

    Only a theme that is larger than a group goes into several.
    """
    wanted = set(codes)
    found = [code for code in asked(codebook) if code.id in wanted]
    if most is None or len(found) <= most:
        return [tuple(code.id for code in found)] if found else []
    size = -(-len(found) // -(-len(found) // most))  # even groups
    blocks: list[list[Code]] = []
    for _, theme in groupby(found, key=lambda code: _root(codebook, code)):
        together = list(theme)
        blocks += [together[at : at + size] for at in range(0, len(together), size)]
    groups: list[list[Code]] = [[]]
    for block in blocks:
        if groups[-1] and (len(groups[-1]) >= size or len(groups[-1]) + len(block) > most):
            groups.append([])
        groups[-1] += block
    return [tuple(code.id for code in group) for group in groups]


def _root(codebook: Codebook, code: Code) -> str:
    """The uppermost theme above a code; codes without one stand alone."""
    above = list(parents(codebook, code))
    return above[-1].id if above else code.id


def code_sets(codebook: Codebook, most: int | None, changed: Sequence[str] = ()) -> tuple[CodeSet, ...]:
    """The sets in which the codes are asked for; none where all go into one call, and none is carried over."""
    whole = in_groups(codebook, (code.id for code in asked(codebook)), most)
    if not changed:
        return tuple(CodeSet(codes=group) for group in whole) if len(whole) > 1 else ()
    again = in_groups(codebook, changed, most)
    return (*(CodeSet(codes=group, carried=True) for group in again), *(CodeSet(codes=group) for group in whole))


def concerned(before: RunInfo, codebook: Codebook, hashes: dict[str, dict[str, str]]) -> list[str]:
    """The codes that have to be asked for again after an edit, in the order of the codebook.

    Those whose definition or scope has changed, parts of what was split, and those that are new; those that name one of
    them, or are named by one; and the other codes of their theme or group, because what one code no longer takes its
    sisters may get.
    """
    old = before.hashes
    was_asked = {code.id for code in asked(before.codebook)}
    changed = {
        code.id
        for code in asked(codebook)
        if code.id not in was_asked
        or any(old[kind].get(code.id) != hashes[kind].get(code.id) for kind in ("codes", "scopes"))
        or split_since(codebook, code.id, before.codebook.version)
    }
    gone = was_asked - {code.id for code in asked(codebook)}
    related = set(changed)
    for book in (before.codebook, codebook):
        for code in book.codes:
            names = _named_in(code, book)
            if names & (changed | gone):
                related.add(code.id)
            if code.id in changed | gone:
                related |= names | _sisters(code, book)
    return [code.id for code in asked(codebook) if code.id in related]


def _named_in(code: Code, codebook: Codebook) -> set[str]:
    """The codes that a code's exclusions and counterexamples send passages to, by id."""
    written = set(re.findall(r"[\w-]+", " ".join(code.exclude)))
    uses = {counterexample.use for counterexample in code.counterexamples}
    return {other.id for other in codebook.codes if other.id != code.id and other.id in written | uses}


def _sisters(code: Code, codebook: Codebook) -> set[str]:
    """The other codes of its theme, and of groups of which a passage gets one."""
    theme = {other.id for other in codebook.codes if code.parent and other.parent == code.parent}
    return theme.union(*(group.codes for group in codebook.groups if code.id in group.codes))
