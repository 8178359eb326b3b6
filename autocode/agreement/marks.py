"""The table of units and the segments behind it: who marked what on a passage, and what everybody said around it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from autocode.codebook import codable, match_code
from autocode.data import (
    Code,
    Codebook,
    CodedSegment,
    Coding,
    Decision,
    Dispute,
    Said,
    Side,
    Span,
    Transcript,
    Turn,
    canonical_json,
    overlap,
    sha256,
)

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Ints

BEFORE, AFTER = 2, 1
"""How many turns before and after a passage are shown with it."""
_DECISIONS: dict[int, Decision] = {1: "yes", 0: "no", -1: "missing"}


def passage_id(transcript: str, code: str, span: Span) -> str:
    """The id of a code on a stretch of a transcript: the same whoever codes there, and whatever else is coded.

    >>> passage_id("p01", "help", Span(4, 20)) == sha256('["p01","help",[4,20]]')[:16]
    True
    """
    return sha256(canonical_json([transcript, code, [span.start, span.end]]))[:16]


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
