"""Making the calls of a run: many at a time, each recorded before it counts.

Others only ask, threads of ours or an executor's workers; one thread plans and writes. A provider that is busy is
asked less; a call that fails is asked again later, at last when all others are done; an answer that was cut at the
length limit is asked for in halves. What is left after that is a gap.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from uuid import uuid4

from autocode.coding.attempts import NOT_TO_BE_SENT, Attempt, attempt, attempt_elsewhere, named
from autocode.coding.pace import LONGEST_WAIT_SECONDS, Pace, patience_seconds
from autocode.coding.planning import Planner
from autocode.coding.progress import Progress, StoppedNow
from autocode.coding.queueing import Asked, Queue, together
from autocode.coding.recording import call_of
from autocode.coding.spending import Budget
from autocode.data import Prompt, Reply
from autocode.errors import BusyError, RunError
from autocode.runs import Planned, Run

TRIES = 3
"""How often a passage is asked for before an unreadable or refused answer is a gap; the last time at the end."""
WAITS = 6
"""How often a failing call is asked again before it is set aside for the end; and then once more so often."""
SILENCES = 2
"""The same for a call that nobody answered in time: each of them takes minutes."""
_LOOK_SECONDS = 0.5
"""How often the disk is looked at: what is free then is enough for more calls than can come back meanwhile."""
WORKERS_LOST = 3
"""How often a call is given to another worker where the worker that had it died."""


_Answer = tuple[Asked, Attempt, Reply]


class Calling:
    """The calls of one run in progress."""

    def __init__(
        self,
        run: Run,
        planner: Planner,
        *,
        concurrency: int,
        executor: Executor | None = None,
        budget: Budget | None = None,
        sleep: Callable[[float], object] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.run = run
        self.planner = planner
        self.reasons: dict[str, str] = {}
        """Why a call that was not answered was not, by key."""
        self._most = concurrency
        self._executor = executor
        self._budget = budget or Budget(planner.coder)
        self._sleep = sleep or threading.Event().wait
        self._report = progress or (lambda _progress: None)
        self._slept = 0.0
        self._look_again_at = float("-inf")
        self._reached = False
        """Whether the provider has answered anything: until then nobody knows that it is there."""

    def make(self, planned: Iterable[Planned]) -> None:
        """Make the calls. On Ctrl-C, and where a provider refuses for good, those in flight are recorded first."""
        self._queue = Queue(together(planned))
        self._in_flight: dict[Future[Attempt], Asked] = {}
        self._done: SimpleQueue[Future[Attempt]] = SimpleQueue()
        self._pace = Pace(self._most)
        self._progress = Progress(total=len(self._queue.todo), budget=self._budget)
        self._report(self._progress)
        if not self._queue:
            return
        if self._executor is not None:
            self.run.employ(f"{type(self._executor).__module__}.{type(self._executor).__qualname__}")
        workers = self._executor or ThreadPoolExecutor(max_workers=self._most, thread_name_prefix="autocode")
        try:
            self._make_all(workers)
        except StoppedNow:
            for future in self._in_flight:
                future.cancel()  # an executor with fewer workers than calls would go on to pay for what waits
            if workers is not self._executor:
                workers.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            self._in_flight.clear()
        if workers is not self._executor:
            workers.shutdown()

    def _make_all(self, workers: Executor) -> None:
        try:
            while self._queue or self._in_flight:
                if self._pace.given_up or self._budget.spent_up:
                    self._leave()
                self._queue.wake(self._now())
                self._start(workers)
                if self._in_flight:
                    self._take()
                elif not self._queue.todo and not self._queue.later:
                    self._queue.again_at_the_end()
                elif (seconds := self._until_next()) is not None:
                    self._pause(seconds)
        except BaseException as stop:
            self._finish(interrupted=isinstance(stop, KeyboardInterrupt))
            raise

    def _finish(self, *, interrupted: bool) -> None:
        """Wait for the calls in flight, for they are paid, and record them; a second Ctrl-C does not wait."""
        self._progress.stopping = interrupted
        lost = 0
        try:
            self._report(self._progress)
            while self._in_flight:
                for asked, future in self._back():
                    if future.cancelled() or future.exception() is not None:
                        continue
                    came = future.result()
                    if came.reply is not None:
                        try:
                            self._record([(asked, came, came.reply)])
                        except RunError:
                            lost += 1
                self._progress.in_flight = len(self._in_flight)
                self._report(self._progress)
        except KeyboardInterrupt:
            raise StoppedNow from None
        if lost:
            self.run.notes.append(f"{self.run.calls.path}: {lost} answers that were in flight could not be written")

    # --- What to do next --------------------------------------------------------------------------------------------

    def _start(self, workers: Executor) -> None:
        while self._queue.todo and self._pace.room(len(self._in_flight), self._now()):
            asked = self._queue.todo[0]
            prompt = self.planner.prompt(asked.lines[0])
            self._check_room()
            if not self._budget.reserve(asked.key, prompt):
                break
            self._queue.todo.popleft()
            asked.begun = self._now()
            future = self._submit(workers, prompt)
            self._in_flight[future] = asked
            future.add_done_callback(self._done.put)
        if self._progress.in_flight != len(self._in_flight):
            self._progress.in_flight = len(self._in_flight)
            self._report(self._progress)

    def _check_room(self) -> None:
        """Look at the disk, now and then."""
        if self._now() >= self._look_again_at:
            self.run.check_room()
            self._look_again_at = self._now() + _LOOK_SECONDS

    def _submit(self, workers: Executor, prompt: Prompt) -> Future[Attempt]:
        if workers is not self._executor:
            return workers.submit(attempt, self.planner.coder, prompt)
        try:
            return workers.submit(attempt_elsewhere, self.planner.coder, prompt, uuid4().hex)
        except NOT_TO_BE_SENT as error:
            raise self._cannot_be_sent(error) from None
        except Exception as error:  # broken, shut down, or its cluster is gone: each executor has words of its own
            raise RunError(
                f"{self.run.path}: the executor takes no more calls ({named(error)}); start a new one and code into "
                "the same folder again: only what is missing is asked"
            ) from None

    def _cannot_be_sent(self, error: Exception) -> RunError:
        return RunError(
            f"{self.run.path}: the executor's workers cannot make the call ({named(error)}); install the same "
            "autocode on each of them, and take a coder that can be pickled"
        )

    def _take(self) -> None:
        """Record the calls that came back, and note what has to be asked because of them."""
        stop: Exception | None = None
        answered: list[_Answer] = []
        for asked, future in self._back(self._until_next()):
            self._budget.settle(asked.key)
            try:
                came = future.result()
            except NOT_TO_BE_SENT as error:
                stop = stop or self._cannot_be_sent(error)
                continue
            except Exception as error:  # the executor's own: a worker died
                self._worker_lost(asked, error)
                continue
            if came.reply is not None:
                answered.append((asked, came, came.reply))
            elif isinstance(came.error, BusyError) and (self._reached or came.error.why != "silence"):
                self._failed(asked, came.error)
            else:
                stop = stop or came.error
        self._record(answered)
        for asked, _, reply in answered:
            self._answered(asked, reply)
        self._progress.in_flight = len(self._in_flight)
        self._report(self._progress)
        if stop is not None:
            raise stop

    def _back(self, timeout: float | None = None) -> Iterator[tuple[Asked, Future[Attempt]]]:
        """The calls that have come back, after one has or the time is over."""
        # All that is there is taken at once: whoever looks up every future for each of them falls behind the provider.
        try:
            future = self._done.get(timeout=timeout)
            while True:
                yield self._in_flight.pop(future), future
                future = self._done.get_nowait()
        except Empty:
            return

    def _leave(self) -> None:
        """Ask for nothing more; what was not asked for is a gap."""
        left = self._queue.emptied()
        for asked in left:
            self.reasons.setdefault(asked.key, self._budget.reason or "the provider was busy for too long")
        self._progress.done += len(left)

    def _until_next(self) -> float | None:
        """Seconds until something may be started that may not be started now; None: nothing waits for a time."""
        times = [self._queue.later[0][0]] if self._queue.later else []
        if self._queue.todo and self._pace.resume_at > self._now():
            times.append(self._pace.resume_at)
        return max(0.0, round(min(times) - self._now(), 3)) if times else None

    def _now(self) -> float:
        return time.monotonic() + self._slept

    def _pause(self, seconds: float) -> None:
        before = time.monotonic()
        self._sleep(seconds)
        # Where a test does not really sleep, the clock goes on all the same.
        self._slept += max(0.0, seconds - (time.monotonic() - before))

    # --- What came back ---------------------------------------------------------------------------------------------

    def _answered(self, asked: Asked, reply: Reply) -> None:
        self._reached = True
        self._pace.answered(self._now())
        if reply.outcome == "cut":
            self._in_halves(asked)
        elif reply.outcome == "answered":
            self._progress.done += 1
        else:
            asked.tries += 1
            self._try_again(asked, reply.outcome, aside=asked.tries == TRIES - 1, end=asked.tries >= TRIES)

    def _failed(self, asked: Asked, error: BusyError) -> None:
        """Nothing was answered: ask again, later."""
        self._reached = self._reached or error.why != "silence"
        if error.why != "fault":  # a server that is silent may have too many in its queue
            self._pace.pressed(asked.begun, self._now(), error.retry_after_seconds)
        waited = asked.failures.total()
        asked.failures[error.why] += 1
        seconds = error.retry_after_seconds
        if seconds is None:
            seconds = patience_seconds(waited)
        enough = asked.failures.total() > WAITS or asked.failures["silence"] > SILENCES
        if seconds > LONGEST_WAIT_SECONDS:
            self._try_again(asked, str(error), aside=False, end=True)
        else:
            self._try_again(asked, str(error), aside=enough, end=enough, seconds=seconds)

    def _worker_lost(self, asked: Asked, error: Exception) -> None:
        asked.failures["worker"] += 1
        lost = asked.failures["worker"] > WORKERS_LOST
        reason = f"the worker that asked died ({type(error).__name__})"
        self._try_again(asked, reason, aside=False, end=lost, seconds=0.0)

    def _try_again(self, asked: Asked, reason: str, *, aside: bool, end: bool, seconds: float | None = None) -> None:
        """Ask again: at once, after some seconds, or (`aside`) when all others are done; after that it is a gap."""
        self.reasons[asked.key] = reason
        self._progress.retries += 1
        if aside and not asked.last_round:
            self._queue.aside.append(asked)
        elif end:
            self._progress.retries -= 1
            self._progress.done += 1
        elif seconds is None:
            self._queue.todo.appendleft(asked)
        else:
            self._queue.ask_at(self._now() + seconds, asked)

    def _in_halves(self, asked: Asked) -> None:
        halves = [half for line in asked.lines for half in self.planner.halves(line)]
        if halves:
            self.run.plan.add(halves)
        asked_for = together(halves)
        self._progress.done += 1
        self._progress.total += len(asked_for)
        self._queue.todo.extendleft(reversed(asked_for))

    def _record(self, answered: Sequence[_Answer]) -> None:
        """Write calls down."""
        model = self.planner.coder.name
        calls = [
            call_of(asked.lines[0], reply, model=model, started=came.started, seconds=came.seconds)
            for asked, came, reply in answered
        ]
        if calls:
            self.run.calls.add(calls)
        for call in calls:
            self._budget.paid(call.usage)
            self._progress.usage = self._progress.usage.plus(call.usage)
