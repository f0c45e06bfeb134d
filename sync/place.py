"""The place that a sync writes to, by all that names it: what its ledger knows holds there only.

After somebody gave an exposure another list, or put another account behind the settings, the
ledger would call there what it never sent. So each run writes its place down, and one that
differs is refused until somebody says what is meant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

from sync.collect import DAYS, open_calls
from sync.config import Sync
from sync.destinations import DESTINATIONS
from sync.destinations.connection import SANDBOX, Connection, Target
from sync.errors import ConfigError
from sync.ledger import REFUSED, Ledger, utc_now

# What names a place, by the words of a message. None of it is a secret.
Place = Mapping[str, str]


def place_of(destination: str, goes_to: Target, connection: Connection) -> Place:
    """Give the place behind a connection. The sandbox is one place, whatever its address.

    Asks the vendor whose account it is, where only the vendor knows. Raises a DestinationError.
    """
    required = DESTINATIONS[destination].objects[goes_to.object].required
    account = {**connection.place, **connection.owner()} if connection.account != SANDBOX else {}
    return {
        "destination": destination,
        "object": goes_to.object,
        **account,
        **{f"settings.{name}": goes_to.settings[name].strip() for name in required},
    }


def differences(sync: Sync, ledger: Ledger, place: Place) -> list[str]:
    """Say how a place differs from that of the last run; nothing where that left nothing there.

    What the last run did not write down is no difference: it ran with an earlier version.
    """
    last = _last_place(sync, ledger)
    names = [name for name, value in place.items() if last.get(name, value) != value]
    if not names or not _is_anything_there(sync, ledger):
        return []
    return [f'{name} was "{last[name]}" and is "{place[name]}"' for name in names]


def refuse_another_place(
    sync: Sync, ledger: Ledger, place: Place, *, moved: bool, tell: Callable[[str], None]
) -> None:
    """Raise ConfigError where the place is another one; with `moved` only tell what differs."""
    if not (found := differences(sync, ledger, place)):
        return
    if moved:
        tell(f"{sync.name}: --moved takes it for the place of before: {', '.join(found)}.")
        return
    raise ConfigError(
        f"{sync.name} wrote to another place so far: {', '.join(found)}. Nothing was sent: what "
        "the ledger knows holds for that place only. If it is another one, give the exposure "
        f"another name, or the account one by {sync.meta.destination.upper()}_ACCOUNT. If it is "
        f"the same one under another name: decile sync {sync.name} --moved. What becomes of the "
        "rows that were sent there: docs/sync.md, Another place"
    )


def _last_place(sync: Sync, ledger: Ledger) -> Place:
    rows = ledger.warehouse.rows(
        f"""
        select place
        from {ledger.table("sync_runs")}
        where account = ? and sync_name = ? and place is not null
        order by run_number desc, recorded_at desc
        limit 1
        """,  # noqa: S608  (our own table)
        (ledger.account, sync.name),
    )
    return next((json.loads(row["place"]) for row in rows), {})


def _is_anything_there(sync: Sync, ledger: Ledger) -> bool:
    """Tell whether a row is known or may be there: by what was sent, or by the id of its record.

    An id means somebody else elsewhere. What was removed has none, what was cleared keeps it. A
    run that was refused altogether, for a list that does not exist, left nothing. As long as the
    destination works something off there, what was removed may be there still.
    """
    since = utc_now() - timedelta(days=DAYS)
    if any(call["sent_at"] > since for call in open_calls(sync, ledger)):
        return True
    rows = ledger.warehouse.rows(
        f"""
        select 1 as found
        from {ledger.table("sync_state_current")}
        where
            account = ? and sync_name = ?
            and (
                fingerprint is not null
                or destination_id is not null
                and (accepted_at is not null or coalesce(error_code, '') <> '{REFUSED}')
            )
        limit 1
        """,  # noqa: S608  (our own view)
        (ledger.account, sync.name),
    )
    return bool(list(rows))
