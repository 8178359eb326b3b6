"""What requests and answers come to in JSON, whoever the vendor."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from providing import anthropic, openai
from providing.answered import Answered
from providing.connections import Answer, Request


def vendor_of(request: Request) -> str:
    """Whose form a request is in."""
    anthropics = "anthropic-version" in request.headers or "x-api-key" in request.headers
    return "anthropic" if anthropics or request.path.startswith("/v1/messages") else "openai"


def key_of(request: Request) -> str:
    """The key that a request carries; blank: none."""
    bearer = request.headers.get("authorization", "")
    return request.headers.get("x-api-key") or bearer.removeprefix("Bearer ")


def body_hash(data: object) -> bytes:
    """What stands for a body: the same for equal JSON, whatever its order of keys and white space."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(canonical.encode("ascii"), digest_size=16).digest()


def body_of(reply: Answered, *, batch: bool = False) -> dict[str, Any]:
    """A model's answer in its vendor's form."""
    if reply.asked.vendor == "openai":
        return openai.chat_completion(reply)
    return anthropic.message(reply, tier="batch" if batch else "standard")


def as_json(status: int, data: object, headers: dict[str, str] | None = None) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(data).encode("ascii"), headers or {})


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")
