"""A coder's coding, coders.csv and runs -> under which version of the codebook each of their decisions was made.

A later line of coders.csv under a newer version is a re-reading: what it names was decided anew under that version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autocode.agreement.comparing import places_of
from autocode.agreement.measuring import Places
from autocode.codebook import codable
from autocode.data import Codebook, Coding, Span, Transcript
from autocode.locating import Turns
from autocode.reading import Reading
from autocode.rereading.standing import works

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints


@dataclass(frozen=True, eq=False)
class Work:
    """What one coding decided, and under which version: arrays units x codes."""

    coding: Coding
    values: Ints
    """1, 0, and -1 where there is no decision."""
    numbers: Sequence[str]
    """The versions as they were declared; the first is blank: not declared."""
    at: Ints
    """For each decision the place of its version in `numbers`."""

    @cached_property
    def used(self) -> list[str]:
        """The versions that decisions were made under."""
        decided = self.at[self.values >= 0]
        return [number for place, number in enumerate(self.numbers) if (decided == place).any()]


@dataclass(frozen=True)
class Person:
    """A person with all the passes in which they coded independently."""

    name: str
    passes: list[Work]

    def best(self, numbers: Iterable[str]) -> Work:
        """The pass to hold beside a version (whatever lines call it): the first one made under it, else their first."""
        wanted = frozenset(numbers)
        return next((work for work in self.passes if not wanted.isdisjoint(work.used)), self.passes[0])


class Units:
    """The units of a study with the turns that each holds, so that lines of coders.csv can be laid upon them."""

    def __init__(self, frame: DataFrame, transcripts: Mapping[str, Transcript], codebook: Codebook) -> None:
        import numpy as np

        self.codes = [code.id for code in codable(codebook)]
        self.frame, self.transcripts, self.codebook = frame, transcripts, codebook
        ids = np.asarray(frame.index.get_level_values("transcript"), dtype=object)
        start, end = frame["start"].to_numpy(dtype=np.int64), frame["end"].to_numpy(dtype=np.int64)
        self.rows: dict[str, Ints] = {}
        self.turns: dict[str, list[frozenset[int]]] = {}
        for id in dict.fromkeys(ids.tolist()):
            turns = Turns(transcripts[id])
            self.rows[id] = np.flatnonzero(ids == id)
            self.turns[id] = [
                frozenset(turn.number for turn in turns.touched(Span(int(start[row]), int(end[row]))))
                for row in self.rows[id]
            ]

        self.quoting = [frozenset(str(ids).split(";")) for ids in frame["example_of"]]

    def columns(self, codes: Sequence[str]) -> list[int]:
        """Where some codes stand."""
        return [self.codes.index(code) for code in codes]

    @cached_property
    def places(self) -> Places:
        """Where the units stand, as agreement goes by it."""
        return places_of(self.frame)

    def quoted(self, codes: Sequence[str]) -> Bools:
        """Which units are quoted by an example of one of these codes."""
        import numpy as np

        return np.array([not ids.isdisjoint(codes) for ids in self.quoting], dtype=bool)

    def values(self, coding: Coding) -> Ints:
        """What a coding decided: an array units x codes."""
        import numpy as np

        return np.asarray(self.frame[coding.coder][self.codes].to_numpy(dtype=np.int8, na_value=-1))

    def work(self, coding: Coding, readings: Sequence[Reading], kept: Mapping[str, Codebook]) -> Work:
        """What a coding in files decided, and under which version."""
        import numpy as np

        theirs = [r for r in readings if (r.stage, r.saw) == (coding.stage, coding.saw)]
        found = works([coding], theirs, self.transcripts, codebook=self.codebook, versions=kept, runs={})
        numbers = [""]
        at = np.zeros((len(self.frame), len(self.codes)), dtype=np.int16)
        placed = np.zeros(at.shape, dtype=bool)
        for sitting in found[0].sittings if found else ():
            if sitting.transcript not in self.rows:
                continue
            if sitting.version not in numbers:
                numbers.append(sitting.version)
            rows, held = self.rows[sitting.transcript], self.turns[sitting.transcript]
            columns = np.array([sitting.codes is None or code in sitting.codes for code in self.codes])
            whole = np.array([bool(each) and each <= sitting.turns for each in held])
            part = np.array([not each.isdisjoint(sitting.turns) for each in held])
            # A unit of many turns that were read again in part is as old as the oldest of them.
            here = columns & (whole[:, None] | (part[:, None] & ~placed[rows]))
            at[rows] = np.where(here, numbers.index(sitting.version), at[rows])
            placed[rows] |= here
        return Work(coding, self.values(coding), numbers, at)
