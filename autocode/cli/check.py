"""`autocode check`: what is to know of a study before anything is paid."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import AsJson, CodebookFile, Encoding, ExcludeSpeaker, option, print_json, stdout


def check(
    where: Annotated[Path, typer.Argument(metavar="STUDY | TRANSCRIPTS", show_default=False)] = Path(),
    codebook: CodebookFile = None,
    model: Annotated[str | None, option("openai/NAME or anthropic/NAME, to see its price.", metavar="MODEL")] = None,
    base_url: Annotated[str | None, option("An OpenAI-compatible server of your own.", metavar="URL")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    strict: Annotated[bool, option("End with 1 on warnings, too.", "--strict")] = False,
    words: Annotated[bool, option("Put each speaker's first words into the JSON.", "--words")] = False,
    as_json: AsJson = False,
) -> None:
    """What a run would meet and cost. Looks at transcripts, speakers, codebook and coding; asks and writes nothing."""
    study = ac.Study.at(where, transcripts=codebook is not None).excluding(exclude_speaker)
    found = ac.check(study, codebook=codebook, model=model, base_url=base_url, encoding=encoding)
    if as_json:
        print_json(found if words else found.without_words())
    else:
        ac.show_check(found, stdout())
    if found.count("error") or (strict and found.count("warning")):
        raise typer.Exit(1)
