"""Calls handed in by batch. What is about to be sent is written down first, so that nothing is handed in twice."""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from autocode.asking import Refused, VendorBatches, batches_of
from autocode.coding.batching import Batching
from autocode.coding.calling import TRIES
from autocode.coding.clearing import clear
from autocode.coding.progress import Progress
from autocode.coding.sacks import Request, Sack
from autocode.runs import BatchLine, HandedIn, Planned
from autocode.runs.run import now

_Told = TypeVar("_Told")


def submit(batching: Batching, todo: Iterable[Planned]) -> None:
    """Hand in the calls, in as many batches as the vendor's limits and the limit of cost make of them."""
    asked: dict[str, Planned] = {}
    for line in todo:
        asked.setdefault(line.key, line)  # equal passages are asked about once
    for key in _given_up(batching, asked):
        del asked[key]
    if not asked:
        return
    vendor = batches_of(batching.planner.coder)
    batching.progress = Progress(total=len(asked), budget=batching.budget)
    batching.report(batching.progress)
    requests = _requests(batching, vendor, asked)
    first = next(requests, None)
    while first is not None:
        with tempfile.TemporaryFile(dir=batching.run.path) as file:  # all bodies together may be longer than memory
            sack = Sack(file)
            first = sack.fill(vendor, first, requests)
            _hand_in(batching, vendor, sack)
        batching.progress.done += len(sack.keys)
        batching.report(batching.progress)


def _given_up(batching: Batching, asked: dict[str, Planned]) -> list[str]:
    """The calls that were tried often enough."""
    tries = Counter(h.key for h in batching.run.calls.heads() if h.outcome in ("refused", "unreadable"))
    failures, reasons = batching.run.batches.failures()
    over = []
    for key in asked:
        if tries[key] + failures[key] >= TRIES:
            over.append(key)
            if key in reasons:
                batching.reasons[key] = reasons[key]
    return over


def _requests(batching: Batching, vendor: VendorBatches, asked: dict[str, Planned]) -> Iterator[Request]:
    """The calls as they are sent, as many as fit the limit of cost."""
    left = iter(asked.items())
    for key, line in left:
        prompt = batching.planner.prompt(line)
        if not batching.budget.reserve(key, prompt):
            why = batching.budget.full(prompt)
            batching.reasons[key] = why
            batching.reasons.update((other, why) for other, _ in left)
            return
        yield Request(key, vendor.request(key, batching.planner.coder.body(prompt)), batching.budget.at_most(prompt))


def _hand_in(batching: Batching, vendor: VendorBatches, sack: Sack) -> None:
    """Submit one batch: what is about to be sent is written down first, and what became of it at once after."""
    batching.run.check_room()
    file: Any = sack.file
    batch = HandedIn(secrets.token_hex(8), now(), tuple(sack.keys), sack.usd)
    batching.run.batches.add([BatchLine(batch.token, "submitting", batch.begun, keys=batch.keys, usd=batch.usd)])

    def again(call: Callable[[], _Told]) -> _Told:
        def rewound() -> _Told:
            sack.file.flush()
            sack.file.seek(0)
            return call()

        return batching.patience.ask(rewound, sends=True)

    try:
        uploaded = again(lambda: vendor.upload(file, batch.token))
        if uploaded:
            batch.input_file = uploaded
            batching.run.batches.add([BatchLine(batch.token, "uploaded", now(), input_file=uploaded)])
        state = again(lambda: vendor.submit(file, uploaded, batch.token))
    except Refused:
        batching.never_arrived(batch, there=(batch.input_file,) if batch.input_file else ())
        clear(batching.run, batching.planner.coder, batching.patience.ask_briefly)
        raise
    batching.submitted(batch, state)
    for key in batch.keys:
        batching.budget.settle(key)
    batching.waits(vendor, batch, state)
