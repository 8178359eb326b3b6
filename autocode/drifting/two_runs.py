"""Two runs, and people's coding -> Drift: what is compared with what, and which calls belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autocode.coding import distinct
from autocode.data import Codebook, CodeDrift, Coding, Drift, Transcript, Unit
from autocode.drift import compare, stories
from autocode.drift.calls import call_blocks
from autocode.drift.labels import PERMUTATIONS, SEED
from autocode.drifting.beside import People
from autocode.drifting.levels import Levels, decides
from autocode.drifting.side import Side, as_many_of_both
from autocode.errors import AgreementError, RunError
from autocode.handing_on import hands_on_to
from autocode.history import edited_since
from autocode.sampling import Purpose, note_looks, restricted
from autocode.study import Study

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class ComparedRuns:
    """What moved between two runs, and the transcripts that its passages stand in."""

    drift: Drift
    transcripts: list[Transcript]


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
    `purpose` in it): an anchor, say. What an example in either codebook quotes is left out for its code. What the
    figures are and where they come from: see `compare`.

    Raises RunError where one of the two is no run, or both are the same; AgreementError where they share no transcript
    or no code.
    """
    before, after = map(Side.of, _two(runs))
    if before.run.path.resolve() == after.run.path.resolve():
        raise RunError(f"{runs[0]}: this is one run, given twice; name the run of another version beside it")
    levels = _levels(before, after)
    study = Study.around([after.run.path, before.run.path, *humans], transcripts)
    study = study.excluding(exclude_speakers, without_settings=after.info.exclude_speakers)
    texts, bad = study.transcripts(encoding=encoding, skip_bad=skip_bad)
    study = study.without(bad)
    people = People.of(study, humans, texts, (before.info.codebook, after.info.codebook), levels, encoding)
    table = _Table.of(study, texts, levels, (before, after), people.codings, unit)
    told = [*(f"left out: {error}" for error in bad), *table.notes(), *levels.notes, *edited_since(study.versions())]
    if sample:
        units, gone = restricted(table.units, study.root, sample, texts, purpose=purpose)
        table = replace(table, units=units)
        told += gone
    if table.people:
        told += table.note_looks(study, levels.new, [*humans, before.run.path, after.run.path])
    stale = {coding.coder: stretches for coding, stretches in zip(table.people, people.stale, strict=True)}
    found = compare(
        *table.compared, levels.book, people=table.people, stale=stale, permutations=permutations, seed=seed
    )
    hashes = {text.id: text.sha256 for text in texts}
    told += [
        *before.notes(hashes),
        *after.notes(hashes),
        *table.told,
        *table.units.attrs["notes"],
        *found.notes,
        *people.notes(),
    ]
    changes = levels.changes()
    rows = [row.model_copy(update={"edited": decides(changes.get(row.code, ()))}) for row in found.codes]
    if study.config.approach == "reflexive":
        rows = [*map(_without_alpha, rows)]
    drift = found.model_copy(update={"codes": tuple(rows), "notes": tuple(dict.fromkeys(told))})
    happened = stories(drift, *table.compared, levels.book, texts, people=table.people, stale=stale, changes=changes)
    beside = {
        "differences": tuple(before.info.differences(after.info)),
        "stories": happened,
        "skipped": tuple(str(error.path or "") for error in bad),
    }
    return ComparedRuns(drift.model_copy(update=beside), texts)


@hands_on_to(compare_runs)
def drift_files(*args: Any, **kwargs: Any) -> Drift:
    """What moved between two runs, code by code. It takes what `compare_runs` takes, which also gives the transcripts.

    Raises what `compare_runs` raises.
    """
    return compare_runs(*args, **kwargs).drift


def _without_alpha(row: CodeDrift) -> CodeDrift:
    """A code's row without coefficients, which a reflexive study does not want; counts stay."""
    none = dict.fromkeys(["alpha_before", "alpha_after", "alpha_change", "alpha_change_low", "alpha_change_high"])
    return row.model_copy(
        update={"beside": tuple(each.model_copy(update=none | {"reason": ""}) for each in row.beside)}
    )


def _levels(before: Side, after: Side) -> Levels:
    levels = Levels.of(before.info.codebook, after.info.codebook)
    if not levels.levels:
        raise AgreementError(
            f"the codebooks of {before.run.name} and {after.run.name} have no code in common; compare runs of one "
            "codebook, or say in its `changes` what was merged or split into what"
        )
    return levels


@dataclass(frozen=True, eq=False)
class _Table:
    """Both versions and people's coding, side by side on the codes that both versions share."""

    units: DataFrame
    before: Sequence[Coding]
    after: Sequence[Coding]
    people: Sequence[Coding]
    told: Sequence[str] = ()
    """Which repeats are left out."""

    @classmethod
    def of(
        cls,
        study: Study,
        texts: Sequence[Transcript],
        levels: Levels,
        runs: tuple[Side, Side],
        people: Sequence[Coding],
        unit: Unit | None,
    ) -> _Table:
        hashes = {text.id: text.sha256 for text in texts}
        sides, told = as_many_of_both(runs, [run.codings(texts) for run in runs], hashes)
        named = [levels.on_levels(coding) for coding in distinct([*sides[0], *sides[1], *people])]
        n, m = len(sides[0]), len(sides[0]) + len(sides[1])
        frame = study.units(named, texts, levels.book, by=unit)
        frame["call", ""] = call_blocks(frame, chain.from_iterable(run.calls(hashes) for run in runs))
        return cls(frame, named[:n], named[n:m], named[m:], told)

    @property
    def compared(self) -> tuple[DataFrame, Sequence[Coding], Sequence[Coding]]:
        """The units, and the codings of both versions."""
        return self.units, self.before, self.after

    def notes(self) -> list[str]:
        """What reading the codings told."""
        return [note for coding in (*self.before, *self.after, *self.people) for note in coding.notes]

    def note_looks(self, study: Study, codebook: Codebook, sources: Sequence[Path]) -> list[str]:
        """Write down that held-out turns were compared, if they were, and say how often."""
        everyone = [*self.before, *self.after, *self.people]
        return note_looks(self.units, everyone, codebook, study=study.root, sources=sources)


def _two(runs: Sequence[Path]) -> tuple[Path, Path]:
    if len(runs) == 1 and runs[0].is_file():
        Side.of(runs[0])  # a file of coding is told what is done with coding
    if len(runs) != 2:
        named = f"only {runs[0]} is named" if len(runs) == 1 else f"{len(runs)} are named"
        study = ", or ask with --over COLUMN or --ledger about a whole study"
        others = study if len(runs) == 1 and Study.of_folder(runs[0]) else ""
        raise RunError(f"two runs are compared, and {named}; name the run before and the run after{others}")
    return runs[0], runs[1]
