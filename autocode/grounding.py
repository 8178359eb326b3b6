"""Where a quote stands in a transcript, and how it was found."""

from __future__ import annotations

from autocode.data import Grounding, Span


def ground(quote: str, text: str, *, within: Span | None = None) -> Grounding:
    """Where a quote stands in a text. (First slice: to the letter only; the rest is being written.)"""
    where = within or Span(0, len(text))
    at = text.find(quote, where.start, where.end) if quote.strip() else -1
    return Grounding(match="exact", span=Span(at, at + len(quote))) if at >= 0 else Grounding(match="none")
