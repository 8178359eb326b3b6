"""What coders are compared on: a code's yes or no, a theme's, or a group of codes as one answer of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from autocode.codebook import below, codable, is_codable, speakers_of
from autocode.data import Code, Codebook, Coding, Group

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools, Ints


@dataclass(frozen=True)
class Variable:
    """One question put to every unit, and what each coder answered."""

    values: Ints
    """Units x coders. 0 no (of a group: none), 1 yes (of a group: 1, 2 … for its codes in order), -1 no decision."""
    quoted: Bools
    """Units that the codebook's examples for it quote."""
    n_values: int = 2
    n_several: int = 0
    """Decisions of a group left out because they picked several of its codes."""
    several: tuple[int, ...] = ()
    """The same for each coder."""


class Answers:
    """The table of units, taken apart: for each code the decisions of the codings, and which units are for it."""

    def __init__(self, units: DataFrame, codings: Sequence[Coding], codebook: Codebook) -> None:
        import numpy as np

        self.codebook = codebook
        self._values = {
            code.id: np.stack([units[coding.coder, code.id].to_numpy(dtype=np.int8) for coding in codings], axis=1)
            for code in codable(codebook)
        }
        self._quoted_by: dict[str, list[int]] = {}
        for i, ids in enumerate(units["example_of"]):
            for id in filter(None, ids.split(";")):
                self._quoted_by.setdefault(id, []).append(i)
        self._n_units = len(units)
        # A whole transcript's speakers are joined by `;`; a turn's or sentence's label is one, whatever is in it.
        whole = units.attrs.get("by") == "transcript"
        self._speakers = [frozenset(label.split(";")) if whole else frozenset((label,)) for label in units["speaker"]]
        self._for: dict[tuple[str, ...], Bools] = {}

    def applied(self, code: Code) -> bool:
        """Whether any coder applied the code to any unit."""
        return bool((self._values[code.id] == 1).any())

    def code(self, code: Code) -> Variable:
        """A code's own yes or no."""
        return Variable(self._values[code.id], self._quoted([code.id]))

    def theme(self, theme: Code, members: Sequence[Code]) -> Variable:
        """Yes if any member is; without a yes no decision where one is missing; else no.

        Members for other speakers do not make a unit missing: it is a unit for the theme if it is one for any member.
        """
        import numpy as np

        yes, undecided = self._together(members)
        values = np.where(yes.any(axis=0), 1, np.where(undecided, -1, 0)).astype(np.int8)
        return Variable(values, self._quoted([theme.id, *(code.id for code in members)]))

    def group(self, members: Sequence[Code]) -> Variable:
        """Which of the codes was picked, or none; no decision where several were, or none while one is missing."""
        import numpy as np

        yes, undecided = self._together(members)
        picked = yes.sum(axis=0)
        values = np.where(picked == 1, yes.argmax(axis=0) + 1, np.where((picked > 1) | undecided, -1, 0))
        return Variable(
            values.astype(np.int64),
            self._quoted([code.id for code in members]),
            n_values=len(members) + 1,
            n_several=int((picked > 1).sum()),
            several=tuple((picked > 1).sum(axis=0).tolist()),
        )

    def _together(self, members: Sequence[Code]) -> tuple[Bools, Bools]:
        """Who said yes (members x units x coders), and where one of the answers that count is missing."""
        import numpy as np

        values = np.stack([self._values[code.id] for code in members])
        is_unit = np.stack([self._is_unit(code) for code in members])[:, :, None]
        undecided = np.asarray(((values < 0) & is_unit).any(axis=0) | ~is_unit.any(axis=0))
        return values == 1, undecided

    def _is_unit(self, code: Code) -> Bools:
        """For each unit, whether the code is for (one of) its speakers."""
        import numpy as np

        scope = speakers_of(self.codebook, code)
        if scope not in self._for:
            self._for[scope] = np.array([not scope or not labels.isdisjoint(scope) for labels in self._speakers], bool)
        return self._for[scope]

    def _quoted(self, ids: Sequence[str]) -> Bools:
        import numpy as np

        quoted = np.zeros(self._n_units, dtype=bool)
        for id in ids:
            quoted[self._quoted_by.get(id, [])] = True
        return quoted


def rows(codebook: Codebook, answers: Answers) -> list[tuple[Code, Literal["code", "theme"], Variable]]:
    """The rows of a table of codes: every code and theme in the order of the codebook, a codable theme as both.

    Retired codes have a row, and a say in their themes, only if somebody applied them.
    """
    used = {code.id for code in codable(codebook) if code.status != "retired" or answers.applied(code)}
    found: list[tuple[Code, Literal["code", "theme"], Variable]] = []
    for code in codebook.codes:
        if code.id in used:
            found.append((code, "code", answers.code(code)))
        children = [child for child in below(codebook, code.id) if child.id in used]
        if children:
            itself = [code] if code.id in used else []
            found.append((code, "theme", answers.theme(code, [*itself, *children])))
    return found


def groups(codebook: Codebook, answers: Answers) -> list[tuple[Group, list[Code], Variable]]:
    """The groups of which one code is picked, with those of their codes that may be applied."""
    by_id = {code.id: code for code in codebook.codes}
    found = []
    for group in codebook.groups:
        if group.pick != "one":
            continue
        members = [by_id[id] for id in group.codes if id in by_id and is_codable(codebook, by_id[id])]
        members = [code for code in members if code.status != "retired" or answers.applied(code)]
        if len(members) > 1:
            found.append((group, members, answers.group(members)))
    return found
