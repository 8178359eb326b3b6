"""What went wrong at a provider, turned at one door into what we say about it.

A request longer than the context is no error but a `cut` reply: the caller halves the passage. A provider that is busy
or fails for the moment is a BusyError, to be asked again later. All else is a ProviderError with the next step.
"""

from __future__ import annotations

import email.utils
import importlib
import json
import math
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from autocode.asking.clients import CONNECT_SECONDS, OWN_KEY, READ_SECONDS, Vendor
from autocode.asking.replies import is_overflow
from autocode.data import Prompt, Reply
from autocode.errors import BusyError, ProviderError

_MESSAGE_CHARACTERS = 160
_REPEATED_CHARACTERS = 24

_OUT_OF_CREDIT = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error"}


def turned(
    error: BaseException,
    *,
    model: str,
    vendor: Vendor,
    base_url: str,
    prompt: Prompt,
    timeout_seconds: float = READ_SECONDS,
) -> Reply:
    """The reply that a failed request amounts to (`cut` or `unreadable`); where it amounts to none, it raises.

    Raises BusyError (with the seconds the provider asks us to wait) or ProviderError; the provider's own error is the
    cause.
    """
    sdk = importlib.import_module(vendor.name)
    where = base_url or vendor.address
    if isinstance(error, sdk.APIStatusError):
        return _status(error, model=model, vendor=vendor, base_url=base_url, prompt=prompt)
    if isinstance(error, sdk.APITimeoutError):
        connecting = type(error.__cause__).__name__ == "ConnectTimeout"
        what, seconds = ("connection to", CONNECT_SECONDS) if connecting else ("answer from", timeout_seconds)
        step = "check the base URL and the server behind it" if base_url else "ask again later"
        raise BusyError(
            f"{model}: no {what} {where} within {seconds:g} seconds; {step}", model=model, why="silence"
        ) from error
    if isinstance(error, sdk.APIConnectionError):
        _connection(error, model=model, where=where, on_own_server=bool(base_url))
    if isinstance(error, json.JSONDecodeError):  # said to be JSON, but broken on the way
        return Reply(outcome="unreadable", raw=error.doc)
    raise ProviderError(
        f"{model}: the request could not be sent ({type(error).__name__}); check the model's name, address and key",
        model=model,
    ) from error


def _status(error: Any, *, model: str, vendor: Vendor, base_url: str, prompt: Prompt) -> Reply:
    status, body = error.status_code, _body(error)
    if status in (400, 413, 422) and (status == 413 or is_overflow(body)):
        return Reply(outcome="cut", raw=body)
    said = words(body, prompt)
    if _OUT_OF_CREDIT & _names(body) or status == 402:
        raise ProviderError(
            f"{model}: no credit left{said}; add credit at the provider, then run the same command again",
            model=model,
        ) from error
    if status in (408, 409, 429) or status >= 500:
        wait = _retry_after_seconds(error.response.headers)
        raise BusyError(
            f"{model}: the provider is busy (HTTP {status}){said}; ask again later",
            model=model,
            retry_after_seconds=wait,
            why="pressure" if status in (429, 503, 529) else "fault",
        ) from error
    variable = OWN_KEY if base_url else vendor.key_variable
    steps = {
        401: f"check the key in {variable}",
        403: f"check what the key in {variable} is allowed to use",
        404: "check the model's name" + (" and the base URL, which often ends in /v1" if base_url else ""),
    }
    step = steps.get(status, "see what the provider says, then change the model or its settings")
    if 300 <= status < 400:
        step = f"give the address it now has as base URL: {error.response.headers.get('location', 'not said')}"
    raise ProviderError(
        f"{model}: the provider refuses the request (HTTP {status}){said}; {step}", model=model
    ) from error


def _connection(error: Any, *, model: str, where: str, on_own_server: bool) -> NoReturn:
    import httpx2

    cause = error.__cause__
    if isinstance(cause, (httpx2.ConnectError, httpx2.ProxyError, httpx2.UnsupportedProtocol)):
        step = "start the server or check the base URL" if on_own_server else "check the network"
        message = f"{model}: {where} cannot be reached ({cause}); {step}"
        if isinstance(cause, httpx2.UnsupportedProtocol):
            raise ProviderError(message, model=model) from error
        raise BusyError(message, model=model, why="silence") from error
    raise BusyError(
        f"{model}: the connection to {where} broke off ({type(cause).__name__}); ask again later", model=model
    ) from error


def _body(error: Any) -> object:
    """The whole error body: as JSON where it is JSON, else as text."""
    try:
        return error.response.json()
    except ValueError:
        return str(error.response.text)


def _error(body: object) -> Mapping[str, Any]:
    error = body.get("error", body) if isinstance(body, Mapping) else {}
    return error if isinstance(error, Mapping) else {"message": error}


def _names(body: object) -> set[str]:
    error = _error(body)
    return {str(error.get("code")), str(error.get("type"))}


def words(body: object, prompt: Prompt) -> str:
    """The provider's own words in an error body, short and behind a colon; blank where they repeat the interview's."""
    message = " ".join(str(_error(body).get("message") or "").split())[:_MESSAGE_CHARACTERS]
    words = " ".join(f"{prompt.context} {prompt.passage}".split())
    ends = range(_REPEATED_CHARACTERS, len(message) + 1)
    if any(message[end - _REPEATED_CHARACTERS : end] in words for end in ends):
        return ""
    return f": {message.rstrip('.;')}" if message else ""


def _retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """How long the provider asks us to wait, from its headers: milliseconds, seconds or a date."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    date = email.utils.parsedate_tz(headers.get("retry-after", ""))
    return None if date is None else max(0.0, email.utils.mktime_tz(date) - time.time())
