"""`autocode settle`: the study's own coding, from what people agree on and what was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import autocode as ac
from autocode.cli.shared import AsJson, option, print_json, say, tell

_NAMED = 10


def settle(
    study: Annotated[Path, typer.Argument(metavar="[STUDY]", help="The study's folder.", show_default=False)] = Path(),
    with_run: Annotated[
        list[Path] | None,
        option("A run whose model counts as one more coder; may be repeated.", "--with", metavar="RUN"),
    ] = None,
    wide: Annotated[
        list[str] | None, option("A column of a wide table that is a coder; may be repeated.", metavar="COLUMN")
    ] = None,
    yes_from: Annotated[float | None, option("A rating is a yes from N on.", metavar="N")] = None,
    as_json: AsJson = False,
) -> None:
    """Write what people agree on or decided to coding/settled.csv. Reviews, and what one coder alone gave, too."""
    where = ac.Study.of_folder(study)
    if where is None:
        raise ac.ConfigError("this is no study: it has no autocode.yaml; name the study's folder", path=study)
    settled = ac.settle_study(where, with_runs=with_run or (), wide=wide or (), yes_from=yes_from)
    tell(*settled.notes)
    if as_json:
        print_json(settled)
    else:
        counts = ", ".join(f"{n} {source}" for source, n in settled.sources.items())
        print(f"{settled.path}: {settled.rows} coded passages in {settled.transcripts} interviews ({counts})")
        print(f"settled between {', '.join(settled.coders)}; decided against a code: {settled.decided_no}")
    if settled.undecided:
        left = len(settled.undecided)
        say(f"{left} disputed passage{'s are' if left > 1 else ' is'} undecided, and not in settled.csv:")
        for each in settled.undecided[:_NAMED]:
            place = f"{each.transcript}, turn {each.turn}" if each.turn else each.transcript
            say(f"  {place}, {each.code}: {', '.join(each.yes)} yes, {', '.join(each.no)} no")
        if left > _NAMED:
            say(f"  and {left - _NAMED} more (--json lists them all)")
        say(f"to go on: autocode agree {study} --agenda agenda.xlsx, fill it in, then --decisions agenda.xlsx")
        raise typer.Exit(3)
