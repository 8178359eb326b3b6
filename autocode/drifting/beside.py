"""People's coding -> what may be held beside two versions: whose, and which of their decisions are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocode.data import Codebook, Coding, OwedState, Passage, Rereading, RereadingList, Transcript
from autocode.drifting.levels import Levels
from autocode.errors import InputError
from autocode.rereading import owed, stale_in
from autocode.study import Study

_NOT_BESIDE = ("settled", "training")
"""What was settled is written from the others' coding, without a version of the codebook that tells what of it is
stale; what people coded to learn the codebook is not their reading of it."""


@dataclass(frozen=True)
class People:
    """People's codings to hold beside two versions."""

    codings: Sequence[Coding]
    owing: RereadingList
    """What they have to read again since the later codebook."""
    whole: RereadingList
    """The same since the earlier one, under which a code may be only a part of what they coded."""
    stale: Sequence[Mapping[str, Sequence[Passage]]]
    """For each coding the stretches, by level, on which its decisions are of another definition."""

    @classmethod
    def of(
        cls,
        study: Study,
        paths: Sequence[Path],
        texts: Sequence[Transcript],
        kept: Sequence[Codebook],
        levels: Levels,
        encoding: str | None,
    ) -> People:
        """The people's codings in some files; `kept` are versions of the codebook beside those that the study has.

        Raises InputError where paths are named, and no person's coding is in them.
        """
        versions = {**study.versions(), **{str(book.version): book for book in kept}}
        found = study.codings(paths, texts, levels.every, versions=versions, encoding=encoding)
        people = [coding for coding in found if coding.kind == "human"]
        if paths and not people:
            raise InputError("there is no person's coding in what --humans names; name coding files", path=paths[0])
        people = _own(people)
        by_id = {text.id: text for text in texts}
        earlier = min(levels.new, levels.old, key=lambda book: book.version)
        given: dict[str, Any] = {"versions": versions, "encoding": encoding}
        stale = stale_in(paths, people, by_id, levels.new, **given)
        wholes = stale_in(paths, people, by_id, earlier, state="split", **given)
        return cls(
            codings=people,
            owing=owed(paths, people, by_id, levels.new, **given),
            whole=owed(paths, people, by_id, earlier, **given),
            stale=[levels.by_level(*both) for both in zip(stale, wholes, strict=True)],
        )

    def notes(self) -> Iterator[str]:
        """What is left out of the figures, and what they are not."""
        yield from self.owing.notes
        for coder, rows in _of_each(self.owing, "stale"):
            codes = ", ".join(dict.fromkeys(row.code for row in rows))
            n = sum(row.passages for row in rows)
            where = len({id for row in rows for id in row.transcripts})
            yield (
                f"definition changed after {coder} coded ({codes}): {n} passages in {where} transcripts to read again, "
                "left out of the figures"
            )
        for coder, rows in _of_each(self.whole, "split"):
            codes = ", ".join(f"{row.code} in {row.passages} passages" for row in rows)
            yield f"split after {coder} coded, so to be told apart ({codes}): left out of the figures for these codes"
        yield from _primed(self.codings)


def _own(people: Sequence[Coding]) -> list[Coding]:
    """Those that are somebody's own reading, if there are any; else all, for they were named."""
    own = [coding for coding in people if coding.stage not in _NOT_BESIDE]
    if not own or len(own) == len(people):
        return list(people)
    left = [f"{c.coder}: not held beside the model, because its stage is {c.stage}" for c in people if c not in own]
    return [own[0].model_copy(update={"notes": (*own[0].notes, *left)}), *own[1:]]


def _primed(people: Sequence[Coding]) -> Iterator[str]:
    """Whose coding is in part acceptance of what they saw, and whose is made of the others'."""
    for coding in people:
        if coding.stage == "settled":
            yield f"{coding.coder}: it names no version of the codebook, so nothing of it is left out as stale"
        if coding.saw.strip().casefold() not in ("", "nothing"):
            yield f"{coding.coder} coded having seen {coding.saw}: being alike is then in part acceptance of proposals"


def _of_each(owing: RereadingList, state: OwedState) -> Iterator[tuple[str, list[Rereading]]]:
    """What each coder has in one state."""
    for coder in dict.fromkeys(row.coder for row in owing.rows):
        if rows := [row for row in owing.rows if row.coder == coder and row.state == state]:
            yield coder, rows
