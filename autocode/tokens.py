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

_SHA256 = {
    "o200k_latin.zlib": "c8d27d9a51fd3fdf58dae496dbc2a8bcb6f8365e63ae232a2d52ad6e77416e6e",
    "o200k_other.zlib": "cfad4a25713a9c57ce39e387f1cc00c6f61b03ba157590379c61351090e95121",
}
"""The vocabulary in two parts. In each: for every rank the length of its token in a byte, 0 where the other part has
it, and then the tokens in a row."""
_TOKENS = 199_998
_LATIN = bytes([*range(0xCA), 0xE2])
"""The bytes of Latin script in UTF-8 (letters up to U+027F), and of quotation marks, dashes and signs (U+2000 on)."""
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
    # Nothing is merged to a token that does not stand in the text: where all is Latin script the first part counts the
    # same as the whole, and takes half the time to load.
    is_latin = not text.encode("utf-8", "surrogatepass").translate(None, _LATIN)
    return len(_encoding(is_latin).encode_ordinary(text))


@cache
def _encoding(is_latin: bool) -> tiktoken.Encoding:
    import tiktoken

    return tiktoken.Encoding(
        name="o200k_base",
        pat_str=_PIECES,
        mergeable_ranks=_ranks("o200k_latin.zlib") if is_latin else vocabulary(),
        special_tokens={"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
    )


def vocabulary() -> dict[bytes, int]:
    """The tokens of o200k, each with its rank: how early it is merged, from 0."""
    return {token: rank for part in _SHA256 for token, rank in _ranks(part).items()}


def _ranks(part: str) -> dict[bytes, int]:
    path = Path(__file__).with_name(part)
    packed = zlib.decompress(path.read_bytes())
    if hashlib.sha256(packed).hexdigest() != _SHA256[part]:
        raise RuntimeError(f"{path}: the token vocabulary is damaged; install autocode-qda again")
    ranks, at = {}, _TOKENS
    for rank, length in enumerate(packed[:_TOKENS]):
        if length:
            ranks[packed[at : at + length]] = rank
            at += length
    return ranks
