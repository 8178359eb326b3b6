"""Anthropic's message batches: all requests go in one body, and the results have an address.

A batch carries no words of ours. So whether one that was about to be submitted arrived can only be told from the custom
ids in its results, that is when it has ended; until then every batch that was made at that time and holds as many
requests may be it, and is waited for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar
from urllib.parse import urlsplit

from autocode.asking.batches import (
    SEND_SECONDS,
    BatchResult,
    BatchState,
    Found,
    VendorBatches,
    answered_or_failed,
    as_line,
    read_back,
    seconds_of,
    utc,
)
from autocode.errors import ProviderError

MAX_REQUESTS = 100_000
MAX_BYTES = 256_000_000
"""Both limits: platform.claude.com/docs/en/build-with-claude/batch-processing ("100,000 requests or 256 MB")."""

_BEFORE_SECONDS, _AFTER_SECONDS = 3600, 2 * 3600
"""How far from the time we wrote down a batch may have been made: clocks differ, and sending takes its time."""
_PAGE = 100


@dataclass(frozen=True)
class AnthropicBatches(VendorBatches):
    """The message batches of Anthropic."""

    max_requests: int = MAX_REQUESTS
    max_bytes: int = MAX_BYTES

    opening: ClassVar[bytes] = b'{"requests":[\n'
    between: ClassVar[bytes] = b",\n"
    closing: ClassVar[bytes] = b"\n]}\n"

    def request(self, key: str, body: Mapping[str, object]) -> bytes:
        """One of the requests in the body."""
        return as_line({"custom_id": key, "params": body})

    def upload(self, requests: BinaryIO, token: str) -> str:  # noqa: ARG002
        """Blank: the requests go with the batch."""
        return ""

    def submit(self, requests: BinaryIO, uploaded: str, token: str) -> BatchState:  # noqa: ARG002
        """The batch that is made of the requests.

        What `messages.batches.create` sends, from the file: its list of requests would stand in memory several times.
        """
        from anthropic.types.messages import MessageBatch

        made = self._told(
            lambda: self._patient.post(
                "/v1/messages/batches",
                cast_to=MessageBatch,
                content=requests,
                options={"headers": {"Content-Type": "application/json"}},
            ),
            seconds=SEND_SECONDS,
        )
        return _state(made)

    def state(self, id: str) -> BatchState:
        """How far a batch is. Anthropic counts what is done only when all of it has ended."""
        return _state(self._told(lambda: self._sdk.messages.batches.retrieve(id), missing=self._gone(id)))

    def find(self, token: str, begun: str, keys: Collection[str], known: Collection[str]) -> Found:  # noqa: ARG002
        """The batch with these custom ids in its results; while it has none, the one that may be it."""
        first, last = seconds_of(begun) - _BEFORE_SECONDS, seconds_of(begun) + _AFTER_SECONDS

        def looked_up() -> Found:
            unsure = None
            for batch in self._sdk.messages.batches.list(limit=_PAGE):  # newest first, page by page
                made = batch.created_at.timestamp()
                if made < first:
                    break
                if batch.id in known or made > last or _total(batch) != len(keys):
                    continue
                if batch.processing_status != "ended":
                    unsure = batch
                elif batch.results_url and self._first_key(batch) in keys:
                    return Found(_state(batch))
            return Found(unsure=_state(unsure) if unsure is not None else None)

        return self._told(looked_up)

    def _first_key(self, batch: Any) -> str:
        self._check_address(batch.results_url)
        with self._sdk.messages.batches.with_streaming_response.results(batch.id) as response:
            begun = b""
            for data in response.iter_bytes():
                begun += data
                if b"\n" in begun:
                    break
        try:
            return str(json.loads(begun.split(b"\n")[0]).get("custom_id"))
        except (ValueError, AttributeError):
            return ""

    def fetch(self, state: BatchState, into: BinaryIO) -> None:
        """The results as they come."""
        if not state.results:
            raise ProviderError(
                f"{self.model}: the results of batch {state.id} are not there any more; Anthropic keeps them for 29 "
                "days. Take its lines out of batches.jsonl to have its passages asked, and paid, again",
                model=self.model,
            )
        self._check_address(state.results[0])
        self._told(lambda: self._copy(state.id, into), missing=self._gone(state.id))

    def _copy(self, id: str, into: BinaryIO) -> None:
        with self._sdk.messages.batches.with_streaming_response.results(id) as response:
            for data in response.iter_bytes():
                into.write(data)

    def _check_address(self, results: str) -> None:
        """Nobody is followed to another address: the key would go there."""
        if urlsplit(results).netloc != urlsplit(self.where).netloc:
            raise ProviderError(
                f"{self.model}: {self.where} says that the results are at {urlsplit(results).netloc}, which is another "
                "address; nothing is fetched from there",
                model=self.model,
            )

    def keeps(self, state: BatchState) -> tuple[str, ...]:
        """The batch itself, with its requests and results. It can be deleted when it has ended."""
        return (state.id,)

    def uploads(self, token: str) -> tuple[str, ...]:  # noqa: ARG002
        """None: the requests go with the batch."""
        return ()

    def _delete(self, id: str) -> object:
        return self._sdk.messages.batches.delete(id)

    def _look(self, id: str) -> object:
        return self._sdk.messages.batches.retrieve(id)

    def result(self, line: Mapping[str, Any]) -> BatchResult:
        """What a line of the results says."""
        key, result = str(line.get("custom_id")), line.get("result")
        result = result if isinstance(result, Mapping) else {}
        match result.get("type"):
            case "succeeded":
                return read_back(key, result.get("message"))
            case "expired" | "canceled":
                return BatchResult(key, late=True)
            case _:
                return answered_or_failed(key, 0, result.get("error"))


def _total(batch: Any) -> int:
    counts = batch.request_counts
    return int(counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired)


def _state(batch: Any) -> BatchState:
    total, made = _total(batch), batch.created_at.timestamp()
    return BatchState(
        id=batch.id,
        status="ended" if batch.processing_status == "ended" else "waiting",
        submitted=utc(made),
        total=total,
        done=total - batch.request_counts.processing,
        seconds=round(max(0.0, batch.ended_at.timestamp() - made), 3) if batch.ended_at else 0.0,
        results=(batch.results_url,) if batch.results_url else (),
    )
