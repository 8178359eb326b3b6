"""What the verbs share: options of one name, and how a result, a note and an error are printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

_Result = TypeVar("_Result")


def option(help: str, *names: str, metavar: str | None = None, **settings: Any) -> Any:
    """An option without a default worth showing."""
    return typer.Option(*names, help=help, metavar=metavar, show_default=False, **settings)


AsJson = Annotated[bool, option("Print the result as JSON.", "--json")]
CodebookFile = Annotated[Path | None, option("The codebook.", metavar="FILE")]
Encoding = Annotated[str | None, option("How text files are written, where that is not UTF-8.", metavar="NAME")]
ExcludeSpeaker = Annotated[
    list[str] | None, option("A label that is never coded, such as INT; may be repeated.", metavar="LABEL")
]
SkipBad = Annotated[bool, option("Leave out transcripts that cannot be read (exit 3).", "--skip-bad")]
Transcripts = Annotated[Path | None, option("The transcripts, where that is not the study's folder.", metavar="FOLDER")]

# The words of ac.Unit, written out: to ask for that name would load every noun, and pydantic, for any verb's help.
WhichUnit = Annotated[
    Literal["turn", "sentence", "transcript"] | None,
    option("What is compared: turn, sentence or transcript.", metavar="UNIT"),
]


def print_json(result: Any) -> None:
    """Print a noun as JSON."""
    data = result if isinstance(result, dict) else result.model_dump(mode="json")
    print(json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False))


def show(result: _Result, for_people: Callable[[_Result, Console], None], *, as_json: bool) -> None:
    """Print a noun as JSON, or as people read it."""
    if as_json:
        print_json(result)
    else:
        for_people(result, stdout())


def stdout() -> Console:
    """The terminal, with words of people and codebooks never read as markup."""
    from rich.console import Console

    # Into a file or a pipe nothing is cut to the width of a terminal that is not there.
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
    return Console(markup=False, highlight=False, emoji=False, width=width)


def tell(*notes: str) -> None:
    """Say each note once."""
    for note in dict.fromkeys(notes):
        say(f"note: {note}")


def say(text: str) -> None:
    """Talk to the person, beside the result. What files say cannot steer the terminal."""
    print("".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text), file=sys.stderr)
