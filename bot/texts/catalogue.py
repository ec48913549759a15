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
    quote_too_long: str
    """Instead of a pledge that no message can hold whole."""
    and_word: str
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
    vote_expired: str
    # commands
    start: str
    examples: tuple[str, ...]
    """Questions that /start shows."""
    help: str
    about: str
    privacy: str
    not_given: str
    """In place of a controller or contact that the settings leave empty."""
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
    # conversation in the terminal
    chat_intro: str
    chat_prompt: str
    chat_vote_hint: str
    chat_no_answer_yet: str
    chat_not_logged: str
    chat_bye: str
    # reload, for admins
    reload_started: str
    reload_running: str
    reload_done: str
    reload_unchanged: str
    reload_failed: str
