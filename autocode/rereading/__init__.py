"""What has to be read again since the codebook changed: who decided what under which version, and what became of it."""

from autocode.rereading.definitions import decided_under
from autocode.rereading.owed import owed, owed_sentence, stale_in
from autocode.rereading.standing import coders_files, marked_version, runs_of

__all__ = ["coders_files", "decided_under", "marked_version", "owed", "owed_sentence", "runs_of", "stale_in"]
