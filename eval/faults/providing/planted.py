"""A passage -> the proposals that a coder who knows the planted truth would make.

The passage stands in the last message of the user between marks that hold its own hash; a numbered passage has its
parts below `[1]`, `[2]`, …. It is split into lines and sentences, and each is looked up: a planted sentence is found
where it is one sentence, or stands alone on a line. Nothing searches for all planted sentences, so many cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from providing.asked import Asked

Truth: TypeAlias = Mapping[str, str | Sequence[str]]
"""Sentence -> the id of its code, or of its codes."""

_OPENS = re.compile(r"<passage ([0-9a-f]{8,64})>\n")
_LABEL = re.compile(r"[^:\n]{1,40}:\s+")
_SENTENCE_ENDS = re.compile(r"""[.!?…]+["'”’»)\]]*\s+""")
_NUMBER = re.compile(r"\[(\d+)\]")
_AGAIN = re.compile(
    r"^(\d+(?:\.\d+)?)\n  code: (.*)\n  quote: ((?:.|\n)*?)(?=\n\n\d+(?:\.\d+)?\n  code: |\Z)", re.MULTILINE
)
_LIST_OF_QUOTES = "\nThe quotes\n"

Proposals: TypeAlias = list[dict[str, object]]


def proposals(asked: Asked, truth: Truth) -> Proposals:
    """What is proposed: each planted sentence of the passage, in order, with its code or codes.

    Where a request gives quotes once more to be put right (prompts/requote.txt), each comes back as the sentence of
    the passage that is nearest to it.
    """
    told = [(part, sentence) for part, words in _parts(asked) for sentence in _sentences(words)]
    if _LIST_OF_QUOTES in asked.system and (wanted := _AGAIN.findall(asked.system.split(_LIST_OF_QUOTES)[-1])):
        return [_quoted_again(number, code, said, told, asked) for number, code, said in wanted if told]
    found: Proposals = []
    for part, sentence in told:
        codes = truth.get(sentence, ())
        for code in (codes,) if isinstance(codes, str) else codes:
            if asked.codes is None or code in asked.codes:
                found.append(_proposal(asked, part, f"the words are about {code}", code, sentence))
    return found


def _proposal(asked: Asked, part: int, why: str, code: str, quote: str) -> dict[str, object]:
    number: dict[str, object] = {"part": part} if asked.numbered else {}
    return {**number, "why": why, "code": code, "quote": quote}


def passage_in(words: str) -> str:
    """The passage in a message: what stands between the marks that end the message, else all of it.

    >>> passage_in("Code this.\\n<passage 0123456789abcdef>\\nP1: Yes.\\n</passage 0123456789abcdef>")
    'P1: Yes.'
    """
    words = words.rstrip()
    for opens in _OPENS.finditer(words):  # a mark that somebody says in the interview does not end the message
        ending = f"\n</passage {opens.group(1)}>"
        if words.endswith(ending):
            return words[opens.end() : -len(ending)]
    return words


def _parts(asked: Asked) -> Iterator[tuple[int, str]]:
    """The passage's parts with their numbers; a passage without numbers is part 1."""
    passage = passage_in(asked.user)
    if not asked.numbered:
        yield 1, passage
        return
    lines: list[str] = []
    number, above = 0, ""
    for line in passage.split("\n"):
        # Only the next number below an empty line opens a part: people too may write [7].
        if not above and (mark := _NUMBER.fullmatch(line)) and int(mark.group(1)) == number + 1:
            if number:
                yield number, "\n".join(lines)
            number, lines = number + 1, []
        else:
            lines.append(line)
        above = line
    yield max(number, 1), "\n".join(lines)


def _sentences(words: str) -> Iterator[str]:
    """The sentences of a stretch of lines, without labels; a line of several sentences also as a whole."""
    for line in words.split("\n"):
        label = _LABEL.match(line)
        line = line[label.end() if label else 0 :].strip()
        if not line:
            continue
        start = 0
        for ends in _SENTENCE_ENDS.finditer(line):
            yield line[start : ends.end()].rstrip()
            start = ends.end()
        yield line[start:]
        if start:
            yield line


def _quoted_again(
    number: str, code: str, said: str, told: Sequence[tuple[int, str]], asked: Asked
) -> dict[str, object]:
    """The sentence that shares most words with what was said, counted against the words of both."""
    words = set(said.casefold().split())

    def shared(sentence: str) -> float:
        own = set(sentence.casefold().split())
        return 2 * len(words & own) / (len(words) + len(own))

    part, sentence = max(told, key=lambda one: shared(one[1]))
    return _proposal(asked, part, number, code, sentence)
