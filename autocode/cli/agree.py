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
    WhichUnit,
    option,
    print_json,
    say,
    show,
    tell,
)


def agree(
    coding: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="CODING...",
            help="Coding files, folders of them, runs; or a study. Left out, the study here.",
            show_default=False,
        ),
    ] = None,
    transcripts: Transcripts = None,
    codebook: CodebookFile = None,
    unit: WhichUnit = None,
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
    alternative_test: Annotated[
        float | None,
        option("Test whether a model may stand in for a person, with this advantage of people.", metavar="EPSILON"),
    ] = None,
    agenda: Annotated[
        Path | None, option("Write the disputed passages for a meeting: .xlsx, .docx or .csv.", metavar="FILE")
    ] = None,
    decisions: Annotated[
        Path | None, option("Read a filled agenda into the study's decisions.csv.", metavar="FILE")
    ] = None,
    html: Annotated[Path | None, option("Write the report as a page to read in a browser.", metavar="FILE")] = None,
    docx: Annotated[Path | None, option("Write the report as a Word file, to edit.", metavar="FILE")] = None,
    internal: Annotated[
        bool, option("With the words of interviews in page and Word file; the name says so.", "--internal")
    ] = False,
) -> None:
    """Agreement between coders, code by code: people and models alike."""
    if not coding and ac.Study.of_folder(Path()) is None:
        raise ac.ConfigError("name coding files, runs or a study: this folder is none, for it has no autocode.yaml")
    compared = ac.compare_files(
        coding or [Path()],
        transcripts=transcripts,
        codebook=codebook,
        unit=unit,
        exclude_speakers=exclude_speaker,
        wide=wide or (),
        yes_from=yes_from,
        encoding=encoding,
        skip_bad=skip_bad,
        alternative_test=alternative_test,
        sample=sample,
        purpose=purpose,
    )
    if decisions is not None:
        take(compared, decisions, as_json=as_json)
        return leave(compared)
    reflexive = compared.study.config.approach == "reflexive"
    if html is not None or docx is not None:
        write_reports(compared, html, docx, internal=internal)
    if agenda is not None or reflexive:
        disputed, told = ac.open_disputes(compared)
        tell(*told)
        if agenda is not None:
            ac.write_agenda(disputed, agenda, compared.codebook, reflexive=reflexive)
            say(f"written: {agenda}")
        if reflexive:
            readings(compared, disputed, csv, as_json=as_json)
            return leave(compared)
    shown = figures(compared, csv, as_json=as_json)
    if len(shown.coders) < 2:
        say(f"only one coder ({shown.coders[0].name}), so there is nothing to compare; name a second coding")
        raise typer.Exit(1)
    if agenda is None and (line := ac.disputes_line(*ac.open_counts(compared))):
        say(line)
    return leave(compared)


def leave(compared: ac.Compared) -> None:
    """End with 3 where transcripts were left out because they cannot be read."""
    if compared.skipped:
        raise typer.Exit(3)


def take(compared: ac.Compared, agenda: Path, *, as_json: bool) -> None:
    """Read what a meeting decided."""
    taken = ac.decisions_from(compared, agenda)
    tell(*compared.left_out, *taken.notes)
    if as_json:
        print_json(taken)
    else:
        print(
            f"{taken.path}: {taken.added} decisions added, {taken.known} stood there already, "
            f"{taken.blank} passages without a decision"
        )


def figures(compared: ac.Compared, csv: Path | None, *, as_json: bool) -> ac.Agreement:
    """Print the figures, and write them as CSV where that is asked for."""
    shown = ac.withhold(compared.agreement())
    if csv is not None:
        ac.write_agreement(shown, csv)
        say(f"written: {csv}")
    tell(*shown.notes)
    show(shown, ac.show_agreement, as_json=as_json)
    return shown


def readings(compared: ac.Compared, disputed: ac.Disputes, csv: Path | None, *, as_json: bool) -> None:
    """What was read differently, without a figure: so the study's approach is."""
    if csv is not None:
        raise ac.ConfigError("approach: reflexive gives no figures to write; take --agenda FILE.csv for the readings")
    tell(*compared.left_out, *(note for coding in compared.coders for note in coding.notes))
    show(disputed, ac.show_readings, as_json=as_json)


def write_reports(compared: ac.Compared, html: Path | None, docx: Path | None, *, internal: bool) -> None:
    """Write the report as a page, as a Word file, or both."""
    report = ac.agreement_report(compared.basis(), internal=internal)
    if html is not None:
        say(f"written: {ac.write_agreement_page(report, html)}")
    if docx is not None:
        say(f"written: {ac.write_agreement_docx(report, docx)}")
