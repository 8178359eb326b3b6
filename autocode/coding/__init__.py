"""The hall where the rooms meet: reading, chunking, prompting, asking, grounding and recording in one line."""

from autocode.coding.calling import Progress, StoppedNow
from autocode.coding.deciding import Cell, Cells, Decided, Taken, decided, take_decisions
from autocode.coding.everyone import codings, distinct
from autocode.coding.hall import code, export
from autocode.coding.judging import judge
from autocode.coding.previewing import Preview, preview, since_or_new
from autocode.coding.reviewing import read_for_settling
from autocode.coding.settling import Settled, settle, settled_coding

__all__ = [
    "Cell",
    "Cells",
    "Decided",
    "Preview",
    "Progress",
    "Settled",
    "StoppedNow",
    "Taken",
    "code",
    "codings",
    "decided",
    "distinct",
    "export",
    "judge",
    "preview",
    "read_for_settling",
    "settle",
    "settled_coding",
    "since_or_new",
    "take_decisions",
]
