"""Coder: Prompt -> Reply. The only room that knows a provider (openai, anthropic, lexical)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from autocode.asking.batches import BatchResult, BatchState, NotThere, Refused, VendorBatches
from autocode.asking.clients import READ_SECONDS, VENDORS
from autocode.asking.lexical import BASELINE, BASELINE_NOTE, LexicalCoder
from autocode.asking.messages import messages, request_text
from autocode.asking.models import ModelCoder, default_settings
from autocode.asking.replies import read_reply
from autocode.codebook import asked
from autocode.data import Codebook, Prompt, Reply
from autocode.errors import CodebookError, ConfigError, nearest
from autocode.loopback import address_fault, is_loopback

__all__ = [
    "BASELINE",
    "BASELINE_NOTE",
    "BatchResult",
    "BatchState",
    "Coder",
    "LexicalCoder",
    "ModelCoder",
    "NotThere",
    "Refused",
    "VendorBatches",
    "batches_of",
    "is_loopback",
    "messages",
    "model_coder",
    "read_reply",
    "request_text",
]


class Coder(Protocol):
    """Whoever answers a prompt: a model, the baseline, or a script of yours."""

    @property
    def name(self) -> str:
        """As it stands in every table."""

    @property
    def settings(self) -> Mapping[str, object]:
        """The parameters that go into the run's record."""

    def body(self, prompt: Prompt) -> dict[str, object]:
        """The request as JSON data: equal bodies are the same question."""

    def ask(self, prompt: Prompt) -> Reply:
        """The answer to one prompt."""


def model_coder(
    model: str, codebook: Codebook, *, base_url: str | None = None, timeout_seconds: float = READ_SECONDS
) -> Coder:
    """The coder of a name: `openai/NAME`, `anthropic/NAME`, or `lexical`, the embedded baseline.

    With `base_url` it is a server that speaks the vendor's language, on this machine or elsewhere; an answer is waited
    for as long as `timeout_seconds`. No key is needed yet. Raises ConfigError for a name or address that cannot be
    used, CodebookError where no code is asked for.
    """
    codes = tuple(code.id for code in asked(codebook))
    if not codes:
        raise CodebookError(f"codebook {codebook.id}: no code can be applied; every one is a theme or retired")
    if model == BASELINE:
        if base_url:
            raise ConfigError("model lexical runs inside autocode; leave out the base URL, or name a model")
        return LexicalCoder(codebook)
    vendor, _, name = model.partition("/")
    if vendor not in VENDORS or not name.strip():
        raise ConfigError(f'model "{model}" cannot be used; write {_FORMS}{_meant(model)}')
    if base_url and (fault := address_fault(base_url)):
        raise ConfigError(f"the base URL {fault}")
    return ModelCoder(model, codes, base_url or "", default_settings(vendor, base_url or ""), timeout_seconds)


def batches_of(coder: Coder) -> VendorBatches:
    """Where the calls of a coder can be handed in as a batch. Raises ConfigError for one that takes none."""
    batches = getattr(coder, "batches", None)
    if batches is None:
        raise ConfigError(f"{coder.name} takes no batches; leave out --batch, or name a model of a provider that does")
    found: VendorBatches = batches()
    return found


_FORMS = "openai/NAME, anthropic/NAME or lexical"


def _meant(model: str) -> str:
    """The end of the message: the nearest name that would do."""
    if "/" in model:
        return nearest(model.partition("/")[0], VENDORS)
    for beginning, meant in (("claude", "anthropic"), ("gpt", "openai")):
        if model.casefold().startswith(beginning):
            return f'; did you mean "{meant}/{model}"?'
    return nearest(model, [BASELINE])
