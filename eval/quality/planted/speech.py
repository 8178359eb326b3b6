"""Invented interviews: phrases put together to sentences with what real speech and real files have in them.

Fillers, words said twice, line breaks inside turns, dashes, ellipses, no-break spaces, soft hyphens, decomposed
letters, ligatures, full-width digits, quotes in quotes, emoji, characters that mean something to regular expressions.
Every word knows where it stands in the text, so that the place of a quote follows from the words it was made of.
"""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

CHUNK = 6000
"""Characters of a passage that a model is shown, about: whole turns."""
_CHOICE = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")
_EMOJI = ("🙂", "👩‍🌾", "❤️", "👍🏽", "🎻", "🏴󠁧󠁢󠁳󠁣󠁴󠁿")


@dataclass(frozen=True)
class Phrases:
    """What a language's speech is made of."""

    asks: str
    """The interviewer's label."""
    speakers: tuple[str, ...]
    patterns: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    """Short ones, which stand in many places."""
    refrains: tuple[str, ...]
    """Whole sentences that recur."""
    fillers: tuple[str, ...]
    intruders: tuple[str, ...]
    """Words that nobody says; an alteration puts them in."""
    absent: tuple[str, ...]
    """Short quotes of which no transcript holds a word."""
    inventions: tuple[str, ...]
    paraphrases: tuple[str, ...]
    endings: tuple[tuple[str, str], ...]
    """Endings of words, and others to put in their place."""
    marks: tuple[str, ...] = ("“”‘’", "\"\"''", "«»‹›")
    """Styles of quote marks: outer and inner pair."""
    joint: str = " "
    comma: str = ","
    stop: str = "."
    has_case: bool = True
    questions_marked: tuple[str, str] = field(default=("", "?"))


@cache
def phrases_of(language: str) -> Phrases:
    """The phrases of a language, from phrases.toml, where their marks are told."""
    told = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))[language]
    slots = {name: tuple(phrases) for name, phrases in told.pop("slots").items()}
    return Phrases(slots=slots, **told)


@dataclass
class Token:
    """A word as it stands in the text, with the marks on it; `gap` is what stands before it."""

    text: str
    gap: str = " "
    role: str = ""
    """filler, negation, number, number word, again, quoted, odd, emoji, label; blank for any other word."""
    other: str = ""
    """The form that an alteration puts in its place (no negation, digits)."""
    group: int = 0
    """Which filler it belongs to."""
    comma_for_filler: bool = False
    start: int = 0
    end: int = 0

    @property
    def core(self) -> str:
        """The word without the marks around it."""
        return _parts(self.text)[1]

    def with_core(self, core: str) -> Token:
        """The same marks around another word."""
        before, _, after = _parts(self.text)
        return replace(self, text=before + core + after)


def _parts(text: str) -> tuple[str, str, str]:
    """Marks, word, marks; a mark of the script that belongs to a letter (a vowel sign) is part of the word."""
    first = next((i for i, c in enumerate(text) if in_word(c)), len(text))
    last = next((i for i in range(len(text), first, -1) if in_word(text[i - 1])), first)
    return text[:first], text[first:last], text[last:]


def in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def is_cjk(character: str) -> bool:
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff"


def plain(text: str) -> str:
    """Compatibility forms, case, Latin accents and invisible characters taken away: for measuring, not for truth."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if not folded.isascii():
        folded = "".join(c for c in folded if unicodedata.category(c) != "Cf")
        folded = "".join(
            unicodedata.normalize("NFD", c)[0] if unicodedata.normalize("NFD", c)[0].isascii() else c for c in folded
        )
    return folded


def plain_words(text: str) -> list[str]:
    """The words of a text; in Japanese, the characters."""
    words: list[str] = []
    run = ""
    for character in plain(text):
        if is_cjk(character) or not (in_word(character) or (run and character in "'’")):
            words += [run] if run else []
            words += [character] if is_cjk(character) else []
            run = ""
        else:
            run += character
    return [word.rstrip("'’") for word in [*words, *([run] if run else [])]]


def squeezed(text: str) -> str:
    """A text without case, blanks and marks, but with its accents: two quotes of equal words are equal so."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if in_word(c) and not "\ufe00" <= c <= "\ufe0f")


def expand(rng: random.Random, pattern: str, slots: dict[str, tuple[str, ...]]) -> str:
    """A pattern with its slots filled and one chosen of each `(a|b)`."""
    while match := _SLOT.search(pattern):
        name = match.group(1)
        filled = str(rng.randint(2, 98)) if name == "n" else rng.choice(slots[name]) if slots.get(name) else ""
        pattern = pattern[: match.start()] + filled + pattern[match.end() :]
    while match := _CHOICE.search(pattern):
        pattern = pattern[: match.start()] + rng.choice(match.group(1).split("|")) + pattern[match.end() :]
    return pattern


@dataclass
class Speech:
    """One way of speaking: the phrases of a language that this transcript uses."""

    rng: random.Random
    phrases: Phrases
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: int = 0

    def __post_init__(self) -> None:
        for name, all_of_them in self.phrases.slots.items():
            self.slots[name] = tuple(self.rng.sample(all_of_them, max(2, round(0.8 * len(all_of_them)))))

    def sentence(self) -> list[Token]:
        """A sentence with its fillers, repetitions and marks."""
        rng, phrases = self.rng, self.phrases
        pattern = rng.choice(phrases.patterns)
        tail = f"{phrases.comma}{phrases.joint or '/'}{{after}}" if rng.random() < 0.5 else ""
        slots = self.slots | {"after": self.slots["tail"]}
        tokens = self._tokens(expand(rng, pattern.replace("{tail}", tail), slots))
        if phrases.has_case:
            tokens[0].text = tokens[0].text[:1].upper() + tokens[0].text[1:]
        self._stutter(tokens)
        tokens = self._with_fillers(tokens)
        self._roughen(tokens)
        self._end(tokens)
        return tokens

    def _tokens(self, text: str) -> list[Token]:
        """The marked-up text as words with their roles."""
        joint = self.phrases.joint
        tokens: list[Token] = []
        for word in text.replace("、", "/、/").replace("//", "/").split("/") if not joint else text.split():
            if not word:
                continue
            if word in ("、", ",", "،") and tokens:
                tokens[-1].text += word
                continue
            token = Token(word, joint)
            if word.startswith("!"):
                word, comma = (word[:-1], word[-1]) if word[-1] in ",،" else (word, "")
                bare, _, other = word[1:].replace("_", " ").partition(">")
                token = Token(bare + comma, joint, "negation", other)
            elif word.startswith("#"):
                bare, _, other = word[1:].partition("=")
                digits = other.rstrip(",،")
                token = Token(bare + other[len(digits) :], joint, "number word", digits)
            elif word.strip(",،").isdigit():
                token.role = "number"
            tokens.append(token)
        return tokens

    def _stutter(self, tokens: list[Token]) -> None:
        """Now and then a word is said twice."""
        if not self.phrases.joint or len(tokens) < 6 or self.rng.random() > 0.14:
            return
        at = self.rng.randrange(2, len(tokens) - 2)
        if tokens[at].role == "" and tokens[at].core:
            tokens.insert(at, replace(tokens[at], text=tokens[at].core, role="again"))
            if self.rng.random() < 0.3:
                tokens[at + 1].gap = self.rng.choice(("—", " – "))

    def _with_fillers(self, tokens: list[Token]) -> list[Token]:
        """Fillers between the words, with the commas that a transcriber puts around them."""
        rng, joint, comma = self.rng, self.phrases.joint, self.phrases.comma
        density = rng.choice((0.0, 0.0, 0.0, 0.05, 0.12, 0.12, 0.3))
        found: list[Token] = []
        for at, token in enumerate(tokens):
            follows = tokens[at - 1].role if at else "again"
            if at and follows != "again" and rng.random() < density:
                if found[-1].text[-1] not in ",،、":
                    found[-1].text += comma
                    found[-1].comma_for_filler = True
                self.groups += 1
                words = rng.choice(self.phrases.fillers).split()
                found += [Token(word, joint, "filler", group=self.groups) for word in words]
                found[-1].text += comma
            found.append(token)
        return found

    def _roughen(self, tokens: list[Token]) -> None:
        """What files do to words and to the blanks between them."""
        rng, joint = self.rng, self.phrases.joint
        for at, token in enumerate(tokens):
            if at and token.gap == joint:
                dice = rng.random()
                if dice < 0.025:
                    token.gap = "\n"
                elif dice < 0.033 and joint:
                    token.gap = "\u00a0"
                elif dice < 0.045:
                    token.gap = rng.choice(("—", " – ", " - ", " -- ") if joint else ("—", "――"))
            dice = rng.random()
            core = token.core
            if dice < 0.006 and len(core) > 6 and joint and core.isalpha():
                token.text = token.with_core(core[:3] + "\u00ad" + core[3:]).text
            elif dice < 0.012 and not unicodedata.is_normalized("NFD", core):
                token.text = token.with_core(unicodedata.normalize("NFD", core)).text
            elif dice < 0.03 and "fi" in core:
                token.text = token.text.replace("fi", "ﬁ")
            elif dice < 0.2 and token.role == "number" and not joint:
                token.text = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in token.text)
            elif dice < 0.02 and token.role == "" and 0 < at < len(tokens) - 1 and token.text[-1].isalpha():
                token.text += rng.choice(("...", "…"))

    def _end(self, tokens: list[Token]) -> None:
        """A quote in a quote, the mark at the end, a smiley, signs that regular expressions know."""
        rng, phrases, joint = self.rng, self.phrases, self.phrases.joint
        if rng.random() < 0.08:
            outer, close, inner, shut = tuple(rng.choice(phrases.marks))
            words = rng.choice(phrases.refrains).rstrip(".。").split() if joint else [rng.choice(phrases.refrains)[:-1]]
            tokens[-1].text += phrases.comma
            quoted = [Token(word, joint, "quoted") for word in words]
            quoted[0].text = outer + quoted[0].text
            quoted[-1].text += phrases.comma
            quoted.append(Token(f"{inner}{rng.choice(phrases.answers)[:-1]}{shut}{close}", joint, "quoted"))
            tokens += quoted
        if rng.random() < 0.03:
            asked, intruder = rng.choice(phrases.answers)[:-1], rng.choice(phrases.intruders)
            odd = f"({asked}?) [{intruder}*] ${rng.randint(3, 90)}.50 +7% \\o/ a|b^3"
            tokens += [Token(word, " ", "odd") for word in odd.split()]
        before, after = rng.choices(
            (("", phrases.stop), phrases.questions_marked, ("", "!" if joint else "！")), (76, 14, 10)
        )[0]
        tokens[0].text = before + tokens[0].text
        tokens[-1].text += after
        if rng.random() < 0.03:
            tokens.append(Token(rng.choice(_EMOJI), " ", "emoji"))


@dataclass(frozen=True)
class Sentence:
    """Words `first` to `last` of a transcript, both included."""

    first: int
    last: int
    turn: int
    kind: str
    """made, refrain, answer or question."""


class Transcript:
    """An invented interview with all that is known of it."""

    def __init__(self, name: str, language: str, size: int, rng: random.Random) -> None:
        self.name, self.language, self.phrases = name, language, phrases_of(language)
        self.speech = Speech(rng, self.phrases)
        self.tokens: list[Token] = []
        self.sentences: list[Sentence] = []
        self.labels: list[int] = []
        """The number of each turn's label among the words."""
        self._compose(rng, size)
        self.text = self._place()
        self.chunks = self._chunks()
        self._index()

    def _compose(self, rng: random.Random, size: int) -> None:
        border = rng.choice(("\n\n", "\n"))
        speakers = rng.sample(self.phrases.speakers, 2)
        written = 0
        while written < size:
            asking = len(self.labels) % 2 == 0
            label = self.phrases.asks if asking else rng.choices(speakers, (4, 1))[0]
            self.labels.append(len(self.tokens))
            begin = len(self.tokens)
            for at, word in enumerate(label.split()):
                self.tokens.append(Token(word, " " if at else border, "label"))
            for _ in range(1 if asking else rng.choice((1, 2, 3, 5, 9))):
                self._say(rng, asking)
            written += sum(len(t.text) + len(t.gap) for t in self.tokens[begin:])
        self.tokens[0].gap = ""

    def _say(self, rng: random.Random, asking: bool) -> None:
        dice = rng.random()
        if asking:
            kind = "answer" if dice < 0.45 else "question"
        else:
            kind = "answer" if dice < 0.06 else "refrain" if dice < 0.14 else "made"
        if kind == "made":
            tokens = self.speech.sentence()
        else:
            said = self.phrases
            whole = rng.choice({"answer": said.answers, "question": said.questions, "refrain": said.refrains}[kind])
            tokens = [Token(word) for word in whole.split()] if self.phrases.joint else [Token(whole)]
        tokens[0].gap = self.phrases.joint
        first = len(self.tokens)
        self.tokens += tokens
        self.sentences.append(Sentence(first, len(self.tokens) - 1, len(self.labels) - 1, kind))

    def _place(self) -> str:
        text: list[str] = []
        at = 0
        for token in self.tokens:
            token.start = at + len(token.gap)
            token.end = at = token.start + len(token.text)
            text += [token.gap, token.text]
        return "".join(text)

    def _chunks(self) -> list[tuple[int, int]]:
        """Passages of whole turns."""
        borders = [self.tokens[label].start for label in self.labels] + [len(self.text)]
        chunks, begin = [], 0
        for at, border in enumerate(borders[1:], 1):
            if border == len(self.text) or borders[at + 1] - begin > CHUNK:
                chunks.append((begin, border))
                begin = border
        return [chunk for chunk in chunks if chunk[0] < chunk[1]]

    def _index(self) -> None:
        """The words by number, for measuring distances."""
        self.numbers: dict[str, int] = {}
        words: list[str] = []
        self.first_word: list[int] = []
        for token in self.tokens:
            self.first_word.append(len(words))
            words += plain_words(token.text)
        self.first_word.append(len(words))
        self.words = words
        for word in words:
            self.numbers.setdefault(word, len(self.numbers))
        self.numbered = self.numbers_of(words)
        self.squeezed = squeezed(self.text)
        self.without_fillers = self.numbers_of([w for t in self.tokens if not t.group for w in plain_words(t.text)])

    def numbers_of(self, words: list[str]) -> np.ndarray[Any, np.dtype[np.int32]]:
        """The words by number; -1 for one that nobody says here."""
        return np.array([self.numbers.get(word, -1) for word in words], dtype=np.int32)

    def chunk_of(self, at: int) -> tuple[int, int]:
        """The passage that a character lies in."""
        return self.chunks[bisect_right([begin for begin, _ in self.chunks], at) - 1]

    def number_of(self, token: Token) -> int:
        """The number of a word among the words."""
        return bisect_left(self.tokens, token.start, key=lambda each: each.start)

    def turn_of(self, token: int) -> int:
        """The number of the turn that a word belongs to."""
        return bisect_right(self.labels, token) - 1


def interviews(seed: int, count: int) -> list[Transcript]:
    """So many invented interviews, in each language in turn, of 30,000 to 105,000 characters."""
    order = ["en", "de", "fi", "es", "ja", "ar", "hi", "en"]
    found: list[Transcript] = []
    for at in range(count):
        language = order[at % len(order)]
        rng = random.Random(f"{seed}/{at}/{language}")
        size = 104_000 if at == 0 else rng.randint(30, 70) * 1000
        number = 1 + sum(t.language == language for t in found)
        found.append(Transcript(f"{language}-{number}.txt", language, size, rng))
    return found
