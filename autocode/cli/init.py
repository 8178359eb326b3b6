"""`autocode init`: six questions in plain words, and a study with comments from the answers."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import option, say

FLAGS = {
    "transcripts": "--transcripts FOLDER",
    "exclude_speakers": "--exclude-speaker LABEL",
    "approach": "--approach WORD",
    "unit": "--unit WORD",
    "place": "--local or --cloud",
    "coders": "--coder NAME",
}
"""How each question is answered without being asked."""


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)] = Path(),
    transcripts: Annotated[str | None, option("Where the interviews are.", metavar="FOLDER")] = None,
    exclude_speaker: Annotated[
        list[str] | None, option("Whose words are not coded, or nobody; may be repeated.", metavar="LABEL")
    ] = None,
    approach: Annotated[
        str | None, option("reliability, codebook, framework, reflexive or content.", metavar="WORD")
    ] = None,
    unit: Annotated[str | None, option("What is compared: turn, sentence or transcript.", metavar="WORD")] = None,
    local: Annotated[bool | None, option("Whether interviews stay on this computer.", "--local/--cloud")] = None,
    coder: Annotated[list[str] | None, option("Who codes, or nobody; may be repeated.", metavar="NAME")] = None,
    yes: Annotated[bool, option("Take the defaults and ask nothing, for scripts.", "--yes")] = False,
) -> None:
    """Start a study by six questions. Its files come with comments; no file is ever written over."""
    study = ac.NewStudy(folder)
    given = {
        "transcripts": transcripts and [transcripts],
        "exclude_speakers": exclude_speaker,
        "approach": approach and [approach],
        "unit": unit and [unit],
        "place": None if local is None else ["local" if local else "cloud"],
        "coders": coder,
    }
    open_ = [flag for key, flag in FLAGS.items() if given[key] is None]
    if open_ and not yes and not sys.stdin.isatty():
        raise ac.InputError(
            f"there is no terminal to ask the questions at; answer with {', '.join(open_)}, or take the defaults with "
            "--yes"
        )
    try:
        for question in study.questions():
            said = given[question.key]
            if said is not None or yes:
                study.answer(question, question.default if said is None else said)
            else:
                ask(study, question)
    except (KeyboardInterrupt, EOFError):
        say("\nnothing was written")
        raise typer.Exit(130) from None
    tell_started(study, study.write())


def ask(study: ac.NewStudy, question: ac.Question) -> None:
    """Ask at the terminal until there is an answer."""
    say(f"\n{question.words}")
    for number, (word, meaning) in enumerate(question.choices, start=1):
        say(f"  {number}  {word}: {meaning}")
    hint = " (numbers or names, with commas between; or: nobody)" if question.several and question.choices else ""
    default = f" [{', '.join(question.default)}]" if question.default else ""
    while True:
        print(f"Answer{hint}{default}: ", end="", file=sys.stderr, flush=True)
        try:
            line = input().strip()
            return study.answer(question, question.parts(line) if line else question.default)
        except ac.InputError as error:
            say(str(error))


def tell_started(study: ac.NewStudy, started: ac.Started) -> None:
    """Say what was written, what was kept, and what to do next."""
    for path in started.written:
        print(f"written: {path}")
    for path in started.kept:
        print(f"kept as it is: {path}")
    print(f"\nInterviews in {study.place}: {len(study.transcripts) or 'none yet'}")
    for problem in study.bad:
        print(f"  not read: {problem}")
    if study.transcripts and not started.kept:
        excluded = study.answered("exclude_speakers")
        print(f"Not coded: {', '.join(excluded) or 'nobody, so every speaker is coded'}")
    print("\nNext:")
    if not study.transcripts:
        print(f"  put the interviews into {study.place}")
    print(f"  write your codes into {study.folder / 'codebook.yaml'}")
    print(f"  keep in {study.folder / 'coding' / 'coders.csv'} only what was read: unread is missing, not zero")
    print(f"  {shlex.join(['autocode', 'check', str(study.folder)])}")
