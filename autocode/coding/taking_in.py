"""What has come back of the batches of a run: each reply recorded once, then the batch is done with."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from autocode.asking import BatchResult, BatchState, VendorBatches, batches_of
from autocode.coding.batching import Batching
from autocode.coding.clearing import clear
from autocode.coding.recording import call_of
from autocode.data import Call, Prompt
from autocode.errors import ConfigError, ProviderError, RunError
from autocode.runs import BatchLine, HandedIn, Planned
from autocode.runs.run import now

_AT_ONCE = 500
"""Results that are written with one stroke: they are at the provider until then."""


def take_in(batching: Batching) -> None:
    """Record what has come back, and note what still waits: `run.waiting`.

    Raises ProviderError where a batch was refused as a whole, when all others are taken in.
    """
    batching.run.waiting = []
    refused = _take_in_each(batching, batching.run.batches.open())
    clear(batching.run, batching.planner.coder, batching.patience.ask_briefly)
    if refused:
        raise refused[0]


def _take_in_each(batching: Batching, handed: list[HandedIn]) -> list[ProviderError]:
    """Record what has come back of the batches; the refusals of those that were refused as a whole."""
    if not handed:
        return []
    vendor = _vendor_of(batching, handed)
    batching.progress.total = sum(len(batch.keys) for batch in handed)
    refused: list[ProviderError] = []
    for batch in handed:
        state = _found(batching, vendor, batch)
        if state is None:
            continue
        if state.status == "waiting":
            batching.waits(vendor, batch, state)
        elif state.status == "failed":
            _done(batching, vendor, batch, state, note=state.said)
            refused.append(_refusal(vendor, state))
        else:
            _record_all(batching, vendor, batch, state)
        batching.progress.done += len(batch.keys)
        batching.report(batching.progress)
    return refused


def _vendor_of(batching: Batching, handed: list[HandedIn]) -> VendorBatches:
    try:
        return batches_of(batching.planner.coder)
    except ConfigError as error:
        raise RunError(
            f"{batching.run.path}: {sum(len(batch.keys) for batch in handed)} calls wait in batches that this coder "
            "knows nothing of; give the same command with the model that they were handed in for"
        ) from error


def _found(batching: Batching, vendor: VendorBatches, batch: HandedIn) -> BatchState | None:
    """How far a batch is; None where it never arrived, or where that cannot be told yet."""
    if batch.batch:
        return batching.patience.ask(lambda: vendor.state(batch.batch))
    known = batching.run.batches.known()
    found = batching.patience.ask(lambda: vendor.find(batch.token, batch.begun, batch.keys, known))
    if found.state is not None:
        batching.submitted(batch, found.state)
        return found.state
    if found.unsure is not None:
        batching.waits(vendor, batch, found.unsure)
        batching.run.notes.append(
            f"{batching.run.batches.path}: the command that submitted {len(batch.keys)} calls at {batch.begun} ended "
            f"before the provider's answer was written down; batch {found.unsure.id} may hold them, which its "
            "results will tell, so they are not asked again until then"
        )
        return None
    # Without the id of an upload it may be there all the same: it is looked for by its name before it is deleted.
    batching.never_arrived(batch, there=(batch.input_file,) if batch.input_file else None)
    return None


def _record_all(batching: Batching, vendor: VendorBatches, batch: HandedIn, state: BatchState) -> None:
    """Write down every reply of a batch that has ended, each once, then that the batch is done with."""
    keys = set(batch.keys)
    lines = {line.key: line for line in batching.run.plan if line.key in keys}
    recorded = {head.key for head in batching.run.calls.heads() if head.batch == state.id}
    failed: dict[str, str] = {}
    pending: list[Call] = []
    odd = 0
    with _results(batching, vendor, state) as results:
        for result in results:
            line = lines.get(result.key)
            if line is None:
                odd += 1
                continue
            if result.reply is None:
                if not result.late:
                    failed[line.key] = result.reason(_prompt(batching, line))
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
                    _write(batching, pending)
        _write(batching, pending)
    _done(batching, vendor, batch, state, failed=failed, late=len(keys), unread=odd)
    _tell(batching, state, len(batch.keys), failed, len(keys), odd)


@contextmanager
def _results(batching: Batching, vendor: VendorBatches, state: BatchState) -> Iterator[Iterator[BatchResult]]:
    """The results of a batch, from a file without a name: they may be longer than memory is wide."""
    with tempfile.TemporaryFile(dir=batching.run.path) as fetched:
        batching.run.check_room()

        def fetch() -> None:
            fetched.seek(0)
            fetched.truncate()
            vendor.fetch(state, fetched)

        batching.patience.ask(fetch)
        fetched.seek(0)
        yield vendor.results(fetched)


def _prompt(batching: Batching, line: Planned) -> Prompt | None:
    """What was sent; None where the text has changed since, or is not among those given."""
    hashes = batching.planner.shelf.hashes
    same = all(hashes.get(p.transcript) == p.text_sha256 for p in (*line.passages, *line.context))
    return batching.planner.prompt(line) if same else None


def _write(batching: Batching, calls: list[Call]) -> None:
    """Write calls down, and forget them."""
    batching.run.calls.add(calls)
    for call in calls:
        batching.budget.paid(call.usage, batch=True)
        batching.progress.usage = batching.progress.usage.plus(call.usage)
    batching.report(batching.progress)
    calls.clear()


def _done(
    batching: Batching,
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
    batching.run.batches.add(told)


def _tell(batching: Batching, state: BatchState, calls: int, failed: dict[str, str], late: int, odd: int) -> None:
    """Note what a batch came to, where it is not simply complete."""
    told = [f"the provider failed at {len(failed)} ({min(failed.values())})"] if failed else []
    told += [f"{late} expired, were cancelled or have no result"] if late else []
    told += [f"{odd} results are of no call of this run, and left with the provider"] if odd else []
    if told:
        batching.run.notes.append(f"batch {state.id}, {calls} calls: {'; '.join(told)}")


def _refusal(vendor: VendorBatches, state: BatchState) -> ProviderError:
    said = f": {state.said}" if state.said else ""
    return ProviderError(
        f"{vendor.model}: batch {state.id} was refused as a whole{said}; nothing in it was asked or paid. See what the "
        "provider says, then give the same command to hand it in again",
        model=vendor.model,
    )
