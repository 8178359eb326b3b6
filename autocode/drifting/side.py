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

    def size_of_a_call(self, hashes: Mapping[str, str]) -> float:
        """How many characters of interviews were answered in a call, in the mean."""
        sizes = [sum(p.end - p.start for p in passages) for passages in self.calls(hashes)]
        return sum(sizes) / max(1, len(sizes))

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


LARGER = 1.5
"""So many times larger are calls that make as many repeats of both versions be compared."""


def as_many_of_both(
    sides: tuple[Side, Side], repeats: Sequence[Sequence[Coding]], hashes: Mapping[str, str]
) -> tuple[list[Sequence[Coding]], list[str]]:
    """The repeats to compare, and what is to be told: as many of both where the version with fewer has larger calls.

    A larger call has more luck in common, so that dealing labels anew promises too much there. In simulated studies
    without a change (correlation in a call 0.3), with 2 repeats in calls of 120 units and 8 in calls of 15, 14 % had a
    code that was said to have moved; with as many repeats of both at most 6 % had.
    """
    counts = [len(each) for each in repeats]
    few, many = (0, 1) if counts[0] <= counts[1] else (1, 0)
    n = counts[few]
    if n == counts[many] or sides[few].size_of_a_call(hashes) < LARGER * sides[many].size_of_a_call(hashes):
        return [*repeats], []
    told = (
        f"{sides[few].run.name} was asked {n} times and {sides[many].run.name} {counts[many]} times, in smaller calls: "
        f"the first {n} of both are compared, since with more of one, more codes would be named by chance than is "
        "promised"
    )
    return [each[:n] for each in repeats], [told]
