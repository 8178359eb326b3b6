"""rapidfuzz: `partial_ratio_alignment` with a cutoff of 80."""

from __future__ import annotations

from answering import answer, arguments
from rapidfuzz.fuzz import partial_ratio_alignment


def locate(quote: str, text: str) -> tuple[int, int] | None:
    found = partial_ratio_alignment(quote, text, score_cutoff=80)
    return (found.dest_start, found.dest_end) if found else None


def main() -> None:
    answer(arguments().parse_args(), lambda _language: locate)


if __name__ == "__main__":
    main()
