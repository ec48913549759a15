"""The real bot process with staff's pages in it: a link from the chat, and what was asked in the browser."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.conftest import write_config
from tests.fake_telegram.client import FakeTelegramClient, free_port
from tests.test_end_to_end import CHIEF, KARI, SUNDAY, House, server, tg

__all__ = ["server", "tg"]
NOTHING = "Har dere planer om romferge i Asker?"


@pytest.fixture
def house(tmp_path: Path, server: str) -> House:
    house = House(tmp_path, server)
    house.port = free_port()
    write_config(tmp_path, enabled="true")
    text = house.config.read_text(encoding="utf-8")
    house.config.write_text(text.replace("port = 8765", f"port = {house.port}"), encoding="utf-8")
    return house


async def signed_in(tg: FakeTelegramClient, client: httpx.AsyncClient, root: str) -> dict[str, str]:
    """Ask for a link, press the button on the page that it opens, and return the cookie."""
    [told] = await tg.say(CHIEF, "/weblogin")
    link = re.search(rf"{root}/logg-inn\?nokkel=([\w-]+)", told.text)
    assert link, told.text
    page = await client.get(link[0])
    assert f'value="{link[1]}"' in page.text
    answer = await client.post(
        f"{root}/logg-inn", data={"nokkel": link[1]}, headers={"origin": root}
    )
    assert answer.status_code == 303
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


async def test_from_the_chat_to_the_pages_and_out_by_a_restart(
    tg: FakeTelegramClient, house: House
) -> None:
    root = f"http://localhost:{house.port}"
    async with httpx.AsyncClient() as client:
        with house.running():
            await tg.say(KARI, SUNDAY)
            [silence] = await tg.say(KARI, NOTHING)
            assert "blockquote" not in str(silence.raw.get("entities"))
            [unknown] = await tg.say(KARI, "/weblogin")
            assert "nokkel" not in unknown.text
            cookie = await signed_in(tg, client, root)
            inbox = await client.get(f"{root}/", headers=cookie)
            assert NOTHING in inbox.text
            assert SUNDAY not in inbox.text  # it was answered
        with house.running():
            await tg.say(KARI, SUNDAY)  # it is up
            assert (await client.get(f"{root}/", headers=cookie)).status_code == 303
            assert (
                await client.get(f"{root}/", headers=await signed_in(tg, client, root))
            ).status_code == 200
    said = house.log.read_text()
    assert "nokkel" not in said
    assert cookie["cookie"].partition("=")[2] not in said
    assert "Traceback" not in said
    assert NOTHING not in said
