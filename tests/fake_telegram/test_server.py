"""The server itself, spoken to over plain HTTP: what the Bot API documents and what its server's sources refuse."""

import asyncio
import json

import httpx
import pytest
import pytest_asyncio

from tests.fake_telegram.client import FakeTelegramClient, Person, running_server

ANN, BOB = Person(11, "Ann", "ann_a", "de"), Person(12, "Bob")
KEYBOARD = {"inline_keyboard": [[{"text": "👍", "callback_data": "up"}]]}


@pytest.fixture(scope="module")
def root():
    with running_server("--token", "42:TEST") as url:
        yield url


@pytest_asyncio.fixture
async def tg(root):
    async with FakeTelegramClient(root, timeout=5) as client:
        await client.reset()
        yield client


@pytest_asyncio.fixture
async def call(root, tg):
    async with httpx.AsyncClient(
        base_url=f"{root}/bot42:TEST/", timeout=70, trust_env=False
    ) as http:

        async def call(method, /, files=None, **params):
            response = await http.post(
                method, **({"data": params, "files": files} if files else {"json": params})
            )
            body = response.json()
            assert response.status_code == (200 if body["ok"] else body["error_code"])
            return body

        await tg.post(ANN, "hi")  # so that the private chat exists
        await call("deleteWebhook", drop_pending_updates=True)
        yield call


async def refused(call, method, **params):
    body = await call(method, **params)
    assert not body["ok"], body
    return body["error_code"], body["description"]


# ---- requests


async def test_token_and_identity(root, call):
    assert (await call("getMe"))["result"]["is_bot"] is True
    assert httpx.get(f"{root}/bot43:OTHER/getMe").json() == {
        "ok": False,
        "error_code": 401,
        "description": "Unauthorized",
    }
    form = httpx.post(
        f"{root}/bot42:TEST/sendMessage",
        data={"chat_id": 11, "text": "x", "reply_markup": json.dumps(KEYBOARD)},
    )
    assert (
        form.json()["result"]["reply_markup"] == KEYBOARD
    )  # a form body means the same as a JSON body
    assert (
        httpx.get(f"{root}/bot42:TEST/SENDMESSAGE?chat_id=11&text=q").json()["result"]["text"]
        == "q"
    )


@pytest.mark.parametrize(
    "text, mode, error",
    [
        ("", None, "Bad Request: message text is empty"),
        (" \n ", None, "Bad Request: text must be non-empty"),
        ("<b></b>", "HTML", "Bad Request: text must be non-empty"),
        ("x" * 4097, None, "Bad Request: message is too long"),
        ("x", "XML", "Bad Request: unsupported parse_mode"),
        (
            "<b>x",
            "HTML",
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            "<p>x</p>",
            "HTML",
            'Bad Request: can\'t parse entities: Unsupported start tag "p" at byte offset 0',
        ),
        (
            "ä<br>",
            "HTML",
            'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 2',
        ),
        ("x</b>", "HTML", "Bad Request: can't parse entities: Unexpected end tag at byte offset 1"),
        (
            "<b>x</i>",
            "HTML",
            'Bad Request: can\'t parse entities: Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
    ],
)
async def test_text_is_refused(call, text, mode, error):
    assert await refused(call, "sendMessage", chat_id=11, text=text, parse_mode=mode) == (
        400,
        error,
    )


async def test_text_limit_counts_characters_after_parsing(call):
    assert (
        await call("sendMessage", chat_id=11, text="<b>" + "😀" * 4096 + "</b>", parse_mode="HTML")
    )["ok"]
    message = (
        await call(
            "sendMessage",
            chat_id=11,
            text="😀 <a href='https://e.org/?a&amp;b'>l</a> &lt; @someone",
            parse_mode="HTML",
        )
    )["result"]
    assert message["text"] == "😀 l < @someone"
    assert message["entities"] == [
        {"type": "text_link", "offset": 3, "length": 1, "url": "https://e.org/?a&b"},
        {"type": "mention", "offset": 7, "length": 8},
    ]


@pytest.mark.parametrize(
    "button, error",
    [
        ({"text": "a", "callback_data": "x" * 63 + "ä"}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "a", "callback_data": ""}, "Bad Request: BUTTON_DATA_INVALID"),
        (
            {"text": "", "callback_data": "a"},
            "Bad Request: inline keyboard button text must be non-empty",
        ),
        (
            {"text": "a"},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "a", "url": "not a url"},
            "Bad Request: inline keyboard button URL 'not a url' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_button_is_refused(call, button, error):
    assert await refused(
        call, "sendMessage", chat_id=11, text="x", reply_markup={"inline_keyboard": [[button]]}
    ) == (400, error)


async def test_button_limits(call):
    good = [[{"text": "a", "callback_data": "x" * 64}]] * 100
    assert (
        await call("sendMessage", chat_id=11, text="x", reply_markup={"inline_keyboard": good})
    )["ok"]
    assert await refused(
        call, "sendMessage", chat_id=11, text="x", reply_markup={"inline_keyboard": good + good[:1]}
    ) == (400, "Bad Request: reply markup is too long")


async def test_chats_and_replies(call, tg):
    assert await refused(call, "sendMessage", text="x") == (400, "Bad Request: chat_id is empty")
    assert await refused(call, "sendMessage", chat_id=999, text="x") == (
        400,
        "Bad Request: chat not found",
    )
    assert await refused(
        call, "sendMessage", chat_id=11, text="x", reply_parameters={"message_id": 77}
    ) == (400, "Bad Request: message to be replied not found")
    assert (await call("sendMessage", chat_id=11, text="x", reply_parameters={"message_id": 1}))[
        "result"
    ]["reply_to_message"]["text"] == "hi"
    await tg.block(ANN)
    assert await refused(call, "sendMessage", chat_id=11, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    await tg.block(ANN, False)
    assert (await call("sendMessage", chat_id=11, text="x"))["ok"]
    await tg.control(
        "chat",
        id=-5,
        error={
            "code": 400,
            "description": "group chat was upgraded to a supergroup chat",
            "migrate_to_chat_id": -1005,
        },
    )
    assert (await call("sendMessage", chat_id=-5, text="x"))["parameters"] == {
        "migrate_to_chat_id": -1005
    }


async def test_edits(call):
    sent = (await call("sendMessage", chat_id=11, text="a", reply_markup=KEYBOARD))["result"][
        "message_id"
    ]
    same = {
        "chat_id": 11,
        "message_id": sent,
        "text": "<b></b>a ",
        "parse_mode": "HTML",
        "reply_markup": KEYBOARD,
    }
    assert (await refused(call, "editMessageText", **same))[1].startswith(
        "Bad Request: message is not modified: specified new"
    )
    edited = (await call("editMessageText", chat_id=11, message_id=sent, text="b"))["result"]
    assert (
        edited["text"] == "b" and edited["edit_date"] and "reply_markup" not in edited
    )  # an edit without keyboard drops it
    assert (
        await call("editMessageReplyMarkup", chat_id=11, message_id=sent, reply_markup=KEYBOARD)
    )["ok"]
    assert (
        "not modified"
        in (
            await refused(
                call, "editMessageReplyMarkup", chat_id=11, message_id=sent, reply_markup=KEYBOARD
            )
        )[1]
    )
    assert await refused(call, "editMessageText", chat_id=11, message_id=999, text="b") == (
        400,
        "Bad Request: message to edit not found",
    )
    assert await refused(call, "editMessageText", chat_id=11, message_id=1, text="b") == (
        400,
        "Bad Request: message can't be edited",
    )


async def test_documents(call, tg):
    sent = (
        await call(
            "sendDocument",
            files={"document": ("a.csv", b"a;b\n")},
            chat_id=11,
            caption="<i>c</i>",
            parse_mode="HTML",
        )
    )["result"]
    assert (
        sent["document"]["file_name"] == "a.csv" and sent["caption_entities"][0]["type"] == "italic"
    )
    assert await tg.file(sent["document"]["file_id"]) == b"a;b\n"
    assert await refused(call, "sendDocument", chat_id=11) == (
        400,
        "Bad Request: there is no document in the request",
    )
    assert await refused(
        call, "sendDocument", files={"document": ("a", b"x")}, chat_id=11, caption="x" * 1025
    ) == (400, "Bad Request: message caption is too long")
    sent = await tg.post(ANN, document={"file_name": "in.txt", "content": "data"})
    path = (await call("getFile", file_id=sent["message"]["document"]["file_id"]))["result"][
        "file_path"
    ]
    assert httpx.get(f"{tg.root}/file/bot42:TEST/{path}").content == b"data"


async def test_settings(call):
    assert (
        await call(
            "setMyCommands", commands=[{"command": "start", "description": "d"}], language_code="de"
        )
    )["ok"]
    assert (await call("getMyCommands"))["result"] == []
    assert (await call("getMyCommands", language_code="de"))["result"][0]["command"] == "start"
    assert await refused(
        call, "setMyCommands", commands=[{"command": "Ünfug", "description": "d"}]
    ) == (400, "Bad Request: BOT_COMMAND_INVALID")
    assert (await call("setMyDescription", description="about"))["ok"]
    assert (await call("getMyDescription"))["result"] == {"description": "about"}
    assert (await call("setMyShortDescription", short_description="s"))["ok"]
    assert (await call("noSuchMethodYet", a=1)) == {"ok": True, "result": True}


# ---- queries


async def test_callback_queries(call, tg):
    await call("sendMessage", chat_id=11, text="vote", reply_markup=KEYBOARD)
    pressed = await tg.control("callback", user=ANN.as_user(), label="👍")
    assert pressed["update"]["callback_query"]["data"] == "up"
    assert pressed["update"]["callback_query"]["message"]["text"] == "vote"
    assert (await call("answerCallbackQuery", callback_query_id=pressed["query_id"], text="ok"))[
        "ok"
    ]
    assert (await refused(call, "answerCallbackQuery", callback_query_id=pressed["query_id"]))[
        1
    ].startswith("Bad Request: query is too old")
    await tg.config(query_ttl=0)
    late = await tg.control("callback", user=ANN.as_user(), label="👍")
    assert (await refused(call, "answerCallbackQuery", callback_query_id=late["query_id"]))[
        0
    ] == 400
    with pytest.raises(ValueError, match="no button"):
        await tg.control("callback", user=ANN.as_user(), label="nothing")


async def test_inline_queries(call, tg):
    def article(i, text="x", **more):
        return {
            "type": "article",
            "id": i,
            "title": "t",
            "input_message_content": {"message_text": text, **more},
        }

    query = (await tg.control("inline_query", user=ANN.as_user(), query="q"))["query_id"]
    assert (
        "RESULT_ID_DUPLICATE"
        in (
            await refused(
                call, "answerInlineQuery", inline_query_id=query, results=[article("1")] * 2
            )
        )[1]
    )
    assert (
        "can't parse entities"
        in (
            await refused(
                call,
                "answerInlineQuery",
                inline_query_id=query,
                results=[article("1", "<b>", parse_mode="HTML")],
            )
        )[1]
    )
    assert (
        await call("answerInlineQuery", inline_query_id=query, results=[article("1"), article("2")])
    )["ok"]


# ---- getUpdates and webhooks


async def test_get_updates_confirms_by_offset(call, tg):
    first, second = [(await tg.post(ANN, text))["update"]["update_id"] for text in ("one", "two")]
    assert [u["update_id"] for u in (await call("getUpdates"))["result"]] == [first, second]
    assert [u["update_id"] for u in (await call("getUpdates", limit=1))["result"]] == [
        first
    ]  # not confirmed: again
    assert [u["update_id"] for u in (await call("getUpdates", offset=second))["result"]] == [second]
    assert (await call("getUpdates", offset=second + 1))["result"] == []
    assert (await call("getUpdates"))["result"] == []
    await tg.post(ANN, "three"), await tg.post(ANN, "four")
    assert [u["message"]["text"] for u in (await call("getUpdates", offset=-1))["result"]] == [
        "four"
    ]


async def test_long_poll_wakes_up_and_conflicts(call, tg):
    loop = asyncio.get_running_loop()
    poll, started = asyncio.create_task(call("getUpdates", timeout=20)), loop.time()
    await asyncio.sleep(0.3)
    await tg.post(ANN, "/start now")
    message = (await poll)["result"][0]["message"]
    assert loop.time() - started < 3
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"] == {
        "id": 11,
        "is_bot": False,
        "first_name": "Ann",
        "username": "ann_a",
        "language_code": "de",
    }
    await call("getUpdates", offset=-1), await call("deleteWebhook", drop_pending_updates=True)
    poll = asyncio.create_task(call("getUpdates", timeout=20))
    await asyncio.sleep(0.3)
    assert (await call("getUpdates", timeout=1))[
        "ok"
    ]  # the newcomer is served, the older one fails
    body = await poll
    assert body["error_code"] == 409 and body["description"].startswith(
        "Conflict: terminated by other getUpdates request"
    )
    started = loop.time()
    assert (await call("getUpdates", timeout=1))[
        "result"
    ] == [] and 0.9 < loop.time() - started < 1.5


async def test_allowed_updates(call, tg):
    await call("getUpdates", allowed_updates=["callback_query"])
    assert (await tg.post(ANN, "unseen"))["update"] is None
    await call("getUpdates", allowed_updates=[])
    assert (await tg.post(ANN, "seen"))["update"]
    assert (await tg.control("update", kind="chat_member", payload={}))[
        "update"
    ] is None  # opt-in only


async def test_webhook(call, tg):
    got, answers = [], [500, 200, 200]

    async def bot(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        got.append((head, json.loads(await reader.readexactly(length))))
        writer.write(
            f"HTTP/1.1 {answers.pop(0)} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        writer.close()

    server = await asyncio.start_server(bot, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert await refused(call, "setWebhook", url="http://example.org/h") == (
        400,
        "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
    )
    assert await refused(call, "setWebhook", url="https://e.org/h", secret_token="ä") == (
        400,
        "Bad Request: secret token contains unallowed characters",
    )
    assert (await call("setWebhook", url=f"http://127.0.0.1:{port}/h", secret_token="s3cret"))["ok"]
    assert (await refused(call, "getUpdates"))[1].startswith(
        "Conflict: can't use getUpdates method while webhook is active"
    )
    await tg.post(ANN, "one"), await tg.post(ANN, "two")
    for _ in range(50):
        if len(got) == 3:
            break
        await asyncio.sleep(0.1)
    assert [u["message"]["text"] for _, u in got] == [
        "one",
        "one",
        "two",
    ]  # retried after the 500, in order
    assert all("x-telegram-bot-api-secret-token: s3cret" in head for head, _ in got)
    info = (await call("getWebhookInfo"))["result"]
    assert (
        info["pending_update_count"] == 0
        and "500" in info["last_error_message"]
        and "secret" not in info
    )
    await call("deleteWebhook")
    server.close()


# ---- flood control and faults


async def test_flood_control(call, tg):
    answers = [await call("sendMessage", chat_id=11, text=str(i)) for i in range(7)]
    assert [a["ok"] for a in answers] == [True] * 5 + [
        False
    ] * 2  # a burst of five, then one a second
    assert answers[-1] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    await asyncio.sleep(1.1)
    assert (await call("sendMessage", chat_id=11, text="later"))["ok"]
    await tg.config(chat_rate=1000, chat_burst=1000)
    await tg.control("chat", id=-1001234567890, title="Group")
    answers = [await call("sendMessage", chat_id=-1001234567890, text=str(i)) for i in range(21)]
    assert (
        answers[19]["ok"] and 50 <= answers[20]["parameters"]["retry_after"] <= 60
    )  # 20 a minute in a group
    await tg.config(group_per_minute=1000)
    answers = [await call("sendMessage", chat_id=11, text=str(i)) for i in range(31)]
    assert any(not a["ok"] for a in answers)  # 30 a second over all chats
    await tg.config(flood=False)
    assert all([(await call("sendMessage", chat_id=11, text="x"))["ok"] for _ in range(60)])


async def test_faults(call, tg):
    await tg.fault("error", method="sendMessage", code=500, skip=1, times=2)
    assert [(await call("sendMessage", chat_id=11, text="x"))["ok"] for _ in range(4)] == [
        True,
        False,
        False,
        True,
    ]
    await tg.fault("error", method="sendMessage", retry_after=7)
    assert (await call("sendMessage", chat_id=11, text="x"))["parameters"] == {"retry_after": 7}
    await tg.fault("reset", method="sendMessage", stage="after")
    with pytest.raises(httpx.TransportError):
        await call("sendMessage", chat_id=11, text="done, yet the answer is lost")
    assert (await tg.transcript(11))[-1]["text"] == "done, yet the answer is lost"
    await tg.fault("garbage", method="getMe")
    assert httpx.get(f"{tg.root}/bot42:TEST/getMe").status_code == 502
    await tg.fault("delay", method="getMe", seconds=0.5)
    started = asyncio.get_running_loop().time()
    await call("getMe")
    assert asyncio.get_running_loop().time() - started > 0.5
    await tg.fault("duplicate")
    await tg.post(ANN, "twice")
    ids = [u["update_id"] for u in (await call("getUpdates"))["result"]]
    assert len(ids) == 2 and len(set(ids)) == 1
    await call("getUpdates", offset=ids[0] + 1)
    await tg.control("redeliver", last=1)
    assert [u["update_id"] for u in (await call("getUpdates", offset=ids[0] + 1))["result"]] == ids[
        :1
    ]


async def test_groups_and_privacy_mode(call, tg):
    group = {"id": -1009, "title": "Team", "type": "supergroup"}
    assert (await tg.post(BOB, "hello all", chat=group))["update"]["message"]["chat"][
        "title"
    ] == "Team"
    await tg.config(privacy_mode=True)
    assert (await tg.post(BOB, "hello all", chat=group))["update"] is None
    assert (await tg.post(BOB, "/ask@fake_test_bot x", chat=group))["update"]
    await tg.control("chat", id=-1009, admins=[12])
    assert (await call("getChatMember", chat_id=-1009, user_id=12))["result"][
        "status"
    ] == "administrator"
