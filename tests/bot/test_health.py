from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path

import pytest

from bot.health import Health, notify, response, serve_health


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    return Health(clock)


def test_a_process_is_well_as_long_as_telegram_answers_and_the_loop_turns(
    health: Health, clock: Clock
) -> None:
    for _ in range(10):
        clock.now += 100
        health.polled()
        health.ticked()
        assert health.trouble == ""
    clock.now += 121
    health.ticked()
    assert health.trouble == "telegram"
    health.polled()
    assert health.trouble == ""
    clock.now += 31
    assert health.trouble == "loop"


def test_a_start_has_two_minutes_to_reach_telegram(health: Health, clock: Clock) -> None:
    clock.now += 119
    health.ticked()
    assert (health.trouble, health.poll_age) == ("", None)
    clock.now += 2
    health.ticked()
    assert health.trouble == "telegram"


def test_the_day_slides(health: Health, clock: Clock) -> None:
    health.failed()
    health.answered(10, found=False)
    clock.now += 86_000
    health.failed()
    health.answered(10, found=True)
    assert (health.errors, health.answers) == (2, (2, 1))
    clock.now += 500
    assert (health.errors, health.answers) == (1, (1, 0))


def test_the_95th_percentile(health: Health) -> None:
    assert health.p95 is None
    for ms in range(1, 101):
        health.answered(float(ms), found=True)
    assert health.p95 == 95.0


def test_the_age_of_a_version_begins_anew_only_with_another(health: Health, clock: Clock) -> None:
    health.serves("a")
    clock.now += 60
    health.serves("a")
    assert health.version_age == 60
    health.serves("b")
    assert health.version_age == 0


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\n", b"200"),
        (b"HEAD /healthz HTTP/1.0\r\n", b"200"),
        (b"POST /healthz HTTP/1.1\r\n", b"404"),
        (b"GET /healthz/../status HTTP/1.1\r\n", b"404"),
        (b"GET / HTTP/1.1\r\n", b"404"),
        (b"", b"404"),
        (b"\xff\xfe\r\n", b"404"),
    ],
)
def test_one_page_and_no_other(health: Health, request_line: bytes, status: bytes) -> None:
    assert response(health, request_line).split()[1] == status


async def ask(port: int, request: bytes) -> tuple[int, dict]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    raw = await reader.read()
    writer.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


async def test_healthz_over_the_wire(health: Health, clock: Clock) -> None:
    server = await serve_health(health, 0)
    try:
        [address] = [s.getsockname() for s in server.sockets]
        assert address[0] == "127.0.0.1"
        request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        health.polled()
        status, body = await ask(address[1], request)
        assert (status, body["ok"], body["last_update_age_s"]) == (200, True, 0.0)
        clock.now += 121
        health.ticked()
        status, body = await ask(address[1], request)
        assert (status, body["ok"], body["trouble"]) == (503, False, "telegram")
        assert body.keys() == {
            "ok",
            "trouble",
            "uptime_s",
            "last_update_age_s",
            "errors_24h",
            "maintenance",
        }
        reader, writer = await asyncio.open_connection("127.0.0.1", address[1])
        writer.write(b"G" * 100_000)  # no line, too long: cut off, and the next is served
        await reader.read()
        writer.close()
        assert (await ask(address[1], request))[0] == 503
    finally:
        server.close()


@pytest.mark.parametrize("abstract", [False, True], ids=["file", "abstract"])
def test_systemd_is_told(tmp_path: Path, abstract: bool) -> None:
    name = f"@loftebot-test-{tmp_path.name}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name[1:] if abstract else name)
        assert notify("WATCHDOG=1", name)
        assert systemd.recv(100) == b"WATCHDOG=1"


def test_nobody_to_tell_is_no_error(tmp_path: Path) -> None:
    assert not notify("READY=1", "")
    assert not notify("READY=1", str(tmp_path / "nobody"))
