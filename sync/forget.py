"""Forget a person: at every destination, in the ledger, and wherever the warehouse remembers.

First the hashes are written, so that whatever happens next no build has the person again; then
the destinations erase; then everything is deleted in one transaction. A run that breaks off is
completed by another.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from sync.forget_erase import Answer, Connect, Kept, Run, erase_sent
from sync.forget_person import Hashes, Person, find_hashes, find_whom, write_hashes
from sync.forget_sent import Sent, find_sent
from sync.forget_tables import Finder, Table, digest_sql, tables_of_people
from sync.lease import hold_lease
from sync.ledger import Ledger, open_ledger
from sync.session import Session


@dataclass(frozen=True)
class Case:
    """What forgetting somebody means, before anything is done."""

    person: Person
    hashes: Hashes
    finder: Finder
    rows: dict[str, int]
    sent: tuple[Sent, ...]

    @property
    def nothing_left(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.hashes.new or self.sent or sum(self.rows.values()))


@dataclass(frozen=True)
class Proof:
    """What was done: rows deleted and left by table, and what each account answered."""

    case: Case
    deleted: dict[str, int]
    left: dict[str, int]
    answers: tuple[Answer, ...]
    unreached: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """1 where a run has to follow, or somebody's hand."""
        open_ends = (one for one in self.answers if one.rows > one.erased + one.cleared)
        return int(any(self.left.values()) or any(open_ends))


def prepare(session: Session, who: str) -> Case:
    """Say what would be done. Changes nothing, but makes the ledger where there is none."""
    ledger = _ledger(session)
    person = find_whom(session, who)
    hashes = find_hashes(session, ledger, person)
    tables = tables_of_people(session)
    finder = Finder(session, hashes.key, hashes.all, digest_sql(session), tables)
    rows = {table.label: finder.count(table) for table in finder.tables}
    return Case(person, hashes, finder, rows, tuple(find_sent(finder, ledger)))


def forget(session: Session, case: Case, connect: Connect) -> Proof:
    """Do it. Raises LeaseHeld where one of the syncs is running, before anything is erased."""
    ledger = _ledger(session)
    run = Run(f"forget-{secrets.token_hex(6)}", ledger.next_run_number())
    write_hashes(ledger, case.hashes)
    with ExitStack() as leases:
        # Of every sync: one that runs may have planned the person, and not sent it yet.
        for account, sync_name in _ever_run(ledger):
            of_account = replace(ledger, account=account)
            leases.enter_context(hold_lease(of_account, sync_name, run.run_id))
        kept, finder = Kept(), case.finder
        answers = tuple(
            erase_sent(session, sent, connect, run, kept) for sent in find_sent(finder, ledger)
        )
        with session.warehouse.transaction():
            deleted = {table.label: _delete(finder, table) for table in finder.tables}
            for name, rows in vars(kept).items():
                session.warehouse.insert(ledger.table(name), rows)
    left = {table.label: finder.count(table) for table in finder.tables}
    # What was put back was not deleted.
    deleted = {label: max(count - left[label], 0) for label, count in deleted.items()}
    return Proof(case, deleted, left, answers, tuple(_unreached(session, case)))


def _ever_run(ledger: Ledger) -> list[tuple[str, str]]:
    rows = ledger.warehouse.rows(
        f"select distinct account, sync_name from {ledger.table('sync_runs')} "  # noqa: S608  (our own table)
        "order by account, sync_name"
    )
    return [(row["account"], row["sync_name"]) for row in rows]


def _delete(finder: Finder, table: Table) -> int:
    return finder.delete(table)


def _ledger(session: Session) -> Ledger:
    return open_ledger(session.warehouse, "")


def _unreached(session: Session, case: Case) -> Iterator[str]:
    """Say what no command can reach."""
    named = ", ".join(case.person.sources)
    yield (
        f"raw exports{f' ({named})' if named else ''}: they may still hold the person; every build "
        "leaves them out. Delete them in the source itself."
    )
    yield "backups and copies of the warehouse, and the bytes of deleted rows until it reuses them"
    yield "messages already posted, and files that somebody exported"
    if decided := _decisions(session, case.person):
        yield f"seeds/policy/match_decisions.csv: {decided} rows name their records; take them out"


def _decisions(session: Session, person: Person) -> int:
    """Count the decisions of people about their records: a file of the project."""
    if not person.record_keys or not session.has("match_decisions"):
        return 0
    marks = ", ".join("?" for _ in person.record_keys)
    (row,) = session.warehouse.rows(
        f"select count(*) as found from {session.table('match_decisions')} "  # noqa: S608  (names are ours)
        f"where record in ({marks}) or other_record in ({marks})",
        [*person.record_keys, *person.record_keys],
    )
    return int(row["found"])
