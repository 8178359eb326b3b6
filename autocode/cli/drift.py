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
    say,
    stdout,
    tell,
)


def drift(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="BEFORE AFTER",
            help="The runs of two versions; with --over or --ledger any coding files and runs, or a study.",
            show_default=False,
        ),
    ] = None,
    humans: Annotated[
        list[Path] | None, option("People's coding to hold beside it; may be repeated.", metavar="CODING")
    ] = None,
    over: Annotated[
        str | None,
        option("Look over time instead: date, order, or another column of transcripts.csv.", metavar="COLUMN"),
    ] = None,
    ledger: Annotated[
        bool, option("Agreement by codebook version, model, prompt and coders instead; of the study here.", "--ledger")
    ] = False,
    csv: Annotated[Path | None, option("With --ledger: write the figures as CSV, too.", metavar="FILE")] = None,
    html: Annotated[Path | None, option("Write a page to read in a browser.", metavar="FILE")] = None,
    transcripts: Transcripts = None,
    unit: Annotated[ac.Unit | None, option("What is compared: turn, sentence or transcript.", metavar="UNIT")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Which codes moved between two versions of codebook, prompt or model, or between coders over time."""
    refuse_mixed(runs, over, csv, html, ledger=ledger)
    if ledger:
        kept = ac.ledger_files(
            [*(humans or ()), *(runs or ())],
            transcripts=transcripts,
            unit=unit,
            exclude_speakers=exclude_speaker,
            encoding=encoding,
            skip_bad=skip_bad,
        )
        show_the_ledger(kept, csv, html, as_json=as_json)
        return
    if over is not None:
        then = ac.drift_over_files(
            [*(humans or ()), *(runs or ())],
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
        runs or (),
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


def refuse_mixed(
    runs: list[Path] | None, over: str | None, csv: Path | None, html: Path | None, *, ledger: bool
) -> None:
    """What does not go together is wrong usage: nothing that was asked for is passed over."""
    if ledger and over is not None:
        raise typer.BadParameter("--ledger and --over are two questions; ask them one after the other")
    if not ledger and csv is not None:
        raise typer.BadParameter("--csv goes with --ledger")
    if not ledger and html is not None:
        raise typer.BadParameter("--html goes with --ledger")
    if not ledger and not runs:
        raise typer.BadParameter("name the runs of two versions, BEFORE AFTER")


def show_the_ledger(ledger: ac.Ledger, csv: Path | None, html: Path | None, *, as_json: bool) -> None:
    """Print the ledger, and write it where that is asked for."""
    tell(*ledger.notes)
    if csv is not None:
        ac.write_ledger(ledger, csv)
        say(f"written: {csv}")
    if html is not None:
        ac.write_whole(html, ac.ledger_html(ledger))
        say(f"written: {html}")
    if as_json:
        print_json(ledger)
    else:
        ac.show_ledger(ledger, stdout())
