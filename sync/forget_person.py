"""Who is to be forgotten: everything a person is known by, as the warehouse has it today."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sync.errors import ConfigError
from sync.find_person import rows_of
from sync.ledger import Ledger, utc_now
from sync.session import Session
from sync.suppression import suppression_hash
from sync.warehouse import Record

SHOWN_IDS = 10


@dataclass(frozen=True)
class Person:
    """What somebody is known by. `identifiers` are (type, value), and theirs alone.

    `shared` counts those that others have too, who keep them.
    """

    contact_ids: tuple[str, ...]
    record_keys: tuple[str, ...]
    sources: tuple[str, ...]
    identifiers: frozenset[tuple[str, str]]
    shared: int
    asked: str = field(repr=False)


@dataclass(frozen=True)
class Hashes:
    """What suppressed_identities holds of a person, or will. `since`: None if nothing yet."""

    key: str
    known: frozenset[tuple[str, str]]
    new: frozenset[tuple[str, str]]
    since: datetime | None

    @property
    def all(self) -> tuple[str, ...]:
        """Every hash, of whatever type."""
        return tuple(sorted({digest for _, digest in self.known | self.new}))


def find_whom(session: Session, who: str) -> Person:
    """Find one person. Messages of the ConfigErrors raised never repeat what was asked for."""
    asked = who.strip()
    rows = rows_of(session, asked)
    contacts = sorted({contact_id for contact_id, _ in rows if contact_id})
    if len(contacts) > 1:
        named = ", ".join(contacts[:SHOWN_IDS])
        raise ConfigError(f"{len(contacts)} contacts have it: {named}. Forget one by its id.")
    address = {("email", asked.lower())} if "@" in asked else set()
    ids = _all_ids(session, contacts)
    keys = {key for _, key in rows} | set(_records(session, ids))
    keys |= set(_deleted_records(session, address))
    own, shared = _identifiers(session, sorted(keys))
    return Person(
        contact_ids=tuple(ids),
        record_keys=tuple(sorted(keys)),
        sources=tuple(sorted({key.replace("|", ":").split(":")[0] for key in keys})),
        identifiers=frozenset(own | address),
        shared=shared,
        asked=asked,
    )


def find_hashes(session: Session, ledger: Ledger, person: Person) -> Hashes:
    """Give the person's hashes: those there already, with all that came with them, and new ones.

    What one forget writes has one time: an earlier one that did not come to its end is found
    again by any of its hashes, though nothing else is left of the person.
    """
    warehouse = session.warehouse
    (found,) = warehouse.rows(
        f"select max(suppression_key) as found from {ledger.table('suppression_key')}"  # noqa: S608  (our own table)
    )
    key = str(found["found"] or secrets.token_hex(16))
    told = {*person.identifiers, *_ids(person), *_row_keys(session, ledger, person)}
    wanted = {(kind, suppression_hash(key, kind, value)) for kind, value in told}
    hashes = f"""
        select identifier_type, identifier_hash, recorded_at
        from {ledger.table("suppressed_identities")}
    """  # noqa: S608  (our own table)
    known = [
        ((row["identifier_type"], row["identifier_hash"]), row["recorded_at"])
        for row in warehouse.rows(hashes)
    ]
    # Somebody whom no model has any more may be asked for by what they were known by.
    old = {
        (kind, suppression_hash(key, kind, person.asked))
        for kind in ("contact_id", "record_id", "record_key")
    }
    times = {time for pair, time in known if pair in wanted | old}
    there = frozenset(pair for pair, time in known if time in times)
    if not there and not wanted:
        raise ConfigError(
            "nobody is known by that. Ask for an e-mail, a contact id or a record (hubspot:1001)."
        )
    return Hashes(key, there, frozenset(wanted - there), min(times, default=None))


def write_hashes(ledger: Ledger, hashes: Hashes) -> None:
    """Write what is not there yet: from here on no build has the person."""
    warehouse = ledger.warehouse
    table = ledger.table("suppression_key")
    now = hashes.since or utc_now()
    with warehouse.transaction():
        # Hashes of another key are of no use: two that are first at the same time agree on one.
        warehouse.lock(table)
        (found,) = warehouse.rows(f"select max(suppression_key) as found from {table}")  # noqa: S608  (our own table)
        if found["found"] is None:
            row = {"suppression_key": hashes.key, "recorded_at": now}
            warehouse.insert(table, [row])
        elif found["found"] != hashes.key:
            raise ConfigError(
                "another forget began at the same time; nothing was done. Run it again."
            )
        warehouse.insert(
            ledger.table("suppressed_identities"),
            [
                {"identifier_type": kind, "identifier_hash": digest, "recorded_at": now}
                for kind, digest in sorted(hashes.new)
            ],
        )


def _ids(person: Person) -> Iterator[tuple[str, str]]:
    yield from (("contact_id", value) for value in person.contact_ids)
    yield from (("record_key", value) for value in person.record_keys)


def _row_keys(session: Session, ledger: Ledger, person: Person) -> Iterator[tuple[str, str]]:
    """Give the keys of the syncs, for rows of a ledger that did not name contacts yet."""
    for sync in session.syncs:
        if not sync.contact or not session.warehouse.exists(sync.table, schema=sync.schema):
            continue
        model = session.warehouse.relation(sync.table, schema=sync.schema, database=sync.database)
        key = f"cast({sync.meta.key} as {session.warehouse.text_type})"
        sql = f"select {key} as found from {model}"  # noqa: S608  (names are ours)
        for row in _where(session, sql, sync.contact, person.contact_ids):
            yield "row_key", f"{sync.name}:{row['found']}"


def _all_ids(session: Session, contact_ids: Sequence[str]) -> list[str]:
    """Give the ids, and those that went into them."""
    merged = _where(
        session,
        f"select merged_contact_id as found from {session.table('contact_merges')}",  # noqa: S608  (our own table)
        "current_contact_id",
        contact_ids,
    )
    return sorted({*contact_ids, *(row["found"] for row in merged)})


def _records(session: Session, contact_ids: Sequence[str]) -> list[str]:
    sql = f"select record_key as found from {session.table('identity_contacts')}"  # noqa: S608  (as above)
    return [row["found"] for row in _where(session, sql, "contact_id", contact_ids)]


def _deleted_records(session: Session, address: Iterable[tuple[str, str]]) -> list[str]:
    """Give the records that the vendor deleted, which belong to no contact."""
    sql = f"select record_key as found from {session.table('identity_records')}"  # noqa: S608  (as above)
    emails = [value for _, value in address]
    return [row["found"] for row in _where(session, sql, "is_deleted and email", emails)]


def _identifiers(session: Session, record_keys: Sequence[str]) -> tuple[set[tuple[str, str]], int]:
    """Give the identifiers of records that no other record has, and how many others have too."""
    if not record_keys:
        return set(), 0
    marks = ", ".join("?" for _ in record_keys)
    rows = session.warehouse.rows(
        f"""
        with records as (
            select record_number, record_key in ({marks}) as is_theirs
            from {session.table("identity_records")}
        ),
        theirs as (
            select distinct identifiers.identifier_type, identifiers.identifier_value
            from {session.table("identity_identifiers")} as identifiers
            inner join records on identifiers.record_number = records.record_number
            where records.is_theirs
        )
        select theirs.identifier_type, theirs.identifier_value,
            max(case when records.is_theirs then 0 else 1 end)
                + count(blocked.identifier_value) as others
        from theirs
        inner join {session.table("identity_identifiers")} as identifiers
            on theirs.identifier_type = identifiers.identifier_type
            and theirs.identifier_value = identifiers.identifier_value
        inner join records on identifiers.record_number = records.record_number
        left join {session.table("blocked_identifiers")} as blocked
            on theirs.identifier_type = blocked.identifier_type
            and theirs.identifier_value = blocked.identifier_value
        group by theirs.identifier_type, theirs.identifier_value
        """,  # noqa: S608  (names are ours, values are parameters)
        record_keys,
    )
    found = [((row["identifier_type"], row["identifier_value"]), row["others"]) for row in rows]
    own = {pair for pair, others in found if not others}
    # A profile's own id is its record's, and that of no other, whether it lives or not.
    own |= {("record_id", key) for key in record_keys if "|" not in key}
    return own, len({pair for pair, _ in found} - own)


def _where(session: Session, select: str, condition: str, values: Sequence[str]) -> list[Record]:
    if not values:
        return []
    marks = ", ".join("?" for _ in values)
    return list(session.warehouse.rows(f"{select} where {condition} in ({marks})", values))
