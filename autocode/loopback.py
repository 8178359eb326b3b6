"""Whether an address is this very machine."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether an address is this very machine: localhost, 127.0.0.0/8 or ::1. No address at all is, too.

    >>> is_loopback("http://127.0.0.1:8080/v1"), is_loopback("https://127.evil.example"), is_loopback("")
    (True, False, True)
    """
    if not url:
        return True
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
