"""What coding would ask and what that would cost, before anything is asked or written.

Every prompt is made as the run would make it, counted, and let go: a study may have 100,000 of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autocode.asking import Coder, request_text
from autocode.codebook import asked
from autocode.coding.describing import describe, planner_of, wanted_of
from autocode.coding.planning import plan
from autocode.data import Codebook, Prompt, Span, Transcript, canonical_json, overlap
from autocode.estimate import Estimate, answer_tokens
from autocode.prices import price
from autocode.runs import Planned, Run
from autocode.runs.run import another_run
from autocode.shelf import Shelf
from autocode.tokens import count_tokens
from autocode.windows import TooLong, answer_room, context_window


class Preview(Estimate):
    """What coding would ask, before anything is asked or written."""

    first_prompt: str
    warning: str = ""
    """What to do about the calls that do not fit the model, in one sentence."""


def preview(
    transcripts: Iterable[Transcript] | Shelf,
    codebook: Codebook,
    *,
    coder: Coder,
    run: Run,
    only: Iterable[str] | None = None,
) -> Preview:
    """The calls that `code` would make now with the same arguments, their tokens and price, and the first prompt.

    Raises RunError where the folder holds another run.
    """
    shelf = Shelf.of(transcripts)
    wanted = wanted_of(shelf, run, only)
    info = describe(shelf, codebook, coder, run, wanted)
    if run.info is not None and (differences := run.info.differences(info)):
        raise another_run(run.path, differences)
    info = run.info or info
    planner = planner_of(run, info, coder, shelf)
    window = None if info.baseline else context_window(coder.name, info.base_url)
    sums = _Sums(coder, window, codes=len(asked(codebook)))
    seen = {key for batch in run.batches.open() for key in batch.keys}  # what waits is not asked a second time
    for line in plan(run, planner, wanted, run.repeat, write=False):
        if line.key not in seen:  # equal passages are asked about once
            seen.add(line.key)
            sums.add(line, planner.prompt(line))
    completion = answer_tokens(round(sums.words))
    paid = None
    if not info.baseline:
        paid = price(
            coder.name,
            calls=sums.calls,
            prompt_tokens=sums.prompt_tokens + sums.form_tokens,
            completion_tokens=completion,
            prefix_tokens=sums.shared,
            base_url=info.base_url,
        )
    too_long = sums.too_long(shelf)
    return Preview(
        calls=sums.calls,
        prompt_tokens=sums.prompt_tokens,
        completion_tokens=completion,
        price=paid,
        first_prompt=sums.first_prompt,
        model=coder.name,
        baseline=info.baseline,
        calls_answered=len({head.key for head in run.calls.heads() if head.outcome == "answered"}),
        form_tokens=sums.form_tokens,
        longest_call=sums.longest,
        answer_room=sums.room,
        context_window=window,
        too_long=too_long,
        warning=too_long.told(coder.name, sums.calls, info.max_tokens) if too_long else "",
    )


@dataclass
class _Sums:
    """What is kept of the prompts: sums, the first of them, and where the longest stands."""

    coder: Coder
    window: int | None
    calls: int = 0
    prompt_tokens: int = 0
    form_tokens: int = 0
    codes: int = 0
    """How many the codebook has."""
    words: float = 0
    first_prompt: str = ""
    longest: int = 0
    """Tokens of the longest call, the answer's form included."""
    shared: int = 0
    """Tokens of the beginning that calls share: the form, which providers put first, and the longest prefix."""
    not_fitting: int = 0
    _longest_line: Planned | None = None
    _longest_shared: int = 0
    _prefixes: dict[str, int] = field(default_factory=dict)
    _forms: dict[object, int] = field(default_factory=dict)

    @property
    def room(self) -> int:
        return answer_room(self.coder.settings)

    def add(self, line: Planned, prompt: Prompt) -> None:
        """Count one call."""
        form, prefix, request = self._form(prompt), self._prefix(prompt), request_text(prompt)
        tokens = prefix + count_tokens(request)
        if not self.calls:
            self.first_prompt = f"{prompt.prefix}\n\n{request}"
        self.calls += 1
        self.prompt_tokens += tokens
        self.form_tokens += form
        # Where only some codes may be answered, that share of the answers is expected.
        share = len(prompt.codes) / max(1, self.codes) if prompt.codes else 1.0
        self.words += share * sum(len(spoken.words.split()) for spoken in prompt.spoken)
        self.shared = max(self.shared, form + prefix)
        if self.window is not None and form + tokens + self.room > self.window:
            self.not_fitting += 1
        if form + tokens > self.longest:
            self.longest, self._longest_line, self._longest_shared = form + tokens, line, form + prefix

    def too_long(self, texts: Mapping[str, Transcript]) -> TooLong | None:
        """The calls that do not fit the window, and where the longest of them stands."""
        if self.window is None or not self.not_fitting or self._longest_line is None:
            return None
        first = self._longest_line.passages[0]
        span = Span(first.start, first.end)
        turns = [turn.number for turn in texts[first.transcript].turns if overlap(turn.span, span)]
        return TooLong(
            calls=self.not_fitting,
            window=self.window,
            room=self.room,
            tokens=self.longest,
            instructions=self._longest_shared,
            transcript=first.transcript,
            first_turn=turns[0],
            last_turn=turns[-1],
            more_transcripts=len({passage.transcript for passage in self._longest_line.passages}) - 1,
        )

    def _prefix(self, prompt: Prompt) -> int:
        """Tokens of the instructions and the codebook: counted once, for they are the same in every call."""
        if prompt.prefix not in self._prefixes:
            self._prefixes[prompt.prefix] = count_tokens(prompt.prefix)
        return self._prefixes[prompt.prefix]

    def _form(self, prompt: Prompt) -> int:
        """Tokens of the schema or tool that goes with a prompt; numbered parts have a form of their own."""
        kind = prompt.parts > 1, prompt.codes
        if kind not in self._forms:
            body = self.coder.body(prompt)
            form = {name: body[name] for name in ("tools", "response_format") if name in body}
            self._forms[kind] = count_tokens(canonical_json(form)) if form else 0
        return self._forms[kind]


_NEW_RUN_CALLS = 200
"""Up to so many calls a new run is cheap enough to be named beside one that carries coding over."""


def since_or_new(
    transcripts: Iterable[Transcript] | Shelf,
    codebook: Codebook,
    *,
    coder: Coder,
    run: Run,
    only: Iterable[str] | None = None,
) -> str:
    """What carrying coding over costs, and beside it a whole new run where that is small: a sentence."""
    shelf = Shelf.of(transcripts)
    wanted = wanted_of(shelf, run, only)
    narrow = preview(shelf, codebook, coder=coder, run=run, only=wanted)
    whole = Run(
        run.path / "new",
        prompt=run.prompt,
        exclude_speakers=run.exclude_speakers,
        max_tokens=run.max_tokens,
        context_turns=run.context_turns,
        sample=run.sample,
    )
    full = preview(shelf, codebook, coder=coder, run=whole, only=wanted)
    told = f"since {run.since}: {narrow.calls} calls{_about(narrow)}"
    if full.calls >= _NEW_RUN_CALLS:
        return told
    return f"{told}; a whole new run, whose coding is of one version throughout, is {full.calls} calls{_about(full)}"


def _about(asks: Preview) -> str:
    return f", about {asks.price.usd:.2f} USD" if asks.price else ""
