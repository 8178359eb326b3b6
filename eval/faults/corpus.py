"""Invented interviews of any size with a codebook and the truth: which sentence stands for which code, and where.

    python eval/faults/corpus.py FOLDER                             20 interviews, 121,640 words, 25 codes
    python eval/faults/corpus.py FOLDER --answers 100000            a table of short open answers
    python eval/faults/corpus.py FOLDER --interviews 1 --words 60000 --one-turn --codes 400

FOLDER becomes a study (autocode.yaml, codebook.yaml, interviews/) with truth.json (sentence -> code, for provider.py)
and expected.csv (transcript,start,end,code: what a perfect coder's coding.csv holds; offsets into Transcript.text).
Words are those of `text.split()` in what the interviewer and the person say, labels not counted. Equal arguments make
equal bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from speaking import Speech, Theme, themes

Place = tuple[str, int, int, str]
"""Transcript, start, end, code."""

_TURN_WORDS = ((0.3, 5, 25), (0.8, 25, 90), (1.0, 90, 320))
"""Up to which number drawn from 0 to 1 an answer has so many words: at least and at most."""
_LEAST = 40
"""Words that are left for a turn at least; more than the longest sentence has."""
ANSWERS = "answers"
"""The name of the table of short answers."""


@dataclass(frozen=True)
class Corpus:
    """A study with its truth."""

    interviews: dict[str, str]
    """The files below interviews/, by name."""
    themes: tuple[Theme, ...]
    truth: dict[str, str]
    """Planted sentence -> code."""
    expected: tuple[Place, ...]
    words: int
    exclude_speakers: tuple[str, ...] = ("INT",)

    def write(self, folder: Path) -> Path:
        """Write the study into a folder, and give it back."""
        inside = folder / "interviews"
        inside.mkdir(parents=True, exist_ok=True)
        for name, text in self.interviews.items():
            (inside / name).write_bytes(text.encode("utf-8"))
        (folder / "autocode.yaml").write_text(self._settings(), encoding="utf-8")
        (folder / "codebook.yaml").write_text(self._codebook(), encoding="utf-8")
        (folder / "truth.json").write_text(json.dumps(self.truth, indent=0), encoding="utf-8")
        (folder / "expected.csv").write_text(self._table(), encoding="utf-8")
        return folder

    def _settings(self) -> str:
        lines = ["transcripts: interviews", "codebook: codebook.yaml"]
        if self.exclude_speakers:
            lines += [f"exclude_speakers: [{', '.join(self.exclude_speakers)}]", "speakers: [INT, P1]"]
        return "\n".join(lines) + "\n"

    def _codebook(self) -> str:
        """The codebook; a JSON string is a YAML string."""
        lines = ["format: autocode-codebook/1", "id: invented", "title: Work, invented", "version: 1"]
        lines += ["study_question: What does work do to people?", "codes:"]
        for theme in self.themes:
            definition = f"The speaker says that {theme.topic} {theme.meaning}, in whatever words."
            lines += [
                f"  - id: {theme.id}",
                f"    name: {json.dumps(theme.name)}",
                f"    definition: {json.dumps(definition)}",
                f"    include: [{json.dumps(f'{theme.topic} is named, and what it did to the speaker or to others')}]",
                f"    exclude: [{json.dumps(f'{theme.topic} is only mentioned')}]",
            ]
        return "\n".join(lines) + "\n"

    def _table(self) -> str:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(("transcript", "start", "end", "code"))
        writer.writerows(self.expected)
        return table.getvalue()


def make(
    interviews: int = 20,
    words: int = 121_640,
    codes: int = 25,
    *,
    seed: int = 1,
    planted_per_1000: float = 4.0,
    one_turn: bool = False,
) -> Corpus:
    """Interviews of exactly so many words together, about as long as each other.

    With `one_turn` each is one turn of the person alone. Raises ValueError for numbers that cannot be.
    """
    if interviews < 1 or words < interviews:
        raise ValueError("an interview has at least one word")
    speech, asked = Speech(seed), themes(codes)
    texts: dict[str, str] = {}
    truth: dict[str, str] = {}
    expected: list[Place] = []
    owed = 0.0
    for number in range(interviews):
        size = words * (number + 1) // interviews - words * number // interviews
        owed += size * planted_per_1000 / 1000
        plants = [asked[speech.random.randrange(codes)] for _ in range(int(owed))]
        owed -= len(plants)
        id = f"p{number + 1:0{len(str(interviews))}}"
        text, places = _interview(speech, size, plants, one_turn=one_turn)
        texts[f"{id}.txt"] = text
        for start, end, code in places:
            truth[text[start:end]] = code
            expected.append((id, start, end, code))
    return Corpus(texts, tuple(asked), truth, tuple(sorted(expected)), words)


def _interview(
    speech: Speech, words: int, plants: Sequence[Theme], *, one_turn: bool
) -> tuple[str, list[tuple[int, int, str]]]:
    """The text of one interview, and where its planted sentences stand."""
    planted = [(speech.planted(theme), theme.id) for theme in plants[: max(words - _LEAST, 0) // _LEAST]]
    rest = words - sum(len(sentence.split()) for sentence, _ in planted)
    turns = [("P1", _said(speech, rest, rest))] if one_turn else _turns(speech, rest)
    # One place before each sentence: a long turn has more of them, so it gets more of the planted ones.
    room = [(at, place) for at, (label, said) in enumerate(turns) if label == "P1" for place in range(len(said))]
    there: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for sentence, code in planted:
        there.setdefault(speech.random.choice(room), []).append((sentence, code))
    lines: list[str] = []
    places: list[tuple[int, int, str]] = []
    position = 0
    for at, (label, said) in enumerate(turns):
        line = f"{label}:"
        for place, other in enumerate(said):
            for sentence, code in there.get((at, place), ()):
                start = position + len(line) + 1
                places.append((start, start + len(sentence), code))
                line += f" {sentence}"
            line += f" {other}"
        lines.append(line + "\n")
        position += len(line) + 1
    return "".join(lines), places


def _turns(speech: Speech, words: int) -> list[tuple[str, list[str]]]:
    """Questions and answers of exactly so many words together."""
    turns: list[tuple[str, list[str]]] = []
    while words:
        question = speech.question() if words >= _LEAST else ""
        number = speech.random.random()
        low, high = next((low, high) for until, low, high in _TURN_WORDS if number < until)
        if question:
            turns.append(("INT", [question]))
            words -= len(question.split())
        answer = _said(speech, speech.random.randint(low, high), words)
        turns.append(("P1", answer))
        words -= sum(len(sentence.split()) for sentence in answer)
    return turns


def _said(speech: Speech, about: int, most: int) -> list[str]:
    """Sentences of about so many words together; where that leaves less than a turn of `most`, of exactly `most`."""
    said: list[str] = []
    while about > 0 and most >= _LEAST:
        said.append(speech.other())
        size = len(said[-1].split())
        about, most = about - size, most - size
    return said + (speech.of_words(most) if most < _LEAST else [])


def answers(
    number: int,
    seed: int = 1,
    *,
    distinct: float = 0.8,
    codes: int = 25,
    planted: float = 0.6,
) -> Corpus:
    """A table of short open answers, a transcript each: `distinct` of them are different, the rest equal one of those.

    `planted` of the different ones hold a planted sentence. Raises ValueError for numbers that cannot be.
    """
    if number < 1 or not 0 < distinct <= 1:
        raise ValueError("there is at least one answer, and a share of different ones above 0")
    speech, asked = Speech(seed), themes(codes)
    kinds: dict[str, tuple[int, int, str] | None] = {}
    truth: dict[str, str] = {}
    while len(kinds) < max(1, round(number * distinct)):
        said = [speech.other() for _ in range(speech.random.randint(0, 2))]
        if speech.random.random() < planted or not said:
            theme = asked[speech.random.randrange(codes)]
            sentence = speech.planted(theme)
            truth[sentence] = theme.id
            said.insert(speech.random.randint(0, len(said)), sentence)
            text = " ".join(said)
            start = text.index(sentence)
            kinds[text] = (start, start + len(sentence), theme.id)
        else:
            kinds.setdefault(" ".join(said), None)
    texts = list(kinds)
    rows = texts + [speech.random.choice(texts) for _ in range(number - len(texts))]
    speech.random.shuffle(rows)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("transcript", "speaker", "text"))
    expected: list[Place] = []
    for at, text in enumerate(rows, start=1):
        name = f"a{at:0{len(str(number))}}"
        writer.writerow((name, "P1", text))
        if place := kinds[text]:
            shift = len("P1: ")  # as autocode writes a row: the label, the words
            expected.append((f"{ANSWERS}/{name}", place[0] + shift, place[1] + shift, place[2]))
    words = sum(len(text.split()) for text in rows)
    return Corpus({f"{ANSWERS}.csv": table.getvalue()}, tuple(asked), truth, tuple(sorted(expected)), words, ())


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a study and say what is in it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--codes", type=int, default=25)
    parser.add_argument("--interviews", type=int, default=20)
    parser.add_argument("--words", type=int, default=121_640)
    parser.add_argument("--planted-per-1000", type=float, default=4.0)
    parser.add_argument("--one-turn", action="store_true", help="each interview is one turn of the person")
    parser.add_argument("--answers", type=int, default=0, help="a table of so many short answers instead")
    parser.add_argument("--distinct", type=float, default=0.8, help="the share of the answers that are different")
    given = parser.parse_args(arguments)
    if given.answers:
        corpus = answers(given.answers, given.seed, distinct=given.distinct, codes=given.codes)
    else:
        corpus = make(
            *(given.interviews, given.words, given.codes),
            seed=given.seed,
            planted_per_1000=given.planted_per_1000,
            one_turn=given.one_turn,
        )
    corpus.write(given.folder)
    print(
        f"{given.folder}: {corpus.words:,} words, {len(corpus.truth):,} planted sentences, {len(corpus.themes)} codes"
    )


if __name__ == "__main__":
    main()
