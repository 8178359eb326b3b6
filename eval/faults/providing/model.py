"""The model behind the provider: its truth, its settings, what it has counted, and what it says to a request.

Both ways of asking come here, at once (`serving`) and by batch (`work`), so that neither needs to know the other.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any

from providing import anthropic, openai
from providing.answered import Answered, answered, bent
from providing.asked import Asked
from providing.connections import Answer
from providing.drawing import Drawn
from providing.planted import Truth, proposals
from providing.replying import as_json
from providing.settings import Settings
from providing.tally import Tally, tokens_of

FORMS = {"openai": openai, "anthropic": anthropic}


class Model:
    """What answers, with its truth, its settings and what it has counted so far."""

    def __init__(self, truth: Truth, settings: Settings) -> None:
        self.truth = truth
        self.settings = settings
        self.tally = Tally()
        tokens_of("")  # the vocabulary is read now, not while the first answer is waited for

    def reset(self) -> None:
        """Forget all that was counted, with the bodies and prefixes seen; requests in flight stay."""
        in_flight = self.tally.in_flight
        self.tally = Tally(in_flight=in_flight, peak=in_flight)

    def problem(self, vendor: str, name: str, detail: Any = None) -> Answer:
        """An error in the vendor's form."""
        status, body = FORMS[vendor].problem(name, detail)
        headers = {}
        if name in ("429", "too_many", "503", "529") and self.settings.retry_after_seconds >= 0:
            headers["Retry-After"] = f"{self.settings.retry_after_seconds:g}"
        if name in ("quota", "key", "model", "context"):
            headers["x-should-retry"] = "false"
        return as_json(status, body, headers)

    def out_of_credit(self, vendor: str, *, beside: int = 0) -> Answer | None:
        """The refusal after the credit is used up; `beside` requests in flight will use some of it."""
        if self.settings.quota_after and self.tally.answered + beside >= self.settings.quota_after:
            return self.problem(vendor, "quota", self.settings.billing_status)
        return None

    def unfit(self, asked: Asked) -> Answer | None:
        """The refusal of a model that there is not, or of a prompt that does not fit the context."""
        if self.settings.models and asked.model not in self.settings.models:
            return self.problem(asked.vendor, "model", asked.model)
        if self.settings.context_tokens:
            size = self.tally.size(asked)
            if size > self.settings.context_tokens:
                return self.problem(asked.vendor, "context", (self.settings.context_tokens, size))
        return None

    def reply(self, asked: Asked, lot: Drawn, digest: bytes, tally: Tally) -> Answered:
        """The answer to a request, with whatever is wrong with it."""
        found = proposals(asked, self.truth)
        wrong = bent(found, lot)
        if wrong is not found:
            tally.faults[lot.bent] += 1
        limits = [limit for limit in (asked.limit, self.settings.output_tokens) if limit]
        return answered(
            asked,
            wrong,
            lot,
            tally.prompted(asked, self.settings.cache_min_tokens),
            limit=min(limits, default=0),
            id=hashlib.sha256(digest + repr(lot.chance).encode()).hexdigest()[:32],
            created=int(time.time()),
        )
