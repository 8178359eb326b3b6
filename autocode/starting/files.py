"""The files of a new study: settings with every one explained, a codebook to replace, tables with a row for each."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from autocode.config import Config
from autocode.data import Transcript
from autocode.speakers import speakers
from autocode.yaml import Inline, dump_yaml

_CODERS = ("coder", "transcript", "kind", "turns", "pass", "stage", "codebook", "saw", "date")
_TRANSCRIPTS = ("transcript", "date", "order", "language", "minutes", "interviewer", "checked_by")
_PARTICIPANTS = (
    *("participant", "transcript", "speaker", "pseudonym", "attribution", "may_contact", "may_quote", "ai_cloud"),
    *("withdrawn", "language"),
)


def codebook_text(folder: Path) -> str:
    """A codebook with two codes that show the form."""
    return _CODEBOOK.format(id=_id_of(folder))


def coders_text(coders: Sequence[str], texts: Sequence[Transcript]) -> str:
    """A coders.csv in which everybody reads everything."""
    return _table(_CODERS, [[name, text.id, "human"] for name in coders for text in texts])


def transcripts_text(texts: Sequence[Transcript]) -> str:
    """A transcripts.csv with a row for each interview that is there."""
    return _table(_TRANSCRIPTS, [_about(text, number) for number, text in enumerate(texts, start=1)])


def participants_text(texts: Sequence[Transcript], excluded: Sequence[str]) -> str:
    """A participants.csv with a row for each person who may be coded."""
    return _table(_PARTICIPANTS, _people(texts, excluded))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([*row, *[""] * (len(columns) - len(row))] for row in rows)
    return out.getvalue()


def _about(transcript: Transcript, order: int) -> list[str]:
    ends = [turn.ends_at for turn in transcript.turns if turn.ends_at is not None]
    return [transcript.id, "", str(order), "", str(round(max(ends) / 60)) if ends else ""]


def _people(texts: Sequence[Transcript], excluded: Sequence[str]) -> list[list[str]]:
    """A row for each person who may be coded: a label within one transcript, numbered until somebody joins them."""
    there = [
        (transcript.id, speaker.label)
        for transcript in texts
        for speaker in speakers(transcript, exclude_speakers=excluded)
        if speaker.coded
    ]
    return [[str(number), id, label] for number, (id, label) in enumerate(there, start=101)]


def settings_text(transcripts: str, exclude_speakers: Sequence[str], approach: str, unit: str, place: str) -> str:
    """An autocode.yaml with every setting there is, each explained; those that need no word stand as comments."""
    default = Config()
    return _SETTINGS.format(
        transcripts=_line("transcripts", transcripts),
        approach=_line("approach", approach),
        exclude=_line("exclude_speakers", Inline(list(exclude_speakers))),
        unit=_line("unit", unit),
        send=_SEND[place],
        max_tokens=default.max_tokens,
        context_turns=default.context_turns,
        concurrency=default.concurrency,
    )


def _line(key: str, value: object) -> str:
    return dump_yaml({key: value}).strip()


def _id_of(folder: Path) -> str:
    """A codebook's id from the name of the study's folder.

    >>> _id_of(Path("Stay or go? (2026)"))
    'stay-or-go-2026'
    """
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.casefold()).strip("-") or "study"


_SEND = {
    "local": "send: {to: local}",
    "cloud": "# send: {to: cloud, approved_by: '[state here: who approved it]', date: 2026-11-02}",
}
_SETTINGS = """\
# The settings of this study. Every one may be left out; a flag on the command line counts more than a line here.
# A line that begins with # is a comment: take the # away to use it. Paths are seen from this folder.

# The interviews: a folder, with folders in it if you like, or one file.
{transcripts}

# The codebook, and the folder with what people coded.
codebook: codebook.yaml
coding: coding

# What the coding is for: reliability, codebook, framework, reflexive or content. Sets the words of reports, never data.
{approach}

# Whose words are not coded, as the label stands in the interviews. A model sees them, but they are never counted.
{exclude}

# Labels that are speakers even where an interview has them only once.
# speakers: [P1, P2]

# On what coders are compared: turn, sentence or transcript; and by which coefficient.
{unit}
coefficient: alpha

# Who may be sent the interviews. Nothing leaves this computer without a yes: `to: cloud` with the name of whoever
# approved it and the date. `to: local` refuses to send anything.
{send}

# The model that codes, as provider/name. Without one the built-in baseline codes: it compares letters, needs no network
# and is there for trying things out.
# model: openai/gpt-5-mini

# A server of your own that speaks the language of OpenAI, such as one on this computer.
# base_url: http://localhost:8080/v1

# Your own text of what a model is told, instead of the one that comes with autocode.
# prompt: prompt.txt

# How the interviews are written, if they are not UTF-8 and look wrong in `autocode check`.
# encoding: windows-1252

# How much of an interview goes to a model at once (in tokens, about four letters each), how many turns before it are
# shown beside it, and how many requests are under way at the same time.
max_tokens: {max_tokens}
context_turns: {context_turns}
concurrency: {concurrency}
"""

_CODEBOOK = """\
# The codebook: what the codes are, and when each applies. Put your own in place of the two below; they only show the
# form. People and models get the same words, so write them for somebody who was not there when you agreed on them.
format: autocode-codebook/1
id: {id}
title: "[state here: the title of the study]"
version: 1
study_question: "[state here: what you want to know from the interviews]"

codes:
  - id: manager-help              # short and for ever: it stands in every table. Names may change, ids never do
    name: Manager's help
    definition: Something a direct manager did, said or allowed that made the work easier.
    include:                      # what counts
      - the manager's act is named, however small
    exclude:                      # what does not, and which code to use instead
      - "a manager who was asked and did nothing (use no-help)"
    examples:                     # the words of participants; say which interview they are from
      - {{text: she sat down with me and moved two deadlines}}
    counterexamples:              # what looks like it and is not
      - {{text: I went to my boss twice and he said he would have a think, use: no-help}}
    plain: Times when your manager made work easier.      # the same for the participants themselves
    notes: "[state here: this code only shows the form; put your own in its place]"

  - id: no-help
    name: Help that did not come
    definition: Help that the speaker asked for or was entitled to, and that did not come.
    include:
      - a request that was refused, forgotten or answered with something else
    exclude:
      - "help that came late but did come (use the code of whoever gave it)"
    examples:
      - {{text: I asked for a second pair of hands in March and I got a form}}
    counterexamples:
      - {{text: it is too much for one person and everyone can see that}}
    notes: "[state here: this code only shows the form; put your own in its place]"

# Themes: a code that has `codes:` of its own below it is a theme and is not applied itself.
# Of some codes at most one may be given to a passage:
# groups:
#   - {{id: valence, codes: [stay, leave], pick: one}}
# When the codebook changes, raise `version` and say what and why:
# changes:
#   - {{version: 2, date: 2026-11-20, by: [Ana, Ben], kind: edit, codes: [no-help], why: wishes are no requests}}
"""
