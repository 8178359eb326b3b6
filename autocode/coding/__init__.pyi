"""The names of the room, and the file that each comes from."""

from .deciding import Cell, Cells, Decided, Taken, decided, take_decisions
from .everyone import codings, distinct
from .hall import code, export
from .judging import judge
from .previewing import Preview, preview, since_or_new
from .progress import Progress, StoppedNow
from .reviewing import read_for_settling
from .settling import Settled, settle, settled_coding

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
