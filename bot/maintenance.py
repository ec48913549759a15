"""Maintenance: staff mend something, and voters' questions get one fixed sentence meanwhile.

Who needs help at once gets it all the same. Whatever is no question goes on as before.
"""

from __future__ import annotations

from dataclasses import replace

from bot.answering import Answer, Outcome, Reason
from bot.services import Reply, Services, audit
from bot.storage_staff import Member
from bot.texts import Texts

FIXED = "maintenance"  # what such an answer names as its topic
_MARK, _ON, _OFF = "maintenance", "on", "off"


async def load(services: Services) -> None:
    """Take up at the start what held at the end of the last process. Raises StorageError."""
    services.health.maintenance = await services.storage.mark(_MARK) == _ON


async def switch(services: Services, actor: Member, *, on: bool) -> None:
    """Turn it on or off, for this process and the next. Raises StorageError: then it is as it was."""
    state = _ON if on else _OFF
    await audit(services, actor.name, f"maintenance_{state}")
    await services.storage.set_mark(_MARK, state)
    services.health.maintenance = on


def instead(services: Services, reply: Reply, texts: Texts) -> Reply:
    """Return what a voter is shown: the answer, or the fixed sentence in its place."""
    if not services.health.maintenance or reply.answer.is_crisis:
        return reply
    given = reply.answer
    paused = Answer(
        question=given.question,
        outcome=Outcome.FIXED,
        reason=Reason.OUTSIDE,
        municipality=given.municipality,
        municipalities=given.municipalities,
        language=given.language,
        fixed=FIXED,
        fixed_text=texts.maintenance,
        fingerprint=given.fingerprint,
    )
    return replace(reply, answer=paused)


def stands_in(answer: Answer) -> bool:
    """Return whether this is the fixed sentence: then nothing was answered, and nothing is logged."""
    return answer.fixed == FIXED
