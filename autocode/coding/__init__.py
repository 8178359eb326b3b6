"""The hall where the rooms meet: reading, chunking, prompting, asking, grounding and recording in one line."""

from autocode.coding.calling import Progress
from autocode.coding.everyone import codings, distinct
from autocode.coding.hall import Preview, code, export, preview
from autocode.coding.judging import judge

__all__ = ["Preview", "Progress", "code", "codings", "distinct", "export", "judge", "preview"]
