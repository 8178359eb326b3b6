"""What a kind of quote is, and what quotes are made with: chance, a transcript, passages out of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planted.speech import Sentence, Token, Transcript, plain_words

NEAR = 0.45
"""Up to this share of a quote's words may differ before nobody said it."""


@dataclass(frozen=True)
class Draft:
    """A quote and where it comes from, before its truth is checked."""

    quote: str
    span: tuple[int, int] | None = None
    ambiguous: bool = False
    outside: bool = False
    parts: tuple[tuple[int, int], ...] = ()
    within: tuple[int, int] | None = None
    used: tuple[tuple[Token, ...], ...] = ()
    """The words of the transcript that it was made of, a run for each part."""
    pieces: tuple[str, ...] = ()
    """The wording of each part of an elision."""


Make = Callable[["Maker"], Draft | None]


@dataclass(frozen=True)
class Kind:
    make: Make
    count: int
    accept: tuple[str, ...]
    check: str
    languages: tuple[str, ...]
    beyond: bool
    """Not among the kinds of the README."""


KINDS: dict[str, Kind] = {}


def kind(
    count: int, accept: str, check: str, languages: str = "en de fi es ja ar hi", *, beyond: bool = False
) -> Callable[[Make], Make]:
    """Registers a maker of quotes: how many, which classes are right (the expected one first), how truth is checked."""

    def register(make: Make) -> Make:
        KINDS[make.__name__] = Kind(make, count, tuple(accept.split()), check, tuple(languages.split()), beyond)
        return make

    return register


class Maker:
    """What the kinds are made with: chance, a transcript, and ways to take a passage out of it."""

    def __init__(self, rng: random.Random, transcript: Transcript) -> None:
        self.rng, self.transcript, self.phrases = rng, transcript, transcript.phrases
        self.unit = 1 if self.phrases.joint else 2
        """How many of the words that are counted make one that is spoken: Japanese is counted by the character."""

    def passage(self, low: int, high: int, has: Callable[[Token], bool] | None = None) -> list[Token]:
        """One or two sentences of a turn, or a stretch of them, of so many words; empty where none was found."""
        said, rng, tokens = self.transcript.sentences, self.rng, self.transcript.tokens
        for _ in range(400):
            at = rng.randrange(len(said) - 1)
            first, last = said[at].first, said[at].last
            if rng.random() < 0.4 and said[at + 1].turn == said[at].turn:
                last = said[at + 1].last
            if rng.random() < 0.35:
                first += rng.randrange((last - first) // 3 + 1)
            if rng.random() < 0.35:
                last -= rng.randrange((last - first) // 3 + 1)
            found = tokens[first : last + 1]
            if low <= self.size(first, last) / self.unit <= high and self.clear(first, last):
                spoken = [token for token in found if token.core]
                if has is None or any(has(token) for token in spoken[1:-1]):
                    return found
        return []

    def within_a_turn(self, tokens: Sequence[Token]) -> bool:
        return all("\n" not in token.gap and token.role != "label" for token in tokens[1:])

    def size(self, first: int, last: int) -> int:
        return self.transcript.first_word[last + 1] - self.transcript.first_word[first]

    def size_of(self, tokens: Sequence[Token]) -> int:
        return sum(len(plain_words(token.text)) for token in tokens)

    def clear(self, first: int, last: int) -> bool:
        """Whether the words at the edges are not said twice there, so that the edges are certain."""
        words, begin = self.transcript.words, self.transcript.first_word
        a, b = begin[first], begin[last + 1]
        if not 0 < a < b - 1 < len(words) - 1:
            return False
        return words[a] not in (words[a - 1], words[a + 1]) and words[b - 1] not in (words[b - 2], words[b])

    def made(self, count: int = 1) -> list[Sentence]:
        """So many whole sentences in a row, of one turn, that are no refrains."""
        said = self.transcript.sentences
        for _ in range(300):
            at = self.rng.randrange(len(said) - count)
            run = said[at : at + count]
            if all(s.kind == "made" and s.turn == run[0].turn for s in run):
                return run
        return []

    def of(self, sentence: Sentence) -> list[Token]:
        return self.transcript.tokens[sentence.first : sentence.last + 1]

    def said(self, tokens: Sequence[Token]) -> str:
        """The transcript's own characters."""
        return self.transcript.text[tokens[0].start : tokens[-1].end]

    def written(self, tokens: Sequence[Token]) -> str:
        """The words as a model writes them down: line breaks mostly joined, invisible characters mostly dropped."""
        tidy = self.rng.random() < 0.6
        text = "".join((token.gap if at else "") + token.text for at, token in enumerate(tokens))
        return text.replace("\n", self.phrases.joint).replace("\u00ad", "") if tidy else text

    def inside(self, tokens: Sequence[Token], *roles: str) -> list[int]:
        """The places of words with one of the roles (plain words if none is given), but for the first and the last."""
        wanted = roles or ("",)
        spoken = [at for at, token in enumerate(tokens) if token.core]
        return [at for at in spoken[1:-1] if tokens[at].role in wanted]

    def intruder(self) -> str:
        """A word that was not said there: mostly one that nobody says, else one from elsewhere in the interview."""
        if self.rng.random() < 0.7:
            return self.rng.choice(self.phrases.intruders)
        least, most = 2 * self.unit, 14 // self.unit  # a Japanese refrain is one token, and no word
        some = self.rng.sample(self.transcript.tokens, 20)
        words = [t for t in some if t.role == "" and least < len(t.core) <= most]
        return words[0].core.lower() if words else self.rng.choice(self.phrases.intruders)


def drawn(tokens: Sequence[Token], quote: str) -> Draft:
    """A quote made of one run of words."""
    return Draft(quote, (tokens[0].start, tokens[-1].end), used=(tuple(tokens),))
