"""Other aligners on the same quotes: each installed from its public release into a venv of its own, run beside ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Peer:
    adapter: str
    release: str = ""
    """What pip installs; blank for what Python has."""
    options: tuple[str, ...] = ()


PEERS: Mapping[str, Peer] = {
    "langextract, defaults": Peer("with_langextract.py", "langextract==1.7.1"),
    "langextract, no lesser": Peer("with_langextract.py", "langextract==1.7.1", ("--no-lesser",)),
    "rapidfuzz >= 80": Peer("with_rapidfuzz.py", "rapidfuzz==3.14.6"),
    "difflib, words >= .6": Peer("with_difflib.py"),
}


def installed(venvs: Path) -> dict[str, Path]:
    """Each peer's Python; a peer that cannot be installed is told and left out."""
    pythons: dict[str, Path] = {}
    for name, peer in PEERS.items():
        try:
            pythons[name] = _python(venvs, peer.release) if peer.release else Path(sys.executable)
        except (subprocess.CalledProcessError, OSError) as error:
            said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()
            print(f"{name}: left out, {peer.release} could not be installed ({said[-1] if said else error})")
    return pythons


def _python(venvs: Path, release: str) -> Path:
    """The Python of a venv that holds the release, made if it is not there."""
    folder = venvs / release.replace("==", "-")
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / "installed").is_file():
        make, install = (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "-q", release],
        )
        for command in (make, install):
            subprocess.run(command, check=True, capture_output=True, text=True)
        (folder / "installed").touch()
    return python


def answers(
    name: str, python: Path, folder: Path, *, whole: bool = False, every: int = 1, timeout: float | None = None
) -> list[dict[str, Any]]:
    """A peer's answers to every N-th quote of a folder; fewer, if it takes longer than the timeout (seconds)."""
    peer = PEERS[name]
    adapter = Path(__file__).with_name(peer.adapter)
    options = ["--every", str(every), *(["--whole"] if whole else []), *peer.options]
    command = [str(python), str(adapter), str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        told, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        told, complaint = process.communicate()
        told = told[: told.rfind(b"\n") + 1]
        return [json.loads(line) for line in told.splitlines()]
    if process.returncode:
        raise RuntimeError(f"{name}: {complaint.decode(errors='replace').strip().splitlines()[-1]}")
    return [json.loads(line) for line in told.splitlines()]
