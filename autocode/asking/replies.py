"""What a provider sent back -> Reply. Nothing that was paid for is lost, and nothing is guessed.

The body says by its shape where it comes from: an OpenAI chat completion, an Anthropic message, or bare proposals.
Refusal and finish reason are read before the answer. A cut answer is never taken for the whole one, even where some of
its proposals are complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from autocode.data import Outcome, Proposal, Reply, Usage, canonical_json

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
# llama.cpp and vLLM call a model by its place on their disk unless told otherwise. "owner/name" is no such place.
_PATH = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]|file:")
_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

_OVERFLOW_CODES = {"context_length_exceeded", "exceed_context_size_error", "request_too_large"}
# How Anthropic, OpenAI, vLLM, llama.cpp, LM Studio and Mistral say that a request does not fit.
_OVERFLOW = re.compile(
    r"prompt is too long|exceeds? (?:the )?(?:available )?context|context (?:length|window|size)"
    r"|too large for model with|max_tokens must be at least 1, got -",
    re.IGNORECASE,
)


def read_reply(raw: object) -> Reply:
    """The proposals in a provider's body, with how it ended, what it used and which model answered.

    `answered`: there is a list of proposals, maybe empty. `cut`: the output limit or the context was reached.
    `refused`: the model or the provider's filter declined. `unreadable`: anything else, such as prose, half a JSON,
    or no tool call where one was asked for.

    >>> read_reply({"proposals": [{"why": "she says so", "code": "help", "quote": "two deadlines"}]}).proposals
    (Proposal(why='she says so', code='help', quote='two deadlines', part=None, item=0, sub=0),)
    """
    body: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
    outcome, answer = _answer(body)
    items = _items(answer) if outcome == "answered" else None
    if outcome == "answered" and items is None:
        outcome = "unreadable"
    proposals = tuple(p for place, item in enumerate(items or ()) for p in _proposals(item, place))
    return Reply(
        proposals=proposals,
        outcome=outcome,
        usage=_usage(body.get("usage")),
        raw=raw,
        model=_served(body.get("model")),
    )


def is_overflow(body: object) -> bool:
    """Whether an error body says that the request is longer than the model's context."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return isinstance(error, str) and _OVERFLOW.search(error) is not None
    if _OVERFLOW_CODES & {str(error.get("code")), str(error.get("type"))}:
        return True
    return _OVERFLOW.search(str(error.get("message", ""))) is not None


# --- How it ended, and where the answer stands ------------------------------------------------------------------


def _answer(body: Mapping[str, Any]) -> tuple[Outcome, object]:
    if "proposals" in body:
        return "answered", body
    if isinstance(body.get("choices"), list):
        return _from_openai(body["choices"])
    if isinstance(body.get("content"), list):
        return _from_anthropic(body["content"], body.get("stop_reason"))
    if (body.get("error") or body.get("object") == "error") and is_overflow(body):
        return "cut", None
    return "unreadable", None


def _from_openai(choices: list[Any]) -> tuple[Outcome, object]:
    choice = choices[0] if choices and isinstance(choices[0], Mapping) else {}
    message = choice.get("message")
    message = message if isinstance(message, Mapping) else {}
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        return "refused", None
    if choice.get("finish_reason") == "length":
        return "cut", None
    content = message.get("content")
    return "answered", _json_in(content) if isinstance(content, str) else None


def _from_anthropic(blocks: list[Any], stop_reason: object) -> tuple[Outcome, object]:
    if stop_reason == "refusal":
        return "refused", None
    if stop_reason in ("max_tokens", "model_context_window_exceeded"):
        return "cut", None
    found = [block for block in blocks if isinstance(block, Mapping)]
    calls = [block.get("input") for block in found if block.get("type") == "tool_use"]
    if calls:
        lists = [_items(call) for call in calls]
        return "answered", None if None in lists else {"proposals": [item for items in lists for item in items or ()]}
    text = "".join(str(block.get("text", "")) for block in found if block.get("type") == "text")
    return "answered", _json_in(text)


def _json_in(text: str) -> object:
    """The JSON object with proposals in a text: the whole text, a fenced block, or what follows a model's thinking."""
    fenced = _FENCE.search(text)
    for candidate in (text, fenced.group(1) if fenced else ""):
        try:
            return json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    decoder = json.JSONDecoder()
    for brace in re.finditer(r'\{\s*"proposals"', text):
        try:
            return decoder.raw_decode(text, brace.start())[0]
        except (ValueError, RecursionError):
            continue
    return None


# --- Item by item -----------------------------------------------------------------------------------------------


def _items(answer: object) -> list[Any] | None:
    """The list of proposals in an answer; None where there is none."""
    found = answer.get("proposals") if isinstance(answer, Mapping) else None
    if isinstance(found, str):  # models that call tools sometimes write the list as a string
        try:
            found = json.loads(found)
        except (ValueError, RecursionError):
            return None
    if isinstance(found, Mapping):
        return [found]
    return found if isinstance(found, list) else None


def _proposals(item: object, place: int) -> Iterator[Proposal]:
    """At least one proposal for every item. What is no object has its words in `quote` and no code."""
    if not isinstance(item, Mapping):
        yield Proposal(quote=_text(item), item=place)
        return
    code = item.get("code")
    codes = code if isinstance(code, list) and code else [code if not isinstance(code, list) else None]
    for sub, one in enumerate(codes):
        yield Proposal(
            why=_text(item.get("why")),
            code=_text(one),
            quote=_text(item.get("quote")),
            part=_number(item.get("part")),
            item=place,
            sub=sub,
        )


def _text(value: object) -> str:
    if value is None:
        return ""
    words = value if isinstance(value, str) else canonical_json(value)
    return _LONE_SURROGATE.sub("\ufffd", words)  # half a character cannot be written to a file


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _usage(used: object) -> Usage | None:
    """Tokens as the provider counted them; Anthropic counts those of the cache apart from the input, OpenAI in it.

    Anthropic's `cache_creation_input_tokens`: platform.claude.com/docs/en/build-with-claude/prompt-caching; OpenAI's
    `cache_write_tokens` as its library describes it.
    """
    if not isinstance(used, Mapping):
        return None
    if "input_tokens" in used:
        cached, written = _count(used, "cache_read_input_tokens"), _count(used, "cache_creation_input_tokens")
        sent = _count(used, "input_tokens") + cached + written
        return Usage(input=sent, output=_count(used, "output_tokens"), cached=cached, written=written)
    details = used.get("prompt_tokens_details")
    details = details if isinstance(details, Mapping) else {}
    return Usage(
        input=_count(used, "prompt_tokens"),
        output=_count(used, "completion_tokens"),
        cached=_count(details, "cached_tokens"),
        written=_count(details, "cache_write_tokens"),
    )


def _served(model: object) -> str:
    """The name of the model that answered: of a file's path only the name, since folders tell whose machine it is."""
    name = _text(model) if isinstance(model, str) else ""
    return _FOLDERS.sub("", name.rstrip("/\\")) if _PATH.match(name) else name


def _count(counts: Mapping[str, Any], name: str) -> int:
    value = counts.get(name)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
