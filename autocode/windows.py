"""What a model takes in one call: its context window, the room that the answer needs in it, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping

from autocode.data import Data
from autocode.prices import listed

_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
"""How the vendors call the longest answer that is asked for."""


def context_window(model: str, base_url: str = "") -> int | None:
    """How many tokens a model takes in one call, by the price list; None where that is not known.

    >>> context_window("anthropic/claude-haiku-4-5"), context_window("openai/mine", "http://localhost:8080/v1")
    (200000, None)
    """
    found = listed(model, base_url)
    return found[1].context_window if found else None


def answer_room(settings: Mapping[str, object]) -> int:
    """The longest answer in tokens that a coder's settings allow; 0 where they set no limit.

    >>> answer_room({"max_completion_tokens": 16384, "seed": 1})
    16384
    """
    limits = (settings.get(name) for name in _LIMITS)
    return max((n for n in limits if isinstance(n, int) and not isinstance(n, bool)), default=0)


class TooLong(Data):
    """Calls that would not fit a model's context window, and the longest of them."""

    calls: int
    window: int
    """Tokens that the model takes in one call."""
    room: int
    """Tokens that the answer may have."""
    tokens: int
    """Prompt tokens of the longest call."""
    instructions: int
    """Those of them that are instructions, codebook and the answer's form: the same in every call."""
    transcript: str
    """What the longest call is about."""
    first_turn: int
    last_turn: int
    more_transcripts: int = 0
    """How many others share that call."""

    def told(self, model: str, calls: int, max_tokens: int) -> str:
        """The warning in one sentence; of `calls` calls, with stretches of at most `max_tokens`."""
        turns = f"turn {self.first_turn}"
        if self.last_turn > self.first_turn:
            turns = f"turns {self.first_turn} to {self.last_turn}"
        if self.more_transcripts:
            turns += f" and {self.more_transcripts:,} other transcripts"
        count = f"{self.calls:,} of {calls:,} calls do" if calls > 1 else "the only call does"
        what = (
            f"{count} not fit {model}, which takes {self.window:,} tokens: the longest ({self.transcript}, {turns}) "
            f"has {self.tokens:,}, and its answer may have {self.room:,}"
        )
        if self.instructions + self.room >= self.window:
            return (
                f"{what}; a smaller max_tokens does not help, for {self.instructions:,} are instructions and codebook: "
                "choose a model that takes more"
            )
        return f"{what}; set a smaller max_tokens in autocode.yaml (now {max_tokens:,}), or choose another model"
