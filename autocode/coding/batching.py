"""Calls of a run by batch: handed in, left with the provider, and taken in whenever the run is called again.

Which batch holds which calls is written down before it is sent. So nothing is handed in twice, whatever happens between
two lines: what was about to be sent is looked for at the provider first. What is in a batch is asked by nobody else.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from autocode.asking import BatchResult, BatchState, Refused, VendorBatches, batches_of
from autocode.coding.calling import TRIES, Progress
from autocode.coding.clearing import clear
from autocode.coding.pace import LONGEST_WAIT_SECONDS, patience_seconds
from autocode.coding.planning import Planner
from autocode.coding.recording import call_of
from autocode.coding.sacks import Request, Sack
from autocode.coding.spending import Budget
from autocode.data import Call, Prompt
from autocode.errors import BusyError, ConfigError, ProviderError, RunError
from autocode.runs import BatchLine, HandedIn, Planned, Run, Waiting
from autocode.runs.read import WAITS
from autocode.runs.run import now

_AT_ONCE = 500
"""Results that are written with one stroke: they are at the provider until then."""

_WAITS = 6
"""How often a provider that is busy is asked again about a batch."""

_BRIEFLY_SECONDS = 10.0
"""How long one wait for a busy provider may be where nothing depends on it."""

_Told = TypeVar("_Told")


class Batching:
    """The batches of one run."""

    def __init__(
        self,
        run: Run,
        planner: Planner,
        *,
        budget: Budget,
        sleep: Callable[[float], object] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.run = run
        self.planner = planner
        self.reasons: dict[str, str] = {}
        """Why a call that was not answered was not, by key: in which batch it waits, or how it failed."""
        self._budget = budget
        self._sleep = sleep or threading.Event().wait
        self._report = progress or (lambda _progress: None)
        self._progress = Progress(total=0, budget=budget)
        self._waiting: set[str] = set()

    # --- Taking in --------------------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """Record what has come back, and note what still waits: `run.waiting`.

        Raises ProviderError where a batch was refused as a whole, when all others are taken in.
        """
        self.run.waiting = []
        refused = self._take_in_each(self.run.batches.open())
        clear(self.run, self.planner.coder, self._briefly)
        if refused:
            raise refused[0]

    def _take_in_each(self, handed: list[HandedIn]) -> list[ProviderError]:
        """Record what has come back of the batches; the refusals of those that were refused as a whole."""
        if not handed:
            return []
        vendor = self._vendor_of(handed)
        self._progress.total = sum(len(batch.keys) for batch in handed)
        refused: list[ProviderError] = []
        for batch in handed:
            state = self._found(vendor, batch)
            if state is None:
                continue
            if state.status == "waiting":
                self._waits(vendor, batch, state)
            elif state.status == "failed":
                self._done(vendor, batch, state, note=state.said)
                refused.append(_refusal(vendor, state))
            else:
                self._record_all(vendor, batch, state)
            self._progress.done += len(batch.keys)
            self._report(self._progress)
        return refused

    def _vendor_of(self, handed: list[HandedIn]) -> VendorBatches:
        try:
            return batches_of(self.planner.coder)
        except ConfigError as error:
            raise RunError(
                f"{self.run.path}: {sum(len(batch.keys) for batch in handed)} calls wait in batches that this coder "
                "knows nothing of; give the same command with the model that they were handed in for"
            ) from error

    def _found(self, vendor: VendorBatches, batch: HandedIn) -> BatchState | None:
        """How far a batch is; None where it never arrived, or where that cannot be told yet."""
        if batch.batch:
            return self._patiently(lambda: vendor.state(batch.batch))
        known = self.run.batches.known()
        found = self._patiently(lambda: vendor.find(batch.token, batch.begun, batch.keys, known))
        if found.state is not None:
            self._submitted(batch, found.state)
            return found.state
        if found.unsure is not None:
            self._waits(vendor, batch, found.unsure)
            self.run.notes.append(
                f"{self.run.batches.path}: the command that submitted {len(batch.keys)} calls at {batch.begun} ended "
                f"before the provider's answer was written down; batch {found.unsure.id} may hold them, which its "
                "results will tell, so they are not asked again until then"
            )
            return None
        # Without the id of an upload it may be there all the same: it is looked for by its name before it is deleted.
        self._never_arrived(batch, there=(batch.input_file,) if batch.input_file else None)
        return None

    def _never_arrived(self, batch: HandedIn, *, there: tuple[str, ...] | None) -> None:
        self.run.batches.add([BatchLine(batch.token, "never arrived", now(), there=there)])

    def _waits(self, vendor: VendorBatches, batch: HandedIn, state: BatchState) -> None:
        since = batch.submitted or state.submitted
        self.run.waiting.append(Waiting(state.id, since, len(batch.keys), state.done, vendor.where))
        self._waiting.update(batch.keys)
        self.reasons.update(dict.fromkeys(batch.keys, f"{WAITS} {state.id}, submitted {since}"))
        if batch.usd is not None:
            self._budget.set_aside(batch.usd)

    def _record_all(self, vendor: VendorBatches, batch: HandedIn, state: BatchState) -> None:
        """Write down every reply of a batch that has ended, each once, then that the batch is done with."""
        keys = set(batch.keys)
        lines = {line.key: line for line in self.run.plan if line.key in keys}
        recorded = {head.key for head in self.run.calls.heads() if head.batch == state.id}
        failed: dict[str, str] = {}
        pending: list[Call] = []
        odd = 0
        with self._results(vendor, state) as results:
            for result in results:
                line = lines.get(result.key)
                if line is None:
                    odd += 1
                    continue
                if result.reply is None:
                    if not result.late:
                        failed[line.key] = result.reason(self._prompt(line))
                        keys.discard(line.key)
                    continue
                keys.discard(line.key)
                if line.key not in recorded:
                    recorded.add(line.key)
                    since = batch.submitted or state.submitted
                    pending.append(
                        call_of(
                            line, result.reply, model=vendor.model, started=since, seconds=state.seconds, batch=state.id
                        )
                    )
                    if len(pending) >= _AT_ONCE:
                        self._write(pending)
            self._write(pending)
        self._done(vendor, batch, state, failed=failed, late=len(keys), unread=odd)
        self._tell(state, len(batch.keys), failed, len(keys), odd)

    @contextmanager
    def _results(self, vendor: VendorBatches, state: BatchState) -> Iterator[Iterator[BatchResult]]:
        """The results of a batch, from a file without a name: they may be longer than memory is wide."""
        with tempfile.TemporaryFile(dir=self.run.path) as fetched:
            self.run.check_room()

            def fetch() -> None:
                fetched.seek(0)
                fetched.truncate()
                vendor.fetch(state, fetched)

            self._patiently(fetch)
            fetched.seek(0)
            yield vendor.results(fetched)

    def _prompt(self, line: Planned) -> Prompt | None:
        """What was sent; None where the text has changed since, or is not among those given."""
        hashes = self.planner.shelf.hashes
        same = all(hashes.get(p.transcript) == p.text_sha256 for p in (*line.passages, *line.context))
        return self.planner.prompt(line) if same else None

    def _write(self, calls: list[Call]) -> None:
        """Write calls down, and forget them."""
        self.run.calls.add(calls)
        for call in calls:
            self._budget.paid(call.usage, batch=True)
            self._progress.usage = self._progress.usage.plus(call.usage)
        self._report(self._progress)
        calls.clear()

    def _done(
        self,
        vendor: VendorBatches,
        batch: HandedIn,
        state: BatchState,
        *,
        failed: dict[str, str] | None = None,
        late: int = 0,
        note: str = "",
        unread: int = 0,
    ) -> None:
        """Write down that a batch is done with, and what there is of it at the provider, which is to be deleted."""
        there, at = vendor.keeps(state), now()
        told = [BatchLine(batch.token, "done", at, failed=failed or {}, late=late, note=note, there=there)]
        if unread:  # somebody may have paid for it, and it stands nowhere else
            told.append(BatchLine(batch.token, "deleted", at, became=dict.fromkeys(there, "kept")))
        self.run.batches.add(told)

    def _tell(self, state: BatchState, calls: int, failed: dict[str, str], late: int, odd: int) -> None:
        """Note what a batch came to, where it is not simply complete."""
        told = [f"the provider failed at {len(failed)} ({min(failed.values())})"] if failed else []
        told += [f"{late} expired, were cancelled or have no result"] if late else []
        told += [f"{odd} results are of no call of this run, and left with the provider"] if odd else []
        if told:
            self.run.notes.append(f"batch {state.id}, {calls} calls: {'; '.join(told)}")

    # --- Handing in -------------------------------------------------------------------------------------------------

    def free(self, todo: Iterable[Planned]) -> list[Planned]:
        """The calls that are in no batch that waits."""
        return [line for line in todo if line.key not in self._waiting]

    def submit(self, todo: Iterable[Planned]) -> None:
        """Hand in the calls, in as many batches as the vendor's limits and the limit of cost make of them."""
        asked: dict[str, Planned] = {}
        for line in todo:
            asked.setdefault(line.key, line)  # equal passages are asked about once
        for key in self._given_up(asked):
            del asked[key]
        if not asked:
            return
        vendor = batches_of(self.planner.coder)
        self._progress = Progress(total=len(asked), budget=self._budget)
        self._report(self._progress)
        requests = self._requests(vendor, asked)
        first = next(requests, None)
        while first is not None:
            with tempfile.TemporaryFile(dir=self.run.path) as file:  # all bodies together may be longer than memory
                sack = Sack(file)
                first = sack.fill(vendor, first, requests)
                self._hand_in(vendor, sack)
            self._progress.done += len(sack.keys)
            self._report(self._progress)

    def _given_up(self, asked: dict[str, Planned]) -> list[str]:
        """The calls that were tried often enough."""
        tries = Counter(h.key for h in self.run.calls.heads() if h.outcome in ("refused", "unreadable"))
        failures, reasons = self.run.batches.failures()
        over = []
        for key in asked:
            if tries[key] + failures[key] >= TRIES:
                over.append(key)
                if key in reasons:
                    self.reasons[key] = reasons[key]
        return over

    def _requests(self, vendor: VendorBatches, asked: dict[str, Planned]) -> Iterator[Request]:
        """The calls as they are sent, as many as fit the limit of cost."""
        left = iter(asked.items())
        for key, line in left:
            prompt = self.planner.prompt(line)
            if not self._budget.reserve(key, prompt):
                why = self._budget.full(prompt)
                self.reasons[key] = why
                self.reasons.update((other, why) for other, _ in left)
                return
            yield Request(key, vendor.request(key, self.planner.coder.body(prompt)), self._budget.at_most(prompt))

    def _hand_in(self, vendor: VendorBatches, sack: Sack) -> None:
        """Submit one batch: what is about to be sent is written down first, and what became of it at once after."""
        self.run.check_room()
        file: Any = sack.file
        batch = HandedIn(secrets.token_hex(8), now(), tuple(sack.keys), sack.usd)
        self.run.batches.add([BatchLine(batch.token, "submitting", batch.begun, keys=batch.keys, usd=batch.usd)])

        def again(call: Callable[[], _Told]) -> _Told:
            def rewound() -> _Told:
                sack.file.flush()
                sack.file.seek(0)
                return call()

            return self._patiently(rewound, sends=True)

        try:
            uploaded = again(lambda: vendor.upload(file, batch.token))
            if uploaded:
                batch.input_file = uploaded
                self.run.batches.add([BatchLine(batch.token, "uploaded", now(), input_file=uploaded)])
            state = again(lambda: vendor.submit(file, uploaded, batch.token))
        except Refused:
            self._never_arrived(batch, there=(batch.input_file,) if batch.input_file else ())
            clear(self.run, self.planner.coder, self._briefly)
            raise
        self._submitted(batch, state)
        for key in batch.keys:
            self._budget.settle(key)
        self._waits(vendor, batch, state)

    def _submitted(self, batch: HandedIn, state: BatchState) -> None:
        batch.batch, batch.input_file, batch.submitted = state.id, state.input_file, state.submitted
        self.run.batches.add(
            [BatchLine(batch.token, "submitted", state.submitted, batch=state.id, input_file=state.input_file)]
        )

    def _briefly(self, call: Callable[[], _Told]) -> _Told:
        """The same for what can be done with the next command as well."""
        return self._patiently(call, longest_seconds=_BRIEFLY_SECONDS)

    def _patiently(
        self, call: Callable[[], _Told], *, sends: bool = False, longest_seconds: float = LONGEST_WAIT_SECONDS
    ) -> _Told:
        """What a call gives; a provider that is busy is asked again, one that says nothing is not.

        Where it `sends`, only after a clear refusal: else the batch may be there, and the next command looks for it.
        """
        again = ("pressure",) if sends else ("pressure", "fault")
        for waited in range(_WAITS):
            try:
                return call()
            except BusyError as error:
                seconds = patience_seconds(waited) if error.retry_after_seconds is None else error.retry_after_seconds
                if error.why not in again or seconds > longest_seconds:
                    raise
                self._sleep(seconds)
        return call()


def _refusal(vendor: VendorBatches, state: BatchState) -> ProviderError:
    said = f": {state.said}" if state.said else ""
    return ProviderError(
        f"{vendor.model}: batch {state.id} was refused as a whole{said}; nothing in it was asked or paid. See what the "
        "provider says, then give the same command to hand it in again",
        model=vendor.model,
    )
