"""Files -> Ledger: agreement under each version of the codebook.

Books gathers what the versions said; under says with which version each decision was made, levels on which codes those
count for another version; models are the runs (and models' coding in files); lines puts it together, edits adds what
became of the codes.
"""

from autocode.drifting.ledger.files import ledger_files

__all__ = ["ledger_files"]
