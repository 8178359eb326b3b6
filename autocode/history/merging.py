"""What coding under codes that were merged counts as today, by the `changes` of the codebook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from autocode.codebook import asked, code_of
from autocode.data import Change, Codebook


@dataclass(frozen=True)
class Merges:
    """The merges that a codebook tells of."""

    changes: tuple[Change, ...] = ()
    """In the order of versions; each leads to one code."""
    counts_as: Mapping[str, str] = field(default_factory=dict)
    """For each code that is asked no more since it was merged: the code of today that its coding counts as."""

    @classmethod
    def of(cls, codebook: Codebook) -> Merges:
        """The merges of a codebook; coding under a code that is still asked counts as itself."""
        found = sorted(
            (c for c in codebook.changes if c.kind == "merge" and c.from_ and len(c.to) == 1), key=lambda c: c.version
        )
        still = {code.id for code in asked(codebook)}
        became: dict[str, str] = {}
        for change in found:
            became = {code: change.to[0] if now in change.from_ else now for code, now in became.items()}
            became |= dict.fromkeys(change.from_, change.to[0])
        return cls(tuple(found), {code: now for code, now in became.items() if code not in still and now in still})

    def decided(self, codes: Collection[str]) -> frozenset[str]:
        """Some codes that were decided on, with those that are made of nothing but them."""
        found = set(codes)
        for change in self.changes:
            if found.issuperset(change.from_):
                found.update(change.to)
        return frozenset(found)

    def stands(self, code: str, had: Collection[str]) -> bool:
        """Whether coding under the parts of a merged code counts as it, and nobody asked to read it again."""
        about = [change for change in self.changes if code in change.to and change.from_]
        return code in self.decided(had) and not any(change.recode for change in about)


def gone(codebook: Codebook, code: str) -> str:
    """What became of a code that is not in a codebook any more, in words."""
    for change in sorted(codebook.changes, key=lambda each: -each.version):
        if change.kind == "merge" and code in change.from_ and code not in change.to:
            return f"merged into {' and '.join(change.to)} in version {change.version}, which is asked no more"
        if change.kind == "split" and code in change.from_:
            return f"split into {' and '.join(change.to)} in version {change.version}"
        if change.kind == "retire" and code in change.codes:
            return f"retired in version {change.version}"
    return f"not in version {codebook.version}" if code_of(codebook, code) is None else ""


def split_since(codebook: Codebook, code: str, version: int) -> bool:
    """Whether a code was split after a version and goes on as one of its parts: what was coded then is the whole."""
    return any(
        change.kind == "split" and change.version > version and code in change.from_ and code in change.to
        for change in codebook.changes
    )
