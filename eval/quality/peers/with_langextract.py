"""langextract's aligner, called alone, one quote a call; `--no-lesser` is `accept_match_lesser=False`."""

from __future__ import annotations

from answering import Locate, answer, arguments
from langextract.core.data import Extraction
from langextract.core.tokenizer import RegexTokenizer, Tokenizer, UnicodeTokenizer
from langextract.resolver import WordAligner


def locate_with(tokenizer: Tokenizer, *, lesser: bool) -> Locate:
    def locate(quote: str, text: str) -> tuple[int, int] | None:
        asked = Extraction("quote", quote)
        WordAligner().align_extractions([[asked]], text, accept_match_lesser=lesser, tokenizer_impl=tokenizer)
        place = asked.char_interval
        return (place.start_pos, place.end_pos) if place else None

    return locate


def main() -> None:
    parser = arguments()
    parser.add_argument("--no-lesser", action="store_true")
    given = parser.parse_args()
    # Its default tokenizer takes a Japanese clause, or a Hindi syllable, for a word; the other one is made for them.
    plain, unicode = RegexTokenizer(), UnicodeTokenizer()
    lesser = not given.no_lesser
    answer(given, lambda language: locate_with(unicode if language in ("ja", "hi") else plain, lesser=lesser))


if __name__ == "__main__":
    main()
