"""A transcript's file as a reader gets it, and what a reader gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from autocode.data import Turn
from autocode.errors import TranscriptError
from autocode.reading.decoding import decode


@dataclass(frozen=True, slots=True)
class Source:
    """A file with what was asked of its reading."""

    path: Path
    data: bytes
    encoding: str | None = None
    """How its text is written, where a flag or a setting says so."""
    speakers: frozenset[str] = frozenset()
    """Labels that count even when seen once."""

    def decoded(self) -> tuple[str, list[str]]:
        """The text of the file, and what decoding it decided. Raises TranscriptError where it is blank."""
        text, notes = decode(self.data, path=self.path, encoding=self.encoding)
        if not text.strip():
            raise self.error("is empty; export it again, or take it away")
        return text, notes

    def error(self, message: str, line: int | None = None) -> TranscriptError:
        """The error that this file cannot be read."""
        return TranscriptError(message, path=self.path, line=line)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a transcript: the canonical text, the turns in it, and what a person should know."""

    text: str
    turns: tuple[Turn, ...]
    notes: list[str]
    name: str = ""
    """Which transcript of the file it is, where the file holds several."""


Reader: TypeAlias = Callable[[Source], list[Reading]]
"""A file -> its transcripts: mostly one."""
