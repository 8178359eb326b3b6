"""A file -> transcripts | codebook | human coding | participants; one file a format family."""

from autocode.reading.agendas import CHANGE, FOR_ALL, TO_FILL, Answer, read_agenda
from autocode.reading.codebook_converting import codebook_losses, convert_codebook
from autocode.reading.codebooks import read_codebook, read_codebook_with_lines, write_codebook
from autocode.reading.coders import Reading, read_coders
from autocode.reading.decisions import DecisionLine, add_decisions, read_decisions
from autocode.reading.human import HumanFiles, read_human
from autocode.reading.participants import Participants, read_participants
from autocode.reading.transcripts import read_transcripts

__all__ = [
    "CHANGE",
    "FOR_ALL",
    "TO_FILL",
    "Answer",
    "DecisionLine",
    "HumanFiles",
    "Participants",
    "Reading",
    "add_decisions",
    "codebook_losses",
    "convert_codebook",
    "read_agenda",
    "read_codebook",
    "read_codebook_with_lines",
    "read_coders",
    "read_decisions",
    "read_human",
    "read_participants",
    "read_transcripts",
    "write_codebook",
]
