"""OpenAI's forms of answers, errors and lists of models."""

from __future__ import annotations

import time
from typing import Any

from providing.answered import REFUSAL, Answered


def chat_completion(answered: Answered) -> dict[str, Any]:
    """The body of a chat completion."""
    asked, prompted = answered.asked, answered.prompted
    message: dict[str, Any] = {"role": "assistant", "content": answered.text, "refusal": None, "annotations": []}
    finish = {"cut": "length"}.get(answered.ending, "stop")
    if answered.ending == "refused":
        message |= {"content": None, "refusal": REFUSAL}
    elif asked.tool and answered.ending != "prose":
        function = {"name": asked.tool, "arguments": answered.text}
        message |= {
            "content": None,
            "tool_calls": [{"id": f"call_{answered.id[:24]}", "type": "function", "function": function}],
        }
        if finish == "stop" and not asked.forced:
            finish = "tool_calls"
    return {
        "id": f"chatcmpl-{answered.id[:29]}",
        "object": "chat.completion",
        "created": answered.created,
        "model": asked.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": prompted.tokens,
            "completion_tokens": answered.output_tokens,
            "total_tokens": prompted.tokens + answered.output_tokens,
            "prompt_tokens_details": {"cached_tokens": prompted.cached, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_planted",
    }


def error(message: str, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The body of an error."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def problem(name: str, detail: Any = None) -> tuple[int, dict[str, Any]]:
    """Status and body of a problem, by our name for it."""
    match name:
        case "429" | "too_many":
            return 429, error(
                "Rate limit reached for requests. Please try again later.", "requests", "rate_limit_exceeded"
            )
        case "quota":
            return 429, error(
                "You exceeded your current quota, please check your plan and billing details.",
                *("insufficient_quota", "insufficient_quota"),
            )
        case "key":
            return 401, error("Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
        case "model":
            return 404, error(
                f"The model `{detail}` does not exist or you do not have access to it.",
                *("invalid_request_error", "model_not_found"),
            )
        case "context":
            limit, size = detail
            return 400, error(
                f"This model's maximum context length is {limit} tokens. However, your messages resulted in {size} "
                "tokens. Please reduce the length of the messages.",
                *("invalid_request_error", "context_length_exceeded", "messages"),
            )
        case "malformed":
            return 400, error(str(detail), "invalid_request_error")
        case "too_large":
            return 413, error(str(detail), "invalid_request_error", "file_too_large")
        case "nowhere":
            return 404, error(f"Invalid URL ({detail})", "invalid_request_error")
        case "gone":
            return 404, error(f"No such object: {detail}", "invalid_request_error", None, "id")
        case "503" | "529":
            return int(name), error("The engine is currently overloaded, please try again later.", "server_error")
        case _:
            return 500, error(
                "The server had an error while processing your request. Sorry about that!", "server_error"
            )


def models(names: tuple[str, ...]) -> dict[str, Any]:
    """The list of models."""
    made = int(time.time())
    data = [{"id": name, "object": "model", "created": made, "owned_by": "planted"} for name in names]
    return {"object": "list", "data": data}
