"""`autocode drift`: what moved between two versions, or over time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import (
    AsJson,
    Encoding,
    ExcludeSpeaker,
    SkipBad,
    Transcripts,
    WhichUnit,
    option,
    print_json,
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
    transcripts: Transcripts = None,
    unit: WhichUnit = None,
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
        )
        tell(*then.notes)
        if as_json:
            print_json(then)
        else:
            ac.show_drift_over(then, stdout())
        return
    found = ac.drift_files(
        runs,
        humans=humans or (),
        transcripts=transcripts,
        unit=unit,
        exclude_speakers=exclude_speaker,
        encoding=encoding,
        skip_bad=skip_bad,
    )
    tell(*found.notes)
    if as_json:
        print_json(found)
    else:
        ac.show_drift(found, stdout())
