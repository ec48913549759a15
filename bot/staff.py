"""Who is staff, and what they may: from the settings and from the log, asked anew at each request.

Also how a role is given and taken away: what an admin wrote, and the rules.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.config import REVIEWER, Settings
from bot.services import Services, audit
from bot.storage import StorageError
from bot.storage_staff import LastAdmin, Member, Role, StaffStore

LINK_MINUTES = 10  # how long a one-time link works
LONGEST_NAME = 60  # characters
MOST_ID = 2**52  # Telegram's ids have at most 52 bits
_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)
_ROLES = {
    "admin": Role.ADMIN, "administrator": Role.ADMIN,
    "gransker": Role.REVIEWER, "granskar": Role.REVIEWER, "reviewer": Role.REVIEWER,
}  # fmt: skip
_REMOVE = frozenset(("fjern", "remove"))
_OURS = frozenset(("cli", "system"))  # who else acts in the audit


def configured(settings: Settings) -> list[Member]:
    """Return the staff that the settings name. Their names are their ids."""
    admins = [Member(name=str(i), role=Role.ADMIN, telegram_id=i) for i in sorted(settings.admins)]
    # Who is named as both is an admin.
    reviewers = (_reviewer(text) for text in settings.reviewers)
    return admins + [r for r in reviewers if r.telegram_id not in settings.admins]


def _reviewer(text: str) -> Member:
    found = REVIEWER.fullmatch(text)
    assert found is not None, "promised by load_settings"
    return Member(
        name=found[1], role=Role.REVIEWER, telegram_id=int(found[1]), municipality=found[2]
    )


def unknown_places(settings: Settings, municipalities: Iterable[str]) -> list[str]:
    """Return the municipalities that the settings give a reviewer and that have no programme.

    No error: the programme may come later. Until then such a reviewer sees nothing.
    """
    known = set(municipalities)
    places = {m.municipality for m in configured(settings) if m.municipality is not None}
    return sorted(places - known)


async def everybody(services: Services) -> list[Member]:
    """Return all staff, those of the settings first. Raises StorageError."""
    own = configured(services.settings)
    names, ids = {m.name for m in own}, {m.telegram_id for m in own}
    added = await StaffStore(services.storage).members()
    return own + [
        m
        for m in added
        if m.name not in names and (m.telegram_id is None or m.telegram_id not in ids)
    ]


async def admins_now(services: Services) -> frozenset[int]:
    """Return the Telegram ids of all admins; of the settings' alone where the log cannot be read."""
    try:
        members = await everybody(services)
    except StorageError:
        members = configured(services.settings)
    return frozenset(
        m.telegram_id for m in members if m.role is Role.ADMIN and m.telegram_id is not None
    )


def may(member: Member | None, role: Role) -> bool:
    """Return whether a member may what a role may; an admin may all that a reviewer may."""
    return member is not None and (member.role is role or member.role is Role.ADMIN)


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


# ---- giving and taking away


class RoleError(Exception):
    """A role cannot be changed so; ``reason`` names the sentence ``role_…`` in the catalogue."""

    def __init__(self, reason: str, **values: object) -> None:
        self.reason, self.values = reason, values
        super().__init__(f"{reason} {values}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an admin wants.

    Attributes:
        who: A Telegram id; where somebody is to be removed, it may be a name too.
        role: None: they shall be staff no longer.
        municipality: The only one they review; None: all.
        name: Empty: the one they have, else the id.
    """

    who: str
    role: Role | None
    municipality: str | None = None
    name: str = ""


def read_wish(text: str, municipalities: Sequence[str]) -> Wish:
    """Read what stands after /rolle: «12345 gransker Asker, Kari» or «12345 fjern».

    Raises:
        RoleError: Saying what is wrong with it.
    """
    head, comma, name = (part.strip() for part in text.partition(","))
    words = head.split()
    if len(words) > 1 and words[-1].casefold() in _REMOVE and not comma:
        return Wish(who=" ".join(words[:-1]), role=None)
    if len(words) < 2:
        raise RoleError("usage")
    who, named, place = words[0], words[1], " ".join(words[2:])
    if not _ID.fullmatch(who) or int(who) >= MOST_ID:
        raise RoleError("bad_id", who=who)
    role = _ROLES.get(named.casefold())
    if role is None:
        raise RoleError("unknown_role", role=named)
    if role is Role.ADMIN and place:
        raise RoleError("admin_everywhere", who=who, place=place)
    known = {m.casefold(): m for m in municipalities}
    if place and place.casefold() not in known:
        raise RoleError("unknown_place", place=place, known=", ".join(municipalities))
    if comma and not is_name(name, who):
        raise RoleError("bad_name", most=LONGEST_NAME)
    return Wish(who=who, role=role, municipality=known.get(place.casefold()), name=name)


def is_name(name: str, who: str = "") -> bool:
    """Return whether one of the staff may be called so; ``who`` is their id, which is a name too."""
    # Digits would be taken for the id of somebody else.
    return (
        0 < len(name) <= LONGEST_NAME
        and name.isprintable()
        and name.casefold() not in _OURS
        and (name == who or not name.isdecimal())
    )


async def fulfil(services: Services, actor: Member, wish: Wish) -> Member:
    """Give the role or take it away, and return who has or had it. It holds from the next request.

    Raises:
        RoleError: If it must not be done; nothing is changed.
        StorageError: If nothing was changed.
    """
    settings, store = services.settings, StaffStore(services.storage)
    # By id for whoever has one; by name only those who have none, or who are to be removed.
    fixed = {str(m.telegram_id) for m in configured(settings)}
    if wish.who in fixed:
        raise RoleError("configured", who=wish.who)
    former = await store.with_id(int(wish.who)) if _ID.fullmatch(wish.who) else None
    if wish.role is None:
        former = former or await store.named(wish.who)
        if former is None:
            raise RoleError("nobody", who=wish.who)
    name = wish.name or (former.name if former else wish.who)
    # The settings' admins are in no table, and stay whatever is done here.
    keep = not settings.admins and former is not None and former.role is Role.ADMIN
    try:
        if wish.role is None:
            assert former is not None, "checked above"
            await audit(services, actor.name, "role_removed", _detail(former))
            await store.remove(former.name, keep_admin=keep)
            return former
        other = await store.named(name)
        if name in fixed or (other is not None and other.telegram_id != int(wish.who)):
            raise RoleError("name_taken", name=name)
        member = Member(
            name=name, role=wish.role, telegram_id=int(wish.who), municipality=wish.municipality
        )
        await audit(services, actor.name, "role_given", _detail(member))
        await store.put(member, actor.name, services.clock(), keep_admin=keep)
    except LastAdmin:
        assert former is not None, "or nothing was to be kept"
        raise RoleError("last_admin", who=former.name) from None
    return member


def _detail(member: Member) -> str:
    parts = (member.telegram_id, member.role.value, member.municipality, member.name)
    return " ".join(str(part) for part in parts if part is not None)


def _first(members: Iterable[Member], telegram_id: int) -> Member | None:
    return next((member for member in members if member.telegram_id == telegram_id), None)
