"""Transcripts as WebVTT captions: Zoom, Teams, YouTube, Whisper and most web players write them.

Blocks are cut as the W3C's parser cuts them, but nothing vanishes: what has a time and no text, or text and no time, is
told with its line. The canonical text is one line a turn, `Speaker: words`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from autocode.errors import TranscriptError
from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.turns import Line, counting, label_of, seconds

_CLOCK = r"(?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
_TIMING = re.compile(rf"\s*({_CLOCK})\s*-->\s*({_CLOCK})(?:\s.*)?\Z")
_LIKE_TIMING = re.compile(r"\s*\d.*-->")
_COMMENT = re.compile(r"(?:NOTE(?:[ \t]|\Z)|(?:STYLE|REGION)[ \t]*\Z)")
_METADATA = re.compile(r"(?:kind|language|region|x-[\w-]+)\s*[:=]", re.IGNORECASE)
# Only the tags of the format are taken out: <[?]>, <n(...)> and <|endoftext|> are what a transcriber wrote.
_TAG = re.compile(rf"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:\.[^\s<>]*)?(?:\s[^<>]*)?>|<{_CLOCK}>")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?(?:\s([^<>]*))?>|</v>")
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")
_BREAK = re.compile(r"\r\n|\r|\n")
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Cue:
    """A stretch of time with what is said in it, as the file writes it."""

    line: int
    """Of the first line of its words."""
    start: float | None
    end: float | None
    payload: str


def read_webvtt(source: Source) -> list[Reading]:
    """The canonical text of a caption file and its turns: neighbouring cues of one speaker are one turn.

    TranscriptError: the file does not begin with WEBVTT.
    """
    path = source.path
    text, told = source.decoded()
    cues, notes = _cues(text, path)
    if any(_VOICE.search(cue.payload) for cue in cues):
        pieces, more = _by_voice(cues, path)
    else:
        pieces, more = _by_label(cues, source.speakers, path)
    notes += more + _about_captions(cues, path)
    canonical, turns = written(pieces)
    if "\ufffd" in canonical and "\ufffd" not in text:
        notes.append(f"{path}: a numeric entity that stands for no character was replaced by U+FFFD")
    return [Reading(canonical, turns, told + notes)]


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
                notes.append(f"{path}:{number}: text without a time is not read as speech: {_shown(block)}")
            continue
        start, end = _times(block[timed], path, number + timed, notes)
        payload = "\n".join(block[timed + 1 :])
        if any(_cleaned(payload)):
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
        line, timing = lines[at], _TIMING.match(lines[at]) is not None
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
    return any(_TIMING.match(line) for line in after) or any(_COMMENT.match(line) for line in after[:1])


def _times(line: str, path: Path | str, number: int, notes: list[str]) -> tuple[float | None, float | None]:
    """When a cue starts and ends, in seconds. What cannot be true is told, and the words are kept without it."""
    timing = _TIMING.match(line)
    if timing is None:
        notes.append(f"{path}:{number}: the time of the cue cannot be read ({_shown([line])}); its words are kept")
        return None, None
    start, end = seconds(timing[1]), seconds(timing[2])
    if end < start:
        # noScribe 0.7 writes such cues. Their words are as good as any, so the interview is not refused for a time.
        what = f"cue ends before it starts ({timing[1]} --> {timing[2]})"
        notes.append(f"{path}:{number}: {what}; its words are kept, its end is not")
        return start, None
    return start, end


def _shown(lines: list[str]) -> str:
    words = " ".join(" ".join(lines).split())
    return f'"{words}"' if len(words) <= _SHOWN else f'"{words[:_SHOWN]} …"'


def _cleaned(payload: str) -> list[str]:
    """The lines of a cue without tags, entities resolved; blank lines are left out.

    Tags go first, for an entity may stand for a sign that would then look like one: `&lt;b&gt;` is `<b>` in the words.
    """
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), _TAG.sub("", payload))
    return [line for line in (line.strip() for line in _BREAK.split(text)) if line]


# --- From cues to turns ------------------------------------------------------------------------------------------


def _by_voice(cues: list[Cue], path: Path | str) -> tuple[list[Piece], list[str]]:
    """What each voice tag covers: up to its closing tag, the next one, or the cue's end. The rest has no speaker."""
    pieces: list[Piece] = []
    odd: dict[str, int] = {}
    for cue in cues:
        speaker, at = "", 0
        for tag in [*_VOICE.finditer(cue.payload), None]:
            words = " ".join(_cleaned(cue.payload[at : tag.start() if tag else None]))
            if words:
                pieces.append(Piece(speaker, words, cue.start, cue.end))
            if tag:
                speaker, at = " ".join(_cleaned(tag[1] or "")), tag.end()
                if speaker and not speaker[0].isalnum():
                    odd.setdefault(speaker, cue.line)
    return pieces, [
        f'{path}:{line}: the voice "{name}" does not look like a name; look whose words these are'
        for name, line in odd.items()
    ]


def _by_label(cues: list[Cue], speakers: Collection[str], path: Path | str) -> tuple[list[Piece], list[str]]:
    """What stands under each label in the words, by the rule of plain text with cues as blocks.

    Words without a label go on from the speaker above. Without any label that counts, nobody is known in the file.
    """
    cut = [
        [
            Line(cue.line + at, text, opens=at == 0, label=label_of(text))
            for at, text in enumerate(_cleaned(cue.payload))
        ]
        for cue in cues
    ]
    counts, notes = counting([line for lines in cut for line in lines], speakers, path)
    pieces: list[Piece] = []
    speaker, waiting = "", 0
    for cue, lines in zip(cues, cut, strict=True):
        said: list[tuple[str, list[str]]] = [(speaker, [])]
        for line in lines:
            words = line.text
            if line.label and line.label.name in counts:
                if waiting:
                    notes.append(f"{path}:{waiting}: a label without words is no turn")
                speaker, words, waiting = line.label.name, line.text[line.label.words_at :], line.number
                said.append((speaker, []))
            if words:
                said[-1][1].append(words)
                waiting = 0
        pieces += [Piece(name, " ".join(words), cue.start, cue.end) for name, words in said if words]
    return pieces, notes


def _about_captions(cues: list[Cue], path: Path | str) -> list[str]:
    """What shows that captions are no transcript, or repeat themselves."""
    notes = []
    if cues and all(cue.start is not None and cue.start == cue.end for cue in cues):
        notes.append(f"{path}:{cues[0].line}: every cue has no length, as in an index; look whether it is a transcript")
    shown = [_cleaned(cue.payload) for cue in cues]
    again = [cue.line for above, cue, words in zip(shown, cues[1:], shown[1:], strict=False) if above[-1] == words[0]]
    if len(again) * 2 >= len(cues) > 1:
        what = f"{len(again)} of {len(cues)} cues repeat the line above (rolling captions), so words stand in it twice"
        notes.append(f"{path}:{again[0]}: {what}; export it without rolling, or as text")
    return notes
