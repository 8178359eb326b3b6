"""What a run would ask now, what that would cost, and what would leave this machine for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autocode.asking import Coder, LexicalCoder
from autocode.checking.told import Told
from autocode.coding import preview
from autocode.data import Codebook, Transcript
from autocode.errors import ConfigError, RunError
from autocode.reporting.check_report import CostCheck, Finding, SendingCheck
from autocode.study import Study, run_name


def sending_of(
    study: Study, coder: Coder, book: Codebook, texts: Sequence[Transcript], told: Told
) -> tuple[SendingCheck | None, list[Transcript]]:
    """What would go to another machine, and the transcripts that a run would ask about."""
    endpoint = getattr(coder, "endpoint", "")
    if study.sending(endpoint, texts) is None:
        return None, list(texts)
    kept: list[str] = []
    before = len(told.findings)
    with told.part("sending"):
        kept = study.kept_here(text.id for text in texts)
        study.refuse_examples_of(kept, book)
    going = [text for text in texts if text.id not in kept]
    wanted = study.sending(endpoint, going)
    if wanted is None:
        return None, going
    approved = None
    with told.part("sending"):
        approved = study.approval(wanted, send=None, approved_by=None)
    refused = len(told.findings) > before
    try:
        _has_key(coder)
    except ConfigError as error:
        told.add([Finding(level="note", about="sending", message=str(error))])
    by = None
    if approved is not None and study.config.send:
        by = ", ".join(filter(None, (study.config.send.approved_by, study.config.send.date)))
    sending = SendingCheck(
        to=wanted.to,
        transcripts=wanted.transcripts,
        words=wanted.words,
        people=wanted.people,
        approved_by=by,
        kept_here=tuple(kept),
        refused=refused,
    )
    return sending, going


def _has_key(coder: Coder) -> None:
    test: Callable[[], None] | None = getattr(coder, "check", None)
    if test is not None:
        test()


def cost_of(
    study: Study, coder: Coder, book: Codebook, texts: Sequence[Transcript], going: Sequence[Transcript], told: Told
) -> CostCheck | None:
    """The calls that `autocode run` would make now, as it would make them, and their price."""
    if not going:
        return None
    baseline = isinstance(coder, LexicalCoder)
    # Of the baseline only the size is of interest, as what a model would get: its own run says nothing about that.
    run = study.run(study.root / "runs" / ("" if baseline else run_name(book, coder.name)))
    wanted = [text.id for text in going]
    try:
        asks = preview(texts, book, coder=coder, run=run, only=wanted)
    except RunError as error:  # the folder holds another run: this one would be a new one
        told.add([Finding(level="warning", about="model", message=str(error))])
        run = study.run(run.path / "new")
        asks = preview(texts, book, coder=coder, run=run, only=wanted)
    if asks.warning:
        told.add([Finding(level="warning", about="model", message=asks.warning)])
    return CostCheck.model_validate(asks.model_dump(include=set(CostCheck.model_fields)))
