from __future__ import annotations

import asyncio

from bot.ordering import ChatOrder
from tests.bot.telegram_transport import Voter


class Work:
    """Pieces of work that start and end when the test says so."""

    def __init__(self, order: ChatOrder) -> None:
        self.order, self.started, self.tasks = order, [], []
        self.gates: dict[str, asyncio.Event] = {}

    def add(self, voter: Voter, name: str) -> None:
        self.gates[name] = asyncio.Event()

        async def work() -> None:
            self.started.append(name)
            await self.gates[name].wait()

        self.tasks.append(asyncio.create_task(self.order.process_update(voter.says(name), work())))

    async def end(self, *names: str) -> None:
        for name in names:
            self.gates[name].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)


async def test_one_after_another_in_a_chat_and_chats_in_parallel() -> None:
    work = Work(ChatOrder(at_once=8))
    kari, ola = Voter(None, 1), Voter(None, 2)
    for voter, name in ((kari, "k1"), (kari, "k2"), (ola, "o1"), (kari, "k3")):
        work.add(voter, name)
    await work.settle()
    assert work.started == ["k1", "o1"]
    await work.end("k1", "o1")
    assert work.started == ["k1", "o1", "k2"]
    await work.end("k2")
    assert work.started == ["k1", "o1", "k2", "k3"]
    await work.end("k3")
    assert all(task.done() for task in work.tasks)
    assert work.order.chats == 0


async def test_a_chat_that_floods_holds_one_place_only() -> None:
    work = Work(ChatOrder(at_once=2))
    flooder, other = Voter(None, 1), Voter(None, 2)
    for i in range(10):
        work.add(flooder, f"f{i}")
    work.add(other, "o")
    await work.settle()
    assert work.started == ["f0", "o"]
    await work.end("o", *(f"f{i}" for i in range(10)))
    assert work.started[2:] == [f"f{i}" for i in range(1, 10)]


async def test_no_more_than_so_many_at_once() -> None:
    work = Work(ChatOrder(at_once=2))
    for i in range(4):
        work.add(Voter(None, i + 1), str(i))
    await work.settle()
    assert work.started == ["0", "1"]
    await work.end("0")
    assert work.started == ["0", "1", "2"]
    await work.end("1", "2", "3")
    assert work.order.chats == 0


async def test_a_failure_or_a_cancelled_wait_does_not_hold_up_the_chat() -> None:
    order = ChatOrder(at_once=2)
    kari = Voter(None, 1)
    work = Work(order)
    work.add(kari, "first")
    work.add(kari, "cancelled")
    work.add(kari, "last")
    await work.settle()
    work.tasks[1].cancel()
    await work.end("first")
    assert work.started == ["first", "last"]
    await work.end("last")
    assert order.chats == 0


async def test_what_belongs_to_no_chat_is_worked_on_too() -> None:
    done = []

    async def work() -> None:
        done.append(1)

    await ChatOrder(at_once=1).process_update(object(), work())
    assert done
