"""The line that every transcript walks: read -> chunk -> prompt -> ask -> ground -> record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from importlib.metadata import version

from autocode.asking import Coder
from autocode.codebook import asked
from autocode.coding.calling import Calling, Progress, StoppedNow
from autocode.coding.deriving import Derived, bent, derive
from autocode.coding.planning import Planner, plan
from autocode.coding.requoting import Requoting
from autocode.coding.spending import Budget
from autocode.data import Chunk, Codebook, Passage, Transcript
from autocode.errors import AutocodeError, CodebookError, ConfigError, RunError, TranscriptError, nearest
from autocode.prompting import read_template
from autocode.runs import Row, Run, RunInfo, Verdict, read_verdicts, write_table
from autocode.runs.run import another_run, hashes_of, run_transcript
from autocode.shelf import Shelf


def code(
    transcripts: Iterable[Transcript],
    codebook: Codebook,
    *,
    coder: Coder,
    run: Run,
    only: Iterable[str] | None = None,
    requote: bool = False,
    concurrency: int = 16,
    max_usd: float | None = None,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] | None = None,
    sleep: Callable[[float], object] | None = None,
) -> Run:
    """Code the transcripts into a run folder, and give the run back with `.gaps` and `.notes` filled.

    Asks only what the folder does not hold yet, so the same call again resumes. `only` names the transcripts to ask
    about (all of them by default); `requote` asks once more for quotes that do not stand there word for word;
    `concurrency` calls are in flight at most, in threads of this process or, with an `executor` (any of
    `concurrent.futures`, dask's too), on its workers; no call is made that could bring the cost of the whole run above
    `max_usd`. coding.csv is written for everything the folder holds. Nothing that a provider fails at ends in silence:
    stretches without an answer are in `run.gaps`. Raises RunError where the folder holds another run or cannot be
    written, ConfigError where a key is missing, ProviderError where asking on makes no sense.
    """
    shelf = Shelf.of(transcripts)
    if not shelf:
        raise TranscriptError("there is no transcript to code")
    if not asked(codebook):
        raise CodebookError("there is no code to ask for: every code is retired or a theme; add one to the codebook")
    check = getattr(coder, "check", None)
    if check is not None and executor is None:  # the keys of an executor are those of its workers
        check()
    wanted = wanted_of(shelf, only)
    info = describe(shelf, codebook, coder, run, wanted)
    if run.info is not None and (differences := run.info.differences(info)):
        raise another_run(run.path, differences)  # before anything in the folder is touched
    _try_template(Planner(info, coder, shelf))
    with run.held():
        info = run.open(info)
        planner = Planner(info, coder, shelf)
        todo = plan(run, planner, wanted, run.repeat)
        run.check_table()
        calling = Calling(
            run,
            planner,
            concurrency=concurrency,
            executor=executor,
            budget=Budget(coder, most_usd=max_usd, calls=run.calls.heads()),
            sleep=sleep,
            progress=progress,
        )
        try:
            calling.make(todo)
            if requote:
                _ask_again(run, info, calling, shelf, wanted)
        except StoppedNow:
            raise
        except BaseException:
            with suppress(AutocodeError):  # what stopped the run is what has to be told
                write_coding(run, shelf)
            raise
        _tell(run, write_coding(run, shelf, reasons=calling.reasons), wanted, run.repeat)
    return run


def _ask_again(run: Run, info: RunInfo, calling: Calling, shelf: Shelf, wanted: set[str]) -> None:
    """One short call for each reply with quotes that do not stand in the passage word for word."""
    calling.planner = requoting = Requoting(info, calling.planner.coder, shelf)
    calling.make(
        [
            requoting.ask_again(line, proposals)
            for line, proposals in bent(run, info, shelf)
            if wanted.issuperset(p.transcript for p in line.passages)
        ]
    )


def export(run: Run, transcripts: Iterable[Transcript]) -> Run:
    """Derive a run's coding.csv again from its recorded calls; nothing is asked. `.gaps` and `.notes` are filled.

    Raises RunError where there is no run, or none of its transcripts is among those given.
    """
    shelf = Shelf.of(transcripts)
    info = run.info
    if info is None:
        raise RunError(f"{run.path}: there is no run here; make one with `autocode run`")
    ids = {transcript.id for transcript in info.transcripts}
    if not ids & set(shelf):
        raise RunError(
            f"{run.path}: none of its {len(ids)} transcripts is among the {len(shelf)} given; name their folder with "
            "--transcripts"
        )
    with run.held():
        repeats = write_coding(run, shelf)
        _tell(run, repeats, ids, len(repeats))
    return run


def wanted_of(shelf: Shelf, only: Iterable[str] | None) -> set[str]:
    """The ids of the transcripts to ask about. Raises TranscriptError for one that nobody knows."""
    wanted = set(shelf) if only is None else set(only)
    if unknown := sorted(wanted - set(shelf)):
        raise TranscriptError(f'there is no transcript "{unknown[0]}"{nearest(unknown[0], shelf)}')
    return wanted


def _try_template(planner: Planner) -> None:
    """Raises ConfigError for a template that fails, before a run is made with it."""
    transcript = next((t for t in planner.shelf.values() if t.turns), None)
    if transcript is None:
        return
    span = transcript.turns[0].span
    prefix = planner.rendered(Chunk(index=0, parts=(Passage(transcript.id, span),))).prefix
    if not any(code.id in prefix for code in asked(planner.info.codebook)):
        raise ConfigError("the prompt template never prints the codes; loop over `codes`, as prompts/coding.txt does")


def describe(shelf: Shelf, codebook: Codebook, coder: Coder, run: Run, wanted: Iterable[str]) -> RunInfo:
    """What a run of these transcripts would be made with."""
    template = read_template(run.prompt)
    return RunInfo(
        autocode=version("autocode-qda"),
        model=coder.name,
        baseline=bool(getattr(coder, "is_baseline", False)),
        parameters=dict(coder.settings),
        base_url=getattr(coder, "base_url", None) or "",
        prompt=template,
        codebook=codebook,
        hashes=hashes_of(codebook, template),
        exclude_speakers=run.exclude_speakers,
        max_tokens=run.max_tokens,
        context_turns=run.context_turns,
        transcripts=tuple(run_transcript(shelf[id]) for id in sorted(wanted)),
    )


def write_coding(run: Run, shelf: Shelf, *, reasons: Mapping[str, str] | None = None) -> tuple[Derived, ...]:
    """Derive the segments of a run from its calls and write its coding.csv, one transcript at a time."""
    info = run.info
    if info is None:
        raise RunError(f"{run.path}: there is no run here; make one with `autocode run`")
    derivation = derive(run, info, shelf, reasons=reasons)
    verdicts = read_verdicts(run.verdicts)
    rows = derivation.rows(derivation.repeats[0])
    write_table(run.table, (_with_verdict(row, verdicts.get(row.segment.id)) for row in rows))
    return derivation.repeats


def _with_verdict(row: Row, verdict: Verdict | None) -> Row:
    """A row with what a person decided about it among its flags; the model's own coding stays as it is."""
    if verdict is None:
        return row
    word = {"accept": "accepted", "reject": "rejected", "move": "moved"}[verdict.verdict]
    return row.model_copy(update={"flags": (*row.flags, word)})


def _tell(run: Run, derived: Sequence[Derived], wanted: set[str], repeats: int) -> None:
    """Note the gaps, and what a reader of the coding has to know."""
    run.gaps = [
        gap
        for each in derived[:repeats]
        for gap in each.gaps
        if any(passage.transcript in wanted for passage in gap.passages)
    ]
    for journal in (run.plan, run.calls):
        if journal.torn:
            run.notes.append(f"{journal.path}: {journal.torn} torn lines of a process that died are left out")
    models = sorted(set().union(*(each.models for each in derived)))
    if len(models) > 1:
        run.notes.append(f"{run.path}: several models answered under one name: {', '.join(models)}")
    stale = sorted(set().union(*(each.stale for each in derived)))
    if stale:
        run.notes.append(
            f"{run.path}: calls about {len(stale)} transcripts are kept and not used: the texts have changed or "
            f"gone, or are not among those given ({', '.join(stale[:10])})"
        )
