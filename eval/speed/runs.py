"""How fast a run is, beside a bare loop over the same prompts, with faults, killed, and with 100,000 calls.

    python eval/speed/runs.py            everything, some six minutes
    python eval/speed/runs.py --quick    without the 100,000 calls
    python eval/speed/runs.py --quick --size 10 --times 1    ten times as many interviews

The corpus is invented (eval/faults/corpus.py: 20 interviews, 121,640 words, 25 codes) and so is the provider
(eval/faults/provider.py, 0.8 s an answer, give or take 0.2). Wall and CPU are those of whole processes, start and
import included; of each pair the runs alternate, and the median is printed. Cacheable = prompt tokens in a prefix that
was sent before, of all prompt tokens. Every coding.csv is held against the planted truth.
"""

from __future__ import annotations

import argparse
import compileall
import csv
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FAULTS = HERE.parent / "faults"
sys.path.insert(0, str(FAULTS))

import corpus  # noqa: E402

import autocode as ac  # noqa: E402

LATENCY = ("--latency", "0.8", "--jitter", "0.2")


@dataclass(frozen=True)
class Measured:
    """One process, and what the provider saw of it."""

    wall: float
    cpu: float
    stats: dict[str, Any]
    code: int


@contextmanager
def provider(truth: Path, *flags: str) -> Iterator[str]:
    """The address of a provider in a process of its own."""
    command = [sys.executable, str(FAULTS / "provider.py"), "--truth", str(truth), *flags]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


def told(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url + path, data=data), timeout=10) as answer:
        return dict(json.loads(answer.read()))


def measured(url: str, command: list[str]) -> Measured:
    """A command to its end."""
    told(url, "/reset", {})
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        raise SystemExit(done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, told(url, "/stats"), done.returncode)


def run_command(study: Path, url: str, out: Path, *flags: str) -> list[str]:
    address = ["--model", "openai/planted", "--base-url", f"{url}/v1", "--out", str(out)]
    return [sys.executable, "-m", "autocode", "run", str(study), *address, *flags]


def write_prompts(study: Path, out: Path) -> int:
    """The prompts that a run of the study sends, for the bare loop."""
    settings = ac.Study.at(study)
    book, found = settings.codebook(), settings.transcripts()[0]
    asked: list[ac.Prompt] = []

    class Listening(ac.ModelCoder):
        def ask(self, prompt: ac.Prompt) -> ac.Reply:
            asked.append(prompt)
            return ac.Reply()

    like = ac.model_coder("openai/planted", book, base_url="http://127.0.0.1:9/v1")
    assert isinstance(like, ac.ModelCoder)
    coder = Listening(like.name, like.codes, like.base_url, like.settings)
    with tempfile.TemporaryDirectory() as folder:
        ac.code(found, book, coder=coder, run=ac.Run(folder, exclude_speakers=["INT"]), concurrency=1)
    bodies = [coder.body(prompt) for prompt in asked]
    messages = [body["messages"] for body in bodies]
    out.write_text(
        json.dumps(
            {
                "prefix": messages[0][0]["content"],  # type: ignore[index]
                "passages": [each[1]["content"] for each in messages],  # type: ignore[index]
                "codes": like.codes,
                "max_tokens": bodies[0]["max_tokens"],
            }
        )
    )
    return len(asked)


def is_right(study: Path, run: Path) -> bool:
    """Whether coding.csv holds what was planted, row by row."""
    columns = ("transcript", "start", "end", "code")
    tables = []
    for path in (study / "expected.csv", run / "coding.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            tables.append(sorted(tuple(row[c] for c in columns) for row in csv.DictReader(file)))
    return tables[0] == tables[1]


def middle(found: list[Measured]) -> Measured:
    wall = statistics.median(each.wall for each in found)
    cpu = statistics.median(each.cpu for each in found)
    return Measured(wall, cpu, found[-1].stats, found[-1].code)


ROW = "| {:<38} | {:>8} | {:>9} | {:>9} | {:>7} | {:>6} | {:<42} |"


def row(name: str, m: Measured, note: str = "") -> None:
    s = m.stats
    share = f"{s['prefix_share']:.0%}"
    print(ROW.format(name, s["requests"], s["prompt_tokens"], share, f"{m.wall:.2f}", f"{m.cpu:.2f}", note), flush=True)


def beside_the_bare_loop(study: Path, url: str, work: Path, times: int) -> float:
    prompts = work / "prompts.json"
    write_prompts(study, prompts)
    undisturbed = 0.0
    for threads in (16, 64):
        bare, ours = [], []
        for _ in range(times):
            command = [sys.executable, str(HERE / "bare_loop.py"), str(prompts), f"{url}/v1", str(threads)]
            bare.append(measured(url, command))
            shutil.rmtree(work / "run", ignore_errors=True)
            ours.append(measured(url, run_command(study, url, work / "run", "--concurrency", str(threads))))
            assert is_right(study, work / "run")
        b, o = middle(bare), middle(ours)
        row(f"bare instructor loop, {threads} threads", b)
        calls = o.stats["requests"]
        ratio, more = o.wall / b.wall, (o.cpu - b.cpu) / calls * 1000
        row(f"autocode run, {threads} in flight", o, f"wall {ratio:.2f} x (1.10), CPU {more:+.1f} ms a call (4)")
        undisturbed = undisturbed or o.wall
    return undisturbed


def with_faults(study: Path, url: str, work: Path, undisturbed: float, times: int) -> None:
    faults = {"share_429": 0.05, "retry_after_seconds": 1.0, "share_503": 0.02, "share_dropped": 0.01}
    found = []
    for seed in range(times):
        told(url, "/settings", {**faults, "seed": seed})
        shutil.rmtree(work / "run", ignore_errors=True)
        found.append(measured(url, run_command(study, url, work / "run")))
        assert found[-1].code == 0
        assert is_right(study, work / "run")
    told(url, "/settings", {**dict.fromkeys(faults, 0.0), "seed": 0})
    m = middle(found)
    row("5 % 429, 2 % 503, 1 % dropped", m, f"complete; wall {m.wall / undisturbed:.2f} x undisturbed (1.5)")


def killed_at_half_time(study: Path, url: str, work: Path, undisturbed: float) -> None:
    shutil.rmtree(work / "run", ignore_errors=True)
    told(url, "/reset", {})
    begun = time.monotonic()
    command = run_command(study, url, work / "run")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(undisturbed / 2)
    half = told(url, "/stats")
    process.kill()
    process.wait()
    second = subprocess.run(command, capture_output=True, check=False)
    assert second.returncode == 0
    assert is_right(study, work / "run")
    stats = told(url, "/stats")
    repeats = stats["identical_requests"]
    note = f"{repeats} repeats ({half['in_flight']} were in flight)"
    row("killed at half time, then again", Measured(time.monotonic() - begun, 0.0, stats, 0), note)


REMEMBERING = '''
import json, resource, sys, time
begun = time.monotonic()
import autocode as ac

class Four(ac.ModelCoder):
    """Answers at once with four quotes of the passage, and notes when it was first asked."""
    def ask(self, prompt):
        global first
        if first is None:
            first = time.monotonic() - begun
        words = prompt.passage.split(": ", 1)[-1].split()
        quotes = [" ".join(words[n : n + 5]) for n in range(4)]
        said = [{"why": "said", "code": self.codes[n], "quote": quote} for n, quote in enumerate(quotes)]
        content = {"proposals": said}
        message = {"role": "assistant", "content": json.dumps(content)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020}
        return self.read({"id": "x", "object": "chat.completion", "model": "m", "choices": [choice], "usage": usage})

first = None
study = ac.Study.at(sys.argv[1])
book = study.codebook()
like = ac.model_coder("openai/planted", book, base_url="http://127.0.0.1:9/v1")
coder = Four(like.name, like.codes, like.base_url, like.settings)
run = ac.Run(sys.argv[2], exclude_speakers=["INT"], max_tokens=int(sys.argv[3]), context_turns=0)
ac.code(ac.read_transcripts(study.config.transcripts, speakers=["INT", "P1"]), book, coder=coder, run=run)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peak_mb": peak, "first": first, "wall": time.monotonic() - begun}))
'''


def remembering(work: Path, calls: int) -> None:
    """A run of many calls: how much memory it takes, and how soon it goes on when all but the last are recorded."""
    study = corpus.make(interviews=max(20, calls // 250), words=calls * 22, codes=25, seed=2).write(work / "large")
    script = work / "remembering.py"
    script.write_text(REMEMBERING, encoding="utf-8")
    command = [sys.executable, str(script), str(study), str(work / "long"), "34"]
    first = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    journal = work / "long" / "calls.jsonl"
    made = journal.read_bytes().count(b"\n")
    rows = (work / "long" / "coding.csv").read_bytes().count(b"\n") - 1
    print(
        f"\n{made:,} calls with {rows:,} segments: peak {first['peak_mb']:.0f} MB (500), {first['wall']:.0f} s in all"
    )
    size = sum(path.stat().st_size for path in (work / "long").iterdir()) / 1e6
    with journal.open("rb+") as file:
        file.seek(-200_000, os.SEEK_END)
        file.readline()
        file.truncate()
    again = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(
        f"the same with the last answers taken away: starts asking after {again['first']:.1f} s (3), peak "
        f"{again['peak_mb']:.0f} MB; the run folder is {size:.0f} MB"
    )


def main() -> None:
    # As an installer does it. Where Python may not write bytecode, every command would else compile 200 files anew.
    compileall.compile_dir(Path(ac.__file__).parent, quiet=1)
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="without the run of 100,000 calls")
    parser.add_argument("--size", type=int, default=1, help="times 20 interviews")
    parser.add_argument("--times", type=int, default=3, help="runs of each kind")
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--only-calls", action="store_true", help="only the run of many calls")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        if not chosen.only_calls:
            size = chosen.size
            study = corpus.make(interviews=20 * size, words=121_640 * size).write(work / "study")
            load, cores = os.getloadavg()[0], os.cpu_count()
            print(f"load {load:.1f} on {cores} cores; {chosen.times} runs of each kind, the median\n")
            print(ROW.format("", "requests", "prompt", "cacheable", "wall s", "CPU s", "asked for in brackets"))
            print("|" + "|".join("-" * n for n in (40, 10, 11, 11, 9, 8, 44)) + "|")
            with provider(study / "truth.json", *LATENCY) as url:
                undisturbed = beside_the_bare_loop(study, url, work, chosen.times)
                with_faults(study, url, work, undisturbed, chosen.times)
                killed_at_half_time(study, url, work, undisturbed)
        if not chosen.quick:
            remembering(work, chosen.calls)


if __name__ == "__main__":
    main()
