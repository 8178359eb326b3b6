"""`autocode agree`: agreement between coders, people and models alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import autocode as ac
from autocode.cli.shared import (
    AsJson,
    CodebookFile,
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


def agree(
    coding: Annotated[
        list[Path],
        typer.Argument(
            metavar="CODING...", help="Coding files, folders of them, runs; or a study.", show_default=False
        ),
    ],
    transcripts: Transcripts = None,
    codebook: CodebookFile = None,
    unit: Annotated[ac.Unit | None, option("What is compared: turn, sentence or transcript.", metavar="UNIT")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    wide: Annotated[
        list[str] | None, option("A column of a wide table that is a coder; may be repeated.", metavar="COLUMN")
    ] = None,
    yes_from: Annotated[float | None, option("A rating is a yes from N on.", metavar="N")] = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    csv: Annotated[Path | None, option("Write the figures as CSV, too.", metavar="FILE")] = None,
    sample: Annotated[str, option("Compare only the turns of this sample.", metavar="NAME")] = "",
    purpose: Annotated[
        Literal["tune", "check", "anchor"] | None, option("With --sample: only its turns for this.", metavar="PURPOSE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Agreement between coders, code by code: people and models alike."""
    agreement = ac.agree_files(
        coding,
        transcripts=transcripts,
        codebook=codebook,
        unit=unit,
        exclude_speakers=exclude_speaker,
        wide=wide or (),
        yes_from=yes_from,
        encoding=encoding,
        skip_bad=skip_bad,
        sample=sample,
        purpose=purpose,
    )
    shown = ac.withhold(agreement)
    if csv is not None:
        ac.write_agreement(shown, csv)
        say(f"written: {csv}")
    tell(*shown.notes)
    if as_json:
        print_json(shown)
    else:
        ac.show_agreement(shown, stdout())
    if len(shown.coders) < 2:
        say(f"only one coder ({shown.coders[0].name}), so there is nothing to compare; name a second coding")
        raise typer.Exit(1)
