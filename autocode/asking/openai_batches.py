"""OpenAI's batches, and those of servers that speak its language: files of requests, and files of results."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from autocode.asking.batches import (
    METADATA,
    SEND_SECONDS,
    BatchResult,
    BatchState,
    Found,
    NotThere,
    Refused,
    VendorBatches,
    answered_or_failed,
    as_line,
    read_back,
    seconds_of,
    utc,
)

MAX_REQUESTS = 50_000
MAX_BYTES = 200_000_000
"""Both limits: platform.openai.com/docs/guides/batch ("up to 50,000 requests", "up to 200 MB")."""

_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_CLOCKS_DIFFER_SECONDS = 86_400
_PAGE = 100
_WORDS = 300


@dataclass(frozen=True)
class OpenAIBatches(VendorBatches):
    """The batches of OpenAI."""

    max_requests: int = MAX_REQUESTS
    max_bytes: int = MAX_BYTES

    def request(self, key: str, body: Mapping[str, object]) -> bytes:
        """A line of the file."""
        return as_line({"custom_id": key, "method": "POST", "url": _ENDPOINT, "body": body})

    def upload(self, requests: BinaryIO, token: str) -> str:
        """The id of the uploaded file."""
        file = (_named(token), requests, "application/jsonl")
        made = self._told(lambda: self._patient.files.create(file=file, purpose="batch"), seconds=SEND_SECONDS)
        return str(made.id)

    def submit(self, requests: BinaryIO, uploaded: str, token: str) -> BatchState:  # noqa: ARG002
        """The batch that is made of the uploaded file."""
        made = self._told(
            lambda: self._patient.batches.create(
                input_file_id=uploaded,
                endpoint=_ENDPOINT,
                completion_window="24h",
                metadata={METADATA: token},
            ),
            seconds=SEND_SECONDS,
        )
        return _state(made)

    def state(self, id: str) -> BatchState:
        """How far a batch is."""
        return _state(self._told(lambda: self._sdk.batches.retrieve(id), missing=self._gone(id)))

    def find(self, token: str, begun: str, keys: Collection[str], known: Collection[str]) -> Found:  # noqa: ARG002
        """The batch with our token in its metadata."""
        since = seconds_of(begun) - _CLOCKS_DIFFER_SECONDS

        def looked_up() -> Found:
            for batch in self._sdk.batches.list(limit=_PAGE):  # newest first, page by page
                if batch.created_at < since:
                    break
                if (batch.metadata or {}).get(METADATA) == token:
                    return Found(_state(batch))
            return Found()

        return self._told(looked_up)

    def fetch(self, state: BatchState, into: BinaryIO) -> None:
        """The file of answers and that of errors, one after the other."""
        for id in state.results:
            missing = f"{self.where} has no file {id} with results any more"
            self._told(lambda id=id: self._copy(id, into), missing=missing)  # type: ignore[misc]

    def _copy(self, id: str, into: BinaryIO) -> None:
        with self._sdk.files.with_streaming_response.content(id) as response:
            for data in response.iter_bytes():
                into.write(data)

    def keeps(self, state: BatchState) -> tuple[str, ...]:
        """The file of requests, that of answers and that of errors; they stay until somebody deletes them."""
        return tuple(dict.fromkeys(id for id in (state.input_file, *state.results) if id))

    def uploads(self, token: str) -> tuple[str, ...]:
        """The files with our name for the batch."""

        def looked_up() -> tuple[str, ...]:
            return tuple(file.id for file in self._sdk.files.list(purpose="batch") if file.filename == _named(token))

        try:
            return self._told(looked_up)
        except NotThere:  # no files, so none of ours
            return ()

    def _delete(self, id: str) -> object:
        told = self._sdk.files.delete(id)
        if not told.deleted:
            raise Refused(f"{self.model}: {self.where} says that {id} is not deleted", model=self.model)
        return told

    def _look(self, id: str) -> object:
        return self._sdk.files.retrieve(id)

    def result(self, line: Mapping[str, Any]) -> BatchResult:
        """What a line of either file says."""
        key, response, error = str(line.get("custom_id")), line.get("response"), line.get("error")
        if not isinstance(response, Mapping):
            code = str(error.get("code")) if isinstance(error, Mapping) else ""
            late = code in ("batch_expired", "batch_cancelled")
            return BatchResult(key, late=True) if late else answered_or_failed(key, 0, {"error": error})
        status, body = int(response.get("status_code") or 0), response.get("body")
        if 200 <= status < 300:
            return read_back(key, body)
        return answered_or_failed(key, status, body)


def _named(token: str) -> str:
    """The name of the file with a batch's requests."""
    return f"autocode-{token}.jsonl"


def _state(batch: Any) -> BatchState:
    ended = batch.completed_at or batch.expired_at or batch.cancelled_at or batch.failed_at
    counts = batch.request_counts
    results = tuple(id for id in (batch.output_file_id, batch.error_file_id) if id)
    status: Literal["waiting", "ended", "failed"] = "waiting"
    if batch.status in ("expired", "cancelled") or (batch.status == "failed" and results):
        status = "ended"  # what is done of it is paid, and kept
    elif batch.status == "failed":
        status = "failed"
    elif batch.status == "completed" and (results or not (counts and counts.total)):
        status = "ended"  # some servers say so a moment before the files are there
    return BatchState(
        id=batch.id,
        status=status,
        submitted=utc(batch.created_at),
        total=counts.total if counts else 0,
        done=counts.completed + counts.failed if counts else 0,
        seconds=float(max(0, ended - batch.created_at)) if ended else 0.0,
        input_file=batch.input_file_id or "",
        results=results,
        said=_words(batch.errors.data if batch.errors else None),
    )


def _words(errors: Any) -> str:
    """What is wrong with a batch, each kind of error once."""
    told = {f"{error.message}" + (f" (line {error.line})" if error.line else ""): None for error in errors or ()}
    return "; ".join(told)[:_WORDS]
