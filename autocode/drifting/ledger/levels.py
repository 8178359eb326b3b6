"""Two versions of a codebook -> on which codes decisions under one stand for the other.

Codes that were merged or split compare at the finest level that both versions share. A decision stands where the
definition is the same, or where `changes` calls what became of it words only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autocode.codebook import asked, code_hash, code_of, codebook_hash
from autocode.data import Codebook, SharedLevel
from autocode.history import lineage, marked, marked_number
from autocode.history.lineage import declared_between
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
    """The versions of the study's codebook that are kept anywhere, and the codes there are."""

    codebook: Codebook
    """Today's, or that of the latest run where the study has none."""
    kept: Mapping[str, Codebook]
    ids: Sequence[str]
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

    def levels(self, then: Version, now: Version) -> list[Level]:
        """On what decisions under `then` can be held beside those under `now`."""
        key = (then.label, id(then.book), now.label, id(now.book))
        if key not in self._levels:
            self._levels[key] = self._found(then, now)
        return self._levels[key]

    def _found(self, then: Version, now: Version) -> list[Level]:
        if then.number is None or now.number is None or (then.book is None and now.book is None):
            return [Level(id, (id,), (id,), stands=True) for id in self.ids]
        if now.book is not None and then.book is not None:
            if codebook_hash(then.book) == codebook_hash(now.book):
                return [Level(code.id, (code.id,), (code.id,), stands=True) for code in asked(now.book)]
            if then.book.id != now.book.id:
                return [*_strangers(then.book, now.book)]
        earlier, later = (now, then) if then.number > now.number else (then, now)
        if later.book is None or earlier.book is None:
            return self._half_known(earlier, later)
        found = []
        for level in lineage(earlier.book, later.book).levels:
            theirs, ours = (level.old, level.new) if earlier is then else (level.new, level.old)
            stands = self._stands(level, earlier, later.book)
            found.append(Level(level.id, theirs, ours, stands))
        return found

    def _half_known(self, earlier: Version, later: Version) -> list[Level]:
        """One of the two is kept nowhere: only `changes` of the kept one can tell, code by code."""
        book = later.book or self.codebook
        return [Level(code.id, (code.id,), (code.id,), self._same(code.id, earlier, book)) for code in asked(book)]

    def _stands(self, level: SharedLevel, earlier: Version, later: Codebook) -> bool:
        if level.how == "same":
            return self._same(level.id, earlier, later)
        assert earlier.book is not None
        codes = {*level.old, *level.new}
        # That parts have to be told apart again is no reason here: the whole stands. A merge may change what it joins.
        for change in declared_between(earlier.book, later):
            edits = change.kind == "edit" or (change.recode and change.kind != "split")
            if edits and not codes.isdisjoint((*change.codes, *change.from_, *change.to)):
                return False
        return True

    def _same(self, id: str, earlier: Version, later: Codebook) -> bool:
        code = code_of(later, id)
        if code is None:
            return False
        became = fate(code, str(earlier.number), earlier.book, later, self.kept)
        return became is None or became.state in ("carried", "not declared")


def _strangers(then: Codebook, now: Codebook) -> list[Level]:
    """The codes of two codebooks that are no versions of one: alike only where nothing differs."""
    found = []
    for code in asked(now):
        other = code_of(then, code.id)
        if other is not None:
            found.append(Level(code.id, (code.id,), (code.id,), stands=code_hash(other) == code_hash(code)))
    return found
