"""Making the calls of a run: a few at a time, each recorded before it counts.

The threads only ask; one thread writes. A provider that is busy is waited for; an answer that cannot be read is asked
for again; one that was cut at the length limit is asked for in halves.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from autocode.asking import Coder
from autocode.coding.planning import Planner, Task
from autocode.data import Call, Prompt, Reply, Usage
from autocode.errors import AskError, BusyError
from autocode.runs import Run
from autocode.runs.run import now

TRIES = 3
"""How often a passage is asked for before an unreadable or refused answer is left as a gap."""
WAITS = 6
"""How often a busy provider is waited for, in one attempt."""
LONGEST_WAIT_SECONDS = 60.0


@dataclass
class Progress:
    """How far a run is: for a progress bar."""

    total: int
    done: int = 0
    in_flight: int = 0
    retries: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class _Attempt:
    reply: Reply
    started: str
    seconds: float


class Calling:
    """The calls of one run in progress."""

    def __init__(
        self,
        run: Run,
        planner: Planner,
        *,
        concurrency: int,
        sleep: Callable[[float], None] = time.sleep,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.run = run
        self.planner = planner
        self.concurrency = concurrency
        self.reasons: dict[str, str] = {}
        """Why a call that was not answered was not, by key."""
        self._sleep = sleep
        self._report = progress or (lambda _progress: None)
        self._outcomes: dict[str, set[str]] = {}
        self._tries: dict[str, int] = {}
        self._stopped = False

    def make(self, tasks: Iterable[Task]) -> None:
        """Make the calls that are still to be made. On Ctrl-C those in flight are finished and recorded first."""
        todo = deque(self.open(tasks))
        if self.run.calls.torn:
            self.run.notes.append(
                f"{self.run.calls.path}: {self.run.calls.torn} torn lines left out; their calls are made again"
            )
        self._progress = Progress(total=len(todo))
        self._report(self._progress)
        in_flight: dict[Future[_Attempt], Task] = {}
        with ThreadPoolExecutor(max_workers=self.concurrency) as threads:
            try:
                while todo or in_flight:
                    while todo and len(in_flight) < self.concurrency:
                        task = todo.popleft()
                        in_flight[threads.submit(self._attempt, self.planner.coder, self._prompt(task))] = task
                    self._take(in_flight, todo)
            except BaseException:
                self._stopped = True
                while in_flight:
                    self._take(in_flight, deque(), failing=True)
                raise

    def open(self, tasks: Iterable[Task]) -> list[Task]:
        """The calls that the journal holds no answer to."""
        for call in self.run.calls:
            self._outcomes.setdefault(call.key, set()).add(call.outcome)
        return [open_task for task in tasks for open_task in self._open(task)]

    def _open(self, task: Task) -> list[Task]:
        """What is left to ask of a call: itself, the open halves of one that was cut, or nothing."""
        outcomes = self._outcomes.get(task.key, set())
        if "answered" in outcomes:
            return []
        if "cut" in outcomes:
            return [open_half for half in self.planner.halves(task) for open_half in self._open(half)]
        return [task]

    def _prompt(self, task: Task) -> Prompt:
        return self.planner.prompt(task.chunk)

    def _attempt(self, coder: Coder, prompt: Prompt) -> _Attempt:
        """One paid attempt; a provider that is busy is asked again after a while. Runs in a thread."""
        for waited in range(WAITS + 1):
            started, clock = now(), time.monotonic()
            try:
                return _Attempt(coder.ask(prompt), started, round(time.monotonic() - clock, 3))
            except BusyError as error:
                if waited == WAITS or self._stopped:
                    raise
                self._progress.retries += 1
                self._sleep(_patience(error.retry_after_seconds, waited))
        raise AssertionError("the loop above returns or raises")

    def _take(self, in_flight: dict[Future[_Attempt], Task], todo: deque[Task], *, failing: bool = False) -> None:
        """Record the calls that came back, and note what has to be asked because of them."""
        self._progress.in_flight = len(in_flight)
        finished, _ = wait(in_flight, return_when=FIRST_COMPLETED)
        stop: AskError | None = None
        for future in finished:
            task = in_flight.pop(future)
            try:
                attempt = future.result()
            except BusyError as error:
                self.reasons[task.key] = str(error)
                self._progress.done += 1
            except AskError as error:
                stop = error
            else:
                todo.extendleft(reversed(self._record(task, attempt)))
        self._progress.in_flight = len(in_flight)
        self._report(self._progress)
        if stop is not None and not failing:
            raise stop

    def _record(self, task: Task, attempt: _Attempt) -> list[Task]:
        """Write a call down; the calls that have to be made instead of it."""
        reply = attempt.reply
        self.run.calls.add(
            [
                Call(
                    key=task.key,
                    parent=task.parent,
                    passages=self.planner.passages(task.chunk.parts),
                    repeat=task.repeat,
                    outcome=reply.outcome,
                    model_asked=self.planner.coder.name,
                    model_served=reply.model,
                    usage=reply.usage,
                    raw=reply.raw if reply.raw is not None else _bare(reply),
                    started=attempt.started,
                    seconds=attempt.seconds,
                )
            ]
        )
        self._outcomes.setdefault(task.key, set()).add(reply.outcome)
        self._progress.usage = _sum(self._progress.usage, reply.usage)
        if reply.outcome == "cut":
            instead = self._open(task)
            self._progress.total += len(instead)
            if not instead:
                self.reasons[task.key] = "cut at the length limit, and too short to halve"
        else:
            self._tries[task.key] = self._tries.get(task.key, 0) + 1
            again = reply.outcome != "answered" and self._tries[task.key] < TRIES and not self._stopped
            instead = [task] if again else []
            if reply.outcome != "answered":
                self.reasons[task.key] = reply.outcome
        self._progress.done += not instead or reply.outcome == "cut"
        return instead


def _bare(reply: Reply) -> dict[str, object]:
    """The reply of a coder without a provider, in the form that a model would have answered in."""
    return {
        "proposals": [
            {"why": p.why, "code": p.code, "quote": p.quote} | ({} if p.part is None else {"part": p.part})
            for p in reply.proposals
        ]
    }


def _patience(retry_after_seconds: float | None, waited: int) -> float:
    """How long to wait for a busy provider: as long as it says, else twice as long each time, spread by chance."""
    if retry_after_seconds is not None:
        return retry_after_seconds
    return min(LONGEST_WAIT_SECONDS, 2.0**waited) * random.uniform(0.5, 1.0)


def _sum(total: Usage, more: Usage | None) -> Usage:
    if more is None:
        return total
    return Usage(input=total.input + more.input, output=total.output + more.output, cached=total.cached + more.cached)
