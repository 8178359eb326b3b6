"""Transcripts -> units: turns, sentences or whole transcripts, of the speakers who are not excluded.

All transcripts are laid on one line, one after the other, so that a stretch of any of them is two numbers and every
question about overlap is one search in sorted numbers. A unit is one or more *pieces*: a turn or a sentence is one
piece, a whole transcript as many as it has turns that count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autocode.data import Span, Transcript
from autocode.data import Unit as By
from autocode.errors import InputError, nearest
from autocode.sentences import sentences

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


@dataclass(frozen=True, slots=True)
class Unit:
    """One decision's place: what a coder says yes or no to."""

    transcript: str
    number: int
    turn: int
    """The turn it is in, or 0 for a whole transcript."""
    pieces: tuple[Span, ...]
    """Stretches of the transcript's text; more than one only for a whole transcript."""
    speakers: tuple[str, ...]
    """Who speaks each piece."""


@dataclass(frozen=True)
class Cut:
    """Transcripts cut into units, and where everything stands on the common line."""

    by: By
    texts: dict[str, str]
    begins: dict[str, int]
    """Where each transcript's text begins on the common line."""
    units: list[Unit]
    start: Ints
    """Where each piece begins on the common line, in order."""
    end: Ints
    unit: Ints
    """The unit each piece belongs to, by its place in `units`."""
    speaker: Sequence[str]
    """Who speaks each piece."""
    notes: list[str] = field(default_factory=list)

    def words(self, i: int) -> str:
        """The words of a unit, its pieces joined by a blank."""
        unit = self.units[i]
        text = self.texts[unit.transcript]
        return " ".join(text[piece.start : piece.end] for piece in unit.pieces)

    def on_line(self, transcript: str, span: Span) -> tuple[int, int]:
        """A stretch of a transcript as two places on the common line, cut off at the end of its text."""
        begins, length = self.begins[transcript], len(self.texts[transcript])
        return begins + min(span.start, length), begins + min(span.end, length)


def cut(transcripts: Iterable[Transcript], *, by: By, exclude_speakers: Sequence[str]) -> Cut:
    """The units of all transcripts, in order of transcript and text.

    A turn keeps its number; sentences are counted through the transcript, excluded speakers' too. A turn or sentence
    without a character is no unit.
    """
    import numpy as np

    given = sorted(transcripts, key=lambda transcript: transcript.id)
    twice = [id for id, n in Counter(transcript.id for transcript in given).items() if n > 1]
    if twice:
        raise InputError(f'two transcripts have the id "{twice[0]}"; rename one of the files')
    begins, here = {}, 0
    units: list[Unit] = []
    pieces: list[tuple[int, int, int, str]] = []
    for transcript in given:
        begins[transcript.id] = here
        for unit in _units(transcript, by, frozenset(exclude_speakers)):
            for piece, speaker in zip(unit.pieces, unit.speakers, strict=True):
                pieces.append((here + piece.start, here + piece.end, len(units), speaker))
            units.append(unit)
        here += len(transcript.text) + 1
    table = np.array([piece[:3] for piece in pieces], dtype=np.int64).reshape(-1, 3)
    return Cut(
        by=by,
        texts={transcript.id: transcript.text for transcript in given},
        begins=begins,
        units=units,
        start=table[:, 0],
        end=table[:, 1],
        unit=table[:, 2],
        speaker=[piece[3] for piece in pieces],
        notes=_unknown_speakers(given, exclude_speakers),
    )


def _units(transcript: Transcript, by: By, excluded: frozenset[str]) -> Iterator[Unit]:
    turns = [turn for turn in transcript.turns if turn.speaker not in excluded and len(turn.span)]
    if by == "turn":
        for turn in turns:
            yield Unit(transcript.id, turn.number, turn.number, (turn.span,), (turn.speaker,))
    elif by == "sentence":
        yield from _sentences(transcript, excluded)
    elif turns:
        yield Unit(transcript.id, 1, 0, tuple(t.span for t in turns), tuple(t.speaker for t in turns))


def _sentences(transcript: Transcript, excluded: frozenset[str]) -> Iterator[Unit]:
    number = 0
    for turn in transcript.turns:
        for sentence in sentences(transcript.text, turn.span):
            number += 1
            if turn.speaker not in excluded:
                yield Unit(transcript.id, number, turn.number, (sentence,), (turn.speaker,))


def _unknown_speakers(transcripts: Sequence[Transcript], excluded: Sequence[str]) -> list[str]:
    known = {turn.speaker for transcript in transcripts for turn in transcript.turns}
    return [
        f'exclude_speakers names "{label}", whom no transcript has{nearest(label, known)}'
        for label in excluded
        if label not in known
    ]


def clusters(cut: Cut, persons: Mapping[tuple[str, str], str]) -> dict[str, str]:
    """For each transcript, the first of those it is joined with because a participant speaks in both.

    Two interviews with one person are not two independent observations. Without `persons` each stands alone.
    """
    joined: dict[str, str] = {id: id for id in cut.texts}

    def first(id: str) -> str:
        while joined[id] != id:
            joined[id] = joined[joined[id]]
            id = joined[id]
        return id

    heard: dict[str, str] = {}
    for unit in cut.units:
        for speaker in unit.speakers:
            person = persons.get((unit.transcript, speaker))
            if person is not None:
                low, high = sorted((first(heard.setdefault(person, unit.transcript)), first(unit.transcript)))
                joined[high] = low
    return {id: first(id) for id in cut.texts}
