"""What a run has cost until now, and whether the next call may be made without passing a limit."""

from __future__ import annotations

from collections.abc import Iterator

from autocode.asking import Coder, request_text
from autocode.data import Prompt, Usage
from autocode.errors import ConfigError
from autocode.prices import cost_ahead, spent
from autocode.runs import CallHead, Calls
from autocode.tokens import count_tokens
from autocode.windows import answer_room

_LONGEST_ANSWER_TOKENS = 16_384
"""Where a coder sends no limit of its own."""


class Budget:
    """The money of one run, in US dollars by the price list: paid, in flight at its worst, and the most that may be.

    What was paid by earlier commands counts: the limit is the run's. Raises ConfigError for a limit where no price is
    known, because it could not be kept.
    """

    def __init__(
        self, coder: Coder, *, most_usd: float | None = None, calls: Calls | None = None, batch: bool = False
    ) -> None:
        self._model = coder.name
        self._base_url = getattr(coder, "base_url", "")
        self._batch = batch
        self._longest = answer_room(coder.settings) or _LONGEST_ANSWER_TOKENS
        self._most = most_usd
        self._used: dict[bool, tuple[Usage, int]] = {batch: (Usage(), 0)}
        """Tokens and calls that were paid, by whether they came by batch."""
        self._before: Iterator[CallHead] = iter(()) if calls is None else calls.heads(until=calls.size)
        self._reserved: dict[str, float] = {}
        self._held = 0.0
        self._in_batches = 0.0
        self._prefix: tuple[str, int] = ("", 0)
        self.spent_up = False
        """Whether the next call could pass the limit, and nothing in flight can change that."""
        self.reason = ""
        """Why no more calls are made."""
        if most_usd is not None and self.usd is None:
            kind = "no price is known for calls in a batch of" if batch else "no price is known for"
            raise ConfigError(f"{kind} {coder.name}, so --max-cost cannot be kept; leave it out, and mind the tokens")

    @property
    def usd(self) -> float | None:
        """What was paid until now, calls in a batch at the price of a batch; None where no price is known."""
        for head in self._before:  # read when somebody asks for the first time: a run may hold a hundred thousand
            self.paid(head.usage, batch=head.batch is not None)
        sums = [self._price(used, calls, batch=kind) for kind, (used, calls) in self._used.items()]
        known = [usd for usd in sums if usd is not None]
        return sum(known) if len(known) == len(sums) else None

    def paid(self, usage: Usage | None, *, batch: bool = False) -> None:
        """Count a call that was answered, at once or in a batch."""
        used, calls = self._used.get(batch, (Usage(), 0))
        self._used[batch] = used.plus(usage), calls + 1

    def reserve(self, key: str, prompt: Prompt) -> bool:
        """Whether a call may be made: even with the longest answer it stays within the limit, as do those in flight."""
        if self._most is None:
            return True
        worst = self._worst(prompt)
        if (self.usd or 0.0) + self._held + self._in_batches + worst <= self._most:
            self._reserved[key] = worst
            self._held += worst
            return True
        if not self._reserved:
            self.spent_up = True
            self.reason = self.full(prompt)
        return False

    def settle(self, key: str) -> None:
        """A call is not in flight any more."""
        self._held -= self._reserved.pop(key, 0.0)
        if not self._reserved:
            self._held = 0.0

    def set_aside(self, usd: float) -> None:
        """Count what a batch that waits can cost at most."""
        self._in_batches += usd

    def full(self, prompt: Prompt) -> str:
        """Why a call cannot be made within the limit, in words."""
        out = self._in_batches + self._held
        waits = f" and what is handed in can cost up to {out:.4f}" if out else ""
        return (
            f"not asked: {self.usd or 0.0:.4f} of at most {self._most or 0.0:g} USD are spent{waits}, and the next "
            f"call can cost up to {self._worst(prompt):.4f}"
        )

    def at_most(self, prompt: Prompt) -> float | None:
        """The most that a call can cost; None where no price is known."""
        return None if self.usd is None else self._worst(prompt)

    def _price(self, used: Usage, calls: int, *, batch: bool) -> float | None:
        usd = spent(self._model, used, base_url=self._base_url, batch=batch, calls=calls)
        # Where no batch price is known the full one is a bound: nobody takes more for waiting.
        return usd if usd is not None or self._batch else spent(self._model, used, base_url=self._base_url, calls=calls)

    def _worst(self, prompt: Prompt) -> float:
        if self._prefix[0] != prompt.prefix:
            self._prefix = prompt.prefix, count_tokens(prompt.prefix)
        tokens = self._prefix[1] + count_tokens(request_text(prompt))
        return cost_ahead(self._model, tokens, self._longest, base_url=self._base_url, batch=self._batch) or 0.0
