"""The gate of `autocode run`: no other machine hears of an interview before somebody has said yes."""

from __future__ import annotations

import sys

import typer

import autocode as ac
from autocode.cli.shared import say


def planned(
    study: ac.Study,
    coder: ac.Coder,
    book: ac.Codebook,
    shelf: ac.Shelf,
    wanted: list[str],
    send: str | None,
) -> list[str]:
    """The transcripts that a run would ask about. Nothing is sent, but what would be refused then is said now."""
    endpoint = getattr(coder, "endpoint", "")
    if ac.is_loopback(endpoint):
        return wanted
    kept = set(study.kept_here(shelf))
    if held := sorted(kept.intersection(wanted)):
        say(f"kept on this machine (ai_cloud: no), so not in this plan: {', '.join(held)}")
    try:
        study.refuse_examples_of(kept, book)
        going = study.sending(endpoint, (shelf[id] for id in wanted if id not in kept))
        if going is not None:
            study.approval(going, send=send, approved_by=None)
    except ac.ConfigError as error:
        say(f"nothing of this plan would be sent: {error}")
    return [id for id in wanted if id not in kept]


def gate(
    study: ac.Study,
    run: ac.Run,
    coder: ac.Coder,
    shelf: ac.Shelf,
    ids: list[str],
    yes: bool,
    send: str | None,
    approved_by: str | None,
) -> list[str]:
    """Those of the transcripts that may be asked about: no other machine hears of one before somebody has said yes."""
    endpoint = getattr(coder, "endpoint", "")
    if ac.is_loopback(endpoint):
        return ids
    kept = set(study.kept_here(shelf)).intersection(ids)
    if kept:
        say(f"kept on this machine (ai_cloud: no), so not coded: {', '.join(sorted(kept))}")
    going = [id for id in ids if id not in kept]
    wanted = study.sending(endpoint, (shelf[id] for id in going))
    if wanted is None:
        return ids
    run.approval = study.approval(wanted, send=send, approved_by=approved_by)
    if run.approval is None:
        if not yes and not sys.stdin.isatty():
            raise wanted.refusal()
        say(f"{wanted}.")
        if not yes and not ask("Send them?"):
            raise wanted.refusal()
        run.approval = wanted.approved(approved_by or "")
        if not yes and study.config.file and ask("Write this yes into autocode.yaml?"):
            study.write_approval(run.approval)
    return going


def ask(question: str) -> bool:
    """The answer to a yes-or-no question at the terminal; Ctrl-C ends the command."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        raise typer.Exit(130) from None
