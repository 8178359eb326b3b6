"""A form with a file in it (multipart/form-data) -> its fields."""

from __future__ import annotations

import re

from providing.asked import Malformed
from providing.connections import Request


def fields(request: Request) -> dict[str, tuple[str, bytes]]:
    """The fields of a form: file name (blank for a plain field) and content, by name."""
    boundary = re.search(r'boundary="?([^";,]+)"?', request.headers.get("content-type", ""))
    if boundary is None:
        raise Malformed("the file must come as multipart/form-data")
    mark = b"--" + boundary.group(1).encode("latin-1")
    found: dict[str, tuple[str, bytes]] = {}
    for part in (b"\r\n" + request.body).split(b"\r\n" + mark)[1:-1]:
        head, _, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        told = head.decode("utf-8", "replace")
        name, file = re.search(r'\bname="([^"]*)"', told), re.search(r'\bfilename="([^"]*)"', told)
        if name:
            found[name.group(1)] = (file.group(1) if file else "", data)
    return found
