"""`autocode run`: code transcripts with a model; and `autocode export`, which asks nothing."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

import autocode as ac
from autocode.cli.preview import show_preview
from autocode.cli.progress import progress_bar
from autocode.cli.sending import gate, planned
from autocode.cli.shared import (
    AsJson,
    CodebookFile,
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


def run(
    where: Annotated[Path, typer.Argument(metavar="STUDY | TRANSCRIPTS", show_default=False)] = Path(),
    codebook: CodebookFile = None,
    model: Annotated[
        str | None, option("openai/NAME, anthropic/NAME or lexical, the baseline.", metavar="MODEL")
    ] = None,
    out: Annotated[Path | None, option("The run folder; by default runs/CODEBOOK-vN-MODEL.", metavar="FOLDER")] = None,
    dry_run: Annotated[bool, option("Show calls, tokens and the first prompt; ask nothing.", "--dry-run")] = False,
    limit: Annotated[int | None, option("Code only the first N transcripts.", min=1, metavar="N")] = None,
    sample: Annotated[
        str | None, option("Code only the turns of this sample: an anchor, say, with every version.", metavar="NAME")
    ] = None,
    since: Annotated[
        Path | None,
        option("Ask only for codes that changed since this run; the rest is its coding.", metavar="RUN"),
    ] = None,
    repeat: Annotated[int, option("Ask every passage K times, to see the noise.", min=1, metavar="K")] = 1,
    requote: Annotated[bool, option("Ask once more for quotes that are not word for word.", "--requote")] = False,
    concurrency: Annotated[
        int | None, option("Calls at the same time, 1 to 256; by default 16.", min=1, max=256, metavar="N")
    ] = None,
    batch: Annotated[
        bool, option("Hand the calls in at half the price; the same command later takes them in.", "--batch")
    ] = False,
    max_cost: Annotated[
        float | None, option("Stop before the whole run costs more than this.", min=0, metavar="USD")
    ] = None,
    base_url: Annotated[str | None, option("An OpenAI-compatible server of your own.", metavar="URL")] = None,
    timeout: Annotated[
        float, option("How long an answer is waited for, in seconds; a model on a small machine may need more.", min=1)
    ] = 120,
    prompt: Annotated[Path | None, option("Your own prompt template.", metavar="FILE")] = None,
    exclude_speaker: ExcludeSpeaker = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    yes: Annotated[bool, option("Answer yes to questions, for scripts.", "--yes")] = False,
    send: Annotated[Literal["cloud"] | None, option("Let transcripts leave this machine.", metavar="cloud")] = None,
    approved_by: Annotated[str | None, option("Who approved that.", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """Code transcripts with a model. The same command again resumes."""
    study = ac.Study.at(where, transcripts=codebook is not None).excluding(exclude_speaker)
    settings = study.config
    book = study.codebook(codebook)
    shelf, bad = study.shelf(encoding=encoding, skip_bad=skip_bad)
    name = model or settings.model or "lexical"
    # The baseline asks no server: a base URL of the study is for its models.
    address = base_url or (settings.base_url if name != "lexical" else None)
    coder = ac.model_coder(name, book, base_url=address, timeout_seconds=timeout)
    drawn, gone = ac.run_sample(study, sample, shelf.values()) if sample else (None, [])
    the_run = study.run(
        out or study.root / "runs" / (ac.run_name(book, coder.name) + (f"-{sample}" if sample else "")),
        prompt=prompt,
        repeat=repeat,
        since=since,
        sample=drawn,
    )
    tell(
        *book.notes,
        *study.unknown_speakers(shelf.values(), book),
        *shelf.notes,
        *map(str, bad),
        *gone,
    )
    wanted = [id for id in shelf if drawn is None or id in drawn.turns][:limit]
    if dry_run:
        wanted = planned(study, coder, book, shelf, wanted, send)
        show_preview(ac.preview(shelf, book, coder=coder, run=the_run, only=wanted), as_json=as_json)
        return
    refuse_in_vain(study, the_run, coder, book, shelf)
    if isinstance(coder, ac.LexicalCoder):
        say(ac.BASELINE_NOTE)
    wanted = gate(study, the_run, coder, shelf, wanted, yes, send, approved_by)
    if since is not None:
        say(ac.since_or_new(shelf, book, coder=coder, run=the_run, only=wanted))
    again = shlex.join(["autocode", *sys.argv[1:]])
    with to_go_on(again), progress_bar() as progress:
        ac.code(
            shelf,
            book,
            coder=coder,
            run=the_run,
            only=wanted,
            requote=requote,
            concurrency=concurrency or settings.concurrency,
            batch=batch,
            max_usd=max_cost,
            progress=progress,
        )
    if show_outcome(study, the_run, shelf, again, as_json=as_json) or bad:
        raise typer.Exit(3)


def refuse_in_vain(study: ac.Study, the_run: ac.Run, coder: ac.Coder, book: ac.Codebook, shelf: ac.Shelf) -> None:
    """Refuses what could not be coded after all, before anybody is asked anything."""
    check = getattr(coder, "check", None)
    if check is not None:
        check()
    study.refuse_run_among_files(the_run.path)
    if not ac.is_loopback(getattr(coder, "endpoint", "")):
        study.refuse_examples_of(study.kept_here(shelf), book)


@contextmanager
def to_go_on(again: str) -> Iterator[None]:
    """Ends the command where somebody interrupts it, and says how to go on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        say(f"interrupted; what was answered is kept. To go on: {again}")
        if isinstance(stop, ac.StoppedNow):
            sys.stdout.flush()
            os._exit(130)  # the threads that still wait for an answer would keep us for minutes
        raise typer.Exit(130) from None


def show_outcome(study: ac.Study, the_run: ac.Run, shelf: ac.Shelf, again: str, *, as_json: bool) -> bool:
    """What was coded and what to type next; whether stretches have no decision."""
    summary = ac.summarise(the_run, shelf.values())
    tell(*summary.notes)
    if as_json:
        print_json(summary)
    elif summary.waiting and not summary.calls:
        # A table of noughts would say less.
        print(f"Not coded yet, but in a batch: {len(summary.uncoded)} stretches; the run is {the_run.path}")
    else:
        ac.show_summary(summary, stdout())
        odd = any(summary.matches[match] for match in ("altered", "none"))
        print("\n" + next_steps(study, the_run, odd=odd))
    for batch in summary.waiting:
        say(
            f"batch {batch.batch} waits at {batch.where} since {batch.submitted}: "
            f"{batch.done} of {batch.calls} done so far"
        )
    if summary.waiting:
        say(f"Providers end a batch within a day; to see whether it is done, and take the answers in: {again}")
    left = [gap for gap in summary.uncoded if not gap.waits]
    if left:
        # What is too short to halve does not fit however often it is asked.
        hopeless = all("too short to halve" in gap.reason for gap in left)
        hint = "; a model with a longer reply is needed" if hopeless else f". To ask for them again: {again}"
        if all(gap.reason.startswith("not asked:") for gap in left):
            hint = f", because of the cost limit. To go on, give the same command with a higher --max-cost: {again}"
        say(f"{len(left)} stretches have no decision: missing, not zero{hint}")
    return bool(summary.uncoded or summary.waiting)


def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    transcripts: Transcripts = None,
    encoding: Encoding = None,
) -> None:
    """Write a run's coding.csv again from its recorded calls. Nothing is asked."""
    the_run = ac.Run(run)
    study = ac.Study.at(transcripts) if transcripts else ac.Study.of_run(run) or ac.Study.at(Path())
    texts, _ = study.transcripts(encoding=encoding)
    ac.export(the_run, texts)
    tell(*the_run.notes)
    say(f"written: {the_run.table} (quotes located by version {ac.GROUNDER} of the rules)")
    if the_run.gaps:
        say(f"{len(the_run.gaps)} stretches have no decision: missing, not zero")
        raise typer.Exit(3)


def next_steps(study: ac.Study, run: ac.Run, *, odd: bool) -> str:
    """What was written where, and what to type next."""
    if study.config.file and study.config.coding.exists():
        agree = shlex.join(["autocode", "agree", str(study.root)])
    else:
        given = ["--transcripts", str(study.config.transcripts)]
        agree = shlex.join(["autocode", "agree", "YOUR-CODING.csv", str(run.path), *given])
    look = f" (what is not word for word: {shlex.join(['autocode', 'quotes', str(run.path)])})" if odd else ""
    return (
        f"Written: {run.table} (every quote with its place), and every reply in {run.path / 'calls.jsonl'}\n"
        f"Next: read the quotes{look}; then compare with people's coding: {agree}"
    )
