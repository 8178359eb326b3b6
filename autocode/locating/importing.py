"""Human coding in files -> what became of each row, file by file, before anything is measured with it.

`codings` stops at the first name that nobody knows; this tells all of them. Every row is counted once: nothing is
dropped without a line.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autocode.data import Codebook, ImportReport, Span, Transcript, UnknownName
from autocode.errors import InputError, nearest
from autocode.locating.code_names import Earlier, code_fault, code_meant, code_part
from autocode.locating.human_segments import Tally, decision_of, rating_of
from autocode.locating.names import TranscriptNames, lines
from autocode.locating.placing import Placed, place
from autocode.locating.turns import Turns
from autocode.reading import HumanFiles, read_human
from autocode.reading.coding_rows import Row
from autocode.runs import Run

_MOST_REFUSALS = 10


def import_report(
    path: Path | str,
    transcripts: Iterable[Transcript],
    *,
    codebook: Codebook | None = None,
    versions: Mapping[str, Codebook] | None = None,
    wide: Sequence[str] = (),
    encoding: str | None = None,
) -> list[ImportReport]:
    """What became of the rows of a coding file, or of each coding file in a folder; nothing for a run.

    Names of codes, coders and transcripts that nobody knows are listed, not raised. A code that an earlier version of
    the codebook had (`versions`, by number) is known. Without a codebook every code is. Raises InputError for a file
    that cannot be read at all.
    """
    if Run(path).info is not None:
        return []
    files = read_human(Path(path), wide=wide, encoding=encoding)
    texts = {transcript.id: transcript for transcript in transcripts}
    names = TranscriptNames(texts)
    by_file: dict[Path, list[Row]] = {file: [] for file in files.forms}
    for row in files.rows:
        by_file[row.path].append(row)
    turns: dict[str, Turns] = {}
    reports = [
        _File(files, file, names, codebook, versions or {}, texts, turns).report(rows) for file, rows in by_file.items()
    ]
    others = [*_told_of_no_file(files), *_readings_refused(files, names)]
    if not reports or not others:
        return reports
    return [reports[0].model_copy(update={"notes": (*others, *reports[0].notes)}), *reports[1:]]


@dataclass
class _File:
    """One file of coding, its rows to be counted."""

    files: HumanFiles
    path: Path
    names: TranscriptNames
    codebook: Codebook | None
    versions: Mapping[str, Codebook]
    texts: Mapping[str, Transcript]
    turns: dict[str, Turns]
    outcomes: Counter[str] = field(default_factory=Counter)
    unknown: dict[str, _Unknown] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    refusals: list[str] = field(default_factory=list)

    def report(self, rows: Sequence[Row]) -> ImportReport:
        """The report of the file."""
        self.unknown = {what: _Unknown() for what in ("code", "coder", "transcript")}
        found = {
            row.transcript: self.names.find(row) for row in {row.transcript: row for row in reversed(rows)}.values()
        }
        meant = self._meant(rows)
        codes: Counter[str] = Counter()
        used: Counter[str] = Counter()
        first: set[tuple[str, str, str, str, Span]] = set()
        # One transcript after the other: grounding keeps its work on a text.
        for row in sorted(rows, key=lambda row: (found[row.transcript][0] or "", row.line)):
            if self.files.declared and row.coder not in self.files.declared and not row.settled:
                self.unknown["coder"].add(row.coder, row, nearest(row.coder, self.files.declared))
            code = self._code(row, meant)
            if code:
                codes[code] += 1
            id, why = found[row.transcript]
            if id is None:
                self.unknown["transcript"].add(row.transcript, row, why.partition('"; ')[2] or why)
                self.outcomes["refused"] += 1
                continue
            used[id] += 1
            placed = self._placed(row, id)
            if placed is not None and placed.span is not None and row.code:
                key = (row.coder, row.pass_, id, code or row.code, placed.span)
                self.outcomes["duplicates"] += key in first
                first.add(key)
        return ImportReport(
            path=str(self.path),
            form=self.files.forms[self.path],
            rows=len(rows),
            **self.outcomes,
            unknown_codes=self.unknown["code"].listed(),
            unknown_coders=self.unknown["coder"].listed(),
            unknown_transcripts=self.unknown["transcript"].listed(),
            coders=dict(sorted(Counter(row.coder for row in rows).items())),
            codes=dict(sorted(codes.items())),
            transcripts=dict(sorted(used.items())),
            notes=tuple(self._notes(found)),
            refusals=tuple(self._refusals()),
        )

    def _meant(self, rows: Sequence[Row]) -> dict[str, tuple[str, str]]:
        """For each code name in some rows: its id, and what is wrong with it. One of the two is blank."""
        if self.codebook is None:
            return {row.code: (code_part(row.code) if row.remark else row.code, "") for row in rows}
        codes = {row.code: code_meant(self.codebook, row.code) for row in rows if row.code}
        earlier = Earlier.of(self.codebook, self.versions, codes)
        found = {"": ("", "")}
        for name, code in codes.items():
            id = earlier.id_of(name)
            fault = "" if id else code_fault(self.codebook, name, code, applied=True)
            found[name] = (id or (code.id if code and not fault else ""), fault)
        return found

    def _code(self, row: Row, meant: Mapping[str, tuple[str, str]]) -> str:
        """The id of the code of a row; blank where it has none, or none that may be applied."""
        id, fault = meant[row.code]
        if fault:
            self.unknown["code"].add(row.code, row, fault.partition("; ")[2])
        return id

    def _placed(self, row: Row, id: str) -> Placed | None:
        """Where a row stands, counted; None where it cannot be used or says that nothing was found."""
        if id not in self.turns:
            self.turns[id] = Turns(self.texts[id])
        try:
            if row.code:
                placed = place(row, self.turns[id])
                rating = rating_of(row)
                decision_of(row, rating, None)
            elif row.turn:
                self.turns[id].numbered(row.turn, row)
        except InputError as error:
            self.outcomes["refused"] += 1
            self.refusals.append(str(error))
            return None
        if not row.code:
            self.outcomes["nothing_found"] += 1
            self.tally.add(["no code"] if row.quote.strip() or row.start or row.memo else [], row)
            return None
        self.outcomes[_outcome(row, placed)] += 1
        self.outcomes["ambiguous"] += placed.ambiguous
        self.outcomes["moved"] += "moved" in placed.told
        self.tally.add(placed.told, row)
        self.tally.add(["rating"] if rating is not None and not row.decision else [], row)
        return placed

    def _notes(self, found: Mapping[str, tuple[str | None, str]]) -> Iterator[str]:
        yield from (note for note in self.files.notes if _is_about(note, self.path))
        yield from (f"{self.path}: {told}" for id, told in found.values() if id is not None and told)
        yield from (f"{self.path}: {sentence}" for sentence in self.tally.sentences())
        yield from self._refusals()

    def _refusals(self) -> Iterator[str]:
        yield from self.refusals[:_MOST_REFUSALS]
        if (left := len(self.refusals) - _MOST_REFUSALS) > 0:
            yield f"{self.path}: and {left} more rows that cannot be used as they are"


def _outcome(row: Row, placed: Placed) -> str:
    """The field of the report under which a row is counted."""
    if placed.match in ("exact", "folded", "altered"):
        return placed.match
    if placed.match == "none":
        return "not_found"
    return "by_offsets" if row.start else "by_turn" if row.turn else "by_transcript"


@dataclass
class _Unknown:
    """Names that nobody knows."""

    rows: Counter[str] = field(default_factory=Counter)
    first: dict[str, tuple[Row, str]] = field(default_factory=dict)

    def add(self, name: str, row: Row, hint: str) -> None:
        """Count a row that has the name."""
        self.rows[name] += 1
        before = self.first.get(name)
        if before is None or row.line < before[0].line:
            self.first[name] = (row, hint.removeprefix("; "))

    def listed(self) -> tuple[UnknownName, ...]:
        """The names, those of most rows first."""
        return tuple(
            UnknownName(name=name, rows=n, first=f"{row.path}:{row.line}", hint=hint)
            for name, n in sorted(self.rows.items(), key=lambda item: (-item[1], item[0]))
            for row, hint in [self.first[name]]
        )


def _is_about(note: str, path: Path) -> bool:
    return note.startswith((f"{path}:", f"{path} "))


def _told_of_no_file(files: HumanFiles) -> Iterator[str]:
    """What is told of the folder, or of files without coding."""
    return (note for note in files.notes if not any(_is_about(note, path) for path in files.forms))


def _readings_refused(files: HumanFiles, names: TranscriptNames) -> Iterator[str]:
    """The lines of coders.csv and unseen.csv that name a transcript nobody has."""
    refused: dict[str, str] = defaultdict(str)
    for line in lines(files):
        if not isinstance(line, Row) and line.transcript not in refused:
            id, why = names.find(line)
            if id is None:
                refused[line.transcript] = f"{line.path}:{line.line}: {why}"
    yield from refused.values()
