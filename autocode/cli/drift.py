"""`autocode drift`: what moved between two versions, or over time; and the ledger of agreement by version."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

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
    say,
    show,
    tell,
)


def drift(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="BEFORE AFTER",
            help="The runs of two versions; with --over or --ledger any coding files and runs, or a study: if none is "
            "named, the one here.",
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
        bool, option("Agreement by codebook version, model, prompt and coders instead.", "--ledger")
    ] = False,
    sample: Annotated[str, option("Only the turns of this sample of the study: an anchor, say.", metavar="NAME")] = "",
    purpose: Annotated[
        Literal["tune", "check", "anchor"] | None, option("With --sample: only its turns for this.", metavar="PURPOSE")
    ] = None,
    html: Annotated[Path | None, option("Write a page to read in a browser.", metavar="FILE")] = None,
    internal: Annotated[
        bool, option("With the words of interviews in the page; its name says so.", "--internal")
    ] = False,
    csv: Annotated[Path | None, option("With --ledger: write the figures as CSV.", metavar="FILE")] = None,
    transcripts: Transcripts = None,
    unit: WhichUnit = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    as_json: AsJson = False,
) -> None:
    """Which codes moved between two versions, or over time. Versions of codebook, prompt or model; coders over time."""
    sampled: dict[str, Any] = {"sample": sample, "purpose": purpose}
    refuse_mixed(runs, over, ledger=ledger, csv=csv, internal=internal, sample=sample)
    every: dict[str, Any] = {
        "transcripts": transcripts,
        "unit": unit,
        "exclude_speakers": exclude_speaker,
        "encoding": encoding,
        "skip_bad": skip_bad,
    }
    named = [*(humans or ()), *(runs or ())]
    if ledger:
        left_out = show_the_ledger(ac.ledger_files(named, **every), csv, html, as_json=as_json)
    elif over is not None:
        left_out = show_over(ac.drift_over_files(named, over=over, **every, **sampled), html, as_json=as_json)
    else:
        compared = ac.compare_runs(runs or (), humans=humans or (), **every, **sampled)
        left_out = show_versions(compared, html, internal=internal, as_json=as_json)
    if left_out:
        raise typer.Exit(3)


def refuse_mixed(
    runs: list[Path] | None, over: str | None, *, ledger: bool, csv: Path | None, internal: bool, sample: str
) -> None:
    """What does not go together is wrong usage: nothing that was asked for is passed over."""
    if ledger and over is not None:
        raise typer.BadParameter("--ledger and --over are two questions; ask them one after the other")
    if ledger and sample:
        raise typer.BadParameter("--sample does not go with --ledger, which is about all that was coded")
    if internal and (ledger or over is not None):
        raise typer.BadParameter("--internal is for the passages of two versions; this page holds no words anyway")
    if csv is not None and not ledger:
        raise typer.BadParameter("--csv goes with --ledger; the rest is in --json")
    if not runs and not ledger and over is None:
        raise typer.BadParameter(
            "name the runs of two versions, BEFORE AFTER; or ask with --over COLUMN or --ledger about the study here"
        )


def show_versions(compared: ac.ComparedRuns, html: Path | None, *, internal: bool, as_json: bool) -> Sequence[str]:
    """Print what moved between two versions, and write the page; the files that were left out."""
    found = compared.drift
    tell(*found.notes)
    if html is not None:
        say(f"written: {ac.write_drift(found, html, compared.transcripts if internal else None)}")
    show(found, ac.show_drift, as_json=as_json)
    return found.skipped


def show_over(found: ac.DriftOverTime, html: Path | None, *, as_json: bool) -> Sequence[str]:
    """Print what moved over time, and write the page; the files that were left out."""
    tell(*found.notes)
    if html is not None:
        ac.write_drift_over_page(found, html)
        say(f"written: {html}")
    show(found, ac.show_drift_over, as_json=as_json)
    return found.skipped


def show_the_ledger(ledger: ac.Ledger, csv: Path | None, html: Path | None, *, as_json: bool) -> Sequence[str]:
    """Print the ledger, and write it where that is asked for; the files that were left out."""
    tell(*ledger.notes)
    if csv is not None:
        ac.write_ledger(ledger, csv)
        say(f"written: {csv}")
    if html is not None:
        ac.write_whole(html, ac.ledger_html(ledger))
        say(f"written: {html}")
    show(ledger, ac.show_ledger, as_json=as_json)
    return ledger.skipped
