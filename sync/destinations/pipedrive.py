"""Pipedrive persons, by version 2 of its API: one person a call.

A person whose id is known is updated by it. Another one is searched by e-mail address, which is
the unique key: nobody is found, and the person is created; one is, and is updated; several are,
and the row is rejected, for it is not ours to guess. A removal clears the custom fields that were
sent, an erasure deletes the person, whom Pipedrive purges after 30 days.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sync.answers import Answer, retry_after
from sync.changes import Capabilities, Change, Field, Finding, Mode, Outcome, SetupStep
from sync.destinations import pipedrive_fields
from sync.destinations.addresses import addresses, having
from sync.destinations.one_by_one import one_by_one
from sync.destinations.pipedrive_fields import STANDARD, PersonField, id_of, items
from sync.errors import (
    AccessRefused,
    BatchRefused,
    ConfigError,
    DestinationError,
    QuotaExhausted,
    Retriable,
)
from sync.http import HttpClient

MAX_BATCH = 50
WINDOW_SECONDS = 2.0
CALLS_PER_WINDOW = 20
# The burst limit opens again within seconds; what takes longer is the budget of the day.
LONGEST_BURST = 60.0
PERSONS: frozenset[Mode] = frozenset({"update", "upsert", "create", "mirror"})


def capabilities(
    modes: frozenset[Mode] = PERSONS, calls_per_window: int = CALLS_PER_WINDOW
) -> Capabilities:
    """Say what can be done with persons, or with activities, at a number of calls in 2 seconds."""
    return Capabilities(
        modes=modes,
        max_batch=MAX_BATCH,
        rows_per_second=calls_per_window / WINDOW_SECONDS,
        removal="clear" if modes == PERSONS else None,
        erases=True,
        max_in_flight=4,
        found_by=frozenset() if modes == PERSONS else frozenset({"person_id"}),
        rows_per_call=1,
    )


class Records:
    """One kind of record, one a call."""

    def __init__(self, http: HttpClient, path: str) -> None:
        self._http = http
        self._path = path

    def create(self, body: Mapping[str, object]) -> str:
        """Make a record, and give its id. Without an answer it is not tried again."""
        return id_of(self._http.send("POST", self._path, body=body, idempotent=False))

    def update(self, record_id: str, body: Mapping[str, object]) -> bool:
        """Write fields of a record; tell whether it is there."""
        return self._reach("PATCH", record_id, body)

    def delete(self, record_id: str) -> bool:
        """Delete a record, or find that it is gone."""
        return self._reach("DELETE", record_id, None)

    def _reach(self, method: str, record_id: str, body: Mapping[str, object] | None) -> bool:
        if not (record_id.isascii() and record_id.isdigit()):
            raise BatchRefused("Pipedrive: the record id is no number.", code="NO_RECORD_ID")
        path = f"{self._path}/{record_id}"
        answer = self._http.send(method, path, body=body, idempotent=True, accept={404, 410})
        if answer.status not in {404, 410}:
            id_of(answer)
            return True
        # A wrong address says 404 too, and it says so to this question as well.
        asked = {"ids": record_id, "limit": "1"}
        listed = self._http.get(self._path, query=asked)
        if listed.get("success") is not True or items(listed.get("data")):
            raise DestinationError(f"{answer}, for a record that is listed.")
        return False


class PipedrivePersons:
    """The persons of one Pipedrive company."""

    name = "pipedrive"

    def __init__(self, http: HttpClient, *, calls_per_window: int = CALLS_PER_WINDOW) -> None:
        self._http = http
        self._persons = Records(http, "/persons")
        self._fields: Mapping[str, Sequence[PersonField]] | None = None
        # Whom this run created may not be searchable at once.
        self._created: dict[str, str] = {}
        self.capabilities = capabilities(calls_per_window=calls_per_window)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Write one person after the other."""
        _check(changes)
        if changes and self._fields is None:
            self._fields = pipedrive_fields.read_fields(self._http)
        return one_by_one(changes, self._write)

    def check(self) -> list[Finding]:
        """Read the fields and one person, which takes the rights to read both."""
        fields = pipedrive_fields.read_fields(self._http)
        self._http.get("/persons", query={"limit": "1"})
        return [
            Finding("token", ok=True, detail="accepted"),
            Finding("fields", ok=True, detail=f"{len(fields):,} custom fields can be read"),
            Finding("persons", ok=True, detail="can be read; a right to write shows at a write"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say which fields are there, missing, or there with a type that does not fit."""
        return pipedrive_fields.plan(self._http, fields)

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Create the custom fields that are missing; change nothing that exists."""
        self._fields = None
        return pipedrive_fields.apply(self._http, fields)

    def _write(self, change: Change) -> Outcome:
        known = change.record_id or self._search(change)
        if change.operation in ("remove", "erase"):
            return self._end(change, known)
        standard, custom = self._body(change.for_known() if known else change.for_new())
        try:
            if known is None:
                made = self._persons.create(_new(change, standard, custom))
                self._created[change.unique_key.lower()] = made
                return Outcome(change.token, "accepted", made)
            body = {**(standard if change.record_id else {}), "custom_fields": custom}
            if not self._persons.update(known, body):
                raise BatchRefused("Pipedrive has no such person.", code="NOT_FOUND")
        except BatchRefused as refusal:
            raise self._naming_fields(refusal) from None
        return Outcome(change.token, "accepted", known)

    def _end(self, change: Change, known: str | None) -> Outcome:
        if known and change.operation == "erase":
            self._erase(change, known)
        elif known:
            every = [one for many in (self._fields or {}).values() for one in many]
            sent = [one.code for one in every if {one.name, one.code} & change.fields.keys()]
            if sent:  # what was deleted in Pipedrive since needs no clearing
                self._persons.update(known, {"custom_fields": dict.fromkeys(sent)})
        return Outcome(change.token, "accepted", known)

    def _erase(self, change: Change, known: str) -> None:
        """Delete by id, and where that is gone whoever has the address: merged, or made anew."""
        if self._persons.delete(known) or not addresses(change, "email"):
            return
        self._created.pop(change.unique_key.strip().lower(), None)
        if found := self._search(change):
            self._persons.delete(found)

    def _search(self, change: Change) -> str | None:
        """Find a person by the exact e-mail address. Raises BatchRefused if there are several."""
        address = change.unique_key.strip()
        if "@" not in address:
            raise BatchRefused(
                "Pipedrive: a person without a record id needs an e-mail address as unique key.",
                code="NO_ADDRESS",
            )
        if created := self._created.get(address.lower()):
            return created
        query = {"term": address, "fields": "email", "exact_match": "true", "limit": "2"}
        data = self._http.get("/persons/search", query=query).get("data")
        found = items(data.get("items")) if isinstance(data, Mapping) else []
        people = [one["item"] for one in found if isinstance(one.get("item"), Mapping)]
        ids = set(having("Pipedrive", address, [_as_found(one, address) for one in people]))
        if len(ids) > 1:
            raise BatchRefused(
                "Pipedrive: several persons have this e-mail address. Merge them there.",
                code="SEVERAL_PERSONS",
            )
        return ids.pop() if ids else None

    def _body(self, change: Change) -> tuple[dict[str, object], dict[str, object]]:
        """Give the standard fields and the custom ones, as the API takes them."""
        standard: dict[str, object] = {}
        custom: dict[str, object] = {}
        for name, text in change.fields.items():
            if name in STANDARD:
                is_id = "integer" in STANDARD[name]
                if text:
                    standard[name] = int(text) if is_id and text.isdigit() else text
            else:
                one = pipedrive_fields.named(self._fields or {}, name)
                custom[one.code] = one.value(text)
        return standard, custom

    def _naming_fields(self, refusal: BatchRefused) -> BatchRefused:
        """Put names in the place of the codes that a refusal is about."""
        names = {one.code: one.name for many in (self._fields or {}).values() for one in many}
        text = re.sub(r"[0-9a-f]{40}", lambda code: names.get(code[0], code[0]), str(refusal))
        return BatchRefused(text, code=refusal.code)


def _new(
    change: Change, standard: Mapping[str, object], custom: Mapping[str, object]
) -> dict[str, object]:
    address = change.unique_key.strip()
    return {
        "name": address,  # a person has to have one
        **standard,
        "emails": [{"value": address, "primary": True, "label": "work"}],
        "custom_fields": {code: value for code, value in custom.items() if value is not None},
    }


def _as_found(person: object, address: str) -> tuple[str, str]:
    """Give the address that was asked for, where a person that was found has it, and the id."""
    item = person if isinstance(person, Mapping) else {}
    emails = [str(one).lower() for one in item.get("emails") or ()]
    return address if address.lower() in emails else "", str(item.get("id"))


def _check(changes: Sequence[Change]) -> None:
    if len(changes) > MAX_BATCH:
        raise ConfigError(f"Pipedrive takes {MAX_BATCH} rows a batch, not {len(changes)}.")


def classify(answer: Answer) -> DestinationError | None:
    """Say what Pipedrive means by a status. None: what the status means everywhere."""
    body, status = answer.body or {}, answer.status
    given = body.get("code")
    fits = isinstance(given, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{1,60}", given)
    code = str(given) if fits else str(status)
    if status == 401:
        return AccessRefused(
            f"{answer}: the token is not accepted. Take the one under Personal preferences > API"
            " and put it into PIPEDRIVE_TOKEN."
        )
    if status == 402:
        return AccessRefused(f"{answer}: the company's subscription is not paid.")
    if status == 403:
        return AccessRefused(
            f"{answer}, {code}: the token's user lacks a right, the plan a feature, or too many"
            " calls were made for too long."
        )
    if status == 429:
        asked = retry_after(answer) or _reset(answer)
        if _reset(answer) > LONGEST_BURST:
            return QuotaExhausted(
                f"{answer}: the company's tokens of this day are used up. The rest stays pending.",
                resumes_at=datetime.now(UTC) + timedelta(seconds=_reset(answer)),
            )
        return Retriable(f"{answer}.", retry_after=asked or WINDOW_SECONDS)
    if status in {400, 409, 413, 422}:
        # A refusal names a custom field by its code, and may repeat what was sent.
        found = re.findall(r"\b[0-9a-f]{40}\b", f"{body.get('error')} {body.get('error_info')}")
        about = f" for {', '.join(dict.fromkeys(found))}" if found else ""
        return BatchRefused(f"{answer}, {code}{about}.", code=code)
    return None


def _reset(answer: Answer) -> float:
    seconds = answer.headers.get("x-ratelimit-reset", "")
    return float(seconds) if seconds.isascii() and seconds.isdigit() else 0.0
