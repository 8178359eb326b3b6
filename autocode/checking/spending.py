"""What a run would ask now, what that would cost, and what would leave this machine for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from autocode.asking import Coder, LexicalCoder
from autocode.checking.told import Told
from autocode.coding import preview
from autocode.data import Chunk, Codebook, Passage, Transcript
from autocode.errors import ConfigError, RunError
from autocode.prices import price
from autocode.prompting import read_template, render
from autocode.reporting.check_report import CostCheck, Finding, SendingCheck
from autocode.runs import Run
from autocode.speakers import speakers
from autocode.study import Study, run_name
from autocode.tokens import count_tokens

WORDS_A_PROPOSAL = 30
"""A model is expected to propose one code for so many words that may be coded, as people do: a published Taguette
project (SERDIF, 17 documents, 57,930 words) holds 1,930 codings, 26 words long in the mean …"""
TOKENS_A_PROPOSAL = 75
"""… and to spend so many tokens on it: such a quote, a reason of one sentence, an id."""
ESTIMATE = (
    f"Answers are estimated: {TOKENS_A_PROPOSAL} tokens a proposal, a proposal for every {WORDS_A_PROPOSAL} words; "
    "what a model thinks to itself is not in it."
)


def sending_of(
    study: Study, coder: Coder, texts: Sequence[Transcript], told: Told
) -> tuple[SendingCheck | None, list[Transcript]]:
    """What would go to another machine, and the transcripts that a run would ask about."""
    endpoint = getattr(coder, "endpoint", "")
    if study.sending(endpoint, texts) is None:
        return None, list(texts)
    kept: list[str] = []
    with told.part("sending"):
        kept = study.kept_here(text.id for text in texts)
    going = [text for text in texts if text.id not in kept]
    wanted = study.sending(endpoint, going)
    if wanted is None:
        return None, going
    approved = None
    with told.part("sending"):
        approved = study.approval(wanted, send=None, approved_by=None)
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
    settings = study.config
    baseline = isinstance(coder, LexicalCoder)
    # Of the baseline only the size is of interest, as what a model would get: its own run says nothing about that.
    run = _run(study, study.root / "runs" / ("" if baseline else run_name(book, coder.name)))
    wanted = [text.id for text in going]
    try:
        asks = preview(texts, book, coder=coder, run=run, only=wanted)
    except RunError as error:  # the folder holds another run: this one would be a new one
        told.add([Finding(level="warning", about="model", message=str(error))])
        run = _run(study, run.path / "new")
        asks = preview(texts, book, coder=coder, run=run, only=wanted)
    answered = len({call.key for call in run.calls if call.outcome == "answered"}) if run.path.exists() else 0
    answers = _answer_tokens(going, settings.exclude_speakers) * asks.calls / max(1, asks.calls + answered)
    cost = CostCheck(
        model=coder.name,
        baseline=baseline,
        calls=asks.calls,
        calls_answered=answered,
        prompt_tokens=asks.prompt_tokens,
        completion_tokens=round(answers),
        estimate=ESTIMATE,
        price=None,
    )
    if baseline:
        return cost
    paid = price(
        coder.name,
        calls=cost.calls,
        prompt_tokens=cost.prompt_tokens,
        completion_tokens=cost.completion_tokens,
        prefix_tokens=_prefix_tokens(study, book, going[0]),
        base_url=getattr(coder, "base_url", ""),
    )
    return cost.model_copy(update={"price": paid})


def _answer_tokens(texts: Iterable[Transcript], exclude_speakers: Sequence[str]) -> float:
    """How many tokens of answers are expected for these transcripts: the rule of `ESTIMATE`."""
    there = [speaker for text in texts for speaker in speakers(text, exclude_speakers=exclude_speakers)]
    return sum(speaker.words for speaker in there if speaker.coded) / WORDS_A_PROPOSAL * TOKENS_A_PROPOSAL


def _run(study: Study, path: Path) -> Run:
    return Run(
        path,
        prompt=study.config.prompt,
        exclude_speakers=study.config.exclude_speakers,
        max_tokens=study.config.max_tokens,
        context_turns=study.config.context_turns,
    )


def _prefix_tokens(study: Study, book: Codebook, text: Transcript) -> int:
    """The tokens of instructions and codebook, with which every call begins."""
    chunk = Chunk(index=0, parts=(Passage(text.id, text.turns[0].span),))
    excluded = study.config.exclude_speakers
    template = read_template(study.config.prompt)
    return count_tokens(render(template, book, chunk, {text.id: text}, exclude_speakers=excluded).prefix)
