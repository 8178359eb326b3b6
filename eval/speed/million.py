"""What a million open answers cost in calls, tokens, hours and disk, for each way to run them.

    python eval/speed/million.py [--answers 20000] [--latency 0.8] [--jitter 0.2] [--only NAME …]

Each way codes the same invented answers (eval/faults/corpus.py) in a process of its own, from the table on the disk to
coding.csv, against a provider on this machine (eval/faults/provider.py), and its rows are held against the planted
ones. What is measured is scaled to a million in proportion; memory from two sizes, because it does not begin at
nothing. At another provider the hours are calls x seconds a call / calls in flight, as the last table has them, and
never less than the processor time of our own process. The provider's is left out, but both share the machine, so that
the hours measured here are too many rather than too few.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "faults"))

from corpus import answers

HERE = Path(__file__).resolve()
PROVIDER = HERE.parents[1] / "faults" / "provider.py"
MILLION = 1_000_000
SECONDS_A_CALL = (0.8, 3.0, 10.0)
"""Of other providers, for the last table."""


@dataclass(frozen=True)
class Way:
    """One way to run them."""

    name: str
    in_flight: int
    by: str = "python"
    """`python`: ac.code; `command`: autocode run --base-url; `dask`: ac.code on two workers of a local cluster."""


WAYS = {
    "16": Way("one machine, 16 in flight", 16),
    "64": Way("one machine, 64 in flight", 64),
    "256": Way("one machine, 256 in flight", 256),
    "own-server": Way("a server of your own (`--base-url`), 16 in flight", 16, "command"),
    "dask": Way("dask, 2 workers with 32 calls each", 64, "dask"),
}


@dataclass(frozen=True)
class Measured:
    """What one way took for so many answers."""

    answers: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cpu_seconds: float
    """Of all our processes together."""
    disk_bytes: int
    """Of the whole run folder."""
    peak_bytes: int
    """The most memory that one of our processes had."""
    seconds_a_call: float
    """As the journal has it: the median from asking to the whole answer."""


# --- One way, in a process of its own -----------------------------------------------------------------------------


def code(study: Path, out: Path, url: str, way: Way) -> None:
    """Code a study as a script of a user would."""
    import autocode as ac

    codebook = ac.read_codebook(study / "codebook.yaml")
    coder = ac.model_coder("openai/planted", codebook, base_url=url)
    transcripts = ac.read_transcripts(study / "interviews")
    with executor_of(way) as executor:
        ac.code(transcripts, codebook, coder=coder, run=ac.Run(out), concurrency=way.in_flight, executor=executor)


@contextmanager
def executor_of(way: Way) -> Iterator[Any]:
    if way.by != "dask":
        yield None
        return
    import dask
    from distributed import Client, LocalCluster

    # See tests/test_executors.py: the profiler can make a worker of Python 3.11 stand still.
    dask.config.set({"distributed.worker.profile.enabled": False})
    local = {"processes": True, "host": "127.0.0.1", "dashboard_address": None, "worker_dashboard_address": None}
    with (
        tempfile.TemporaryDirectory() as scratch,
        LocalCluster(n_workers=2, threads_per_worker=way.in_flight // 2, local_directory=scratch, **local) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor(pure=False)


def command(study: Path, out: Path, url: str, way: str) -> list[str]:
    """The command line that runs one way."""
    if WAYS[way].by == "command":
        flags = ["--model", "openai/planted", "--base-url", url, "--concurrency", str(WAYS[way].in_flight), "--yes"]
        return [sys.executable, "-m", "autocode", "run", str(study), "--out", str(out), *flags]
    return [sys.executable, str(HERE), "--code", str(study), str(out), url, way]


# --- What it took -------------------------------------------------------------------------------------------------


def measure(study: Path, number: int, way: str, *, latency: float, jitter: float) -> Measured:
    """Run one way and say what it took. Ends the program where a row is wrong."""
    with tempfile.TemporaryDirectory() as folder, provider(study / "truth.json", latency, jitter) as url:
        out = Path(folder) / "run"
        started = time.monotonic()
        process = subprocess.Popen(command(study, out, f"{url}/v1", way), stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{way}: ended with {process.returncode}")
        hold(study, out, way)
        with urllib.request.urlopen(f"{url}/stats") as answer:
            told = json.load(answer)
        journal = (out / "calls.jsonl").read_text(encoding="ascii")
        took = [json.loads(line)["seconds"] for line in journal.splitlines()]
        return Measured(
            number,
            told["requests"],
            told["prompt_tokens"],
            told["completion_tokens"],
            seconds,
            used.ru_utime + used.ru_stime,
            sum(path.stat().st_size for path in out.rglob("*") if path.is_file()),
            used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            statistics.median(took),
        )


def hold(study: Path, out: Path, way: str) -> None:
    """The rows of coding.csv are the planted ones."""
    found, planted = (
        sorted((row["transcript"], row["start"], row["end"], row["code"]) for row in read(path))
        for path in (out / "coding.csv", study / "expected.csv")
    )
    if found != planted:
        raise SystemExit(f"{way}: {len(found)} rows, {len(planted)} are planted, and they are not the same")


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@contextmanager
def provider(truth: Path, latency: float, jitter: float) -> Iterator[str]:
    flags = ["--truth", str(truth), "--latency", str(latency), "--jitter", str(jitter)]
    line = [sys.executable, str(PROVIDER), *flags]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


# --- The tables ---------------------------------------------------------------------------------------------------


def measured_table(measured: dict[str, Measured]) -> str:
    number = next(iter(measured.values())).answers
    lines = [
        f"Measured on {number:,} invented answers:",
        "",
        "| way | calls | prompt tokens | completion tokens | seconds | processor s | run folder | most memory |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {WAYS[way].name} | {m.calls:,} | {m.prompt_tokens:,} | {m.completion_tokens:,} | {m.seconds:.1f} "
        f"| {m.cpu_seconds:.1f} | {m.disk_bytes / 1e6:.1f} MB | {m.peak_bytes / 1e6:.0f} MB |"
        for way, m in measured.items()
    ]
    return "\n".join(lines)


def million_table(measured: dict[str, Measured], small: Measured, whole: Measured) -> str:
    times = MILLION / whole.answers
    slope = (whole.peak_bytes - small.peak_bytes) / (whole.answers - small.answers)
    lines = [
        f"Scaled to 1,000,000 answers in proportion (x {times:g}, the start of the program too):",
        "",
        "| way | calls | prompt tokens | completion tokens | hours | processor hours | disk |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {WAYS[way].name} | {m.calls * times:,.0f} | {m.prompt_tokens * times / 1e6:.1f} M "
        f"| {m.completion_tokens * times / 1e6:.1f} M | {m.seconds * times / 3600:.2f} "
        f"| {m.cpu_seconds * times / 3600:.2f} | {m.disk_bytes * times / 1e9:.2f} GB |"
        for way, m in measured.items()
    ]
    memory = whole.peak_bytes + slope * (MILLION - whole.answers)
    lines += [
        "",
        f"Memory of one process: {small.peak_bytes / 1e6:.0f} MB for {small.answers:,} answers, "
        f"{whole.peak_bytes / 1e6:.0f} MB for {whole.answers:,}; a straight line through both gives "
        f"{memory / 1e9:.1f} GB for a million.",
    ]
    return "\n".join(lines)


def hours_table(measured: dict[str, Measured]) -> str:
    """Hours at providers that take longer, and what goes into them."""
    lines = [
        "Hours for 1,000,000 answers at another provider = calls x seconds a call / in flight / 3600; at least the "
        "processor hours above, where one process does it all:",
        "",
        "| way | calls | in flight | seconds a call here | " + " | ".join(f"at {s:g} s" for s in SECONDS_A_CALL) + " |",
        "| --- | ---: | ---: | ---: |" + " ---: |" * len(SECONDS_A_CALL),
    ]
    for way, m in measured.items():
        times, flight = MILLION / m.answers, WAYS[way].in_flight
        cells = [f"{m.calls * times * seconds / flight / 3600:.2f}" for seconds in SECONDS_A_CALL]
        lines.append(
            f"| {WAYS[way].name} | {m.calls * times:,.0f} | {flight} | {m.seconds_a_call:.2f} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--answers", type=int, default=20_000)
    parser.add_argument("--distinct", type=float, default=0.8, help="the share of the answers that are different")
    parser.add_argument("--latency", type=float, default=0.8)
    parser.add_argument("--jitter", type=float, default=0.2)
    parser.add_argument("--only", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--code", nargs=4, metavar=("STUDY", "OUT", "URL", "WAY"), help="what the script calls itself")
    given = parser.parse_args(arguments)
    if given.code:
        study, out, url, way = given.code
        code(Path(study), Path(out), url, WAYS[way])
        return
    late = {"latency": given.latency, "jitter": given.jitter}
    with tempfile.TemporaryDirectory() as folder:
        sizes = {given.answers: Path(folder) / "all", given.answers // 4: Path(folder) / "fewer"}
        for number, study in sizes.items():
            answers(number, distinct=given.distinct).write(study)
        measured = {}
        for way in given.only:
            measured[way] = measure(sizes[given.answers], given.answers, way, **late)
            print(f"{WAYS[way].name}: {measured[way].seconds:.1f} s", file=sys.stderr)
        way, whole = next(iter(measured.items()))
        small = measure(sizes[given.answers // 4], given.answers // 4, way, **late)
    print(f"\n{given.distinct:.0%} of the answers are different; the provider takes {given.latency:g} s, ", end="")
    print(f"give or take up to {given.jitter:g}.\n")
    print(measured_table(measured), million_table(measured, small, whole), hours_table(measured), sep="\n\n")


if __name__ == "__main__":
    main()
