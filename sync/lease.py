"""One run of a sync at a time: a lease in the ledger, for engines that let many processes in.

A lease ends when a row says `released`, whoever wrote it, or when its time is over. To take one
over is to write `released` for it first: so a run that was taken over finds that out at its
next renewal, however late it comes back. Times are the warehouse's, not the machine's.
On DuckDB the lock on the file is the lease, and nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, sleep, time

from sync.errors import LeaseHeld, LeaseLost, WarehouseError
from sync.ledger import Ledger
from sync.processes import described, is_dead, this_process

LASTS = timedelta(minutes=10)
LOOK_AGAIN = 0.5  # seconds


@dataclass(frozen=True)
class _Open:
    """A lease that no row has ended. Its time may be over."""

    run_id: str
    holder: str
    since: datetime
    until: datetime


@dataclass
class Lease:
    """The right to run one sync of one account. Get it from hold_lease()."""

    ledger: Ledger
    sync_name: str
    run_id: str
    _renewed: tuple[float, float] = field(default_factory=lambda: _clocks())

    def renew(self) -> None:
        """Make it last; cheap, so call it before each batch. Raises LeaseLost."""
        if self.ledger.warehouse.one_process or self._age() < LASTS.total_seconds() / 3:
            return
        with self._locked() as now:
            if all(lease.run_id != self.run_id for lease in self._open()):
                raise LeaseLost(
                    f"{self.sync_name}: another run took over, because this one had not been "
                    f"heard of for {LASTS}. It stops here; what it sent is written down."
                )
            self._add("renewed", now, run_id=self.run_id)
        self._renewed = _clocks()

    def acquire(self) -> None:
        """Take it, or raise LeaseHeld."""
        with self._locked() as now:
            leases = self._open()
            for lease in leases:
                if lease.until > now and not is_dead(lease.holder):
                    raise LeaseHeld(
                        f"{self.sync_name} is being sent already: by {described(lease.holder)}, "
                        f"since {lease.since:%H:%M:%S} UTC; unless renewed, its lease ends at "
                        f"{lease.until:%H:%M:%S}. Wait for it with: --wait SECONDS"
                    )
            for lease in leases:
                self._add("released", now, run_id=lease.run_id)
            self._add("acquired", now, run_id=self.run_id)
        self._renewed = _clocks()

    def release(self) -> None:
        """Give it back."""
        with self._locked() as now:
            self._add("released", now, run_id=self.run_id)

    def _age(self) -> float:
        """A clock may stand still while the machine sleeps, and another be set back."""
        return max(now - then for now, then in zip(_clocks(), self._renewed, strict=True))

    @contextmanager
    def _locked(self) -> Iterator[datetime]:
        """Keep others from the leases, and give the warehouse's time."""
        warehouse = self.ledger.warehouse
        with warehouse.transaction():
            warehouse.lock(self.ledger.table("sync_leases"))
            yield warehouse.now()

    def _open(self) -> list[_Open]:
        return open_leases(self.ledger, self.sync_name)

    def _add(self, action: str, now: datetime, *, run_id: str) -> None:
        row = {
            "account": self.ledger.account,
            "sync_name": self.sync_name,
            "run_id": run_id,
            "holder": this_process(),
            "action": action,
            "expires_at": None if action == "released" else now + LASTS,
            "recorded_at": now,
        }
        self.ledger.warehouse.insert(self.ledger.table("sync_leases"), [row])


@contextmanager
def hold_lease(
    ledger: Ledger,
    sync_name: str,
    run_id: str,
    *,
    wait: float = 0,
    stopped: Callable[[], int] = lambda: 0,
) -> Iterator[Lease]:
    """Hold the lease of a sync. Where another run has it, wait that many seconds: LeaseHeld."""
    lease = Lease(ledger, sync_name, run_id)
    if ledger.warehouse.one_process:
        yield lease
        return
    deadline = monotonic() + wait
    while True:
        try:
            lease.acquire()
            break
        except LeaseHeld:
            if monotonic() >= deadline or stopped():
                raise
        sleep(LOOK_AGAIN)
    try:
        yield lease
    finally:
        # Where the warehouse is gone, the lease ends by itself.
        with suppress(WarehouseError):
            lease.release()


def open_leases(ledger: Ledger, sync_name: str) -> list[_Open]:
    """Give the leases of a sync that no row has ended; those whose time is over too."""
    rows = ledger.warehouse.rows(
        f"""
        select run_id, max(holder) as holder, min(recorded_at) as since, max(expires_at) as until
        from {ledger.table("sync_leases")}
        where account = ? and sync_name = ?
        group by run_id
        having sum(case when action = 'released' then 1 else 0 end) = 0
        order by since
        """,  # noqa: S608  (names of our own tables)
        (ledger.account, sync_name),
    )
    return [_Open(**row) for row in rows]


def _clocks() -> tuple[float, float]:
    return monotonic(), time()
