"""What an edit of one definition moved: two runs of the example study, each asked twice, code by code.

python examples/what_moved.py [STUDY] [CODE]
"""

import sys
import tempfile
from pathlib import Path

import autocode as ac

study = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "study"
edited = sys.argv[2] if len(sys.argv) > 2 else "meaning"

transcripts = list(ac.read_transcripts(study / "interviews"))
before = ac.read_codebook(study / "codebook.yaml")
codes = [
    code.model_copy(update={"definition": "Why the work is worth doing."}) if code.id == edited else code
    for code in before.codes
]
after = before.model_copy(update={"version": before.version + 1, "codes": tuple(codes)})

with tempfile.TemporaryDirectory() as folder:
    runs = []
    for name, codebook in (("before", before), ("after", after)):
        run = ac.Run(Path(folder) / name, exclude_speakers=["INT"], repeat=2)
        coder = ac.model_coder("lexical", codebook)  # for instance openai/gpt-5-mini, whose repeats differ
        runs.append(ac.code(transcripts, codebook, coder=coder, run=run).path)
    drift = ac.drift_files(runs, humans=[study / "coding"], transcripts=study / "interviews")

for row in drift.codes:
    seen = f" (a change of {row.could_have_seen:g} would have been)" if row.could_have_seen is not None else ""
    print(f"{row.code}{' (edited)' if row.edited else ''}: {row.before:g}, then {row.after:g}; {row.verdict}{seen}")
for story in drift.stories:
    print(f"{story.code}: {story.n_lost} passages lost it, {story.n_gained} gained it")
