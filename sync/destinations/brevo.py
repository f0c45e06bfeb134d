"""Brevo contacts, by the API v3: updates in batches of 100, new contacts one call each.

A batch says of no row what became of it: it is done, or refused as a whole and then halved. A row
alone is a call that says what is wrong. Brevo drops an attribute that it does not have, or whose
type is another, without a word: so the attributes are read first, and one contact is read back.
Nothing is ever said of a subscription, and lists are for new contacts only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from sync.answers import Answer
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.destinations import brevo_setup
from sync.destinations.addresses import (
    address,
    addresses,
    cannot_be_named,
    cannot_be_read,
    having,
    in_doubt,
    native,
)
from sync.destinations.brevo_answers import TAKEN, code_of, holds, is_nobody, refused
from sync.destinations.brevo_setup import ADDRESS, JSON_TYPES
from sync.destinations.one_by_one import one_by_one
from sync.errors import AccessRefused, Ambiguous, ConfigError, DestinationError
from sync.http import HttpClient

MAX_BATCH = 100
CALLS_PER_SECOND = 10
CONTACTS = "/contacts"


def capabilities(calls_per_second: int = CALLS_PER_SECOND) -> Capabilities:
    """Say what Brevo contacts can do, at a number of calls a second."""
    return Capabilities(
        modes=frozenset({"update", "upsert", "create", "mirror"}),
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_second * MAX_BATCH,
        removal="clear",
        erases=True,
        consent_for_new="email_marketing",
        found_by=frozenset({ADDRESS}),
        unique_key_is=ADDRESS,
        max_in_flight=4,
    )


class BrevoContacts:
    """The contacts of one account. `new_in` is the id of the list that new ones get into."""

    name = "brevo"

    def __init__(
        self,
        http: HttpClient,
        *,
        new_in: int | None = None,
        calls_per_second: int = CALLS_PER_SECOND,
    ) -> None:
        self._http = http
        self._new_in = new_in
        self._kinds: Mapping[str, str] | None = None
        self._is_proven = False
        self.capabilities = capabilities(calls_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Update known contacts in one call; create, erase and move the others one by one."""
        if len(changes) > MAX_BATCH:
            raise ConfigError(f"Brevo: a batch has {MAX_BATCH} rows, not {len(changes)}.")
        self._stop_at_unknown_fields(changes)
        done = {outcome.token: outcome for outcome in cannot_be_named(changes)}
        done |= {one.token: one for one in cannot_be_read(changes, self._attributes)}
        together = [one for one in changes if one.token not in done and _fits_a_batch(one)]
        if len(together) > 1:
            done |= self._update(together)
        return one_by_one(changes, lambda change: done.get(change.token) or self._write(change))

    def check(self) -> list[Finding]:
        """Read the account and its attributes."""
        self._http.get("/account")
        count = len(brevo_setup.attributes(self._http))
        return [
            Finding("key", ok=True, detail="accepted"),
            Finding("attributes", ok=True, detail=f"{count:,} can be read"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which attributes are there, missing, or there with a type that does not fit."""
        return brevo_setup.plan(self._http, fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the attributes that are missing; change nothing that exists."""
        self._kinds = None
        return brevo_setup.apply(self._http, fields)

    def _update(self, changes: Sequence[Change]) -> dict[str, Outcome]:
        changes = [change.for_known() for change in changes]
        contacts = [{**_named(one), "attributes": self._attributes(one)} for one in changes]
        self._send("POST", f"{CONTACTS}/batch", {"contacts": contacts})
        self._prove(changes[0])
        return {one.token: Outcome(one.token, "accepted", one.record_id) for one in changes}

    def _write(self, change: Change) -> Outcome:
        if change.operation in ("upsert", "create") and not change.record_id:
            return self._create(change)
        change = change.for_known()
        path = f"{CONTACTS}/{quote(change.record_id or address(change), safe='')}"
        if change.operation == "erase":
            return self._erase(change)
        body = {"attributes": self._attributes(change) | self._moved(change, path)}
        answer = self._send("PUT", path, body, accept={404})
        if not is_nobody(answer):
            self._prove(change)
        elif change.operation != "remove":
            why = "Brevo has no such contact: it was deleted there."
            return Outcome(change.token, "rejected", change.record_id, "CONTACT_NOT_FOUND", why)
        return Outcome(change.token, "accepted", change.record_id)

    def _create(self, change: Change) -> Outcome:
        body: dict[str, object] = {
            "email": address(change),
            "attributes": self._attributes(change.for_new()),
            "updateEnabled": False,
        }
        if self._new_in is not None:
            body["listIds"] = [self._new_in]
        answer = self._send("POST", CONTACTS, body, accept={400})
        if answer.status == 400:
            if code_of(answer) not in TAKEN:
                raise refused(answer)
            return self._update_found(change, answer)
        return Outcome(change.token, "accepted", _id(answer))

    def _update_found(self, change: Change, answer: Answer) -> Outcome:
        """Update whoever has the address already; if nobody, another value is somebody else's."""
        path = f"{CONTACTS}/{quote(address(change), safe='')}"
        found = self._send("GET", path, accept={404})
        if is_nobody(found):
            raise refused(answer)
        has = str((found.body or {}).get("email"))
        having("Brevo", address(change), [(has, _id(found))])
        body = {"attributes": self._attributes(change.for_known())}
        self._send("PUT", f"{CONTACTS}/{_id(found)}", body)
        return Outcome(change.token, "accepted", _id(found))

    def _erase(self, change: Change) -> Outcome:
        """Erase by id, and where that is gone whoever has an address of the row."""
        known = bool(change.record_id) and self._delete(str(change.record_id))
        for one in in_doubt(change, ADDRESS) if known else addresses(change, ADDRESS):
            self._delete(one)
        return Outcome(change.token, "accepted", change.record_id)

    def _delete(self, name: str) -> bool:
        path = f"{CONTACTS}/{quote(name, safe='')}"
        return not is_nobody(self._send("DELETE", path, accept={404}))

    def _moved(self, change: Change, path: str) -> dict[str, object]:
        """Give the address where it is a new one: Brevo refuses the one that a contact has."""
        wanted = (change.fields.get(ADDRESS) or "").strip().lower()
        if not wanted or _stays(change):
            return {}
        if ADDRESS not in change.previous:
            has = (self._send("GET", path, accept={404}).body or {}).get("email")
            if str(has).lower() == wanted:
                return {}
        return {ADDRESS: wanted}

    def _prove(self, change: Change) -> None:
        """Read one contact back, once: what Brevo drops it drops for everybody."""
        sent = {name: value for name, value in self._attributes(change).items() if value != ""}
        if self._is_proven or not sent:
            return
        path = f"{CONTACTS}/{quote(change.record_id or address(change), safe='')}"
        answer = self._send("GET", path, accept={404})
        held = (answer.body or {}).get("attributes")
        if not isinstance(held, Mapping) or is_nobody(answer):
            return  # it was deleted in between: another one will tell
        kinds = self._known()
        if lost := sorted(
            n for n, value in sent.items() if not holds(kinds[n], value, held.get(n))
        ):
            # No refusal: it was written, and is there in part.
            raise DestinationError(
                f"Brevo took the attributes {', '.join(lost)} and does not hold them. Look at"
                " their types with: decile setup brevo"
            )
        self._is_proven = True

    def _send(
        self, method: str, path: str, body: object = None, *, accept: set[int] | None = None
    ) -> Answer:
        """Call. All calls may be repeated: they set values, or find done what they ask for."""
        answer = self._http.send(method, path, body=body, idempotent=True, accept=accept or ())
        if answer.status == 404 and not is_nobody(answer):
            raise DestinationError(f"{answer}. Check BREVO_BASE_URL.")
        return answer

    def _attributes(self, change: Change) -> dict[str, object]:
        kinds = self._known()
        return {
            name: native(value, JSON_TYPES.get(kinds[name], "string"), name)
            for name, value in change.fields.items()
            # A contact has its address beside; what was deleted since needs no clearing.
            if name in kinds and name != ADDRESS
        }

    def _known(self) -> Mapping[str, str]:
        """Give the type of each attribute."""
        if self._kinds is None:
            found = brevo_setup.attributes(self._http)
            self._kinds = {name: str(one.get("type")) for name, one in found.items()}
        return self._kinds

    def _stop_at_unknown_fields(self, changes: Sequence[Change]) -> None:
        asked = {
            name
            for change in changes
            if change.operation not in ("remove", "erase")
            for name in change.fields
        }
        if missing := sorted(asked - self._known().keys()) if asked else []:
            raise AccessRefused(
                f"Brevo: contacts lack the attributes {', '.join(missing)}."
                " `decile setup brevo` creates them."
            )


def _fits_a_batch(change: Change) -> bool:
    """Only what is there, and stays at its address."""
    is_known = change.operation in ("update", "remove") or bool(change.record_id)
    is_numbered = not change.record_id or change.record_id.isdigit()
    return is_known and is_numbered and change.operation != "erase" and _stays(change)


def _stays(change: Change) -> bool:
    """Tell whether a row is known to leave the address as it is."""
    wanted = change.fields.get(ADDRESS)
    had = change.previous.get(ADDRESS)
    return not wanted or (had or "").strip().lower() == wanted.strip().lower()


def _named(change: Change) -> dict[str, object]:
    return {"id": int(change.record_id)} if change.record_id else {"email": address(change)}


def _id(answer: Answer) -> str:
    found = (answer.body or {}).get("id")
    if not isinstance(found, int):
        raise Ambiguous(f"{answer} without the id of a contact.")
    return str(found)
