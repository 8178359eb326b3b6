"""Transcripts as WebVTT captions: Zoom, Teams, YouTube, Whisper and most web players write them.

Blocks are cut as the W3C's parser cuts them, but nothing vanishes: what has a time and no text, or text and no time, is
told with its line. The canonical text is one line a turn, `Speaker: words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from autocode.errors import TranscriptError
from autocode.reading.captions import TIMING, Cue, cleaned, cue_times, shown, spoken
from autocode.reading.source import Reading, Source

_LIKE_TIMING = re.compile(r"\s*\d.*-->")
_COMMENT = re.compile(r"(?:NOTE(?:[ \t]|\Z)|(?:STYLE|REGION)[ \t]*\Z)")
_METADATA = re.compile(r"(?:kind|language|region|x-[\w-]+)\s*[:=]", re.IGNORECASE)
_NOSCRIBE = re.compile(r"^Transcribed with (noScribe vers\. 0\.7)\b", re.MULTILINE)


def read_webvtt(source: Source) -> list[Reading]:
    """The canonical text of a caption file and its turns: neighbouring cues of one speaker are one turn.

    TranscriptError: the file does not begin with WEBVTT, or is an index.
    """
    path = source.path
    text, told = source.decoded()
    cues, notes = _cues(text, path)
    noscribe = _NOSCRIBE.search(text)
    if noscribe and cues:
        what = f"{noscribe[1]} writes as the start of a cue that of its last sentence, so times are late"
        notes.insert(0, f"{path}:{cues[0].line}: {what}; take the HTML or TXT it wrote of the same recording")
    reading = spoken(cues, source)
    if "\ufffd" in reading.text and "\ufffd" not in text:
        notes.append(f"{path}: a numeric entity that stands for no character was replaced by U+FFFD")
    return [Reading(reading.text, reading.turns, told + notes + reading.notes)]


# --- From the file to cues ---------------------------------------------------------------------------------------


def _cues(text: str, path: Path | str) -> tuple[list[Cue], list[str]]:
    """The cues that hold words, and what is no cue or holds none."""
    lines = text.split("\n")
    if not re.match(r"WEBVTT(?:[ \t]|\Z)", lines[0]):
        step = "write WEBVTT and an empty line above it if these are captions, else rename the file to .txt"
        raise TranscriptError(f"does not begin with WEBVTT, so it is no WebVTT file; {step}", path=path, line=1)
    cues: list[Cue] = []
    silent: list[int] = []
    notes: list[str] = []
    for number, block in _blocks(lines):
        timed = next((at for at, line in enumerate(block[:2]) if _LIKE_TIMING.match(line)), None)
        if timed is None:
            if not _COMMENT.match(block[0]):
                notes.append(f"{path}:{number}: text without a time is not read as speech: {shown(block)}")
            continue
        start, end = cue_times(block[timed], path, number + timed, notes)
        payload = "\n".join(block[timed + 1 :])
        if any(cleaned(payload)):
            cues.append(Cue(number + timed + 1, start, end, payload))
        else:
            silent.append(number + timed)
    if silent:
        others = f" (so are those at lines {', '.join(map(str, silent[1:]))})" if silent[1:] else ""
        notes.append(f"{path}:{silent[0]}: cue without text{others}")
    return cues, notes


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The blocks of a file, each with the number of its first line; the header's metadata is passed over.

    A second time within a block starts a new one, as the W3C's parser has it.
    """
    first = next((at for at, line in enumerate(lines[1:], 1) if not _METADATA.match(line)), len(lines))
    block: list[str] = []
    timed = False
    for at in range(first, len(lines)):
        line, timing = lines[at], TIMING.match(lines[at]) is not None
        ends = _separates(lines, at)
        if block and (ends or (timing and timed)):
            yield at + 1 - len(block), block
            block, timed = [], False
        if not ends:
            block.append(line)
            timed = timed or timing
    if block:
        yield len(lines) + 1 - len(block), block


def _separates(lines: list[str], at: int) -> bool:
    """Whether a line ends a block: an empty one does; one of blanks only if a cue or a note comes after it.

    YouTube puts lines of blanks into its cues, and editors leave them between cues.
    """
    if not lines[at] or lines[at].strip():
        return not lines[at]
    after = lines[at + 1 : at + 3]
    return any(TIMING.match(line) for line in after) or any(_COMMENT.match(line) for line in after[:1])
