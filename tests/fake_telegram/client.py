"""Act as people in front of a bot that talks to server.py: say, press, edit, block, and read what came back."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx


@dataclasses.dataclass(frozen=True)
class Person:
    id: int
    first_name: str = "Ann"
    username: str | None = None
    language_code: str | None = None

    def as_user(self) -> dict:
        return {k: v for k, v in dataclasses.asdict(self).items() if v is not None}


@dataclasses.dataclass(frozen=True)
class Reply:
    """A message the bot sent or edited, as the person sees it."""

    method: str
    message_id: int
    text: str
    buttons: list[str]
    raw: dict
    call: dict

    @classmethod
    def of(cls, call: dict) -> Reply:
        raw = call["result"] if isinstance(call["result"], dict) else {}
        rows = (raw.get("reply_markup") or {}).get("inline_keyboard", [])
        return cls(
            call["method"],
            raw.get("message_id", 0),
            raw.get("text") or raw.get("caption") or "",
            [b["text"] for row in rows for b in row],
            raw,
            call,
        )


class NoAnswer(AssertionError):
    """The bot did not do in time what the test waited for."""


class FakeTelegramClient:
    def __init__(self, root: str, timeout: float = 10.0, quiet: float = 0.3) -> None:
        self.root, self.timeout, self.quiet = root, timeout, quiet
        self.http = httpx.AsyncClient(
            base_url=root + "/control/", timeout=timeout + 30, trust_env=False
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.http.aclose()

    async def control(self, name: str, **data: Any) -> dict:
        response = await self.http.post(name, json=data)
        body = response.json()
        if response.status_code not in (200, 408):
            raise ValueError(f"/control/{name}: {body.get('error')}")
        return body

    # ---- people

    async def post(
        self, person: Person, text: str = "", *, chat: dict | None = None, **extra: Any
    ) -> dict:
        """Send a message without waiting for the bot; returns the update, the message and the outbox position."""
        return await self.control(
            "message", user=person.as_user(), text=text, **({"chat": chat} if chat else {}), **extra
        )

    async def say(
        self,
        person: Person,
        text: str = "",
        *,
        chat: dict | None = None,
        count: int = 1,
        timeout: float | None = None,
        **extra: Any,
    ) -> list[Reply]:
        """Send a message and return what the bot answered in that chat: at least `count` messages."""
        sent = await self.post(person, text, chat=chat, **extra)
        return await self.replies(
            sent["message"]["chat"]["id"], since=sent["seq"], count=count, timeout=timeout
        )

    async def edit(
        self,
        person: Person,
        text: str,
        *,
        message_id: int | None = None,
        chat_id: int | None = None,
        count: int = 1,
    ) -> list[Reply]:
        chat_id = chat_id or person.id
        sent = await self.control(
            "edited_message",
            user=person.as_user(),
            text=text,
            message_id=message_id,
            chat_id=chat_id,
        )
        return await self.replies(chat_id, since=sent["seq"], count=count)

    async def press(
        self,
        person: Person,
        label: str | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        chat_id: int | None = None,
        count: int = 0,
    ) -> tuple[dict, list[Reply]]:
        """Press an inline button; returns the bot's answer to the query, and what it sent or edited.

        Waits for `count` of the latter.
        """
        chat_id = chat_id or person.id
        sent = await self.control(
            "callback",
            user=person.as_user(),
            chat_id=chat_id,
            label=label,
            data=data,
            message_id=message_id,
        )
        await self.wait(
            methods=["answerCallbackQuery"], query_id=sent["query_id"], since=sent["seq"]
        )
        query = await self.control("query", id=sent["query_id"])
        return query["answer"], await self.replies(chat_id, since=sent["seq"], count=count)

    async def inline(self, person: Person, query: str = "") -> list[dict]:
        sent = await self.control("inline_query", user=person.as_user(), query=query)
        await self.wait(methods=["answerInlineQuery"], query_id=sent["query_id"], since=sent["seq"])
        return (await self.control("query", id=sent["query_id"]))["answer"]["results"]

    async def block(self, person: Person, blocked: bool = True) -> None:
        await self.control("block", user=person.as_user(), blocked=blocked)

    # ---- what the bot did

    async def wait(self, **wanted: Any) -> list[dict]:
        found = await self.control("wait", **{"timeout": self.timeout, **wanted})
        if found.get("timed_out"):
            refused = (await self.control("stats"))["refused"][-3:]
            raise NoAnswer(
                f"waited in vain for {wanted}; got {[c['method'] for c in found['calls']]}; "
                f"last refusals: {[(c['method'], c['error']) for c in refused]}"
            )
        return found["calls"]

    async def replies(
        self, chat_id: int, *, since: int = 0, count: int = 1, timeout: float | None = None
    ) -> list[Reply]:
        calls = await self.wait(
            chat_id=chat_id,
            since=since,
            count=count,
            quiet=self.quiet,
            timeout=timeout or self.timeout,
            methods=["send(?!ChatAction)", "edit", "copy", "forward"],
        )
        return [Reply.of(call) for call in calls]

    async def silence(self, seconds: float = 1.0, **wanted: Any) -> None:
        """Fail when the bot does something that matches within the given time."""
        found = await self.control("wait", timeout=seconds, **wanted)
        if found["calls"]:
            raise AssertionError(
                f"expected nothing, got {[(c['method'], c['params']) for c in found['calls']]}"
            )

    async def outbox(self, **wanted: Any) -> list[dict]:
        return (await self.control("outbox", **wanted))["calls"]

    async def transcript(self, chat_id: int) -> list[dict]:
        return (await self.control("messages", chat_id=chat_id))["messages"]

    async def file(self, file_id: str) -> bytes:
        return (await self.http.get("file", params={"file_id": file_id})).content

    # ---- failures and housekeeping

    async def fault(self, kind: str, **data: Any) -> None:
        await self.control("fault", kind=kind, **data)

    async def config(self, **data: Any) -> dict:
        return await self.control("config", **data)

    async def stats(self) -> dict:
        return await self.control("stats")

    async def reset(self, **config: Any) -> None:
        await self.control("reset", config=config)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_server(*arguments: str):
    """Start fake_telegram.py as a process of its own; yields its root URL."""
    port = free_port()
    script = Path(__file__).with_name("server.py")
    process = subprocess.Popen(
        [sys.executable, str(script), "--port", str(port), *arguments], stdout=subprocess.DEVNULL
    )
    root = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(root + "/control/stats", trust_env=False).status_code == 200:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError("the fake Telegram server did not start")
        yield root
    finally:
        process.terminate()
        process.wait(10)
