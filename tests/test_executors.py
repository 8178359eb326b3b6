"""Calls that other processes and other machines make: the same coding, one journal, and no key on the way.

The provider runs in a process of its own and wants a key that, but for threads, only the workers have.
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import autocode as ac

FAULTS = Path(__file__).resolve().parents[1] / "eval" / "faults"
sys.path.insert(0, str(FAULTS))

import corpus as corpora  # noqa: E402
from provider import Settings  # noqa: E402

KEY = "sk-of-the-workers-alone"
IN_FLIGHT = 8

Code = Callable[..., ac.Run]


@dataclass(frozen=True)
class Elsewhere:
    """A provider in a process of its own."""

    url: str

    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/stats") as answer:
            return json.load(answer)

    def set(self, **settings: Any) -> None:
        urllib.request.urlopen(f"{self.url}/settings", json.dumps(settings).encode()).close()

    def reset(self) -> None:
        """No faults, and the counts anew."""
        self.set(**vars(Settings()) | {"key": KEY})
        urllib.request.urlopen(f"{self.url}/reset", b"").close()


@dataclass(frozen=True)
class Study:
    """An invented study, its planted rows, and what a run without an executor makes of it."""

    transcripts: list[ac.Transcript]
    codebook: ac.Codebook
    coder: ac.Coder
    expected: list[tuple[str, int, int, str]]
    undisturbed: ac.Run

    @property
    def calls(self) -> int:
        return len(set(keys(self.undisturbed, "plan.jsonl")))


@pytest.fixture(scope="module")
def keyless() -> Iterator[pytest.MonkeyPatch]:
    """An environment without keys, for this process and for the workers that are started in it."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AUTOCODE_API_KEY"):
            environment.delenv(name, raising=False)
        yield environment


@pytest.fixture(scope="module")
def corpus() -> corpora.Corpus:
    return corpora.make(2, 4_500, 25, seed=3, planted_per_1000=8.0)


@pytest.fixture(scope="module")
def running(corpus: corpora.Corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    truth = tmp_path_factory.mktemp("truth") / "truth.json"
    truth.write_text(json.dumps(corpus.truth))
    command = [sys.executable, str(FAULTS / "provider.py"), "--truth", str(truth)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Elsewhere(process.stdout.readline().strip())
        process.send_signal(signal.SIGTERM)


@pytest.fixture
def there(running: Elsewhere) -> Elsewhere:
    running.reset()
    return running


@pytest.fixture(scope="module")
def study(
    corpus: corpora.Corpus, running: Elsewhere, keyless: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Study:
    folder = corpus.write(tmp_path_factory.mktemp("study"))
    transcripts, codebook = list(ac.read_transcripts(folder / "interviews")), ac.read_codebook(folder / "codebook.yaml")
    coder = ac.model_coder("openai/planted", codebook, base_url=f"{running.url}/v1")
    run = a_run(folder)
    running.reset()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AUTOCODE_API_KEY", KEY)
        ac.code(transcripts, codebook, coder=coder, run=run)
    return Study(transcripts, codebook, coder, list(corpus.expected), run)


def a_run(folder: Path, **more: Any) -> ac.Run:
    """A run of the same name wherever it lies, for the name stands in coding.csv."""
    return ac.Run(folder / "run", exclude_speakers=("INT",), max_tokens=120, **more)


@pytest.fixture
def code(study: Study, tmp_path: Path) -> Code:
    """Codes the study with an executor; the same folder each time."""

    def coded(executor: Executor | None, *, run: ac.Run | None = None, **more: Any) -> ac.Run:
        options = {"coder": study.coder, "concurrency": IN_FLIGHT} | more
        return ac.code(study.transcripts, study.codebook, run=run or a_run(tmp_path), executor=executor, **options)

    return coded


# --- Three kinds of workers ---------------------------------------------------------------------------------------


def _processes() -> ProcessPoolExecutor:
    """Two processes that were started when there was a key."""
    pool = ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AUTOCODE_API_KEY", KEY)
        for _ in range(2):
            pool.submit(abs, 0)
    return pool


@pytest.fixture
def threads(keyless: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    monkeypatch.setenv("AUTOCODE_API_KEY", KEY)
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture(scope="module")
def pools(keyless: pytest.MonkeyPatch) -> Iterator[list[ProcessPoolExecutor]]:
    """The pools there have been; only the last may be whole."""
    made = [_processes()]
    yield made
    made[-1].shutdown()


@pytest.fixture
def processes(pools: list[ProcessPoolExecutor]) -> Executor:
    try:
        pools[-1].submit(abs, 0)
    except BrokenExecutor:  # by the test that breaks it
        pools.append(_processes())
    return pools[-1]


@pytest.fixture(scope="module")
def cluster(keyless: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed: pip install '.[dask]'")
    # Python 3.11 up to 3.11.8 may stop for ever where a thread's frames are looked at while garbage is collected
    # (github.com/python/cpython/issues/106883), and dask's profiler looks a hundred times a second.
    import dask

    quiet = dask.config.set({"distributed.worker.profile.enabled": False})
    with (
        quiet,
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=IN_FLIGHT // 2,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            worker_dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
            env={"AUTOCODE_API_KEY": KEY},
        ) as local,
    ):
        yield local


@pytest.fixture(scope="module")
def client(cluster: Any) -> Iterator[Any]:
    with cluster.get_client() as connected:
        yield connected


@pytest.fixture(scope="module")
def dask(client: Any) -> Executor:
    return client.get_executor()


@pytest.fixture
def workers(request: pytest.FixtureRequest) -> Executor:
    return request.getfixturevalue(request.param)


def over(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("workers", names, indirect=True)


# --- What a run leaves --------------------------------------------------------------------------------------------


def lines(run: ac.Run, journal: str) -> list[dict[str, Any]]:
    """The lines of a journal; every one is whole."""
    text = (run.path / journal).read_text(encoding="ascii")
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def keys(run: ac.Run, journal: str = "calls.jsonl") -> list[str]:
    return [line["key"] for line in lines(run, journal)]


def rows(run: ac.Run) -> list[tuple[str, int, int, str]]:
    with (run.path / "coding.csv").open(encoding="utf-8", newline="") as file:
        table = [(row["transcript"], int(row["start"]), int(row["end"]), row["code"]) for row in csv.DictReader(file)]
    return sorted(table)


def is_the_same(run: ac.Run, study: Study) -> None:
    """The coding is the default run's, byte for byte, and the planted one; each key is answered once."""
    assert (run.path / "coding.csv").read_bytes() == (study.undisturbed.path / "coding.csv").read_bytes()
    assert rows(run) == study.expected
    assert run.gaps == []
    assert sorted(keys(run)) == sorted(set(keys(run, "plan.jsonl")))


# --- The same coding ----------------------------------------------------------------------------------------------


def test_a_study_needs_enough_calls_to_tell_executors_apart(study: Study) -> None:
    assert study.calls > 4 * IN_FLIGHT
    is_the_same(study.undisturbed, study)


@over("threads", "processes", "dask")
def test_other_workers_give_the_same_coding(workers: Executor, code: Code, study: Study, there: Elsewhere) -> None:
    run = code(workers)
    is_the_same(run, study)
    told = there.stats()
    assert (told["requests"], told["identical_requests"]) == (study.calls, 0)
    assert code(workers).gaps == []  # resumed: nothing is left to ask
    assert there.stats()["requests"] == study.calls
    assert study.undisturbed.made_with.workers == ()
    (recorded,) = run.made_with.workers
    assert recorded.executor == f"{type(workers).__module__}.{type(workers).__name__}"
    assert recorded.here == isinstance(workers, (ThreadPoolExecutor, ProcessPoolExecutor))
    assert recorded.first <= min(call["started"] for call in lines(run, "calls.jsonl"))


@over("processes", "dask")
def test_a_repeat_and_an_answer_that_was_none_are_asked_for_and_not_remembered(
    workers: Executor, code: Code, study: Study, there: Elsewhere, tmp_path: Path
) -> None:
    there.set(share_prose=1.0, faulty_attempts=1)
    run = code(workers, run=a_run(tmp_path, repeat=2), only=["p1"])
    outcomes = [line["outcome"] for line in lines(run, "calls.jsonl")]
    calls = len(lines(run, "plan.jsonl"))
    assert outcomes.count("answered") == calls
    assert there.stats()["requests"] == len(outcomes) == calls + outcomes.count("unreadable")
    assert outcomes.count("unreadable") == calls / 2  # the first answer to each passage


# --- Workers that die ---------------------------------------------------------------------------------------------


def _once(done: int, act: Callable[[], None]) -> Callable[[ac.Progress], None]:
    """Something to do when so many calls are done and others are in flight."""
    acted: list[int] = []

    def report(progress: ac.Progress) -> None:
        if progress.done >= done and not acted:
            acted.append(progress.done)
            act()

    return report


def test_a_worker_of_a_cluster_that_is_killed_costs_no_more_than_what_was_in_flight(
    client: Any, dask: Executor, code: Code, study: Study, there: Elsewhere
) -> None:
    there.set(latency_seconds=0.3, jitter_seconds=0.2)
    before = client.run(os.getpid)
    victim = next(iter(before.values()))
    run = code(dask, progress=_once(IN_FLIGHT, lambda: os.kill(victim, signal.SIGKILL)))
    is_the_same(run, study)
    assert 0 < there.stats()["identical_requests"] <= IN_FLIGHT
    assert victim not in client.run(os.getpid).values()


def test_what_waits_for_a_worker_is_not_paid_for_after_ctrl_c_twice(
    threads: Executor, code: Code, there: Elsewhere, tmp_path: Path
) -> None:
    there.set(latency_seconds=0.2)

    def stop(progress: ac.Progress) -> None:
        if progress.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        code(threads, concurrency=40, progress=stop)
    threads.shutdown()
    assert 4 <= len(keys(a_run(tmp_path))) < there.stats()["requests"] <= len(keys(a_run(tmp_path))) + 5


def test_an_executor_that_is_shut_down_says_so(threads: Executor, code: Code) -> None:
    threads.shutdown()
    with pytest.raises(ac.RunError, match=r"takes no more calls .*after shutdown.*start a new one"):
        code(threads)


def test_a_cluster_that_is_gone_says_so(cluster: Any, code: Code) -> None:
    from distributed import Client

    with Client(cluster, set_as_default=False) as left:
        executor = left.get_executor()
    with pytest.raises(ac.RunError, match=r"takes no more calls .*start a new one") as raised:
        code(executor)
    told = "".join(traceback.format_exception(raised.value))
    assert "P1:" not in told  # dask of 2024 prints the whole call
    assert len(str(raised.value)) < 300


def test_a_coder_that_cannot_be_sent_to_a_worker_is_refused_and_not_tried_for_ever(
    processes: Executor, code: Code, study: Study
) -> None:
    @dataclass(frozen=True)
    class AtHome:
        name: str = "at-home"
        settings: Any = None

        def body(self, prompt: ac.Prompt) -> dict[str, object]:
            return study.coder.body(prompt)

        def ask(self, prompt: ac.Prompt) -> ac.Reply:
            return ac.Reply()

    with pytest.raises(ac.RunError, match=r"cannot make the call .*take a coder that can be pickled"):
        code(processes, coder=AtHome(settings={}))


# --- Errors that come from afar -----------------------------------------------------------------------------------


@over("processes", "dask")
def test_how_long_a_busy_provider_wants_to_wait_is_known_here(
    workers: Executor, code: Code, study: Study, there: Elsewhere
) -> None:
    there.set(share_429=0.3, retry_after_seconds=300.0, faulty_attempts=1)
    waited: list[float] = []
    run = code(workers, sleep=waited.append)
    is_the_same(run, study)
    assert 200 < max(waited) <= 300
    assert there.stats()["faults"]["429"] > 3


@over("processes", "dask")
def test_a_wrong_key_of_the_workers_stops_the_run_as_our_own_error(
    workers: Executor, code: Code, study: Study, there: Elsewhere, tmp_path: Path
) -> None:
    there.set(key="another")
    with pytest.raises(ac.ProviderError, match=r"HTTP 401.*check the key in AUTOCODE_API_KEY") as raised:
        code(workers)
    assert (type(raised.value), raised.value.model) == (ac.ProviderError, "openai/planted")
    assert there.stats()["requests"] <= IN_FLIGHT
    assert not (tmp_path / "run" / "calls.jsonl").exists()
    there.reset()
    is_the_same(code(workers), study)


@over("processes", "dask")
def test_a_key_that_the_workers_lack_is_named_with_where_it_is_missing(
    workers: Executor, code: Code, study: Study
) -> None:
    vendors = ac.model_coder("openai/planted", study.codebook)
    with pytest.raises(ac.ConfigError, match=r"^on the worker .+: no key for openai/planted: set .*OPENAI_API_KEY"):
        code(workers, coder=vendors)


# --- The key stays where it is ------------------------------------------------------------------------------------


class Overheard(Executor):
    """Workers behind a line on which everything is pickled, as dask does it, and kept."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self.sent: list[bytes] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        task = pickle.dumps((fn, args, kwargs))
        self.sent.append(task)
        return self._pool.submit(self._answer, task)

    def _answer(self, task: bytes) -> Any:
        function, args, kwargs = pickle.loads(task)
        result = pickle.dumps(function(*args, **kwargs))
        self.sent.append(result)
        return pickle.loads(result)


@pytest.mark.parametrize("wanted", [KEY, "another"])
def test_the_key_travels_neither_with_a_call_nor_with_an_answer_or_an_error(
    wanted: str, threads: Executor, code: Code, study: Study, there: Elsewhere
) -> None:
    # dask has exceptions pickled with all that they rest on: the provider's error, and so the request.
    pytest.importorskip("tblib.pickling_support", reason="tblib comes with distributed").install()
    there.set(key=wanted)
    line = Overheard(threads)
    if wanted == KEY:
        is_the_same(code(line), study)
    else:
        with pytest.raises(ac.ProviderError, match="HTTP 401"):
            code(line)
    assert len(line.sent) >= 2
    assert not any(KEY.encode() in sent for sent in line.sent)


# --- Last, because what it breaks has to be started anew ----------------------------------------------------------


def test_a_pool_that_breaks_ends_in_one_sentence_and_the_run_goes_on_where_it_was(
    processes: Executor,
    code: Code,
    study: Study,
    there: Elsewhere,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    there.set(latency_seconds=0.1, jitter_seconds=0.05)
    victim = processes.submit(os.getpid).result()
    with pytest.raises(ac.RunError, match=r"no more calls \(BrokenProcessPool: ") as raised:
        code(processes, progress=_once(6, lambda: os.kill(victim, signal.SIGKILL)))
    assert "\n" not in str(raised.value)
    recorded = keys(a_run(tmp_path))
    assert 6 <= len(recorded) < study.calls
    monkeypatch.setenv("AUTOCODE_API_KEY", KEY)
    run = code(None)
    is_the_same(run, study)
    assert keys(run)[: len(recorded)] == recorded
    assert there.stats()["identical_requests"] <= 2  # a call of each of the two processes
