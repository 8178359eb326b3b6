"""`autocode codebook`: what is done with a codebook by itself, before and between codings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.codebook_versions import diff, release, status
from autocode.cli.shared import AsJson, Encoding, option, print_json, say, tell

codebook = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Check a codebook, release and compare its versions, convert it."
)


@codebook.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="The codebook.", show_default=False)],
    target: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Its new file: .yaml, .csv, .xlsx, .json or .docx.", show_default=False),
    ],
    force: Annotated[bool, option("Replace OUT if it stands there.", "--force")] = False,
    encoding: Encoding = None,
) -> None:
    """Write a codebook in another form; what is lost is told first."""
    written = ac.convert_codebook(source, target, force=force, encoding=encoding, tell=tell)
    say(f"written: {target} ({len(written.codes)} codes)")


@codebook.command()
def lint(
    where: Annotated[
        Path, typer.Argument(metavar="FILE|STUDY", help="A codebook, or a study; here if absent.", show_default=False)
    ] = Path(),
    strict: Annotated[bool, option("Exit 1 if anything is found.", "--strict")] = False,
    encoding: Encoding = None,
    as_json: AsJson = False,
) -> None:
    """What will make coders disagree, each with its line."""
    path = ac.Study.at(where).config.codebook if where.is_dir() else where
    book, lines = ac.read_codebook_with_lines(path, encoding=encoding)
    result = ac.lint(book, lines)
    tell(*book.notes)
    if as_json:
        print_json(result)
    else:
        for sentence in result.sentences():
            print(sentence)
    say(f"{path}: {result.summary()}")
    if strict and result.findings:
        raise typer.Exit(1)


for verb in (diff, release, status):
    codebook.command()(verb)
