"""What two versions decided on: the units that both read, and for each code the repeats that decided on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autocode.codebook import codable
from autocode.data import Code, Codebook, Coding, Passage
from autocode.errors import AgreementError

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints

_NO_CODE = "the two versions have no code in common that both were asked for; compare runs of one codebook"


class Sides:
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
        if not all(some.any() for some in read):
            raise AgreementError(_NO_CODE)
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

    def decisions(self, codings: Sequence[Coding], codes: Sequence[Code]) -> Ints:
        """Decisions as an array codings x units x codes."""
        import numpy as np

        ids = [code.id for code in codes]
        return np.stack([self.units[c.coder][ids].to_numpy(dtype=np.int8, na_value=-1) for c in codings])

    def values(self, codings: Sequence[Coding], codes: Sequence[Code]) -> Ints:
        """The same without what the codebook's examples quote: a model that was shown them has seen the answer."""
        import numpy as np

        return np.where(self.quoted(codes), np.int8(-1), self.decisions(codings, codes))

    def alike(self) -> list[CodeGroup]:
        """The codes that both versions decided on, together where the same repeats decided on them."""
        groups: dict[tuple[tuple[str, ...], tuple[str, ...]], CodeGroup] = {}
        left = []
        for code in self.code_list:
            sides = [[c for c in codings if self._decides(c, code)] for codings in (self.before, self.after)]
            if not all(sides):
                left.append(code.id)
                continue
            key = tuple(tuple(c.coder for c in side) for side in sides)
            groups.setdefault((key[0], key[1]), CodeGroup([], sides[0], sides[1])).codes.append(code)
        if not groups:
            raise AgreementError(_NO_CODE)
        if left:
            self.notes.append(f"not compared, because only one of the versions decided on them: {', '.join(left)}")
        return [*groups.values()]

    def quoted(self, codes: Sequence[Code]) -> Bools:
        """Which units the codebook's examples of these codes quote, units x codes."""
        import numpy as np

        found = np.zeros((len(self.units), len(codes)), dtype=bool)
        for unit, ids in self._quoting:
            found[unit] = [code.id in ids for code in codes]
        return found

    @cached_property
    def _quoting(self) -> list[tuple[int, frozenset[str]]]:
        """The units that examples quote, and of which codes."""
        return [(at, frozenset(ids.split(";"))) for at, ids in enumerate(self.units["example_of"]) if ids]

    def left_out(self, code: Code, group: CodeGroup) -> tuple[int, int]:
        """Passages that some repeat decided on and not every one; and those that an example quotes."""
        decided = self.decisions([*group.before, *group.after], [code])[:, :, 0] >= 0
        quoted = self.quoted([code])[:, 0]
        some = decided.any(axis=0)
        return int((some & ~decided.all(axis=0) & ~quoted).sum()), int((some & quoted).sum())

    def _decides(self, coding: Coding, code: Code) -> bool:
        return bool((self.units[coding.coder, code.id].to_numpy(dtype="int8", na_value=-1) >= 0).any())


def inside(units: DataFrame, stretches: Sequence[Sequence[Passage]]) -> Bools:
    """Which units lie, if only in part, in some stretches of transcripts, units x the sets of stretches given."""
    import numpy as np

    start, end = (units[column].to_numpy(dtype=np.int64) for column in ("start", "end"))
    found = np.zeros((len(units), len(stretches)), dtype=bool)
    if not any(stretches):
        return found
    rows = units.groupby(units.index.get_level_values("transcript"), sort=False).indices
    for at, some in enumerate(stretches):
        for passage in some:
            here = rows.get(passage.transcript, np.array([], dtype=np.int64))
            found[here, at] |= (start[here] < passage.span.end) & (end[here] > passage.span.start)
    return found


@dataclass(frozen=True)
class CodeGroup:
    """Codes that the same repeats of each version decided on."""

    codes: list[Code]
    before: Sequence[Coding]
    after: Sequence[Coding]


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
