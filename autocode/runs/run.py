"""The folder of one run: what it was made with, its plan, its calls, and who holds it."""

from __future__ import annotations

import errno
import getpass
import json
import os
import shutil
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict, ValidationError

from autocode.codebook import asked, code_hash, codebook_hash, scope_hash
from autocode.data import (
    Codebook,
    Coding,
    Data,
    Passage,
    Span,
    Transcript,
    canonical_json,
    sha256,
)
from autocode.errors import RunError
from autocode.files import write_whole
from autocode.loopback import is_loopback
from autocode.runs.batches import Batches
from autocode.runs.journal import Calls, Journal
from autocode.runs.lines import Planned
from autocode.runs.table import read_table


@dataclass(frozen=True, slots=True)
class RunTranscript:
    """A transcript as the run coded it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    sha256: str
    turns: int
    words: int
    source: str = ""


class Approval(Data):
    """Who agreed that interviews leave this machine, for where, and when (UTC)."""

    to: str
    approved_by: str
    at: str
    date: str = ""
    """The date of the approval as the study writes it."""

    def is_the_same(self, other: Approval) -> bool:
        """Whether it is the approval of the same person for the same place, given at whatever hour."""
        return (self.to, self.approved_by, self.date) == (other.to, other.approved_by, other.date)


ROOM_BYTES = 16_000_000
"""What has to be free on the disk before a call is made: more than all that may be in flight."""


class RunInfo(Data):
    """What a run was made with: `run.json`."""

    format: Literal["autocode-run/1"] = "autocode-run/1"
    autocode: str
    """The version of autocode that began it."""
    model: str
    baseline: bool = False
    """Whether that is the embedded baseline, which is no language model."""
    parameters: dict[str, Any]
    base_url: str = ""
    prompt: str
    """The template in full."""
    codebook: Codebook
    """The codebook in full."""
    hashes: dict[str, Any]
    exclude_speakers: tuple[str, ...] = ()
    max_tokens: int
    context_turns: int
    transcripts: tuple[RunTranscript, ...] = ()
    send: tuple[Approval, ...] = ()

    def differences(self, other: RunInfo) -> list[str]:
        """In what two runs differ that makes them two, in words."""
        book, new = self.codebook, other.codebook
        pairs = [
            ("model", self.model, other.model),
            ("codebook", _named(book, self.hashes), _named(new, other.hashes) + _edited(self.hashes, other.hashes)),
            ("prompt", self.hashes["prompt"][:8], other.hashes["prompt"][:8]),
            ("parameters", canonical_json(self.parameters), canonical_json(other.parameters)),
            ("base URL", _elsewhere(self.base_url), _elsewhere(other.base_url)),
            ("exclude_speakers", ", ".join(self.exclude_speakers), ", ".join(other.exclude_speakers)),
            ("max_tokens", str(self.max_tokens), str(other.max_tokens)),
            ("context_turns", str(self.context_turns), str(other.context_turns)),
        ]
        return [f"{what} {old or 'none'}, now {new or 'none'}" for what, old, new in pairs if old != new]


def another_run(path: Path, differences: list[str]) -> RunError:
    """The refusal to mix two runs in one folder."""
    return RunError(
        f"{path}: this run was made with another setting: {'; '.join(differences)}; "
        "give the new one a folder of its own with --out, or raise the version of an edited codebook"
    )


def hashes_of(codebook: Codebook, template: str) -> dict[str, Any]:
    """The hashes that tell one run from another: of the codebook, its codes, their scopes, and the prompt."""
    return {
        "codebook": codebook_hash(codebook),
        "prompt": sha256(template),
        "codes": {code.id: code_hash(code) for code in codebook.codes},
        "scopes": {code.id: scope_hash(codebook, code) for code in codebook.codes},
    }


def _named(codebook: Codebook, hashes: Mapping[str, Any]) -> str:
    return f"{codebook.id} v{codebook.version} ({hashes['codebook'][:8]})"


def _edited(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Which codes differ, in words; nothing where the codebooks are the same."""
    ids = {*old["codes"], *new["codes"]}
    changed = [id for id in sorted(ids) if any(old[k].get(id) != new[k].get(id) for k in ("codes", "scopes"))]
    return f", edited: {', '.join(changed)}" if changed else ""


def _elsewhere(base_url: str) -> str:
    """A base URL as far as it makes another run: which port of this machine a server listens on does not."""
    return "this machine" if base_url and is_loopback(base_url) else base_url


WAITS = "waits in batch"
"""How the reason of a stretch begins whose answer is still with the provider."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch that has no decision, because its call was refused, unreadable or failed: missing, not zero."""

    passages: tuple[Passage, ...]
    repeat: int
    reason: str

    @property
    def waits(self) -> bool:
        """Whether its answer is still to come, in a batch that was handed in."""
        return self.reason.startswith(WAITS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of calls that a provider has not ended yet."""

    batch: str
    """The provider's id."""
    submitted: str
    """UTC."""
    calls: int
    done: int
    """How many of them are done, as the provider says; some say nothing before the end."""
    where: str
    """The provider's address."""


class Run:
    """A folder that remembers every call. The settings are those of a new run; an old one has to have the same.

    `prompt` is a template file (the shipped one if None), `exclude_speakers` are shown but never coded,
    `max_tokens` bounds what one call codes, `context_turns` says how many turns before it are shown, and
    `repeat` how often every passage is asked (the first is the coding, the others show the noise).
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
    ) -> None:
        self.path = Path(path)
        self.prompt = prompt
        self.exclude_speakers = tuple(exclude_speakers)
        self.max_tokens = max_tokens
        self.context_turns = context_turns
        self.repeat = repeat
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
            text = json.dumps(info.model_dump(mode="json", exclude_defaults=False), indent=1, ensure_ascii=True)
            write_whole(self.path / "run.json", text + "\n")
        return info

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
        answered = {head.key for head in self.calls.heads() if head.kind == "code" and head.outcome == "answered"}
        now = {transcript.id: transcript.sha256 for transcript in info.transcripts}
        seen = [
            Passage(p.transcript, Span(p.start, p.end))
            for line in self.plan
            if line.repeat == 1 and line.key in answered
            for p in line.passages
            if now.get(p.transcript) == p.text_sha256
        ]
        return Coding(
            coder=info.model,
            person=info.model,
            kind="model",
            seen=tuple(dict.fromkeys(seen)),
            segments=tuple(row.segment for row in read_table(self.table)),
            stage="independent",
            saw="nothing",
            codebook=str(info.codebook.version),
            codes=tuple(code.id for code in asked(info.codebook)),
            baseline=info.baseline,
            run=self.name,
        )


def run_transcript(transcript: Transcript) -> RunTranscript:
    """What a run remembers of a transcript."""
    words = sum(len(transcript.text[t.span.start : t.span.end].split()) for t in transcript.turns)
    return RunTranscript(
        id=transcript.id,
        sha256=transcript.sha256,
        source=Path(transcript.source).name,
        turns=len(transcript.turns),
        words=words,
    )


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
