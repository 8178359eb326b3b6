"""Who works on a run folder now, for whoever only looks at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from autocode.data import Data


class Holder(Data):
    """The process that a run folder names as its own."""

    state: Literal["working", "ended in the middle", "not known"]
    who: str
    """Process, user and machine; blank where it has not said so."""
    since: str = ""
    """UTC."""


def holder_of(folder: Path) -> Holder | None:
    """The process that works on a run, or ended in the middle of it; None: it was left as it should be.

    Nothing is written, and a run that is not being worked on is not touched at all.
    """
    path = folder / "holder.json"
    if not path.exists():
        return None
    who, since = "", ""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        who, since = f"process {said['pid']} of {said['user']} on {said['host']}", str(said["since"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return Holder(state=_state(folder), who=who, since=since)


def _state(folder: Path) -> Literal["working", "ended in the middle", "not known"]:
    """Whether the lock is held: a process that died left holder.json, and its lock went with it."""
    from filelock import FileLock, Timeout

    lock = folder / "run.lock"
    if not lock.exists():
        return "ended in the middle"
    try:
        with FileLock(lock, timeout=0):
            return "ended in the middle"
    except Timeout:
        return "working"
    except OSError:
        return "not known"
