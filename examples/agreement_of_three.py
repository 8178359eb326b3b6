"""Agreement of two people and a model, code by code.

python examples/agreement_of_three.py [STUDY]
"""

import sys
from pathlib import Path

import autocode as ac

study = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "study"

transcripts = list(ac.read_transcripts(study / "interviews"))
codebook = ac.read_codebook(study / "codebook.yaml")
people = ac.codings(study / "coding", transcripts, codebook=codebook, exclude_speakers=["INT"])
run = ac.code(
    transcripts,
    codebook,
    coder=ac.model_coder("lexical", codebook),
    run=ac.Run(study / "runs" / "example", exclude_speakers=["INT"]),
)

coders = [*people, run.coding()]
units = ac.units(coders, transcripts, codebook, exclude_speakers=["INT"])
agreement = ac.agree(units, coders, codebook)
for row in agreement.codes:
    people_alpha = "undefined" if row.human.alpha is None else f"{row.human.alpha:.2f}"
    print(f"{row.code} ({row.level}): people {people_alpha}, {row.human.status}", end="")
    for model, figure in row.human_model.items():
        print(f"; with {model} {figure.alpha:.2f}" if figure.alpha is not None else f"; with {model} undefined", end="")
    print()
