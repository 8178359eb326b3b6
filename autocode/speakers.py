"""Who speaks: each label with its turns, words and questions; who is likely to be interviewing; labels spelt alike."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from autocode.data import Data, Transcript

ASKS_FROM = 0.2
"""Question marks a turn from which a label may be an interviewer's."""
ASKS_TIMES = 2.0
"""How many times as many as anybody else in the interview."""
SHOWN_WORDS = 8

_QUESTION_MARKS = "?？؟\u037e⸮"


class Speaker(Data):
    """A label in one transcript, and what stands under it."""

    transcript: str
    label: str
    """Blank: the words of nobody in particular."""
    turns: int
    words: int
    questions: int
    """Question marks in these turns."""
    coded: bool
    """Whether the turns may be coded: the label is not among the excluded ones."""
    first_words: str = ""
    """The first words under this label, for a person to know who it is."""


def speakers(transcript: Transcript, *, exclude_speakers: Collection[str] = ()) -> list[Speaker]:
    """The labels of a transcript, in the order in which they first speak."""
    said: dict[str, list[str]] = defaultdict(list)
    for turn in transcript.turns:
        said[turn.speaker].append(transcript.text[turn.span.start : turn.span.end])
    return [
        Speaker(
            transcript=transcript.id,
            label=label,
            turns=len(turns),
            words=sum(len(words.split()) for words in turns),
            questions=sum(words.count(mark) for words in turns for mark in _QUESTION_MARKS),
            coded=label not in exclude_speakers,
            first_words=_first_words(turns),
        )
        for label, turns in said.items()
    ]


def _first_words(turns: Iterable[str]) -> str:
    """The beginning of the first turn that is more than a word or two, else of the first."""
    split = [words.split() for words in turns]
    shown = next((words for words in split if len(words) > 2), split[0])
    return " ".join(shown[:SHOWN_WORDS]) + (" …" if len(shown) > SHOWN_WORDS else "")


def likely_interviewers(everybody: Iterable[Speaker]) -> dict[str, float]:
    """The labels that ask by far the most in their interview, with question marks a turn; most interviews first.

    A label is counted over all its interviews together, so that one talkative answer does not make an interviewer.
    """
    by_transcript: dict[str, list[Speaker]] = defaultdict(list)
    turns: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    for speaker in everybody:
        by_transcript[speaker.transcript].append(speaker)
        turns[speaker.label] += speaker.turns
        questions[speaker.label] += speaker.questions
    rate = {label: questions[label] / turns[label] for label in turns}
    asks_most: Counter[str] = Counter()
    for there in by_transcript.values():
        ranked = sorted((speaker.label for speaker in there), key=lambda label: -rate[label])
        if len(ranked) > 1 and ranked[0] and rate[ranked[0]] >= max(ASKS_FROM, ASKS_TIMES * rate[ranked[1]]):
            asks_most[ranked[0]] += 1
    return {label: rate[label] for label, _ in asks_most.most_common()}


def spelt_alike(labels: Iterable[str]) -> list[list[str]]:
    """Labels that differ only in case, blanks or the way a letter is composed.

    >>> spelt_alike(["INT", "Int", "P1", "P 1", "P2"])
    [['INT', 'Int'], ['P1', 'P 1']]
    """
    spelt: dict[str, list[str]] = defaultdict(list)
    for label in dict.fromkeys(filter(None, labels)):
        spelt["".join(unicodedata.normalize("NFKC", label).casefold().split())].append(label)
    return [alike for alike in spelt.values() if len(alike) > 1]


def pooled(everybody: Sequence[Speaker]) -> list[Speaker]:
    """Each label once, with what stands under it in all transcripts; the most frequent first."""
    by_label: dict[str, list[Speaker]] = defaultdict(list)
    for speaker in everybody:
        by_label[speaker.label].append(speaker)
    summed = [
        same[0].model_copy(
            update={
                "transcript": "" if len(same) > 1 else same[0].transcript,
                **{what: sum(getattr(one, what) for one in same) for what in ("turns", "words", "questions")},
            }
        )
        for same in by_label.values()
    ]
    return sorted(summed, key=lambda speaker: -len(by_label[speaker.label]))
