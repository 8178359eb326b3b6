"""OpenAI's batches: a file of requests is uploaded, a batch is made of it, and its results are files again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from providing.asked import Malformed, mapping
from providing.connections import Answer, Request
from providing.model import Model
from providing.replying import as_json, as_lines
from providing.uploads import fields
from providing.work import Item, Result, Work, repeated

_DAY = 86_400
_ENDPOINT = "/v1/chat/completions"


@dataclass(frozen=True)
class File:
    """A file that was uploaded, or made of results."""

    id: str
    name: str
    purpose: str
    data: bytes
    created: int

    def told(self) -> dict[str, Any]:
        """The file in OpenAI's form."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.data),
            "created_at": self.created,
            "filename": self.name,
            "purpose": self.purpose,
            "status": "processed",
            "status_details": None,
            "expires_at": None,
        }


@dataclass
class Batch:
    """A batch; without work it was refused, for the reasons in `errors`."""

    id: str
    input_file: str
    metadata: object
    created: int
    work: Work | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    output_file: str | None = None
    error_file: str | None = None


class OpenAIBatches:
    """OpenAI's files and batches."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._files: dict[str, File] = {}
        self._kept = 0
        self._batches: dict[str, Batch] = {}

    # --- Files ----------------------------------------------------------------------------------------------------

    def answer_about_files(self, request: Request, rest: list[str]) -> Answer | None:
        """Upload, list, describe, give or delete files."""
        if not rest:
            if request.method == "POST":
                return self._upload(request)
            return _page([file.told() for file in self._files.values()], request)
        file = self._files.get(rest[0])
        if file is None:
            return self._model.problem("openai", "gone", f"file {rest[0]}")
        match (request.method, rest[1:]):
            case ("GET", []):
                return as_json(200, file.told())
            case ("GET", ["content"]):
                return Answer(200, file.data, kind="application/octet-stream")
            case ("DELETE", []):
                del self._files[file.id]
                return as_json(200, {"id": file.id, "object": "file", "deleted": True})
        return None

    def _upload(self, request: Request) -> Answer:
        parts = fields(request)
        name, data = parts.get("file", ("", b""))
        purpose = parts.get("purpose", ("", b""))[1].decode("utf-8", "replace")
        if not name or not purpose:
            raise Malformed("file, purpose: both are required")
        limit = self._model.settings.batch_max_bytes
        if limit and len(data) > limit:
            return self._model.problem("openai", "too_large", f"File exceeds the limit of {limit} bytes.")
        return as_json(200, self._keep(name, purpose, data).told())

    def _keep(self, name: str, purpose: str, data: bytes) -> File:
        self._kept += 1  # no id comes twice, whatever was deleted
        file = File(f"file-{self._kept:024}", name, purpose, data, int(time.time()))
        self._files[file.id] = file
        return file

    def lying(self) -> list[str]:
        """The ids of the files that are here."""
        return list(self._files)

    # --- Batches --------------------------------------------------------------------------------------------------

    def answer(self, request: Request, rest: list[str]) -> Answer | None:
        """Make, list, describe or cancel batches."""
        if not rest:
            if request.method == "POST":
                return self._make(request)
            return _page([self._told(batch) for batch in reversed(self._batches.values())], request)
        batch = self._batches.get(rest[0])
        if batch is None:
            return self._model.problem("openai", "gone", f"batch {rest[0]}")
        match (request.method, rest[1:]):
            case ("GET", []):
                return as_json(200, self._told(batch))
            case ("POST", ["cancel"]):
                if batch.work:
                    batch.work.cancel()
                return as_json(200, self._told(batch))
        return None

    def _make(self, request: Request) -> Answer:
        data = mapping(json.loads(request.body))
        file = self._files.get(str(data.get("input_file_id")))
        if file is None:
            return self._model.problem("openai", "gone", f"file {data.get('input_file_id')}")
        if data.get("endpoint") != _ENDPOINT or data.get("completion_window") != "24h":
            raise Malformed(f"endpoint must be {_ENDPOINT} and completion_window 24h")
        if refused := self._model.out_of_credit("openai"):
            return refused
        items, errors = self._items(file)
        work = None if errors else Work(self._model, "openai", items)
        self._model.tally.batches += 1
        id = f"batch_{len(self._batches) + 1:024}"
        self._batches[id] = batch = Batch(id, file.id, data.get("metadata"), int(time.time()), work, errors)
        return as_json(200, self._told(batch) | {"status": "validating", "errors": None})

    def _items(self, file: File) -> tuple[list[Item], list[dict[str, Any]]]:
        """The requests in a file, and what is wrong with it (codes as documented for this form)."""
        items: list[Item] = []
        errors: list[dict[str, Any]] = []
        lines = [line for line in file.data.split(b"\n") if line.strip()]
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                item = Item(row["custom_id"], row["body"])
            except (ValueError, KeyError, TypeError):
                errors.append(_error("invalid_json_line", "This line is not parseable as a valid request.", number))
                continue
            if row.get("url") != _ENDPOINT or row.get("method") != "POST":
                errors.append(_error("mismatched_url", "The URL of this request is not that of the batch.", number))
            items.append(item)
        errors += [_error("duplicate_custom_id", f"The custom id {id} is not unique.") for id in repeated(items)]
        limit = self._model.settings.batch_max_requests
        if limit and len(lines) > limit:
            errors.append(_error("too_many_tasks", f"The number of requests exceeds the limit of {limit}."))
        if not lines:
            errors.append(_error("empty_file", "The input file is empty."))
        return items, errors

    def _told(self, batch: Batch) -> dict[str, Any]:
        """The batch in OpenAI's form, as it is now."""
        work = batch.work
        counts = work.counts if work else {}
        status = self._status(batch)
        if work and work.ended and batch.output_file is None and batch.error_file is None:
            self._write_results(batch, work.results)
        ended = int(work.ended) if work and work.ended else None
        cancelled = int(work.cancelled) if work and work.cancelled else None
        at = {f"{name}_at": ended if status == name else None for name in ("completed", "expired", "cancelled")}
        errors = {"object": "list", "data": batch.errors} if batch.errors else None
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": _ENDPOINT,
            "errors": errors,
            "input_file_id": batch.input_file,
            "completion_window": "24h",
            "status": status,
            "output_file_id": batch.output_file,
            "error_file_id": batch.error_file,
            "created_at": batch.created,
            "in_progress_at": batch.created if work else None,
            "expires_at": batch.created + _DAY,
            "finalizing_at": ended,
            "failed_at": None if work else batch.created,
            "cancelling_at": cancelled,
            **at,
            "request_counts": {
                "total": sum(counts.values()),
                "completed": counts.get("succeeded", 0),
                "failed": counts.get("errored", 0),
            },
            "metadata": batch.metadata,
        }

    def _status(self, batch: Batch) -> str:
        work = batch.work
        if work is None:
            return "failed"
        if work.ended is None:
            return "in_progress" if work.cancelled is None else "cancelling"
        if work.cancelled is not None:
            return "cancelled"
        return "expired" if work.counts["expired"] else "completed"

    def _write_results(self, batch: Batch, results: list[Result]) -> None:
        """Answers go to one file, errors and expired requests to another; a file without lines is not made."""
        good = [_line(result) for result in results if result.end == "succeeded"]
        bad = [_line(result) for result in results if result.end in ("errored", "expired")]
        if good:
            batch.output_file = self._keep(f"{batch.id}_output.jsonl", "batch_output", as_lines(good)).id
        if bad:
            batch.error_file = self._keep(f"{batch.id}_error.jsonl", "batch_output", as_lines(bad)).id


def _line(result: Result) -> dict[str, Any]:
    line: dict[str, Any] = {"id": f"batch_req_{result.custom_id}", "custom_id": result.custom_id}
    if result.end == "expired":
        late = "This request could not be executed before the completion window expired."
        return line | {"response": None, "error": {"code": "batch_expired", "message": late}}
    response = {"status_code": result.status, "request_id": f"req_{result.custom_id}", "body": result.body}
    return line | {"response": response, "error": None}


def _error(code: str, message: str, line: int | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "param": None, "line": line}


def _page(rows: list[dict[str, Any]], request: Request) -> Answer:
    """A part of a list: as many as asked for, after the one that is named."""
    ids = [row["id"] for row in rows]
    first = ids.index(request.query["after"]) + 1 if request.query.get("after") in ids else 0
    limit = int(request.query.get("limit", 20))
    page = rows[first : first + limit]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return as_json(200, {"object": "list", "data": page, **ends, "has_more": first + limit < len(rows)})
