"""What left this machine, in the terminal and as a table: for an ethics board to read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.files import written_whole
from autocode.reporting.sent import Sent, SentRun, SentTranscript, Stayed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDE = 110
_SHOWN = 60
_COLUMNS = (
    *("to", "run", "model", "codebook", "transcript", "participants", "words_in_all", "words", "words_in_requests"),
    *("words_as_context", "words_in_repeats", "words_unanswered", "characters", "estimated", "calls", "first", "last"),
    *("approved_by", "approval_date", "approval_recorded", "withheld_now", "text_sha256"),
)


def write_sent(sent: Sent, path: Path) -> None:
    """Write what left this machine as CSV, a row for each transcript of each run; several values are parted by `;`."""
    with written_whole(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for run in sent.runs:
            about_run = {
                **{name: getattr(run, name) for name in ("to", "run", "model", "codebook")},
                "approved_by": ";".join(approval.approved_by for approval in run.approvals),
                "approval_date": ";".join(approval.date for approval in run.approvals),
                "approval_recorded": ";".join(approval.at for approval in run.approvals),
            }
            for transcript in run.transcripts:
                row = {**transcript.model_dump(), **about_run, "participants": ";".join(transcript.participants)}
                writer.writerow([_cell(row[column]) for column in _COLUMNS])


def _cell(value: object) -> object:
    """A value as a table has it: yes or no, and blank for what is not known."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def show_sent(sent: Sent, console: Console) -> None:
    """Print what left this machine: the answer in words first, then run by run."""
    from rich.text import Text

    console.print(Text(sent.in_words, style="bold"))
    for run in sent.runs:
        console.print(Text(f"\n{run.run}", style="bold"))
        console.print(_beside(_about(run)))
        if run.transcripts:
            console.print(_table(run, wide=console.width >= _WIDE))
        if (more := len(run.transcripts) - _SHOWN) > 0:
            console.print(Text(f"  and {more:,} more interviews (all of them with --csv FILE)"))
    if sent.stayed:
        console.print(Text("\nNothing left this machine by", style="bold"))
        console.print(_beside([("-", f"{stayed.run}: {_why(stayed)}") for stayed in sent.stayed]))
    if sent.notes:
        console.print(Text("\nTo know", style="bold"))
        console.print(_beside([("-", note) for note in sent.notes]))


def _beside(lines: Iterable[tuple[str, str]]) -> Table:
    """Lines with a word before each of them."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for before, line in lines:
        grid.add_row(Text(f"  {before}"), Text(line))
    return grid


def _why(stayed: Stayed) -> str:
    if stayed.why == "baseline":
        return f"{stayed.model}, the baseline, which asks nobody"
    return f"{stayed.model} on this machine ({stayed.endpoint})"


def _about(run: SentRun) -> Iterator[tuple[str, str]]:
    """Where it went, when, under whose approval, and what went with every call."""
    yield "To", f"{run.to}" + (f" ({run.endpoint})" if run.endpoint else "") + f", model {run.model}"
    if run.first:
        yield (
            "When",
            f"{run.first} to {run.last} (UTC), {run.calls:,} answered requests"
            + (f", {run.calls_handed_in:,} more taken in batches" if run.calls_handed_in else ""),
        )
    yield from _workers(run)
    yield from _batches(run)
    for approval in run.approvals:
        of = f", dated {approval.date}" if approval.date else ""
        yield "Approval", f"{approval.approved_by}{of}, for {approval.to}; recorded {approval.at}"
    if not run.approvals:
        yield "Approval", "none is recorded"
    examples = run.examples
    told = f"{run.codebook}, which went with the requests"
    if examples.examples:
        of = f", from {', '.join(examples.sources)}" if examples.sources else ""
        told += f", has {examples.examples} examples ({examples.words:,} words{of})"
    yield "Codebook", told


def _workers(run: SentRun) -> Iterator[tuple[str, str]]:
    """Who made the calls, where it was not this process."""
    for workers in run.workers:
        where = "on this machine" if workers.here else "on which machines is not recorded"
        yield "By way of", f"the workers of {workers.executor}, {where}; first used {workers.first}"


def _batches(run: SentRun) -> Iterator[tuple[str, str]]:
    """What became of what was handed in by batch, and what lies there."""
    if not run.batches:
        return
    told = f"{len(run.batches):,} handed in"
    for how, words in (("deleted", f"deleted at {run.to}"), ("gone", f"not found at {run.to} any more")):
        times = [each.at for batch in run.batches for each in batch.deletions if each.how == how]
        if times:
            what = f"{len(times):,} files or batches" if len(times) > 1 else "one file or batch"
            told += f"; {what} {words}, the last {max(times)}"
    yield "Batches", told
    for batch in run.batches:
        if batch.lies_there:
            name = batch.batch or f"an upload of {batch.handed_in}"
            waits = ", which waits" if batch.state == "waits" else ""
            yield "Still there", f"{', '.join(batch.lies_there)} (of {name}{waits})"


def _table(run: SentRun, *, wide: bool) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Interview", "Participant"):
        table.add_column(heading, overflow="fold")
    for heading in ("Words", "of", "In all requests", *(("as context", "in repeats", "Calls") if wide else ())):
        table.add_column(heading, justify="right")
    table.add_column("When")
    for row in run.transcripts[:_SHOWN]:
        numbers: list[int | None] = [row.words_in_all, row.words_in_requests]
        if wide:
            numbers += [row.words_as_context, row.words_in_repeats, row.calls]
        cells = [
            row.transcript + " (withheld now)" * row.withheld_now,
            ", ".join(row.participants),
            _number(row.words, about=row.estimated),
            *map(_number, numbers),
            _days(row),
        ]
        table.add_row(*map(Text, cells))
    return table


def _number(number: int | None, *, about: bool = False) -> str:
    return "not known" if number is None else f"{'about ' * about}{number:,}"


def _days(row: SentTranscript) -> str:
    """The day or the days of the requests."""
    first, last = row.first[:10], row.last[:10]
    return first or "-" if first == last else f"{first} to {last[5:] if first[:4] == last[:4] else last}"
