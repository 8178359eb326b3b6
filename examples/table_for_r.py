"""A table of units for R or SPSS: a row a turn, a column a coder and code (1 yes, 0 no, blank missing).

python examples/table_for_r.py [STUDY] [OUT.csv]
"""

import sys
from pathlib import Path

import autocode as ac

study = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "study"
out = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("units.csv")

transcripts = list(ac.read_transcripts(study / "interviews"))
codebook = ac.read_codebook(study / "codebook.yaml")
people = ac.codings(study / "coding", transcripts, codebook=codebook, exclude_speakers=["INT"])

table = ac.units(people, transcripts, codebook, exclude_speakers=["INT"])
table.columns = [f"{coder}.{code}" if code else coder for coder, code in table.columns]
decisions = [f"{coding.coder}.{code}" for coding in people for code in {s.code for s in coding.segments}]
table = table.mask(table == -1)
table.to_csv(out)
print(f"{out}: {len(table)} turns, {len(table.columns)} columns; in R: units <- read.csv('{out.name}')")
