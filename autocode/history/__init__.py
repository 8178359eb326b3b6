"""What became of a codebook: what changed between versions, what of it can still be compared, and who used which.

two codebooks → `diff_codebooks` → `CodebookDiff`         two codebooks → `lineage` → `Lineage`
"""

from autocode.history.declared import odd_changes
from autocode.history.diff import TELLS, diff_codebooks
from autocode.history.lineage import lineage, refuse_circle
from autocode.history.marks import RELEASED, edited_since, marked, marked_number, released_hash, was_edited
from autocode.history.merging import Merges, gone, split_since

__all__ = [
    "RELEASED",
    "TELLS",
    "Merges",
    "diff_codebooks",
    "edited_since",
    "gone",
    "lineage",
    "marked",
    "marked_number",
    "odd_changes",
    "refuse_circle",
    "released_hash",
    "split_since",
    "was_edited",
]
