"""A name that somebody gives (a file, a version, a run) → the codebook that it means, and who coded under it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autocode.config import find_study
from autocode.data import Codebook, CodebookDiff, Use
from autocode.errors import CodebookError, ConfigError
from autocode.history import diff_codebooks, edited_since, marked, marked_number
from autocode.reading import read_codebook, read_coders
from autocode.runs import Run, RunInfo
from autocode.study import Study, find_runs

_VERSION = re.compile(r"[vV]?(\d{1,9})\+?")
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".docx", ".ods")


@dataclass(frozen=True)
class Named:
    """A codebook, and what it was called by."""

    name: str
    book: Codebook
    notes: tuple[str, ...] = ()
    is_table: bool = False
    """Whether its id is only the name of its file, and its version only 1."""

    def label(self, versions: Versions) -> str:
        """Its version as it is printed; blank for a table."""
        return "" if self.is_table else versions.label(self.book)


@dataclass(frozen=True)
class Versions:
    """The codebooks of a study: today's, the frozen ones by number, and those that its runs hold."""

    root: Path | None
    current: Codebook | None
    path: Path
    frozen: Mapping[str, Codebook]
    runs: Mapping[str, RunInfo]

    @classmethod
    def of(cls, study: Study | None) -> Versions:
        """What a study keeps; nothing where there is none."""
        if study is None or not study.config.file:
            return cls(None, None, Path(), {}, {})
        path = study.config.codebook
        runs = {run.name: info for each in find_runs(study.root) if (info := (run := Run(each)).info)}
        current = read_codebook(path) if path.exists() else None
        return cls(study.root, current, path, study.versions(), runs)

    def named(self, name: str) -> Named:
        """The codebook that a file, a run, a study or a version means.

        Raises CodebookError for a version that nobody kept, and for a name that is none of these.
        """
        path = Path(name)
        if (info := Run(path.parent if path.name == "run.json" else path).info) is not None:
            return Named(name, info.codebook)
        if path.is_dir() and (config := find_study(path)) is not None:
            return Named(name, read_codebook(config.codebook))
        if path.is_file():
            book = read_codebook(path)
            notes = tuple(note for note in book.notes if "names the code" not in note)
            return Named(name, book, notes, is_table=path.suffix.casefold() in _TABLES)
        if name in self.runs:
            return Named(f"runs/{name}", self.runs[name].codebook)
        if version := _VERSION.fullmatch(name):
            return self._version(str(int(version[1])), name)
        raise CodebookError(
            f'there is no file, run or version called "{name}"; name a codebook file, a frozen version such as v2, or '
            f"a run ({self._kept()})"
        )

    def _version(self, number: str, name: str) -> Named:
        if number in self.frozen:
            return Named(f"v{number}", self.frozen[number])
        if self.current is not None and str(self.current.version) == number:
            return Named(f"v{number} ({self.path.name})", self.current)
        for run, info in self.runs.items():
            if str(info.codebook.version) == number:
                note = f"version {number} was never frozen; taken as the run {run} holds it"
                return Named(f"v{number} (runs/{run})", info.codebook, (note,))
        if self.root is None:
            raise ConfigError(
                f'"{name}" is a version, and versions belong to a study; give the command in its folder, or name it '
                "with --study"
            )
        raise CodebookError(f"version {number} of the codebook is not kept: {self._kept()}", path=self.root)

    def _kept(self) -> str:
        """What there is to choose from, in words."""
        frozen = sorted(self.frozen, key=int)
        parts = [f"frozen: {', '.join(f'v{number}' for number in frozen) or 'none'}"]
        if self.current is not None:
            parts.append(f"today's is v{self.current.version}")
        if self.runs:
            parts.append(f"runs: {', '.join(list(self.runs)[:5])}")
        return "; ".join(parts)

    def between(self, old: Codebook, new: Codebook) -> Iterator[str]:
        """Told of versions between two that nobody kept: what changed in which of them only `changes` can say."""
        held = {*self.frozen, *(str(info.codebook.version) for info in self.runs.values())}
        lost = [n for n in range(old.version + 1, new.version) if str(n) not in held]
        if lost and self.root is not None:
            shown = ", ".join(f"v{n}" for n in lost[:8]) + (" …" if len(lost) > 8 else "")
            yield f"not kept: {shown}; what changed in which version follows only from `changes`"

    def label(self, book: Codebook) -> str:
        """The version of a codebook as it is printed, `3` or `3+`."""
        return marked(book, self.frozen, self.current)


def compare_codebooks(old: str, new: str, study: Study | None = None) -> CodebookDiff:
    """What became of each code between two codebooks, and who coded under which of the two.

    Each is a file, a version of the study (`v2`), or a run. Raises CodebookError for what is none of these, and where
    declared merges and splits form a circle.
    """
    versions = Versions.of(study)
    ours, theirs = versions.named(old), versions.named(new)
    notes = [*ours.notes, *theirs.notes, *edited_since(versions.frozen), *versions.between(ours.book, theirs.book)]
    if ours.book.id != theirs.book.id and not (ours.is_table and theirs.is_table):
        notes.append(
            f'these are two codebooks, "{ours.book.id}" and "{theirs.book.id}": codes are compared by their ids, which '
            "says something only if one was made from the other"
        )
    labels = ours.label(versions), theirs.label(versions)
    if ours.is_table and theirs.is_table:  # their ids are only the names of their files
        ours = replace(ours, book=ours.book.model_copy(update={"id": theirs.book.id}))
    found = diff_codebooks(ours.book, theirs.book, names=(ours.name, theirs.name), versions=labels, notes=notes)
    if ours.book.version == theirs.book.version and not found.same and not (ours.is_table or theirs.is_table):
        said = (
            f"both call themselves version {theirs.book.version}, with different contents; release the newer one with "
            "`autocode codebook release`, so that it has a number of its own"
        )
        found = found.model_copy(update={"notes": (*found.notes, said)})
    used = tuple(use for use in uses(study, versions) if _is_of(use.version, labels))
    return found.model_copy(update={"used": used})


def _is_of(version: str, labels: tuple[str, str]) -> bool:
    if version.startswith("mixed "):
        parts = {part.strip().lstrip("v").rstrip("+") for part in version.removeprefix("mixed ").split("+")}
        return not parts.isdisjoint(label.rstrip("+") for label in labels)
    if not version:  # not declared: it may be one of the two, if they are versions at all
        return any(labels)
    return version.rstrip("+") in {label.rstrip("+") for label in labels}


def uses(study: Study | None, versions: Versions) -> list[Use]:
    """Who coded under which version: people as coders.csv says, runs as they hold it; sorted by version."""
    found: list[Use] = []
    for name, info in versions.runs.items():
        own = versions.label(info.codebook)
        version = f"mixed v{info.since.version}+v{own}" if info.since else own
        found.append(Use(who=name, kind="model", version=version, transcripts=len(info.transcripts)))
    if study is not None and (coders := study.config.coding / "coders.csv").is_file():
        counts: Counter[tuple[str, str]] = Counter()
        kinds = {}
        for coder, transcript, version, kind in dict.fromkeys(
            (r.coder, r.transcript, _plain(r.codebook), r.kind) for r in read_coders(coders)[0]
        ):
            counts[coder, version] += bool(transcript)
            kinds[coder] = kind
        found += [
            Use(who=coder, kind=kinds[coder], version=marked_number(version, versions.frozen), transcripts=n)
            for (coder, version), n in counts.items()
        ]
    return sorted(found, key=lambda use: (use.version == "", use.version, use.kind, use.who))


def _plain(version: str) -> str:
    return version.strip().casefold().removeprefix("v").removesuffix(".0")
