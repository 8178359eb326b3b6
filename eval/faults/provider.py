"""A provider to test against: a real HTTP server on this machine that answers from a planted truth.

    python eval/faults/provider.py --truth truth.json --latency 0.8 --jitter 0.2 --share-429 0.05 --retry-after 1

prints its address as the first line and runs until it is killed. It speaks OpenAI's chat completions, files and
batches (base URL: the address and /v1) and Anthropic's messages and message batches (base URL: the address). The truth
is a JSON object: sentence -> id of a code, or a list of ids. `GET /stats` counts what came and names what lies there,
`POST /settings` changes how it behaves while it runs (providing/settings.py lists all), `POST /reset` begins the counts
anew. In Python:

    with provider(truth, latency_seconds=0.1) as there:
        coder = ac.model_coder("openai/planted", codebook, base_url=there.openai)
"""

from __future__ import annotations

import argparse
import asyncio
import json
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent))

from providing.planted import Truth
from providing.serving import Server
from providing.settings import Settings

_T = TypeVar("_T")
_BACKLOG = 1024


@dataclass(frozen=True)
class Provider:
    """A provider that runs in a thread of this process."""

    url: str
    """Its address, without a path."""
    server: Server
    loop: asyncio.AbstractEventLoop

    @property
    def openai(self) -> str:
        """The base URL for clients of OpenAI."""
        return f"{self.url}/v1"

    @property
    def anthropic(self) -> str:
        """The base URL for clients of Anthropic."""
        return self.url

    def stats(self) -> dict[str, Any]:
        """What was counted since the start, or since the last reset."""
        return self._there(self.server.told)

    def set(self, **settings: Any) -> None:
        """Change settings from the next request on."""

        def change() -> None:
            self.server.model.settings = self.server.model.settings.changed(settings)

        self._there(change)

    def reset(self) -> None:
        """Begin the counts anew; bodies and prefixes seen are forgotten."""
        self._there(self.server.model.reset)

    def _there(self, act: Callable[[], _T]) -> _T:
        """What an act gives in the server's own thread."""

        async def acted() -> _T:
            return act()

        return asyncio.run_coroutine_threadsafe(acted(), self.loop).result(timeout=30)


@contextmanager
def provider(truth: Truth, *, port: int = 0, **settings: Any) -> Iterator[Provider]:
    """A provider that runs while the block does. `settings` are those of providing/settings.py."""
    server, listening = Server(truth, Settings().changed(settings)), _listen(port)
    running: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = queue.Queue()

    async def run() -> None:
        stop = asyncio.Event()
        running.put((asyncio.get_running_loop(), stop))
        await _serve(server, listening, stop)

    thread = threading.Thread(target=asyncio.run, args=(run(),), name="provider", daemon=True)
    thread.start()
    loop, stop = running.get()
    try:
        yield Provider(_address(listening), server, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def _serve(server: Server, listening: socket.socket, stop: asyncio.Event) -> None:
    """Serve until told to stop; then every connection is closed."""
    accepting = await asyncio.get_running_loop().create_server(server.connection, sock=listening, backlog=_BACKLOG)
    server.model.tally.start_clock()
    await stop.wait()
    accepting.close()
    for connection in list(server.connections):
        connection.drop()
    await asyncio.sleep(0)  # so that closed connections are let go


def _listen(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(_BACKLOG)
    return listening


def _address(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


# --- As a command ------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> None:
    """Run until killed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--truth", type=Path, required=True, help="a JSON object: sentence -> code or list of codes")
    for field in fields(Settings):
        kind = type(getattr(Settings(), field.name))
        name = field.name if field.name == "batch_seconds" else field.name.removesuffix("_seconds")
        flag = "--" + name.replace("_", "-")
        if kind is bool:
            parser.add_argument(flag, dest=field.name, action="store_true")
        elif kind is tuple:
            parser.add_argument(flag, dest=field.name, nargs="*", default=field.default)
        else:
            parser.add_argument(flag, dest=field.name, type=kind, default=field.default)
    given = vars(parser.parse_args(arguments))
    port, truth = given.pop("port"), json.loads(given.pop("truth").read_text(encoding="utf-8"))
    server, listening = Server(truth, Settings().changed(given)), _listen(port)
    print(_address(listening), flush=True)
    try:
        asyncio.run(_serve(server, listening, asyncio.Event()))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
