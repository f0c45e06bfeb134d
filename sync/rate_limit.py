"""Stay under a destination's limit without asking it first."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable


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
        with self._lock:
            while (pause := self._pause()) > 0:
                self._sleep(pause)
            self._sent.append(self._clock())

    def _pause(self) -> float:
        now = self._clock()
        while self._sent and now - self._sent[0] >= self._seconds:
            self._sent.popleft()
        return 0.0 if len(self._sent) < self._calls else self._sent[0] + self._seconds - now
