"""Transcripts by id, as many as there may be: what does not fit in memory lies in a temporary file."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO

from autocode.data import Transcript

MEMORY_BYTES = 64_000_000
"""How much a shelf keeps in memory before it puts transcripts into a file."""
_TRANSCRIPT_BYTES = 1_500
_TURN_BYTES = 120
_AT_HAND = 8


class Shelf(Mapping[str, Transcript]):
    """Transcripts by id, in the order in which they came. They may come one at a time, from a reader.

    `hashes` are those of their texts and `sources` the files they were read from, by id, at hand without the texts.
    """

    def __init__(self, transcripts: Iterable[Transcript], *, memory_bytes: int = MEMORY_BYTES) -> None:
        self.hashes: dict[str, str] = {}
        self.sources: dict[str, str] = {}
        self.notes: list[str] = []
        """What reading them decided and a person should know."""
        self._here: dict[str, Transcript] = {}
        self._places: dict[str, int] = {}
        self._file: IO[bytes] | None = None
        self._at_hand: dict[str, Transcript] = {}
        # Where somebody holds them all, a copy in a file would save nothing.
        room = float("inf") if isinstance(transcripts, Collection) else memory_bytes
        for transcript in transcripts:
            self.hashes[transcript.id] = transcript.sha256
            self.sources[transcript.id] = transcript.source
            self.notes += transcript.notes
            room -= len(transcript.text) + _TRANSCRIPT_BYTES + _TURN_BYTES * len(transcript.turns)
            if room >= 0:
                self._here[transcript.id] = transcript
            else:
                self._put_away(transcript)

    @classmethod
    def of(cls, transcripts: Iterable[Transcript] | Shelf) -> Shelf:
        """The transcripts on a shelf; a shelf as it is."""
        if isinstance(transcripts, Shelf):
            return transcripts
        return cls(transcripts)

    def __getitem__(self, id: str) -> Transcript:
        """The transcript of an id."""
        found = self._here.get(id) or self._at_hand.get(id)
        if found is None:
            place = self._places[id]
            assert self._file is not None
            self._file.seek(place)
            found = self._at_hand[id] = pickle.load(self._file)
            if len(self._at_hand) > _AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.hashes)

    def __len__(self) -> int:
        return len(self.hashes)

    def _put_away(self, transcript: Transcript) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the shelf
            weakref.finalize(self, self._file.close)
        self._here.pop(transcript.id, None)
        self._places[transcript.id] = self._file.seek(0, 2)
        pickle.dump(transcript, self._file, pickle.HIGHEST_PROTOCOL)
