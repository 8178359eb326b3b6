"""Files -> what moved: the runs, coding and transcripts.csv of a study, and what is compared with what."""

from autocode.drifting.ledger import ledger_files
from autocode.drifting.over_time import drift_over_files
from autocode.drifting.two_runs import ComparedRuns, compare_runs, drift_files

__all__ = ["ComparedRuns", "compare_runs", "drift_files", "drift_over_files", "ledger_files"]
