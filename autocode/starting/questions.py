"""The six questions that a new study is asked, in plain words, and what an answer to them means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autocode.errors import InputError, TranscriptError, nearest
from autocode.speakers import Speaker, likely_interviewers, pooled

_NOBODY = ("nobody", "none", "-")
_MOST_LABELS = 12


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


WHERE = Question(
    "transcripts",
    "Where are your interviews? Name the folder, seen from the folder of the study.",
    default=("interviews",),
)
OTHERS = (
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


def who(everybody: Sequence[Speaker], bad: Sequence[TranscriptError]) -> Question:
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
