"""Which codings are settled: people's, and of a run that is named the model's, as people left its rows.

A person's verdicts (verdicts.csv) count here, and not in any figure: a row that was accepted or moved is that person's
reading, one that was rejected is no decision of the model's any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.agreement import readers
from autocode.coding.everyone import codings, distinct
from autocode.data import Codebook, CodedSegment, Coding, Problem, Transcript
from autocode.errors import InputError
from autocode.runs import Run, Verdict, read_verdicts


@dataclass(frozen=True)
class Reviewed:
    """A model's coding as people left it, and the rows of it that they decided about."""

    coding: Coding
    kept: Coding
    """What was accepted or moved."""
    taken_out: Coding
    by: Mapping[str, str]
    """Who judged a row, by its id."""


def read_for_settling(
    people: Path,
    with_runs: Sequence[Path],
    transcripts: Sequence[Transcript],
    codebook: Codebook,
    *,
    exclude_speakers: Collection[str] = (),
    versions: Mapping[str, Codebook] | None = None,
    wide: Sequence[str] = (),
    yes_from: float | None = None,
) -> tuple[list[Coding], list[Reviewed], list[str]]:
    """The codings to settle: of the people those that are independent or undeclared, of each run the model's.

    An earlier settled coding is never among them. What is left out is told.
    """
    found: list[Coding] = []
    if people.exists():
        found = codings(
            people,
            transcripts,
            codebook=codebook,
            exclude_speakers=exclude_speakers,
            versions=versions,
            wide=wide,
            yes_from=yes_from,
            settled=False,
        )
    kept = [found[i] for i in readers(found)]
    notes = [note for coding in found for note in coding.notes]
    notes += [
        f"{coding.coder}: not settled, as its stage is {coding.stage}"
        if coding.stage not in ("independent", "undeclared")
        else f"{coding.coder}: not settled, as it is "
        + ("a model's; name its run with --with" if coding.kind == "model" else "another pass of the same person")
        for coding in found
        if coding not in kept
    ]
    runs: list[Reviewed] = []
    for path in with_runs:
        run = Run(path)
        if run.info is None:
            raise InputError("there is no run here; name a run folder", path=path)
        if run.info.baseline:
            raise InputError(
                "this run is the embedded baseline's, which is no language model and reads nothing; settle people's "
                "coding without it, or name a run of a model",
                path=path,
            )
        coding = codings(path, transcripts, codebook=codebook)[0]
        notes += coding.notes
        runs.append(_reviewed(coding, read_verdicts(run.verdicts), {t.id: t for t in transcripts}, notes))
    named = distinct([*kept, *(each.coding for each in runs)])
    renamed = [_renamed(each, coding) for each, coding in zip(runs, named[len(kept) :], strict=True)]
    return named[: len(kept)], renamed, notes


def _renamed(reviewed: Reviewed, coding: Coding) -> Reviewed:
    name = coding.coder
    return Reviewed(
        coding=coding,
        kept=reviewed.kept.model_copy(update={"coder": f"{name} (reviewed)"}),
        taken_out=reviewed.taken_out.model_copy(update={"coder": f"{name} (taken out)"}),
        by=reviewed.by,
    )


def _reviewed(
    coding: Coding, verdicts: Mapping[str, Verdict], texts: Mapping[str, Transcript], notes: list[str]
) -> Reviewed:
    """A model's coding, its rows as people left them: rejected ones are no decision, moved ones stand elsewhere."""
    rest: list[CodedSegment] = []
    kept: list[CodedSegment] = []
    out: list[CodedSegment] = []
    for segment in coding.segments:
        verdict = verdicts.get(segment.id)
        if verdict is None:
            rest.append(segment)
        elif verdict.verdict == "reject":
            out.append(segment)
            rest.append(segment.model_copy(update={"decision": "missing"}))
        else:
            span = verdict.span if verdict.verdict == "move" else segment.span
            text = texts.get(segment.transcript_id)
            if span is None or text is None or span.end > len(text.text):
                notes.append(
                    f"{coding.run}: the row {segment.id} was {verdict.verdict}ed by {verdict.by}, but has no place in "
                    "the transcript; move it to one"
                )
                rest.append(segment)
                continue
            kept.append(segment.model_copy(update={"span": span, "problem": _still(segment.problem)}))
    if lost := sorted(set(verdicts) - {segment.id for segment in coding.segments}):
        notes.append(f"{coding.run}: {len(lost)} verdicts are about rows that it does not have any more ({lost[0]})")
    return Reviewed(
        coding=coding.model_copy(update={"segments": (*rest, *kept)}),
        kept=coding.model_copy(update={"segments": tuple(kept), "seen": (), "missing": ()}),
        taken_out=coding.model_copy(update={"segments": tuple(out), "seen": (), "missing": ()}),
        by={id: verdict.by for id, verdict in verdicts.items()},
    )


def _still(problem: Iterable[Problem]) -> tuple[Problem, ...]:
    """What is the matter with a row that a person kept: its place is no matter any more."""
    gone = ("quote not found", "quote altered", "outside passage", "ambiguous")
    return tuple(each for each in problem if each not in gone)
