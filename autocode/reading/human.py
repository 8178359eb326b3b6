"""A file or folder of human coding -> its rows as written, each with path and line, and what lies beside it.

Long form: a row is one code of one coder (`transcript,coder,code` and where it stands). Wide form: a row is a turn,
with a column for each coder. What other programs write is read too (`coding_files`). Nothing is placed in a transcript
here; `coding.locating` does that.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autocode.errors import InputError, nearest
from autocode.reading.coders import Reading, Unseen, read_coders, read_unseen
from autocode.reading.coding_files import DATABASE, TABLES, WORKBOOKS, CodingFile, may_hold_coding, read_coding_file
from autocode.reading.coding_profiles import HOW, Profile, read_mappings
from autocode.reading.coding_rows import RESERVED, Row
from autocode.reading.tables import column_key

SETTLED, SETTLED_UNSEEN = "settled.csv", "settled-unseen.csv"
"""The study's own coding, as `settle` writes it, and the cells in which it has no decision."""
_BESIDE = ("coders.csv", "unseen.csv", "decisions.csv", SETTLED_UNSEEN)
_COPY = re.compile(
    r"^copy of |\s*\(\d+\)$|[ _-]+(copy|kopie|copie|copia)( \(?\d+\)?)?$"  # file managers
    r"|\s*\([^()]*conflict[^()]*\)$|[._-](sync-)?conflict.*$"  # cloud folders
)


@dataclass(frozen=True)
class HumanFiles:
    """Human coding as it stands in files: rows, who read what, and the cells without a decision."""

    path: Path
    """The file or folder that was asked for."""
    rows: tuple[Row, ...] = ()
    readings: tuple[Reading, ...] = ()
    """The lines of coders.csv that speak of this coding."""
    unseen: tuple[Unseen, ...] = ()
    declared: frozenset[str] = frozenset()
    """All coders that coders.csv names."""
    elsewhere: frozenset[str] = frozenset()
    """Coders whose rows all stand in other files of the folder, where only one file was asked for."""
    forms: Mapping[Path, str] = field(default_factory=dict)
    """What each file with coding is, in words, by the path that its rows carry."""
    notes: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """A sentence for each two files that look like copies of one coding; they are among the notes, too."""

    def without_settled(self) -> HumanFiles:
        """The same without the settled coding, and without what is said of coders who stand only there."""
        rows = tuple(row for row in self.rows if not row.settled)
        only_settled = {row.coder for row in self.rows} - {row.coder for row in rows}
        return replace(
            self,
            rows=rows,
            readings=tuple(line for line in self.readings if line.coder not in only_settled),
            unseen=tuple(cell for cell in self.unseen if cell.coder not in only_settled),
        )

    def without_transcripts(self, names: Collection[str]) -> HumanFiles:
        """The same without what is said of some transcripts."""
        out = {unicodedata.normalize("NFC", name).casefold() for name in names}

        def stays(line: Row | Reading | Unseen) -> bool:
            return unicodedata.normalize("NFC", line.transcript.strip()).replace("\\", "/").casefold() not in out

        return replace(
            self,
            rows=tuple(filter(stays, self.rows)),
            readings=tuple(filter(stays, self.readings)),
            unseen=tuple(filter(stays, self.unseen)),
        )


def read_human(path: Path, *, wide: Sequence[str] = (), encoding: str | None = None) -> HumanFiles:
    """The rows of a coding file, or of all coding files in a folder, with its coders.csv and unseen.csv.

    `wide` names columns that are coders, beside those named in coders.csv. Other files of a folder are told in
    `notes`. A line of coders.csv whose rows stand in another file of the folder is left out, so that nobody counts as
    having found nothing. Raises InputError where there is no coding.
    """
    if not path.exists():
        raise InputError("there is no such file or folder; check the name", path=path)
    path = path.parent if path.name == DATABASE else path
    folder = path if _is_folder(path) else path.parent
    files = sorted(file for file in folder.iterdir() if may_hold_coding(file))
    readings, unseen, notes = _beside(files, encoding)
    declared = [*dict.fromkeys(reading.coder for reading in readings)]
    reader = _Reader([*dict.fromkeys([*declared, *wide])], encoding, read_mappings(folder))
    asked = [reader.read(file) for file in _asked(path, files)]
    coded = [file for file in asked if file.form]
    _refuse_no_coding(path, asked, declared=bool(readings))
    _refuse_unknown_columns(path, asked, wide)
    rows = [row for file in coded for row in file.rows]
    notes += [note for file in coded for note in file.notes]
    elsewhere: frozenset[str] = frozenset()
    if _is_folder(path):
        notes += _not_read(path, asked)
    else:
        others, told = _other_rows(path, files, reader, all_kinds=bool(readings or unseen))
        readings, elsewhere = _own_readings(rows, others, readings)
        notes += [*told, *_left_out(path, elsewhere)]
    copies = _copies(rows)
    notes += [*copies, *([] if copies else _in_two_files(rows)), *_spellings(rows, readings, unseen)]
    return HumanFiles(
        path=path,
        rows=tuple(rows),
        readings=tuple(readings),
        unseen=tuple(unseen),
        declared=frozenset(declared),
        elsewhere=elsewhere,
        forms={row.path: file.form for file in coded for row in file.rows}
        | {f.path: f.form for f in coded if not f.rows},
        notes=tuple(notes),
        copies=tuple(copies),
    )


# --- Which files ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reader:
    """Reads the files of one folder, all in the same way."""

    coders: Collection[str]
    """The names known so far."""
    encoding: str | None
    mappings: Sequence[Profile]

    def read(self, file: Path) -> CodingFile:
        return read_coding_file(file, self.coders, encoding=self.encoding, mappings=self.mappings)


def _is_folder(path: Path) -> bool:
    """Whether it is a folder of files, and not a project that is a folder."""
    return path.is_dir() and path.suffix.casefold() != ".qda"


def _beside(files: list[Path], encoding: str | None) -> tuple[list[Reading], list[Unseen], list[str]]:
    readings: list[Reading] = []
    unseen: list[Unseen] = []
    notes: list[str] = []
    names = {file.name.casefold() for file in files}
    for file in files:
        name = file.name.casefold()
        if name == "coders.csv":
            readings, told = read_coders(file, encoding=encoding)
            notes += told
        elif name == "unseen.csv" or (name == SETTLED_UNSEEN and SETTLED in names):
            cells, told = read_unseen(file, encoding=encoding)
            unseen += cells
            notes += told
    return readings, unseen, notes


def _asked(path: Path, files: list[Path]) -> list[Path]:
    if _is_folder(path):
        return [file for file in files if file.name.casefold() not in _BESIDE]
    if path.name.casefold() in _BESIDE:
        raise InputError("this file is no coding; give the coding file or the folder", path=path)
    return [path]


def _refuse_no_coding(path: Path, asked: list[CodingFile], *, declared: bool) -> None:
    if any(file.form for file in asked) or (_is_folder(path) and declared):
        return
    if _is_folder(path):
        raise InputError(
            "no coding in this folder: looked for coders.csv, and for CSV files with a column `code` and no "
            "`definition`, or with `transcript,turn` and a column named by --wide; for such XLSX files; for Word files "
            f"with comments, and for projects of QualCoder and Taguette; {HOW}",
            path=path,
        )
    if not asked[0].tables and asked[0].path.suffix.casefold() not in (*TABLES, *WORKBOOKS):
        told = "".join(f"; {note}" for note in asked[0].notes[:1])
        raise InputError(f"no coding is in it{told or '; give the file with the codes'}", path=path)
    columns = asked[0].columns
    there = ", ".join(columns) or "none, the file is empty"
    raise InputError(
        "this is no coding: it needs a column `code` and no `definition`, or `transcript,turn` and a column named in "
        f"coders.csv or by --wide (columns: {there}){nearest('code', columns)}; {HOW}",
        path=path,
    )


def _refuse_unknown_columns(path: Path, asked: list[CodingFile], wide: Sequence[str]) -> None:
    for name in wide:
        if column_key(name) in RESERVED:
            raise InputError(f'--wide "{name}": a column of this name is no coder; rename the column', path=path)
        if not any("wide" in file.form and any(table.has(name) for table in file.tables) for file in asked):
            there = [column for file in asked for column in file.columns]
            raise InputError(f'--wide "{name}": no file has this column{nearest(name, there)}', path=path)


def _not_read(folder: Path, asked: list[CodingFile]) -> list[str]:
    """What else lies in the folder, so that a coding file that was not known as one is missed by a person."""
    others = [file for file in asked if not file.form]
    turns = [file for file in others if any(table.has("transcript", "turn") for table in file.tables)]
    notes = [
        f"{file.path}: not read as coding: none of its columns is named in coders.csv or by --wide" for file in turns
    ]
    names = [file.path.name for file in others if file not in turns]
    below = sorted(place.name for place in folder.iterdir() if _is_folder(place) and any(place.glob("*.csv")))
    if names:
        notes.append(f"{folder}: no coding in {', '.join(names)}; not read")
    if below:
        notes.append(f"{folder}: the folders in it are not searched: {', '.join(below)}")
    return notes


# --- Whose coding this is ---------------------------------------------------------------------------------------


def _other_rows(path: Path, files: list[Path], reader: _Reader, *, all_kinds: bool) -> tuple[list[Row], list[str]]:
    """The rows of the other coding files of the folder, looked at only for whose they are.

    `all_kinds`: tables and projects alike, which only matters where coders.csv or unseen.csv speaks of coders.
    """
    rows: list[Row] = []
    notes: list[str] = []
    for file in files:
        if file.name == path.name or file.name.casefold() in _BESIDE:
            continue
        if not all_kinds and file.suffix.casefold() not in TABLES:
            continue
        try:
            rows += reader.read(file).rows
        except InputError as error:
            notes.append(f"{error} (not asked for; only looked at for the coders in it)")
    return rows, notes


def _own_readings(
    rows: Sequence[Row], others: Sequence[Row], readings: list[Reading]
) -> tuple[list[Reading], frozenset[str]]:
    """The lines of coders.csv that speak of this file, and the coders who stand only in others.

    Without that, reading one of two files would make empty codings of the coders of the other.
    """
    here = {(row.coder, column_key(row.transcript)) for row in rows}
    there = {(row.coder, column_key(row.transcript)) for row in others}
    elsewhere = frozenset({coder for coder, _ in there} - {coder for coder, _ in here})

    def speaks_of_this(reading: Reading) -> bool:
        place = (reading.coder, column_key(reading.transcript))
        return place in here or (reading.coder not in elsewhere and place not in there)

    return [reading for reading in readings if speaks_of_this(reading)], elsewhere


def _left_out(path: Path, elsewhere: frozenset[str]) -> list[str]:
    coders = ", ".join(sorted(elsewhere))
    return [f"{path}: not read: {coders}, whose coding stands in other files of the folder"] if elsewhere else []


def _copies(rows: list[Row]) -> list[str]:
    """One sentence for each two files of one coding, as cloud folders leave them: `ana.csv`, `ana (1).csv`."""
    coders: dict[Path, set[str]] = defaultdict(set)
    for row in rows:
        coders[row.path].add(row.coder)
    files: dict[str, list[Path]] = defaultdict(list)
    for path in coders:
        files[_original(path.stem)].append(path)
    notes = []
    for twins in files.values():
        times = Counter(name for path in twins for name in {_original(coder) for coder in coders[path]})
        if max(times.values()) > 1:
            listed = " and ".join(str(path) for path in twins)
            notes.append(f"{listed} look like two copies of one coding; keep one of them")
    return notes


def _in_two_files(rows: Sequence[Row]) -> list[str]:
    """One sentence for each coder whose rows of one transcript and pass stand in several files: they count together."""
    files: dict[tuple[str, str, str], dict[Path, None]] = defaultdict(dict)
    for row in rows:
        if not row.settled:
            files[row.coder, row.pass_, column_key(row.transcript)][row.path] = None
    split: dict[tuple[str, tuple[Path, ...]], list[str]] = defaultdict(list)
    for (coder, _, transcript), paths in files.items():
        if len(paths) > 1:
            split[coder, tuple(paths)].append(transcript)
    return [
        f"{coder}: rows of {', '.join(transcripts[:5])}{', …' if len(transcripts) > 5 else ''} stand in "
        f"{' and '.join(str(path) for path in paths)}, and count together; if they are two codings, give each a `pass`"
        for (coder, paths), transcripts in split.items()
    ]


def twins(paths: Sequence[Path]) -> tuple[Path, Path] | None:
    """The first two of these files that look like copies of one, as `ana.csv` and `ana (1).csv`."""
    first: dict[tuple[Path, str, str], Path] = {}
    for path in paths:
        place = (path.parent, _original(path.stem), path.suffix)
        if path.is_file() and first.setdefault(place, path) != path:
            return first[place], path
    return None


def _original(name: str) -> str:
    """A name without what a program adds to it when it copies a file.

    >>> [_original(n) for n in ("Ana (1)", "ana (Ben's conflicted copy 2026-11-20)", "Copy of ana", "ana - Kopie")]
    ['ana', 'ana', 'ana', 'ana']
    """
    return column_key(_COPY.sub("", column_key(name)))


def _spellings(rows: Sequence[Row], readings: Sequence[Reading], unseen: Sequence[Unseen]) -> list[str]:
    """One sentence for each two spellings of what looks like one coder."""
    first: dict[str, str] = {}
    named: list[Reading | Row | Unseen] = [*readings, *rows, *unseen]
    for item in named:
        if item.coder not in first:
            first[item.coder] = f"{item.path}:{item.line}"
    spelt: dict[str, list[str]] = defaultdict(list)
    for coder in first:
        spelt["".join(column_key(coder).split())].append(coder)
    return [
        " and ".join(f'"{coder}" ({first[coder]})' for coder in twins)
        + " are read as different coders; if they are one, write the name in one way"
        for twins in spelt.values()
        if len(twins) > 1
    ]
