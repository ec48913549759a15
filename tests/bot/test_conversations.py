"""The ten most common conversations, as a voter reads them: docs/samtaler.md is made here.

Where one changes on purpose: delete the file, run this test twice, and read what it wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.index_holder import IndexReader
from bot.texts import EN, NB
from tests.bot.telegram_transport import FakeTelegram, Voter
from tests.conftest import ROOT
from tests.fake_telegram.server import parse_html

DOCUMENT = ROOT / "docs" / "samtaler.md"
HEAD = """# De ti vanligste samtalene

Slik leser en velger dem i Telegram. Siden er laget av `tests/bot/test_conversations.py`, med de ekte
programmene og uten setningskoderen; ingenting her er skrevet for hånd. `[knapp]` er en knapp, ✏️ er en
melding som ble endret på stedet, og 💬 er det som vises et øyeblikk når noen trykker.
"""
SUNDAY = "Hva mener dere om søndagsåpne butikker?"


@pytest.fixture
def services(services, lexical):
    return replace(services, index=IndexReader(lexical, lambda: lexical))


@dataclass
class Talk:
    """Writes down what one voter does and reads."""

    process: Callable[..., Any]
    voter: Voter
    telegram: FakeTelegram
    lines: list[str] = field(default_factory=list)
    last: dict[str, Any] = field(default_factory=dict)

    async def says(self, text: str) -> None:
        self.lines.append(f"**Velger:** {text}\n")
        await self._run(self.voter.says(text))

    async def sends(self, what: str, **content: Any) -> None:
        self.lines.append(f"**Velger** sender {what}\n")
        await self._run(self.voter.sends(**content))

    async def edits(self, text: str, message_id: int) -> None:
        self.lines.append(f"**Velger** retter spørsmålet til: {text}\n")
        await self._run(self.voter.edits(text, message_id=message_id))

    async def presses(self, label: str) -> None:
        rows = self.last["reply_markup"]["inline_keyboard"]
        [data] = [b["callback_data"] for row in rows for b in row if b["text"] == label]
        self.lines.append(f"**Velger** trykker [{label}]\n")
        await self._run(self.voter.presses(data, self.last))

    async def _run(self, update: Any) -> None:
        seen = len(self.telegram.calls)
        await self.process(update)
        for name, call in self.telegram.calls[seen:]:
            if name == "answerCallbackQuery":
                if call.get("text"):
                    self.lines.append(f"> 💬 {call['text']}\n")
                continue
            if name == "editMessageReplyMarkup":
                self.lines.append("> ✏️ " + self._buttons(call).replace("\n> ", " ") + "\n")
                self.last = self.last | {"reply_markup": call["reply_markup"]}
                continue
            text = call["text"]
            if call.get("parse_mode") == "HTML":
                text = parse_html(text.replace("<blockquote>", "❝ ").replace("</blockquote>", ""))[
                    0
                ]
            mark = "✏️ " if name.startswith("edit") else ""
            shown = mark + text.replace("\n", "  \n> ")
            self.lines.append(f"> {shown}  \n> {self._buttons(call)}\n")
            self.last = call

    @staticmethod
    def _buttons(call: dict[str, Any]) -> str:
        rows = call.get("reply_markup", {}).get("inline_keyboard", [])
        return "  \n> ".join(" ".join(f"`[{b['text']}]`" for b in row) for row in rows)


async def first_question(talk: Talk) -> None:
    await talk.says("/start")
    await talk.presses("Hva mener dere om søndagsåpne butikker?")


async def agrees(talk: Talk) -> None:
    await talk.says(SUNDAY)
    await talk.presses("👍")
    await talk.presses(talk.last["reply_markup"]["inline_keyboard"][0][0]["text"])


async def disagrees(talk: Talk) -> None:
    await talk.says(SUNDAY)
    await talk.presses("👎")
    await talk.presses(NB.complaint_outdated)


async def own_municipality(talk: Talk) -> None:
    await talk.says("/kommune")
    await talk.presses("Bærum")
    await talk.says("eldreomsorg")
    await talk.presses(NB.button_more)


async def follows(talk: Talk) -> None:
    await talk.says(SUNDAY)
    await talk.says("Hva med Lørenskog?")
    await talk.says("hvorfor det?")


async def silence(talk: Talk) -> None:
    await talk.says("Hva mener dere om svømmehall i Asker?")
    await talk.presses(NB.button_missing)
    await talk.presses(NB.button_topics)


async def context(talk: Talk) -> None:
    await talk.says("Hva vil dere gjøre med T-banen i Bærum?")
    await talk.presses(NB.button_context)
    await talk.says("/sitat lorenskog-f1b8f3f3")


async def browsing(talk: Talk) -> None:
    await talk.says("/tema")
    await talk.presses(talk.last["reply_markup"]["inline_keyboard"][1][0]["text"])
    await talk.presses(talk.last["reply_markup"]["inline_keyboard"][0][0]["text"])


async def not_for_us(talk: Talk) -> None:
    await talk.says("Hva mener Høyre om skatt?")
    await talk.says("Hva mener dere om skole i Oslo?")
    await talk.says("Hvordan stemmer jeg?")
    await talk.says("Hvem bør jeg stemme på?")
    voice = {"file_id": "f", "file_unique_id": "u", "duration": 3}
    await talk.sends("en talemelding", voice=voice)


async def english(talk: Talk) -> None:
    talk.voter.language = "en"
    await talk.says("What will you do about apprentices?")
    await talk.says("/sprak")
    await talk.presses("✓ English")


CONVERSATIONS = {
    "1. Den første gangen": first_question,
    "2. «Det er jeg enig i»": agrees,
    "3. «Det var ikke det jeg mente»": disagrees,
    "4. Bare fra min kommune": own_municipality,
    "5. Spør videre": follows,
    "6. Programmet sier ikke noe": silence,
    "7. Hvor står det?": context,
    "8. Bla i stedet for å spørre": browsing,
    "9. Det boten ikke svarer på": not_for_us,
    "10. In English": english,
}


async def test_the_document_shows_what_voters_read(
    process, application, telegram, services
) -> None:
    parts = [HEAD]
    for number, (title, run) in enumerate(CONVERSATIONS.items()):
        talk = Talk(process, Voter(application.bot, user_id=300 + number), telegram)
        await run(talk)
        parts.append(f"\n## {title}\n\n" + "\n".join(talk.lines))
    made = "".join(parts)
    assert EN.quotes_language in made
    if not DOCUMENT.exists():
        DOCUMENT.write_text(made, encoding="utf-8")
        pytest.fail(f"{DOCUMENT.name} was missing and is written now: read it, then keep it")
    assert made == DOCUMENT.read_text(encoding="utf-8")
