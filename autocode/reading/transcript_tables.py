"""Transcripts as tables, a row a turn: CSV, TSV, XLSX, XLS and ODS of survey tools, recognisers and people.

Columns are found by what they are called, in several languages. A table of another kind that strays into a folder of
transcripts (coding, codebook, participants) is refused and never coded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autocode.errors import InputError, TranscriptError
from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.spreadsheet import SUFFIXES, table_in
from autocode.reading.table_headers import role_of
from autocode.reading.tables import Table, column_key, read_table
from autocode.reading.tape import Clock, backwards

_Row: TypeAlias = tuple[int, dict[str, str]]
"""The line a row begins on, and its cells by the key of their column."""

_ANSWERS = """
    answers response responses comment comments message statement sentence caption segment verbatim antwort antworten
    kommentar kommentare réponse réponses commentaire commentaires respuesta respuestas comentario comentarios
    resposta comentário risposta risposte commento antwoord opmerking svar kommentarer odpowiedź komentarz
"""
_TRANSCRIPT = """
    transcript transcriptid file filename interview interviewid document documentname source respondent respondentid
    responseid session sessionid transkript datei befragte befragter befragung gespräch entretien fichier enquêté
    répondant entrevista archivo encuestado arquivo intervista bestand intervju wywiad
"""
# In a survey transcripts are called so; in a conversation the speakers, or the numbers of the rows.
_UNSURE = "participant participantid id case caseid teilnehmer participante deelnemer"
# In a document the speaker, or the words; in a table mostly a code, or a number.
_NEITHER = "label turn turnid"
_ROLES = {
    word: role
    for role, words in (("words", _ANSWERS), ("transcript", _TRANSCRIPT), ("unsure", _UNSURE), ("", _NEITHER))
    for word in words.split()
}
"""What tables call their columns, beside what conversations in documents do (`table_headers`); without blanks."""
# A column of one of these names makes it a table of something else, unless it says who speaks or when as well.
_OTHER_TABLES = {
    "coded segments": "code codes tag tags kod codesystem codename codesappliedcombined",
    "coders": "coder saw stage",
    "a codebook": "definition description counterexamples",
    "participants": "pseudonym attribution mayquote maycontact withdrawn aicloud",
    "transcripts": "checkedby minutes",
    "samples": "purpose probability",
    "decisions": "decision",
}
_OTHER_FILES = frozenset(
    {"transcripts", "participants", "coders", "decisions", "settled", "settled-unseen", "unseen", "codebook"}
)
_A_SENTENCE = 3
"""Words a filled cell in the mean, from which a column may hold what people say."""
_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True)
class _Columns:
    """The keys under which the cells of a row stand; blank: the table has no such column."""

    text: str
    speaker: str = ""
    transcript: str = ""
    start: str = ""
    end: str = ""


def read_table_of_turns(source: Source) -> list[Reading]:
    """The rows of a table as turns, never merged: one transcript, or one for each value of the column that names it.

    TranscriptError: no column holds the words, or several may, or two columns have one name.
    """
    try:
        if source.path.suffix.lower() in SUFFIXES:
            table = table_in(source.data, source.path)
        else:
            table = read_table(source.path, encoding=source.encoding)
    except TranscriptError:
        raise
    except InputError as error:
        where = f"{error.path}:{error.line}: " if error.line else f"{error.path}: "
        raise source.error(str(error).removeprefix(where), error.line) from error
    if not table.rows:
        raise source.error("has no rows below its header; export it again, or take it away")
    columns = _columns(table, source)
    notes = list(table.notes)
    used = {columns.text, columns.speaker, columns.transcript, columns.start, columns.end}
    unused = [f'"{name}"' for name in table.columns if column_key(name) not in used]
    if unused:
        notes.append(f"{source.path}: columns that are not read: {', '.join(unused)}")
    clock = _clock(table, columns)
    if clock and clock.told:
        notes.append(f"{source.path}: times are read as {clock.told}")
    if not columns.transcript:
        return [_reading("", table.rows, columns, clock, source, notes)]
    by_name = _by_name(table, columns.transcript, source)
    lines = {name: rows[0][0] for name, rows in by_name.items()}
    del table  # rows are let go as they are read
    readings = [_reading(name, by_name.pop(name), columns, clock, source, ()) for name in lines]
    silent = [reading.name for reading in readings if not reading.turns]
    if silent:
        what = f'"{silent[0]}" holds no words and is left out ({len(silent)} of {len(readings)} transcripts)'
        notes.append(f"{source.path}:{lines[silent[0]]}: {what}")
    readings = [reading for reading in readings if reading.turns]
    for first in readings[:1]:  # what is to be told of the whole table is told once
        first.notes[:0] = notes
    return readings


def _by_name(table: Table, key: str, source: Source) -> dict[str, list[_Row]]:
    """The rows of each transcript of a table, in order of its name."""
    found: dict[str, list[_Row]] = {}
    spelt: dict[str, str] = {}
    for line, row in table.rows:
        name = " ".join(row[key].split())
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
        if not name:
            raise source.error("the row does not say which transcript it belongs to; fill in the cell", line)
        first = spelt.setdefault(name.casefold(), name)
        if first != name:
            message = f'the transcripts "{first}" and "{name}" differ in case only; write them alike, or rename one'
            raise source.error(message, line)
        found.setdefault(name, []).append((line, row))
    return dict(sorted(found.items()))


def _reading(
    name: str,
    rows: Sequence[_Row],
    columns: _Columns,
    clock: Clock | None,
    source: Source,
    told: Sequence[str],
) -> Reading:
    """One transcript of a table."""
    pieces: list[Piece] = []
    at: list[tuple[int, float | None]] = []
    silent: list[int] = []
    unread: list[tuple[int, str]] = []
    for line, row in rows:
        said = _on_one_line(row[columns.text])
        if not said:
            silent.append(line)
            continue
        start = end = None
        if clock:
            start, end, odd = _times(row, columns, clock)
            at.append((line, start))
            if odd:
                unread.append((line, odd))
        pieces.append(Piece(" ".join(row[columns.speaker].split()) if columns.speaker else "", said, start, end))
    text, turns = written(pieces, merged=False)
    path = source.path
    notes = list(told)
    if silent:
        lines = f" (so are {len(silent) - 1} more)" if silent[1:] else ""
        notes.append(f"{path}:{silent[0]}: a row without words is no turn{lines}")
    if unread:
        more = f" (and {len(unread) - 1} more)" if unread[1:] else ""
        line, cell = unread[0]
        notes.append(f'{path}:{line}: the time "{cell}" cannot be read or true, so the turn has none{more}')
    return Reading(text, turns, notes + backwards(at, path, "row"), name)


def _times(row: dict[str, str], columns: _Columns, clock: Clock) -> tuple[float | None, float | None, str]:
    """When a row starts and ends, and the cell that does not tell it or cannot be true."""
    begins, ends = row.get(columns.start, ""), row.get(columns.end, "")
    (start, end), (stop, _) = clock.read(begins), clock.read(ends)
    if stop is not None:
        end = stop
    odd = begins if start is None and begins.strip() else ends if stop is None else ""
    if start is not None and end is not None and end < start:
        return start, None, ends or begins
    return start, end, odd.strip()


def _clock(table: Table, columns: _Columns) -> Clock | None:
    """How the times of a table are meant."""
    named = [key for key in (columns.start, columns.end) if key]
    if not named:
        return None
    times = [[row[key] for _, row in table.rows] for key in named]
    words = [len(row[columns.text].split()) for _, row in table.rows]
    return Clock(times, words, milliseconds=_plain(named[0]).endswith("ms"))


def _on_one_line(cell: str) -> str:
    if "\n" not in cell:
        return cell.strip()
    return " ".join(line for line in (line.strip() for line in cell.splitlines()) if line)


# --- Which column is which ---------------------------------------------------------------------------------------


def _columns(table: Table, source: Source) -> _Columns:
    """What each column is. Raises TranscriptError where no column, or more than one, may hold the words."""
    keys = [column_key(name) for name in table.columns]
    speaker, start, end = (_first(keys, role) for role in ("speaker", "start", "end"))
    transcript, unsure = _first(keys, "transcript"), _first(keys, "unsure")
    texts = _words_in(table, keys, speaker, start, source)
    if unsure and not transcript and unsure != texts:
        # A number for each row is no transcript where rows are turns; who takes turns is a speaker.
        values = [row[unsure].strip() for _, row in table.rows]
        if not speaker and not start:
            again = _comes_again(values)
            speaker, transcript = (unsure, "") if again else ("", unsure)
        elif len(set(values)) < len(values):
            transcript = unsure
    return _Columns(texts, speaker, "" if transcript == texts else transcript, start, end)


def _words_in(table: Table, keys: Sequence[str], speaker: str, start: str, source: Source) -> str:
    """The column with the words."""
    found = [key for key in keys if _role(key) == "words"]
    if "text" in found:
        found = ["text"]
    about = _another_table(keys, source) if not (found and (speaker or start)) else ""
    if about:
        raise source.error(f"is a table of {about} and no transcript, so it is not coded; move it to another folder")
    if not found and "transcript" in keys and _length(table, "transcript") >= _A_SENTENCE:
        return "transcript"
    columns = {column_key(name): f'"{name}"' for name in table.columns}
    if len(found) == 1:
        return found[0]
    if found:
        several = " and ".join(columns[key] for key in found)
        raise source.error(f'may hold the words in {several}; call the one to be coded "text"')
    wordy = [columns[key] for key in keys if _length(table, key) >= _A_SENTENCE]
    if wordy:
        which = f'{" and ".join(wordy)} may hold the words; call the one to be coded "text"'
    else:
        which = 'call the one with the words "text"'
    raise source.error(f'has no column "text" but {", ".join(columns.values())}; {which}')


def _another_table(keys: Sequence[str], source: Source) -> str:
    """What a table is that is no transcript; blank: nothing speaks against it."""
    if source.path.stem.casefold() in _OTHER_FILES:
        return source.path.stem.casefold()
    for about, names in _OTHER_TABLES.items():
        told = [key for key in keys if _plain(key) in names.split()]
        if told:
            return f'{about} (it has a column "{told[0]}")'
    return ""


def _first(keys: Iterable[str], role: str) -> str:
    """The first column of a role, or the one that is called so; blank if there is none."""
    found = [key for key in keys if _role(key) == role]
    return role if role in found else found[0] if found else ""


def _role(key: str) -> str | None:
    plain = _plain(key)
    if plain in _ROLES:
        return _ROLES[plain] or None
    role = role_of(key)
    if role == "start" and any(role_of(word) == "end" for word in re.split(r"[\s_\-]+", key)):
        return "end"  # "End time" is a time too
    return role


def _plain(key: str) -> str:
    """The name of a column without the signs between its words: `start (ms)` is `startms`."""
    return re.sub(r"[\s_\-./:()\[\]]", "", key)


def _length(table: Table, key: str) -> float:
    """Words a filled cell of a column has in the mean, in its first rows."""
    filled = [len(row[key].split()) for _, row in table.rows[:_LOOKED_AT] if row[key].strip()]
    return sum(filled) / len(filled) if filled else 0.0


def _comes_again(values: Sequence[str]) -> bool:
    """Whether a value stands again after another one did: P1, I, P1."""
    done: set[str] = set()
    above = ""
    for value in values:
        if value != above:
            if value in done:
                return True
            done.add(value)
        above = value
    return False
