"""A study's coding and runs -> DriftOverTime: in which order, split by which event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.codebook import code_of
from autocode.coding import distinct
from autocode.data import Codebook, Coding, DecidedUnder, DriftOverTime, Transcript, Unit
from autocode.drift import watch
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.errors import AgreementError, ConfigError, TranscriptError
from autocode.history import Merges, edited_since
from autocode.reading.transcript_order import TranscriptOrder, read_transcript_order
from autocode.rereading import coders_files, decided_under, runs_of
from autocode.runs import Answers, Run
from autocode.sampling import Purpose, note_looks, restricted
from autocode.study import Study, refuse_missing

if TYPE_CHECKING:
    from pandas import DataFrame


def drift_over_files(
    paths: Sequence[Path],
    *,
    over: str,
    transcripts: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    sample: str = "",
    purpose: Purpose | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> DriftOverTime:
    """What moved between coders over time, in the order of a column of transcripts.csv (`date`, `order`, or another).

    `paths` are coding files, folders of them, runs or a study: the one here where none is named. A column with two
    values is a known event, and so are two models that answered in one run; else each code is split where its CUSUM is
    largest. Of a run the first repeat is looked at. With `sample` only its turns are (or those of one `purpose` in it).

    Raises InputError for a path with nothing there, ConfigError where there is no transcripts.csv, AgreementError where
    there are not two codings. What the figures are and where they come from: see `watch`.
    """
    there = _Gathered.of(paths or [Path()], over, transcripts, exclude_speakers, encoding, skip_bad=skip_bad)
    order, event = there.order, ""
    after = order.after
    if after is not None:
        event = f"{over}: {order.sides[0]}, then {order.sides[1]}"
    else:
        hashes = {text.id: text.sha256 for text in there.texts}
        after, event = _two_models(there.runs, order.transcripts, hashes)
    frame, looked = there.units(unit, sample, purpose)
    try:
        found = watch(
            frame,
            there.coders,
            there.book,
            order=order.transcripts,
            over=over,
            after=after,
            event=event,
            under=there.under(encoding),
            permutations=permutations,
            seed=seed,
        )
    except AgreementError as error:  # what was left out may be why, and nothing else tells of it then
        raise AgreementError("; ".join([str(error), *order.notes])) from None
    told = [*looked, *(note for coding in there.coders for note in coding.notes)]
    left_out = [f"left out: {error}" for error in there.bad]
    notes = (*left_out, *order.notes, *edited_since(there.versions), *told, *frame.attrs["notes"], *found.notes)
    return found.model_copy(
        update={
            "values": tuple(order.values[id] for id in order.transcripts),
            "skipped": tuple(str(error.path or "") for error in there.bad),
            "notes": tuple(dict.fromkeys(notes)),
        }
    )


@dataclass(frozen=True)
class _Gathered:
    """What is looked at: transcripts in their order, and who coded them with which codebook."""

    study: Study
    sources: Sequence[Path]
    runs: Sequence[Run]
    texts: Sequence[Transcript]
    bad: Sequence[TranscriptError]
    order: TranscriptOrder
    book: Codebook
    versions: Mapping[str, Codebook]
    coders: Sequence[Coding]

    @classmethod
    def of(
        cls,
        paths: Sequence[Path],
        over: str,
        transcripts: Path | None,
        exclude_speakers: Sequence[str] | None,
        encoding: str | None,
        *,
        skip_bad: bool,
    ) -> _Gathered:
        refuse_missing(paths)
        study = Study.around(paths, transcripts)
        sources = study.sources(paths)
        runs = [Run(path) for path in sources if Run(path).info]
        told = next((run.made_with.exclude_speakers for run in runs), ())
        study = study.excluding(exclude_speakers, without_settings=told)
        texts, bad = study.transcripts(encoding=encoding, skip_bad=skip_bad)
        study = study.without(bad)
        order = _order(study, over, [text.id for text in texts], encoding)
        book, versions = _codebook(study, runs), study.versions()
        found = study.codings(sources, texts, book, versions=versions, encoding=encoding)
        coders = distinct(coding for coding in found if coding.repeat == 1)
        if not coders:
            raise AgreementError("there is no coding to compare: no coding file and no run; name some")
        return cls(study, sources, runs, texts, bad, order, book, versions, coders)

    def units(self, unit: Unit | None, sample: str, purpose: Purpose | None) -> tuple[DataFrame, list[str]]:
        """The codings side by side, and what is told of samples: that held-out turns were looked at is written down."""
        frame, told = self.study.units(self.coders, self.texts, self.book, by=unit), list[str]()
        if sample:
            frame, told = restricted(frame, self.study.root, sample, self.texts, purpose=purpose)
        told += note_looks(frame, self.coders, self.book, study=self.study.root, sources=self.sources)
        return frame, told

    def under(self, encoding: str | None) -> dict[str, list[DecidedUnder]]:
        """What each coder decided under an older definition."""
        return decided_under(
            self.coders,
            coders_files([path for path in self.sources if not Run(path).info], encoding),
            {text.id: text for text in self.texts},
            self.book,
            versions=self.versions,
            runs=runs_of(self.sources),
        )


def _order(study: Study, over: str, ids: Iterable[str], encoding: str | None) -> TranscriptOrder:
    path = study.root / "transcripts.csv"
    if not path.exists():
        raise ConfigError(
            f"there is no such file, so the interviews have no {over}; write one with the columns transcript,{over}",
            path=path,
        )
    return read_transcript_order(path, over, ids, encoding=encoding)


def _codebook(study: Study, runs: Sequence[Run]) -> Codebook:
    """The study's codebook where there is one, with the codes that only the runs' have."""
    books = [run.made_with.codebook for run in runs]
    if study.config.codebook.is_file() or not books:
        books.append(study.codebook())
    book = books[0]
    for later in books[1:]:
        merged = Merges.of(later).counts_as
        gone = tuple(code for code in book.codes if code_of(later, code.id) is None and code.id not in merged)
        book = later.model_copy(update={"codes": (*later.codes, *gone)})
    return book


def _two_models(
    runs: Sequence[Run], order: Sequence[str], hashes: Mapping[str, str]
) -> tuple[frozenset[str] | None, str]:
    """The transcripts after a change of the model that answered in one run, and the event in words."""
    for run in runs:
        served: dict[str, Counter[str]] = defaultdict(Counter)
        answers = Answers(run.plan, run.calls, hashes)
        for line in (line for codes in answers.code_sets for line in answers.standing(1, codes)):
            for passage in answers.usable(line.passages):
                served[passage.transcript][answers.served_by(line)] += 1
        by = {id: counts.most_common(1)[0][0] for id, counts in served.items()}
        models = list(dict.fromkeys(by[id] for id in order if by.get(id)))
        if len(models) > 1:
            after = frozenset(id for id in order if by.get(id) not in ("", None, models[0]))
            return after, f"{run.name} was answered by {models[0]}, then by {' and '.join(models[1:])}"
    return None, ""
