"""The command line: one short function a verb. It parses, calls the library, and prints.

Results go to stdout; talk, warnings and progress bars to stderr. Exit: 0 done, 1 an error that its message explains,
2 wrong usage, 3 finished with gaps, 130 interrupted.
"""

from __future__ import annotations

import atexit
import gc
import io
import sys
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.agree import agree
from autocode.cli.check import check
from autocode.cli.codebook import codebook
from autocode.cli.drift import drift
from autocode.cli.init import init
from autocode.cli.quotes import quotes
from autocode.cli.run import export, run
from autocode.cli.runs import runs
from autocode.cli.sample import sample
from autocode.cli.settle import settle
from autocode.cli.shared import option, say

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False, rich_markup_mode=None)


for verb in (init, check, run, runs, agree, quotes, export, settle, sample, drift):
    app.command()(verb)
app.add_typer(codebook, name="codebook")


def main() -> None:
    """Run the command; what we raise on purpose is printed as it is, and ends it with 1."""
    # Imports make a hundred thousand objects that stay: looking among them for garbage again and again costs a command
    # a tenth of a second.
    gc.set_threshold(50_000, 20, 100)
    # When Python ends it looks for circles among all objects, several times: 0.4 s once a provider's library is loaded.
    # What a command leaves behind is nobody's any more, and need not be looked at.
    atexit.register(gc.freeze)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without some letter still shows the rest
    try:
        app(prog_name="autocode")
    except ac.AutocodeError as error:
        say(str(error))
        sys.exit(1)


@app.callback(invoke_without_command=True)
def autocode(version: Annotated[bool, option("Print the version.", "--version")] = False) -> None:
    """Code interviews with a codebook and a model, check every quote, and measure agreement."""
    if version:
        from importlib.metadata import version as installed

        print(installed("autocode-qda"))
        raise typer.Exit
