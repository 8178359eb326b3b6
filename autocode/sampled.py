"""A study's samples: drawing one, and what coding it will be worth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from autocode.coding import distinct
from autocode.data import Transcript
from autocode.errors import InputError
from autocode.runs import RunSample
from autocode.sampling import (
    Purpose,
    Sample,
    SamplePlan,
    draw,
    other_samples,
    plan,
    read_sample,
    refuse_to_replace,
    sample_path,
    unknown_turns,
    write_sample,
)
from autocode.study import Study


def draw_sample(
    study: Study,
    name: str,
    *,
    blocks: int | None = None,
    passages: int | None = None,
    turns: int = 8,
    purpose: Purpose = "tune",
    seed: int = 1,
    codebook: Path | None = None,
    encoding: str | None = None,
    force: bool = False,
) -> tuple[Path, Sample]:
    """The file a new sample of a study was written to, and the sample: turns that no other sample of the study has.

    Raises InputError where there is a sample of that name already, unless `force` replaces one that nobody has
    compared coding on.
    """
    path = sample_path(study.root, name)
    refuse_to_replace(path, force=force)
    texts, _ = study.transcripts(encoding=encoding)
    drawn = draw(
        texts,
        study.codebook(codebook),
        name=name,
        blocks=blocks,
        passages=passages,
        turns=turns,
        purpose=purpose,
        seed=seed,
        exclude_speakers=study.config.exclude_speakers,
        taken=other_samples(study.root, name),
    )
    write_sample(path, drawn)
    return path, drawn


def run_sample(
    study: Study, name: str, transcripts: Iterable[Transcript], *, purpose: Purpose | None = None
) -> tuple[RunSample, list[str]]:
    """The turns of a sample for a run to code (or those of one `purpose`), and what is to be told of it.

    Raises InputError where there is no such sample, or nothing in it for the purpose.
    """
    path = sample_path(study.root, name)
    drawn = [turn for turn in read_sample(path) if purpose in (None, turn.purpose)]
    if not drawn:
        raise InputError(f"there is no turn{f' for {purpose}' if purpose else ''} in this sample", path=path)
    turns: dict[str, tuple[int, ...]] = {}
    for id in sorted({turn.transcript for turn in drawn}):
        turns[id] = tuple(sorted({turn.turn for turn in drawn if turn.transcript == id}))
    return RunSample(name=name, turns=turns), unknown_turns(drawn, transcripts)


def plan_sample(
    study: Study,
    *,
    coders: int,
    passages: int,
    prevalence: float | None = None,
    alpha: float = 0.7,
    minutes_a_passage: float = 1.0,
    codebook: Path | None = None,
    encoding: str | None = None,
) -> SamplePlan:
    """What coding so many passages by so many coders will be worth, going by what the study's coders found so far.

    `passages` are how many each coder codes in all. Until somebody has coded, `prevalence` is the share of passages
    with a code (0-1), and until two have, `alpha` is reckoned with. `minutes_a_passage` is a coder's time for one.
    """
    book = study.codebook(codebook)
    texts, _ = study.transcripts(encoding=encoding)
    sources = study.sources([study.root]) if study.config.file else []
    coded = distinct(study.codings(sources, texts, book, encoding=encoding))
    frame = study.units(coded, texts, book, by="turn")
    return plan(
        frame,
        coded,
        book,
        coders=coders,
        passages=passages,
        prevalence=prevalence,
        alpha=alpha,
        minutes_a_passage=minutes_a_passage,
    )
