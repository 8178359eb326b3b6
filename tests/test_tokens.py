"""Tokens: the vocabulary we ship is the published one, and a text is counted as tiktoken counts it."""

import base64
import hashlib

import autocode as ac
from autocode import tokens

PUBLISHED = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""SHA-256 of o200k_base.tiktoken, as tiktoken itself checks it (tiktoken_ext/openai_public.py)."""


def test_the_vocabulary_written_as_openai_publishes_it_has_the_published_hash() -> None:
    lines = (b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in tokens.vocabulary().items())
    assert hashlib.sha256(b"".join(lines)).hexdigest() == PUBLISHED


def test_words_that_mean_something_to_the_vocabulary_are_words_like_any_other_in_an_interview() -> None:
    assert ac.count_tokens("<|endoftext|>") > 1
