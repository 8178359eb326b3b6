"""Codings laid side by side: what `agree` compares, from the files that were named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocode.agreement import agree, disputes
from autocode.coding import distinct
from autocode.data import Agreement, Codebook, Coding, Disputes, Transcript, Unit
from autocode.errors import AgreementError, InputError
from autocode.handing_on import hands_on_to
from autocode.history import edited_since
from autocode.reading.human import twins
from autocode.reporting.basis import Basis
from autocode.rereading import marked_version, owed, owed_sentence, runs_of
from autocode.runs import Run
from autocode.sampling import Purpose, note_looks, restricted
from autocode.study import Study, refuse_missing

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Compared:
    """Codings laid side by side in the units of a study, from which agreement and disagreement follow."""

    study: Study
    transcripts: list[Transcript]
    codebook: Codebook
    coders: list[Coding]
    units: DataFrame
    named: tuple[str, ...] = ()
    """The coders of runs that were named by themselves, not as part of a study."""
    alternative_test: float | None = None
    """The epsilon of the alternative annotator test, where it is asked for."""
    sources: tuple[Path, ...] = ()
    """The files, folders and runs that the codings come from."""
    told: tuple[str, ...] = ()
    """How often held-out turns among the units were compared, and what has to be read again."""
    skipped: tuple[str, ...] = ()
    """The transcripts that could not be read, and why, where somebody said to go on without."""

    @property
    def left_out(self) -> list[str]:
        """A sentence for each transcript that could not be read."""
        return [f"left out: {each}" for each in self.skipped]

    def agreement(self) -> Agreement:
        """How far they agree, with all that reading them told."""
        agreement = agree(self.units, self.coders, self.codebook, alternative_test=self.alternative_test)
        told = [note for coding in self.coders for note in coding.notes]
        return agreement.model_copy(update={"notes": (*self.left_out, *told, *self.told, *agreement.notes)})

    def disputes(self) -> Disputes:
        """The passages on which they differ; a run that was named by itself is one of the coders."""
        return disputes(self.units, self.coders, self.transcripts, self.codebook, among=self.named)

    def basis(self) -> Basis:
        """All that a report on the agreement rests on."""
        return Basis(
            agreement=self.agreement(),
            disputes=self.disputes(),
            units=self.units,
            codings=self.coders,
            transcripts=self.transcripts,
            codebook=self.codebook,
            exclude_speakers=self.study.config.exclude_speakers,
            approach=self.study.config.approach,
            versions=self.study.versions(),
            runs=runs_of(self.sources),
            sources=self.sources,
        )


def compare_files(
    paths: Sequence[Path],
    *,
    transcripts: Path | None = None,
    codebook: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    wide: Sequence[str] = (),
    yes_from: float | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    alternative_test: float | None = None,
    sample: str = "",
    purpose: Purpose | None = None,
) -> Compared:
    """All coders in some coding files, folders of them and runs, side by side; a study stands for all of its own.

    Settings come from the study given, else from the working folder if it is one. Without a codebook that of the
    first run is taken, and its excluded speakers. `alternative_test` is the epsilon of the alternative annotator test.
    With `sample` only its turns are compared (or those of one `purpose` in it); that held-out turns were compared is
    written down beside their sample.

    Raises InputError for a path with nothing there, two copies of one coding, or a sample of which nothing is compared;
    ConfigError where transcripts or codebook have to be named; AgreementError where there is no coding; and what
    reading the files raises.
    """
    refuse_missing(paths)
    if copies := twins(paths):
        raise InputError(f"{copies[0]} and {copies[1]} look like two copies of one coding; give one of them")
    study = Study.around(paths, transcripts)
    run = next((info for path in paths if (info := Run(path).info)), None)
    study = study.excluding(exclude_speakers, without_settings=run.exclude_speakers if run else ())
    book = run.codebook if run and not codebook and study.config.codebook == Path() else study.codebook(codebook)
    texts, bad = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    study = study.without(bad)
    versions = study.versions()
    sources = study.sources(paths)
    coders = distinct(
        study.codings(sources, texts, book, versions=versions, wide=wide, yes_from=yes_from, encoding=encoding)
    )
    if not coders:
        raise AgreementError("there is no coding to compare: no coding file and no run; name some")
    held = runs_of(sources)
    coders = [c.model_copy(update={"codebook": marked_version(c, book, versions, held)}) for c in coders]
    frame = study.units(coders, texts, book, by=unit)
    if sample:
        frame, gone = restricted(frame, study.root, sample, texts, purpose=purpose)
        frame.attrs["notes"] = [*frame.attrs["notes"], *gone]
    owing = owed(sources, coders, {text.id: text for text in texts}, book, versions=versions, encoding=encoding)
    return Compared(
        study=study,
        transcripts=texts,
        codebook=book,
        coders=coders,
        units=frame,
        named=_named(paths, coders),
        alternative_test=alternative_test,
        sources=tuple(sources),
        skipped=tuple(map(str, bad)),
        told=(
            *note_looks(frame, coders, book, study=study.root, sources=sources),
            *edited_since(versions),
            *filter(None, [owed_sentence(owing)]),
        ),
    )


def _named(paths: Sequence[Path], coders: Sequence[Coding]) -> tuple[str, ...]:
    """The coders of the runs among the paths, each once: not those that a study or a folder stands for."""
    runs = {run.name for run in map(Run, paths) if run.info}
    return tuple(coding.coder for coding in coders if coding.run in runs and coding.repeat == 1)


@hands_on_to(compare_files)
def agree_files(*args: Any, **kwargs: Any) -> Agreement:
    """The agreement of all coders in some coding files, folders of them and runs; a study stands for all of its own.

    It takes what `compare_files` takes; what comes from where is told there. Alphas run from -1 to 1; a coefficient
    that is undefined is None, with its reason.

    Raises what `compare_files` raises, and AgreementError where no two codings decided on one unit.
    """
    return compare_files(*args, **kwargs).agreement()
