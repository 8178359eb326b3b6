"""The work of a batch: its requests are answered one after another, until all are done, expired or cancelled."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from providing.asked import Malformed, from_anthropic, from_openai
from providing.connections import Answer
from providing.drawing import drawn
from providing.model import Model
from providing.replying import body_hash, body_of

_AT_ONCE = 10
"""Requests answered before other connections get their turn."""

End = Literal["succeeded", "errored", "expired", "canceled"]


@dataclass(frozen=True, slots=True)
class Item:
    """One request of a batch."""

    custom_id: str
    body: object


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request."""

    custom_id: str
    end: End
    status: int = 200
    body: Any = None
    """The answer, or the error in the vendor's form."""


class Work:
    """A batch being worked on."""

    def __init__(self, model: Model, vendor: str, items: Sequence[Item]) -> None:
        self._model, self._vendor, self._items = model, vendor, items
        self._settings = model.settings
        self._results: list[Result] = []
        self.created = time.time()
        self.ended: float | None = None
        self.cancelled: float | None = None
        self._task = asyncio.get_running_loop().create_task(self._run())

    @property
    def counts(self) -> dict[str, int]:
        """How many requests ended how, and how many are still to be done."""
        found = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
        for result in self._results:
            found[result.end] += 1
        return found | {"processing": len(self._items) - len(self._results)}

    @property
    def results(self) -> list[Result]:
        """What became of the requests, in the order in which the provider gives it back."""
        found = list(self._results)
        if self._settings.batch_shuffled:
            random.Random(f"{self._settings.seed} {len(found)}").shuffle(found)
        return found

    def cancel(self) -> None:
        """Do no more of it; what is done stays."""
        if self.ended is None and self.cancelled is None:
            self.cancelled = time.time()

    async def _run(self) -> None:
        """Answer the requests, spread over the time that a batch takes."""
        for at, item in enumerate(self._items):
            due = self.created + self._settings.batch_seconds * (at + 1) / len(self._items)
            while (wait := due - time.time()) > 0 and self.cancelled is None:
                await asyncio.sleep(min(wait, 0.02))
            if self.cancelled is not None:
                self._results += [Result(one.custom_id, "canceled") for one in self._items[at:]]
                break
            self._results.append(self._result(at, item))
            if at % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self.ended = time.time()

    def _result(self, at: int, item: Item) -> Result:
        """Answer one request, or let it fail or expire as the settings say."""
        model, settings, tally = self._model, self._settings, self._model.tally
        tally.batch_requests += 1
        try:
            asked = (from_openai if self._vendor == "openai" else from_anthropic)(item.body)
        except Malformed as error:
            return self._failed(item, model.problem(self._vendor, "malformed", error))
        if unfit := model.unfit(asked):
            return self._failed(item, unfit)
        digest = body_hash(item.body)
        lot = drawn(settings, digest, tally.body_came(digest))
        if not lot.spared:
            is_late = settings.batch_expires_after >= 0 and at >= int(len(self._items) * settings.batch_expires_after)
            if is_late or lot.chance < settings.batch_share_expired:
                return Result(item.custom_id, "expired")
            if lot.chance < settings.batch_share_expired + settings.batch_share_errored:
                return self._failed(item, model.problem(self._vendor, "500"))
        reply = model.reply(asked, lot, digest, tally)
        tally.paid(digest, reply.prompted, reply.output_tokens, whole=reply.ending == "whole")
        return Result(item.custom_id, "succeeded", 200, body_of(reply, batch=True))

    def _failed(self, item: Item, answer: Answer) -> Result:
        return Result(item.custom_id, "errored", answer.status, json.loads(answer.body))


def repeated(items: Sequence[Item]) -> Iterator[str]:
    """The custom ids that stand more than once."""
    seen: set[str] = set()
    for item in items:
        if item.custom_id in seen:
            yield item.custom_id
        seen.add(item.custom_id)
