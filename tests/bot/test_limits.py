from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import Admission, Limiter, Pace, Recent


class Clock:
    """Monotonic seconds that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_flooder_gets_so_many_answers_and_one_notice() -> None:
    clock = Clock()
    limiter = Limiter(20, clock)
    said = []
    for _ in range(1000):
        said.append(limiter.admit(1))
        clock.now += 0.01
    assert said.count(Admission.WELCOME) == 20
    assert said.count(Admission.NOTICE) == 1
    assert said[20] is Admission.NOTICE
    assert limiter.admit(2) is Admission.WELCOME
    clock.now += 60
    assert limiter.admit(1) is Admission.WELCOME


def test_who_goes_on_flooding_for_an_hour_is_told_once() -> None:
    clock = Clock()
    limiter = Limiter(20, clock)
    said = []
    for _ in range(3600):
        said.append(limiter.admit(1))
        clock.now += 1.0
    assert said.count(Admission.NOTICE) == 1
    assert said.count(Admission.WELCOME) == 20 * 60
    clock.now += 60
    again = [limiter.admit(1) for _ in range(21)]
    assert again[-1] is Admission.NOTICE


@given(st.lists(st.floats(0, 30, allow_nan=False), max_size=200))
def test_no_minute_ever_has_more_than_the_limit(pauses: list[float]) -> None:
    clock = Clock()
    limiter = Limiter(5, clock)
    welcome = []
    for pause in pauses:
        clock.now += pause
        if limiter.admit("x") is Admission.WELCOME:
            welcome.append(clock.now)
    for i, end in enumerate(welcome):
        assert sum(end - t < 60 for t in welcome[: i + 1]) <= 5


def test_memory_is_bounded_and_the_longest_silent_are_forgotten() -> None:
    limiter = Limiter(1, Clock(), capacity=3)
    for key in (1, 2, 3, 1, 4):
        limiter.admit(key)
    assert limiter.remembered == 3
    assert limiter.admit(1) is not Admission.WELCOME  # seen lately: remembered
    assert limiter.admit(2) is Admission.WELCOME  # the longest silent: forgotten
    everyone = Limiter(20)
    for key in range(30_000):
        everyone.admit(key)
    assert everyone.remembered == 10_000


def test_recent_makes_what_it_lacks() -> None:
    recent: Recent[list[int]] = Recent(list, capacity=2)
    recent["a"].append(1)
    assert (recent["a"], recent["b"], len(recent)) == ([1], [], 2)


def test_a_chat_gets_a_short_burst_and_then_one_message_a_second() -> None:
    clock = Clock()
    pace = Pace(burst=4, clock=clock)
    assert [pace.chat_wait(1) for _ in range(6)] == [0, 0, 0, 0, 1, 2]
    assert pace.chat_wait(2) == 0
    clock.now += 6
    assert [pace.chat_wait(1) for _ in range(5)] == [0, 0, 0, 0, 1]


@given(st.lists(st.floats(0, 2, allow_nan=False), max_size=100))
def test_no_second_has_more_messages_than_telegram_takes(pauses: list[float]) -> None:
    clock = Clock()
    pace = Pace(total=5, clock=clock)
    due = []
    for pause in pauses:
        clock.now += pause
        wait = pace.total_wait()
        assert wait >= 0
        due.append(clock.now + wait)
    assert due == sorted(due)
    for before, after in zip(due, due[5:], strict=False):
        assert after - before > 1 - 1e-6
