"""The transcripts as they are read: which ones cannot be, how they are written, and what makes a turn in each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from autocode.checking.told import Told, some
from autocode.data import Transcript
from autocode.errors import TranscriptError
from autocode.reading import read_transcripts
from autocode.reporting.check_report import Finding, TranscriptCheck
from autocode.speakers import speakers
from autocode.study import Study

_ENCODING = re.compile(r": read as ([\w-]+), (?:by its byte order mark|because it is not UTF-8)")
_BY_MARK = re.compile(r": read as [\w-]+, by its byte order mark$")
PLAIN = frozenset({"txt", "text", "md", "markdown"})
_TEXTS = PLAIN | {"vtt", "srt", "csv", "tsv", "json", "html", "htm"}
_TURN_IS = {
    **dict.fromkeys(PLAIN, "block"),
    **dict.fromkeys(("vtt", "srt"), "cue"),
    **dict.fromkeys(("csv", "tsv", "xlsx", "xls"), "row"),
    **dict.fromkeys(("docx", "odt", "rtf", "pdf"), "paragraph"),
}
_WHAT_A_TURN_IS = {
    "speaker": "what one speaker says until the next one does",
    "block": "a block between blank lines",
    "cue": "a cue",
    "row": "a row",
    "paragraph": "a paragraph",
    "segment": "a segment",
}


def read(study: Study, encoding: str | None, told: Told) -> tuple[list[Transcript], list[str]]:
    """The transcripts that can be read, and the files that cannot."""
    bad: list[TranscriptError] = []
    texts: list[Transcript] = []
    with told.part("files"):
        texts += read_transcripts(
            study.config.transcripts,
            encoding=encoding or study.config.encoding or None,
            speakers=study.config.speakers,
            on_bad=bad.append,
        )
    told.add(Finding(level="error", about="files", message=str(error)) for error in bad)
    return texts, [str(error.path) for error in bad]


def described(text: Transcript, study: Study, encoding: str | None) -> TranscriptCheck:
    """One transcript with its speakers."""
    there = speakers(text, exclude_speakers=study.config.exclude_speakers)
    kind = Path(text.source).suffix.lower().removeprefix(".")
    ends = [turn.ends_at for turn in text.turns if turn.ends_at is not None]
    return TranscriptCheck(
        id=text.id,
        source=text.source,
        format=kind,
        encoding=_encoding(text, kind, encoding or study.config.encoding),
        turns=len(text.turns),
        coded_turns=sum(speaker.turns for speaker in there if speaker.coded),
        words=sum(speaker.words for speaker in there),
        minutes=max(ends) / 60 if ends else None,
        turn_is="speaker" if any(speaker.label for speaker in there) else _TURN_IS.get(kind, "segment"),
        speakers=tuple(there),
    )


def _encoding(text: Transcript, kind: str, told: str) -> str:
    """How the file is written, as the reader found it. Formats that are no text by themselves have none."""
    if kind not in _TEXTS:
        return ""
    found = next((match[1] for note in text.notes if (match := _ENCODING.search(note))), "UTF-8")
    return told or found


def reader_notes(texts: Iterable[Transcript]) -> Iterator[Finding]:
    """What reading has told of each transcript; an encoding that its file names is no warning."""
    for text in texts:
        for note in text.notes:
            yield Finding(level="note" if _BY_MARK.search(note) else "warning", about="reading", message=note)


def mixed_turns(checked: Sequence[TranscriptCheck]) -> Iterator[Finding]:
    """Told where a turn is one thing here and another there, since coders are compared on turns."""
    by_rule: dict[str, list[str]] = defaultdict(list)
    for one in checked:
        by_rule[one.turn_is].append(one.id)
    if len(by_rule) > 1:
        parts = [f"{_WHAT_A_TURN_IS[rule]} in {some(ids)}" for rule, ids in by_rule.items()]
        message = f"a turn is {'; '.join(parts)}: turns of different kinds are compared as equals"
        step = "give all of them speaker labels, or compare sentences (unit: sentence)"
        yield Finding(level="warning", about="turns", message=f"{message}; {step}")
