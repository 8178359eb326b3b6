"""Codes a folder of interviews and prints where each quote stands.

    python examples/code_a_folder.py [STUDY] [MODEL]

Without a model it uses the baseline `lexical`, which needs no key and no network. With one, for example
`openai/gpt-5-mini`, the interviews are sent to its provider: the Python API does not ask, so ask your ethics board.
"""

import sys
from pathlib import Path

import autocode as ac

study = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "study"
model = sys.argv[2] if len(sys.argv) > 2 else "lexical"

transcripts = list(ac.read_transcripts(study / "interviews"))
codebook = ac.read_codebook(study / "codebook.yaml")
coder = ac.model_coder(model, codebook)
run = ac.code(transcripts, codebook, coder=coder, run=ac.Run(study / "runs" / "example", exclude_speakers=["INT"]))

texts = {transcript.id: transcript.text for transcript in transcripts}
for segment in run.coding().segments:
    if segment.span is None:
        print(f"{segment.transcript_id}  {segment.code}  NOT FOUND: {segment.said}")
    else:
        quote = texts[segment.transcript_id][segment.span.start : segment.span.end]
        print(f"{segment.transcript_id} {segment.span.start:>6}  {segment.code}  {segment.match}: {quote}")
