"""Who is staff, and what they may: from the settings and from the log, asked anew at each request."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from bot.config import Settings
from bot.services import Services
from bot.storage_staff import Member, Role, StaffStore

LINK_MINUTES = 10  # how long a one-time link works
_REVIEWER = re.compile(r"(\d{1,20})(?: ([^\s].{0,60}))?", re.ASCII | re.DOTALL)


def configured(settings: Settings) -> list[Member]:
    """Return the staff that the settings name. Their names are their ids."""
    admins = [Member(name=str(i), role=Role.ADMIN, telegram_id=i) for i in sorted(settings.admins)]
    return admins + [_reviewer(text) for text in settings.reviewers if _REVIEWER.fullmatch(text)]


def _reviewer(text: str) -> Member:
    found = _REVIEWER.fullmatch(text)
    assert found is not None, "checked by the caller"
    return Member(
        name=found[1], role=Role.REVIEWER, telegram_id=int(found[1]), municipality=found[2]
    )


async def member_with_id(services: Services, telegram_id: int) -> Member | None:
    """Return which of the staff a Telegram id is; None: a voter. The settings win over the log.

    Raises:
        StorageError: If the log cannot be read and the settings do not name the id.
    """
    own = _first(configured(services.settings), telegram_id)
    return own or await StaffStore(services.storage).with_id(telegram_id)


async def member_named(services: Services, name: str) -> Member | None:
    """Return the member of a name; None where there is none, or no longer. Raises StorageError."""
    own = [member for member in configured(services.settings) if member.name == name]
    return own[0] if own else await StaffStore(services.storage).named(name)


async def login_token(services: Services, name: str) -> str:
    """Make a one-time token for a member's link: 256 random bits. Raises StorageError."""
    token = secrets.token_urlsafe(32)
    expires = services.clock() + timedelta(minutes=LINK_MINUTES)
    await StaffStore(services.storage).put_login(name, token, expires)
    return token


def _first(members: Iterable[Member], telegram_id: int) -> Member | None:
    return next((member for member in members if member.telegram_id == telegram_id), None)
