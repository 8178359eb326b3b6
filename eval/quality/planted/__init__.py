"""Invented interviews and quotes from them, with planted truth. Importing it registers all kinds of quotes."""

from planted import altered, beyond, elided, nowhere, verbatim

__all__ = ["altered", "beyond", "elided", "nowhere", "verbatim"]
