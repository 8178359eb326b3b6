"""Whom we talk to: addresses, keys, and one client a process for each of them.

From the environment come only keys (and, for other machines, the network's proxies). A server given by its base URL
never sees a vendor's key; a server on this machine is reached without any proxy; nobody is followed to another address.
"""

from __future__ import annotations

import importlib
import logging
import os
import threading
from dataclasses import dataclass
from typing import Any

from autocode.loopback import is_loopback

CONNECT_SECONDS = 5.0
READ_SECONDS = 120.0
MOST_CONNECTIONS = 256
"""Kept open for the next call; as many as may be in flight."""
KEPT_SECONDS = 60.0

OWN_KEY = "AUTOCODE_API_KEY"
"""The environment variable with the key for a server given by its base URL."""

# On an error instructor logs the whole request; at DEBUG the others log it always.
_LOGGERS = ("instructor", "openai", "anthropic", "httpx", "httpx2", "httpcore", "httpcore2")


@dataclass(frozen=True, slots=True)
class Vendor:
    """A provider of models: its address, and the environment variables that its library reads."""

    name: str
    address: str
    key_variable: str
    headers_variable: str


VENDORS = {
    "openai": Vendor("openai", "https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_CUSTOM_HEADERS"),
    "anthropic": Vendor("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ANTHROPIC_CUSTOM_HEADERS"),
}


def key(vendor: Vendor, base_url: str) -> str:
    """The key to send, from the environment: the vendor's, or for a base URL our own. Blank: there is none."""
    if base_url:
        return os.environ.get(OWN_KEY, "").strip() or "none"
    return os.environ.get(vendor.key_variable, "").strip()


def silence() -> None:
    """Shuts the loggers of the libraries below us up, so that no log has a participant's words."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False  # also for the loggers below it, whatever their level
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


_clients: dict[tuple[int, str, str, str, float], Any] = {}
_lock = threading.Lock()


def client(vendor: Vendor, base_url: str, timeout_seconds: float = READ_SECONDS) -> Any:
    """The instructor client for an address, made once a process; threads share it."""
    place = (os.getpid(), vendor.name, base_url, key(vendor, base_url), timeout_seconds)
    silence()
    with _lock:
        if place not in _clients:
            _clients[place] = _new(vendor, base_url, timeout_seconds)
            silence()  # again: a library just imported may have set its level from the environment
        return _clients[place]


def _new(vendor: Vendor, base_url: str, timeout_seconds: float) -> Any:
    import httpx2
    import instructor

    sdk = importlib.import_module(vendor.name)
    address = base_url or vendor.address
    timeout = sdk.Timeout(timeout_seconds, connect=CONNECT_SECONDS)
    common = {
        "api_key": key(vendor, base_url),
        "base_url": address,
        "max_retries": 0,
        "timeout": timeout,
        "default_headers": _without_environment(sdk, vendor, base_url),
        # A redirect would carry the interview to an address nobody said yes to, and a proxy off this machine.
        "http_client": sdk.DefaultHttpxClient(
            timeout=timeout,
            follow_redirects=False,
            trust_env=not is_loopback(address),
            limits=httpx2.Limits(max_keepalive_connections=MOST_CONNECTIONS, keepalive_expiry=KEPT_SECONDS),
        ),
    }
    if vendor.name == "openai":
        return instructor.from_openai(sdk.OpenAI(**common), mode=instructor.Mode.JSON_SCHEMA)
    # Its tracing can be told by the environment to copy what is sent.
    return instructor.from_anthropic(sdk.Anthropic(open_telemetry=False, **common), mode=instructor.Mode.TOOLS)


def _without_environment(sdk: Any, vendor: Vendor, base_url: str) -> dict[str, Any]:
    """Headers that the vendor's library would take from the environment, each marked to be left out."""
    lines = os.environ.get(vendor.headers_variable, "").split("\n")
    names = [line.partition(":")[0].strip() for line in lines if ":" in line]
    if vendor.name == "openai" and base_url:
        names += ["OpenAI-Organization", "OpenAI-Project"]
    left_out: dict[str, Any] = dict.fromkeys(names, sdk.omit)
    for name in names:
        if name.lower() == "authorization":
            left_out[name] = f"Bearer {key(vendor, base_url)}"
    return left_out
