"""Stay under a destination's limit without asking it first.

RateLimiter keeps to a limit within one process. SharedRateLimiter keeps to it together with
every process of the machine that names the same budget, through a small SQLite file.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sync.errors import ConfigError

DAY = 86_400.0
SCHEMA = """
create table if not exists calls (budget text not null, at real not null);
create index if not exists calls_by_budget on calls (budget, at);
"""


class RateLimiter:
    """Lets at most `calls` through in any `seconds`; the next one waits. Safe between threads."""

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls = calls
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._sent: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when one more call is within the limit, and count it."""
        while (pause := self._take()) > 0:
            self._sleep(pause)

    def _take(self) -> float:
        """Count a call and give 0, or give the seconds until it is worth asking again."""
        with self._lock:
            now = self._clock()
            while self._sent and now - self._sent[0] >= self._seconds:
                self._sent.popleft()
            if len(self._sent) >= self._calls:
                return self._sent[0] + self._seconds - now
            self._sent.append(now)
            return 0.0


class SharedRateLimiter(RateLimiter):
    """A limit that all processes of this machine keep together.

    `budget` names what is limited: service, address and account. The file holds its digest and
    the times of the latest calls, nothing else, and may be deleted at any moment. Times are
    those of the wall clock, which the processes have in common.
    """

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        file: Path,
        budget: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(calls, seconds, clock=clock, sleep=sleep)
        self._file = file
        self._budget = hashlib.sha256(budget.encode()).hexdigest()

    def _take(self) -> float:
        with self._lock, _locked(self._file) as database:
            now = self._clock()
            # A time in the future was written before the clock was set back; what is a day old
            # belongs to a budget that nobody uses any more.
            database.execute(
                "delete from calls where budget = ? and (at <= ? or at > ?) or at <= ?",
                (self._budget, now - self._seconds, now + self._seconds, now - DAY),
            )
            count, oldest = database.execute(
                "select count(*), min(at) from calls where budget = ?", (self._budget,)
            ).fetchone()
            if count >= self._calls:
                return float(min(max(oldest + self._seconds - now, 0.001), self._seconds))
            database.execute("insert into calls values (?, ?)", (self._budget, now))
            return 0.0


@contextmanager
def _locked(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the file, alone. A lost write after a power cut costs at most one wait."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as database:
            database.execute("pragma synchronous = off")
            database.execute("begin immediate")
            for statement in SCHEMA.split(";\n"):
                database.execute(statement)
            yield database
            database.execute("commit")
    except (OSError, sqlite3.Error) as problem:
        raise ConfigError(
            f"{file}, where processes count their calls together, cannot be used"
            f" ({type(problem).__name__}). Delete it, or make its folder writable."
        ) from None
