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
    examples_below: str
    """In their place where they are buttons."""
    help: str
    about: str
    privacy: str
    privacy_anonymous: str
    """What is kept of a question in mode «avidentifisert»; the next two in the other modes."""
    privacy_consent: str
    privacy_off: str
    privacy_basis: str
    privacy_basis_consent: str
    privacy_failed: str
    erase_confirm: str
    erase_one_confirm: str
    erase_yes: str
    erase_no: str
    erase_done: str
    erase_one_done: str
    erase_kept: str
    erase_gone: str
    erase_nothing: str
    erase_anonymous: str
    export_caption: str
    export_anonymous: str
    export_limit: str
    consent_ask: str
    """What a voter says yes to. A change needs a new ``handlers.privacy.WORDING``."""
    consent_yes: str
    consent_no: str
    consent_given: str
    consent_have: str
    consent_withdraw: str
    consent_withdrawn: str
    consent_kept_off: str
    consent_not_needed: str
    not_given: str
    """In place of a controller or contact that the settings leave empty."""
    sources_head: str
    source_line: str
    source_other: str
    sources_version: str
    unknown_command: str
    not_text: str
    went_wrong: str
    maybe_lost: str
    """After a lost connection: the answer may have arrived, or not."""
    restarted: str
    too_many: str
    """Once, to who asks more in a minute than anybody can read."""
    maintenance: str
    """Instead of an answer while staff mend something."""
    maintenance_short: str
    """The same on a button."""
    # profile
    command_start: str
    command_help: str
    command_about: str
    command_sources: str
    command_privacy: str
    command_erase: str
    command_export: str
    command_consent: str
    # under an answer
    fixed_label: str
    quotes_language: str
    button_more: str
    button_context: str
    button_share: str
    button_same: str
    button_everywhere: str
    button_topics: str
    button_other_topics: str
    button_missing: str
    button_previous: str
    button_next: str
    button_up: str
    button_headings: str
    button_by_topic: str
    button_private: str
    button_quote: str
    page_of: str
    thanks_agree: str
    ask_why: str
    complaint_topic: str
    complaint_meaning: str
    complaint_place: str
    complaint_outdated: str
    complaint_other: str
    complaint_stored: str
    see_other: str
    missing_stored: str
    context_head: str
    why_head: str
    more_head: str
    no_more: str
    question_gone: str
    # a voter's choices
    place_ask: str
    place_set: str
    place_all: str
    place_all_set: str
    choice_failed: str
    language_name: str
    language_ask: str
    language_set: str
    # one quote
    on_page: str
    quote_id: str
    quote_unknown: str
    quote_usage: str
    # browse
    topics_head: str
    topics_head_in: str
    headings_head: str
    topic_empty: str
    topic_gone: str
    # take part
    engage_head: str
    engage_newsletter: str
    engage_membership: str
    engage_contact: str
    # what is not a question
    too_long: str
    not_voice: str
    not_picture: str
    not_personal: str
    not_forwarded: str
    # groups and inline
    group_usage: str
    inline_title: str
    # profile, more
    command_place: str
    command_topics: str
    command_quote: str
    command_engage: str
    command_language: str
    command_ask: str
    command_reload: str
    profile_short: str
    profile_description: str
    # conversation in the terminal
    chat_intro: str
    chat_prompt: str
    chat_vote_hint: str
    chat_no_answer_yet: str
    chat_not_logged: str
    chat_bye: str
    # roles and maintenance, for admins
    staff_help: str
    """Above staff's commands under /hjelp."""
    command_role: str
    command_maintenance: str
    command_weblogin: str
    command_inbox: str
    command_statistics: str
    command_take_along: str
    role_list: str
    role_line: str
    role_admin: str
    role_reviewer: str
    role_reviewer_of: str
    role_web_only: str
    """In place of an id."""
    role_in_settings: str
    role_usage: str
    role_bad_id: str
    role_unknown_role: str
    role_unknown_place: str
    role_admin_everywhere: str
    role_bad_name: str
    role_name_taken: str
    role_configured: str
    role_nobody: str
    role_last_admin: str
    role_given: str
    role_removed: str
    role_failed: str
    maintenance_is_on: str
    maintenance_is_off: str
    maintenance_usage: str
    # reload, for admins
    reload_started: str
    reload_running: str
    reload_encoding: str
    reload_trying: str
    reload_ready: str
    reload_moot: str
    reload_fewer: str
    reload_refused: str
    reload_empty: str
    reload_thin: str
    reload_duplicates: str
    reload_verbatim: str
    reload_goldens: str
    reload_self_test: str
    reload_spans: str
    reload_corrections: str
    reload_corrected: str
    reload_publish: str
    reload_publish_fewer: str
    reload_cancel: str
    reload_undo: str
    reload_published: str
    reload_cancelled: str
    reload_undone: str
    reload_expired: str
    reload_unchanged: str
    reload_failed: str
    # operations, for admins
    status: str
    status_maintenance: str
    status_never: str
    command_status: str
    alert_count: str
    alert_error: str
    alert_unknown: str
    """In place of a number that nobody knows."""
    alert_backup_failed: str
    alert_conflict: str
    alert_corrupt: str
    alert_crash_loop: str
    alert_disk_full: str
    alert_disk_low: str
    alert_locked: str
    alert_purge_refused: str
    alert_recovered: str
    alert_recovered_empty: str
    alert_storage: str
    alert_telegram: str
