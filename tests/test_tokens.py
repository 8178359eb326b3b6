"""Tokens: the vocabulary we ship is the published one, and a text is counted as tiktoken counts it."""

import base64
import hashlib
from functools import cache

import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

import autocode as ac
from autocode import tokens

PUBLISHED = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
"""SHA-256 of o200k_base.tiktoken, as tiktoken itself checks it (tiktoken_ext/openai_public.py)."""

LATIN = st.characters(max_codepoint=0x27F)
SIGNS = st.sampled_from("‘’“”„–—…•€™→")
OTHERS = st.characters(exclude_categories=())


@cache
def whole() -> tiktoken.Encoding:
    return tiktoken.Encoding("o200k", pat_str=tokens._PIECES, mergeable_ranks=tokens.vocabulary(), special_tokens={})


def test_the_vocabulary_written_as_openai_publishes_it_has_the_published_hash() -> None:
    by_rank = sorted(tokens.vocabulary().items(), key=lambda token: token[1])
    lines = (b"%s %d\n" % (base64.b64encode(token), rank) for token, rank in by_rank)
    assert hashlib.sha256(b"".join(lines)).hexdigest() == PUBLISHED


@settings(deadline=None)  # the first text loads the vocabulary
@given(st.one_of(st.text(LATIN | SIGNS), st.text(OTHERS), st.text(LATIN | OTHERS)))
def test_a_text_in_any_script_has_as_many_tokens_as_by_the_whole_vocabulary(text: str) -> None:
    assert ac.count_tokens(text) == len(whole().encode_ordinary(text))


@pytest.mark.parametrize(
    "speech", ["“I’d never – never! – say so…”", "Łódź, Größe, œuvre, ¿qué?", "да", "謝謝", "ok 👍🏽"]
)
def test_words_of_several_tokens_are_counted_by_the_whole_vocabulary(speech: str) -> None:
    assert ac.count_tokens(speech) == len(whole().encode_ordinary(speech))


def test_words_that_mean_something_to_the_vocabulary_are_words_like_any_other_in_an_interview() -> None:
    assert ac.count_tokens("<|endoftext|>") > 1
