"""The codebook, what people have coded with it, and who takes part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autocode.checking.told import Told, some
from autocode.codebook import asked
from autocode.codebook_lint import lint
from autocode.data import Codebook, Coding, ImportReport, Transcript
from autocode.errors import nearest
from autocode.locating import import_report
from autocode.reading import read_codebook_with_lines
from autocode.reading.tables import read_table
from autocode.reporting.check_report import CodebookCheck, CoderCheck, Finding, Level
from autocode.study import Study

OPEN = "[state here"
"""How a place is marked that a person has yet to fill in."""


def codebook_of(study: Study, path: Path | None, told: Told) -> Codebook | None:
    """The codebook, where one is named and can be read."""
    if path is None and study.config.codebook == Path():
        message = "no codebook is named, so no calls and no cost are counted; name one with --codebook"
        told.add([Finding(level="note", about="codebook", message=message)])
        return None
    with told.part("codebook"):
        book, lines = read_codebook_with_lines(path or study.config.codebook)
        told.add(Finding(level="warning", about="codebook", message=note) for note in book.notes)
        told.add(_open_places(path or study.config.codebook, book))
        told.add(Finding(level="warning", about="codebook", message=said) for said in lint(book, lines).sentences())
        return book
    return None


def _open_places(path: Path, book: Codebook) -> Iterator[Finding]:
    """Told of a codebook that still holds what `autocode init` wrote for a person to replace."""
    begun = [code.id for code in book.codes if OPEN in code.model_dump_json()]
    if OPEN in book.study_question or begun:
        where = f" (codes {some(begun)})" if begun else ""
        message = f'{path}: places marked "{OPEN}: …]" are still to be filled in{where}'
        yield Finding(level="warning", about="codebook", message=message)


def described_codebook(book: Codebook) -> CodebookCheck:
    """Which codebook it is, and how many codes it has."""
    return CodebookCheck(id=book.id, version=book.version, codes=len(book.codes), asked=len(asked(book)))


def coders_of(
    study: Study, texts: Sequence[Transcript], book: Codebook | None, encoding: str | None, told: Told
) -> tuple[list[ImportReport], list[Coding]]:
    """What became of the rows in the study's folder of coding, and the codings in it, with what reading has told."""
    folder = study.config.coding
    if not study.config.file or not texts:
        return [], []
    with told.part("coding"):
        told.add(_about_participants(study, texts))
    imports: list[ImportReport] = []
    with told.part("coding"):
        if not folder.exists() or _nothing_yet(folder):
            return [], []
        imports = import_report(folder, texts, codebook=book, versions=study.versions(), encoding=encoding)
        told.add(finding for report in imports for finding in _about_import(report))
    if any(report.refused or report.unknown_codes for report in imports):
        return imports, []  # reading on would stop at the first of them, which are all told
    with told.part("coding"):
        found = list(study.codings([folder], texts, book, encoding=encoding))
        told.add(_not_told_yet(found, imports))
        return imports, found
    return imports, []


def _about_import(report: ImportReport) -> Iterator[Finding]:
    """The names that nobody knows and the rows that cannot be used, which stop `agree`, and what else is told."""
    unknown = [("code", name) for name in report.unknown_codes]
    unknown += [("transcript", name) for name in report.unknown_transcripts]
    for what, name in unknown:
        hint = f"; {name.hint}" if name.hint else ""
        message = f'{name.first}: nobody knows the {what} "{name.name}" (rows: {name.rows:,}){hint}'
        yield Finding(level="error", about="coding", message=message)
    for name in report.unknown_coders:
        hint = f"; {name.hint}" if name.hint else ""
        message = f'{name.first}: coders.csv does not name the coder "{name.name}" (rows: {name.rows:,}){hint}'
        yield Finding(level="warning", about="coding", message=message)
    for note in report.notes:
        level: Level = "error" if note in report.refusals else "warning"
        yield Finding(level=level, about="coding", message=note)


def _not_told_yet(found: Iterable[Coding], imports: Iterable[ImportReport]) -> Iterator[Finding]:
    """What the codings tell beyond the import reports: mostly who is taken to have read what."""
    told = {_sentence(note) for report in imports for note in report.notes}
    for coding in found:
        for note in coding.notes:
            if _sentence(note) not in told:
                yield Finding(level="warning", about="coding", message=note)


def _sentence(note: str) -> str:
    """A note without the file or the coder that it begins with."""
    return note.partition(": ")[2] or note


def _nothing_yet(folder: Path) -> bool:
    """Whether coding has not begun: there is no table but an empty coders.csv."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    if not files:
        return True
    return [path.name for path in files] == ["coders.csv"] and not read_table(files[0]).rows


def _about_participants(study: Study, texts: Sequence[Transcript]) -> Iterator[Finding]:
    people, ids = study.participants(), {text.id for text in texts}
    for note in people.notes:
        yield Finding(level="note", about="coding", message=note)
    for id in dict.fromkeys(id for id, _ in people.persons if id not in ids):
        message = f'{study.root / "participants.csv"}: no transcript is called "{id}"{nearest(id, ids)}'
        yield Finding(level="warning", about="coding", message=message)


def described_coder(coding: Coding) -> CoderCheck:
    """Who coded, how much they read and how many passages they marked."""
    counted = sum(segment.counts for segment in coding.segments)
    return CoderCheck(
        coder=coding.coder,
        kind=coding.kind,
        stage=coding.stage,
        transcripts=len({passage.transcript for passage in coding.seen}),
        passages=counted,
        not_counted=len(coding.segments) - counted,
    )
