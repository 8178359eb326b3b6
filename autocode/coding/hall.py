"""The line that every transcript walks: read -> chunk -> prompt -> ask -> ground -> record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from functools import partial

from autocode.asking import Coder, batches_of
from autocode.codebook import asked
from autocode.coding.batching import Batching
from autocode.coding.calling import Calling
from autocode.coding.deriving import derive
from autocode.coding.describing import describe, groups_told, planner_of, wanted_of
from autocode.coding.handing_in import submit
from autocode.coding.planning import Planner, plan
from autocode.coding.progress import Progress, StoppedNow
from autocode.coding.requoting import Requoting, bent
from autocode.coding.spending import Budget
from autocode.coding.taking_in import take_in
from autocode.data import Chunk, Codebook, Passage, Transcript
from autocode.errors import AutocodeError, CodebookError, ConfigError, RunError, TranscriptError
from autocode.runs import Read, Row, Run, RunInfo, Verdict, read_verdicts, write_table
from autocode.runs.run import another_run
from autocode.shelf import Shelf


def code(
    transcripts: Iterable[Transcript] | Shelf,
    codebook: Codebook,
    *,
    coder: Coder,
    run: Run,
    only: Iterable[str] | None = None,
    requote: bool = False,
    concurrency: int = 16,
    max_usd: float | None = None,
    batch: bool = False,
    executor: Executor | None = None,
    progress: Callable[[Progress], None] | None = None,
    sleep: Callable[[float], object] | None = None,
) -> Run:
    """Code the transcripts into a run folder, and give the run back with `.gaps` and `.notes` filled.

    Asks only what the folder does not hold yet, so the same call again resumes. `only` names the transcripts to ask
    about (all of them by default); `requote` asks once more for quotes that do not stand there word for word;
    `concurrency` calls are in flight at most, in threads of this process or, with an `executor` (any of
    `concurrent.futures`, dask's too), on its workers; no call is made that could bring the cost of the whole run above
    `max_usd`. With `batch` the calls are handed in, to be answered within a day, and the same call later takes them
    in: until then they are among `run.gaps`, their batches in `run.waiting`, and nothing asks for them a second time.
    coding.csv is written for everything the folder holds. Nothing that a provider fails at ends in silence: stretches
    without an answer are in `run.gaps`. Raises RunError where the folder holds another run or cannot be written,
    ConfigError where a key is missing, ProviderError where asking on makes no sense.
    """
    shelf = Shelf.of(transcripts)
    _check_material(shelf, codebook)
    _check_coder(coder, elsewhere=executor is not None, batch=batch, requote=requote)
    wanted = wanted_of(shelf, run, only)
    info = describe(shelf, codebook, coder, run, wanted)
    if run.info is not None and (differences := run.info.differences(info)):
        raise another_run(run.path, differences)  # before anything in the folder is touched
    _try_template(Planner(info, coder, shelf))
    with run.held():
        info = run.open(info)
        planner = planner_of(run, info, coder, shelf)
        run.notes += groups_told(info)
        run.check_table()
        budget = Budget(coder, most_usd=max_usd, calls=run.calls, batch=batch)
        batching = Batching(run, planner, budget=budget, sleep=sleep, progress=progress)
        calling = Calling(
            run,
            planner,
            concurrency=concurrency,
            executor=executor,
            budget=budget,
            sleep=sleep,
            progress=progress,
        )
        with _written_all_the_same(run, shelf):
            take_in(batching)
            # The plan is nobody's when the calls are made: of a million answers it takes a gigabyte.
            make = partial(submit, batching) if batch else calling.make
            make(batching.free(plan(run, planner, wanted, run.repeat)))
            if requote:
                _ask_again(run, info, calling, shelf, wanted)
        _tell(run, write_coding(run, shelf, reasons=calling.reasons | batching.reasons), wanted, run.repeat)
    return run


def _check_material(shelf: Shelf, codebook: Codebook) -> None:
    if not shelf:
        raise TranscriptError("there is no transcript to code")
    if not asked(codebook):
        raise CodebookError("there is no code to ask for: every code is retired or a theme; add one to the codebook")


def _check_coder(coder: Coder, *, elsewhere: bool, batch: bool, requote: bool) -> None:
    """Raises ConfigError where a key is missing, or the calls cannot be handed in as a batch."""
    check = getattr(coder, "check", None)
    if check is not None and not elsewhere:  # the keys of an executor are those of its workers
        check()
    if batch and requote:
        raise ConfigError(
            "quotes are not asked for again by batch; give --requote without --batch when all is answered"
        )
    if batch:
        batches_of(coder)


@contextmanager
def _written_all_the_same(run: Run, shelf: Shelf) -> Iterator[None]:
    """Writes coding.csv also where something stops the run, but for a second Ctrl-C, which waits for nothing."""
    try:
        yield
    except StoppedNow:
        raise
    except BaseException:
        with suppress(AutocodeError):  # what stopped the run is what has to be told
            write_coding(run, shelf)
        raise


def _ask_again(run: Run, info: RunInfo, calling: Calling, shelf: Shelf, wanted: set[str]) -> None:
    """One short call for each reply with quotes that do not stand in the passage word for word."""
    calling.planner = requoting = Requoting(info, calling.planner.coder, shelf, calling.planner.carried)
    calling.make(
        [
            requoting.ask_again(line, proposals)
            for line, proposals in bent(run, info, shelf)
            if wanted.issuperset(p.transcript for p in line.passages)
        ]
    )


def export(run: Run, transcripts: Iterable[Transcript] | Shelf) -> Run:
    """Derive a run's coding.csv again from its recorded calls; nothing is asked. `.gaps` and `.notes` are filled.

    Raises RunError where there is no run, or none of its transcripts is among those given.
    """
    shelf = Shelf.of(transcripts)
    info = run.made_with
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


def _try_template(planner: Planner) -> None:
    """Raises ConfigError for a template that fails, before a run is made with it."""
    transcript = next((t for t in planner.shelf.values() if t.turns), None)
    if transcript is None:
        return
    span = transcript.turns[0].span
    prefix = planner.rendered(Chunk(index=0, parts=(Passage(transcript.id, span),))).prefix
    if not any(code.id in prefix for code in asked(planner.info.codebook)):
        raise ConfigError("the prompt template never prints the codes; loop over `codes`, as prompts/coding.txt does")


def write_coding(run: Run, shelf: Shelf, *, reasons: Mapping[str, str] | None = None) -> tuple[Read, ...]:
    """Derive the segments of a run from its calls and write its coding.csv, one transcript at a time."""
    info = run.made_with
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


def _tell(run: Run, derived: Sequence[Read], wanted: set[str], repeats: int) -> None:
    """Note the gaps, and what a reader of the coding has to know."""
    run.gaps = [
        gap
        for each in derived[:repeats]
        for gap in each.gaps
        if any(passage.transcript in wanted for passage in gap.passages)
    ]
    for journal in (run.plan, run.calls, run.batches):
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
