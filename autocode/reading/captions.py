"""From caption cues to turns, for WebVTT and SRT alike: who speaks in a cue, and what shows that cues are no speech."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.tape import backwards
from autocode.reading.turns import Line, counting, label_of, seconds

CLOCK = r"(?:\d{1,4}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
TIMING = re.compile(rf"\s*({CLOCK})\s*-->\s*({CLOCK})(?:\s.*)?\Z")
# Only the tags of the format are taken out: <[?]>, <n(...)> and <|endoftext|> are what a transcriber wrote.
_TAG = re.compile(rf"</?(?:c|i|b|u|v|ruby|rt|lang|font)(?:\.[^\s<>]*)?(?:\s[^<>]*)?>|<{CLOCK}>")
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


def spoken(cues: list[Cue], source: Source) -> Reading:
    """The canonical text of some cues and its turns: neighbouring cues of one speaker are one turn.

    TranscriptError: the cues are an index of a recording and not what was said in it.
    """
    path = source.path
    if cues and all(_is_data(cue.payload) for cue in cues):
        # Oral history sites keep chapters so, players their thumbnails.
        raise source.error(
            "is an index of the recording (each cue holds JSON and no speech); export the transcript itself",
            cues[0].line,
        )
    notes: list[str] = []
    if any(_VOICE.search(cue.payload) for cue in cues):
        pieces, more = _by_voice(cues, path)
    else:
        cues, notes = _unrolled(cues, path)
        pieces, more = _by_label(cues, source.speakers, path)
    if cues and all(cue.start is not None and cue.start == cue.end for cue in cues):
        more.append(f"{path}:{cues[0].line}: every cue has no length, as in an index; look whether it is a transcript")
    more += backwards([(cue.line, cue.start) for cue in cues], path, "cue")
    text, turns = written(pieces)
    return Reading(text, turns, notes + more)


def cue_times(line: str, path: Path | str, number: int, notes: list[str]) -> tuple[float | None, float | None]:
    """When a cue starts and ends, in seconds. What cannot be true is told, and the words are kept without it."""
    timing = TIMING.match(line)
    if timing is None:
        notes.append(f"{path}:{number}: the time of the cue cannot be read ({shown([line])}); its words are kept")
        return None, None
    start, end = seconds(timing[1]), seconds(timing[2])
    if end < start:
        # noScribe 0.7 writes such cues. Their words are as good as any, so the interview is not refused for a time.
        what = f"cue ends before it starts ({timing[1]} --> {timing[2]})"
        notes.append(f"{path}:{number}: {what}; its words are kept, its end is not")
        return start, None
    return start, end


def shown(lines: Iterable[str]) -> str:
    """Some lines between quote marks on one line, for a note; what is long is cut."""
    words = " ".join(" ".join(lines).split())
    return f'"{words}"' if len(words) <= _SHOWN else f'"{words[:_SHOWN]} …"'


def cleaned(payload: str) -> list[str]:
    """The lines of a cue without tags, entities resolved; blank lines are left out.

    Tags go first, for an entity may stand for a sign that would then look like one: `&lt;b&gt;` is `<b>` in the words.
    """
    if "<" in payload:
        payload = _TAG.sub("", payload)
    if "&" in payload:
        payload = _ENTITY.sub(lambda entity: html.unescape(entity[0]), payload)
    lines = _BREAK.split(payload) if "\n" in payload or "\r" in payload else [payload]
    return [line for line in (line.strip() for line in lines) if line]


def _is_data(payload: str) -> bool:
    if not payload.lstrip().startswith(("{", "[{")):
        return False
    try:
        return isinstance(json.loads(payload), dict | list)
    except (ValueError, RecursionError):
        return False


# --- Captions that roll ------------------------------------------------------------------------------------------


def _unrolled(cues: list[Cue], path: Path | str) -> tuple[list[Cue], list[str]]:
    """Rolling captions with every word once: YouTube shows the line above again, and live captions the words so far.

    Captions roll where most cues begin with what the one above ended with; a word said twice is no such thing.
    """
    lines = [cleaned(cue.payload) for cue in cues]
    new = [_beyond(above, below) for above, below in zip([[], *lines], lines, strict=False)]
    again = [cue.line for cue, all_of, rest in zip(cues, lines, new, strict=True) if rest != all_of]
    if len(cues) < 3 or len(again) * 2 < len(cues):
        return cues, []
    what = f"{len(again)} of {len(cues)} cues repeat what is above (rolling captions); every word is read once"
    kept = [replace(cue, payload=html.escape("\n".join(rest))) for cue, rest in zip(cues, new, strict=True) if rest]
    return kept, [f"{path}:{again[0]}: {what}"]


def _beyond(above: list[str], below: list[str]) -> list[str]:
    """The lines of a cue without those, at its beginning, with which the cue above ended.

    >>> _beyond(["my career in", "open source"], ["open source", "is"]), _beyond(["my"], ["my career"])
    (['is'], ['career'])
    """
    for size in range(min(len(above), len(below)), 0, -1):
        if above[-size:] == below[:size]:
            return below[size:]
    if above and below and below[0].startswith(f"{above[-1]} "):
        return [below[0][len(above[-1]) + 1 :], *below[1:]]
    return below


# --- From cues to turns ------------------------------------------------------------------------------------------


def _by_voice(cues: list[Cue], path: Path | str) -> tuple[list[Piece], list[str]]:
    """What each voice tag covers: up to its closing tag, the next one, or the cue's end. The rest has no speaker."""
    pieces: list[Piece] = []
    odd: dict[str, int] = {}
    for cue in cues:
        speaker, at = "", 0
        for tag in [*_VOICE.finditer(cue.payload), None]:
            words = " ".join(cleaned(cue.payload[at : tag.start() if tag else None]))
            if words:
                pieces.append(Piece(speaker, words, cue.start, cue.end))
            if tag:
                speaker, at = " ".join(cleaned(tag[1] or "")), tag.end()
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
        [Line(cue.line + at, text, opens=at == 0, label=label_of(text)) for at, text in enumerate(cleaned(cue.payload))]
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
