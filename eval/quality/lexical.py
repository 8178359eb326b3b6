"""What the embedded baseline reaches on a published codebook: is the right code first for a quote?

    python eval/quality/lexical.py [--data DIR]

The data are 82 interview quotes, each reported under one of 83 codes (open-llm-cartography; Linåker, Osborne, Ding and
Burtenshaw 2025). They have titles and themes but no definitions, so a code's words are its title and its theme. They
are read in place and are no part of this project.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import autocode as ac

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "open-llm-cartography"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def codebook(data: Path) -> ac.Codebook:
    """The published codes, each with its title as name and its theme as definition."""
    codes = [ac.Code(id=r["code_id"], name=r["title"], definition=r["parent"]) for r in rows(data / "codes.csv")]
    return ac.Codebook(id="open-llm-cartography", codes=tuple(codes))


def measure(data: Path) -> dict[str, int]:
    """How many quotes there are, for how many the right code is first, and what the coder would propose."""
    book, quotes = codebook(data), rows(data / "quotes.csv")
    coder = ac.LexicalCoder(book)
    ids = [code.id for code in book.codes]
    scores = coder.scores([row["quote"] for row in quotes])
    first = sum(ids[best] == row["code_id"] for best, row in zip(scores.argmax(axis=1), quotes, strict=True))

    n = {"quotes": len(quotes), "codes": len(ids), "first": int(first)}
    n |= dict.fromkeys(("proposed", "right", "quotes_proposed", "quotes_right"), 0)
    for row in quotes:
        prompt = ac.Prompt(prefix="", context="", passage=row["quote"], spoken=(ac.Spoken("", row["quote"]),))
        answers = [proposal.code for proposal in coder.ask(prompt).proposals]
        n["proposed"] += len(answers)
        n["right"] += answers.count(row["code_id"])
        n["quotes_proposed"] += bool(answers)
        n["quotes_right"] += row["code_id"] in answers
    return n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="the folder with codes.csv and quotes.csv")
    data = parser.parse_args().data
    if not (data / "codes.csv").is_file():
        parser.exit(1, f"{data / 'codes.csv'}: not found; give the folder of open-llm-cartography with --data\n")
    n = measure(data)
    share, guess = n["first"] / n["quotes"], 1 / n["codes"]
    print(f"lexical (baseline, no language model), {n['quotes']} quotes, {n['codes']} codes (title and theme only)")
    print(f"right code first: {n['first']} of {n['quotes']} ({share:.1%}; guessing {guess:.1%})")
    print(f"proposed (first by a margin of 0.05): {n['proposed']} sentences, {n['right']} of them with the right code")
    print(f"quotes with a proposal: {n['quotes_proposed']}, with the right code among them: {n['quotes_right']}")


if __name__ == "__main__":
    main()
