"""Proposals -> the answer that goes back: whole, bent in one place, cut short, refused, or prose.

What is decided here is the same for every vendor; their forms are made of it in `openai` and `anthropic`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from providing.asked import Asked
from providing.drawing import Drawn
from providing.planted import Proposals
from providing.tally import Prompted, tokens_of

UNKNOWN_CODE = "a-code-that-nobody-knows"
WRONG_WORD = "nevertheless"
PROSE = "I have read the passage with care. Several of the codes seem to fit, above all where the speaker is moved."
REFUSAL = "I'm sorry, but I can't help with that."

Ending = Literal["whole", "cut", "refused", "prose"]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer before it is put into a vendor's form."""

    asked: Asked
    ending: Ending
    proposals: Proposals
    """Of a cut answer those that stand in it whole."""
    text: str
    """The JSON of the proposals, half of it where the answer is cut; or the prose, or the refusal."""
    prompted: Prompted
    output_tokens: int
    id: str
    """Thirty-two hex digits."""
    created: int


def bent(proposals: Proposals, drawn: Drawn) -> Proposals:
    """The proposals with one of them wrong, as drawn: a code that nobody knows, or a quote with another word in it."""
    if not drawn.bent or not proposals:
        return proposals
    at = int(drawn.chance * len(proposals))
    wrong = dict(proposals[at])
    if drawn.bent == "unknown_code":
        wrong["code"] = UNKNOWN_CODE
    else:
        words = str(wrong["quote"]).split(" ")
        words[len(words) // 2] = WRONG_WORD
        wrong["quote"] = " ".join(words)
    return [*proposals[:at], wrong, *proposals[at + 1 :]]


def answered(
    asked: Asked, proposals: Proposals, drawn: Drawn, prompted: Prompted, *, limit: int, id: str, created: int
) -> Answered:
    """The answer; `limit` is the most tokens it may have (0: any number)."""
    text = json.dumps({"proposals": proposals}, ensure_ascii=False)
    ending: Ending = "whole"
    if drawn.fault == "refused":
        ending, proposals, text = "refused", [], REFUSAL
    elif drawn.fault == "prose":
        ending, proposals, text = "prose", [], PROSE
    size = tokens_of(text)
    if ending == "whole" and (drawn.fault == "cut" or (limit and size > limit)):
        size = min(limit or size, size // 2 if drawn.fault == "cut" else size)
        share = size / max(tokens_of(text), 1)
        ending, text = "cut", text[: int(len(text) * share)]
        proposals = proposals[: int(len(proposals) * share)]
    return Answered(asked, ending, proposals, text, prompted, size, id, created)
