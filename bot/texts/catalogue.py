"""The catalogue: every sentence that a voter can read, once per language.

Fields end in what they are for. ``{…}`` are filled by ``rendering``; values are escaped there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """One language's sentences. A missing one does not type-check."""

    code: str
    # answers
    weak: str
    """Above the quotes when the best hit may not be what was asked."""
    none_silent: str
    none_silent_in: str
    none_empty: str
    none_other_party: str
    none_other_municipality: str
    period_unknown: str
    period_ended: str
    period_coming: str
    source: str
    under_heading: str
    under_parent: str
    # feedback
    helpful: str
    not_helpful: str
    vote_stored: str
    vote_failed: str
    # commands
    start: str
    help: str
    about: str
    privacy: str
    sources_head: str
    source_line: str
    source_other: str
    unknown_command: str
    not_text: str
    went_wrong: str
    # profile
    command_start: str
    command_help: str
    command_about: str
    command_sources: str
    command_privacy: str
    # reload, for admins
    reload_started: str
    reload_running: str
    reload_done: str
    reload_unchanged: str
    reload_failed: str
