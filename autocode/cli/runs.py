"""`autocode runs`: the runs of a study, and what left this machine by them. It asks nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import AsJson, Encoding, Transcripts, option, say, show, tell


def runs(
    where: Annotated[
        list[Path] | None,
        typer.Argument(metavar="STUDY | RUN...", help="A study, by default this one, or run folders."),
    ] = None,
    sent: Annotated[bool, option("What left this machine: whose words, how many, for where, when.", "--sent")] = False,
    transcripts: Transcripts = None,
    encoding: Encoding = None,
    csv: Annotated[Path | None, option("With --sent: write that as CSV, too.", metavar="FILE")] = None,
    as_json: AsJson = False,
) -> None:
    """List runs: calls, tokens, cost, gaps. With --sent: what left this machine, and who approved it."""
    folders = list(dict.fromkeys(run for path in where or [Path()] for run in ac.find_runs(path)))
    if not sent:
        if csv is not None:
            raise typer.BadParameter("--csv goes with --sent")
        found = ac.list_runs(folders)
        show(found, ac.show_runs, as_json=as_json)
        return
    study = study_of(where or [Path()], folders, transcripts)
    people = study.participants() if study else None
    left = ac.what_left(folders, texts_of(study, encoding), participants=people)
    if csv is not None:
        ac.write_sent(left, csv)
        say(f"written: {csv}")
    show(left, ac.show_sent, as_json=as_json)


def study_of(where: list[Path], runs: list[Path], transcripts: Path | None) -> ac.Study | None:
    """The study that the runs belong to, for its transcripts and participants; None: nobody knows it."""
    found = {}
    for path in [*where, *runs]:
        study = ac.Study.of_folder(path) or ac.Study.of_run(path)
        if study is not None:
            found[study.root.resolve()] = study
    if len(found) > 1:
        names = ", ".join(map(str, sorted(found)))
        raise ac.InputError(f"these runs are of several studies ({names}); ask for one study at a time")
    study = next(iter(found.values()), None)
    if transcripts is None:
        return study
    return (study or ac.Study.here()).with_transcripts(transcripts)


def texts_of(study: ac.Study | None, encoding: str | None) -> Iterable[ac.Transcript]:
    """The transcripts as they are now; what cannot be read is told, and its words are estimated."""
    if study is None:
        tell("no study is around these runs, so words are estimated; name the transcripts with --transcripts")
        return ()
    try:
        texts, bad = study.transcripts(encoding=encoding, skip_bad=True)
    except ac.InputError as error:
        tell(f"{error}; words are estimated")
        return ()
    tell(*map(str, bad))
    return texts
