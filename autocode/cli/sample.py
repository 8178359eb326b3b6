"""`autocode sample`: which turns people code, and what coding so many of them will be worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

import autocode as ac
from autocode.cli.shared import AsJson, CodebookFile, Encoding, ExcludeSpeaker, option, print_json, say, tell


def sample(
    study_or_name: Annotated[
        str | None, typer.Argument(metavar="STUDY", help="The study; left out, it is here.", show_default=False)
    ] = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The sample.", show_default=False)] = None,
    blocks: Annotated[int | None, option("Draw N blocks from every interview.", min=1, metavar="N")] = None,
    turns: Annotated[int, typer.Option(help="So many turns make a block.", min=1, metavar="K")] = 8,
    passages: Annotated[int | None, option("Draw about N turns in all; or plan for N.", min=1, metavar="N")] = None,
    purpose: Annotated[
        Literal["tune", "check", "anchor"] | None,
        option("tune: to work with; check: held out; anchor: coded again and again.", metavar="PURPOSE"),
    ] = None,
    anchor: Annotated[bool, option("The same as --purpose anchor.", "--anchor")] = False,
    seed: Annotated[int, typer.Option(help="Another number draws other turns.", metavar="S")] = 1,
    force: Annotated[bool, option("Replace a sample that nobody has compared coding on.", "--force")] = False,
    plan: Annotated[bool, option("Draw nothing: say what coding --passages will be worth.", "--plan")] = False,
    coders: Annotated[int, typer.Option(help="With --plan: how many code.", metavar="K")] = 2,
    prevalence: Annotated[
        float | None, option("With --plan: the share of passages with a code, if nothing is coded.", metavar="SHARE")
    ] = None,
    alpha: Annotated[
        float, typer.Option(help="With --plan: the alpha reckoned with until two people have coded.", metavar="ALPHA")
    ] = 0.7,
    minutes_a_passage: Annotated[
        float, typer.Option(help="With --plan: how long a coder needs for a passage.", metavar="MINUTES")
    ] = 1.0,
    codebook: CodebookFile = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    as_json: AsJson = False,
) -> None:
    """Draw blocks of turns in every interview. Or plan how many it takes, with --plan."""
    where = study_or_name if plan or name else None  # a single word is the name of a sample of the study here
    name = name or study_or_name
    study = ac.Study.at(Path(where or ".")).excluding(exclude_speaker)
    if plan:
        show_plan(study, coders, passages, prevalence, alpha, minutes_a_passage, codebook, encoding, as_json=as_json)
        return
    if not name:
        raise typer.BadParameter("give the sample a name, after the study if that is not here")
    if anchor and purpose not in (None, "anchor"):
        raise typer.BadParameter(f"--anchor and --purpose {purpose} exclude each other")
    path, drawn = ac.draw_sample(
        study,
        name,
        blocks=blocks,
        passages=passages,
        turns=turns,
        purpose="anchor" if anchor else purpose or "tune",
        seed=seed,
        codebook=codebook,
        encoding=encoding,
        force=force,
    )
    tell(*drawn.notes)
    say(f"written: {path}")
    if as_json:
        print_json(drawn)
    else:
        print(
            f"{len(drawn.turns)} of {drawn.n_codable} turns that may be coded, in {drawn.n_blocks} blocks over "
            f"{drawn.n_transcripts} interviews (purpose {drawn.purpose}, seed {drawn.seed})"
        )


def show_plan(
    study: ac.Study,
    coders: int,
    passages: int | None,
    prevalence: float | None,
    alpha: float,
    minutes: float,
    codebook: Path | None,
    encoding: str | None,
    *,
    as_json: bool,
) -> None:
    """Print what coding so many passages will be worth."""
    if passages is None:
        raise typer.BadParameter("--plan needs --passages N: how many turns each coder would code")
    found = ac.plan_sample(
        study,
        coders=coders,
        passages=passages,
        prevalence=prevalence,
        alpha=alpha,
        minutes_a_passage=minutes,
        codebook=codebook,
        encoding=encoding,
    )
    tell(*found.notes)
    if as_json:
        print_json(found)
    else:
        for line in found.lines():
            print(line)
