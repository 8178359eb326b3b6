"""A file or a folder -> transcripts, in order of id: which files are transcripts, what they are called, what is wrong.

A transcript's id is its path below the folder, without suffix. Nothing is left out in silence: a file that cannot be
read is an error for that file, a file that is no transcript is told, and so is one that says the same as another.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autocode.data import Transcript, sha256
from autocode.errors import TranscriptError
from autocode.reading.noscribe import read_noscribe
from autocode.reading.odt import read_odt
from autocode.reading.pdf import read_pdf
from autocode.reading.plain import read_plain
from autocode.reading.rtf import read_rtf
from autocode.reading.source import Reader, Reading, Source
from autocode.reading.speech_json import read_speech_json
from autocode.reading.srt import read_srt
from autocode.reading.transcript_tables import read_table_of_turns
from autocode.reading.webvtt import read_webvtt
from autocode.reading.word import read_word

_READERS: dict[str, Reader] = {
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_plain,
    ".markdown": read_plain,
    ".vtt": read_webvtt,
    ".srt": read_srt,
    ".docx": read_word,
    ".docm": read_word,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".json": read_speech_json,
    ".html": read_noscribe,
    ".htm": read_noscribe,
    ".pdf": read_pdf,
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods"), read_table_of_turns),
}
_NOT_YET = {
    *(".doc", ".pages", ".sbv", ".ttml", ".dfxp", ".jsonl", ".xlsb", ".numbers"),
    *(".xml", ".cha", ".eaf", ".tei", ".qdpx", ".qde", ".qdc", ".qda", ".sqlite3", ".sqlite", ".db"),
    *(".mx24", ".mx22", ".mex24", ".nvp", ".nvpx", ".atlproj", ".atlproj23"),
}
_LOOKED_FOR = "looked for text (.txt, .md), captions (.vtt, .srt), tables, and the other formats that are read"
_NAMED = 10
_FIELDS = {"id", "text", "turns", "source", "sha256", "notes"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file that is, or should be, a transcript."""

    id: str
    path: Path
    error: TranscriptError | None = None


@dataclass(slots=True)
class _Found:
    """What a folder holds."""

    candidates: list[_Candidate] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def read_transcripts(
    path: Path | str,
    *,
    encoding: str | None = None,
    speakers: Sequence[str] = (),
    on_bad: Callable[[TranscriptError], None] | None = None,
) -> Iterator[Transcript]:
    """The transcripts of a file or a folder (with the folders in it), one at a time, in order of id.

    `encoding` overrides what the files say of themselves; `speakers` are labels that count even when seen once.
    A file that cannot be read raises TranscriptError, or is handed to `on_bad` and passed over. Dot files and `~$`
    files are not looked at; other files that are no transcripts are named in the notes of the first transcript.
    """
    root = Path(path)
    if root.is_dir():
        found = _below(root)
    elif os.path.lexists(root):
        found = _Found([_candidate(root, root.parent)])
    else:
        raise TranscriptError(f"does not exist; {_LOOKED_FOR}, or a folder of them, so check the name", path=root)
    if not found.candidates:
        only = f", but found only {_some(found.others)}" if found.others else ""
        raise TranscriptError(f"no transcripts here: {_LOOKED_FOR} in it and its folders{only}", path=root)
    notes = []
    if found.others:
        notes.append(f"{root}: no transcripts, so not read: {_some(found.others)}")
    return _read(_without_twins(found.candidates), encoding, frozenset(speakers), on_bad, notes)


def _read(
    candidates: list[_Candidate],
    encoding: str | None,
    speakers: frozenset[str],
    on_bad: Callable[[TranscriptError], None] | None,
    notes: list[str],
) -> Iterator[Transcript]:
    first_with: dict[str, tuple[str, Path]] = {}
    ids: dict[str, Path] = {}
    for candidate in candidates:
        try:
            readings = _readings(candidate, encoding, speakers)
            _refuse_known(ids, candidate, readings)
        except TranscriptError as error:
            if on_bad is None:
                raise
            on_bad(error)
            continue
        for transcript in _transcripts(candidate, readings):
            told = notes
            # Equal answers are nothing to wonder at, in one table or in many small files.
            if transcript.id == candidate.id and len(transcript.turns) > 1:
                twin, where = first_with.setdefault(transcript.sha256, (transcript.id, candidate.path))
                if twin != transcript.id:
                    same = "so one answer serves both; take one away if it is one interview"
                    what = f"{candidate.path}: says the same as {where}, {same}"
                    told = [*notes, what]
            notes = []
            yield transcript.model_copy(update={"notes": (*told, *transcript.notes)}) if told else transcript


def _readings(candidate: _Candidate, encoding: str | None, speakers: frozenset[str]) -> list[Reading]:
    """What a file holds, in order of name backwards, so that one after the other can be taken from the end."""
    path = candidate.path
    if candidate.error:
        raise candidate.error
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TranscriptError(f"cannot be read ({error.strerror}); check the file and its rights", path=path) from error
    readings = _READERS[path.suffix.lower()](Source(path, data, encoding, speakers))
    if not any(_has_words(r.text[turn.span.start : turn.span.end]) for r in readings for turn in r.turns):
        raise TranscriptError("holds no words that anybody says; export it again, or take it away", path=path)
    return sorted(readings, key=lambda reading: reading.name, reverse=True)


def _refuse_known(ids: dict[str, Path], candidate: _Candidate, readings: list[Reading]) -> None:
    """Keeps the ids of a file. Raises TranscriptError where another file has one of them: `wave.csv`, `wave/p1.txt`."""
    for reading in readings:
        id = f"{candidate.id}/{reading.name}" if reading.name else candidate.id
        other = ids.setdefault(unicodedata.normalize("NFC", id.casefold()), candidate.path)
        if other != candidate.path:
            message = f'has the id "{id}", and so has {other} (upper and lower case are one); rename one'
            raise TranscriptError(message, path=candidate.path)


def _transcripts(candidate: _Candidate, readings: list[Reading]) -> Iterator[Transcript]:
    """The transcripts of a file, made one by one: a table may hold half a million."""
    source = str(candidate.path)
    while readings:
        reading = _whole(readings.pop(), candidate.path)
        # Readers give what the fields ask for. Checked once more, and each with its own set of names, a transcript of
        # one answer would need twice the memory.
        yield Transcript.model_construct(
            _fields_set=_FIELDS,
            id=f"{candidate.id}/{reading.name}" if reading.name else candidate.id,
            text=reading.text,
            turns=reading.turns,
            source=source,
            sha256=sha256(reading.text),
            notes=tuple(reading.notes),
        )


_HALF = re.compile("[\ud800-\udfff]")


def _whole(reading: Reading, path: Path) -> Reading:
    """The reading with half characters, which an escape may have brought in, replaced and told. Places stay."""
    n = len(_HALF.findall(reading.text))
    if not n:
        return reading
    turns = tuple(replace(turn, speaker=_HALF.sub("\ufffd", turn.speaker)) for turn in reading.turns)
    note = f"{path}: {n} half characters (lone surrogates) were replaced by U+FFFD"
    name = _HALF.sub("\ufffd", reading.name)
    return Reading(_HALF.sub("\ufffd", reading.text), turns, [*reading.notes, note], name)


def _has_words(text: str) -> bool:
    """Whether there is a letter, a digit or an emoji in it."""
    return any(sign.isalnum() or unicodedata.category(sign) == "So" for sign in text)


# --- Which files, and what they are called -----------------------------------------------------------------------


def _below(root: Path) -> _Found:
    """What stands in a folder and the folders in it. A linked folder is entered, but none twice."""
    found = _Found()
    been = {root.resolve()}

    def unreadable(error: OSError) -> None:
        path = Path(error.filename)
        message = f"folder cannot be read ({error.strerror}); check its rights"
        found.candidates.append(_Candidate(_id(path, root), path, TranscriptError(message, path=path)))

    for place, folders, files in os.walk(root, onerror=unreadable, followlinks=True):
        here = Path(place)
        entered = []
        for name in filter(_is_visible, sorted(folders)):
            real = (here / name).resolve()
            if Path(name).suffix.lower() in _READERS:
                found.candidates.append(_candidate(here / name, root))
            elif real not in been:
                been.add(real)
                entered.append(name)
        folders[:] = entered
        for name in filter(_is_visible, files):
            if Path(name).suffix.lower() in _READERS or Path(name).suffix.lower() in _NOT_YET:
                found.candidates.append(_candidate(here / name, root))
            else:
                found.others.append((here / name).relative_to(root).as_posix())
    found.others.sort()
    found.candidates.sort(key=lambda candidate: (candidate.id, candidate.path.name))
    return found


def _is_visible(name: str) -> bool:
    return not name.startswith((".", "~$"))


def _candidate(path: Path, root: Path) -> _Candidate:
    """A file with its id, and what already speaks against reading it."""
    kind = path.suffix.lower()
    error = None
    if path.is_dir():
        error = TranscriptError("is a folder with the name of a transcript; rename it", path=path)
    elif kind in _NOT_YET:
        error = TranscriptError(f"{kind[1:]} files are not read yet; save it as TXT or VTT", path=path)
    elif kind not in _READERS:
        error = TranscriptError(
            f"is no transcript that can be read; {_LOOKED_FOR}, so save it as TXT or VTT", path=path
        )
    return _Candidate(_id(path, root), path, error)


def _id(path: Path, root: Path) -> str:
    return unicodedata.normalize("NFC", path.relative_to(root).with_suffix("").as_posix())


def _without_twins(candidates: list[_Candidate]) -> list[_Candidate]:
    """The candidates, those with one id as a single error: Windows and macOS could not keep their outputs apart."""
    by_id: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        alike = unicodedata.normalize("NFC", candidate.id.casefold())
        by_id.setdefault(alike if candidate.error is None else f"{candidate.path}", []).append(candidate)
    kept = []
    for same in by_id.values():
        first, *rest = same
        if rest:
            others = " and ".join(str(candidate.path) for candidate in rest)
            message = f'has the id "{first.id}", and so has {others} (upper and lower case are one); rename one'
            kept.append(_Candidate(first.id, first.path, TranscriptError(message, path=first.path)))
        else:
            kept.append(first)
    return kept


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
