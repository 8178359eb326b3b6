"""Bytes on a socket -> requests, answers -> bytes: as much of HTTP/1.1 as clients of providers speak.

Keep-alive, Content-Length and chunked bodies, Expect: 100-continue. One request a connection is worked on at a time;
what a client sends after it waits in the buffer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote

MAX_HEAD = 64 * 2**10
MAX_BODY = 600 * 2**20
_REASONS = {status.value: status.phrase for status in HTTPStatus} | {529: "Overloaded"}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"


class _BadRequest(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection(asyncio.Protocol):
    """One client's connection. `take` is given each request with this connection, and answers it in its own time."""

    def __init__(self, take: Callable[[Request, Connection], None], connections: set[Connection]) -> None:
        self._take = take
        self._connections = connections
        self._buffer = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._chunks: bytearray | None = None
        self._busy = False
        self._keep = True
        self._continued = False
        self.transport: asyncio.Transport | None = None
        self.gone: Callable[[], None] | None = None
        """Called when the client goes away while its request is worked on."""

    # --- What asyncio calls ---------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._connections.add(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002
        self.transport = None
        self._connections.discard(self)
        gone, self.gone = self.gone, None
        if gone is not None:
            gone()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._advance()

    # --- What the server calls ------------------------------------------------------------------------------------

    def answer(self, answer: Answer, *, only: float = 1.0) -> bool:
        """Send an answer; False where the client has gone. With `only` under 1 it breaks off, and the line with it."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return False
        lines = [
            f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Unknown')}",
            f"Content-Type: {answer.kind}",
            f"Content-Length: {len(answer.body)}",
            *(f"{name}: {value}" for name, value in answer.headers.items()),
        ]
        if not self._keep:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self.gone = None
        if only < 1.0:
            transport.write(head + answer.body[: int(len(answer.body) * only)])
            transport.close()
            return True
        transport.write(head + answer.body)
        if not self._keep:
            transport.close()
            return True
        self._busy = False
        if self._buffer:
            asyncio.get_running_loop().call_soon(self._advance)
        return True

    def drop(self) -> None:
        """Close the connection without a word."""
        self.gone = None
        if self.transport is not None:
            self.transport.abort()

    # --- Reading a request ----------------------------------------------------------------------------------------

    def _advance(self) -> None:
        if self._busy or self.transport is None or self.transport.is_closing():
            return
        try:
            request = self._next()
        except _BadRequest as error:
            self._keep = False
            self.answer(Answer(error.status, b'{"error": {"message": "this is no request that can be read"}}'))
            return
        if request is not None:
            self._busy = True
            self._take(request, self)

    def _next(self) -> Request | None:
        """The next whole request in the buffer; None while there is none yet."""
        if self._head is None and not self._read_head():
            return None
        assert self._head is not None
        method, target, headers = self._head
        body = self._read_body(headers)
        if body is None:
            if headers.get("expect", "").lower() == "100-continue" and not self._continued and self.transport:
                self._continued = True
                self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return None
        self._head, self._continued = None, False
        path, _, query = target.partition("?")
        return Request(method, unquote(path), dict(parse_qsl(query)), headers, body)

    def _read_head(self) -> bool:
        while self._buffer.startswith(b"\r\n"):  # some clients end a body with a line too many
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > MAX_HEAD:
                raise _BadRequest(431)
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise _BadRequest(400)
        headers: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise _BadRequest(400)
            headers[name.strip().lower()] = value.strip()
        told = headers.get("connection", "").lower()
        self._keep = told == "keep-alive" if words[2] == "HTTP/1.0" else told != "close"
        self._head = (words[0], words[1], headers)
        return True

    def _read_body(self, headers: dict[str, str]) -> bytes | None:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._read_chunks()
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise _BadRequest(400)
        size = int(length)
        if size > MAX_BODY:
            raise _BadRequest(413)
        if len(self._buffer) < size:
            return None
        body = bytes(self._buffer[:size])
        del self._buffer[:size]
        return body

    def _read_chunks(self) -> bytes | None:
        """A chunked body; whole chunks are taken out of the buffer as they come."""
        if self._chunks is None:
            self._chunks = bytearray()
        while (line := self._buffer.find(b"\r\n")) >= 0:
            try:
                size = int(bytes(self._buffer[:line]).partition(b";")[0], 16)
            except ValueError:
                raise _BadRequest(400) from None
            if size < 0 or len(self._chunks) + size > MAX_BODY:
                raise _BadRequest(413)
            if size == 0:
                if self._buffer[line : line + 4] == b"\r\n\r\n":
                    end = line + 4
                else:  # headers may come once more after the last chunk; nobody needs them
                    end = self._buffer.find(b"\r\n\r\n", line) + 4
                    if end < 4:
                        return None
                del self._buffer[:end]
                body, self._chunks = bytes(self._chunks), None
                return body
            if len(self._buffer) < line + 2 + size + 2:
                return None
            self._chunks += self._buffer[line + 2 : line + 2 + size]
            del self._buffer[: line + 2 + size + 2]
        return None
