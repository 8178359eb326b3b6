"""`autocode agree`: agreement between coders, people and models alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    as_json: AsJson = False,
    alternative_test: Annotated[
        float | None,
        option("Test whether a model may stand in for a person, with this advantage of people.", metavar="EPSILON"),
    ] = None,
    html: Annotated[Path | None, option("Write the report as a page to read in a browser.", metavar="FILE")] = None,
    docx: Annotated[Path | None, option("Write the report as a Word file, to edit.", metavar="FILE")] = None,
    internal: Annotated[
        bool, option("With the words of interviews in page and Word file; the name says so.", "--internal")
    ] = False,
) -> None:
    """Agreement between coders, code by code: people and models alike."""
    compared = ac.compare_files(
        coding,
        transcripts=transcripts,
        codebook=codebook,
        unit=unit,
        exclude_speakers=exclude_speaker,
        wide=wide or (),
        yes_from=yes_from,
        encoding=encoding,
        skip_bad=skip_bad,
        alternative_test=alternative_test,
    )
    shown = ac.withhold(compared.agreement)
    if csv is not None:
        ac.write_agreement(shown, csv)
        say(f"written: {csv}")
    if html is not None or docx is not None:
        report = ac.agreement_report(compared, internal=internal)
        if html is not None:
            say(f"written: {ac.write_agreement_page(report, html)}")
        if docx is not None:
            say(f"written: {ac.write_agreement_docx(report, docx)}")
    tell(*shown.notes)
    if as_json:
        print_json(shown)
    else:
        ac.show_agreement(shown, stdout())
    if len(shown.coders) < 2:
        say(f"only one coder ({shown.coders[0].name}), so there is nothing to compare; name a second coding")
        raise typer.Exit(1)
