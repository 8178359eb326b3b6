"""How many tokens a text has, counted here and without a network.

The count is exact for OpenAI's models that use the o200k vocabulary; for any other model it is an estimate, and is
called one. The vocabulary is shipped with the package, because tiktoken's own look-up fetches it without a time-out.
"""

from __future__ import annotations

import hashlib
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

_VOCABULARY = Path(__file__).with_name("o200k_base.zlib")
"""The tokens in the order of their ranks: the length of each in a byte, then all of them in a row."""
_TOKENS = 199_998
_SHA256 = "440741350e7cfa1c0f4869ce742d1b043550adbda5187adcac9e787edac6fba9"
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

    return tiktoken.Encoding(
        name="o200k_base",
        pat_str=_PIECES,
        mergeable_ranks=vocabulary(),
        special_tokens={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    )


def vocabulary() -> dict[bytes, int]:
    """The tokens of o200k, each with its rank: how early it is merged, from 0."""
    packed = zlib.decompress(_VOCABULARY.read_bytes())
    if hashlib.sha256(packed).hexdigest() != _SHA256:
        raise RuntimeError(f"{_VOCABULARY}: the token vocabulary is damaged; install autocode-qda again")
    ranks, at = {}, _TOKENS
    for rank, length in enumerate(packed[:_TOKENS]):
        ranks[packed[at : at + length]] = rank
        at += length
    return ranks
