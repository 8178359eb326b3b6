"""Transcripts as the JSON of speech recognisers: Whisper and its kin (WhisperX, whisper.cpp, whisper-timestamped), Rev.

All are a list of segments, each with its words, its times and perhaps its speaker. The speaker of a turn is the
segment's: what single words say of speaker and time is often missing, and decides nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autocode.reading.pieces import Piece, written
from autocode.reading.source import Reading, Source
from autocode.reading.tape import backwards
from autocode.reading.turns import time_of

_NAMED = 8
_FEW_WORDS = 5
_SPEECH_IS_UNLIKELY = 0.5  # no_speech_prob; Whisper itself drops a segment above 0.6 if its words are unlikely too
_WORDS_ARE_UNLIKELY = -0.8  # avg_logprob
# What Whisper makes up where nobody speaks, learnt from captions of films.
_MADE_UP = ("thanks for watching", "thank you for watching", "thank you", "subtitles by", "bye")


def read_speech_json(source: Source) -> list[Reading]:
    """The segments of a recogniser as turns: neighbours of one speaker are one; without any speaker a turn a segment.

    TranscriptError: no JSON, or the JSON of something else.
    """
    text, told = source.decoded()
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"is no JSON ({error.msg}); it may be cut off, so export it again"
        raise source.error(message, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise source.error("is JSON that no speech recogniser writes; export the transcript again") from error
    segments = _segments(data)
    if segments is None:
        raise source.error(f"is JSON but no transcript that is known ({_found(data)}); export it as TXT, VTT or SRT")
    path = source.path
    pieces, notes = _pieces(segments, path)
    notes += _of_nobody(segments, pieces, path)
    canonical, turns = written(pieces)
    return [Reading(canonical, turns, told + notes)]


def _found(data: object) -> str:
    """What stands at the top of it, for a message."""
    if not isinstance(data, dict):
        return f"a {'list' if isinstance(data, list) else type(data).__name__} at the top"
    keys = [f'"{key}"' for key in data]
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"its keys are {', '.join(keys[:_NAMED])}{more}" if keys else "it is empty"


# --- The segments of each program --------------------------------------------------------------------------------


def _segments(data: Any) -> list[dict[str, Any]] | None:
    """The segments in Whisper's form (text, start, end, speaker, words); None: the JSON is of something else."""
    if isinstance(data, dict):
        if _are_records(data.get("transcription")):
            return [_of_cpp(segment) for segment in data["transcription"]]
        if _are_records(data.get("monologues")):
            return list(_of_rev(data))
        if "segments" not in data and set(data) <= {"text", "language", "duration", "task", "usage"}:
            words = data.get("text")
            return [{"text": line} for line in words.split("\n")] if isinstance(words, str) else None
        data = data.get("segments")
    known = _are_records(data) and all("text" in segment or "words" in segment for segment in data)
    return data if known else None


def _are_records(data: object) -> bool:
    return isinstance(data, list) and all(isinstance(each, dict) for each in data)


def _of_cpp(segment: dict[str, Any]) -> dict[str, Any]:
    """A segment of whisper.cpp, which counts in milliseconds, and in clock times beside them."""
    offsets, clocks = segment.get("offsets"), segment.get("timestamps")
    times: list[float | None] = []
    for end in ("from", "to"):
        milliseconds = _number(offsets.get(end)) if isinstance(offsets, dict) else None
        clock = time_of(str(clocks.get(end)).replace(",", ".")) if isinstance(clocks, dict) else None
        times.append(milliseconds / 1000 if milliseconds is not None else clock[0] if clock else None)
    speaker = segment.get("speaker")
    return {
        "text": segment.get("text"),
        "start": times[0],
        "end": times[1],
        "speaker": None if speaker == "?" else speaker,
    }


def _of_rev(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The monologues of Rev, whose elements hold blanks and punctuation too, so that all are joined as they are."""
    listed = data.get("speakers")
    names = {each.get("id"): each.get("name") for each in listed} if _are_records(listed) and listed else {}
    for monologue in data["monologues"]:
        inner = monologue.get("elements")
        elements: list[dict[str, Any]] = inner if isinstance(inner, list) and _are_records(inner) else []
        starts = [element.get("ts") for element in elements if _number(element.get("ts")) is not None]
        ends = [element.get("end_ts") for element in elements if _number(element.get("end_ts")) is not None]
        speaker = monologue.get("speaker")
        yield {
            "text": "".join(str(element.get("value") or "") for element in elements),
            "start": starts[0] if starts else None,
            "end": ends[-1] if ends else None,
            "speaker": (names.get(speaker) if isinstance(speaker, str | int) else None)
            or (f"Speaker {speaker}" if isinstance(speaker, int) else speaker),
        }


# --- From segments to turns --------------------------------------------------------------------------------------


def _pieces(segments: Sequence[dict[str, Any]], path: Path | str) -> tuple[list[Piece], list[str]]:
    pieces: list[Piece] = []
    silent = nameless = odd_end = 0
    for segment in segments:
        words = _words(segment)
        if not words:
            silent += 1
            continue
        speaker = _speaker(segment.get("speaker"))
        start, end = _times(segment)
        if start is not None and end is not None and end < start:
            odd_end, end = odd_end + 1, None
        nameless += not speaker
        pieces.append(Piece(speaker, words, start, end))
    notes = []
    if nameless and nameless < len(pieces):
        what = f"{nameless} of {len(pieces)} segments name no speaker; their turns have none"
        first = next(piece for piece in pieces if not piece.speaker)
        notes.append(f'{path}: {what} (the first: "{first.words[:60]}")')
    if silent:
        notes.append(f"{path}: {silent} of {len(segments)} segments hold no words and are no turns")
    if odd_end:
        notes.append(f"{path}: {odd_end} segments end before they start; their words are kept, their ends are not")
    numbered = [(number, piece.start) for number, piece in enumerate(pieces, start=1)]
    notes += [note.replace(f"{path}:", f"{path}: segment ", 1) for note in backwards(numbered, path, "segment")]
    return pieces, notes


def _words(segment: dict[str, Any]) -> str:
    """What is said in a segment on one line: its text, else its words one after the other."""
    text = segment.get("text")
    if not isinstance(text, str):
        text = "".join(str(word.get("word") or word.get("text") or "") for word in _timed(segment))
    return " ".join(line for line in (line.strip() for line in text.splitlines()) if line)


def _timed(segment: dict[str, Any]) -> list[dict[str, Any]]:
    words = segment.get("words")
    return [word for word in words if isinstance(word, dict)] if isinstance(words, list) else []


def _speaker(written: object) -> str:
    """The label, as the field has it; blank for none. `SPEAKER_00` stays, as a person may look for it elsewhere."""
    known = isinstance(written, str | int) and not isinstance(written, bool)
    return " ".join(str(written).split()) if known else ""


def _times(segment: dict[str, Any]) -> tuple[float | None, float | None]:
    """When a segment starts and ends; where it does not say, when its first and last timed word do."""
    start, end = _number(segment.get("start")), _number(segment.get("end"))
    words = _timed(segment)
    if start is None:
        start = next((at for word in words if (at := _number(word.get("start"))) is not None), None)
    if end is None:
        end = next((at for word in reversed(words) if (at := _number(word.get("end"))) is not None), None)
    return start, end


def _number(value: object) -> float | None:
    """Seconds, or milliseconds, that can be on a tape; also of a text such as "12.5"."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return round(number, 3) if math.isfinite(number) and number >= 0 else None


def _of_nobody(segments: Sequence[dict[str, Any]], pieces: Sequence[Piece], path: Path | str) -> list[str]:
    """A hint where the words look made up by the program, because the recording is empty."""
    if len(pieces) != 1 or len(pieces[0].words.split()) > _FEW_WORDS:
        return []
    [segment] = [segment for segment in segments if _words(segment)]
    silence, doubt = segment.get("no_speech_prob"), segment.get("avg_logprob")
    unlikely = isinstance(silence, int | float) and silence > _SPEECH_IS_UNLIKELY
    doubtful = isinstance(doubt, int | float) and doubt < _WORDS_ARE_UNLIKELY
    if not (unlikely or doubtful or pieces[0].words.casefold().startswith(_MADE_UP)):
        return []
    probability = f", and that it is speech has a probability of {1 - silence:.2f}" if unlikely and silence else ""
    what = f'one short segment ("{pieces[0].words}") is all there is{probability}'
    return [f"{path}: {what}; the recording may hold no speech, so listen to it"]
