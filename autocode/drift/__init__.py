"""What moved: between two versions of a codebook, prompt or model, or over time, beyond what chance does.

units -> `compare` -> `Drift`      two versions
units -> `watch` -> `DriftOverTime`      two coders, over time

Blocks are the calls that units move with; labels deals the version labels anew; versions has the two questions of a
code, discoveries what may be said of many; beside holds a change against people's coding; sides
says which units both versions read; comparing and holding put it in words.
Splits has the statistics over time, redefined what two decided under different definitions, two_coders its words,
and watching who is held beside whom.
"""

from autocode.drift.comparing import MOVED, compare
from autocode.drift.discoveries import named
from autocode.drift.splits import contrast, largest_cusum, residuals, tally
from autocode.drift.stories import stories
from autocode.drift.two_coders import STILL
from autocode.drift.versions import Measured, Moved, judge, measure, versions
from autocode.drift.watching import watch

__all__ = [
    "MOVED",
    "STILL",
    "Measured",
    "Moved",
    "compare",
    "contrast",
    "judge",
    "largest_cusum",
    "measure",
    "named",
    "residuals",
    "stories",
    "tally",
    "versions",
    "watch",
]
