"""What a run would ask before it asks: the noun that a check and a dry run share, and how long answers are expected."""

from __future__ import annotations

from autocode.data import Data
from autocode.prices import Price
from autocode.windows import TooLong

WORDS_A_PROPOSAL = 30
"""A model is expected to propose one code for so many words that may be coded, as people do: a published Taguette
project (SERDIF, 17 documents, 57,930 words) holds 1,930 codings, 26 words long in the mean …"""
TOKENS_A_PROPOSAL = 75
"""… and to spend so many tokens on it: such a quote, a reason of one sentence, an id."""
ESTIMATE = (
    f"Answers are estimated: {TOKENS_A_PROPOSAL} tokens a proposal, a proposal for every {WORDS_A_PROPOSAL} words; "
    "what a model thinks to itself is not in it."
)


def answer_tokens(words: int) -> int:
    """How many tokens of answers are expected for so many words that may be coded: the rule of `ESTIMATE`."""
    return round(words / WORDS_A_PROPOSAL * TOKENS_A_PROPOSAL)


class Estimate(Data):
    """What a run would ask now, and what that would cost."""

    model: str
    baseline: bool
    calls: int
    calls_answered: int
    """Calls whose answers the run folder holds already."""
    prompt_tokens: int
    """As counted here (o200k); exact for OpenAI's models, an estimate for others."""
    completion_tokens: int
    """Expected, by the rule in `estimate`."""
    estimate: str = ESTIMATE
    """How the completion tokens were estimated."""
    price: Price | None
    """None: nothing is paid, or no price is known."""
    form_tokens: int = 0
    """Of the form that answers must have, sent with every call and paid for like the prompt: an estimate."""
    longest_call: int = 0
    """Prompt and form of the longest call, in tokens."""
    answer_room: int = 0
    """The longest answer in tokens that the coder's settings allow; 0: they set no limit."""
    context_window: int | None = None
    """Tokens that the model takes in one call; None: not known."""
    too_long: TooLong | None = None
    """The calls that do not fit there; None: all fit, or the window is not known."""
