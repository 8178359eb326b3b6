"""What a comparison of coders rests on, kept together for whoever reports on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autocode.agreement.naming import independent
from autocode.data import Agreement, Codebook, Coding, Disputes, Transcript
from autocode.runs import RunInfo

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Basis:
    """The figures of agreement with the codings, units, transcripts and codebook that they come from."""

    agreement: Agreement
    disputes: Disputes
    """Every passage on which coders differ, with its words."""
    units: DataFrame
    """As `units()` makes it: what every coder decided on every unit, code by code."""
    codings: Sequence[Coding]
    transcripts: Sequence[Transcript]
    """All that the study has, read by a coder or not."""
    codebook: Codebook
    exclude_speakers: Sequence[str] = ()
    approach: str = ""
    """Of the study; sets the words of a report, never the data."""
    versions: Mapping[str, Codebook] = field(default_factory=dict)
    """Earlier versions of the codebook, by number."""
    runs: Mapping[str, RunInfo] = field(default_factory=dict)
    """What each run among the codings was made with, by its name."""

    sources: Sequence[Path] = ()
    """The files and folders that the codings come from."""

    @property
    def codes(self) -> list[str]:
        """The codes that the table of units has decisions on, in the order of the codebook."""
        return list(dict.fromkeys(str(code) for code in self.units.columns.get_level_values(1) if code))

    @property
    def people(self) -> list[Coding]:
        """The codings that figures of people rest on: those who coded independently, each person once."""
        return [self.codings[i] for i in independent(self.codings)]
