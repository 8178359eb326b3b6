"""`autocode drift`: what moved between two versions, or over time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import autocode as ac
from autocode.cli.shared import (
    AsJson,
    Encoding,
    ExcludeSpeaker,
    SkipBad,
    Transcripts,
    option,
    print_json,
    say,
    stdout,
    tell,
)


def drift(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="BEFORE AFTER",
            help="The runs of two versions; with --over any coding files and runs, or a study.",
            show_default=False,
        ),
    ],
    humans: Annotated[
        list[Path] | None, option("People's coding to hold beside it; may be repeated.", metavar="CODING")
    ] = None,
    over: Annotated[
        str | None,
        option("Look over time instead: date, order, or another column of transcripts.csv.", metavar="COLUMN"),
    ] = None,
    sample: Annotated[str, option("Only the turns of this sample of the study: an anchor, say.", metavar="NAME")] = "",
    purpose: Annotated[
        Literal["tune", "check", "anchor"] | None, option("With --sample: only its turns for this.", metavar="PURPOSE")
    ] = None,
    html: Annotated[Path | None, option("Write a page to read in a browser.", metavar="FILE")] = None,
    internal: Annotated[
        bool, option("With the words of interviews in the page; its name says so.", "--internal")
    ] = False,
    transcripts: Transcripts = None,
    unit: Annotated[ac.Unit | None, option("What is compared: turn, sentence or transcript.", metavar="UNIT")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Which codes moved between two versions of codebook, prompt or model, or between coders over time."""
    if over is not None:
        then = ac.drift_over_files(
            [*(humans or ()), *runs],
            over=over,
            transcripts=transcripts,
            unit=unit,
            exclude_speakers=exclude_speaker,
            encoding=encoding,
            skip_bad=skip_bad,
            sample=sample,
            purpose=purpose,
        )
        tell(*then.notes)
        if html is not None:
            ac.write_drift_over_page(then, html)
            say(f"written: {html}")
        if as_json:
            print_json(then)
        else:
            ac.show_drift_over(then, stdout())
        if then.skipped:
            raise typer.Exit(3)
        return
    compared = ac.compare_runs(
        runs,
        humans=humans or (),
        transcripts=transcripts,
        unit=unit,
        exclude_speakers=exclude_speaker,
        encoding=encoding,
        skip_bad=skip_bad,
        sample=sample,
        purpose=purpose,
    )
    found = compared.drift
    tell(*found.notes)
    if html is not None:
        say(f"written: {ac.write_drift(found, html, compared.transcripts if internal else None)}")
    if as_json:
        print_json(found)
    else:
        ac.show_drift(found, stdout())
    if found.skipped:
        raise typer.Exit(3)
