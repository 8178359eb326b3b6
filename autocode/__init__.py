"""Codes interview transcripts with a codebook and an LLM, proves every quote, and measures agreement.

import autocode as ac

transcripts = list(ac.read_transcripts("interviews/"))
codebook = ac.read_codebook("codebook.yaml")
run = ac.code(transcripts, codebook, coder=ac.model_coder("openai/gpt-5-mini", codebook), run=ac.Run("runs/pilot"))
people = ac.codings("coding/", transcripts, codebook=codebook)
coders = [run.coding(), *people]
print(ac.agree(ac.units(coders, transcripts, codebook), coders, codebook).to_frame())
"""

from typing import Any

import lazy_loader

# The public names stand in __init__.pyi, each with its room; a room is entered when one of its names is first used.
__getattr__: Any
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
