"""Making the calls of a run: a few at a time, each recorded before it counts.

The threads only ask; one thread writes. A provider that is busy is waited for; an answer that cannot be read is asked
for again; one that was cut at the length limit is asked for in halves.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from autocode.asking import Coder, read_reply
from autocode.coding.planning import Planner
from autocode.data import Call, Prompt, Reply, Usage
from autocode.errors import AskError, BusyError
from autocode.runs import Planned, Run
from autocode.runs.run import now

TRIES = 3
"""How often a passage is asked for before an unreadable or refused answer is left as a gap."""
WAITS = 6
"""How often a busy provider is waited for, in one attempt."""
LONGEST_WAIT_SECONDS = 600.0
"""A provider that wants to be left alone for longer is not waited for: the call is a gap, and the rest goes on."""


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
        sleep: Callable[[float], object] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.run = run
        self.planner = planner
        self.concurrency = concurrency
        self.reasons: dict[str, str] = {}
        """Why a call that was not answered was not, by key."""
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._report = progress or (lambda _progress: None)
        self._tries: dict[str, int] = {}

    def make(self, planned: Iterable[Planned]) -> None:
        """Make the calls. On Ctrl-C, and where a provider refuses for good, those in flight are recorded first."""
        lines: dict[str, list[Planned]] = {}
        for line in planned:
            lines.setdefault(line.key, []).append(line)  # equal passages are asked about once
        todo = deque(lines.values())
        self._progress = Progress(total=len(todo))
        self._report(self._progress)
        in_flight: dict[Future[_Attempt], list[Planned]] = {}
        with ThreadPoolExecutor(max_workers=self.concurrency) as threads:
            try:
                while todo or in_flight:
                    while todo and len(in_flight) < self.concurrency:
                        same = todo.popleft()
                        prompt = self.planner.prompt(same[0])
                        in_flight[threads.submit(self._attempt, self.planner.coder, prompt)] = same
                    self._take(in_flight, todo)
            except BaseException:
                self._stopped.set()
                while in_flight:
                    self._take(in_flight, deque(), failing=True)
                raise

    def _attempt(self, coder: Coder, prompt: Prompt) -> _Attempt:
        """One paid attempt, however long a busy provider has to be waited for before. Runs in a thread."""
        for waited in range(WAITS + 1):
            started, clock = now(), time.monotonic()
            try:
                return _Attempt(coder.ask(prompt), started, round(time.monotonic() - clock, 3))
            except BusyError as error:
                patience = _patience(error.retry_after_seconds, waited)
                if waited == WAITS or patience > LONGEST_WAIT_SECONDS:
                    raise
                self._progress.retries += 1
                self._sleep(patience)
                if self._stopped.is_set():
                    raise
        raise AssertionError("the loop above returns or raises")

    def _take(
        self, in_flight: dict[Future[_Attempt], list[Planned]], todo: deque[list[Planned]], *, failing: bool = False
    ) -> None:
        """Record the calls that came back, and note what has to be asked because of them."""
        self._progress.in_flight = len(in_flight)
        finished, _ = wait(in_flight, return_when=FIRST_COMPLETED)
        stop: AskError | None = None
        for future in finished:
            same = in_flight.pop(future)
            try:
                attempt = future.result()
            except BusyError as error:
                self.reasons[same[0].key] = str(error)
                self._progress.done += 1
            except AskError as error:
                stop = error
            else:
                self._record(same[0], attempt)
                todo.extendleft(reversed(self._instead(same, attempt.reply)))
        self._progress.in_flight = len(in_flight)
        self._report(self._progress)
        if stop is not None and not failing:
            raise stop

    def _record(self, line: Planned, attempt: _Attempt) -> None:
        """Write a call down."""
        reply = attempt.reply
        call = Call(
            key=line.key,
            kind=line.kind,
            parent=line.parent,
            passages=line.passages,
            repeat=line.repeat,
            outcome=reply.outcome,
            model_asked=self.planner.coder.name,
            model_served=reply.model,
            usage=reply.usage,
            raw=_whole(reply),
            started=attempt.started,
            seconds=attempt.seconds,
        )
        self.run.calls.add([call])
        self._progress.usage = _sum(self._progress.usage, reply.usage)

    def _instead(self, same: list[Planned], reply: Reply) -> list[list[Planned]]:
        """What has to be asked instead of a call that was not answered: its halves, or the same again."""
        key = same[0].key
        if reply.outcome == "cut":
            halves = [half for line in same for half in self.planner.halves(line)]
            if halves:
                self.run.plan.add(halves)
            self._progress.done += 1
            by_key: dict[str, list[Planned]] = {}
            for half in halves:
                by_key.setdefault(half.key, []).append(half)
            self._progress.total += len(by_key)
            return list(by_key.values())
        self._tries[key] = self._tries.get(key, 0) + 1
        if reply.outcome != "answered":
            self.reasons[key] = reply.outcome
            if self._tries[key] < TRIES and not self._stopped.is_set():
                return [same]
        self._progress.done += 1
        return []


def _whole(reply: Reply) -> object:
    """What is kept of a reply: the provider's whole body; where that cannot be read again, the proposals too."""
    if reply.outcome != "answered" or (reply.raw is not None and read_reply(reply.raw).proposals == reply.proposals):
        return reply.raw
    return _bare(reply) if reply.raw is None else {**_bare(reply), "raw": reply.raw}


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
    return 2.0**waited * random.uniform(0.5, 1.0)


def _sum(total: Usage, more: Usage | None) -> Usage:
    if more is None:
        return total
    return Usage(input=total.input + more.input, output=total.output + more.output, cached=total.cached + more.cached)
