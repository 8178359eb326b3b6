"""Two runs, and people's coding -> Drift: what is compared with what, and which calls belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.coding import codings, distinct
from autocode.data import CallPassage, Coding, Drift, RereadingList, Transcript, Unit
from autocode.drift import compare, stories
from autocode.drift.calls import call_blocks
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drifting.levels import Levels, decides
from autocode.errors import AgreementError, InputError, RunError
from autocode.rereading import owed, stale_in
from autocode.runs import Answers, Run, RunInfo, read_verdicts
from autocode.sampling import Purpose, note_looks, read_sample, restricted, sample_path, unknown_turns
from autocode.study import Study


@dataclass(frozen=True)
class ComparedRuns:
    """What moved between two runs, and the transcripts that its passages stand in."""

    drift: Drift
    transcripts: list[Transcript]


def drift_files(
    runs: Sequence[Path],
    *,
    humans: Sequence[Path] = (),
    transcripts: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    sample: str = "",
    purpose: Purpose | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Drift:
    """What moved between two runs, code by code: see `compare_runs`, which also gives the transcripts."""
    return compare_runs(
        runs,
        humans=humans,
        transcripts=transcripts,
        unit=unit,
        exclude_speakers=exclude_speakers,
        encoding=encoding,
        skip_bad=skip_bad,
        sample=sample,
        purpose=purpose,
        permutations=permutations,
        seed=seed,
    ).drift


def compare_runs(
    runs: Sequence[Path],
    *,
    humans: Sequence[Path] = (),
    transcripts: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    sample: str = "",
    purpose: Purpose | None = None,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> ComparedRuns:
    """What moved between two runs, code by code, and whether towards or away from people's coding (`humans`).

    The codebooks are those that the runs hold; merged and split codes are compared together, at the finest level that
    both share. Of a run that carried coding over (`--since`) only the codes that it asked for are compared: the others
    are the earlier run's coding, not a new answer. With `sample` only its turns are compared (or those of one
    `purpose` in it): an anchor, say. What an example in either codebook quotes is left out for its code.

    Raises RunError where one of the two is no run, or both are the same; AgreementError where they share no transcript
    or no code.
    """
    before, after = map(Side.of, _two(runs))
    if before.run.path.resolve() == after.run.path.resolve():
        raise RunError(f"{runs[0]}: this is one run, given twice; name the run of another version beside it")
    levels = Levels.of(before.info.codebook, after.info.codebook)
    if not levels.levels:
        raise AgreementError(
            f"the codebooks of {before.run.name} and {after.run.name} have no code in common; compare runs of one "
            "codebook, or say in its `changes` what was merged or split into what"
        )
    study = Study.around([after.run.path, before.run.path, *humans], transcripts)
    study = study.excluding(exclude_speakers or (() if study.config.file else after.info.exclude_speakers))
    texts, _ = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    hashes = {text.id: text.sha256 for text in texts}
    people, owing = _people(study, humans, texts, (before, after), levels, encoding)
    sides = [before.codings(texts), after.codings(texts)]
    named = [levels.on_levels(coding) for coding in distinct([*sides[0], *sides[1], *people])]
    n, m = len(sides[0]), len(sides[0]) + len(sides[1])
    first, second, third = named[:n], named[n:m], named[m:]
    frame = study.units(named, texts, levels.book, by=unit)
    told = [*(note for coding in named for note in coding.notes), *levels.notes]
    if sample:
        frame = restricted(frame, study.root, sample, purpose)
        told += unknown_turns(read_sample(sample_path(study.root, sample)), texts)
    if people:
        sources = [*humans, before.run.path, after.run.path]
        told += note_looks(frame, named, levels.new, study=study.root, sources=sources)
    frame["call", ""] = call_blocks(frame, (*before.calls(hashes), *after.calls(hashes)))
    stale = {new.coder: levels.by_level(stale_in(owing, old)) for old, new in zip(people, third, strict=True)}
    found = compare(frame, first, second, levels.book, people=third, stale=stale, permutations=permutations, seed=seed)
    told += [*before.notes(hashes), *after.notes(hashes), *frame.attrs["notes"], *found.notes]
    told += [*_owed(owing), *_primed(third)]
    changes = levels.changes()
    happened = stories(found, frame, first, second, levels.book, texts, people=third, stale=stale, changes=changes)
    rows = (row.model_copy(update={"edited": decides(changes.get(row.code, ()))}) for row in found.codes)
    drift = found.model_copy(
        update={
            "differences": tuple(before.info.differences(after.info)),
            "codes": tuple(rows),
            "stories": happened,
            "notes": tuple(dict.fromkeys(told)),
        }
    )
    return ComparedRuns(drift, texts)


def _people(
    study: Study,
    humans: Sequence[Path],
    texts: Sequence[Transcript],
    runs: tuple[Side, Side],
    levels: Levels,
    encoding: str | None,
) -> tuple[list[Coding], RereadingList]:
    """The people's codings in some files, and what they have to read again since the later codebook."""
    versions = {**study.versions(), **{str(run.info.codebook.version): run.info.codebook for run in runs}}
    found = study.codings(humans, texts, levels.every, versions=versions, encoding=encoding)
    people = [coding for coding in found if coding.kind == "human"]
    if humans and not people:
        raise InputError("there is no person's coding in what --humans names; name coding files", path=humans[0])
    by_id = {text.id: text for text in texts}
    return people, owed(humans, people, by_id, levels.new, versions=versions, encoding=encoding)


def _two(runs: Sequence[Path]) -> tuple[Path, Path]:
    if len(runs) != 2:
        named = f"only {runs[0]} is named" if len(runs) == 1 else f"{len(runs)} are named"
        raise RunError(f"two runs are compared, and {named}; name the run before and the run after")
    return runs[0], runs[1]


@dataclass(frozen=True)
class Side:
    """One of the two runs."""

    run: Run
    info: RunInfo

    @classmethod
    def of(cls, path: Path) -> Side:
        """The run in a folder. Raises RunError where it is none, InputError where there is nothing."""
        if not path.exists():
            raise InputError("there is nothing here; name a run folder", path=path)
        run = Run(path.parent if path.name == "coding.csv" else path)
        if run.info is None:
            raise RunError(
                f"{path}: this is no run; two versions are compared by their runs, and people's coding is named with "
                "--humans"
            )
        return cls(run, run.info)

    @property
    def asked(self) -> tuple[str, ...]:
        """The codes that the run itself asked for, of every transcript; blank: all."""
        return self.info.decided_on(2) if self.info.since else ()

    def codings(self, texts: Iterable[Transcript]) -> list[Coding]:
        """The repeats; of a run that carried coding over, as far as it asked itself."""
        found = codings(self.run.path, texts)
        if not self.asked:
            return found
        only = frozenset(self.asked)
        return [
            coding.model_copy(
                update={"codes": self.asked, "segments": tuple(s for s in coding.segments if s.code in only)}
            )
            for coding in found
        ]

    def calls(self, hashes: Mapping[str, str]) -> Iterator[Sequence[CallPassage]]:
        """The stretches of each answered call."""
        answers = Answers(self.run.plan, self.run.calls, hashes)
        for repeat in answers.repeats:
            for codes in answers.code_sets:
                for line in answers.standing(repeat, codes):
                    yield answers.usable(line.passages)

    def notes(self, hashes: Mapping[str, str]) -> Iterator[str]:
        """What a reader of the figures has to know of this run."""
        if self.info.since is not None:
            yield (
                f"{self.run.name}: only the codes that it asked for are compared ({', '.join(self.asked)}); the others "
                f"are the coding of {self.info.since.name}, carried over"
            )
        models = sorted({model for read in self.run.read(hashes) for model in read.models})
        if len(models) > 1:
            yield (
                f"{self.run.name}: answered by {' and '.join(models)}, so its noise is that of several; "
                "look at it with --over order"
            )
        if self.run.verdicts.exists():
            n = len(read_verdicts(self.run.verdicts))
            yield f"{self.run.name}: people's verdicts on {n} quotes are not in these figures: they are the model's own"


def _primed(people: Sequence[Coding]) -> Iterator[str]:
    """Whose coding is in part acceptance of what they saw."""
    for coding in people:
        if coding.saw.strip().casefold() not in ("", "nothing"):
            yield f"{coding.coder} coded having seen {coding.saw}: being alike is then in part acceptance of proposals"


def _owed(owing: RereadingList) -> Iterator[str]:
    """What people have to read again before it can be held beside the model."""
    for coder in dict.fromkeys(row.coder for row in owing.rows):
        rows = [row for row in owing.rows if row.coder == coder and row.state == "stale"]
        codes = ", ".join(dict.fromkeys(row.code for row in rows))
        if rows:
            n = sum(row.passages for row in rows)
            where = len({id for row in rows for id in row.transcripts})
            yield (
                f"definition changed after {coder} coded ({codes}): {n} passages in {where} transcripts to read again, "
                "left out of the figures"
            )
