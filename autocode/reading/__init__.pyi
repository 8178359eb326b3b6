"""The names of the room, and the file that each comes from."""

from .agendas import CHANGE, FOR_ALL, TO_FILL, Answer, read_agenda
from .codebook_converting import codebook_losses, convert_codebook
from .codebooks import read_codebook, read_codebook_with_lines, write_codebook
from .coders import Reading, read_coders
from .decisions import DecisionLine, add_decisions, read_decisions
from .human import HumanFiles, read_human
from .participants import Participants, read_participants
from .transcripts import read_transcripts

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
