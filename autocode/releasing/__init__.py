"""The versions of a study's codebook: comparing them, releasing the next one, and what has to be read again."""

from autocode.releasing.deriving import kinds_written, named_in
from autocode.releasing.release import Release, plan_release, release, release_summary
from autocode.releasing.status import codebook_status
from autocode.releasing.versions import compare_codebooks

__all__ = [
    "Release",
    "codebook_status",
    "compare_codebooks",
    "kinds_written",
    "named_in",
    "plan_release",
    "release",
    "release_summary",
]
