"""Mutated real files at every reader: only InputError may come out, within 5 seconds and 500 MB.

    python eval/faults/fuzz_readers.py --seed 1 --seconds 600
    python eval/faults/fuzz_readers.py --seed 1 --only files/docx/word_footnotes.docx --case 417     # one case again

Files of other programs, of the tests and of the examples are broken by bits, bytes, lines, numbers and ZIP members,
and read as transcripts, as a codebook and as human coding. A case is given by seed, number and file, so that each can
be made again. Whatever else than InputError comes out is an offender, and so are a hang, a crash, a full memory and a
transcript whose turns do not lie in its text. Prints counts for each format and every offender; exits 1 if there is
any.
"""

from __future__ import annotations

import argparse
import faulthandler
import multiprocessing
import os
import random
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from mutations import BOMB, LARGEST, ZIPPED, mutate, mutate_zip, splice

import autocode as ac

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
PATIENCE = 3
"""How many times its seconds a reader is waited for: what counts is its own work, not that of others on the machine."""
SLOW = "slow"
BESIDE = ("coders.csv", "unseen.csv")

Door = Callable[[Path], None]


@dataclass(frozen=True)
class Limit:
    """What a reader may use for one file."""

    seconds: float = 5.0
    """Of work by the processor; three times as many by the clock."""
    bytes: int = 500 * 2**20
    """More than the process had before."""


# --- The doors -------------------------------------------------------------------------------------------------------


def as_transcripts(path: Path) -> None:
    """Read as transcripts; what comes out has to hold together."""
    for transcript in ac.read_transcripts(path):
        end = 0
        transcript.text.encode("utf-8")
        for number, turn in enumerate(transcript.turns, start=1):
            assert turn.number == number, "turns are not counted from 1"
            assert end <= turn.span.start < turn.span.end <= len(transcript.text), "a turn lies outside its text"
            end = turn.span.end


def as_codebook(path: Path) -> None:
    """Read as a codebook; its words have to go into a prompt and a file."""
    ac.read_codebook(path).model_dump_json()


def as_coding(path: Path) -> None:
    """Read as human coding, with its report, beside the transcripts that most of the real coding is about."""
    where = path.parent if path.parent.suffix == ".qda" else path
    failed: ac.InputError | None = None
    for read in (ac.import_report, ac.codings):
        try:
            for found in read(where, TRANSCRIPTS):
                found.model_dump_json()
        except ac.InputError as error:
            failed = error
    if failed:
        raise failed


DOORS: dict[str, Door] = {"transcripts": as_transcripts, "codebook": as_codebook, "coding": as_coding}
TRANSCRIPTS: list[ac.Transcript] = []


def known_transcripts() -> list[ac.Transcript]:
    """The transcripts of the coding in the corpus, as far as they are there."""
    places = [
        ROOT / "examples" / "study" / "interviews",
        ROOT / "tests" / "data" / "sight" / "transcripts",
        SHARED / "lend-an-ear" / "transcripts",
        SHARED / "files" / "qualcoder" / "support.qda" / "documents",
    ]
    found: dict[str, ac.Transcript] = {}
    bad: list[ac.TranscriptError] = []
    for place in filter(Path.exists, places):
        found |= {transcript.id: transcript for transcript in ac.read_transcripts(place, on_bad=bad.append)}
    return list(found.values())


# --- The corpus ------------------------------------------------------------------------------------------------------


def corpus() -> dict[str, Path]:
    """The files to break, by a name that does not depend on the machine."""
    roots = {
        "files": SHARED / "files",
        "lend-an-ear": SHARED / "lend-an-ear",
        "tests": ROOT / "tests" / "data",
        "examples": ROOT / "examples" / "study",
        "codebooks": ROOT / "codebooks",
    }
    skipped = {".md", ".lock", ".jsonl", ".py", ".pyc"}
    found = {}
    many: Counter[Path] = Counter()
    for name, root in roots.items():
        for path in sorted(root.rglob("*")):
            if path.is_file() and 0 < path.stat().st_size <= LARGEST and path.suffix.lower() not in skipped:
                many[path.parent] += 1
                if many[path.parent] <= 12:  # 27 conversations of one kind are one
                    found[f"{name}/{path.relative_to(root).as_posix()}"] = path
    return found


# --- The cases ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One broken file, and how it was broken."""

    number: int
    file: str
    name: str
    """What it is called when it is read: the ending decides who reads it."""
    data: bytes
    how: str
    beside: tuple[Path, ...] = ()


def make_case(seed: int, number: int, files: Mapping[str, Path], every: Mapping[str, Path], bomb: int = BOMB) -> Case:
    """The case of a seed, a number and a file; the file is drawn by seed and number, each format as often."""
    draws = random.Random(f"{seed}/{number}")
    kind = draws.choice(sorted({path.suffix for path in files.values()}))
    file = draws.choice([name for name, path in files.items() if path.suffix == kind])
    rng = random.Random(f"{seed}/{number}/{file}")
    path = files[file]
    data = path.read_bytes()
    draw = rng.random()
    if draw < 0.1:
        others = [other for other in every.values() if other.suffix == path.suffix]
        data, how = splice(data, rng.choice(others).read_bytes(), rng), "splice"
    elif data.startswith(ZIPPED) and draw < 0.85:
        data, how = mutate_zip(data, rng, bomb)
    else:
        data, how = mutate(data, rng)
    name = path.name
    if rng.random() < 0.05:  # a DOC renamed DOCX, a page saved as a table
        name = path.stem + rng.choice(sorted({other.suffix for other in every.values()}))
    beside = tuple(path.parent / other for other in BESIDE if other != name and (path.parent / other).exists())
    return Case(number, file, name, data, how, beside)


# --- The workers -----------------------------------------------------------------------------------------------------


def written(case: Case, folder: Path) -> Path:
    """The broken file in a folder of its own, with what it is read with."""
    shutil.rmtree(folder, ignore_errors=True)
    place = folder / "project.qda" if case.name == "data.qda" else folder
    place.mkdir(parents=True)
    for other in case.beside:
        shutil.copy(other, place / other.name)
    (place / case.name).write_bytes(case.data)
    return place / case.name


def is_ours(file: str) -> bool:
    return Path(ac.__file__).parent in Path(file).parents


def outcome(door: Door, path: Path) -> str:
    """`read`, `refused`, or what else came out, with the line of ours where it did."""
    try:
        door(path)
    except ac.InputError as error:
        return "refused" if "\n" not in str(error) else f"a message of several lines: {str(error)[:80]!r}"
    except MemoryError:
        return "memory: over the limit"
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if is_ours(frame.filename)]
        at = (ours or frames)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        return f"{type(error).__name__} at {where}: {' '.join(str(error).split())[:120]}"
    return "read"


def work(tasks: Connection, results: Connection, doors: Mapping[str, Door], limit: Limit, stuck: Path) -> None:
    """Read what comes, until nothing comes any more. Memory is bounded from here on; where it hangs, `stuck` tells."""
    warnings.simplefilter("ignore")
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + limit.bytes, used + limit.bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(os.devnull).open("w") as nowhere:  # C libraries complain on stderr
        os.dup2(nowhere.fileno(), 2)
    while (task := tasks.recv()) is not None:
        door, path = task
        with stuck.open("w") as told:
            faulthandler.dump_traceback_later(limit.seconds * 0.9, file=told)
            before = time.process_time()
            came = outcome(doors[door], path)
            if time.process_time() - before > limit.seconds:
                came = SLOW
            faulthandler.cancel_dump_traceback_later()
        results.send(came)


@dataclass
class Worker:
    """A process that reads broken files, started again when one of them has killed it."""

    doors: Mapping[str, Door]
    limit: Limit
    stuck: Path
    """A file to which a process that hangs writes where."""

    def start(self) -> None:
        context = multiprocessing.get_context("fork")
        theirs, self.tasks = context.Pipe(duplex=False)
        self.results, ours = context.Pipe(duplex=False)
        self.process = context.Process(
            target=work, args=(theirs, ours, self.doors, self.limit, self.stuck), daemon=True
        )
        self.process.start()
        theirs.close()
        ours.close()

    def read(self, door: str, path: Path) -> str:
        """What came out of a door, or how the process ended."""
        self.tasks.send((door, path))
        try:
            if self.results.poll(PATIENCE * self.limit.seconds):
                came = str(self.results.recv())
                return came if came != SLOW else f"hang at {self._where()}: over {self.limit.seconds:g} seconds"
            found = f"hang at {self._where()}: over {self.limit.seconds:g} seconds"
        except EOFError:
            self.process.join()
            found = f"crash: the process ended with {self.process.exitcode}"
        self.stop()
        self.start()
        return found

    def _where(self) -> str:
        """The innermost line of ours in which the process hangs."""
        frames = re.findall(r'File "([^"]+)", line (\d+)', self.stuck.read_text(encoding="utf-8"))
        ours = [frame for frame in frames if is_ours(frame[0])] or frames
        return f"{Path(ours[0][0]).name}:{ours[0][1]}" if ours else "an unknown place"

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.tasks.close()
        self.results.close()


# --- The whole run ---------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """What came out: counts for each format and door, and the cases of each offence."""

    cases: int = 0
    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    offenders: dict[str, list[tuple[Case, str]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, case: Case, door: str, came: str) -> None:
        kind = came if came in ("read", "refused") else "offender"
        self.counts[Path(case.name).suffix.lower(), door][kind] += 1
        if kind == "offender":
            self.offenders[f"{door}: {re.sub(r': .*', '', came) if ' at ' in came else came}"].append((case, came))


def fuzz(
    numbers: Iterator[int],
    *,
    seed: int,
    files: Mapping[str, Path],
    every: Mapping[str, Path] | None = None,
    doors: Mapping[str, Door] = DOORS,
    seconds: float = float("inf"),
    limit: Limit = Limit(),
    bomb: int = BOMB,
    keep: Path | None = None,
) -> Found:
    """Each case at each door, until the numbers or the seconds are used up."""
    found, ends = Found(), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as temporary:
        worker = Worker(doors, limit, Path(temporary) / "stuck")
        worker.start()
        for number in numbers:
            if time.monotonic() > ends:
                break
            case = make_case(seed, number, files, every or files, bomb)
            path = written(case, Path(temporary) / "case")
            found.cases += 1
            for door in doors:
                came = worker.read(door, path)
                found.take(case, door, came)
            if keep is not None:
                written(case, keep)
        worker.stop()
    return found


def show(found: Found, seed: int) -> None:
    """Print the counts and the offenders, each with what makes it again."""
    print(f"{found.cases:,} cases, seed {seed}\n")
    print(f"{'format':<10} {'door':<12} {'read':>7} {'refused':>8} {'offenders':>10}")
    for (suffix, door), counts in sorted(found.counts.items()):
        print(f"{suffix:<10} {door:<12} {counts['read']:>7,} {counts['refused']:>8,} {counts['offender']:>10,}")
    for offence, cases in sorted(found.offenders.items(), key=lambda item: -len(item[1])):
        case, came = min(cases, key=lambda one: len(one[0].data))
        print(f"\n{len(cases)} x {offence}\n    {came}\n    {case.how}; read as {case.name}, {len(case.data):,} bytes")
        print(f"    --seed {seed} --only {case.file} --case {case.number}")
    print(f"\n{sum(map(len, found.offenders.values())):,} offenders of {len(found.offenders)} kinds")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--cases", type=int, help="how many; by default as many as the seconds allow")
    parser.add_argument("--case", type=int, help="only this one")
    parser.add_argument("--only", help="only files whose name holds this")
    parser.add_argument("--limit", type=float, default=Limit().seconds, help="seconds a file may take")
    parser.add_argument("--bomb", type=int, default=BOMB, help="bytes that a ZIP bomb unpacks to")
    parser.add_argument("--keep", type=Path, help="a new folder to leave the broken file in")
    asked = parser.parse_args(arguments)
    every = corpus()
    files = {name: path for name, path in every.items() if not asked.only or asked.only in name}
    if not files:
        parser.error(f"no file of the corpus is called {asked.only}")
    if asked.seconds == float("inf") and asked.cases is None and asked.case is None:
        asked.seconds = 600.0
    first = 0 if asked.case is None else asked.case
    last = sys.maxsize if asked.cases is None else asked.cases
    numbers = iter(range(first, last if asked.case is None else first + 1))
    warnings.simplefilter("ignore")  # a ZIP with two members of one name is what we want
    TRANSCRIPTS[:] = known_transcripts()
    found = fuzz(
        numbers,
        seed=asked.seed,
        files=files,
        every=every,
        seconds=asked.seconds,
        limit=Limit(asked.limit),
        bomb=asked.bomb,
        keep=asked.keep,
    )
    show(found, asked.seed)
    return 1 if found.offenders else 0


if __name__ == "__main__":
    sys.exit(main())
