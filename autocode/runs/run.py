"""The folder of one run: its plan, its calls, and who holds it."""

from __future__ import annotations

import errno
import getpass
import json
import os
import shutil
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from autocode.data import Coding, canonical_json
from autocode.errors import RunError
from autocode.files import write_whole
from autocode.runs.answers import Answers
from autocode.runs.batches import Batches, Waiting
from autocode.runs.info import Approval, RunInfo, RunSample, Workers
from autocode.runs.journal import Calls, Journal
from autocode.runs.lines import Planned
from autocode.runs.read import Gap, Read, read_of
from autocode.runs.table import read_table

ROOM_BYTES = 16_000_000
"""What has to be free on the disk before a call is made: more than all that may be in flight."""


def another_run(path: Path, differences: list[str]) -> RunError:
    """The refusal to mix two runs in one folder."""
    return RunError(
        f"{path}: this run was made with another setting: {'; '.join(differences)}; "
        "give the new one a folder of its own with --out, or raise the version of an edited codebook"
    )


class Run:
    """A folder that remembers every call. The settings are those of a new run; an old one has to have the same.

    `prompt` is a template file (the shipped one if None), `exclude_speakers` are shown but never coded,
    `max_tokens` bounds what one call codes, `context_turns` says how many turns before it are shown, and
    `repeat` how often every passage is asked (the first is the coding, the others show the noise). `since` is the
    folder of an earlier run, under another version of the codebook, whose coding of unchanged codes is carried over.
    With `sample` only its turns are coded.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        prompt: Path | None = None,
        exclude_speakers: Collection[str] = (),
        max_tokens: int = 1400,
        context_turns: int = 2,
        repeat: int = 1,
        since: Path | None = None,
        sample: RunSample | None = None,
    ) -> None:
        self.path = Path(path)
        self.prompt = prompt
        self.exclude_speakers = tuple(exclude_speakers)
        self.max_tokens = max_tokens
        self.context_turns = context_turns
        self.repeat = repeat
        self.since = since
        self.sample = sample
        self.approval: Approval | None = None
        """Who agreed that the interviews may be sent; recorded when the run is opened."""
        self.gaps: list[Gap] = []
        """What the last `code` left without a decision."""
        self.waiting: list[Waiting] = []
        """The batches that the last `code` left with a provider; what they hold is among the gaps."""
        self.notes: list[str] = []
        """What opening and coding decided and a person should know."""
        self.plan: Journal[Planned] = Journal(self.path / "plan.jsonl", Planned)
        self.calls = Calls(self.path / "calls.jsonl")
        self.batches = Batches(self.path / "batches.jsonl")

    @property
    def name(self) -> str:
        """The name of the folder, as it stands in the column `run`."""
        return self.path.resolve().name

    @property
    def table(self) -> Path:
        """Where its coding.csv lies."""
        return self.path / "coding.csv"

    @property
    def verdicts(self) -> Path:
        """Where people's verdicts on its quotes lie."""
        return self.path / "verdicts.csv"

    @property
    def info(self) -> RunInfo | None:
        """What the run was made with; None for a folder that holds no run yet."""
        path = self.path / "run.json"
        try:
            text = path.read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            if json.loads(text).get("format") != "autocode-run/1":
                raise RunError(f"{path}: made by a newer version of autocode; update autocode to open it")
            return RunInfo.model_validate(json.loads(text))
        except (ValueError, ValidationError, AttributeError) as error:
            raise RunError(f"{path}: damaged or changed by hand ({error}); restore it from a copy") from error

    def open(self, wanted: RunInfo) -> RunInfo:
        """What the run is made with, written down if it is new. Another codebook, model or prompt is another run."""
        old = self.info
        if old is not None and (differences := old.differences(wanted)):
            raise another_run(self.path, differences)
        known = {t.id: t for t in (old.transcripts if old else ())} | {t.id: t for t in wanted.transcripts}
        approvals = old.send if old else ()
        if self.approval and not any(a.is_the_same(self.approval) for a in approvals):
            approvals = (*approvals, self.approval)
        info = (old or wanted).model_copy(
            update={"transcripts": tuple(known[id] for id in sorted(known)), "send": approvals}
        )
        if info != old:
            self._write(info)
        return info

    def employ(self, executor: str) -> None:
        """Record that an executor's workers make calls, before the first one goes to them."""
        info = self.made_with
        if not any(workers.executor == executor for workers in info.workers):
            self._write(
                info.model_copy(update={"workers": (*info.workers, Workers(executor=executor, first=now()))}),
            )

    def _write(self, info: RunInfo) -> None:
        text = json.dumps(info.model_dump(mode="json", exclude_defaults=False), indent=1, ensure_ascii=True)
        write_whole(self.path / "run.json", text + "\n")

    def check_room(self) -> None:
        """Raises RunError where the disk is so full that an answer may not be kept: before it is paid for."""
        free = shutil.disk_usage(self.path).free
        if free < ROOM_BYTES:
            raise RunError(
                f"{self.path}: only {free / 1e6:.1f} MB are left on the disk, too little to keep the answers that "
                f"would be paid for; free at least {ROOM_BYTES / 1e6:.0f} MB, then give the same command again"
            )

    def check_table(self) -> None:
        """Raises RunError where coding.csv cannot be written in the end, as while another program has it open."""
        try:
            if self.table.exists():
                self.table.open("r+b").close()
            if not os.access(self.path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise RunError(
                f"{self.table}: cannot be written ({error.strerror}); close it in other programs, or mend the rights "
                "of its folder, then give the same command again"
            ) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the folder to this process. A second one is refused, with who holds it and since when."""
        from filelock import FileLock, Timeout

        holder = self.path / "holder.json"
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / "run.lock", timeout=0)
            lock.acquire()
        except Timeout:
            raise RunError(
                f"{self.path}: another process is working on this run ({_who(holder)}); "
                "wait for it, or stop it and give the same command again"
            ) from None
        except OSError as error:
            raise RunError(
                f"{self.path}: cannot be written ({error.strerror}); choose another folder with --out"
            ) from error
        try:
            if holder.exists():
                self.notes.append(f"{self.path}: an earlier process ended in the middle ({_who(holder)}); going on")
            write_whole(holder, canonical_json(_me()) + "\n")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def coding(self) -> Coding:
        """The model's coding, as it stands in coding.csv, with the stretches whose calls were answered.

        Repeats are not in it: `codings(run.path, transcripts)` gives those too.
        """
        info = self.info
        if info is None or not self.table.exists():
            raise RunError(f"{self.path}: nothing is coded here yet; code it first with `autocode run`")
        read = self.read({transcript.id: transcript.sha256 for transcript in info.transcripts})[0]
        return Coding(
            coder=info.model,
            person=info.model,
            kind="model",
            seen=tuple(read.seen),
            missing=tuple(read.missing),
            segments=tuple(row.segment for row in read_table(self.table)),
            stage="independent",
            saw="nothing",
            codebook=info.coded_under,
            codes=info.decided_on(1),
            baseline=info.baseline,
            run=self.name,
        )

    def read(self, hashes: Mapping[str, str], *, reasons: Mapping[str, str] | None = None) -> list[Read]:
        """What its calls have read, repeat by repeat, of texts that are still as they were: `hashes` by id."""
        info = self.made_with
        before = self.earlier(info)
        return read_of(
            Answers(self.plan, self.calls, hashes),
            info,
            before=None if before is None else before.read(hashes)[0],
            reasons=reasons,
        )

    def earlier(self, info: RunInfo) -> Run | None:
        """The run that the coding of unchanged codes is carried over from. Raises RunError where it has gone."""
        if info.since is None:
            return None
        before = Run((self.path / info.since.run).resolve())  # this folder may not be there yet
        if before.info is None:
            raise RunError(
                f"{before.path}: the run that {self.path} carries coding over from is not there; put it back, or make "
                "a new run without --since"
            )
        return before

    @property
    def made_with(self) -> RunInfo:
        """What the run was made with. Raises RunError for a folder that holds no run yet."""
        info = self.info
        if info is None:
            raise RunError(f"{self.path}: there is no run here; make one with `autocode run`")
        return info


def _me() -> dict[str, object]:
    return {"pid": os.getpid(), "host": socket.gethostname(), "user": user(), "since": now()}


def user() -> str:
    """The name of whoever uses this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "unknown"


def _who(holder: Path) -> str:
    try:
        who = json.loads(holder.read_text(encoding="utf-8"))
        return f"process {who['pid']} of {who['user']} on {who['host']}, since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that has not said who it is"


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
