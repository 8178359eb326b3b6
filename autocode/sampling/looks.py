"""`samples/NAME.looks.csv`: each time coding was compared on turns that were held out; only ever added to.

A figure on turns that nobody tuned a codebook or a prompt on says what to expect of the next interviews. After the
codebook, the prompt or the model was changed and compared on them again, it no longer does, whoever meant it to. So
every comparison of people with a model on a check sample is written down, once for each codebook, prompt and model;
and one of people alone once for each codebook. The embedded baseline is nobody's tuning, and no look.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.codebook import codebook_hash
from autocode.data import Codebook, Coding, Data, Transcript
from autocode.errors import InputError
from autocode.reading.tables import read_table
from autocode.runs import Run, RunInfo
from autocode.runs.run import now, user
from autocode.sampling.drawing import Purpose, SampledTurn
from autocode.sampling.files import looks_path, read_sample, sample_files, sample_path, unknown_turns

if TYPE_CHECKING:
    from pandas import DataFrame

    from autocode.agreement.coefficients import Bools

COLUMNS = ("at", "codebook", "version", "codebook_hash", "prompt_hash", "model", "run", "by")


class Look(Data):
    """A comparison on a check sample."""

    at: str
    """UTC."""
    codebook: str
    version: str
    codebook_hash: str
    prompt_hash: str
    """Blank where no run was compared."""
    model: str
    """Blank where people were compared with each other."""
    run: str
    by: str
    """Who compared: the user of the machine."""

    @property
    def scoring(self) -> tuple[str, str, str]:
        """What makes it another look than one before."""
        return self.codebook_hash or self.version, self.prompt_hash, self.model


def read_looks(sample: Path) -> list[Look]:
    """The looks at a sample, in the order in which they were taken."""
    path = looks_path(sample)
    if not path.exists():
        return []
    table = read_table(path)
    if missing := [name for name in COLUMNS if not table.has(name)]:
        raise InputError(f'it has no column "{missing[0]}"; it is written by autocode, and not by hand', path=path)
    return [Look(**{name: row[name] for name in COLUMNS}) for _, row in table.rows]


def restricted(
    units: DataFrame, study: Path, name: str, transcripts: Iterable[Transcript], *, purpose: Purpose | None = None
) -> tuple[DataFrame, list[str]]:
    """The units that stand in a sample of the study (or those of one purpose in it), and which of its turns are gone.

    Raises InputError where there is no such sample, or nothing of it among the units.
    """
    path = sample_path(study, name)
    drawn = read_sample(path)
    sample = [turn for turn in drawn if purpose in (None, turn.purpose)]
    if units.attrs.get("by") == "transcript":
        raise InputError("a sample is of turns, and whole transcripts are compared; compare turns or sentences")
    inside = _in_sample(units, sample)
    if not inside.any():
        raise InputError(
            f"none of the {len(sample)} turns of the sample{f' for {purpose}' if purpose else ''} is compared here",
            path=path,
        )
    kept = units[inside]
    kept.attrs = {**units.attrs}
    return kept, unknown_turns(drawn, transcripts)


def _in_sample(units: DataFrame, sample: Iterable[SampledTurn]) -> Bools:
    import numpy as np

    drawn = {(turn.transcript, turn.turn) for turn in sample}
    transcripts = units.index.get_level_values("transcript")
    if units.attrs.get("by") == "transcript":
        held = {transcript for transcript, _ in drawn}
        return np.array([transcript in held for transcript in transcripts], dtype=bool)
    return np.array([each in drawn for each in zip(transcripts, units["turn"], strict=True)], dtype=bool)


def note_looks(
    units: DataFrame, codings: Sequence[Coding], codebook: Codebook, *, study: Path, sources: Iterable[Path]
) -> list[str]:
    """Writes down which check samples of a study are looked at by comparing these units, and says how often each was.

    `sources` are the files and runs that the codings come from. The same scoring again is no new look.
    """
    told = []
    runs: dict[str, RunInfo] | None = None
    for path in sample_files(study):
        held_out = [turn for turn in read_sample(path) if turn.purpose == "check"]
        if not held_out or not (inside := _in_sample(units, held_out)).any():
            continue
        runs = _runs(sources) if runs is None else runs
        new = _scorings(units[inside], codings, codebook, runs)
        if not new:
            continue
        looks = read_looks(path)
        known = {look.scoring for look in looks}
        added = list({look.scoring: look for look in new if look.scoring not in known}.values())
        told += _add(looks_path(path), added)
        told.append(_said(path.stem, [*looks, *added]))
    return told


def _runs(sources: Iterable[Path]) -> dict[str, RunInfo]:
    runs = (Run(path.parent if path.name == "coding.csv" else path) for path in sources)
    return {run.name: info for run in runs if (info := run.info) is not None}


def _scorings(
    units: DataFrame, codings: Sequence[Coding], codebook: Codebook, runs: Mapping[str, RunInfo]
) -> list[Look]:
    """What is compared on these units: each model beside a person; or without a model, people."""
    decided = {coding.coder: (units[[coding.coder]] >= 0).to_numpy() for coding in codings}
    people = [c for c in codings if c.kind == "human" and decided[c.coder].any()]
    shown = [
        _look(coding, codebook, runs.get(coding.run))
        for coding in codings
        if coding.kind == "model"
        and not coding.baseline
        and coding.repeat == 1
        and any((decided[coding.coder] & decided[person.coder]).any() for person in people)
    ]
    alone = any((decided[a.coder] & decided[b.coder]).any() for i, a in enumerate(people) for b in people[:i])
    return shown or ([_by_people(people, codebook)] if alone else [])


def _look(coding: Coding, codebook: Codebook, run: RunInfo | None) -> Look:
    """A model beside people. Of one in a coding file it is not known what it was asked."""
    return Look(
        at=now(),
        codebook=run.codebook.id if run else codebook.id,
        version=run.coded_under if run else coding.codebook,
        codebook_hash=run.hashes["codebook"] if run else "",
        prompt_hash=run.hashes["prompt"] if run else "",
        model=run.model if run else coding.coder,
        run=coding.run,
        by=user(),
    )


def _by_people(people: Sequence[Coding], codebook: Codebook) -> Look:
    """People beside each other: under the versions they say they worked with, else under the codebook as it is now."""
    declared = sorted({coding.codebook for coding in people if coding.codebook})
    return Look(
        at=now(),
        codebook=codebook.id,
        version="+".join(declared) or str(codebook.version),
        codebook_hash="" if declared else codebook_hash(codebook),
        prompt_hash="",
        model="",
        run="",
        by=user(),
    )


def _add(path: Path, looks: Sequence[Look]) -> list[str]:
    """Adds lines to the file; a sentence where it cannot be written, since a comparison may be made without."""
    if not looks:
        return []
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    if not path.exists():
        writer.writerow(COLUMNS)
    writer.writerows([getattr(look, name) for name in COLUMNS] for look in looks)
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(buffer.getvalue())
    except OSError as error:
        return [f"{path}: that held-out turns were looked at could not be written down ({error.strerror})"]
    return []


def _said(name: str, looks: Sequence[Look]) -> str:
    """How often a sample was looked at, for people and models apart: what was changed after one is not held out."""
    each = {look.scoring: look for look in looks}.values()  # two commands at one time may both have written one
    by_model = [look for look in each if look.model]
    by_people = [look for look in each if not look.model]
    what = f'sample "{name}" (purpose check)'
    if len(by_model) > 1:
        return f"{what}: looked at {len(by_model)} times, under other codebooks, prompts or models; no longer held out"
    if len(by_people) > 1:
        return f"{what}: looked at {len(by_people)} times by people, under other codebooks; no longer held out"
    last = (by_model or by_people)[-1]
    return f"{what}: looked at once, on {last.at[:10]}; after a change of codebook, prompt or model draw a new one"
