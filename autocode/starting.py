"""What `autocode init` asks in six questions, and the study it writes from the answers: files a person goes on with.

Nothing that exists is written over. What only a person can know stays open, marked `[state here: …]`.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autocode.config import FILE, Config
from autocode.data import Transcript
from autocode.errors import InputError, TranscriptError, nearest
from autocode.files import write_whole
from autocode.reading import read_transcripts
from autocode.speakers import Speaker, likely_interviewers, pooled, speakers
from autocode.yaml import Inline, dump_yaml

_NOBODY = ("nobody", "none", "-")

_MOST_LABELS = 12
_CODERS = ("coder", "transcript", "kind", "turns", "pass", "stage", "codebook", "saw", "date")
_TRANSCRIPTS = ("transcript", "date", "order", "language", "minutes", "interviewer", "checked_by")
_PARTICIPANTS = (
    *("participant", "transcript", "speaker", "pseudonym", "attribution", "may_contact", "may_quote", "ai_cloud"),
    *("withdrawn", "language"),
)


@dataclass(frozen=True)
class Question:
    """One question in plain words, with what may be answered to it."""

    key: str
    words: str
    choices: tuple[tuple[str, str], ...] = ()
    """Each answer there is, and what it means; none: any words."""
    default: tuple[str, ...] = ()
    several: bool = False
    """Whether there may be several answers."""
    others: bool = True
    """Whether an answer that is not among the choices is one, too."""

    def parts(self, line: str) -> list[str]:
        """The answers in a line that somebody typed, with commas between; one inside a known name divides nothing."""
        if not self.several:
            return [line.strip()]
        known, pieces = {word.casefold() for word, _ in self.choices}, line.split(",")
        found: list[str] = []
        while pieces:
            longest = next(n for n in range(len(pieces), 0, -1) if n == 1 or _name(pieces[:n]).casefold() in known)
            found.append(_name(pieces[:longest]))
            del pieces[:longest]
        return found

    def read(self, answers: Iterable[str]) -> tuple[str, ...]:
        """What answers mean: each by its number, its word, or as it is; none for "nobody".

        Raises InputError, to be told and asked again, for what is none of the choices where there are no others.
        """
        words = {word.casefold(): word for word, _ in self.choices}
        found = []
        for answer in filter(None, (answer.strip() for answer in answers)):
            if answer.casefold() in words:
                found.append(words[answer.casefold()])
            elif answer.isdecimal() and 1 <= int(answer[:9]) <= len(self.choices):
                found.append(self.choices[int(answer) - 1][0])
            elif self.several and answer.casefold() in _NOBODY:
                continue
            elif not self.others:
                known = ", ".join(word for word, _ in self.choices)
                raise InputError(f'"{answer}" is not among the answers: {known}{nearest(answer, words.values())}')
            else:
                found.append(answer)
        return tuple(dict.fromkeys(found))


def _name(pieces: Iterable[str]) -> str:
    return ",".join(pieces).strip()


@dataclass(frozen=True)
class Started:
    """What was written, and what stood there and was kept as it is."""

    written: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()


class NewStudy:
    """A study that is being started in a folder: it has six questions, and is written from their answers.

    Each of `questions()` is to be answered before the next one is asked for: where the interviews are decides what the
    others offer.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.place = self.folder / "interviews"
        """Where the interviews are."""
        self.transcripts: list[Transcript] = []
        """Those that are there already and can be read."""
        self.bad: list[TranscriptError] = []
        """What is wrong with the others."""
        self._answers: dict[str, tuple[str, ...]] = {}

    def questions(self) -> Iterator[Question]:
        """The six questions, in order. Raises InputError where interviews lie in the study's own folder."""
        yield _WHERE
        self._look()
        yield _who([speaker for text in self.transcripts for speaker in speakers(text)], self.bad)
        yield from _OTHERS

    def answer(self, question: Question, answers: Iterable[str]) -> None:
        """Take what is answered. Raises InputError, to be told and asked again, where it is no answer."""
        self._answers[question.key] = question.read(answers)
        if question is _WHERE:
            self.place = self._place(*(self._answers[question.key] or question.default)[:1])

    def answered(self, key: str) -> tuple[str, ...]:
        """The answer to a question, the default where nobody gave one."""
        default = next((q.read(q.default) for q in _OTHERS if q.key == key), ())
        return self._answers.get(key, default)

    def _place(self, written: str) -> Path:
        """The interviews' place: seen from the study's folder, else from where the person is who wrote it."""
        inside, here = self.folder / written, Path(written)
        return here if here.exists() and not inside.exists() else inside

    def _look(self) -> None:
        """Read the interviews that are there; none is no error yet."""
        if self.place.resolve() == self.folder.resolve():
            raise InputError(
                "the interviews need a folder of their own, because the tables of the study would be read as "
                f"interviews; move them into {self.folder / 'interviews'}, or start the study in another folder",
                path=self.place,
            )
        self.bad = []
        with suppress(TranscriptError):  # there is no such folder yet, or nothing in it
            self.transcripts = list(read_transcripts(self.place, on_bad=self.bad.append))

    def write(self) -> Started:
        """Writes the files of the study, each whole or not at all, and keeps every file that is there already."""
        written, kept = [], []
        try:
            for name, text in self._files().items():
                path = self.folder / name
                if os.path.lexists(path):
                    kept.append(path)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(path, text)
                    written.append(path)
            if not self.place.exists():
                self.place.mkdir(parents=True)
        except OSError as error:
            message = f"cannot be written ({error.strerror}); choose another folder"
            raise InputError(message, path=self.folder) from error
        return Started(tuple(written), tuple(kept))

    def _files(self) -> dict[str, str]:
        texts, excluded = self.transcripts, self.answered("exclude_speakers")
        place = Path(os.path.relpath(self.place, self.folder)).as_posix()
        simple = {key: self.answered(key)[0] for key in ("approach", "unit", "place")}
        coders = [[name, text.id, "human"] for name in self.answered("coders") for text in texts]
        return {
            FILE: settings_text(place, excluded, **simple),
            "codebook.yaml": CODEBOOK.format(id=_id_of(self.folder)),
            "coding/coders.csv": _table(_CODERS, coders),
            "transcripts.csv": _table(_TRANSCRIPTS, [_about(text, n) for n, text in enumerate(texts, start=1)]),
            "participants.csv": _table(_PARTICIPANTS, _people(texts, excluded)),
        }


# --- The questions -------------------------------------------------------------------------------------------------

_WHERE = Question(
    "transcripts",
    "Where are your interviews? Name the folder, seen from the folder of the study.",
    default=("interviews",),
)
_OTHERS = (
    Question(
        "approach",
        "What is the coding for? This only sets the words of reports.",
        (
            ("reliability", "several people code the same interviews, and we report how far they agree"),
            ("codebook", "a codebook keeps our reading in order; agreement helps us to talk about it"),
            ("framework", "we lay the interviews out in a table of themes that we know beforehand"),
            ("reflexive", "coding is our own interpretation; we do not report agreement"),
            ("content", "we count how often something is said"),
        ),
        ("reliability",),
        others=False,
    ),
    Question(
        "unit",
        "What do two people look at when they compare their coding?",
        (
            ("turn", "all that one person says until somebody else speaks; right for most interviews"),
            ("sentence", "one sentence; for long stories, or if nobody asks questions in between"),
            ("transcript", "the interview as a whole; for short answers to one question"),
        ),
        ("turn",),
        others=False,
    ),
    Question(
        "place",
        "May the interviews leave this computer, to be read by a model of a company?",
        (
            ("local", "no: they stay here, and a model has to run here"),
            ("cloud", "yes, if somebody who may say so has approved it; nothing is sent before that"),
        ),
        ("local",),
        others=False,
    ),
    Question(
        "coders",
        "Who codes? First names or initials, with commas between; leave it empty if nobody is chosen yet.",
        several=True,
    ),
)


def _who(everybody: Sequence[Speaker], bad: Sequence[TranscriptError]) -> Question:
    """The question who is not coded, with the labels there are."""
    people = [speaker for speaker in pooled(everybody) if speaker.label]
    shown = [(one.label, f"{one.turns} turns; begins: {one.first_words}") for one in people[:_MOST_LABELS]]
    words = "Whose words shall not be coded? Mostly that is the interviewer; a model sees their questions all the same."
    if len(people) > len(shown):
        words += f" ({len(people) - len(shown)} more speak in the interviews.)"
    if not people:
        words += " Write the name as it stands before their words, such as INT; leave it empty for nobody."
    return Question(
        "exclude_speakers",
        words,
        tuple(shown),
        default=tuple(likely_interviewers(everybody)),
        several=True,
        others=not people or len(people) > len(shown) or bool(bad),
    )


# --- The files -----------------------------------------------------------------------------------------------------


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

CODEBOOK = """\
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
