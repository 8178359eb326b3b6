"""Two codebooks -> the codes on which coding under both can be compared, and every coding put onto them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autocode.codebook import code_of, match_code, speakers_of
from autocode.data import Code, Codebook, CodeChange, Coding, Missing, Passage, SharedLevel, Span, overlap
from autocode.history import diff_codebooks, lineage


@dataclass(frozen=True)
class Levels:
    """What two versions share, by `history.lineage`: codes as they are, and merged or split ones taken together."""

    old: Codebook
    new: Codebook
    every: Codebook
    """The later codebook, with the codes that only the earlier one has at its end: coding may name any of them."""
    levels: tuple[SharedLevel, ...]
    book: Codebook
    """A codebook of the levels alone, without themes."""
    notes: tuple[str, ...]

    @classmethod
    def of(cls, old: Codebook, new: Codebook) -> Levels:
        """What two versions share. Raises CodebookError where merges and splits form a circle."""
        late = old.version > new.version  # `changes` tell of what came since, so they are the later codebook's
        shared = lineage(new, old) if late else lineage(old, new)
        both = [SharedLevel(id=x.id, old=x.new, new=x.old, how=x.how) if late else x for x in shared.levels]
        codes = [(level, _code(level, old, new)) for level in both]
        kept = [(level, code) for level, code in codes if code is not None]
        only = (shared.only_new, shared.only_old) if late else (shared.only_old, shared.only_new)
        return cls(
            old=old,
            new=new,
            every=with_gone(new, old),
            levels=tuple(level for level, _ in kept),
            book=Codebook(id=new.id, version=new.version, codes=tuple(code for _, code in kept)),
            notes=tuple(_notes(only, both, [level for level, code in codes if code is None])),
        )

    def on_levels(self, coding: Coding) -> Coding:
        """A coding with every code counting as its level; codes without one are left out.

        What is open stays open: at a level that several codes make up, a coder decided where they decided on all that
        it is made of in one of the two codebooks.
        """
        counts_as = {code: level.id for level in self.levels for code in (*level.old, *level.new)}
        named = {written: match_code(self.every, written) for written in {s.code for s in coding.segments}}
        segments = []
        for segment in coding.segments:
            code = named[segment.code]
            if code is not None and code.id in counts_as:
                segments.append(segment.model_copy(update={"code": counts_as[code.id]}))
        # Blank means all codes, so that one who was asked for none of the levels keeps what they were asked for.
        asked = [x.id for x in self.levels if any(set(side) <= set(coding.codes) for side in (x.old, x.new))]
        return coding.model_copy(
            update={
                "segments": tuple(segments),
                "codes": tuple(asked) or coding.codes,
                "missing": tuple(self._missing(coding.missing)),
                "stale": (),
            }
        )

    def _missing(self, missing: Sequence[Missing]) -> Iterator[Missing]:
        yield from (each for each in missing if not each.code)
        for level in self.levels:
            of_old, of_new = ([m.passage for m in missing if m.code in side] for side in (level.old, level.new))
            yield from (Missing(passage=each, code=level.id) for each in _in_both(of_old, of_new))

    def by_level(self, *stale: Mapping[str, Sequence[Passage]]) -> dict[str, tuple[Passage, ...]]:
        """The stretches in which decisions on some codes are stale, by the level that those codes count as."""
        return {
            level.id: tuple(
                passage for codes in stale for code in {*level.old, *level.new} for passage in codes.get(code, ())
            )
            for level in self.levels
        }

    def changes(self) -> dict[str, tuple[CodeChange, ...]]:
        """For each level what became of its codes between the two codebooks; notes and colours are none."""
        found: dict[str, tuple[CodeChange, ...]] = {}
        between = [x for x in diff_codebooks(self.old, self.new).codes if set(x.became) != {"noted"}]
        for level in self.levels:
            codes = {*level.old, *level.new}
            about = tuple(x for x in between if codes & {x.code, *x.from_, *x.to})
            if about:
                found[level.id] = about
        return found


def with_gone(new: Codebook, old: Codebook) -> Codebook:
    """The later codebook, with the codes that only the earlier one has at its end: coding may name any of them."""
    gone = tuple(code for code in old.codes if code_of(new, code.id) is None)
    return new.model_copy(update={"codes": (*new.codes, *gone)})


def decides(changes: Iterable[CodeChange]) -> bool:
    """Whether a code may be applied otherwise after some changes: not only its name or place differs."""
    return any({*change.became} - _NAMES_ONLY for change in changes)


_NAMES_ONLY = {"renamed", "moved", "noted"}
"""Of a move that brings other speakers or groups, `scope` is told beside it."""


def _code(level: SharedLevel, old: Codebook, new: Codebook) -> Code | None:
    """A level as a code: the later wording, with the examples of all that it is made of; None if nobody's turns are
    units for it in both codebooks."""
    sides = [[code for id in ids if (code := code_of(book, id))] for book, ids in ((old, level.old), (new, level.new))]
    speakers = _speakers(*([speakers_of(book, c) for c in side] for book, side in zip((old, new), sides, strict=True)))
    if speakers is None:
        return None
    named = code_of(new, level.id) or code_of(old, level.id)
    base = named or Code(id=level.id, name=" + ".join(code.name for code in sides[0]))
    members = [*sides[1], *sides[0]]
    return base.model_copy(
        update={
            "parent": "",
            "codable": True,
            "status": "active",
            "speakers": speakers,
            "aliases": (),
            "examples": tuple(e for c in members for e in c.examples),
            "counterexamples": tuple(e for c in members for e in c.counterexamples),
        }
    )


def _speakers(*sides: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Whose turns are units on both sides, of each side those of any of its codes; blank: everybody's, None: nobody's.

    A code that came to be for more speakers was not asked of them before, which is no decision against it.
    """
    found: tuple[str, ...] = ()
    for side in sides:
        theirs = () if not all(side) else tuple(dict.fromkeys(label for labels in side for label in labels))
        if theirs and found and not set(theirs) & set(found):
            return None
        found = tuple(label for label in theirs if label in found) if theirs and found else theirs or found
    return found


def _in_both(some: Iterable[Passage], others: Sequence[Passage]) -> Iterator[Passage]:
    """The stretches that lie in one of the first and one of the second."""
    there: dict[str, list[Passage]] = defaultdict(list)
    for each in others:
        there[each.transcript].append(each)
    for a in some:
        for b in there[a.transcript]:
            if overlap(a.span, b.span):
                yield Passage(a.transcript, Span(max(a.span.start, b.span.start), min(a.span.end, b.span.end)))


def _notes(
    only: tuple[Sequence[str], Sequence[str]], levels: Iterable[SharedLevel], apart: Sequence[SharedLevel]
) -> Iterator[str]:
    for codes, which in zip(only, ("earlier", "later"), strict=True):
        if codes:
            yield f"not compared, because only the {which} version has them: {', '.join(codes)}"
    for level in levels:
        if level.how != "same":
            yield f"{level.how}, so compared together as {level.id}: {' + '.join(level.old)} → {' + '.join(level.new)}"
    for level in apart:
        yield f"not compared, because the two versions ask it of different speakers: {level.id}"
