"""Addresses: whose machine one is, whether it is this very one, and what is wrong with one that cannot be used."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """The machine that an address names, in small letters; blank where it names none.

    >>> host_of("https://api.openai.com/v1"), host_of("http://localhost@evil.example:80"), host_of("localhost:80")
    ('api.openai.com', 'evil.example', '')
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def address_fault(url: str) -> str:
    """What is wrong with a base URL, and what to do instead; blank where nothing is.

    >>> address_fault("http://localhost:8080/v1"), address_fault("http://ana:secret@gpu.example/v1")[:41]
    ('', 'has a name or password before gpu.example')
    """
    if not url.startswith(("http://", "https://")):
        return f'is "{url}"; begin it with http:// or https://, as in http://localhost:8080/v1'
    # Two readers of such an address may read two hosts in it.
    if not url.isprintable() or any(sign in url for sign in " \\") or not host_of(url):
        return f"is {url!a}, which names no host for certain; write it as in http://localhost:8080/v1"
    if "@" in urlsplit(url).netloc:
        return (
            f"has a name or password before {host_of(url)}, and would be written down with the run; leave them out, "
            "and set the environment variable AUTOCODE_API_KEY to the key"
        )
    return ""


def is_loopback(url: str) -> bool:
    """Whether an address is this very machine: localhost, 127.0.0.0/8 or ::1. No address at all is, too.

    Other names are taken for other machines, wherever they lead: only their owner knows where they lead tomorrow.

    >>> is_loopback("http://127.0.0.1:8080/v1"), is_loopback("https://127.evil.example"), is_loopback("")
    (True, False, True)
    """
    if not url:
        return True
    host = host_of(url)
    if host == "localhost":
        return _leads_here(host)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _leads_here(name: str) -> bool:
    """Whether this machine looks a name up as itself; one that it cannot look up leads nowhere else."""
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)
