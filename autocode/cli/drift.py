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
    option,
    print_json,
    stdout,
    tell,
)


def drift(
    runs: Annotated[
        list[Path],
        typer.Argument(metavar="BEFORE AFTER", help="The runs of two versions.", show_default=False),
    ],
    humans: Annotated[
        list[Path] | None, option("People's coding to hold beside it; may be repeated.", metavar="CODING")
    ] = None,
    transcripts: Transcripts = None,
    unit: Annotated[ac.Unit | None, option("What is compared: turn, sentence or transcript.", metavar="UNIT")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Which codes moved between two versions of codebook, prompt or model, beyond the model's own noise."""
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
