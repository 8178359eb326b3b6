"""A run folder -> one side of a comparison: its repeats, as far as it asked itself, and which calls answered what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocode.coding import codings
from autocode.data import CallPassage, Coding, Transcript
from autocode.errors import InputError, RunError
from autocode.runs import Answers, Run, RunInfo, read_verdicts


@dataclass(frozen=True)
class Side:
    """One of the two runs."""

    run: Run
    info: RunInfo

    @classmethod
    def of(cls, path: Path) -> Side:
        """The run in a folder. Raises RunError where it is none, InputError where there is nothing."""
        if not path.exists():
            raise InputError("there is nothing here; name a run folder", path=path)
        run = Run(path.parent if path.name == "coding.csv" else path)
        if run.info is None:
            raise RunError(
                f"{path}: this is no run; two versions are compared by their runs, and people's coding is named with "
                "--humans; how far two codings or two passes agree says `autocode agree`, and whether they drifted "
                "apart `autocode drift --over date`"
            )
        return cls(run, run.info)

    @property
    def asked(self) -> tuple[str, ...]:
        """The codes that the run itself asked for, of every transcript; blank: all."""
        return self.info.decided_on(2) if self.info.since else ()

    def codings(self, texts: Iterable[Transcript]) -> list[Coding]:
        """The repeats; of a run that carried coding over, as far as it asked itself."""
        found = codings(self.run.path, texts)
        if not self.asked:
            return found
        only = frozenset(self.asked)
        return [
            coding.model_copy(
                update={"codes": self.asked, "segments": tuple(s for s in coding.segments if s.code in only)}
            )
            for coding in found
        ]

    def calls(self, hashes: Mapping[str, str]) -> Iterator[Sequence[CallPassage]]:
        """The stretches of each answered call."""
        answers = Answers(self.run.plan, self.run.calls, hashes)
        for repeat in answers.repeats:
            for codes in answers.code_sets:
                for line in answers.standing(repeat, codes):
                    yield answers.usable(line.passages)

    def notes(self, hashes: Mapping[str, str]) -> Iterator[str]:
        """What a reader of the figures has to know of this run."""
        if self.info.since is not None:
            yield (
                f"{self.run.name}: only the codes that it asked for are compared ({', '.join(self.asked)}); the others "
                f"are the coding of {self.info.since.name}, carried over"
            )
        models = sorted({model for read in self.run.read(hashes) for model in read.models})
        if len(models) > 1:
            yield (
                f"{self.run.name}: answered by {' and '.join(models)}, so its noise is that of several; "
                "look at it with --over order"
            )
        if self.run.verdicts.exists():
            n = len(read_verdicts(self.run.verdicts))
            yield f"{self.run.name}: people's verdicts on {n} quotes are not in these figures: they are the model's own"
