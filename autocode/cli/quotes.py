"""`autocode quotes`: how sound the quotes of a run are, and what people decided about them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import AsJson, Encoding, Transcripts, option, say, show


def quotes(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    transcripts: Transcripts = None,
    html: Annotated[Path | None, option("Write a page to read in a browser.", metavar="FILE")] = None,
    csv: Annotated[Path | None, option("Write the quotes to judge as CSV.", metavar="FILE")] = None,
    accept: Annotated[list[str] | None, option("Keep this quote, as it stands; may be repeated.", metavar="ID")] = None,
    reject: Annotated[list[str] | None, option("Take this quote out; may be repeated.", metavar="ID")] = None,
    move: Annotated[
        list[str] | None, option("Move this quote to other characters; may be repeated.", metavar="ID:START-END")
    ] = None,
    by: Annotated[str | None, option("Who decides, with --accept, --reject and --move.", metavar="NAME")] = None,
    note: Annotated[str, option("Why.", metavar="TEXT")] = "",
    encoding: Encoding = None,
    as_json: AsJson = False,
) -> None:
    """How a run's quotes were found, and each that needs a look. Verdicts are kept beside the coding."""
    the_run = ac.Run(run)
    study = ac.Study.at(transcripts) if transcripts else ac.Study.of_run(run) or ac.Study.at(Path())
    texts, _ = study.transcripts(encoding=encoding)
    decided = ac.judge(the_run, accept=accept or (), reject=reject or (), move=move or (), by=by, note=note)
    if decided:
        say(f"{decided} verdicts written to {the_run.verdicts}")
        ac.export(the_run, texts)
    report = ac.quote_report(the_run, texts)
    if csv is not None:
        ac.write_quotes(report, csv)
        say(f"written: {csv}")
    if html is not None:
        ac.write_whole(html, ac.quotes_html(report))
        say(f"written: {html}")
    show(report, ac.show_quotes, as_json=as_json)
