"""What is to know of a study before anything is paid: every file read, every speaker listed, every call counted.

Nothing is written and nobody is asked. What stops a run is an error; what a person should look at is a warning; the
rest is worth knowing.
"""

from autocode.checking.whole import check

__all__ = ["check"]
