"""One request, in a thread of this process or on an executor's worker, and what came of it as a value."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, replace
from pickle import PickleError

from autocode.asking import Coder
from autocode.data import Prompt, Reply
from autocode.errors import ConfigError
from autocode.runs.run import now

NOT_TO_BE_SENT = (PickleError, TypeError, AttributeError, ImportError)
"""What an executor's error is where no worker can ever make the call: it does not get there, or is not known there."""
_SAID_CHARACTERS = 120


@dataclass(frozen=True)
class Attempt:
    """What came of one request."""

    started: str
    seconds: float
    reply: Reply | None = None
    error: Exception | None = None


def attempt(coder: Coder, prompt: Prompt) -> Attempt:
    """One request. An error comes back as a value, so that it is told from one of the executor's."""
    started, clock = now(), time.monotonic()
    try:
        reply = coder.ask(prompt)
    except Exception as error:
        return Attempt(started, round(time.monotonic() - clock, 3), error=error)
    return Attempt(started, round(time.monotonic() - clock, 3), reply=reply)


def attempt_elsewhere(coder: Coder, prompt: Prompt, _once: str) -> Attempt:
    """One request by an executor's worker.

    `_once` is never the same twice: dask takes calls with equal arguments for one, and would give the old answer again
    where a passage is asked a second time.
    """
    came = attempt(coder, prompt)
    if isinstance(came.error, ConfigError):
        return replace(came, error=ConfigError(f"on the worker {socket.gethostname()}: {came.error}"))
    if came.error is not None:
        # What it rests on holds the request, key and all, and dask's pickles would carry it along.
        came.error.__cause__ = came.error.__context__ = came.error.__traceback__ = None
    return came


def named(error: Exception) -> str:
    """An executor's error in short: some print the whole call, the interview with it, and that goes into no log."""
    said = str(error)
    short = 0 < len(said) <= _SAID_CHARACTERS and "\n" not in said
    return f"{type(error).__name__}: {said.rstrip('.')}" if short else type(error).__name__
