"""Every sentence that a person can read."""

from __future__ import annotations

from bot.texts.catalogue import Texts
from bot.texts.en import EN
from bot.texts.nb import NB
from bot.texts.nn import NN

LANGUAGES = {"nb": NB, "nn": NN, "en": EN}


def texts_for(language_code: str | None) -> Texts:
    """Return the catalogue for a Telegram ``language_code``; bokmål when it is not ours."""
    code = (language_code or "").lower().split("-")[0]
    return LANGUAGES.get({"no": "nb"}.get(code, code), NB)


__all__ = ["EN", "LANGUAGES", "NB", "NN", "Texts", "texts_for"]
