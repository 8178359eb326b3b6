"""Anthropic's forms of answers, errors and lists of models."""

from __future__ import annotations

from typing import Any

from providing.answered import Answered


def message(answered: Answered, *, tier: str = "standard") -> dict[str, Any]:
    """The body of a message."""
    asked, prompted = answered.asked, answered.prompted
    content: list[dict[str, Any]] = [{"type": "text", "text": answered.text}]
    reason = {"cut": "max_tokens", "refused": "refusal"}.get(answered.ending, "end_turn")
    if answered.ending == "refused":
        content = []
    elif asked.tool and answered.ending != "prose":
        given = {"proposals": answered.proposals}
        content = [{"type": "tool_use", "id": f"toolu_{answered.id[:24]}", "name": asked.tool, "input": given}]
        if reason == "end_turn":
            reason = "tool_use"
    return {
        "id": f"msg_{answered.id[:24]}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": prompted.tokens - prompted.cached - prompted.cached_now,
            "cache_creation_input_tokens": prompted.cached_now,
            "cache_read_input_tokens": prompted.cached,
            "cache_creation": {"ephemeral_5m_input_tokens": prompted.cached_now, "ephemeral_1h_input_tokens": 0},
            "output_tokens": answered.output_tokens,
            "service_tier": tier,
        },
    }


def error(kind: str, message: str) -> dict[str, Any]:
    """The body of an error."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_planted"}


def problem(name: str, detail: Any = None) -> tuple[int, dict[str, Any]]:
    """Status and body of a problem, by our name for it."""
    match name:
        case "429" | "too_many":
            return 429, error("rate_limit_error", "This request would exceed your organization's rate limit.")
        case "quota" if detail == 400:
            low = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
            return 400, error("invalid_request_error", low)
        case "quota":
            return 402, error(
                "billing_error", "There is a problem with your billing. Please check your payment details."
            )
        case "key":
            return 401, error("authentication_error", "invalid x-api-key")
        case "model":
            return 404, error("not_found_error", f"model: {detail}")
        case "context":
            limit, size = detail
            return 400, error("invalid_request_error", f"prompt is too long: {size} tokens > {limit} maximum")
        case "malformed":
            return 400, error("invalid_request_error", str(detail))
        case "too_large":
            return 413, error("request_too_large", str(detail))
        case "nowhere" | "gone":
            return 404, error("not_found_error", str(detail))
        case "503":
            return 503, error("api_error", "Service unavailable")
        case "529":
            return 529, error("overloaded_error", "Overloaded")
        case _:
            return 500, error("api_error", "Internal server error")


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """The list of models."""
    data = [
        {"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z", "lifecycle": "active"}
        for name in names
    ]
    return {
        "data": data,
        "has_more": False,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
    }
