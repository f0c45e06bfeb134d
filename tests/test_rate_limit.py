"""The limit: never more calls than it says in any window, however many ask at once."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.rate_limit import RateLimiter, SharedRateLimiter

CALLS, SECONDS = 5, 0.4


class Clock:
    """Time that passes only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def ask(file: Path, times: int) -> None:
    limiter = SharedRateLimiter(CALLS, SECONDS, file=file, budget="crm live")
    for _ in range(times):
        limiter.wait()


def most_in_a_window(file: Path, seconds: float) -> tuple[int, int]:
    """Give the number of calls, and the most of them within any window, by the file's times."""
    with sqlite3.connect(file) as database:
        times = sorted(row[0] for row in database.execute("select at from kept"))
    database.close()
    most = max(sum(start <= at < start + seconds for at in times) for start in times)
    return len(times), most


def keep_all_calls(file: Path) -> None:
    """Make the file remember every call that was ever let through."""
    SharedRateLimiter(1, 1, file=file, budget="other").wait()
    with sqlite3.connect(file) as database:
        database.execute("create table kept (at real)")
        database.execute(
            "create trigger keep after insert on calls begin insert into kept values (new.at); end"
        )
    database.close()


def test_processes_and_threads_together_keep_to_one_limit(tmp_path: Path) -> None:
    file = tmp_path / "rates.sqlite"
    keep_all_calls(file)
    spawn = multiprocessing.get_context("spawn")
    workers: list[multiprocessing.process.BaseProcess | threading.Thread] = [
        *(spawn.Process(target=ask, args=(file, 5)) for _ in range(2)),
        *(threading.Thread(target=ask, args=(file, 5)) for _ in range(2)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert most_in_a_window(file, SECONDS) == (20, CALLS)


def test_another_budget_is_another_limit(tmp_path: Path) -> None:
    clock = Clock()
    for budget in ("crm live", "crm emea", "mail live"):
        limiter = SharedRateLimiter(
            1,
            10,
            file=tmp_path / "rates.sqlite",
            budget=budget,
            clock=clock.read,
            sleep=clock.sleep,
        )
        limiter.wait()
    assert clock.now == 1000.0
    limiter.wait()
    assert clock.now == 1010.0


def test_the_file_names_no_account(tmp_path: Path) -> None:
    file = tmp_path / "rates.sqlite"
    SharedRateLimiter(1, 1, file=file, budget="crm https://hooks.example.com/secret").wait()
    assert b"secret" not in file.read_bytes()


@settings(deadline=None, max_examples=30)
@given(
    calls=st.integers(1, 4),
    steps=st.lists(st.sampled_from([0.0, 0.5, 3.0, 9.99, 10.0, 25.0]), max_size=25),
    shared=st.booleans(),
)
def test_no_window_ever_holds_more_than_the_limit(
    tmp_path_factory: pytest.TempPathFactory, calls: int, steps: list[float], *, shared: bool
) -> None:
    clock = Clock()
    limiter = RateLimiter(calls, 10, clock=clock.read, sleep=clock.sleep)
    if shared:
        limiter = SharedRateLimiter(
            calls,
            10,
            file=tmp_path_factory.mktemp("rates") / "rates.sqlite",
            budget="b",
            clock=clock.read,
            sleep=clock.sleep,
        )
    times = []
    for step in steps:
        clock.now += step
        limiter.wait()
        times.append(clock.now)
    for start in times:
        assert sum(start <= at < start + 9.999 for at in times) <= calls


def test_a_clock_that_was_set_back_blocks_nobody_for_longer_than_the_window(tmp_path: Path) -> None:
    clock = Clock()
    limiter = SharedRateLimiter(
        1, 10, file=tmp_path / "rates.sqlite", budget="b", clock=clock.read, sleep=clock.sleep
    )
    for moment, latest in ((5000.0, 5000.0), (1000.0, 1000.0), (995.0, 1010.0)):
        clock.now = moment
        limiter.wait()
        assert moment <= clock.now <= latest


def test_a_file_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    file = tmp_path / "rates.sqlite"
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(ConfigError, match=r"rates\.sqlite.*Delete it"):
        SharedRateLimiter(1, 1, file=file, budget="b").wait()


def test_a_call_costs_little(tmp_path: Path) -> None:
    limiter = SharedRateLimiter(1000, 60, file=tmp_path / "rates.sqlite", budget="b")
    started = time.perf_counter()
    for _ in itertools.repeat(None, 100):
        limiter.wait()
    assert time.perf_counter() - started < 2
