"""A language model as a coder: one prompt, one request, one reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from autocode.asking import clients, failures
from autocode.asking.anthropic_batches import AnthropicBatches
from autocode.asking.batches import VendorBatches
from autocode.asking.messages import FORM, messages
from autocode.asking.openai_batches import OpenAIBatches
from autocode.asking.replies import read_reply
from autocode.asking.schema import reply_model, reply_schema
from autocode.data import Prompt, Reply
from autocode.errors import ConfigError
from autocode.loopback import is_loopback


def default_settings(vendor: str, base_url: str) -> dict[str, object]:
    """The parameters sent with every request.

    Models of both vendors refuse a temperature today, and what they think counts towards the output limit, so it is
    wide. Newer Anthropic models refuse to be forced to a tool. A server on this machine takes a temperature, and needs
    a limit that leaves room in a small context.
    """
    if vendor == "anthropic":
        return {"max_tokens": 16384, "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}
    if not base_url:
        return {"max_completion_tokens": 16384}
    if is_loopback(base_url):
        return {"max_tokens": 2048, "temperature": 0}
    return {"max_completion_tokens": 8192}


@dataclass(frozen=True)
class ModelCoder:
    """A model at a provider or on a server of your own. A recipe only: it can be pickled, and holds no key.

    `settings` are the parameters sent with every request; `dataclasses.replace(coder, settings=...)` changes them.
    """

    name: str
    """`openai/NAME` or `anthropic/NAME`."""
    codes: tuple[str, ...]
    """The ids that may be answered, in the order of the codebook."""
    base_url: str = ""
    """Blank: the vendor's own address."""
    settings: Mapping[str, object] = field(default_factory=dict)
    timeout_seconds: float = clients.READ_SECONDS
    """How long an answer is waited for. Not part of what makes a run."""

    is_baseline: ClassVar[bool] = False
    codes_a_call: ClassVar[int] = 150
    """How many codes are asked for at once. OpenAI takes 15,000 characters in the list of them, and a model that has
    to choose among more reads them less well."""

    @property
    def endpoint(self) -> str:
        """The address that the transcripts' words are sent to."""
        return self.base_url or self._vendor.address

    def check(self) -> None:
        """Raises ConfigError, naming the environment variable, where there is no key for this model."""
        if not clients.key(self._vendor, self.base_url):
            variable = self._vendor.key_variable
            raise ConfigError(
                f"no key for {self.name}: set the environment variable {variable}, "
                "or name a server of your own (--base-url) or the model lexical, which needs no key"
            )

    def body(self, prompt: Prompt) -> dict[str, object]:
        """The request's JSON body, complete and exactly as it is sent."""
        schema = reply_schema(prompt.codes or self.codes, prompt.parts > 1)
        if self._vendor.name == "anthropic":
            tool = {"name": FORM, "description": schema["description"], "input_schema": schema}
            return {**self._request(prompt), "tools": [tool]}
        form = {"type": "json_schema", "json_schema": {"name": FORM, "schema": schema}}
        return {**self._request(prompt), "response_format": form}

    def ask(self, prompt: Prompt) -> Reply:
        """The model's reply to one prompt: exactly one request, never repeated here.

        Raises ConfigError (no key), BusyError (ask again later) or ProviderError.
        """
        self.check()
        client = clients.client(self._vendor, self.base_url, self.timeout_seconds)
        from instructor.core.exceptions import InstructorError
        from instructor.core.hooks import Hooks

        seen: list[object] = []
        hooks = Hooks()
        # Taken down as it comes in: instructor rewrites the usage afterwards.
        hooks.on("completion:response", lambda response: seen.append(_as_sent(response)))
        try:
            client.create_with_completion(
                response_model=reply_model(prompt.codes or self.codes, prompt.parts > 1),
                max_retries=0,
                hooks=hooks,
                **self._request(prompt),
            )
        except InstructorError as error:
            # It also raises for what it cannot parse; our own reading comes after it, and only needs the body.
            if not seen:
                return failures.turned(
                    error.__cause__ or error,
                    model=self.name,
                    vendor=self._vendor,
                    base_url=self.base_url,
                    prompt=prompt,
                    timeout_seconds=self.timeout_seconds,
                )
        return self.read(seen[0])

    def read(self, raw: object) -> Reply:
        """The reply in a body that came back, now or from a journal or a batch."""
        return read_reply(raw)

    def batches(self) -> VendorBatches:
        """Where calls can be handed in as a batch, to be answered within a day."""
        self.check()
        if self._vendor.name == "anthropic":
            return AnthropicBatches(self.name, self.base_url)
        return OpenAIBatches(self.name, self.base_url)

    @property
    def _vendor(self) -> clients.Vendor:
        return clients.VENDORS[self.name.partition("/")[0]]

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        """The body without the schema, which instructor adds."""
        system, user = messages(prompt)
        request: dict[str, Any] = {"model": self.name.partition("/")[2], **self.settings}
        if self._vendor.name == "anthropic":
            cached = {"type": "text", "text": system["content"], "cache_control": {"type": "ephemeral"}}
            return {**request, "system": [cached], "messages": [user]}
        return {**request, "messages": [system, user]}


def _as_sent(response: Any) -> object:
    """The provider's whole body as plain data: every field it sent, unknown ones too, and no other."""
    if hasattr(response, "model_dump"):
        return response.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False)
    return response
