"""A reply as a line of the journal."""

from __future__ import annotations

from autocode.asking import read_reply
from autocode.data import Call, Reply
from autocode.runs import Planned


def call_of(line: Planned, reply: Reply, *, model: str, started: str, seconds: float, batch: str | None = None) -> Call:
    """The audited record of one paid attempt at a planned call."""
    return Call(
        key=line.key,
        kind=line.kind,
        parent=line.parent,
        passages=line.passages,
        repeat=line.repeat,
        outcome=reply.outcome,
        model_asked=model,
        model_served=reply.model,
        usage=reply.usage,
        batch=batch,
        raw=_whole(reply),
        started=started,
        seconds=seconds,
    )


def _whole(reply: Reply) -> object:
    """What is kept of a reply: the provider's whole body; where that cannot be read again, the proposals too."""
    if reply.outcome != "answered" or (reply.raw is not None and read_reply(reply.raw).proposals == reply.proposals):
        return reply.raw
    return _bare(reply) if reply.raw is None else {**_bare(reply), "raw": reply.raw}


def _bare(reply: Reply) -> dict[str, object]:
    """The reply of a coder without a provider, in the form that a model would have answered in."""
    return {
        "proposals": [
            {"why": p.why, "code": p.code, "quote": p.quote} | ({} if p.part is None else {"part": p.part})
            for p in reply.proposals
        ]
    }
