"""The hall where the rooms meet: reading, chunking, prompting, asking, grounding and recording in one line."""

from autocode.coding.calling import Progress, StoppedNow
from autocode.coding.everyone import codings, distinct
from autocode.coding.hall import code, export
from autocode.coding.judging import judge
from autocode.coding.previewing import Preview, preview, since_or_new

__all__ = [
    "Preview",
    "Progress",
    "StoppedNow",
    "code",
    "codings",
    "distinct",
    "export",
    "judge",
    "preview",
    "since_or_new",
]
