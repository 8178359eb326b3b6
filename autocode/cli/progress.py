"""How far a run is, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import autocode as ac
from autocode.cli.shared import say


@contextmanager
def progress_bar() -> Iterator[Callable[[ac.Progress], None]]:
    """What happens, on stderr: on a terminal as a bar, else only that the end of the calls in flight is waited for."""
    told = False

    def stopping(now: ac.Progress) -> bool:
        nonlocal told
        first = now.stopping and not told
        told = now.stopping
        return first

    if not sys.stderr.isatty():

        def tell_only(now: ac.Progress) -> None:
            if stopping(now) and now.in_flight:
                say(_finishing(now))

        yield tell_only
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("coding"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(now: ac.Progress) -> None:
            if stopping(now) and now.in_flight:
                bar.console.print(_finishing(now), markup=False, highlight=False)
            bar.update(task, total=now.total, completed=now.done, description=_state(now))

        yield show


def _state(now: ac.Progress) -> str:
    """How far the calls are, in a line."""
    parts = ["calls", f"{now.in_flight} in flight", f"{now.retries} repeated"]
    if now.usage.input:
        parts.append(f"{now.usage.input + now.usage.output:,} tokens")
    if now.usd is not None:
        parts.append(f"{now.usd:.2f} USD")
    return " · ".join(parts)


def _finishing(now: ac.Progress) -> str:
    return f"finishing {now.in_flight} calls in flight, for they are paid; Ctrl-C again stops at once"
