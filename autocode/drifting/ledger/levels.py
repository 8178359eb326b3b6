"""Two versions of a codebook -> on which codes decisions under one stand for the other.

Codes that were merged or split compare at the finest level that both versions share. A decision stands where the
definition is the same, or where `changes` calls what became of it words only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autocode.codebook import asked, codable, code_hash, code_of, codebook_hash
from autocode.data import Change, Codebook, SharedLevel
from autocode.history import lineage, marked, marked_number
from autocode.history.lineage import JOINS, declared_between
from autocode.rereading.fates import fate
from autocode.runs import RunInfo


@dataclass(frozen=True, eq=False)
class Version:
    """A version as it is printed, and what it said, where that is kept."""

    label: str
    number: int | None
    """None: not declared."""
    book: Codebook | None

    @property
    def order(self) -> tuple[int, int, str]:
        """The place among the others: not declared first, `3+` after `3`, other codebooks' last."""
        plain = self.label.rstrip("+").isdecimal()
        return (0 if self.number is None else 1 if plain else 2, self.number or 0, self.label)


UNDECLARED = Version("", None, None)


@dataclass(frozen=True)
class Level:
    """Codes of two versions that are compared as one."""

    name: str
    then: tuple[str, ...]
    """The codes that count as it in the version of the decisions."""
    now: tuple[str, ...]
    """The codes that count as it in the version that is looked at."""
    stands: bool
    """Whether decisions under the one count for the other."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """The versions of the study's codebook that are kept anywhere, and the codes of all of them."""

    codebook: Codebook
    """Today's, or that of the latest run where the study has none."""
    kept: Mapping[str, Codebook]
    every: Codebook
    """All codes of all versions."""
    _numbers: dict[str, Version] = field(default_factory=dict)
    _levels: dict[tuple[str, int, str, int], list[Level]] = field(default_factory=dict)

    def of_run(self, info: RunInfo) -> Version:
        """The version that a run was asked under."""
        book = info.codebook
        label = marked(book, self.kept)
        if book.id != self.codebook.id:
            label = f"{book.id} {label}"
        return Version(label, book.version, book)

    def of_number(self, written: str) -> Version:
        """The version that somebody declared; what is no number says nothing of when it was."""
        if not written.isdecimal():
            return UNDECLARED
        if written not in self._numbers:
            version = Version(marked_number(written, self.kept), int(written), self.kept.get(written))
            self._numbers[written] = version
        return self._numbers[written]

    def codes(self, version: Version) -> list[str]:
        """The codes that could be applied under a version; of one that is kept nowhere as far as `changes` tells."""
        return [code.id for code in asked(self._book(version))]

    def levels(self, then: Version, now: Version) -> list[Level]:
        """On what decisions under `then` can be held beside those under `now`."""
        key = (then.label, id(then.book), now.label, id(now.book))
        if key not in self._levels:
            self._levels[key] = [*self._found(then, now)]
        return self._levels[key]

    def _found(self, then: Version, now: Version) -> Iterator[Level]:
        if then.number is None or now.number is None:
            yield from _each(code.id for code in codable(self.every))
            return
        mine, theirs = self._book(now), self._book(then)
        if then.label == now.label and codebook_hash(mine) == codebook_hash(theirs):
            yield from _each(self.codes(now))
        elif mine.id != theirs.id:
            yield from _strangers(theirs, mine)
        else:
            earlier, later = (now, then) if then.order > now.order else (then, now)
            for level in lineage(self._book(earlier), self._book(later)).levels:
                sides = (level.old, level.new) if earlier is then else (level.new, level.old)
                yield Level(level.id, *sides, stands=self._stands(level, earlier, later))

    def _book(self, version: Version) -> Codebook:
        """What a version said; of one that is kept nowhere the codes that it may have had, by `changes`."""
        if version.book is not None:
            return version.book
        number = version.number
        if number is None:
            return self.every
        later = [change for change in self.codebook.changes if change.version > number]
        return Codebook(
            id=self.codebook.id,
            version=number,
            codes=tuple(
                code.model_copy(update={"status": "active", "parent": ""})
                for code in codable(self.every)
                if not any(_brought(change, code.id) for change in later)
            ),
            changes=tuple(change for change in self.codebook.changes if change.version <= number),
        )

    def _stands(self, level: SharedLevel, earlier: Version, later: Version) -> bool:
        then, now = self._book(earlier), self._book(later)
        if level.how == "same":
            code = code_of(now, level.id)
            # Of a version that is kept nowhere nobody knows what it said: only `changes` can tell.
            said = earlier.book if later.book else None
            became = fate(code, str(earlier.number), said, now, self.kept) if code else None
            return became is None or became.state in ("carried", "not declared")
        codes = {*level.old, *level.new}
        # That parts have to be told apart again is no reason here: the whole stands. A merge may change what it joins.
        for change in declared_between(then, now):
            edits = change.kind == "edit" or (change.recode and change.kind != "split")
            if edits and not codes.isdisjoint((*change.codes, *change.from_, *change.to)):
                return False
        return True


def _brought(change: Change, code: str) -> bool:
    """Whether a change made a code that was not there before it."""
    if change.kind == "add":
        return code in change.codes
    return change.kind in JOINS and code in change.to and code not in change.from_


def _each(codes: Iterable[str]) -> Iterator[Level]:
    return (Level(code, (code,), (code,), stands=True) for code in codes)


def _strangers(then: Codebook, now: Codebook) -> list[Level]:
    """The codes of two codebooks that are no versions of one: alike only where nothing differs."""
    found = []
    for code in asked(now):
        other = code_of(then, code.id)
        if other is not None:
            found.append(Level(code.id, (code.id,), (code.id,), stands=code_hash(other) == code_hash(code)))
    return found
