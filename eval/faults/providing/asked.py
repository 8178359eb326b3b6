"""A request's body, in either vendor's form -> what is asked, in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


class Malformed(Exception):
    """The body is not what the vendor's address takes; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked."""

    vendor: str
    model: str
    system: str
    user: str
    """The last message of the user, where the passage stands."""
    pieces: tuple[str, ...]
    """All that is read before answering, in the order in which caches see it: tools or schema, system, messages."""
    has_form: bool
    """Whether the first of the pieces is the tools or the schema."""
    marked: int
    """How many of the pieces stand before the last mark for the cache (Anthropic's cache_control)."""
    codes: frozenset[str] | None
    """The codes that may be answered; None: any."""
    numbered: bool
    """Whether each proposal says which part of the passage it is from."""
    tool: str
    """The tool that is to be called; blank: the answer is text."""
    forced: bool
    limit: int
    """The tokens that an answer may have; 0: not said."""


def from_openai(body: object) -> Asked:
    """What a body for /v1/chat/completions asks."""
    data = mapping(body)
    messages = _messages(data)
    shape, tool, forced = "", "", False
    if isinstance(response_format := data.get("response_format"), Mapping):
        form = response_format.get("json_schema")
        shape = _canonical(form.get("schema")) if isinstance(form, Mapping) else ""
    functions = [mapping(one.get("function")) for one in data.get("tools") or () if isinstance(one, Mapping)]
    told = _canonical(functions) if functions else ""
    if functions and not shape:
        choice = data.get("tool_choice")
        forced = isinstance(choice, Mapping)
        function = mapping(choice.get("function")) if isinstance(choice, Mapping) else {}
        chosen = next((one for one in functions if one.get("name") == function.get("name")), functions[0])
        tool, shape = str(chosen.get("name")), _canonical(chosen.get("parameters"))
        told = told or shape
    else:
        told += shape
    system = "\n".join(words for role, words in messages if role in ("system", "developer"))
    codes, numbered = _form(shape)
    return Asked(
        vendor="openai",
        model=_model(data),
        system=system,
        user=next((words for role, words in reversed(messages) if role == "user"), ""),
        pieces=(*((told,) if told else ()), *(words for _, words in messages)),
        has_form=bool(told),
        marked=0,
        codes=codes,
        numbered=numbered,
        tool=tool,
        forced=forced,
        limit=_limit(data.get("max_completion_tokens")) or _limit(data.get("max_tokens")),
    )


def from_anthropic(body: object) -> Asked:
    """What a body for /v1/messages asks."""
    data = mapping(body)
    if not _limit(data.get("max_tokens")):
        raise Malformed("max_tokens: Field required")
    messages = _messages(data)
    tools = [one for one in data.get("tools") or () if isinstance(one, Mapping)]
    choice = data.get("tool_choice")
    name = choice.get("name") if isinstance(choice, Mapping) else None
    tool = next((one for one in tools if one.get("name") == name), tools[0] if tools else {})
    blocks = [data["system"]] if isinstance(data.get("system"), str) else list(data.get("system") or ())
    parts = [(_canonical(tools), any("cache_control" in one for one in tools))] if tools else []
    parts += [(_words(block), isinstance(block, Mapping) and "cache_control" in block) for block in blocks]
    for message in data["messages"]:
        content = message.get("content")
        inside = content if isinstance(content, list) else []
        parts.append((_words(content), any(isinstance(b, Mapping) and "cache_control" in b for b in inside)))
    codes, numbered = _form(_canonical(tool.get("input_schema")) if tool else "")
    return Asked(
        vendor="anthropic",
        model=_model(data),
        system="\n".join(_words(block) for block in blocks),
        user=next((words for role, words in reversed(messages) if role == "user"), ""),
        pieces=tuple(words for words, _ in parts),
        has_form=bool(tools),
        marked=max((at for at, (_, marked) in enumerate(parts, start=1) if marked), default=0),
        codes=codes,
        numbered=numbered,
        tool=str(tool.get("name", "")),
        forced=isinstance(choice, Mapping) and choice.get("type") in ("tool", "any"),
        limit=_limit(data.get("max_tokens")),
    )


def mapping(value: object) -> Mapping[str, Any]:
    """The value, if it is a JSON object. Raises Malformed otherwise."""
    if not isinstance(value, Mapping):
        raise Malformed("the body must be a JSON object")
    return value


def _model(data: Mapping[str, Any]) -> str:
    if not isinstance(data.get("model"), str):
        raise Malformed("you must provide a model parameter")
    return str(data["model"])


def _messages(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Role and words of each message."""
    messages = data.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, Mapping) for one in messages):
        raise Malformed("messages: a list with at least one message is required")
    if data.get("stream"):
        raise Malformed("stream: this provider answers whole, never in a stream")
    return [(str(one.get("role")), _words(one.get("content"))) for one in messages]


def _words(content: object) -> str:
    """The text in a message's content, or in a block of it."""
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        return str(content.get("text") or content.get("content") or "")
    return "\n".join(_words(block) for block in content) if isinstance(content, list) else ""


def _limit(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _canonical(value: object) -> str:
    return "" if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=64)
def _form(schema: str) -> tuple[frozenset[str] | None, bool]:
    """The codes that a schema lets through, and whether it asks for the number of a part."""
    whole = json.loads(schema) if schema else {}
    codes: frozenset[str] | None = None
    numbered = False
    for properties in _properties(whole):
        numbered = numbered or "part" in properties
        code = properties.get("code")
        if isinstance(code, Mapping) and (allowed := _enum(code, whole)):
            codes = frozenset(allowed)
    return codes, numbered


def _properties(schema: object) -> Iterator[Mapping[str, Any]]:
    """Every `properties` in a schema, however deep."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("properties"), Mapping):
            yield schema["properties"]
        for value in schema.values():
            yield from _properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _properties(value)


def _enum(code: Mapping[str, Any], whole: Mapping[str, Any]) -> list[str]:
    """The values of a field: its enum, its single value, or those of what it refers to."""
    if isinstance(reference := code.get("$ref"), str):
        found: Any = whole
        for name in reference.removeprefix("#/").split("/"):
            found = found.get(name, {}) if isinstance(found, Mapping) else {}
        code = found if isinstance(found, Mapping) else {}
    return list(code.get("enum") or ([code["const"]] if "const" in code else ()))
