"""A Telegram that records what the bot sends and answers like the real one. No network."""

from __future__ import annotations

import json
from collections import deque
from typing import Any

import pytest
from telegram import Update
from telegram.request import BaseRequest, RequestData

DATE = 1_780_000_000
ME = {"id": 42, "is_bot": True, "first_name": "Løftebot", "username": "lofte_test_bot"}


class FakeTelegram(BaseRequest):
    """Attributes:
    calls: (method, parameters) of every call, in order.
    refuse: Answers to give instead, by method: (HTTP status, description).
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuse: dict[str, deque[tuple[int, str]]] = {}
        self.profile: dict[tuple[str, str, str | None], dict[str, Any]] = {}
        self._message_id = 1000

    def will_refuse(self, method: str, status: int, description: str, times: int = 1) -> None:
        self.refuse.setdefault(method, deque()).extend([(status, description)] * times)

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    @property
    def texts(self) -> list[str]:
        return [call["text"] for call in self.sent()]

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *timeouts, **more
    ) -> tuple[int, bytes]:
        name = url.rsplit("/", 1)[1]
        parameters = dict(request_data.parameters) if request_data else {}
        if request_data and request_data.contains_files:
            parameters["files"] = request_data.multipart_data
        self.calls.append((name, parameters))
        if self.refuse.get(name):
            status, description = self.refuse[name].popleft()
            body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
            if status == 429:
                body["parameters"] = {"retry_after": 1}
            return status, json.dumps(body).encode()
        return 200, json.dumps({"ok": True, "result": self._result(name, parameters)}).encode()

    def _result(self, name: str, parameters: dict[str, Any]) -> Any:
        if name == "getMe":
            return ME
        if name in (
            "sendMessage",
            "sendDocument",
            "sendPhoto",
            "editMessageReplyMarkup",
            "editMessageText",
        ):
            self._message_id += 1
            chat = {"id": int(parameters["chat_id"]), "type": "private"}
            return {"message_id": self._message_id, "date": DATE, "chat": chat, "from": ME}
        if name in ("answerCallbackQuery", "answerInlineQuery", "setChatMenuButton"):
            return True
        if name.startswith("setMy"):
            key = (name[3:], json.dumps(parameters.get("scope")), parameters.get("language_code"))
            self.profile[key] = parameters
            return True
        if name == "deleteMyCommands":
            key = (
                "MyCommands",
                json.dumps(parameters.get("scope")),
                parameters.get("language_code"),
            )
            self.profile.pop(key, None)
            return True
        if name.startswith("getMy"):
            key = (name[3:], json.dumps(parameters.get("scope")), parameters.get("language_code"))
            had = self.profile.get(key, {})
            if name == "getMyCommands":
                return had.get("commands", [])
            field = "description" if name == "getMyDescription" else "short_description"
            return {field: had.get(field, "")}
        if name == "getChatMenuButton":
            return {"type": "commands"}
        # Not assert: PTB turns every Exception raised here into a NetworkError.
        return pytest.fail(f"the bot called {name}, which this Telegram does not know")


class Voter:
    """Makes the updates of one person in their private chat."""

    def __init__(self, bot, user_id: int = 11, language: str | None = "nb") -> None:
        self.bot, self.id, self.language = bot, user_id, language
        self.chat = {"id": user_id, "type": "private", "first_name": "Kari"}
        self._n = 0

    def _update(self, **content: Any) -> Update:
        self._n += 1
        update = Update.de_json({"update_id": self.id * 1000 + self._n, **content}, self.bot)
        assert update is not None
        return update

    @property
    def user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": "Kari", "username": "kari_normann"}
        return user | ({"language_code": self.language} if self.language else {})

    def _message(self, **content: Any) -> dict[str, Any]:
        text = content.get("text", "")
        if text.startswith("/"):
            entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            content["entities"] = [entity]
        return {
            "message_id": self._n,
            "date": DATE,
            "chat": self.chat,
            "from": self.user,
            **content,
        }

    def says(self, text: str) -> Update:
        return self._update(message=self._message(text=text))

    def sends(self, **content: Any) -> Update:
        return self._update(message=self._message(**content))

    def edits(self, text: str, message_id: int | None = None) -> Update:
        content = self._message(text=text, edit_date=DATE)
        return self._update(edited_message=content | {"message_id": message_id or self._n})

    def asks_inline(self, text: str) -> Update:
        query = {"id": "7", "from": self.user, "query": text, "offset": ""}
        return self._update(inline_query=query)

    def presses(self, data: str, under: dict[str, Any] | None = None) -> Update:
        """Press a button; ``under``: the call that made the message, whose buttons it shows."""
        message = {"message_id": 1001, "date": DATE, "chat": self.chat, "from": ME, "text": "…"}
        if under and "reply_markup" in under:
            message["reply_markup"] = under["reply_markup"]
        query = {"id": "1", "from": self.user, "chat_instance": "1", "data": data}
        return self._update(callback_query={**query, "message": message})
