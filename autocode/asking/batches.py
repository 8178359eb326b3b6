"""Calls handed in as a batch: answered within a day, at half the price. What both vendors' batches have in common.

A batch is handed in, asked about, and its results are fetched when it has ended; each result is found again by its
custom id, which is the call's key. What a vendor says and wants is known in openai_batches.py and anthropic_batches.py.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar, Literal, TypeVar

from autocode.asking import clients, failures
from autocode.asking.clients import CONNECT_SECONDS, READ_SECONDS
from autocode.asking.replies import is_overflow, read_reply
from autocode.data import Deletion, Prompt, Reply
from autocode.errors import BusyError, ProviderError

SEND_SECONDS = 600.0
"""How long a vendor may take to look through a batch that it is sent."""
METADATA = "autocode"
"""The name under which our own token stands at a batch."""

_Told = TypeVar("_Told")


class Refused(ProviderError):
    """The provider said no, so that nothing of what was asked has happened."""


class NotThere(Refused):
    """The provider does not know what is asked about, or has no such address (HTTP 404, 405, 501)."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is."""

    id: str
    status: Literal["waiting", "ended", "failed"]
    """`failed`: it was refused as a whole, and nothing in it was asked."""
    submitted: str
    """UTC, as the vendor says."""
    total: int
    done: int
    seconds: float = 0.0
    """From when it was submitted to when it ended."""
    input_file: str = ""
    results: tuple[str, ...] = ()
    """Where the results are: files or an address."""
    said: str = ""
    """The vendor's words about why it failed."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one call of a batch: a reply, or why there is none."""

    key: str
    reply: Reply | None = None
    late: bool = False
    """Whether it was never tried, because the batch expired or was cancelled."""
    status: int = 0
    """The HTTP status of a failure; 0: the vendor tells none."""
    error: object = None

    def reason(self, prompt: Prompt | None) -> str:
        """Why there is no reply, in the vendor's words as far as they do not repeat the interview's.

        Without the prompt that was sent nobody knows whether they do, so they are left out.
        """
        if self.late:
            return "not done when its batch ended"
        code = f" (HTTP {self.status})" if self.status else ""
        words = "" if prompt is None else failures.words(self.error, prompt)
        return f"the provider failed at it in a batch{code}{words}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a vendor knows of a batch that may or may not have arrived."""

    state: BatchState | None = None
    unsure: BatchState | None = None
    """A batch that may be it, which will be known when it has ended."""


@dataclass(frozen=True)
class VendorBatches:
    """The batches of one vendor, or of a server that speaks its language."""

    model: str
    """`openai/NAME` or `anthropic/NAME`, for messages."""
    base_url: str
    max_requests: int
    """How many requests a batch may hold."""
    max_bytes: int
    """How long all its requests may be together."""

    opening: ClassVar[bytes] = b""
    between: ClassVar[bytes] = b"\n"
    closing: ClassVar[bytes] = b"\n"

    @property
    def where(self) -> str:
        """The address that the requests are sent to."""
        return self.base_url or self._vendor.address

    def request(self, key: str, body: Mapping[str, object]) -> bytes:
        """One request as it stands in what is sent."""
        raise NotImplementedError

    def upload(self, requests: BinaryIO, token: str) -> str:
        """The id of the file that the requests are put into first; blank where they go with the batch itself."""
        raise NotImplementedError

    def submit(self, requests: BinaryIO, uploaded: str, token: str) -> BatchState:
        """The batch that is made of the requests. From then on it is paid."""
        raise NotImplementedError

    def state(self, id: str) -> BatchState:
        """How far a batch is."""
        raise NotImplementedError

    def find(self, token: str, begun: str, keys: Collection[str], known: Collection[str]) -> Found:
        """A batch that was about to be submitted at a time (UTC), if it arrived. `known` ones are others."""
        raise NotImplementedError

    def fetch(self, state: BatchState, into: BinaryIO) -> None:
        """Write the results of a batch that has ended into a file, a line each, in the vendor's own form."""
        raise NotImplementedError

    def result(self, line: Mapping[str, Any]) -> BatchResult:
        """What a line of the results says."""
        raise NotImplementedError

    def keeps(self, state: BatchState) -> tuple[str, ...]:
        """The ids of what the vendor keeps of a batch: files, or the batch with all that is in it."""
        raise NotImplementedError

    def uploads(self, token: str) -> tuple[str, ...]:
        """The ids of the files that were uploaded for a batch under our own name for it."""
        raise NotImplementedError

    def deleted(self, id: str) -> Deletion:
        """What became of something that the vendor keeps, when it was told to delete it."""
        try:
            self._told(lambda: self._delete(id))
        except NotThere:  # this, or any deletion at all
            try:
                self._told(lambda: self._look(id))
            except NotThere:
                return "gone"
            return "kept"
        return "deleted"

    def _delete(self, id: str) -> object:
        raise NotImplementedError

    def _look(self, id: str) -> object:
        raise NotImplementedError

    def results(self, fetched: BinaryIO) -> Iterator[BatchResult]:
        """What became of each call, in the order of the file, which is no order."""
        for line in fetched:  # bytes, so that only a line feed ends a line
            if line.strip():
                try:
                    data = json.loads(line)
                except ValueError as error:
                    raise BusyError(
                        f"{self.model}: the results of a batch came broken; give the same command again",
                        model=self.model,
                    ) from error
                yield self.result(data)

    # --- The way there ----------------------------------------------------------------------------------------------

    @property
    def _vendor(self) -> clients.Vendor:
        return clients.VENDORS[self.model.partition("/")[0]]

    @property
    def _sdk(self) -> Any:
        """The vendor's own client."""
        return clients.client(self._vendor, self.base_url).client

    @property
    def _patient(self) -> Any:
        """The same, for what takes a vendor long to read."""
        module = importlib.import_module(self._vendor.name)
        return self._sdk.with_options(timeout=module.Timeout(SEND_SECONDS, connect=CONNECT_SECONDS))

    def _told(self, call: Callable[[], _Told], *, missing: str = "", seconds: float = READ_SECONDS) -> _Told:
        """What the vendor answers; its errors are turned into ours. `missing` is what a 404 means."""
        module = importlib.import_module(self._vendor.name)
        try:
            return call()
        except Refused:
            raise
        except Exception as error:
            if isinstance(error, module.APIStatusError) and error.status_code in (404, 405, 501):
                raise NotThere(
                    f"{self.model}: {missing or self._no_batches()} (HTTP {error.status_code})", model=self.model
                ) from error
            nothing = Prompt(prefix="", context="", passage="")
            said = isinstance(error, module.APIStatusError)
            try:
                turned = failures.turned(
                    error,
                    model=self.model,
                    vendor=self._vendor,
                    base_url=self.base_url,
                    prompt=nothing,
                    timeout_seconds=seconds,
                )
            except BusyError:
                raise
            except ProviderError as refusal:
                if said:
                    raise Refused(str(refusal), model=self.model) from error
                raise
            raise (Refused if said else ProviderError)(
                f"{self.model}: the batch is refused{failures.words(turned.raw, nothing)}; "
                "see what the provider says about the size of batches",
                model=self.model,
            ) from error

    def _no_batches(self) -> str:
        return f"{self.where} has no batches of this kind; give the same command without --batch"

    def _gone(self, id: str) -> str:
        return (
            f"{self.where} knows no batch {id}; use the key of the account it was submitted with, or, where it is gone "
            "for good, take its lines out of batches.jsonl to have its passages asked, and paid, again"
        )


def answered_or_failed(key: str, status: int, body: object) -> BatchResult:
    """What a body that came back in a batch amounts to: longer than the context is `cut`, as it is for single calls."""
    if status in (0, 400, 413, 422) and (status == 413 or is_overflow(body)):
        return BatchResult(key, Reply(outcome="cut", raw=body))
    return BatchResult(key, status=status, error=body)


def read_back(key: str, body: object) -> BatchResult:
    """The reply in the whole body of an answer."""
    return BatchResult(key, read_reply(body))


def utc(seconds: float) -> str:
    """A time as it stands in a run."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds_of(time: str) -> float:
    """A time as it stands in a run, in seconds since 1970."""
    return datetime.fromisoformat(time).timestamp()


def as_line(data: object) -> bytes:
    """JSON on one line, ASCII only, its keys as they stand: a model writes the fields of its answer in their order."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True).encode("ascii")
