"""People's coding, located: rows as they were written -> where each stands, who read what, and what is to be told."""

from autocode.locating.code_names import code_meant
from autocode.locating.coverage import version
from autocode.locating.importing import import_report
from autocode.locating.names import TranscriptNames
from autocode.locating.people import locate
from autocode.locating.turns import Turns

__all__ = ["TranscriptNames", "Turns", "code_meant", "import_report", "locate", "version"]
