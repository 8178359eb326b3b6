"""Work handed in to be fetched later: OpenAI's files and batches, Anthropic's message batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from providing.connections import Answer, Request

if TYPE_CHECKING:
    from providing.serving import Server


class Batches:
    """The files and batches of a provider."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def answer(self, request: Request) -> Answer | None:  # noqa: ARG002
        """The answer to a request about files and batches; None: it is not about them."""
        return None
