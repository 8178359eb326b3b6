"""`lexical`, the embedded baseline: no language model, no network, the same answer every time.

Each sentence is compared with each code's own words by the cosine of character 3-5-gram TF-IDF. It shows the workflow
and sets the floor that a model has to beat; it is no coding by anybody's judgement.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from autocode.asking.replies import read_reply
from autocode.codebook import asked, folded, speakers_of
from autocode.data import Code, Codebook, Prompt, Reply, Span, Spoken, canonical_json, sha256
from autocode.sentences import sentences

BASELINE = "lexical"
"""The name of the baseline, wherever a model is named."""

BASELINE_NOTE = (
    "lexical is a baseline without a language model: it compares letters, not meanings. On a published codebook of 83 "
    "codes it put the right code first for 17 of 82 quotes (guessing: 1)."
)

MARGIN = 0.05
_SHARED_WORDS = 5
_SHARED_PARTS = 3
_WORD = re.compile(r"[^\W\d_]{3,}(?:['’][^\W\d_]+)*|[^\W\d_]+(?:['’][^\W\d_]+)+")


def code_text(code: Code) -> str:
    """The words of a code that sentences are compared with: name, definition, include and examples."""
    return "\n".join([code.name, code.definition, *code.include, *(example.text for example in code.examples)])


def _settings() -> dict[str, object]:
    return {"analyzer": "char_wb", "ngram_range": [3, 5], "sublinear_tf": True, "margin": MARGIN}


@dataclass(frozen=True)
class LexicalCoder:
    """The baseline, built from a codebook. It gives a sentence at most one code, and none where two come close."""

    codebook: Codebook
    name: str = BASELINE
    settings: Mapping[str, object] = field(default_factory=_settings)

    is_baseline: ClassVar[bool] = True
    endpoint: ClassVar[str] = ""

    def body(self, prompt: Prompt) -> dict[str, object]:
        """All that the answer depends on: the settings, the codes' words and speakers, and what is said."""
        codes = [[c.id, folded(code_text(c)), list(speakers_of(self.codebook, c))] for c in asked(self.codebook)]
        return {
            "model": self.name,
            "settings": dict(self.settings),
            "codes": sha256(canonical_json(codes)),
            "spoken": [[turn.speaker, turn.words, turn.part] for turn in prompt.spoken],
            "parts": prompt.parts,
        }

    def ask(self, prompt: Prompt) -> Reply:
        """A proposal for each sentence that is clearly nearest to one code: score above 0, 0.05 above the second."""
        codes = asked(self.codebook)
        found = _sentences(prompt.spoken)
        items: list[dict[str, Any]] = []
        for (turn, words), best in zip(found, self._best(found, codes), strict=True):
            if best is not None:
                part = {"part": turn.part} if prompt.parts > 1 else {}
                items.append({**part, "why": _why(words, best, self._fitted()), "code": codes[best].id, "quote": words})
        return self.read({"model": self.name, "proposals": items})

    def scores(self, said: Sequence[str]) -> Any:
        """The cosine of each text (rows) with each code that is asked for (columns), from 0 to 1, as a numpy array."""
        fitted = self._fitted()
        return (fitted.vectorizer.transform(said) @ fitted.vectors.T).toarray()

    def read(self, raw: object) -> Reply:
        """The reply in a journal's line."""
        return read_reply(raw)

    def _best(self, found: Sequence[tuple[Spoken, str]], codes: Sequence[Code]) -> list[int | None]:
        """For each sentence the place of its code, or None: no code, or a second one too near."""
        if not found or not codes:
            return [None] * len(found)
        import numpy as np

        scores = self.scores([words for _, words in found])
        allowed = [speakers_of(self.codebook, code) for code in codes]
        for row, (turn, _) in enumerate(found):
            # In whose turns a code cannot be, there it is no rival either.
            scores[row, [i for i, speakers in enumerate(allowed) if speakers and turn.speaker not in speakers]] = 0
        places, best = np.arange(len(found)), scores.argmax(axis=1)
        first = scores[places, best]
        scores[places, best] = 0
        # Rounded, so that no machine's last digit decides. Where there is no second code, its score is 0.
        clear = (first > 0) & (np.round(first - scores.max(axis=1), 9) >= MARGIN)
        return [int(place) if is_clear else None for place, is_clear in zip(best, clear, strict=True)]

    def _fitted(self) -> _Fitted:
        return _fitted(tuple(code_text(code) for code in asked(self.codebook)))


def _sentences(spoken: Sequence[Spoken]) -> list[tuple[Spoken, str]]:
    """Every sentence with the turn it stands in."""
    return [
        (turn, turn.words[at.start : at.end])
        for turn in spoken
        for at in sentences(turn.words, Span(0, len(turn.words)))
    ]


@dataclass(frozen=True)
class _Fitted:
    """A codebook's words, ready to be compared with: made once a process, and no part of the pickled recipe."""

    vectorizer: Any
    vectors: Any
    words: tuple[frozenset[str], ...]
    parts: tuple[frozenset[str], ...]
    in_codes: Counter[str]
    """In how many codes a word or a part of words stands."""


@functools.lru_cache(maxsize=8)
def _fitted(texts: tuple[str, ...]) -> _Fitted:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    vectors = vectorizer.fit_transform(texts)
    split = vectorizer.build_analyzer()
    words = tuple(frozenset(_WORD.findall(text.casefold())) for text in texts)
    parts = tuple(frozenset(split(text)) for text in texts)
    counts = Counter(found for both in zip(words, parts, strict=True) for found in both[0] | both[1])
    return _Fitted(vectorizer, vectors, words, parts, counts)


def _why(sentence: str, code: int, fitted: _Fitted) -> str:
    """The words that a sentence shares with its code, those in fewest codes first; without any, the parts of words."""
    shared = dict.fromkeys(word for word in _WORD.findall(sentence.casefold()) if word in fitted.words[code])
    if shared:
        rarest = sorted(shared, key=lambda word: fitted.in_codes[word])[:_SHARED_WORDS]
        return f"shares with the code: {', '.join(rarest)}"
    split = fitted.vectorizer.build_analyzer()
    found = {part.strip(" .,;:!?") for part in split(sentence) if part in fitted.parts[code]}
    longest = sorted(found - {""}, key=lambda part: (-len(part), fitted.in_codes[part], part))[:_SHARED_PARTS]
    return f"shares parts of words with the code: {', '.join(longest)}"
