"""What a reader of the ledger has to know of the coding and the runs, one sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from autocode.agreement.naming import saw_nothing
from autocode.data import Coding, Transcript
from autocode.drifting.ledger.under import Person
from autocode.runs import Run, RunInfo, read_verdicts

Source = tuple[Path, RunInfo | None]
"""A file or folder of coding, or a run and what it was made with."""


def independent(coding: Coding) -> bool:
    """Whether a coding may be held beside others: not in training, not settled, and made having seen nobody's."""
    return coding.stage in ("independent", "undeclared") and saw_nothing(coding)


def of_coding(coders: Sequence[Coding], people: Sequence[Person]) -> Iterator[str]:
    """What reading the coding told, which of it is in no figure, and whose version nobody wrote down."""
    for coding in coders:
        yield from (note for note in coding.notes if not _is_about_stale(coding, note))
    yield from _left_out(coders)
    yield from _undeclared(people)


def _is_about_stale(coding: Coding, note: str) -> bool:
    """What a run's coding tells of codes that changed since: here it is held under its own version."""
    return bool(coding.run) and "changed since (stale)" in note


def _left_out(coders: Sequence[Coding]) -> Iterator[str]:
    """For each coding that is in no figure, a sentence that says why."""
    for coding in coders:
        if not independent(coding):
            why = f"it was made having seen {coding.saw}"
            if coding.stage in ("training", "review", "settled"):
                why = f"its stage is {coding.stage}"
            yield f"{coding.coder}: not in the figures, because {why}"


def _undeclared(people: Sequence[Person]) -> Iterator[str]:
    silent = [person.name for person in people if any("" in work.used for work in person.passes)]
    if silent:
        yield (
            f"{', '.join(silent)}: coding whose version of the codebook nobody wrote down stands under `version not "
            "declared`; put it into the column `codebook` of coders.csv"
        )


def of_runs(sources: Sequence[Source], texts: Sequence[Transcript]) -> Iterator[str]:
    """What a reader of the figures has to know of the runs."""
    hashes = {text.id: text.sha256 for text in texts}
    for path, info in sources:
        if info is None:
            continue
        run = Run(path)
        if info.since is not None:
            yield (
                f"{run.name}: only the codes that it asked for stand under its version "
                f"({', '.join(info.decided_on(2))}); the others are the coding of {info.since.name}, carried over"
            )
        served = sorted({model for read in run.read(hashes) for model in read.models})
        if len(served) > 1:
            yield f"{run.name}: answered by {' and '.join(served)}, so its noise is that of several"
        if run.verdicts.exists():
            n = len(read_verdicts(run.verdicts))
            yield f"{run.name}: people's verdicts on {n} quotes are not in these figures: they are the model's own"
