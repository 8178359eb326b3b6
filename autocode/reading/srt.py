"""Transcripts as SRT captions: Whisper, Premiere, YouTube and subtitle editors write them.

Each cue has a number, a line with its times, and its words. Editors lose the blank line between cues or the number
above them, so a cue is found by its line with times and nothing else.
"""

from __future__ import annotations

import re

from autocode.reading.captions import TIMING, Cue, cleaned, cue_times, shown, spoken
from autocode.reading.source import Reading, Source

_LIKE_TIMING = re.compile(r"\s*\d[\d:.,\s]*-->")
_NUMBER = re.compile(r"\s*\d+\s*\Z")
_PLACE = re.compile(r"\{\\an?\d+\}")  # where on the screen the words stand


def read_srt(source: Source) -> list[Reading]:
    """The canonical text of a caption file and its turns: neighbouring cues of one speaker are one turn.

    TranscriptError: no line of the file has the times of a cue.
    """
    path = source.path
    text, told = source.decoded()
    lines = text.split("\n")
    timed = [at for at, line in enumerate(lines) if _LIKE_TIMING.match(line)]
    if not any(TIMING.match(lines[at]) for at in timed):
        step = "rename it to .txt if it is plain text"
        raise source.error(f"has no line with the times of a cue (00:00:01,000 --> 00:00:02,000); {step}", 1)
    notes: list[str] = []
    cues: list[Cue] = []
    silent: list[int] = []
    above = [line for line in lines[: _opening(lines, timed[0])] if line.strip()]
    if above:
        notes.append(f"{path}:1: text without a time is not read as speech: {shown(above)}")
    for at, following in zip(timed, [*timed[1:], None], strict=True):
        end = len(lines) if following is None else _opening(lines, following)
        start, stop = cue_times(lines[at], path, at + 1, notes)
        payload = _PLACE.sub("", "\n".join(lines[at + 1 : end]))
        if cleaned(payload):
            cues.append(Cue(at + 2, start, stop, payload))
        else:
            silent.append(at + 1)
    if silent:
        others = f" (so are those at lines {', '.join(map(str, silent[1:]))})" if silent[1:] else ""
        notes.append(f"{path}:{silent[0]}: cue without text{others}")
    reading = spoken(cues, source)
    return [Reading(reading.text, reading.turns, told + notes + reading.notes)]


def _opening(lines: list[str], timing: int) -> int:
    """Where a cue begins: at the number above its times, if there is one."""
    return timing - 1 if timing and _NUMBER.match(lines[timing - 1]) else timing
