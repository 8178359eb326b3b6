"""Files -> Ledger: agreement under each version of the codebook.

Files reads and puts together. Books gathers what the versions said; under says with which version each decision was
made, levels on which codes those count for another version, standing what then stands for one; models are the runs, and
models' coding in files; lines has the figures of each code, edits what became of it and why; told
are the notes.
"""

from autocode.drifting.ledger.files import ledger_files

__all__ = ["ledger_files"]
