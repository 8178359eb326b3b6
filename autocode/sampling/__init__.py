"""Plan before coding: which turns people code, what that will be worth, and how often a held-out sample was looked at.

transcripts → `draw` → samples/NAME.csv;   transcripts + coding so far → `plan`;   a comparison → a line of its looks
"""

from autocode.sampling.drawing import Purpose, Sample, SampledTurn, draw
from autocode.sampling.expecting import expected_width
from autocode.sampling.files import (
    other_samples,
    read_sample,
    refuse_to_replace,
    sample_files,
    sample_path,
    unknown_turns,
    write_sample,
)
from autocode.sampling.looks import Look, note_looks, read_looks, restricted
from autocode.sampling.planning import CodePlan, SamplePlan, plan

__all__ = [
    "CodePlan",
    "Look",
    "Purpose",
    "Sample",
    "SamplePlan",
    "SampledTurn",
    "draw",
    "expected_width",
    "note_looks",
    "other_samples",
    "plan",
    "read_looks",
    "read_sample",
    "refuse_to_replace",
    "restricted",
    "sample_files",
    "sample_path",
    "unknown_turns",
    "write_sample",
]
