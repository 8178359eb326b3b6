"""A study's coding and runs -> Ledger. It reads what they hold; nothing is entered for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from autocode.codebook import code_of
from autocode.coding import distinct
from autocode.data import (
    Codebook,
    Coding,
    Ledger,
    LedgerCode,
    LedgerEdit,
    LedgerFigure,
    LedgerVersion,
    Unit,
)
from autocode.drift.ledger import distance
from autocode.drifting.ledger.books import every_code, kept_books, today
from autocode.drifting.ledger.edits import edits_of, unknown_codes, versions_of
from autocode.drifting.ledger.levels import Shelf
from autocode.drifting.ledger.lines import Row, Rows
from autocode.drifting.ledger.models import Model, of_file, of_run
from autocode.drifting.ledger.standing import Everyone
from autocode.drifting.ledger.told import Source, independent, of_coding, of_runs
from autocode.drifting.ledger.under import Person, Units
from autocode.errors import AgreementError, ConfigError
from autocode.history import edited_since, refuse_circle
from autocode.reading import Reading
from autocode.rereading import owed, owed_sentence
from autocode.rereading.standing import coders_files
from autocode.runs import Run
from autocode.study import Study, refuse_missing


def ledger_files(
    paths: Sequence[Path] = (),
    *,
    transcripts: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
) -> Ledger:
    """Agreement under each version of the codebook: of people with each other, and of each model with people.

    `paths` are coding files, folders of them, runs or a study; without any, the study here. A person's decision counts
    for a version where its definition is the one they coded under, by `changes` and by what the versions say; decisions
    that are stale for it are left out and counted. Of people a figure stands under the version that they worked with
    (of two under different ones, the later), of a model under its run's. A model's alpha is the mean over its repeats,
    and the alpha of the repeats with each other is its noise. Codes with most change stand first.

    Raises AgreementError where there is nothing to compare, ConfigError for a study whose approach is reflexive,
    InputError for a path with nothing there, CodebookError where merges and splits form a circle.
    """
    study, sources = _sources(paths or [Path()], transcripts, exclude_speakers)
    _refuse_reflexive(study)
    texts, bad = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    study = study.without(bad)
    infos = [info for _, info in sources if info]
    now, frozen = today(study, infos), study.versions()
    _refuse_circles(now, frozen, sources)
    kept = kept_books(now, frozen, infos)
    book = every_code(now, kept.values(), [info.codebook for info in infos])
    found = [
        (coding, source)
        for source in sources
        for coding in study.codings([source[0]], texts, book, versions=kept, encoding=encoding)
    ]
    if not found:
        raise AgreementError("there is no coding to compare: no coding file and no run; name some")
    coders = distinct(coding for coding, _ in found)
    frame = study.units(coders, texts, book, by=unit)
    by_id = {text.id: text for text in texts}
    units = Units(frame, by_id, book)
    shelf = Shelf(now, kept, book)
    readings = coders_files([path for path, info in sources if info is None], encoding)
    people = _people(coders, units, shelf, readings)
    models = _models(coders, [source for _, source in found], units, shelf, readings)
    edits = edits_of(shelf, models)
    codes = Rows(Everyone(people, units, shelf)).all(models, edits)
    _refuse_nothing(codes, coders)
    owing = owed([path for path, _ in sources], coders, by_id, now, versions=frozen, encoding=encoding)
    told = (
        *(f"left out: {error}" for error in bad),
        *of_coding(coders, people),
        *frame.attrs["notes"],
        *edited_since(frozen),
        *unknown_codes(edits, book),
        *of_runs(sources, texts),
        *filter(None, [owed_sentence(owing)]),
    )
    versions = versions_of(shelf, people, models, edits)
    return Ledger(
        unit=frame.attrs["by"],
        codebook=now.id,
        n_units=len(frame),
        n_transcripts=len(texts),
        versions=versions,
        codes=_ordered(codes, edits, book, versions),
        skipped=tuple(str(error.path or "") for error in bad),
        notes=tuple(dict.fromkeys(told)),
    )


def _sources(
    paths: Sequence[Path], transcripts: Path | None, exclude_speakers: Sequence[str] | None
) -> tuple[Study, list[Source]]:
    """The study, and every file, folder and run that is named, each once."""
    refuse_missing(paths)
    study = Study.around(paths, transcripts)
    found: dict[Path, Source] = {}
    for path in study.sources(paths):
        place = path.parent if path.name == "coding.csv" and (path.parent / "run.json").exists() else path
        found.setdefault(place.resolve(), (place, Run(place).info))
    told = next((info.exclude_speakers for _, info in found.values() if info), ())
    return study.excluding(exclude_speakers, without_settings=told), [*found.values()]


def _refuse_reflexive(study: Study) -> None:
    if study.config.approach == "reflexive":
        raise ConfigError(
            "approach: reflexive gives no coefficients, and the ledger is made of them; `autocode codebook diff` and "
            "`codebook status` tell what changed and what is to be read again",
            path=study.config.file,
        )


def _refuse_circles(now: Codebook, frozen: Mapping[str, Codebook], sources: Sequence[Source]) -> None:
    """Runs hold codebooks that no reader has checked again."""
    for book in (now, *frozen.values()):
        refuse_circle(book.changes)
    for path, info in sources:
        if info is not None:
            refuse_circle(info.codebook.changes, path / "run.json")


def _people(coders: Sequence[Coding], units: Units, shelf: Shelf, readings: Sequence[Reading]) -> list[Person]:
    """The people who coded independently, each with all their passes."""
    found: dict[str, Person] = {}
    for coding in coders:
        if coding.kind == "human" and independent(coding):
            name = coding.person or coding.coder
            found.setdefault(name, Person(name, [])).passes.append(units.work(coding, readings, shelf.kept))
    return [*found.values()]


def _models(
    coders: Sequence[Coding], origin: Sequence[Source], units: Units, shelf: Shelf, readings: Sequence[Reading]
) -> list[Model]:
    """Each run with its repeats, and each model whose coding stands in files, under the versions of that."""
    of_runs: dict[Path, Model] = {}
    of_files: list[Model] = []
    for coding, (path, info) in zip(coders, origin, strict=True):
        if coding.kind != "model" or not independent(coding):
            continue
        if info is not None:
            if path not in of_runs:
                of_runs[path] = of_run(coding, info, shelf)
            of_runs[path].repeats.append(units.values(coding))
        else:
            of_files += of_file(units.work(coding, readings, shelf.kept), shelf)
    return [*of_runs.values(), *of_files]


def _ordered(
    codes: Sequence[Row],
    edits: Mapping[str, Sequence[LedgerEdit]],
    book: Codebook,
    versions: Sequence[LedgerVersion],
) -> tuple[LedgerCode, ...]:
    """The codes with most change first; then in the order of the codebook."""
    order = [each.version for each in versions]
    declared = [each.version for each in versions if each.version and not each.codebook]
    found = []
    for row in codes:
        code = code_of(book, row.code)
        found.append(
            LedgerCode(
                code=row.code,
                name=code.name if code else "",
                of=row.of,
                moved=distance(row.figures, declared),
                edits=tuple(edits.get(row.code, ())),
                figures=tuple(sorted(row.figures, key=lambda figure: _place(figure, order))),
            )
        )
    return tuple(sorted(found, key=lambda each: -1.0 if each.moved is None else -1.0 - each.moved))


def _place(figure: LedgerFigure, order: Sequence[str]) -> tuple[int, bool, bool]:
    return order.index(figure.version), figure.pair, figure.kind == "human-model"


def _refuse_nothing(codes: Sequence[Row], coders: Sequence[Coding]) -> None:
    """Raises AgreementError where no figure rests on anything."""
    if any(figure.n_units or figure.n_stale or figure.noise for row in codes for figure in row.figures):
        return
    if len(coders) == 1:
        raise AgreementError(
            f"only one coder ({coders[0].coder}), so there is nothing to compare; name a second coding, or run a model "
            "with --repeat"
        )
    who = ", ".join(coding.coder for coding in coders)
    raise AgreementError(f"no two coders decided on the same passages ({who}); compare codings of the same transcripts")
