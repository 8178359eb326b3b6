"""Anthropic's message batches: the requests come in one body, the results are JSON lines at an own address."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from providing.asked import Malformed, mapping
from providing.connections import Answer, Request
from providing.model import Model
from providing.replying import as_json, as_lines
from providing.work import Item, Result, Work, repeated

_DAY = 86_400
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class AnthropicBatches:
    """Anthropic's message batches."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._batches: dict[str, Work] = {}
        self._made = 0

    def answer(self, request: Request, rest: list[str]) -> Answer | None:
        """Make, list, describe, cancel or delete batches, or give their results."""
        if not rest:
            return self._make(request) if request.method == "POST" else self._page(request)
        id = rest[0]
        work = self._batches.get(id)
        if work is None:
            return self._model.problem("anthropic", "gone", f"batch {id}")
        match (request.method, rest[1:]):
            case ("GET", []):
                return as_json(200, _told(id, work, request))
            case ("GET", ["results"]):
                if work.ended is None:
                    return self._model.problem("anthropic", "gone", f"{id} has no results yet")
                return Answer(200, as_lines([_line(r) for r in work.results]), kind="application/x-jsonl")
            case ("POST", ["cancel"]):
                work.cancel()
                return as_json(200, _told(id, work, request))
            case ("DELETE", []):
                if work.ended is None:
                    raise Malformed(f"{id} cannot be deleted while it is being processed")
                del self._batches[id]
                return as_json(200, {"id": id, "type": "message_batch_deleted"})
        return None

    def _make(self, request: Request) -> Answer:
        settings = self._model.settings
        if settings.batch_max_bytes and len(request.body) > settings.batch_max_bytes:
            return self._model.problem("anthropic", "too_large", "Request exceeds the maximum size")
        rows = mapping(json.loads(request.body)).get("requests")
        if not isinstance(rows, list) or not rows:
            raise Malformed("requests: at least one is required")
        if settings.batch_max_requests and len(rows) > settings.batch_max_requests:
            raise Malformed(f"requests: List should have at most {settings.batch_max_requests} items")
        if refused := self._model.out_of_credit("anthropic"):
            return refused
        items = [Item(str(row.get("custom_id")), row.get("params")) for row in map(mapping, rows)]
        for item in items:
            if not _CUSTOM_ID.fullmatch(item.custom_id):
                raise Malformed(f"custom_id: String should match pattern '^{_CUSTOM_ID.pattern}$'")
        for id in repeated(items):
            raise Malformed(f"custom_id: {id} is not unique")
        self._model.tally.batches += 1
        self._made += 1  # no id comes twice, whatever was deleted
        id = f"msgbatch_{self._made:024}"
        self._batches[id] = work = Work(self._model, "anthropic", items)
        return as_json(200, _told(id, work, request))

    def lying(self) -> list[str]:
        """The ids of the batches that are here."""
        return list(self._batches)

    def _page(self, request: Request) -> Answer:
        """A part of the list, newest first: as many as asked for, after or before the one that is named."""
        ids = list(reversed(self._batches))
        first = ids.index(request.query["after_id"]) + 1 if request.query.get("after_id") in ids else 0
        limit = int(request.query.get("limit", 20))
        if request.query.get("before_id") in ids:
            end = ids.index(request.query["before_id"])
            first, page, more = 0, ids[max(end - limit, 0) : end], end > limit
        else:
            page, more = ids[first : first + limit], first + limit < len(ids)
        ends = {"first_id": page[0], "last_id": page[-1]} if page else {"first_id": None, "last_id": None}
        data = [_told(id, self._batches[id], request) for id in page]
        return as_json(200, {"data": data, "has_more": more, **ends})


def _told(id: str, work: Work, request: Request) -> dict[str, Any]:
    """The batch in Anthropic's form, as it is now. Until it has ended, all its requests count as being processed."""
    counts = work.counts
    if work.ended is None:
        counts = dict.fromkeys(counts, 0) | {"processing": sum(counts.values())}
    status = "ended" if work.ended else "canceling" if work.cancelled else "in_progress"
    address = f"http://{request.headers.get('host', '127.0.0.1')}/v1/messages/batches/{id}/results"
    return {
        "id": id,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": counts,
        "created_at": _time(work.created),
        "ended_at": _time(work.ended) if work.ended else None,
        "expires_at": _time(work.created + _DAY),
        "archived_at": None,
        "cancel_initiated_at": _time(work.cancelled) if work.cancelled else None,
        "results_url": address if work.ended else None,
    }


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _line(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {"type": result.end}
    if result.end == "succeeded":
        told["message"] = result.body
    elif result.end == "errored":
        told["error"] = result.body
    return {"custom_id": result.custom_id, "result": told}
