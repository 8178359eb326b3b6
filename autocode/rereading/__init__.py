"""What has to be read again since the codebook changed: who decided what under which version, and what became of it."""

from autocode.rereading.owed import owed, owed_sentence

__all__ = ["owed", "owed_sentence"]
