"""A study on disk: where its files lie, what they hold, and whose words have to stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.config import CODEBOOKS, FILE, Config, add_setting, find_study
from autocode.data import Codebook, Coding, Transcript, Unit
from autocode.errors import ConfigError, InputError, TranscriptError, nearest
from autocode.loopback import is_loopback
from autocode.reading import Participants, read_codebook, read_participants, read_transcripts
from autocode.runs import Approval, Run, RunSample
from autocode.sending import Sending, refuse_examples_of
from autocode.shelf import Shelf

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Study:
    """The folder that holds `autocode.yaml`; or, without one, the working folder and a folder of transcripts."""

    root: Path
    config: Config
    left_out: frozenset[str] = frozenset()
    """Transcripts that cannot be read, and that somebody said to go on without: their ids and file names."""

    @classmethod
    def at(cls, where: Path | str, *, transcripts: bool = False) -> Study:
        """The study that a folder is; or, for transcripts, the study (if any) of the working folder with these.

        `transcripts` says that a folder without settings is meant as a folder of transcripts.

        Raises InputError where there is nothing there, or neither a study nor transcripts were given.
        """
        where = Path(where)
        config = find_study(where)
        if config is not None:
            return cls(where, config)
        if not where.exists():
            raise InputError("there is nothing here; name a study folder or a folder of transcripts", path=where)
        if where.resolve() == Path().resolve() and not transcripts:
            raise InputError(
                f"this folder holds no {FILE}, so it is no study; make one (it may be empty), or name a folder of "
                "transcripts with --codebook",
                path=where.resolve(),
            )
        return cls.here().with_transcripts(where)

    @classmethod
    def of_folder(cls, where: Path) -> Study | None:
        """The study that a folder is, if it is one."""
        config = find_study(where)
        return cls(where, config) if config else None

    @classmethod
    def of_run(cls, run: Path) -> Study | None:
        """The study that a run folder lies in (`STUDY/runs/NAME`), if it does."""
        folder = run.resolve().parent.parent
        config = find_study(folder)
        return cls(folder, config) if config else None

    @classmethod
    def around(cls, paths: Iterable[Path], transcripts: Path | None = None) -> Study:
        """The study that coding and runs belong to: one of them if it is one, else the working folder, else the one
        around a run; with other transcripts, where they are named.

        Raises ConfigError where there is no study and no transcripts are named.
        """
        paths = list(paths)
        named = next((study for path in paths if (study := cls.of_folder(path))), None)
        around = (study for path in paths if Run(path).info and (study := cls.of_run(path)))
        study = named or cls.of_folder(Path()) or next(around, None) or cls.here()
        if transcripts is not None:
            return study.with_transcripts(transcripts)
        if not study.config.file:
            raise ConfigError(
                "the transcripts are needed to place what was coded; name their folder with --transcripts"
            )
        return study

    def stranger(self) -> Path | None:
        """The study whose transcripts these are, where it is not this one: its rules for sending are not known here."""
        place = self.config.transcripts.resolve()
        for folder in (place, *place.parents[:2]):
            if (folder / FILE).exists() or (folder / "participants.csv").exists():
                return None if folder == self.root.resolve() else folder
        return None

    def unknown_speakers(self, transcripts: Iterable[Transcript], codebook: Codebook) -> list[str]:
        """What is to be told of speakers that settings or codes name and no transcript has."""
        known = {turn.speaker for transcript in transcripts for turn in transcript.turns}
        named = [("exclude_speakers", label) for label in self.config.exclude_speakers]
        named += [(f'the code "{code.id}"', label) for code in codebook.codes for label in code.speakers]
        return [
            f'{where} names the speaker "{label}", whom no transcript has{nearest(label, known)}'
            for where, label in named
            if label not in known
        ]

    @classmethod
    def here(cls) -> Study:
        """The working folder: a study if it holds `autocode.yaml`, else a place without settings."""
        return cls(Path(), find_study(Path()) or Config(transcripts=Path(), codebook=Path(), coding=Path()))

    def with_transcripts(self, where: Path) -> Study:
        """The same study with its transcripts elsewhere."""
        return replace(self, config=self.config.model_copy(update={"transcripts": where}))

    def sources(self, paths: Sequence[Path]) -> list[Path]:
        """The coding files, folders and runs that some paths stand for: a study stands for its coding and its runs."""
        found: list[Path] = []
        for path in paths:
            study = find_study(path)
            if study is None:
                found.append(path)
            else:
                found += [study.coding] * study.coding.exists() + Study(path, study).runs()
        return found

    def without(self, bad: Iterable[TranscriptError]) -> Study:
        """The same study without transcripts that cannot be read: what people coded there is passed over."""
        folder = self.config.transcripts
        paths = [error.path for error in bad if error.path is not None]
        files = [path.relative_to(folder) if path.is_relative_to(folder) else path for path in paths]
        return replace(self, left_out=frozenset(f.as_posix() for file in files for f in (file, file.with_suffix(""))))

    def excluding(self, speakers: Sequence[str] | None, *, without_settings: Sequence[str] = ()) -> Study:
        """The same study with other excluded speakers, where a flag names them.

        `without_settings` are those of a run: they stand where nobody names any and there is no autocode.yaml.
        """
        if not self.config.file:
            speakers = speakers or without_settings
        if not speakers:
            return self
        return replace(self, config=self.config.model_copy(update={"exclude_speakers": tuple(speakers)}))

    def codebook(self, path: Path | None = None) -> Codebook:
        """The codebook of the study, or the one of a flag."""
        path = path or self.config.codebook
        if path == Path():
            raise ConfigError(
                f"there is no codebook; name one with --codebook, or a study: a folder with {CODEBOOKS[0]} and {FILE} "
                "(which may be empty)"
            )
        return read_codebook(path)

    def transcripts(
        self, *, encoding: str | None = None, skip_bad: bool = False
    ) -> tuple[list[Transcript], list[TranscriptError]]:
        """The transcripts in order of id, and what is wrong with those that cannot be read.

        Without `skip_bad` any bad file is an error, which names all of them.
        """
        bad: list[TranscriptError] = []
        found = list(self._read(encoding, bad))
        self._refuse(bad, len(found), skip_bad=skip_bad)
        return found, bad

    def shelf(self, *, encoding: str | None = None, skip_bad: bool = False) -> tuple[Shelf, list[TranscriptError]]:
        """The same as `transcripts`, on a shelf: not all of them in memory where they are many."""
        bad: list[TranscriptError] = []
        shelf = Shelf(self._read(encoding, bad))
        self._refuse(bad, len(shelf), skip_bad=skip_bad)
        return shelf, bad

    def _read(self, encoding: str | None, bad: list[TranscriptError]) -> Iterator[Transcript]:
        return read_transcripts(
            self.config.transcripts,
            encoding=encoding or self.config.encoding or None,
            speakers=self.config.speakers,
            on_bad=bad.append,
        )

    @staticmethod
    def _refuse(bad: list[TranscriptError], found: int, *, skip_bad: bool) -> None:
        if bad and (not skip_bad or not found):
            listed = "\n".join(str(error) for error in bad)
            more = "; --skip-bad goes on without them" if found else ""
            raise TranscriptError(f"{listed}\n{len(bad)} of {len(bad) + found} transcripts cannot be read{more}")

    def participants(self) -> Participants:
        """What participants.csv says of the people in the study; nothing where there is none."""
        path = self.root / "participants.csv"
        return read_participants(path) if path.exists() else Participants()

    def versions(self) -> dict[str, Codebook]:
        """The frozen earlier versions of the codebook, by number."""
        found = {}
        for path in sorted((self.root / "codebook").glob("v*.yaml")):
            if number := re.fullmatch(r"v(\d+)", path.stem):
                found[number.group(1)] = read_codebook(path)
        return found

    def codings(
        self,
        paths: Iterable[Path],
        transcripts: Sequence[Transcript],
        codebook: Codebook | None,
        *,
        versions: Mapping[str, Codebook] | None = None,
        wide: Sequence[str] = (),
        yes_from: float | None = None,
        encoding: str | None = None,
    ) -> Iterator[Coding]:
        """Every coder's coding in some files, folders and runs, by the study's settings and versions."""
        from autocode.coding import codings

        kept = self.versions() if versions is None else versions
        for path in paths:
            yield from codings(
                path,
                transcripts,
                codebook=codebook,
                exclude_speakers=self.config.exclude_speakers,
                versions=kept,
                wide=wide,
                yes_from=yes_from,
                encoding=encoding,
                left_out=self.left_out,
            )

    def units(
        self,
        coders: Sequence[Coding],
        transcripts: Sequence[Transcript],
        codebook: Codebook,
        *,
        by: Unit | None = None,
    ) -> DataFrame:
        """Codings side by side, a row a unit, by the study's settings; `by` is another unit than the study's."""
        from autocode.agreement import units

        return units(
            coders,
            transcripts,
            codebook,
            by=by or self.config.unit,
            exclude_speakers=self.config.exclude_speakers,
            persons=self.participants().persons,
        )

    def runs(self) -> list[Path]:
        """The runs of the study, by name."""
        found = sorted(path.parent for path in (self.root / "runs").glob("*/run.json"))
        return [run for run in found if any(Run(run).calls.heads())]  # one that never had an answer is no coding

    def run(
        self,
        path: Path,
        *,
        prompt: Path | None = None,
        repeat: int = 1,
        since: Path | None = None,
        sample: RunSample | None = None,
    ) -> Run:
        """A run folder by the study's settings, new or to be resumed; `prompt` is another template than the study's."""
        return Run(
            path,
            prompt=prompt or self.config.prompt,
            exclude_speakers=self.config.exclude_speakers,
            max_tokens=self.config.max_tokens,
            context_turns=self.config.context_turns,
            repeat=repeat,
            since=since,
            sample=sample,
        )

    def refuse_run_among_files(self, run: Path) -> None:
        """Raises ConfigError for a run folder that would lie among the interviews or people's coding."""
        for what, folder in (("transcripts", self.config.transcripts), ("coding", self.config.coding)):
            if folder != Path() and folder.is_dir() and run.resolve().is_relative_to(folder.resolve()):
                raise ConfigError(f"a run does not belong among the {what}; choose another folder with --out", path=run)

    def kept_here(self, ids: Iterable[str]) -> list[str]:
        """The transcripts of people who said that no other machine may have their words (`ai_cloud: no`).

        Raises ConfigError where participants.csv keeps back a transcript by a name that none of these has: a slip of
        the pen there must not send anybody's words.
        """
        known = set(ids)
        kept = self.participants().kept_here
        if unknown := sorted(kept - known):
            raise ConfigError(
                f'ai_cloud is no for "{unknown[0]}", and no transcript here has that name{nearest(unknown[0], known)}; '
                "correct it, so that nobody's words are sent by mistake",
                path=self.root / "participants.csv",
            )
        return sorted(kept)

    def refuse_examples_of(self, kept: Iterable[str], codebook: Codebook) -> None:
        """Raises ConfigError where the codebook quotes somebody whose words have to stay on this machine."""
        refuse_examples_of(kept, codebook)

    def sending(self, endpoint: str, transcripts: Iterable[Transcript]) -> Sending | None:
        """What asking a model at this address sends to another machine; None where it is this machine."""
        if is_loopback(endpoint):
            return None
        if (folder := self.stranger()) is not None:
            raise ConfigError(
                f"the transcripts belong to the study {folder}, which says whose words may leave this machine; run it "
                f"as `autocode run {folder}`",
                path=self.config.transcripts,
            )
        return Sending.of(endpoint, transcripts, exclude_speakers=self.config.exclude_speakers)

    def approval(self, wanted: Sending, *, send: str | None, approved_by: str | None) -> Approval | None:
        """Who has approved the sending already, by flag or in autocode.yaml; None: nobody has been asked yet.

        Raises ConfigError where the study says that interviews stay on this machine.
        """
        return wanted.approval(self.config, send=send, approved_by=approved_by)

    def write_approval(self, approval: Approval) -> None:
        """Write the approval into autocode.yaml, so that it is not asked for again."""
        send = {"to": "cloud", "approved_by": approval.approved_by, "date": approval.at[:10]}
        add_setting(self.root / FILE, "send", send)


def refuse_missing(paths: Iterable[Path]) -> None:
    """Raises InputError for a coding file, folder, run or study that is not there."""
    for path in paths:
        if not path.exists():
            raise InputError("there is nothing here; name coding files, folders of them, runs or a study", path=path)


def find_runs(where: Path | str) -> list[Path]:
    """The run folders that a path stands for, by name: itself, those of the study that it is, or those in it.

    Those without an answer are among them. Raises InputError where there is neither a run nor a study.
    """
    where = Path(where)
    if (where / "run.json").exists():
        return [where]
    study = find_study(where)
    found = sorted(path.parent for path in (where / "runs" if study else where).glob("*/run.json"))
    if not found and study is None:
        raise InputError("there is no run here; name a run folder, a folder of them, or a study", path=where)
    return found


def run_name(codebook: Codebook, model: str) -> str:
    """The default name of a run, so that the same command finds it again.

    >>> run_name(Codebook(id="support", version=3, codes=()), "openai/gpt-5-mini")
    'support-v3-openai-gpt-5-mini'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{codebook.id}-v{codebook.version}-{model}")
