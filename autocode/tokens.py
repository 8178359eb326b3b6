"""How many tokens a text has, counted here and without a network.

The count is exact for OpenAI's models that use the o200k vocabulary; for any other model it is an estimate, and is
called one. The vocabulary is shipped with the package, because tiktoken's own look-up fetches it without a time-out.
"""

from __future__ import annotations

import binascii
import hashlib
import lzma
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

_RANKS = Path(__file__).with_name("o200k_base.tiktoken.xz")
_RANKS_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
# How o200k cuts a text into pieces before merging bytes (from tiktoken, MIT; see NOTICE).
_PIECES = "|".join(
    [
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""",
        r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
        r"""\s*[\r\n]+""",
        r"""\s+(?!\S)""",
        r"""\s+""",
    ]
)


def count_tokens(text: str) -> int:
    """The number of o200k tokens of a text; `<|endoftext|>` in an interview is words like any other.

    >>> count_tokens("She sat down with me.")
    6
    """
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> tiktoken.Encoding:
    import tiktoken

    ranks = lzma.decompress(_RANKS.read_bytes())
    if hashlib.sha256(ranks).hexdigest() != _RANKS_SHA256:
        raise RuntimeError(f"{_RANKS}: the token vocabulary is damaged; install autocode-qda again")
    # Alternately a token in Base64 and its rank, which counts from 0: the hash says that none is missing.
    tokens = ranks.split()[::2]
    return tiktoken.Encoding(
        name="o200k_base",
        pat_str=_PIECES,
        mergeable_ranks={binascii.a2b_base64(token): rank for rank, token in enumerate(tokens)},
        special_tokens={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    )
