"""The models of a ledger: each run under the version that it holds, and models' coding in files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autocode.codebook import asked
from autocode.data import Coding
from autocode.drifting.ledger.levels import Shelf, Version
from autocode.drifting.ledger.under import Work
from autocode.runs import RunInfo

if TYPE_CHECKING:
    from autocode.agreement.coefficients import Ints


@dataclass(frozen=True, eq=False)
class Model:
    """A model under one version, with its repeats."""

    name: str
    version: Version
    codes: tuple[str, ...]
    """The codes that it was asked for itself."""
    prompt: str = ""
    run: str = ""
    baseline: bool = False
    repeats: list[Ints] = field(default_factory=list)
    """Decisions as arrays units x codes."""


def of_run(coding: Coding, info: RunInfo, shelf: Shelf) -> Model:
    """The model of a run. Codes that it carried over are the earlier run's, and stand there."""
    codes = info.decided_on(2) if info.since else tuple(code.id for code in asked(info.codebook))
    return Model(
        name=info.model,
        version=shelf.of_run(info),
        codes=codes,
        prompt=str(info.hashes["prompt"])[:8],
        run=coding.run,
        baseline=info.baseline,
    )


def of_file(work: Work, shelf: Shelf) -> Iterator[Model]:
    """A model whose coding stands in files: under each version that it was made with."""
    import numpy as np

    for number in work.used:
        version = shelf.of_number(number)
        values = np.where(work.at == work.numbers.index(number), work.values, -1).astype(np.int8)
        yield Model(
            work.coding.coder, version, tuple(shelf.codes(version)), baseline=work.coding.baseline, repeats=[values]
        )
