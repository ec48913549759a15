"""The wire format of the privacy buttons; see ``bot.callback_data``, whose prefixes these keep clear of."""

from __future__ import annotations

import re

# Erase all that is kept of the presser, or one answer; or leave it.
ERASE = re.compile(r"x1:(alt|nei|[A-Za-z0-9_-]{22})\Z", re.ASCII)
# Say yes to a wording, or take it back; or neither.
CONSENT = re.compile(r"s1:(ja:[0-9-]{1,16}|trekk|nei)\Z", re.ASCII)
# Any button under an answer ends in its id.
_ANSWER = re.compile(r"[a-z]1:[a-z0-9+-]{0,36}:([A-Za-z0-9_-]{22})\Z", re.ASCII)

ERASE_ALL, ERASE_NOTHING = "x1:alt", "x1:nei"
WITHDRAW, CONSENT_LATER = "s1:trekk", "s1:nei"


def erase_one(answer_id: str) -> str:
    """Return the data of the button that erases one answer."""
    return f"x1:{answer_id}"


def consent_to(wording: str) -> str:
    """Return the data of the button that says yes to a version of the wording."""
    return f"s1:ja:{wording}"


def answer_in(data: str) -> str | None:
    """Return the id of the answer that a button stands under, or None."""
    found = _ANSWER.match(data)
    return found[1] if found else None
