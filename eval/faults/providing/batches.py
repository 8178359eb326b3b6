"""Work handed in to be fetched later: which address belongs to OpenAI's files and batches, which to Anthropic's."""

from __future__ import annotations

from providing.anthropic_batches import AnthropicBatches
from providing.connections import Answer, Request
from providing.drawing import chance
from providing.model import Model
from providing.openai_batches import OpenAIBatches
from providing.replying import as_json


class Batches:
    """The files and batches of a provider."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._asked: dict[str, int] = {}
        self._openai, self._anthropic = OpenAIBatches(model), AnthropicBatches(model)

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request about files and batches; None: it is not about them."""
        first, *words = request.path.strip("/").split("/")
        if first != "v1" or words[:1] not in (["files"], ["batches"], ["messages"]):
            return None
        if busy := self._busy(request, "anthropic" if words[0] == "messages" else "openai"):
            return busy
        if request.method == "DELETE" and (status := self._model.settings.delete_status):
            return as_json(status, {"error": {"type": "planted", "message": "nothing is deleted today"}})
        match words:
            case ["messages", "batches", *rest]:
                return self._anthropic.answer(request, rest)
            case ["files", *rest]:
                return self._openai.answer_about_files(request, rest)
            case ["batches", *rest]:
                return self._openai.answer(request, rest)
        return None

    def lying(self) -> list[str]:
        """The ids of all that lies here of what was handed in: files, and batches with requests and results in them."""
        return [*self._openai.lying(), *self._anthropic.lying()]

    def _busy(self, request: Request, vendor: str) -> Answer | None:
        """A 503 for the share of requests that is set, by address and how often it was asked."""
        settings = self._model.settings
        address = f"{request.method} {request.path}"
        self._asked[address] = self._asked.get(address, 0) + 1
        if chance(settings.seed, address, self._asked[address]) < settings.batch_share_503:
            self._model.tally.faults["batch 503"] += 1
            return self._model.problem(vendor, "503")
        return None
