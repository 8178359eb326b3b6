"""What all adapters share: quotes in, places and times out. Standard library only, as it runs in a peer's own venv.

    python with_X.py FOLDER [--whole] [--every N] [options of X]

FOLDER has `cases.jsonl` and `transcripts/`; a peer is shown the passage (`within`) or, with `--whole`, all of the
transcript. Each line that is printed is an answer: `id`, `start` and `end` in the transcript (null where the peer finds
nothing), processor `seconds`, and `error` where it raised.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

Locate = Callable[[str, str], "tuple[int, int] | None"]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--every", type=int, default=1)
    return parser


def answer(given: argparse.Namespace, locate_in: Callable[[str], Locate]) -> None:
    """Prints the place of every N-th quote; `locate_in` gives the function for a language."""
    texts = {path.name: path.read_bytes().decode("utf-8") for path in (given.folder / "transcripts").iterdir()}
    for line in (given.folder / "cases.jsonl").read_text(encoding="utf-8").splitlines()[:: given.every]:
        case = json.loads(line)
        text = texts[case["transcript"]]
        begin, end = (0, len(text)) if given.whole else case["within"]
        passage, locate = text[begin:end], locate_in(case["lang"])
        told = {"id": case["id"], "start": None, "end": None}
        started = time.process_time()
        try:
            found = locate(case["quote"], passage)
        except Exception as error:  # a peer may raise whatever it likes; it is counted as not found, and told
            found, told["error"] = None, repr(error)
        told["seconds"] = time.process_time() - started
        if found:
            told["start"], told["end"] = begin + found[0], begin + found[1]
        print(json.dumps(told), flush=True)
