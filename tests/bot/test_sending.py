from __future__ import annotations

import httpx
import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot.sending import PatientSender


class Call:
    """Fails with each of the errors in turn, then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.made = list(errors), 0

    async def __call__(self) -> bool:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return True


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def send(waits: list[float]):
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def go(call: Call, endpoint: str = "sendMessage") -> object:
        sender = PatientSender(sleep, patience=10)
        return await sender.process_request(call, (), {}, endpoint, {}, None)

    return go


def unreached(kind: type[Exception]) -> NetworkError:
    error = NetworkError("httpx")
    error.__cause__ = kind("no route")
    return error


async def test_a_call_that_was_put_off_is_made_again_after_the_time_given(send, waits) -> None:
    call = Call(RetryAfter(2), RetryAfter(3))
    assert await send(call)
    assert (call.made, waits) == (3, [2, 3])


async def test_a_call_that_never_reached_telegram_is_made_again(send, waits) -> None:
    assert await send(Call(unreached(httpx.ConnectError), unreached(httpx.ConnectTimeout)))
    assert waits == [1, 1]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(TimedOut(), id="timed out: perhaps the voter has it"),
        pytest.param(unreached(httpx.ReadError), id="connection lost: perhaps the voter has it"),
        pytest.param(BadRequest("Message is too long"), id="refused for good"),
    ],
)
async def test_nothing_else_is_repeated(send, waits, error) -> None:
    call = Call(error)
    with pytest.raises(type(error)):
        await send(call)
    assert (call.made, waits) == (1, [])


async def test_patience_has_an_end(send, waits) -> None:
    call = Call(*(RetryAfter(4) for _ in range(9)))
    with pytest.raises(RetryAfter):
        await send(call)
    assert waits == [4, 4]
    with pytest.raises(RetryAfter):
        await send(Call(RetryAfter(11)))


async def test_getme_is_left_to_the_retries_of_the_start(send, waits) -> None:
    with pytest.raises(NetworkError):
        await send(Call(unreached(httpx.ConnectError)), "getMe")
    assert waits == []
