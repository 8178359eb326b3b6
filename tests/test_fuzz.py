"""Files from strangers: broken ones are refused in words, and the fuzzer that says so sees what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FUZZER = ROOT / "eval" / "faults" / "fuzz_readers.py"

# Doors that offend in each way there is, and one that does not; the interpreter is a fresh one, as it is forked.
PLANTED = f"""
import sys, time
sys.path.insert(0, {str(FUZZER.parent)!r})
import fuzz_readers as fuzzer
import autocode as ac

def refuses(path): raise ac.InputError("no", path=path)
def breaks(path): return ac.Span(1, 2)[0]
def hangs(path): time.sleep(60)
def eats(path): return bytearray(800 * 2**20)
def dies(path): import os; os._exit(3)
def babbles(path): raise ac.InputError("two\\nlines", path=path)

doors = {{f.__name__: f for f in (refuses, breaks, hangs, eats, dies, babbles)}}
files = {{"a/b.txt": __import__("pathlib").Path(sys.argv[1])}}
limit = fuzzer.Limit(seconds=0.2)
found = fuzzer.fuzz(iter(range(2)), seed=1, files=files, doors=doors, limit=limit)
for (suffix, door), counts in sorted(found.counts.items()):
    print(door, dict(counts))
for offence, cases in sorted(found.offenders.items()):
    print(offence, len(cases))
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=120)


def test_two_hundred_broken_files_are_read_or_refused() -> None:
    done = run(FUZZER, "--seed", 4, "--cases", 200, "--limit", 20, "--bomb", 2**20)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "200 cases" in done.stdout


def test_the_fuzzer_sees_an_exception_a_hang_a_full_memory_and_a_crash(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("INT: Why?\nP1: Because.\n" * 20)
    done = run("-c", PLANTED, tmp_path / "b.txt")
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "refuses {'refused': 2}" in told
    for door in ("breaks", "hangs", "eats", "dies", "babbles"):
        assert f"{door} {{'offender': 2}}" in told
    assert "breaks: TypeError" in told
    assert "eats: memory" in told
    assert "dies: crash: the process ended with 3 2" in told


def test_a_case_can_be_made_again_from_seed_number_and_file(tmp_path: Path) -> None:
    once, again = tmp_path / "once", tmp_path / "again"
    for keep in (once, again):
        run(FUZZER, "--seed", 7, "--only", "codebooks/support-at-work.yaml", "--case", 3, "--keep", keep)
    first = next(once.iterdir()).read_bytes()
    assert first == next(again.iterdir()).read_bytes()
    assert first != (ROOT / "codebooks" / "support-at-work.yaml").read_bytes()
