"""The buttons' wire format. It stays under old messages for years, so a form is never reused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

LIMIT = 64  # bytes: Telegram's, core.telegram.org/bots/api#inlinekeyboardbutton


class Verdict(StrEnum):
    """What a voter thought of an answer (of the answer, never of the policy)."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


_SIGNS = {Verdict.HELPFUL: "+", Verdict.NOT_HELPFUL: "-"}
_VERDICTS = {sign: verdict for verdict, sign in _SIGNS.items()}


@dataclass(frozen=True, slots=True)
class Vote:
    """A press of 👍 or 👎 under an answer.

    Attributes:
        answer_id: Of ``Storage.record_answer``: 22 characters of the URL-safe alphabet.
    """

    # ``\Z``, not ``$``: the latter also matches before a final line feed.
    PATTERN: ClassVar[re.Pattern[str]] = re.compile(r"v1:([+-]):([A-Za-z0-9_-]{22})\Z", re.ASCII)

    answer_id: str
    verdict: Verdict

    def encode(self) -> str:
        """Return the button's data, at most ``LIMIT`` bytes.

        Raises:
            ValueError: If the answer id is not one of ours.
        """
        data = f"v1:{_SIGNS[self.verdict]}:{self.answer_id}"
        if not self.PATTERN.match(data):
            raise ValueError("not an answer id")
        return data

    @classmethod
    def decode(cls, data: str) -> Vote:
        """Inverse of `encode`. Raises ValueError on anything else; the client is not trusted."""
        found = cls.PATTERN.match(data)
        if not found:
            raise ValueError("not a vote")
        return cls(found[2], _VERDICTS[found[1]])
