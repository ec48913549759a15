"""A strict stand-in for the Telegram Bot API server, for black-box tests of a bot process.

Run it (``python server.py --port 8081``), point the bot at ``http://127.0.0.1:8081`` and act as its
users through ``/control/...`` (see README.md).  What is refused, and in what words, follows the documentation at
core.telegram.org/bots/api and the published sources of the official server (tdlib/telegram-bot-api, tdlib/td).
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import copy
import dataclasses
import json
import math
import re
import time
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web

JSON_FIELDS = {
    "reply_markup",
    "entities",
    "caption_entities",
    "commands",
    "allowed_updates",
    "results",
    "scope",
    "link_preview_options",
    "reply_parameters",
    "reaction",
    "media",
    "menu_button",
    "message_ids",
}
OPT_IN_UPDATES = {"chat_member", "message_reaction", "message_reaction_count"}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
QUERY_EXPIRED = "query is too old and response timeout expired or query ID is invalid"
PREFIXES = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: ", 404: "Not Found: "}
DEFAULTS = {
    "flood": True,
    "chat_rate": 1.0,
    "chat_burst": 5,
    "group_per_minute": 20,
    "total_rate": 30,
    "strict_chats": True,
    "privacy_mode": False,
    "query_ttl": 60.0,
    "webhook_backoff": 0.3,
}


class ApiError(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.body = {
            "ok": False,
            "error_code": code,
            "description": PREFIXES.get(code, "") + description,
        }
        if parameters:
            self.body["parameters"] = parameters


def bad(description: str) -> ApiError:
    return ApiError(400, description)


def flood(seconds: float) -> ApiError:
    wait = max(1, math.ceil(seconds))
    return ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


# ---------------------------------------------------------------- text: HTML markup and entities

TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(lt|gt|amp|quot)(?![a-zA-Z]));?")
ATTRIBUTE = re.compile(
    r"""\s*([^\s=>/"']+)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)(?=[\s>])))?\s*"""
)
AUTO_ENTITIES = re.compile(
    r"(?P<url>https?://[^\s<>\"']+)|(?P<email>[\w.+-]+@[\w-]+\.[\w.]+)|"
    r"(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)|"
    r"(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})|(?<!\w)(?P<hashtag>#\w+)"
)


def units(text: str) -> int:
    """Length in UTF-16 code units, the unit of entity offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unescape(text: str) -> str:
    def char(match: re.Match) -> str:
        hexadecimal, decimal, name = match.groups()
        if name:
            return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[name]
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return chr(code) if 0 < code < 0x10FFFF and len(match[0]) <= 10 else match[0]

    return CHARACTER.sub(char, text)


def parse_html(source: str) -> tuple[str, list[dict]]:
    """Telegram's HTML style: returns the plain text and its entities or raises the server's own refusal."""

    def fail(message: str) -> ApiError:
        return bad("can't parse entities: " + message)

    out, length, stack, entities, pos = [], 0, [], [], 0
    for match in re.finditer("<", source):
        start = match.start()
        if start < pos:  # a '<' inside an attribute value
            continue
        piece = unescape(source[pos:start])
        out.append(piece)
        length += units(piece)
        at = f"at byte offset {len(source[:start].encode())}"
        name = re.compile(r"[^\s>]*").match(source, start + 1)[0].lower()
        pos = start + 1 + len(name)
        if name.startswith("/"):
            if not stack:
                raise fail(f"Unexpected end tag {at}")
            pos = re.compile(r"\s*").match(source, pos).end()
            if source[pos : pos + 1] != ">":
                raise fail(f"Unclosed end tag {at}")
            tag, attributes, offset = stack.pop()
            if name[1:] and name[1:] != tag:
                raise fail(f'Unmatched end tag {at}, expected "</{tag}>", found "{"<" + name}>"')
            if length > offset:
                entities.append(make_entity(tag, attributes, offset, length - offset, "".join(out)))
            pos += 1
            continue
        if pos >= len(source):
            raise fail(f"Unclosed start tag {at}")
        if name not in TAGS:
            raise fail(f'Unsupported start tag "{name}" {at}')
        attributes = {}
        pos = re.compile(r"\s*").match(source, pos).end()
        while source[pos : pos + 1] != ">":
            found = ATTRIBUTE.match(source, pos)
            if pos >= len(source) or (found and found.end() >= len(source)):
                raise fail(f'Unclosed start tag "{name}" {at}')
            if not found:
                raise fail(f'Empty attribute name in the tag "{name}" {at}')
            attributes[found[1]] = unescape(
                next((v for v in found.groups()[1:] if v is not None), "")
            )
            pos = found.end()
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise fail(f'Tag "span" must have class "tg-spoiler" {at}')
        stack.append((name, attributes, length))
        pos += 1
    if stack:
        raise fail(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    out.append(unescape(source[pos:]))
    return "".join(out), sorted(
        (e for e in entities if e), key=lambda e: (e["offset"], -e["length"])
    )


def make_entity(tag: str, attributes: dict, offset: int, length: int, text: str) -> dict | None:
    entity = {"type": TAGS[tag], "offset": offset, "length": length}
    if tag == "a":
        url = attributes.get("href") or text.encode("utf-16-le")[offset * 2 :].decode("utf-16-le")
        if user := re.fullmatch(r"tg://user\?id=(\d+)", url):
            return {
                **entity,
                "type": "text_mention",
                "user": {"id": int(user[1]), "is_bot": False, "first_name": "?"},
            }
        if not re.match(r"(tg|ton|mailto|tel):|(https?://)?[^\s/]+\.[^\s/.]", url):
            return None  # the real server drops a link it cannot accept, silently
        entity["url"] = url if re.match(r"\w+:", url) else f"http://{url}/"
    elif tag == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    elif tag == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    return entity


def auto_entities(text: str) -> list[dict]:
    return [
        {"type": m.lastgroup, "offset": units(text[: m.start()]), "length": units(m[0])}
        for m in AUTO_ENTITIES.finditer(text)
    ]


def format_text(params: dict, field: str, limit: int, what: str) -> tuple[str, list[dict]]:
    """Check and parse the text or caption of a request as the real server does."""
    source, mode = str(params.get(field) or ""), str(params.get("parse_mode") or "").lower()
    if len(source.encode()) > 1 << 15:
        raise bad("text is too long")
    entities = params.get("caption_entities" if field == "caption" else "entities") or []
    if mode and mode not in ("html", "markdown", "markdownv2", "none"):
        raise bad("unsupported parse_mode")
    text, entities = parse_html(source) if mode == "html" else (source, entities)
    shift = units(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    entities = [
        {**e, "offset": max(0, e["offset"] - shift)}
        for e in entities
        if e["offset"] - shift < units(text)
    ]
    if len(text) > limit:  # counted in characters, after the markup is parsed
        raise bad(f"{what} is too long")
    return text, entities + [
        e
        for e in auto_entities(text)
        if not any(o["offset"] <= e["offset"] < o["offset"] + o["length"] for o in entities)
    ]


def check_markup(markup: Any) -> dict | None:
    """Validate reply_markup; returns the inline keyboard to store with the message, if it is one."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad("can't parse reply keyboard markup JSON object")
    rows = markup.get("inline_keyboard")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for button in (b for row in rows for b in row):
        kinds = set(button) & {
            "url",
            "callback_data",
            "web_app",
            "login_url",
            "switch_inline_query",
            "pay",
            "copy_text",
            "switch_inline_query_current_chat",
            "switch_inline_query_chosen_chat",
            "callback_game",
        }
        if not kinds:
            raise bad(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            )
        if not str(button.get("text", "")).strip():
            raise bad("inline keyboard button text must be non-empty")
        if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if "url" in button and not re.match(
            r"(tg|ton)://|(https?://)?[^\s/]+\.[^\s/.]", str(button["url"])
        ):
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if sum(map(len, rows)) > 100:
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if any(rows) else None


# ---------------------------------------------------------------- state


@dataclasses.dataclass
class Chat:
    info: dict
    admins: list = dataclasses.field(default_factory=list)
    messages: dict = dataclasses.field(default_factory=dict)
    error: dict | None = None  # {"code", "description", ...}: every send is refused with it
    sent: collections.deque = dataclasses.field(
        default_factory=lambda: collections.deque(maxlen=200)
    )
    credit: float = math.inf  # token bucket of the one-message-per-second rule
    seen: float = 0.0


class FakeTelegram:
    def __init__(self, token: str | None = None, **config: Any) -> None:
        self.token, self.config = token, {**DEFAULTS, **config}
        self.me = {
            "id": int((token or "777000001:").split(":")[0]),
            "is_bot": True,
            "first_name": "Test bot",
            "username": "fake_test_bot",
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.next_update_id, self.next_seq = 100_001, 1
        self.webhook: dict[str, Any] = {"url": ""}
        self.allowed: list[str] | None = None
        self.settings: dict[
            str, Any
        ] = {}  # commands, names, descriptions by method, scope and language
        self._waiters: set[asyncio.Future] = set()
        self._poll: asyncio.Future | None = None
        self._deliveries: dict[Any, asyncio.Task] = {}
        self.clear()

    def clear(self) -> None:
        """Forget chats, calls and faults.  Update ids go on growing: a polling bot remembers the last one."""
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, dict] = {}
        self.pending: list[dict] = []  # not confirmed yet
        self.again: list[dict] = []  # to be delivered once more whatever was confirmed
        self.history: collections.deque = collections.deque(maxlen=1000)
        self.outbox: list[dict] = []
        self.queries: dict[str, dict] = {}  # callback and inline queries by id
        self.files: dict[str, tuple[str, bytes]] = {}
        self.faults: list[dict] = []
        self.counts: collections.Counter = collections.Counter()
        self.in_flight = self.max_in_flight = 0
        self.total_sent: collections.deque = collections.deque(maxlen=1000)
        self.webhook_log: list[dict] = []

    # -------- waiting for something to happen

    def notify(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def changed(self, timeout: float) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, max(timeout, 0))
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)

    def abort_poll(self, reason: str) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(reason)
            self.notify()

    # -------- updates to the bot

    def push(self, kind: str, payload: dict) -> dict | None:
        update = {"update_id": self.next_update_id, kind: payload}
        self.next_update_id += 1
        if kind not in self.allowed if self.allowed else kind in OPT_IN_UPDATES:
            return None  # not subscribed when it happened: never delivered
        for _ in range(2 if self.take_fault("update", {}, "duplicate") else 1):
            self.enqueue(update)
        return update

    def enqueue(self, update: dict) -> None:
        self.history.append(update)
        self.pending.append(update)
        self.pending.sort(key=lambda u: u["update_id"])
        if self.webhook["url"]:
            self.deliver(update)
        self.notify()

    def deliver(self, update: dict) -> None:
        """Start a webhook delivery; updates of one chat or user go one after another, the others in parallel."""
        body = next(v for k, v in update.items() if k != "update_id")
        key = body.get("chat", body.get("from", {})).get("id")
        previous = self._deliveries.get(key)
        self._deliveries[key] = asyncio.create_task(self._deliver(update, previous))

    async def _deliver(self, update: dict, previous: asyncio.Task | None) -> None:
        if previous:
            await asyncio.wait([previous])
        delay = self.config["webhook_backoff"]
        while self.webhook["url"] and update in self.pending:
            headers = (
                {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret"]}
                if self.webhook["secret"]
                else {}
            )
            started = time.time()
            try:
                async with (
                    ClientSession(timeout=ClientTimeout(60)) as session,
                    session.post(self.webhook["url"], json=update, headers=headers) as response,
                ):
                    status, answer = response.status, await response.text()
            except (TimeoutError, OSError) as exc:
                status, answer = 0, repr(exc)
            self.webhook_log.append(
                {
                    "update_id": update["update_id"],
                    "status": status,
                    "at": started,
                    "seconds": round(time.time() - started, 3),
                    "answer": answer[:200],
                }
            )
            self.notify()
            if 200 <= status < 300:
                self.pending = [u for u in self.pending if u is not update]
                return
            self.webhook.update(
                last_error_date=int(time.time()),
                last_error_message=(
                    f"Wrong response from the webhook: {status}" if status else "Connection refused"
                ),
            )
            await asyncio.sleep(delay)
            delay = min(delay * 2, 60)

    # -------- chats and messages

    def chat(self, chat_id: Any) -> Chat:
        if chat_id in (None, ""):
            raise bad("chat_id is empty")
        try:
            chat = self.chats.get(int(chat_id))
        except ValueError:
            chat = next(
                (c for c in self.chats.values() if "@" + c.info.get("username", "") == chat_id),
                None,
            )
        if (
            chat is None
            and not self.config["strict_chats"]
            and re.fullmatch(r"-?\d+", str(chat_id))
        ):
            chat = self.declare_chat({"id": int(chat_id)})
        if chat is None:
            raise bad("chat not found")
        return chat

    def sendable(self, chat_id: Any) -> Chat:
        chat = self.chat(chat_id)
        if chat.error:
            error = dict(chat.error)
            raise ApiError(
                error.pop("code", 403),
                error.pop("description", "bot was blocked by the user"),
                **error,
            )
        return chat

    def declare_chat(self, info: dict) -> Chat:
        info = dict(info)
        kind = "private" if info["id"] > 0 else "supergroup" if info["id"] < -(10**12) else "group"
        chat = self.chats.setdefault(
            info["id"], Chat({"id": info["id"], "type": info.get("type", kind)})
        )
        chat.info.update(info)
        if chat.info["type"] != "private":
            chat.info.setdefault("title", f"Group {info['id']}")
        return chat

    def user(self, data: dict | int) -> dict:
        data = {"id": data} if isinstance(data, int) else data
        user = self.users.setdefault(
            data["id"], {"id": data["id"], "is_bot": False, "first_name": f"User {data['id']}"}
        )
        user.update({k: v for k, v in data.items() if v is not None})
        return user

    def store(self, chat: Chat, sender: dict, content: dict) -> dict:
        message = {
            "message_id": max(chat.messages, default=0) + 1,
            "date": int(time.time()),
            "chat": dict(chat.info),
            "from": dict(sender),
            **{k: v for k, v in content.items() if v not in (None, [], "")},
        }
        chat.messages[message["message_id"]] = message
        return message

    def check_flood(self, chat: Chat) -> None:
        now, rules = time.monotonic(), self.config
        if rules["flood"]:
            chat.credit = min(
                rules["chat_burst"], chat.credit + (now - chat.seen) * rules["chat_rate"]
            )
            chat.seen = now
            if chat.credit < 1:
                raise flood((1 - chat.credit) / rules["chat_rate"])
            if chat.info["type"] != "private":
                recent = [t for t in chat.sent if now - t < 60]
                if len(recent) >= rules["group_per_minute"]:
                    raise flood(60 - (now - recent[-rules["group_per_minute"]]))
            recent = [t for t in self.total_sent if now - t < 1]
            if len(recent) >= rules["total_rate"]:
                raise flood(1 - (now - recent[0]))
            chat.credit -= 1
        chat.sent.append(now)
        self.total_sent.append(now)

    # -------- calls from the bot

    async def read_params(self, request: web.Request) -> tuple[dict, dict]:
        params: dict[str, Any] = dict(request.query)
        files: dict[str, tuple[str, bytes]] = {}
        if request.content_type == "application/json":
            params.update(await request.json() if request.can_read_body else {})
        elif request.can_read_body:
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    files[name] = (value.filename, value.file.read())
                else:
                    params[name] = value
        for name in JSON_FIELDS & params.keys():
            if isinstance(params[name], str):
                try:
                    params[name] = json.loads(params[name])
                except ValueError:
                    raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
        return params, files

    def take_fault(
        self, method: str, params: dict, *kinds: str, stage: str = "before"
    ) -> dict | None:
        for fault in self.faults:
            wanted = fault.get("method", "*").lower()
            if (
                fault["kind"] in kinds
                and fault.get("stage", "before") == stage
                and wanted in ("*", method.lower())
                and (
                    fault.get("chat_id") in (None, params.get("chat_id"))
                    or str(fault["chat_id"]) == params.get("chat_id")
                )
            ):
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                fault["times"] = fault.get("times", 1) - 1
                if fault["times"] == 0:  # a negative number keeps it for good
                    self.faults.remove(fault)
                return fault
        return None

    async def suffer(
        self, request: web.Request, method: str, params: dict, stage: str
    ) -> web.Response | None:
        """Apply the faults scheduled for this call; a response returned here replaces the real one."""
        while fault := self.take_fault(method, params, "delay", stage=stage):
            await asyncio.sleep(float(fault.get("seconds", 1)))
        fault = self.take_fault(method, params, "error", "reset", "garbage", stage=stage)
        if fault:
            self.counts["faults"] += 1
        if fault and fault["kind"] == "reset":
            request.transport.abort()
            return web.Response()
        if fault and fault["kind"] == "garbage":
            return web.Response(
                status=fault.get("code", 502),
                text="<html>Bad Gateway</html>",
                content_type="text/html",
            )
        if fault and fault.get("retry_after"):
            raise flood(fault["retry_after"])
        if fault:
            raise ApiError(
                fault.get("code", 500), fault.get("description", "Internal Server Error")
            )
        return None

    async def handle_bot(self, request: web.Request) -> web.Response:
        method, params, replaced = request.match_info["method"], {}, None
        self.in_flight += method.lower() != "getupdates"
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            params, files = await self.read_params(request)
            if not re.fullmatch(
                re.escape(self.token or "") or r"\d+:[\w-]+", request.match_info["token"]
            ):
                raise ApiError(401, "Unauthorized")
            replaced = await self.suffer(request, method, params, "before")
            result: Any = None
            if replaced is None:
                result = METHODS.get(method.lower(), FakeTelegram.anything)(
                    self, method, params, files
                )
                result = await result if asyncio.iscoroutine(result) else result
            body = (
                {"ok": True, "result": result}
                if replaced is None
                else {"ok": False, "error_code": "fault"}
            )
        except ApiError as exc:
            body = exc.body
        finally:
            self.in_flight -= method.lower() != "getupdates"
        self.record(method, params, body)
        try:
            replaced = replaced or await self.suffer(request, method, params, "after")
        except ApiError as exc:
            body = exc.body
        if replaced is not None:
            return replaced
        retry = body.get("parameters", {}).get("retry_after")
        return web.json_response(
            body,
            status=200 if body["ok"] else body["error_code"],
            headers={"Retry-After": str(retry)} if retry else None,
        )

    def record(self, method: str, params: dict, body: dict) -> None:
        status = "ok" if body["ok"] else str(body["error_code"])
        self.counts[f"{method}:{status}"] += 1
        if method.lower() == "getupdates" and status != "409":
            return
        query = self.queries.get(
            str(params.get("callback_query_id") or params.get("inline_query_id")), {}
        )
        chat_id = params.get("chat_id", query.get("chat_id"))
        self.outbox.append(
            {
                "seq": self.next_seq,
                "at": time.time(),
                "method": method,
                "status": status,
                "params": params,
                "chat_id": int(chat_id) if re.fullmatch(r"-?\d+", str(chat_id)) else chat_id,
                "result": copy.copy(body.get("result")),
                "error": body.get("description"),
                "query_id": query.get("id"),
            }
        )
        self.next_seq += 1
        self.notify()

    def anything(self, method: str, params: dict, files: dict) -> bool:
        return True  # a method this server does not model: recorded, always successful

    def clean_queries(self, kind: str, query_id: Any) -> dict:
        query = self.queries.get(str(query_id))
        if (
            not query
            or query["kind"] != kind
            or query["answer"] is not None
            or (time.time() - query["at"] > self.config["query_ttl"])
        ):
            raise bad(QUERY_EXPIRED)
        return query


METHODS: dict[str, Callable] = {}


def api(*names: str) -> Callable:
    def register(function: Callable) -> Callable:
        METHODS.update({name.lower(): function for name in names})
        return function

    return register


# ---------------------------------------------------------------- Bot API methods


@api("getMe")
def get_me(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict:
    return tg.me


@api("getUpdates")
async def get_updates(tg: FakeTelegram, method: str, params: dict, files: dict) -> list[dict]:
    if tg.webhook["url"]:
        raise ApiError(
            409,
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
            "webhook first",
        )
    offset, limit = (
        int(params.get("offset") or 0),
        min(max(int(params.get("limit") or 100), 1), 100),
    )
    set_allowed(tg, params)
    tg.abort_poll(
        "terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    if offset > 0:
        tg.pending = [u for u in tg.pending if u["update_id"] >= offset]  # confirmed: forgotten
    elif offset < 0:
        tg.pending = tg.pending[offset:]
    poll = tg._poll = asyncio.get_running_loop().create_future()
    deadline = time.monotonic() + min(int(float(params.get("timeout") or 0)), 50)
    while not tg.pending and not tg.again and not poll.done() and time.monotonic() < deadline:
        await tg.changed(min(deadline - time.monotonic(), 0.5))
    if poll.done():
        raise ApiError(409, poll.result())
    poll.cancel()
    again, tg.again = tg.again, []
    return (again + tg.pending)[:limit]


def set_allowed(tg: FakeTelegram, params: dict) -> None:
    if isinstance(params.get("allowed_updates"), list):
        tg.allowed = params["allowed_updates"]  # an absent field keeps what was asked before


@api("setWebhook")
def set_webhook(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
    if not url:
        return delete_webhook(tg, method, params, files)
    if not re.match(r"https://|http://(127\.0\.0\.1|localhost)[:/]", url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > 256 or not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad(
            "secret token "
            + ("is too long" if len(secret) > 256 else "contains unallowed characters")
        )
    set_allowed(tg, params)
    tg.abort_poll("terminated by setWebhook request")
    if str(params.get("drop_pending_updates")).lower() == "true":
        tg.pending.clear()
    tg.webhook = {
        "url": url,
        "secret": secret,
        "max_connections": int(params.get("max_connections") or 40),
    }
    for update in tg.pending:
        tg.deliver(update)
    return True


@api("deleteWebhook")
def delete_webhook(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    tg.webhook = {"url": ""}
    if str(params.get("drop_pending_updates")).lower() == "true":
        tg.pending.clear()
    return True


@api("getWebhookInfo")
def webhook_info(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict:
    return {
        **{k: v for k, v in tg.webhook.items() if k != "secret"},
        "has_custom_certificate": False,
        "pending_update_count": len(tg.pending),
        **({"allowed_updates": tg.allowed} if tg.allowed else {}),
    }


@api("sendMessage", "sendDocument", "sendPhoto")
def send(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict:
    chat = tg.sendable(params.get("chat_id"))
    content: dict[str, Any] = {}
    if method.lower() == "sendmessage":
        if not params.get("text"):
            raise bad("message text is empty")
        content["text"], content["entities"] = format_text(params, "text", 4096, "message")
        if not content["text"]:
            raise bad("text must be non-empty")
    else:
        field = method[4:].lower()
        content["caption"], content["caption_entities"] = format_text(
            params, "caption", 1024, "message caption"
        )
        name = str(params.get(field) or field).removeprefix("attach://")
        if name in files:
            filename, data = files[name]
            if not data:
                raise bad("file must be non-empty")
            if len(data) > 50 << 20:
                raise ApiError(413, "Request Entity Too Large")
            file_id = f"file_{len(tg.files) + 1}"
            tg.files[file_id] = (filename, data)
        elif name in tg.files:
            file_id, (filename, data) = name, tg.files[name]
        else:
            raise bad(
                f"there is no {field} in the request"
                if not params.get(field)
                else "wrong file identifier/HTTP URL specified"
            )
        meta = {"file_id": file_id, "file_unique_id": "u" + file_id, "file_size": len(data)}
        content[field] = (
            {**meta, "file_name": filename}
            if field == "document"
            else [{**meta, "width": 1, "height": 1}]
        )
    content["reply_markup"] = check_markup(params.get("reply_markup"))
    reply = params.get("reply_parameters") or {"message_id": params.get("reply_to_message_id")}
    if reply.get("message_id"):
        original = chat.messages.get(int(reply["message_id"]))
        if original is None and not reply.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        content["reply_to_message"] = original and {
            k: v for k, v in original.items() if k != "reply_to_message"
        }
    tg.check_flood(chat)
    return tg.store(
        chat, {k: tg.me[k] for k in ("id", "is_bot", "first_name", "username")}, content
    )


@api("editMessageText", "editMessageCaption", "editMessageReplyMarkup")
def edit(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict | bool:
    markup = check_markup(params.get("reply_markup"))
    content: dict[str, Any] = {"reply_markup": markup}
    if method.lower() == "editmessagetext":
        if not params.get("text"):
            raise bad("message text is empty")
        content["text"], content["entities"] = format_text(params, "text", 4096, "message")
    elif method.lower() == "editmessagecaption":
        content["caption"], content["caption_entities"] = format_text(
            params, "caption", 1024, "message caption"
        )
    if params.get("inline_message_id"):
        return True
    chat = tg.sendable(params.get("chat_id"))
    message = chat.messages.get(int(params.get("message_id") or 0))
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != tg.me["id"]:
        raise bad("message can't be edited")
    if "text" in content and "text" not in message:
        raise bad("there is no text in the message to edit")
    if all((message.get(k) or None) == (v or None) for k, v in content.items()):
        raise bad(NOT_MODIFIED)
    for key, value in content.items():
        message[key] = value
        if not value:
            del message[key]
    message["edit_date"] = int(time.time())
    return message


@api("deleteMessage")
def delete(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    if (
        tg.chat(params.get("chat_id")).messages.pop(int(params.get("message_id") or 0), None)
        is None
    ):
        raise bad("message to delete not found")
    return True


@api("sendChatAction")
def chat_action(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    tg.sendable(params.get("chat_id"))
    if not re.fullmatch(
        r"typing|choose_sticker|find_location|(upload|record)_\w+", str(params.get("action"))
    ):
        raise bad("wrong parameter action in request")
    return True


@api("answerCallbackQuery")
def answer_callback(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    query = tg.clean_queries("callback", params.get("callback_query_id"))
    if len(str(params.get("text") or "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query["answer"] = {
        "text": params.get("text"),
        "show_alert": str(params.get("show_alert")).lower() == "true",
        "seconds": round(time.time() - query["at"], 3),
    }
    return True


@api("answerInlineQuery")
def answer_inline(tg: FakeTelegram, method: str, params: dict, files: dict) -> bool:
    query, results = (
        tg.clean_queries("inline", params.get("inline_query_id")),
        params.get("results"),
    )
    if not isinstance(results, list):
        raise bad("can't parse JSON encoded inline query results")
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    ids = [str(r.get("id", "")) for r in results]
    if len(set(ids)) < len(ids):
        raise bad("RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
            raise bad("RESULT_ID_INVALID")
        if result.get("type") == "article" and not result.get("title"):
            raise bad("can't parse inline query result: Can't find field \"title\"")
        check_markup(result.get("reply_markup"))
        if content := result.get("input_message_content"):
            if not content.get("message_text"):
                raise bad("message text is empty")
            format_text({**content, "text": content["message_text"]}, "text", 4096, "message")
    query["answer"] = {"results": results}
    return True


SETTINGS = {"commands": None, "name": 64, "description": 512, "shortdescription": 120}


@api(*(verb + "My" + what for verb in ("get", "set", "delete") for what in SETTINGS))
def my_settings(tg: FakeTelegram, method: str, params: dict, files: dict) -> Any:
    verb, what = method.lower().split("my", 1)
    key = f"{what}/{json.dumps(params.get('scope') or {'type': 'default'}, sort_keys=True)}/{params.get('language_code') or ''}"
    field = "short_description" if what == "shortdescription" else what
    if verb == "get":
        return tg.settings.get(key, []) if what == "commands" else {field: tg.settings.get(key, "")}
    if verb == "delete":
        tg.settings.pop(key, None)
        return True
    value = params.get(field) or ""
    if what == "commands":
        if not isinstance(value, list) or len(value) > 100:
            raise bad(
                "can't parse commands JSON object"
                if not isinstance(value, list)
                else "BOT_COMMANDS_TOO_MUCH"
            )
        for item in value:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(item.get("command"))):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(str(item.get("description") or "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    elif len(value) > SETTINGS[what]:
        raise bad(f"BOT_{what.upper()}_TOO_LONG")
    tg.settings[key] = value
    return True


@api("getChatMenuButton", "setChatMenuButton")
def menu_button(tg: FakeTelegram, method: str, params: dict, files: dict) -> Any:
    if method.lower().startswith("get"):
        return tg.settings.get("menu_button", {"type": "default"})
    tg.settings["menu_button"] = params.get("menu_button") or {"type": "default"}
    return True


@api("getChat")
def get_chat(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict:
    return {
        **tg.chat(params.get("chat_id")).info,
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            key: True
            for key in (
                "unlimited_gifts",
                "limited_gifts",
                "unique_gifts",
                "premium_subscription",
                "gifts_from_channels",
            )
        },
    }


@api("getChatMember", "getChatAdministrators")
def chat_member(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict | list[dict]:
    chat = tg.chat(params.get("chat_id"))
    rights = {
        f"can_{right}": True
        for right in (
            "be_edited",
            "manage_chat",
            "delete_messages",
            "manage_video_chats",
            "restrict_members",
            "promote_members",
            "change_info",
            "invite_users",
            "post_stories",
            "edit_stories",
            "delete_stories",
        )
    } | {"is_anonymous": False}
    admins = [{"status": "administrator", "user": tg.user(i), **rights} for i in chat.admins]
    if method.lower() == "getchatadministrators":
        return admins
    user_id = int(params.get("user_id") or 0)
    if user_id not in tg.users:
        raise bad("user not found")
    return next(
        (a for a in admins if a["user"]["id"] == user_id),
        {"status": "member", "user": tg.users[user_id]},
    )


@api("getFile")
def get_file(tg: FakeTelegram, method: str, params: dict, files: dict) -> dict:
    if params.get("file_id") not in tg.files:
        raise bad("invalid file_id")
    return {
        "file_id": params["file_id"],
        "file_unique_id": "u" + params["file_id"],
        "file_size": len(tg.files[params["file_id"]][1]),
        "file_path": "files/" + params["file_id"],
    }


# ---------------------------------------------------------------- control API: the people, and the failures


class Control:
    """Each public method answers /control/<name>; it gets the merged query and JSON body."""

    def __init__(self, tg: FakeTelegram) -> None:
        self.tg = tg

    async def handle(self, request: web.Request) -> web.Response:
        data: dict[str, Any] = {
            k: int(v) if re.fullmatch(r"-?\d+", v) else v for k, v in request.query.items()
        }
        handler = getattr(type(self), request.match_info["name"], None)
        if handler is None or request.match_info["name"] in ("handle", "find"):
            return web.json_response({"error": "no such control"}, status=404)
        try:
            data.update(await request.json() if request.can_read_body else {})
            result = handler(self, data)
            result = await result if asyncio.iscoroutine(result) else result
        except (LookupError, ValueError, TypeError) as exc:
            return web.json_response({"error": f"{type(exc).__name__}: {exc}"}, status=400)
        if isinstance(result, web.Response):
            return result
        return web.json_response(result, status=408 if result.get("timed_out") else 200)

    def find(self, data: dict) -> tuple[dict, Chat]:
        user = self.tg.user(data["user"] if "user" in data else data["user_id"])
        info = data.get("chat") or {"id": data.get("chat_id", user["id"])}
        if info["id"] == user["id"]:
            info = {
                **{k: user[k] for k in ("first_name", "last_name", "username") if k in user},
                **info,
            }
        return user, self.tg.declare_chat(info)

    def message(self, data: dict) -> dict:
        user, chat = self.find(data)
        content, text = dict(data.get("extra", {})), data.get("text", "")
        if text:
            content.update(text=text, entities=auto_entities(text))
        if document := data.get("document"):
            file_id = f"file_{len(self.tg.files) + 1}"
            self.tg.files[file_id] = (document["file_name"], document["content"].encode())
            content["document"] = {
                "file_id": file_id,
                "file_unique_id": "u" + file_id,
                "file_name": document["file_name"],
                "file_size": len(self.tg.files[file_id][1]),
            }
        if data.get("reply_to_message_id"):
            content["reply_to_message"] = chat.messages[data["reply_to_message_id"]]
        message = self.tg.store(chat, user, content)
        to_bot = (
            text.startswith("/")
            or "@" + self.tg.me["username"] in text
            or (message.get("reply_to_message", {}).get("from", {}).get("id") == self.tg.me["id"])
        )
        hidden = self.tg.config["privacy_mode"] and chat.info["type"] != "private" and not to_bot
        update = None if hidden else self.tg.push("message", dict(message))
        return {"update": update, "message": message, "seq": self.tg.next_seq - 1}

    def edited_message(self, data: dict) -> dict:
        user, chat = self.find(data)
        own = [m for m in chat.messages.values() if m["from"]["id"] == user["id"]]
        message = chat.messages[data["message_id"]] if data.get("message_id") else own[-1]
        message.update(
            text=data["text"], entities=auto_entities(data["text"]), edit_date=int(time.time())
        )
        return {
            "update": self.tg.push("edited_message", dict(message)),
            "message": message,
            "seq": self.tg.next_seq - 1,
        }

    def callback(self, data: dict) -> dict:
        user, chat = self.find(data)
        keyboards = [m for m in chat.messages.values() if m.get("reply_markup")]
        message = chat.messages[data["message_id"]] if data.get("message_id") else keyboards[-1]
        buttons = [
            b for row in (message.get("reply_markup") or {}).get("inline_keyboard", []) for b in row
        ]
        payload = data.get("data")  # given: an old keyboard, pressed after the bot has removed it
        if payload is None:
            payload = next(
                (
                    b["callback_data"]
                    for b in buttons
                    if data["label"] in b["text"] and "callback_data" in b
                ),
                None,
            )
            if payload is None:
                raise LookupError(
                    f"no button {data['label']!r}; there are {[b['text'] for b in buttons]}"
                )
        query = {
            "id": f"{self.tg.next_update_id}{len(self.tg.queries)}",
            "kind": "callback",
            "at": time.time(),
            "answer": None,
            "chat_id": chat.info["id"],
        }
        self.tg.queries[query["id"]] = query
        update = self.tg.push(
            "callback_query",
            {
                "id": query["id"],
                "from": user,
                "message": dict(message),
                "data": payload,
                "chat_instance": str(chat.info["id"]),
            },
        )
        return {"update": update, "query_id": query["id"], "seq": self.tg.next_seq - 1}

    def inline_query(self, data: dict) -> dict:
        user = self.tg.user(data["user"] if "user" in data else data["user_id"])
        query = {
            "id": f"{self.tg.next_update_id}{len(self.tg.queries)}",
            "kind": "inline",
            "at": time.time(),
            "answer": None,
        }
        self.tg.queries[query["id"]] = query
        update = self.tg.push(
            "inline_query",
            {
                "id": query["id"],
                "from": user,
                "query": data.get("query", ""),
                "offset": str(data.get("offset", "")),
                "chat_type": "sender",
            },
        )
        return {"update": update, "query_id": query["id"], "seq": self.tg.next_seq - 1}

    def update(self, data: dict) -> dict:
        return {"update": self.tg.push(data["kind"], data["payload"])}

    def chat(self, data: dict) -> dict:
        chat = self.tg.declare_chat({k: v for k, v in data.items() if k not in ("admins", "error")})
        chat.admins, chat.error = data.get("admins", chat.admins), data.get("error", chat.error)
        return {"chat": chat.info, "admins": chat.admins, "error": chat.error}

    def block(self, data: dict) -> dict:
        user, chat = self.find(data)
        blocked = data.get("blocked", True)
        chat.error = (
            {"code": 403, "description": "bot was blocked by the user"} if blocked else None
        )
        states = [
            {"user": self.tg.me, "status": "member"},
            {"user": self.tg.me, "status": "kicked", "until_date": 0},
        ]
        old, new = states if blocked else states[::-1]
        return {
            "update": self.tg.push(
                "my_chat_member",
                {
                    "chat": chat.info,
                    "from": user,
                    "date": int(time.time()),
                    "old_chat_member": old,
                    "new_chat_member": new,
                },
            )
        }

    def outbox(self, data: dict) -> dict:
        methods = data.get("methods") or ([data["method"]] if data.get("method") else None)
        calls = [
            c
            for c in self.tg.outbox
            if c["seq"] > data.get("since", 0)
            and ("chat_id" not in data or c["chat_id"] == data["chat_id"])
            and (methods is None or any(re.match(m, c["method"], re.I) for m in methods))
            and ("status" not in data or c["status"] == str(data["status"]))
            and (not data.get("query_id") or c["query_id"] == data["query_id"])
            and (not data.get("contains") or data["contains"] in json.dumps(c, ensure_ascii=False))
        ]
        return {"calls": calls, "seq": self.tg.next_seq - 1}

    async def wait(self, data: dict) -> dict:
        """Wait for `count` matching calls, then until none came for `quiet` seconds; 408 when `timeout` is over."""
        deadline = time.monotonic() + data.get("timeout", 10)
        found: dict = {"calls": []}
        while time.monotonic() < deadline:
            found = self.outbox({"status": "ok", **data})
            last = found["calls"][-1]["at"] if found["calls"] else 0
            enough = len(found["calls"]) >= data.get("count", 1)
            if enough and time.time() - last >= data.get("quiet", 0):
                return found
            await self.tg.changed(
                min(deadline - time.monotonic(), data.get("quiet", 0) + 0.01 if enough else 1)
            )
        return {**found, "timed_out": len(found["calls"]) < data.get("count", 1)}

    def messages(self, data: dict) -> dict:
        chat = self.tg.chats.get(data["chat_id"])
        return {"messages": list(chat.messages.values()) if chat else []}

    def query(self, data: dict) -> dict:
        return self.tg.queries[str(data["id"])]

    def file(self, data: dict) -> web.Response:
        return web.Response(
            body=self.tg.files[data["file_id"]][1], content_type="application/octet-stream"
        )

    def fault(self, data: dict) -> dict:
        if data.get("clear"):
            self.tg.faults.clear()
        if "kind" in data:
            if data["kind"] not in ("error", "reset", "garbage", "delay", "duplicate"):
                raise ValueError(f"unknown fault {data['kind']}")
            self.tg.faults.append(dict(data))
        return {"faults": self.tg.faults}

    def redeliver(self, data: dict) -> dict:
        """Deliver the last updates a second time, as happens when a confirmation or a webhook's answer is lost."""
        again = list(self.tg.history)[-data.get("last", 1) :]
        if self.tg.webhook["url"]:
            for update in again:
                self.tg.enqueue(update)
        else:
            self.tg.again += again
            self.tg.notify()
        return {"updates": again}

    def config(self, data: dict) -> dict:
        if unknown := set(data) - set(DEFAULTS):
            raise ValueError(f"unknown settings {sorted(unknown)}")
        self.tg.config.update(data)
        return self.tg.config

    def stats(self, data: dict) -> dict:
        tg, now = self.tg, time.time()
        return {
            "counts": dict(tg.counts),
            "pending_updates": len(tg.pending),
            "faults": tg.faults,
            "refused": [c for c in tg.outbox if c["status"] not in ("ok", "fault")],
            "unanswered_callbacks": [
                q["id"]
                for q in tg.queries.values()
                if q["kind"] == "callback" and q["answer"] is None and now - q["at"] > 1
            ],
            "slowest_callback_answer": max(
                (q["answer"].get("seconds", 0) for q in tg.queries.values() if q["answer"]),
                default=0,
            ),
            "max_calls_in_flight": tg.max_in_flight,
            "webhook": tg.webhook,
            "webhook_deliveries": tg.webhook_log,
            "settings": tg.settings,
            "allowed_updates": tg.allowed,
            "chats": sorted(tg.chats),
        }

    def reset(self, data: dict) -> dict:
        self.tg.clear()
        self.tg.config = {**DEFAULTS, **data.get("config", {})}
        return {"ok": True}


def make_app(tg: FakeTelegram) -> web.Application:
    async def download(request: web.Request) -> web.Response:
        file = tg.files.get(request.match_info["path"].removeprefix("files/"))
        return (
            web.Response(body=file[1])
            if file
            else web.json_response(ApiError(404, "Not Found").body, status=404)
        )

    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/bot{token}/{method}", tg.handle_bot)
    app.router.add_get("/file/bot{token}/{path:.+}", download)
    app.router.add_route("*", "/control/{name}", Control(tg).handle)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", help="accept only this bot token (default: any well-formed one)")
    parser.add_argument("--no-flood", action="store_true", help="start with flood control off")
    args = parser.parse_args()
    tg = FakeTelegram(args.token, **({"flood": False} if args.no_flood else {}))
    web.run_app(
        make_app(tg),
        host=args.host,
        port=args.port,
        handler_cancellation=True,
        access_log=None,
        shutdown_timeout=0.5,
    )


if __name__ == "__main__":
    main()
