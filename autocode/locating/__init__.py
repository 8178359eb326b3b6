"""People's coding, located: rows as they were written -> where each stands, who read what, and what is to be told."""

from autocode.locating.importing import import_report
from autocode.locating.people import locate
from autocode.locating.turns import Turns

__all__ = ["Turns", "import_report", "locate"]
