"""Two runs, and people's coding -> Drift: what is compared with what, and which calls belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.coding import codings, distinct
from autocode.data import CallPassage, Coding, Drift, Transcript, Unit
from autocode.drift import compare
from autocode.drift.calls import call_blocks
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drifting.which import both, edited, stale_codes, study_of
from autocode.errors import InputError, RunError
from autocode.runs import Answers, Run, RunInfo, read_verdicts


def drift_files(
    runs: Sequence[Path],
    *,
    humans: Sequence[Path] = (),
    transcripts: Path | None = None,
    unit: Unit | None = None,
    exclude_speakers: Sequence[str] | None = None,
    encoding: str | None = None,
    skip_bad: bool = False,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Drift:
    """What moved between two runs, code by code, and whether towards or away from people's coding (`humans`).

    The codebooks are those that the runs hold. Of a run that carried coding over (`--since`) only the codes that it
    asked for are compared: the others are the earlier run's coding, not a new answer.

    Raises RunError where one of the two is no run, or both are the same; AgreementError where they share no transcript
    or no code.
    """
    before, after = _two(runs)
    old, new = _Side.of(before), _Side.of(after)
    if old.run.path.resolve() == new.run.path.resolve():
        raise RunError(f"{before}: this is one run, given twice; name the run of another version beside it")
    study = study_of([after, before, *humans], transcripts)
    study = study.excluding(exclude_speakers or (() if study.config.file else new.info.exclude_speakers))
    texts, _ = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    book = both(old.info.codebook, new.info.codebook)
    versions = {**study.versions(), **{str(i.codebook.version): i.codebook for i in (old.info, new.info)}}
    found_there = study.codings(humans, texts, book, versions=versions, encoding=encoding)
    people = [coding for coding in found_there if coding.kind == "human"]
    sides = [old.codings(texts), new.codings(texts)]
    named = distinct([*sides[0], *sides[1], *people])
    n, m = len(sides[0]), len(sides[0]) + len(sides[1])
    frame = study.units(named, texts, book, by=unit)
    hashes = {text.id: text.sha256 for text in texts}
    frame["call", ""] = call_blocks(frame, (*old.calls(hashes), *new.calls(hashes)))
    stale = {coding.coder: stale_codes(coding, versions, new.info.codebook) for coding in named[m:]}
    found = compare(
        frame, named[:n], named[n:m], book, people=named[m:], stale=stale, permutations=permutations, seed=seed
    )
    edits = edited(old.info.codebook, new.info.codebook)
    if humans and not people:
        raise InputError("there is no person's coding in what --humans names; name coding files", path=humans[0])
    told = [*(note for coding in named for note in coding.notes), *old.notes(hashes), *new.notes(hashes)]
    return found.model_copy(
        update={
            "differences": tuple(old.info.differences(new.info)),
            "codes": tuple(row.model_copy(update={"edited": row.code in edits}) for row in found.codes),
            "notes": tuple(
                dict.fromkeys((*told, *frame.attrs["notes"], *found.notes, *_owed(found), *_primed(named[m:])))
            ),
        }
    )


def _two(runs: Sequence[Path]) -> tuple[Path, Path]:
    if len(runs) != 2:
        named = f"only {runs[0]} is named" if len(runs) == 1 else f"{len(runs)} are named"
        raise RunError(f"two runs are compared, and {named}; name the run before and the run after")
    return runs[0], runs[1]


@dataclass(frozen=True)
class _Side:
    """One of the two runs."""

    run: Run
    info: RunInfo

    @classmethod
    def of(cls, path: Path) -> _Side:
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


def _owed(found: Drift) -> Iterator[str]:
    """What people have to read again before it can be held beside the model."""
    owed: dict[str, int] = {}
    for row in found.codes:
        for beside in row.beside:
            owed[beside.coder] = owed.get(beside.coder, 0) + beside.n_stale
    for coder, n in owed.items():
        if n:
            yield f"definition changed after {coder} coded: {n} passages to read again, left out of the figures"
