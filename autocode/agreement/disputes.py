"""Codings -> the passages on which coders differ, each with who said what there, in the order a meeting can settle.

One item is one code on one unit. Neighbouring units are not joined, though one coder may have marked them in one
stroke: the id of an item is made of its place alone, so that a decision finds it again when a further coder is added;
joined stretches would grow and shrink with the coders. In the list they stand next to each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from autocode.agreement.naming import models, same_coder
from autocode.codebook import codable, match_code
from autocode.data import (
    Code,
    Codebook,
    CodedSegment,
    Coding,
    Data,
    Decision,
    Kind,
    Span,
    Transcript,
    Turn,
    canonical_json,
    overlap,
    sha256,
)
from autocode.data import Unit as By

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Ints

ORDER = (
    "The code with the most disputed passages comes first; within a code those that share a cause stand together (the "
    "same other code given instead, or none), the largest group first; within a group in the order of the interviews."
)
BEFORE, AFTER = 2, 1
"""How many turns before and after a passage are shown with it."""
_DECISIONS: dict[int, Decision] = {1: "yes", 0: "no", -1: "missing"}


class Said(Data):
    """What somebody says before or after a passage."""

    turn: int
    speaker: str
    words: str


class Side(Data):
    """What one coder decided on a disputed passage, and what they left beside it."""

    coder: str
    kind: Kind
    decision: Decision
    quotes: tuple[str, ...] = ()
    """The transcript's words that they marked with the code."""
    memo: str = ""
    why: str = ""
    """A model's reason."""
    others: tuple[str, ...] = ()
    """The other codes that they gave to this passage."""


class Dispute(Data):
    """One code on one unit, about which two coders differ."""

    id: str
    number: int = 0
    """Its place in the list, from 1."""
    transcript: str
    turn: int
    """0 where the unit is a whole transcript."""
    speaker: str
    code: str
    name: str
    start: int
    end: int
    at: float | None = None
    """The time on the tape, in seconds."""
    passage: str
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()
    instead: str = ""
    """The code that those have here who do not have this one; blank: none."""
    sides: tuple[Side, ...]


class Disputes(Data):
    """All passages on which coders differ, and whose difference makes a passage disputed."""

    format: Literal["autocode-disputes/1"] = "autocode-disputes/1"
    unit: By
    coders: tuple[str, ...]
    """All whose decisions are shown."""
    among: tuple[str, ...]
    """Those between whom it is disputed; the others are shown beside."""
    order: str = ORDER
    by_code: dict[str, int]
    """The disputed passages of each code, in the order of the list."""
    decided: int = 0
    """Further ones that a decision has settled, which are left out."""
    disputes: tuple[Dispute, ...] = ()


def passage_id(transcript: str, code: str, span: Span) -> str:
    """The id of a code on a stretch of a transcript: the same whoever codes there, and whatever else is coded.

    >>> passage_id("p01", "help", Span(4, 20)) == sha256('["p01","help",[4,20]]')[:16]
    True
    """
    return sha256(canonical_json([transcript, code, [span.start, span.end]]))[:16]


def readers(codings: Sequence[Coding]) -> list[int]:
    """The places of the people whose readings stand side by side: independent or undeclared, each person once.

    What they had seen does not matter here, as it does for what a figure may be called: it is their reading.
    """
    found: list[int] = []
    for i, coding in enumerate(codings):
        fits = coding.kind == "human" and coding.stage in ("independent", "undeclared")
        if fits and not any(same_coder(coding, codings[j]) for j in found):
            found.append(i)
    return found


def disputes(
    units: DataFrame,
    codings: Sequence[Coding],
    transcripts: Sequence[Transcript],
    codebook: Codebook,
    *,
    among: Sequence[str] = (),
) -> Disputes:
    """Every passage to which one coder gave a code and another did not, with the turns around and each one's say.

    `units` is the table that `units()` made from these codings. Disputed is what two of the people see differently
    (independent or undeclared stage, each person once), and who is named in `among`; where there are fewer than two
    people, language models count as well. All other codings are shown beside, but for settled ones and a model's
    repeats.
    """
    table = Marks(units, codings, transcripts, codebook)
    shown = _shown(codings)
    between = differing(codings, among=among)
    found = [
        table.dispute(code, unit, shown, between) for code in table.codes for unit in table.disputed(code, between)
    ]
    return Disputes(
        unit=units.attrs.get("by", "turn"),
        coders=tuple(codings[i].coder for i in shown),
        among=tuple(codings[i].coder for i in between),
        **_listed(found),
    )


def differing(codings: Sequence[Coding], *, among: Sequence[str] = ()) -> list[int]:
    """The places of the coders between whom a passage may be disputed; see `disputes`."""
    people = readers(codings)
    between = people if len(people) > 1 else [*people, *(i for i in models(codings) if not codings[i].baseline)]
    return sorted({*between, *(i for i in _shown(codings) if codings[i].coder in among)})


def _shown(codings: Sequence[Coding]) -> list[int]:
    return [i for i, coding in enumerate(codings) if coding.stage != "settled" and coding.repeat == 1]


def without(found: Disputes, decided: Mapping[str, object]) -> Disputes:
    """The list without the passages that have a decision, which are counted; numbered anew."""
    left = [dispute for dispute in found.disputes if dispute.id not in decided]
    return found.model_copy(update={**_listed(left), "decided": len(found.disputes) - len(left)})


def _listed(found: Sequence[Dispute]) -> dict[str, Any]:
    """Disputes in their order, numbered, and how many there are of each code."""
    of_code = Counter(dispute.code for dispute in found)
    of_pair = Counter((dispute.code, dispute.instead) for dispute in found)
    ordered = sorted(
        found,
        key=lambda d: (-of_code[d.code], d.code, -of_pair[d.code, d.instead], d.instead, d.transcript, d.start, d.end),
    )
    numbered = tuple(dispute.model_copy(update={"number": n}) for n, dispute in enumerate(ordered, start=1))
    return {"disputes": numbered, "by_code": {dispute.code: of_code[dispute.code] for dispute in ordered}}


@dataclass(frozen=True)
class Place:
    """Where a unit stands: the first and the last of its characters, and who speaks there."""

    transcript: str
    turn: int
    speaker: str
    span: Span


class Marks:
    """The table of units and the segments behind it: who marked what in which unit."""

    def __init__(
        self, units: DataFrame, codings: Sequence[Coding], transcripts: Sequence[Transcript], codebook: Codebook
    ) -> None:
        import numpy as np

        self.codings = codings
        self.codebook = codebook
        self.by = units.attrs.get("by", "turn")
        self.texts = {transcript.id: transcript for transcript in transcripts}
        ids, turns = units.index.get_level_values("transcript"), units["turn"]
        spans = map(Span, units["start"].tolist(), units["end"].tolist())
        self.places = [Place(*each) for each in zip(ids, turns.tolist(), units["speaker"].tolist(), spans, strict=True)]
        self.values: dict[str, Ints] = {
            code.id: np.stack([units[coding.coder, code.id].to_numpy(dtype=np.int8) for coding in codings], axis=1)
            for code in codable(codebook)
        }
        """For each code units x codings: 1 yes, 0 no, -1 no decision."""
        used = {id for id, values in self.values.items() if (values == 1).any()}
        self.codes = [code for code in codable(codebook) if code.status != "retired" or code.id in used]
        self.unit_at = {(place.transcript, place.span): i for i, place in enumerate(self.places)}

    @cached_property
    def _segments(self) -> dict[tuple[int, str, str], list[CodedSegment]]:
        """The segments that count, by coding, transcript and code."""
        meant: dict[str, Code | None] = {}
        found: dict[tuple[int, str, str], list[CodedSegment]] = defaultdict(list)
        for i, coding in enumerate(self.codings):
            for segment in coding.segments:
                if segment.counts:
                    if segment.code not in meant:
                        meant[segment.code] = match_code(self.codebook, segment.code)
                    code = meant[segment.code]
                    found[i, segment.transcript_id, code.id if code else segment.code].append(segment)
        return found

    def segments(self, coding: int, unit: int, code: str) -> list[CodedSegment]:
        """What a coder marked with a code, or expressly not, that shares a character with a unit."""
        place = self.places[unit]
        near = self._segments.get((coding, place.transcript, code), ())
        return [segment for segment in near if segment.span and overlap(segment.span, place.span)]

    def disputed(self, code: Code, between: Sequence[int]) -> list[int]:
        """The units that some of these coders gave the code and others did not."""
        import numpy as np

        values = self.values[code.id][:, list(between)]
        return [int(unit) for unit in np.flatnonzero((values == 1).any(axis=1) & (values == 0).any(axis=1))]

    @cached_property
    def _given(self) -> dict[tuple[int, int], list[str]]:
        """For each unit and coding the codes given there."""
        import numpy as np

        found: dict[tuple[int, int], list[str]] = defaultdict(list)
        for code in self.codes:
            for unit, coding in np.argwhere(self.values[code.id] == 1).tolist():
                found[unit, coding].append(code.id)
        return found

    @cached_property
    def _turns(self) -> dict[tuple[str, int], int]:
        """Which of its transcript's turns has a number."""
        return {(id, turn.number): i for id, text in self.texts.items() for i, turn in enumerate(text.turns)}

    def given(self, coding: int, unit: int) -> list[str]:
        """The codes that a coder gave to a unit, in the order of the codebook."""
        return self._given.get((unit, coding), [])

    def dispute(self, code: Code, unit: int, shown: Sequence[int], between: Sequence[int]) -> Dispute:
        """A code on a unit, with what everybody said there."""
        place = self.places[unit]
        transcript = self.texts[place.transcript]
        turn = transcript.turns[self._turns[place.transcript, place.turn]] if place.turn else None
        before, after = self._around(place)
        return Dispute(
            id=passage_id(place.transcript, code.id, place.span),
            transcript=place.transcript,
            turn=place.turn,
            speaker=place.speaker,
            code=code.id,
            name=code.name,
            start=place.span.start,
            end=place.span.end,
            at=turn.starts_at if turn else None,
            passage=transcript.text[place.span.start : place.span.end],
            before=before,
            after=after,
            instead=self._instead(code, unit, between),
            sides=tuple(self._side(code, unit, i) for i in shown),
        )

    def _side(self, code: Code, unit: int, i: int) -> Side:
        coding, place = self.codings[i], self.places[unit]
        text = self.texts[place.transcript].text
        decision = _DECISIONS[int(self.values[code.id][unit, i])]
        marked = [s for s in self.segments(i, unit, code.id) if s.decision == decision]
        quotes = (text[s.span.start : s.span.end] for s in marked if s.span and decision == "yes")
        return Side(
            coder=coding.coder,
            kind=coding.kind,
            decision=decision,
            quotes=tuple(dict.fromkeys(quotes)),
            memo="; ".join(dict.fromkeys(s.memo for s in marked if s.memo)),
            why="; ".join(dict.fromkeys(s.why for s in marked if s.why)),
            others=tuple(id for id in self.given(i, unit) if id != code.id),
        )

    def _instead(self, code: Code, unit: int, between: Sequence[int]) -> str:
        """The code of those who said no that none of those who said yes has, most often given first."""
        values = self.values[code.id][unit]
        theirs = {id for i in between if values[i] == 1 for id in self.given(i, unit)}
        others = Counter(
            id for i in between if values[i] == 0 for id in self.given(i, unit) if id not in theirs
        ).most_common(1)
        return others[0][0] if others else ""

    def _around(self, place: Place) -> tuple[tuple[Said, ...], tuple[Said, ...]]:
        """The turns before and after a passage; of its own turn the words before and after it."""
        if self.by == "transcript":
            return (), ()
        transcript = self.texts[place.transcript]
        at = self._turns[place.transcript, place.turn]
        own = transcript.turns[at].span
        before = [(turn, turn.span) for turn in transcript.turns[max(0, at - BEFORE) : at]]
        before.append((transcript.turns[at], Span(own.start, place.span.start)))
        after = [(transcript.turns[at], Span(place.span.end, own.end))]
        after += [(turn, turn.span) for turn in transcript.turns[at + 1 : at + 1 + AFTER]]

        def said(stretches: Sequence[tuple[Turn, Span]]) -> Iterator[Said]:
            for turn, span in stretches:
                words = transcript.text[span.start : span.end].strip()
                if words:
                    yield Said(turn=turn.number, speaker=turn.speaker, words=words)

        return tuple(said(before)), tuple(said(after))
