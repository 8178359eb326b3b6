"""The names of the room, and the file that each comes from."""

from .code_names import code_meant
from .coverage import version
from .importing import import_report
from .names import TranscriptNames
from .people import locate
from .turns import Turns

__all__ = ["TranscriptNames", "Turns", "code_meant", "import_report", "locate", "version"]
