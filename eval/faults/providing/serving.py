"""Which address does what; how late, and with which fault, the answers come. All of it happens in one thread."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from providing.answered import Answered
from providing.asked import Malformed, from_anthropic, from_openai, mapping
from providing.batches import Batches
from providing.connections import Answer, Connection, Request
from providing.drawing import Drawn, drawn
from providing.model import FORMS, Model
from providing.planted import Truth
from providing.replying import as_json, body_hash, body_of, key_of, vendor_of
from providing.settings import Settings
from providing.tally import Tally


class Server:
    """A model at an address, with its connections and what was handed in to it."""

    def __init__(self, truth: Truth, settings: Settings) -> None:
        self.model = Model(truth, settings)
        self.connections: set[Connection] = set()
        self.batches = Batches(self.model)

    def connection(self) -> Connection:
        """A new client's connection."""
        self.model.tally.connections += 1
        return Connection(self.take, self.connections)

    def told(self) -> dict[str, object]:
        """What is counted, and in `lying` the ids of what lies here of files and batches."""
        return self.model.tally.told() | {"lying": self.batches.lying()}

    # --- Addresses ------------------------------------------------------------------------------------------------

    def take(self, request: Request, connection: Connection) -> None:
        """Answer a request, now or later."""
        path, vendor = request.path.rstrip("/"), vendor_of(request)
        try:
            match (request.method, path):
                case ("GET", "/stats"):
                    connection.answer(as_json(200, self.told()))
                case ("POST", "/reset"):
                    self.model.reset()
                    connection.answer(as_json(200, {}))
                case ("GET" | "POST", "/settings"):
                    if request.method == "POST":
                        self.model.settings = self.model.settings.changed(mapping(json.loads(request.body)))
                    connection.answer(as_json(200, vars(self.model.settings)))
                case ("POST", "/v1/chat/completions" | "/chat/completions" | "/v1/messages"):
                    self._ask(request, connection, vendor)
                case _ if problem := self._locked(request, vendor):
                    connection.answer(problem)
                case ("GET", "/v1/models"):
                    connection.answer(as_json(200, FORMS[vendor].models(self.model.settings.models or ("planted",))))
                case _:
                    connection.answer(
                        self.batches.answer(request)
                        or self.model.problem(vendor, "nowhere", f"{request.method} {path}")
                    )
        except (Malformed, ValueError) as error:  # ValueError: no JSON, or a setting that there is not
            connection.answer(self.model.problem(vendor, "malformed", error))

    def _locked(self, request: Request, vendor: str) -> Answer | None:
        """The refusal of a wrong key."""
        right = not self.model.settings.key or key_of(request) == self.model.settings.key
        return None if right else self.model.problem(vendor, "key")

    # --- Asking ---------------------------------------------------------------------------------------------------

    def _ask(self, request: Request, connection: Connection, vendor: str) -> None:
        """Answer a request for a model's answer."""
        tally = self.model.tally
        tally.arrived(key_of(request))
        # Counted where it began: a reset while it is in flight must not mix the old counts with the new.
        end = _Once(lambda how: self._end(tally, how))
        try:
            if refused := self._locked(request, vendor) or self._turned_away(vendor):
                self._send(connection, refused, end)
                return
            data = json.loads(request.body)
            asked = from_openai(data) if vendor == "openai" else from_anthropic(data)
            if unfit := self.model.unfit(asked):
                self._send(connection, unfit, end)
                return
            digest = body_hash(data)
            lot = drawn(self.model.settings, digest, tally.body_came(digest))
        except (Malformed, ValueError) as error:
            self._send(connection, self.model.problem(vendor, "malformed", error), end)
            return
        if lot.fault:
            tally.faults[lot.fault] += 1
        if lot.fault in ("429", "503", "529"):
            self._send(connection, self.model.problem(vendor, lot.fault), end)
            return
        connection.gone = lambda: end("abandoned")
        if lot.fault == "silent":
            return
        reply = None if lot.fault in ("500", "dropped") else self.model.reply(asked, lot, digest, tally)
        wait = self.model.settings.latency_seconds + lot.jitter * self.model.settings.jitter_seconds

        def later() -> None:
            if not end.done:
                self._finish(connection, reply, lot, digest, vendor, end, tally)

        if wait > 0:
            asyncio.get_running_loop().call_later(wait, later)
        else:
            later()

    def _turned_away(self, vendor: str) -> Answer | None:
        """The refusal of a request that comes on top of too many, or after the credit is used up."""
        if refused := self.model.out_of_credit(vendor, beside=self.model.tally.in_flight - 1):
            return refused
        if self.model.settings.max_in_flight and self.model.tally.in_flight > self.model.settings.max_in_flight:
            return self.model.problem(vendor, "too_many")
        return None

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
            self._send(connection, self.model.problem(vendor, lot.fault), end)
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
        if self.model.tally is not tally:
            self.model.tally.in_flight -= 1


class _Once:
    """Calls a function the first time only."""

    def __init__(self, call: Callable[[str], None]) -> None:
        self._call = call
        self.done = False

    def __call__(self, how: str) -> None:
        if not self.done:
            self.done = True
            self._call(how)
