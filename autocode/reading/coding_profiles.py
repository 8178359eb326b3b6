"""Tables of coding with other people's columns -> tables with ours: by what programs are known to write, or a mapping.

Columns are found by name, never by place: programs write them in the language of their windows. A mapping is a file
`imports/NAME.yaml` beside the coding files, and serves every table that has the columns it names:

    columns: {transcript: Interview, coder: Rater, code: Theme, quote: Passage}
    between: ";"          # what stands between several codes in one cell; without it a cell is one code
    coder: Ana            # who coded, where no column says so; without it the file's name
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autocode.errors import ConfigError, InputError
from autocode.fields import Fields
from autocode.reading.coders import name_of
from autocode.reading.decoding import decode
from autocode.reading.tables import Table, column_key
from autocode.yaml import Node, parse_yaml

FOLDER = "imports"
HOW = (
    f"if its columns have other names, say which is which in {FOLDER}/NAME.yaml beside it: "
    "columns: {transcript: ..., coder: ..., code: ..., quote: ...}"
)
_OURS = ("transcript", "coder", "code", "start", "end", "quote", "turn", "paragraph", "memo", "rating", "decision")
_SURE = {"true", "1", "1.0", "yes", "x"}


@dataclass(frozen=True)
class Profile:
    """What the columns of a table mean: for each of ours, the names that theirs may have."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    """Those of ours without which a table is another."""
    also: tuple[str, ...] = ()
    """Names that a table must have besides."""
    between: str = ""
    """A pattern for what stands between codes in one cell; blank: a cell is one code."""
    applied: str = ""
    """A pattern for columns that are codes, marked in the rows they were applied to."""
    coder: str = ""
    group: tuple[str, ...] = field(default=(), repr=False)
    """Names of a column with folders, which tell documents of one name apart."""

    def found(self, table: Table) -> dict[str, str] | None:
        """For each of our columns, the table's; None where this profile does not fit it."""
        there = {column_key(column): column for column in table.columns}
        found = {
            ours: there[key]
            for ours, names in self.columns.items()
            if (key := next((column_key(name) for name in names if column_key(name) in there), ""))
        }
        fits = all(ours in found for ours in self.required) and table.has(*self.also)
        return found if fits and (not self.applied or any(self._applied(table))) else None

    def _applied(self, table: Table) -> Iterator[tuple[str, str]]:
        """The columns that are codes: the key of the column, and the code."""
        for column in table.columns:
            if self.applied and (match := re.fullmatch(self.applied, column, re.IGNORECASE)):
                yield column_key(column), name_of(match[1])

    def codes(self, table: Table, row: Mapping[str, str], column: str) -> list[str]:
        """The codes of a row."""
        if self.applied:
            return [code for key, code in self._applied(table) if row[key].strip().casefold() in _SURE]
        cell = row[column_key(column)]
        return [code for code in map(name_of, re.split(self.between, cell) if self.between else [cell]) if code]


_MAXQDA = Profile(
    name="MAXQDA coded segments",
    # English and Polish from real exports, German from help pages; the others follow their windows and are untried.
    columns={
        "transcript": (
            *("Document name", "Dokumentname", "Nazwa dokumentu", "Nombre del documento", "Nombre de documento"),
            *("Nom du document", "Nome del documento", "Nome do documento", "Documentnaam"),
        ),
        "code": ("Code", "Kod", "Código", "Codice"),
        "paragraph": ("Beginning", "Begin", "Anfang", "Początek", "Inicio", "Début", "Inizio", "Início"),
        "quote": (
            *("Segment", "Coded segment", "Coded segments", "Codiertes Segment", "Codierte Segmente", "Fragment"),
            "Segmento",
        ),
        "coder": (
            *("Created by", "Author", "Erstellt von", "Autor", "Creado por", "Créé par", "Auteur", "Creato da"),
            *("Autore", "Criado por", "Gemaakt door"),
        ),
        "memo": ("Comment", "Kommentar", "Komentarz", "Comentario", "Commentaire", "Commento", "Comentário"),
    },
    required=("transcript", "code", "paragraph", "quote"),
    group=(
        *("Document group", "Dokumentgruppe", "Grupa dokumentów", "Grupo de documentos", "Groupe de documents"),
        *("Gruppo di documenti", "Documentgroep"),
    ),
)
_TAGUETTE = Profile(
    name="Taguette highlights",
    columns={"transcript": ("document",), "code": ("tag",), "quote": ("content",)},
    required=("transcript", "code", "quote"),
    also=("id",),
)
_ATLAS = Profile(
    name="ATLAS.ti quotations",
    columns={
        "transcript": ("Document",),
        "code": ("Codes",),
        "quote": ("Quotation Content",),
        "memo": ("Comment",),
        "paragraph": ("Reference",),
        "coder": ("Created by",),
    },
    required=("transcript", "code", "quote"),
    between=r"\n|;",
)
_DEDOOSE = Profile(
    name="Dedoose excerpts",
    columns={"transcript": ("Media Title",), "quote": ("Excerpt Copy",), "coder": ("Excerpt Creator",)},
    required=("transcript", "quote"),
    applied=r"Code: (.+) Applied",
)
PROFILES = (_MAXQDA, _TAGUETTE, _ATLAS, _DEDOOSE)


def profile_of(table: Table, mappings: Sequence[Profile]) -> Profile | None:
    """What a table's columns mean: by a mapping of the study, else by what a program is known to write."""
    return next((profile for profile in (*mappings, *PROFILES) if profile.found(table) is not None), None)


def translated(table: Table, profile: Profile) -> tuple[Table, list[str]]:
    """The table with our columns, a row a code, and what to know of it; rows without a code or words are told."""
    found = profile.found(table) or {}
    folders = _folders(table, profile, found["transcript"])
    places = [name for name in ("quote", "start", "turn") if name in found]
    rows: list[tuple[int, dict[str, str]]] = []
    left: dict[str, list[int]] = defaultdict(list)
    for line, row in table.rows:
        codes = profile.codes(table, row, found.get("code", ""))
        cells = {ours: row[column_key(column)] for ours, column in found.items()}
        cells["transcript"] = folders.get(line, cells["transcript"])
        cells["coder"] = cells.get("coder", "").strip() or profile.coder or table.path.stem
        if "paragraph" in cells:
            cells["paragraph"] = cells["paragraph"].split("-")[0].strip()
        if not codes:
            left["without a code"].append(line)
        elif places and not any(cells[name].strip() for name in places):
            left["without words (a picture, or film)"].append(line)
        else:
            rows += [(line, {**cells, "code": code}) for code in codes]
    meant = ", ".join(f'"{column}" as {ours}' for ours, column in found.items())
    notes = [f"{table.path}: read as {profile.name} ({meant})", *_not_read(table, profile, found)]
    for why, lines in left.items():
        are = "row is" if len(lines) == 1 else "rows are"
        notes.append(f"{table.path}:{lines[0]}: {len(lines)} {are} {why}; not read")
    if "coder" not in found:
        notes.append(
            f"{table.path}: names no coder, so it is taken as the coding of {profile.coder or table.path.stem}"
        )
    columns = tuple(dict.fromkeys([*found, "coder", "code"]))
    return Table(path=table.path, columns=columns, rows=tuple(rows), notes=table.notes), notes


def _folders(table: Table, profile: Profile, column: str) -> dict[int, str]:
    """For the rows of documents whose name another document has: the name with its folder before it."""
    key = next((column_key(name) for name in profile.group if table.has(name)), None)
    if key is None:
        return {}
    named: dict[str, set[str]] = defaultdict(set)
    for _, row in table.rows:
        named[row[column_key(column)]].add(row[key].strip())
    return {
        line: f"{row[key].strip()}/{name}"
        for line, row in table.rows
        if len(named[name := row[column_key(column)]]) > 1 and row[key].strip()
    }


def _not_read(table: Table, profile: Profile, found: Mapping[str, str]) -> list[str]:
    """One sentence that names the columns nobody reads, or nothing."""
    known = {column_key(name) for name in (*found.values(), *profile.group, *profile.also)}
    others = [
        column
        for column in table.columns
        if column_key(column) not in known
        and not (profile.applied and re.match(r"Code: ", column, re.IGNORECASE))  # the codes, with weight and range
    ]
    shown = ", ".join(f'"{column}"' for column in others)
    return [f"{table.path}: not read: the column{'s' * (len(others) > 1)} {shown}"] if others else []


# --- Mappings ---------------------------------------------------------------------------------------------------


def read_mappings(folder: Path) -> list[Profile]:
    """The mappings in the folder `imports` of a folder of coding, by name. Raises ConfigError for one that is wrong."""
    return [_mapping(path) for path in sorted((folder / FOLDER).glob("*.yaml"))]


def _mapping(path: Path) -> Profile:
    try:
        text, _ = decode(path.read_bytes(), path=path)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); check its rights", path=path) from error
    root = parse_yaml(text, path=path, error=ConfigError)
    node = root if root.value is not None else Node({}, 1)
    fields = Fields(node, "the mapping", path, ConfigError, ("columns", "between", "coder"))
    columns = fields.get("columns")
    if columns is None or not isinstance(columns.value, dict):
        raise fields.wrong(
            "the mapping does not say which column is which; write columns: {transcript: ..., code: ...}"
        )
    theirs = Fields(columns, '"columns"', path, ConfigError, _OURS)
    names = {ours: theirs.text(ours) for ours in _OURS if theirs.text(ours)}
    for ours in ("transcript", "code"):
        if ours not in names:
            raise theirs.wrong(f'"columns" does not name the column that holds the {ours}; add {ours}: ...')
    between = fields.text("between")
    return Profile(
        name=f"a table by {FOLDER}/{path.name}",
        columns={ours: (name,) for ours, name in names.items()},
        required=tuple(names),
        between=re.escape(between) if between.strip() else r"\s+" if between else "",
        coder=name_of(fields.text("coder")),
    )
