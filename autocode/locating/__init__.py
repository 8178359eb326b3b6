"""People's coding, located: rows as they were written -> where each stands, who read what, and what is to be told."""

from typing import Any

import lazy_loader

# The names stand in __init__.pyi; a file is loaded when one of its names is first used.
__getattr__: Any
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
