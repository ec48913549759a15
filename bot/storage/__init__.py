"""The question log. The only package that knows SQL.

One connection writes; it is opened in the event loop that uses it. Errors are ``StorageError``.
"""

from __future__ import annotations

from bot.storage.answers import LoggedAnswer
from bot.storage.audit import audit_entries, audit_fault, verify_audit
from bot.storage.database import FILE, StorageError, journal_mode
from bot.storage.rights import Consent, Purged, RightsLog


class Storage(RightsLog):
    """The log in one file; an asynchronous context manager that opens and closes it."""


__all__ = [
    "FILE",
    "Consent",
    "LoggedAnswer",
    "Purged",
    "Storage",
    "StorageError",
    "audit_entries",
    "audit_fault",
    "journal_mode",
    "verify_audit",
]
