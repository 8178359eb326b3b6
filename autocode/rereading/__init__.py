"""What has to be read again since the codebook changed: who decided what under which version, and what became of it."""

from autocode.rereading.owed import owed, owed_sentence, stale_in
from autocode.rereading.standing import marked_version, runs_of

__all__ = ["marked_version", "owed", "owed_sentence", "runs_of", "stale_in"]
