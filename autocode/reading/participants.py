"""participants.csv -> whose words stand under which label of which transcript, and whose stay on this machine."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autocode.errors import InputError
from autocode.reading.tables import Table, column_key, read_table

_CONSENT = ("may_contact", "may_quote", "ai_cloud", "withdrawn")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class Participants:
    """What participants.csv says. Without the file nobody is joined across transcripts, and nobody held back."""

    persons: dict[tuple[str, str], str] = field(default_factory=dict)
    """(transcript, speaker) -> participant."""
    kept_here: frozenset[str] = frozenset()
    """Transcripts of participants with `ai_cloud: no`: their words do not go to a model on another machine.

    As the file names them: whoever sends has to make sure that each is a transcript, since a mistyped name would
    hold nothing back.
    """
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence each, with path:line."""
    in_transcript: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Transcript -> its participants: each by the pseudonym, or else as the column `participant` has them."""


def read_participants(path: Path | str, *, encoding: str | None = None) -> Participants:
    """What a participants.csv says; columns beyond the ones used here are fine.

    Raises InputError, with path and line, where one label of one transcript is two participants, and where it is not
    certain whose transcripts have to stay on this machine.
    """
    table = read_table(Path(path), encoding=encoding)
    if missing := [name for name in ("participant", "transcript") if not table.has(name)]:
        message = f'it has no column "{missing[0]}"; its columns are participant,transcript,speaker and others'
        raise InputError(message, path=path, line=1)
    _refuse_near_misses(table)
    rows = [(line, {key: cell.strip() for key, cell in cells.items()}) for line, cells in table.rows]
    for _, row in rows:
        row["transcript"] = unicodedata.normalize("NFC", row["transcript"])  # as ids of transcripts are
    notes = list(table.notes)
    persons = _persons(table, rows, notes)
    return Participants(persons, frozenset(_kept_here(table.path, rows)), tuple(notes), _in_transcript(rows))


def read_persons(path: Path | str) -> dict[tuple[str, str], str]:
    """Who speaks under which label, (transcript, speaker) -> participant; rows without one of the three left out."""
    return read_participants(path).persons


def read_ai_cloud(path: Path | str) -> set[str]:
    """The transcripts that may not be sent to another machine: those of participants with `ai_cloud: no`."""
    return set(read_participants(path).kept_here)


def _refuse_near_misses(table: Table) -> None:
    """A slip of the pen in the name of a column of consent must not read as "nobody said no"."""
    for column in _CONSENT:
        near = [name for name in table.columns if column_key(name).replace("_", "") == column.replace("_", "")]
        if near and not table.has(column):
            raise InputError(f'the column "{near[0]}" has to be called {column}', path=table.path, line=1)


Rows = list[tuple[int, dict[str, str]]]


def _persons(table: Table, rows: Rows, notes: list[str]) -> dict[tuple[str, str], str]:
    persons: dict[tuple[str, str], str] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, row in rows:
        place, participant = (row["transcript"], row.get("speaker", "")), row["participant"]
        if not all((*place, participant)):
            lacking = next(name for name in ("participant", "transcript", "speaker") if not row.get(name))
            notes.append(f"{table.path}:{line}: the row has no {lacking}, so it joins no one across transcripts")
            continue
        if persons.setdefault(place, participant) != participant:
            message = (
                f'"{place[1]}" of {place[0]} is {participant} here and {persons[place]} on line {lines[place]}; '
                "delete one of the rows"
            )
            raise InputError(message, path=table.path, line=line)
        lines.setdefault(place, line)
    return persons


def _in_transcript(rows: Rows) -> dict[str, tuple[str, ...]]:
    """Who speaks in which transcript, in the order of the file."""
    pseudonyms = {row["participant"]: row["pseudonym"] for _, row in rows if row.get("pseudonym")}
    found: dict[str, dict[str, None]] = {}
    for _, row in rows:
        if row["transcript"] and (who := row["participant"]):
            found.setdefault(row["transcript"], {})[pseudonyms.get(who, who)] = None
    return {transcript: tuple(named) for transcript, named in found.items()}


def _kept_here(path: Path, rows: Rows) -> Iterator[str]:
    """The transcripts of everybody who said no or has withdrawn, in all rows of theirs."""
    for line, row in rows:
        gone = row.get("withdrawn", "").casefold() not in {"", *_NO}  # also a date
        said = "no" if gone else row.get("ai_cloud", "").casefold()
        if said and said not in _YES | _NO:
            message = f'ai_cloud is "{row["ai_cloud"]}"; write yes or no, since it decides whose words may be sent'
            raise InputError(message, path=path, line=line)
        if said not in _NO:
            continue
        who = row["participant"]
        theirs = {other["transcript"] for _, other in rows if other is row or (who and other["participant"] == who)}
        if theirs == {""}:
            message = f'"{who}" has ai_cloud no, but no transcript; fill it in, so that it can be kept back'
            raise InputError(message, path=path, line=line)
        yield from theirs - {""}
