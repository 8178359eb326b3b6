"""One conversation in every format: whoever wrote the file, the same people say the same words.

A format is added by a file `conversation*.*` in tests/data/reading; make_conversation.py and
make_conversation_of_programs.py there write all but the TXT.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import autocode as ac

FOLDER = Path(__file__).parent / "data" / "reading"
FILES = sorted(FOLDER.glob("conversation*.*"))
FORMATS = {".csv", ".docx", ".html", ".json", ".ods", ".odt", ".rtf", ".srt", ".tsv", ".txt", ".vtt", ".xlsx"}
"""Those that must be there: a new one is named here as well, so that a lost file is noticed."""

SAID = [
    ("INT", "What helped you to stay?"),
    ("P1", "My manager, Frau Müller. She moved two deadlines 🙂 just like that."),
    ("INT", "And the office?"),
    ("P1", '"5 < 6 & 7," they wrote. I still don\'t know what that means.'),
    ("INT", "Anything else?"),
    ("P1", "My colleagues brought soup: that was all."),
    ("INT", "Would you say it again?"),
    ("P1", "Yes – every word of it."),
]


def test_every_format_is_there():
    assert {path.suffix for path in FILES} >= FORMATS


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_conversation_has_the_same_turns_in_every_format(path):
    [transcript] = ac.read_transcripts(path)
    said = [(turn.speaker, transcript.text[turn.span.start : turn.span.end]) for turn in transcript.turns]
    assert said == SAID
    assert [turn.number for turn in transcript.turns] == list(range(1, 9))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_conversation_is_one_text_to_the_character_in_every_format(path):
    [transcript] = ac.read_transcripts(path)
    assert transcript.text == "".join(f"{speaker}: {words}\n" for speaker, words in SAID)


TIMED = {path for path in FILES if path.suffix in {".csv", ".html", ".json", ".ods", ".srt", ".tsv", ".vtt", ".xlsx"}}


@pytest.mark.parametrize("path", sorted(TIMED), ids=lambda path: path.name)
def test_the_times_of_the_conversation_are_the_same_in_every_format_that_has_them(path):
    [transcript] = ac.read_transcripts(path)
    assert [turn.starts_at for turn in transcript.turns] == [10.0 * at for at in range(8)]
    no_ends = path.suffix in {".csv", ".ods", ".tsv"}
    assert [turn.ends_at for turn in transcript.turns] == [None if no_ends else 10.0 * at + 9 for at in range(8)]
    assert not [note for note in transcript.notes if "not read" in note and path.suffix != ".html"]
