"""The runs of a study in a table: what each was asked with, how far it is, what it used, and who works on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from autocode.data import Data, Usage
from autocode.errors import RunError
from autocode.prices import spent
from autocode.reporting.cost_shown import dollars, in_cache
from autocode.runs import Holder, Run, RunInfo, holder_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDE = 140


class RunLine(Data):
    """One run."""

    run: str
    """The name of its folder."""
    path: str
    model: str
    baseline: bool
    base_url: str
    codebook: str
    """The id of the codebook."""
    version: int
    transcripts: int
    repeats: int
    """How often each passage is asked about."""
    calls: int
    """Requests with a recorded answer, of whatever kind."""
    calls_planned: int
    """Different questions in the plan. Those asked again for their quotes are not in it."""
    open: int
    """Planned questions without a usable answer: their passages have no decision."""
    usage: Usage
    usd: float | None
    """By the price list; None where no price is known."""
    first: str
    """When the first call began (UTC); blank: there is none."""
    last: str
    state: Literal["complete", "open", "not begun"]
    holder: Holder | None = None
    """The process that works on it, or that ended in the middle."""


class RunList(Data):
    """Some runs, in the order given."""

    format: Literal["autocode-runs/1"] = "autocode-runs/1"
    runs: tuple[RunLine, ...]


def list_runs(folders: Iterable[Path | str]) -> RunList:
    """How far some runs are, from their plans and journals; nothing is asked or written.

    Raises RunError for a folder without a run, or with one that cannot be read.
    """
    return RunList(runs=tuple(_line(Run(folder)) for folder in folders))


def _line(run: Run) -> RunLine:
    info = run.info
    if info is None:
        raise RunError(f"{run.path}: there is no run here; make one with `autocode run`")
    answered: set[str] = set()
    calls, usage, first, last = 0, Usage(), "", ""
    batched, by_batch = Usage(), 0
    for head in run.calls.heads():
        calls, usage = calls + 1, usage.plus(head.usage)
        first, last = min(first or head.started, head.started), max(last, head.started)
        if head.batch is not None:  # those cost half
            by_batch, batched = by_batch + 1, batched.plus(head.usage)
        if head.outcome == "answered":
            answered.add(head.key)
    planned, waiting, repeats = _planned(run, info, answered)
    return RunLine(
        run=run.name,
        path=run.path.as_posix(),
        model=info.model,
        baseline=info.baseline,
        base_url=info.base_url,
        codebook=info.codebook.id,
        version=info.codebook.version,
        transcripts=len(info.transcripts),
        repeats=repeats,
        calls=calls,
        calls_planned=planned,
        open=waiting,
        usage=usage,
        usd=None if info.baseline else _usd(info, usage, calls, batched, by_batch),
        first=first,
        last=last,
        state="open" if waiting else "complete" if planned or run.table.exists() else "not begun",
        holder=holder_of(run.path),
    )


def _usd(info: RunInfo, usage: Usage, calls: int, batched: Usage, by_batch: int) -> float | None:
    """What the calls cost by the price list, those of a batch at a batch's price; None where a price is not known."""
    usd = spent(info.model, usage.without(batched), base_url=info.base_url, calls=calls - by_batch)
    if not by_batch or usd is None:
        return usd
    as_batch = spent(info.model, batched, base_url=info.base_url, batch=True, calls=by_batch)
    return None if as_batch is None else usd + as_batch


def _planned(run: Run, info: RunInfo, answered: set[str]) -> tuple[int, int, int]:
    """How many questions are planned, how many are open, and how often each is asked.

    Those about a text that the run has in another form by now are not open, nor those that were halved.
    """
    now = {transcript.id: transcript.sha256 for transcript in info.transcripts}
    keys: set[str] = set()
    waiting: set[tuple[str, int]] = set()
    halved: set[tuple[str | None, int]] = set()
    repeats = 1
    for line in run.plan:
        keys.add(line.key)
        halved.add((line.parent, line.repeat))
        repeats = max(repeats, line.repeat)
        stale = any(now.get(p.transcript) != p.text_sha256 for p in line.passages)
        if line.key not in answered and not stale:
            waiting.add((line.key, line.repeat))
    return len(keys), len(waiting - halved), repeats


def show_runs(found: RunList, console: Console) -> None:
    """Print the runs: in a table, or where the terminal is narrow under each other."""
    from rich.text import Text

    if not found.runs:
        console.print(Text("There is no run here yet; make one with `autocode run`."))
    elif console.width >= _WIDE:
        console.print(_table(found))
        for line in found.runs:
            if held := _held(line):
                console.print(Text(f"{line.run}: {held}"))
    else:
        for line in found.runs:
            console.print(Text(line.run, style="bold"))
            for told in _told(line):
                console.print(Text(f"  {told}"))
    priced = [line for line in found.runs if line.usd is not None]
    if priced:
        told = "US dollars by the price list, without discounts; the provider's bill counts."
        if any(line.base_url for line in priced):
            told += " A server of your own is priced as the vendor of a model of that name."
        console.print(Text(told, style="dim"))


def _told(line: RunLine) -> Iterator[str]:
    """A run in a few short lines."""
    named = line.model + " (baseline)" * line.baseline
    yield f"{named} · codebook {line.codebook} v{line.version} · {_many(line.transcripts, 'interview')}"
    used = f"{line.calls:,} calls made, {line.calls_planned:,} planned"
    if line.usage.input:
        used += f" · tokens sent {line.usage.input:,}{in_cache(line.usage)}, received {line.usage.output:,}"
    yield used + (f" · {dollars(line.usd)} USD" if line.usd is not None else "")
    if line.first:
        yield f"{between(line.first, line.last)} · {_state(line)}"
    else:
        yield _state(line)
    if held := _held(line):
        yield held


def _table(found: RunList) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("Run", "Model", "Codebook"):
        table.add_column(heading, overflow="fold")
    for heading in ("Interviews", "Calls", "planned", "Tokens sent", "received", "USD"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("First call (UTC)", "Last call"):
        table.add_column(heading, no_wrap=True)
    table.add_column("")
    for line in found.runs:
        cells = [
            *(line.run, line.model + " (baseline)" * line.baseline, f"{line.codebook} v{line.version}"),
            *(f"{line.transcripts:,}", f"{line.calls:,}", f"{line.calls_planned:,}"),
            *(f"{line.usage.input:,}", f"{line.usage.output:,}", dollars(line.usd)),
            *(minute(line.first), minute(line.last), _state(line)),
        ]
        table.add_row(*map(Text, cells))
    return table


def _state(line: RunLine) -> str:
    """Whether all is answered."""
    return f"{line.open:,} open" if line.state == "open" else line.state


def _held(line: RunLine) -> str:
    """Who works on a run, in words; blank: nobody."""
    if line.holder is None:
        return ""
    who = f" ({line.holder.who}, since {line.holder.since})" if line.holder.who else ""
    words = {"working": "a process works on it", "not known": "a process may work on it"}
    return f"{words.get(line.holder.state, 'a process ended in the middle')}{who}"


def minute(at: str) -> str:
    """A time to the minute: `2026-11-02 10:00`."""
    return at[:16].replace("T", " ") or "-"


def between(first: str, last: str) -> str:
    """From when to when, in words: `from 2026-11-02 10:00 to 2026-11-03 09:12 (UTC)`.

    >>> between("2026-11-02T10:00:05Z", "2026-11-02T10:00:59Z")
    'at 2026-11-02 10:00 (UTC)'
    """
    start, end = minute(first), minute(last)
    return f"at {start} (UTC)" if start == end else f"from {start} to {end} (UTC)"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
