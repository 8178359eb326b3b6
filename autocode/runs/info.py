"""What a run is made with, as nouns: its codebook, prompt, model, parameters and transcripts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from autocode.codebook import asked, code_hash, codebook_hash, scope_hash
from autocode.data import Codebook, Data, Transcript, Turn, canonical_json, sha256
from autocode.loopback import is_loopback


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


class CodeSet(Data):
    """Codes that are asked for together."""

    codes: tuple[str, ...]
    carried: bool = False
    """Whether it is for transcripts whose other codes an earlier run has coded. The prompt then holds all codes."""


class Since(Data):
    """The earlier run that the coding of unchanged codes is carried over from."""

    run: str
    """Its folder, from this run's folder."""
    name: str
    version: int
    """Of its codebook."""
    codes: tuple[str, ...]
    """The codes whose coding is carried over."""


class RunSample(Data):
    """The turns that a run is about, where it is not about whole interviews."""

    name: str
    """Of the sample in the study's folder `samples`."""
    turns: dict[str, tuple[int, ...]]
    """The numbers of the turns, by transcript."""

    def __str__(self) -> str:
        n = sum(map(len, self.turns.values()))
        return f"{self.name} ({n} turns, {sha256(canonical_json(self.turns))[:8]})"


class Workers(Data):
    """An executor whose workers made calls of a run: what they sent came to them first."""

    executor: str
    """Its class, by its full name."""
    first: str
    """When the first call was about to go to them (UTC)."""

    @property
    def here(self) -> bool:
        """Whether they are threads or processes of this machine. Of other executors nobody knows where they are."""
        return self.executor.startswith("concurrent.futures.")


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
    code_sets: tuple[CodeSet, ...] = ()
    """The codes in the groups in which they are asked for; blank: all at once."""
    since: Since | None = None
    sample: RunSample | None = None
    """The turns that it is about; None: all of them."""
    workers: tuple[Workers, ...] = ()
    """The executors that calls were made by; blank: this process made them all."""

    def codes_turn(self, transcript: str, turn: Turn) -> bool:
        """Whether a turn is to be coded: its speaker is not excluded, and it is in the sample, if there is one."""
        inside = self.sample is None or turn.number in self.sample.turns.get(transcript, ())
        return inside and turn.speaker not in self.exclude_speakers

    @property
    def coded_under(self) -> str:
        """The version of the codebook, or `mixed v2+v3`."""
        now = str(self.codebook.version)
        return f"mixed v{self.since.version}+v{now}" if self.since else now

    def decided_on(self, repeat: int) -> tuple[str, ...]:
        """The codes that there is a decision on: in a repeat of a run that carries over, those that are asked again."""
        if self.since is not None and repeat > 1:
            return tuple(code for each in self.code_sets if each.carried for code in each.codes)
        return tuple(code.id for code in asked(self.codebook))

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
            ("sample", str(self.sample or ""), str(other.sample or "")),
            ("--since", self.since.name if self.since else "", other.since.name if other.since else ""),
        ]
        return [f"{what} {old or 'none'}, now {new or 'none'}" for what, old, new in pairs if old != new]


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
