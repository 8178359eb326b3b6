"""Which address does what; how late, and with which fault, the answers come. All of it happens in one thread."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from providing import anthropic, openai
from providing.answered import Answered, answered, bent
from providing.asked import Asked, Malformed, from_anthropic, from_openai, mapping
from providing.batches import Batches
from providing.connections import Answer, Connection, Request
from providing.drawing import Drawn, drawn
from providing.planted import Truth, proposals
from providing.replying import as_json, body_hash, body_of, key_of, vendor_of
from providing.settings import Settings
from providing.tally import Tally, tokens_of

_FORMS = {"openai": openai, "anthropic": anthropic}


class Server:
    """A provider with its truth, its settings and what it has counted so far."""

    def __init__(self, truth: Truth, settings: Settings) -> None:
        self.truth = truth
        self.settings = settings
        self.tally = Tally()
        tokens_of("")  # the vocabulary is read now, not while the first answer is waited for
        self.connections: set[Connection] = set()
        self.batches = Batches(self)

    def connection(self) -> Connection:
        """A new client's connection."""
        self.tally.connections += 1
        return Connection(self.take, self.connections)

    def reset(self) -> None:
        """Forget all that was counted, with the bodies and prefixes seen; requests in flight stay."""
        in_flight = self.tally.in_flight
        self.tally = Tally(in_flight=in_flight, peak=in_flight)

    # --- Addresses ------------------------------------------------------------------------------------------------

    def take(self, request: Request, connection: Connection) -> None:
        """Answer a request, now or later."""
        path, vendor = request.path.rstrip("/"), vendor_of(request)
        try:
            match (request.method, path):
                case ("GET", "/stats"):
                    connection.answer(as_json(200, self.tally.told()))
                case ("POST", "/reset"):
                    self.reset()
                    connection.answer(as_json(200, {}))
                case ("GET" | "POST", "/settings"):
                    if request.method == "POST":
                        self.settings = self.settings.changed(mapping(json.loads(request.body)))
                    connection.answer(as_json(200, vars(self.settings)))
                case ("POST", "/v1/chat/completions" | "/chat/completions" | "/v1/messages"):
                    self._ask(request, connection, vendor)
                case _ if problem := self._locked(request, vendor):
                    connection.answer(problem)
                case ("GET", "/v1/models"):
                    connection.answer(as_json(200, _FORMS[vendor].models(self.settings.models or ("planted",))))
                case _:
                    connection.answer(
                        self.batches.answer(request) or self.problem(vendor, "nowhere", f"{request.method} {path}")
                    )
        except (Malformed, ValueError) as error:  # ValueError: no JSON, or a setting that there is not
            connection.answer(self.problem(vendor, "malformed", error))

    def problem(self, vendor: str, name: str, detail: Any = None) -> Answer:
        """An error in the vendor's form."""
        status, body = _FORMS[vendor].problem(name, detail)
        headers = {}
        if name in ("429", "too_many", "503", "529") and self.settings.retry_after_seconds >= 0:
            headers["Retry-After"] = f"{self.settings.retry_after_seconds:g}"
        if name in ("quota", "key", "model", "context"):
            headers["x-should-retry"] = "false"
        return as_json(status, body, headers)

    def _locked(self, request: Request, vendor: str) -> Answer | None:
        """The refusal of a wrong key."""
        right = not self.settings.key or key_of(request) == self.settings.key
        return None if right else self.problem(vendor, "key")

    # --- Asking ---------------------------------------------------------------------------------------------------

    def _ask(self, request: Request, connection: Connection, vendor: str) -> None:
        """Answer a request for a model's answer."""
        tally = self.tally
        tally.arrived(key_of(request))
        # Counted where it began: a reset while it is in flight must not mix the old counts with the new.
        end = _Once(lambda how: self._end(tally, how))
        try:
            if refused := self._locked(request, vendor) or self._turned_away(vendor):
                self._send(connection, refused, end)
                return
            data = json.loads(request.body)
            asked = from_openai(data) if vendor == "openai" else from_anthropic(data)
            if unfit := self.unfit(asked):
                self._send(connection, unfit, end)
                return
            digest = body_hash(data)
            lot = drawn(self.settings, digest, tally.body_came(digest))
        except (Malformed, ValueError) as error:
            self._send(connection, self.problem(vendor, "malformed", error), end)
            return
        if lot.fault:
            tally.faults[lot.fault] += 1
        if lot.fault in ("429", "503", "529"):
            self._send(connection, self.problem(vendor, lot.fault), end)
            return
        connection.gone = lambda: end("abandoned")
        if lot.fault == "silent":
            return
        reply = None if lot.fault in ("500", "dropped") else self.reply(asked, lot, digest, tally)
        wait = self.settings.latency_seconds + lot.jitter * self.settings.jitter_seconds

        def later() -> None:
            if not end.done:
                self._finish(connection, reply, lot, digest, vendor, end, tally)

        if wait > 0:
            asyncio.get_running_loop().call_later(wait, later)
        else:
            later()

    def _turned_away(self, vendor: str) -> Answer | None:
        """The refusal of a request that comes on top of too many, or after the credit is used up."""
        if refused := self.out_of_credit(vendor, beside=self.tally.in_flight - 1):
            return refused
        if self.settings.max_in_flight and self.tally.in_flight > self.settings.max_in_flight:
            return self.problem(vendor, "too_many")
        return None

    def out_of_credit(self, vendor: str, *, beside: int = 0) -> Answer | None:
        """The refusal after the credit is used up; `beside` requests in flight will use some of it."""
        if self.settings.quota_after and self.tally.answered + beside >= self.settings.quota_after:
            return self.problem(vendor, "quota", self.settings.billing_status)
        return None

    def unfit(self, asked: Asked) -> Answer | None:
        """The refusal of a model that there is not, or of a prompt that does not fit the context."""
        if self.settings.models and asked.model not in self.settings.models:
            return self.problem(asked.vendor, "model", asked.model)
        if self.settings.context_tokens:
            size = self.tally.size(asked)
            if size > self.settings.context_tokens:
                return self.problem(asked.vendor, "context", (self.settings.context_tokens, size))
        return None

    def reply(self, asked: Asked, lot: Drawn, digest: bytes, tally: Tally) -> Answered:
        """The answer to a request, with whatever is wrong with it."""
        found = proposals(asked, self.truth)
        wrong = bent(found, lot)
        if wrong is not found:
            tally.faults[lot.bent] += 1
        limits = [limit for limit in (asked.limit, self.settings.output_tokens) if limit]
        return answered(
            asked,
            wrong,
            lot,
            tally.prompted(asked, self.settings.cache_min_tokens),
            limit=min(limits, default=0),
            id=hashlib.sha256(digest + repr(lot.chance).encode()).hexdigest()[:32],
            created=int(time.time()),
        )

    def _finish(
        self,
        connection: Connection,
        reply: Answered | None,
        lot: Drawn,
        digest: bytes,
        vendor: str,
        end: _Once,
        tally: Tally,
    ) -> None:
        """The end of a request after its latency."""
        if lot.fault == "dropped":
            connection.drop()
            end("dropped")
        elif reply is None:
            self._send(connection, self.problem(vendor, lot.fault), end)
        else:
            answer = as_json(200, body_of(reply), {"x-request-id": f"req_{reply.id[:24]}"})
            if lot.fault == "half_sent":
                connection.answer(answer, only=0.5)
                end("half_sent")
                return
            tally.paid(digest, reply.prompted, reply.output_tokens, whole=reply.ending == "whole")
            self._send(connection, answer, end)

    def _send(self, connection: Connection, answer: Answer, end: _Once) -> None:
        sent = connection.answer(answer)
        end(str(answer.status) if sent else "abandoned")

    def _end(self, tally: Tally, how: str) -> None:
        tally.ended(how)
        if self.tally is not tally:
            self.tally.in_flight -= 1


class _Once:
    """Calls a function the first time only."""

    def __init__(self, call: Callable[[str], None]) -> None:
        self._call = call
        self.done = False

    def __call__(self, how: str) -> None:
        if not self.done:
            self.done = True
            self._call(how)
