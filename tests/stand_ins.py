"""Every destination before its sandbox, opened by its own connector, and ways to look at both.

A kind of record that is new needs an entry in CASES: how to name a row, and how to read it back.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import cache, partial
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from contracts import under_contract

from sync.changes import Capabilities, Change, Destination, Field, FieldType, Operation
from sync.destinations import DESTINATIONS, google_token
from sync.destinations.connection import Connector, Target
from sync.destinations.pipedrive_activities import reference
from sync.http import HttpClient, RetryPolicy
from sync.rate_limit import SharedRateLimiter
from sync.sandbox import Limit, Sandbox
from sync.sandbox.replies import Reply, Request
from sync.sandbox.salesforce_records import PREFIXES

PEOPLE = 30
# A run reads a key once; every test here reads the same one, and its primes are checked each time.
KEYS = cache(google_token.load_pem_private_key)
STATE = "state.sqlite"
RATES = re.compile("_PER_(SECOND|MINUTE|HOUR|[0-9]+S)$")
FIELDS = (
    Field("score", "decile_score", "integer", "Lead score", "1 to 100."),
    Field("value", "decile_value", "number", "Value", "In euro."),
    Field("is_hot", "decile_is_hot", "boolean", "Is hot", "Band is hot."),
    Field("scored_on", "decile_scored_on", "date", "Scored on", "Which day."),
    Field("scored_at", "decile_scored_at", "timestamp", "Scored at", "When."),
    Field("note", "decile_note", "string", "Note", "Any text."),
)
TYPES: Mapping[str, FieldType] = {field.name: field.type for field in FIELDS}


def replied(
    sandbox: Sandbox, method: str, path: str, *, body: object = None, **headers: str
) -> Reply:
    """Ask what is behind the socket of a sandbox, without the network."""
    parts = urlsplit(path)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = json.dumps(body).encode()
    return sandbox.api.answer(
        Request(method, parts.path, dict(parse_qsl(parts.query)), named, sent)
    )


def ask(sandbox: Sandbox, method: str, path: str, *, body: object = None, **headers: str) -> Any:
    """Give the JSON that a path of a sandbox answers with; None: there is nothing."""
    reply = replied(sandbox, method, path, body=body, **headers)
    assert reply.status in (200, 201, 404), reply.body
    return None if reply.status == 404 else json.loads(json.dumps(reply.body))


@dataclass(frozen=True)
class StandIn:
    """An open destination, its sandbox, and the seconds that it slept.

    Only the destination calls over the network: a test asks what is behind the socket.
    """

    destination: Destination
    account: str
    sandbox: Sandbox
    naps: list[float]

    def ask(self, method: str, path: str, *, body: object = None, **headers: str) -> Any:
        return ask(self.sandbox, method, path, body=body, **headers)

    def fault(self, kind: str, **settings: object) -> None:
        assert self.ask("POST", "/sandbox/faults", body={"kind": kind, **settings})

    def no_faults(self) -> None:
        self.ask("DELETE", "/sandbox/faults")

    def get(self, what: str) -> Any:
        return self.ask("GET", f"/sandbox/{what}")

    def writes(self) -> list[dict[str, Any]]:
        """Give the calls that held rows."""
        return [call for call in self.get("calls")["calls"] if call["rows"]]


def lead_score(_number: int) -> dict[str, str | None]:
    return {"decile_score": "7"}


@dataclass(frozen=True)
class Case:
    """What the tests have to know of one kind of record at a destination.

    `stored` reads a row back; None: it is not there. `shown` is how a text that was sent looks
    then; None: the destination does not keep what it is sent, as an ad audience. `row` gives the
    fields of a row by its number, `text_field` one that takes
    any text, `operation` is how one is written, `fault_id` is how a fault of
    the sandbox names it. `called` gives the vendor's name of a field of FIELDS, `unique_key` what
    the unique key of a row is, `born_with` what only a new record is given.
    `is_repeatable`: a write without an answer may be sent again.
    the unique key of a row is, `born_with` what only a new record is given; `makes_records` is
    false where only records of another kind are put somewhere, as on a list.
    """

    destination: str
    object: str
    record_id: Callable[[int], str | None]
    stored: Callable[[StandIn, int], Mapping[str, object] | None]
    shown: Callable[[str | None, FieldType], object] | None
    settings: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = FIELDS
    row: Callable[[int], dict[str, str | None]] = lead_score
    operation: Operation = "update"
    text_field: str = "decile_note"
    fault_id: Callable[[int], str] = "k{}".format
    called: Callable[[str], str] = str
    born_with: Mapping[str, str] = field(default_factory=dict)
    makes_records: bool = True
    unique_key: Callable[[int], str] = "c{}".format
    is_repeatable: bool = True

    @property
    def creation(self) -> Operation:
        """What a row that is not there yet is sent as."""
        return "upsert" if self.operation == "update" else self.operation

    @property
    def target(self) -> Target:
        return Target(self.object, self.settings)

    @property
    def connector(self) -> Connector:
        return DESTINATIONS[self.destination]

    @property
    def capabilities(self) -> Capabilities:
        return self.connector.objects[self.object].capabilities


def hubspot_contact(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    found = stand_in.ask(
        "GET",
        f"/crm/objects/2026-09/contacts/{number}?properties={','.join(['email', *TYPES])}",
        authorization=f"Bearer {stand_in.sandbox.token}",
    )
    properties = found and found["properties"].items()
    return found and {name: value for name, value in properties if name in TYPES}


def hubspot_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    members = held(stand_in, "hubspot", "list_member").values()
    return next((one for one in members if one["record"] == str(number)), None)


def hook_row(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    row = stand_in.get("hooks")["rows"].get(f"k{number}")
    return None if row is None else dict(row["fields"])


def native(text: str | None, kind: FieldType) -> object:
    if text is None:
        return None
    if kind == "boolean":
        return text == "true"
    return {"integer": int, "number": float}.get(kind, str)(text)


AUDIENCE = "0123456789"


def person(number: int) -> str:
    return f"person{number}@example.com"


def mailchimp_id(number: int) -> str:
    return hashlib.md5(person(number).encode(), usedforsecurity=False).hexdigest()


def mailchimp_tag(field: str) -> str:
    return field.removeprefix("decile_").upper()


def mailchimp_shown(stand_in: StandIn, number: int) -> dict[str, Any] | None:
    login = b64encode(f"any:{stand_in.sandbox.token}".encode()).decode()
    path = f"/mailchimp/3.0/lists/{AUDIENCE}/members/{mailchimp_id(number)}"
    found: dict[str, Any] | None = stand_in.ask("GET", path, authorization=f"Basic {login}")
    return found


def mailchimp_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    found = mailchimp_shown(stand_in, number)
    fields = found["merge_fields"].items() if found else ()
    return {tag: None if value == "" else value for tag, value in fields} if found else None


def mailchimp_tagged(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    members = held(stand_in, "mailchimp", "members")
    tags = members.get(f"{AUDIENCE}/{mailchimp_id(number)}", {}).get("tags", ())
    return {"tag": "Hot lead"} if "Hot lead" in tags else None


def brevo_contact(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    found = stand_in.ask("GET", f"/brevo/v3/contacts/{number}", api_key=stand_in.sandbox.token)
    return found and dict.fromkeys(map(str.upper, TYPES)) | found["attributes"]


def activecampaign_contact(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    base, token = "/activecampaign/api/3", stand_in.sandbox.token
    found = stand_in.ask("GET", f"{base}/contacts/{number}", api_token=token)
    fields = stand_in.ask("GET", f"{base}/fields?limit=100&offset=0", api_token=token)["fields"]
    tags = {one["id"]: one["perstag"] for one in fields}
    return found and {tags[one["field"]]: one["value"] or None for one in found["fieldValues"]}


def activecampaign_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    contact = held(stand_in, "activecampaign", "contacts").get(str(number), {})
    return {"status": 1} if contact.get("list 2") == 1 else None


def brevo_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    contact = held(stand_in, "brevo", "contacts").get(str(number), {})
    return {"list": 7} if 7 in contact.get("listIds", ()) else None


def number_or_text(text: str | None, kind: FieldType) -> object:
    return native(text or None, "string" if kind == "boolean" else kind)


def fields_called(called: Callable[[str], str]) -> tuple[Field, ...]:
    return tuple(replace(field, name=called(field.name)) for field in FIELDS)


def held(stand_in: StandIn, service: str, kind: str) -> dict[str, dict[str, Any]]:
    """Give what a service of the sandbox holds of a kind, by name."""
    found: dict[str, dict[str, Any]] = stand_in.get(f"held?service={service}").get(kind, {})
    return found


def sheet_row(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    header, *lines = held(stand_in, "google_sheets", "tabs")["book/leads"]["values"]
    rows = [dict(zip(header, line + [""] * len(header), strict=False)) for line in lines]
    found = [row for row in rows if row["decile_key"] == f"k{number}"]
    return {name: found[0][name] for name in TYPES} if found else None


def marketo_lead(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    lead = held(stand_in, "marketo", "leads").get(str(number))
    return None if lead is None else {name: lead.get(name) for name in TYPES}


def marketo_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    members = held(stand_in, "marketo", "list_members").values()
    return next((one for one in members if one["lead"] == number), None)


def as_marketo_shows(text: str | None, kind: FieldType) -> object:
    """Times lose their fraction, and an empty text is nothing."""
    return native(f"{text[:19]}Z" if text and kind == "timestamp" else text or None, kind)


def pipedrive_person(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    """Give custom fields by name, and an option by its label."""
    person = held(stand_in, "pipedrive", "person").get(str(number))
    if person is None:
        return None
    fields = held(stand_in, "pipedrive", "_field").values()
    labels = {one["id"]: one["label"] for each in fields for one in each["options"] or ()}
    codes = {each["field_code"]: each["field_name"] for each in fields}
    values = person["custom_fields"].items()
    return {codes[code]: labels.get(value, value) for code, value in values}


def pipedrive_shown(text: str | None, kind: FieldType) -> object:
    """A yes or no is an option, and an empty text is nothing."""
    if kind == "boolean":
        return {"true": "Yes", "false": "No", None: None}[text]
    return native(text or None, kind)


def pipedrive_activity(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    made = held(stand_in, "pipedrive", "activity").values()
    mark = reference(f"k{number}")
    return next((one for one in made if mark in one["note"]), None)


def slack_section(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    """Read the lines of the last message that shows a row."""
    messages = held(stand_in, "slack", "messages")
    blocks = [block for name in sorted(messages) for block in messages[name]["blocks"]]
    shown = [block["text"]["text"] for block in blocks if block["block_id"] == f"k{number}"]
    found = {
        name: re.findall(rf"\*{name}:\* (.*?)(?=\n\*decile_|\Z)", text, re.S)
        for text in shown[-1:]
        for name in TYPES
    }
    return {name: unescape(texts[0]) if texts else None for name, texts in found.items()} or None


def salesforce_record(object_: str, stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    records = held(stand_in, "salesforce", object_)
    by_key = {record.get("Decile_Key__c"): record for record in records.values()}
    return records.get(salesforce_id(object_, number)) or by_key.get(f"k{number}")


def salesforce_id(object_: str, number: int) -> str:
    return f"{PREFIXES[object_]}{number:012d}AAA"


def salesforce_shown(text: str | None, kind: FieldType) -> object:
    """A checkbox is never empty, and a text has no spaces at its ends."""
    if kind == "boolean":
        return text == "true"
    value = native(text, kind)
    return value.strip() or None if isinstance(value, str) else value


AUDIENCE_FIELDS = (
    Field("email_hash", "EMAIL", "string", "E-mail", "Hashed.", personal=True),
    Field("first_name", "FN", "string", "First name", "Hashed.", personal=True),
)


LIST_FIELDS = (
    Field("email_hash", "emailAddress", "string", "E-mail", "Hashed.", personal=True),
    Field("first_name", "givenName", "string", "First name", "Hashed.", personal=True),
    Field("last_name", "familyName", "string", "Last name", "Hashed.", personal=True),
    Field("country_code", "regionCode", "string", "Country", "Two letters."),
    Field("postal_code", "postalCode", "string", "Post code", "Plain.", personal=True),
)


def google_ads_person(number: int) -> dict[str, str | None]:
    return {
        "emailAddress": person(number),
        "givenName": "Ann",
        "familyName": f"Berg {number}",
        "regionCode": "DE",
        "postalCode": "10115",
    }


def google_ads_known(number: int) -> str:
    return hashlib.sha256(person(number).encode()).hexdigest()


def google_ads_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    (user_list,) = held(stand_in, "google_ads", "list")
    members = held(stand_in, "google_ads", f"member of {user_list}")
    return members.get(google_ads_known(number))


def meta_member(stand_in: StandIn, number: int) -> Mapping[str, object] | None:
    (audience,) = held(stand_in, "meta", "audience")
    return held(stand_in, "meta", f"member of {audience}").get(f"c{number}")


CASES = {
    "activecampaign": Case(
        "activecampaign",
        "contacts",
        str,
        activecampaign_contact,
        lambda text, _kind: text or None,
        fields=fields_called(str.upper),
        fault_id=str,
        called=str.upper,
        unique_key=person,
    ),
    "activecampaign list": Case(
        "activecampaign",
        "list_members",
        str,
        activecampaign_member,
        None,
        settings={"list": "Hot leads"},
        fault_id=str,
        unique_key=person,
        operation="create",
        makes_records=False,
    ),
    "brevo list": Case(
        "brevo",
        "list_members",
        str,
        brevo_member,
        None,
        settings={"list": "Hot leads"},
        fault_id=str,
        unique_key=person,
        makes_records=False,
    ),
    "brevo": Case(
        "brevo",
        "contacts",
        str,
        brevo_contact,
        lambda text, kind: native(text or None, kind),
        fields=fields_called(str.upper),
        fault_id=str,
        called=str.upper,
        unique_key=person,
    ),
    # An empty cell is an empty text, and nothing.
    "google_sheets": Case(
        "google_sheets",
        "rows",
        "k{}".format,
        sheet_row,
        lambda text, kind: "" if text is None else native(text, kind),
        settings={"spreadsheet": "book", "tab": "leads"},
    ),
    "google_ads": Case(
        "google_ads",
        "members",
        "k{}".format,
        google_ads_member,
        None,
        settings={"user_list": "Warm leads"},
        fields=LIST_FIELDS,
        row=google_ads_person,
        operation="create",
        text_field="postalCode",
        fault_id=google_ads_known,
    ),
    "meta": Case(
        "meta",
        "members",
        "k{}".format,
        meta_member,
        None,
        settings={"audience": "Warm leads"},
        fields=AUDIENCE_FIELDS,
        row=lambda number: {"EMAIL": person(number), "FN": "Ann"},
        operation="create",
        text_field="FN",
        fault_id="c{}".format,
    ),
    # HubSpot holds text only, and knows no difference between empty and nothing.
    "hubspot list": Case(
        "hubspot",
        "list_members",
        str,
        hubspot_member,
        None,
        settings={"list": "Hot leads"},
        fault_id=str,
        makes_records=False,
    ),
    "hubspot": Case(
        "hubspot",
        "contacts",
        str,
        hubspot_contact,
        lambda text, _kind: text or None,
        fault_id=str,
    ),
    "mailchimp tag": Case(
        "mailchimp",
        "tag_members",
        mailchimp_id,
        mailchimp_tagged,
        None,
        settings={"audience": AUDIENCE, "tag": "Hot lead"},
        fault_id=mailchimp_id,
        unique_key=person,
        makes_records=False,
    ),
    "mailchimp": Case(
        "mailchimp",
        "members",
        mailchimp_id,
        mailchimp_member,
        number_or_text,
        settings={"audience": AUDIENCE},
        fields=fields_called(mailchimp_tag),
        fault_id=mailchimp_id,
        called=mailchimp_tag,
        unique_key=person,
    ),
    "marketo": Case(
        "marketo",
        "leads",
        str,
        marketo_lead,
        as_marketo_shows,
        fault_id=str,
        unique_key="c{}@example.com".format,
    ),
    "marketo list": Case(
        "marketo",
        "list_members",
        str,
        marketo_member,
        None,
        settings={"list": "Hot leads"},
        fault_id=str,
        makes_records=False,
    ),
    "pipedrive": Case(
        "pipedrive",
        "persons",
        str,
        pipedrive_person,
        pipedrive_shown,
        fault_id=str,
        unique_key="c{}@example.com".format,
    ),
    "pipedrive activities": Case(
        "pipedrive",
        "activities",
        lambda _number: None,
        pipedrive_activity,
        None,
        fields=(
            Field("person", "person_id", "integer", "Person", "Whom to call."),
            Field("subject", "subject", "string", "Subject", "What to do."),
            Field("note", "note", "string", "Note", "Why."),
        ),
        row=lambda number: {"person_id": str(number % PEOPLE or PEOPLE), "subject": "Call"},
        operation="create",
        text_field="note",
        fault_id=str,
    ),
    "salesforce leads": Case(
        "salesforce",
        "leads",
        partial(salesforce_id, "Lead"),
        partial(salesforce_record, "Lead"),
        salesforce_shown,
        fields=fields_called("{}__c".format),
        called="{}__c".format,
        fault_id=partial(salesforce_id, "Lead"),
        born_with={"LastName": "Lovelace", "Company": "Engines"},
    ),
    "salesforce contacts": Case(
        "salesforce",
        "contacts",
        partial(salesforce_id, "Contact"),
        partial(salesforce_record, "Contact"),
        salesforce_shown,
        fields=fields_called("{}__c".format),
        called="{}__c".format,
        fault_id=partial(salesforce_id, "Contact"),
        born_with={"LastName": "Lovelace"},
    ),
    "salesforce tasks": Case(
        "salesforce",
        "tasks",
        lambda _number: None,
        partial(salesforce_record, "Task"),
        salesforce_shown,
        fields=fields_called("{}__c".format),
        called="{}__c".format,
        operation="create",
    ),
    "slack": Case(
        "slack",
        "messages",
        lambda _number: None,
        slack_section,
        lambda text, _kind: text or None,
        settings={"channel": "C0123"},
        operation="create",
        is_repeatable=False,
    ),
    "webhook": Case("webhook", "rows", lambda number: f"r{number}", hook_row, native),
}


def change(
    name: str,
    number: int,
    operation: Operation | None = None,
    fields: Mapping[str, str | None] | None = None,
    *,
    token: str = "",
) -> Change:
    """Give a change of a record that the sandbox has from the start."""
    case = CASES[name]
    operation = operation or case.operation
    row, is_end = case.row(number), operation in ("remove", "erase")
    if fields is None:
        fields = {} if operation == "erase" else dict.fromkeys(row) if is_end else row
    row, fields = (
        {case.called(field): value for field, value in given.items()} for given in (row, fields)
    )
    if operation in ("upsert", "create"):
        fields = {**fields, **case.born_with}
    return Change(
        token or f"{operation}{number}",
        f"k{number}",
        operation,
        case.record_id(number),
        case.unique_key(number),
        fields,
        {field.name: field.type for field in case.fields},
        row if is_end else {},
    )


@contextmanager
def standing_in(
    name: str,
    folder: Path,
    patch: pytest.MonkeyPatch,
    limit: Limit | None = None,
    *,
    people: int = PEOPLE,
    as_published: bool = False,
    with_contract: bool = True,
) -> Iterator[StandIn]:
    """Open a destination as the commands do, by its name in CASES; nobody really sleeps.

    `as_published`: at the rate that an account has, and not at the sandbox's own. Without
    `with_contract` the shape of requests is not checked, which takes a while for many rows.
    """
    naps: list[float] = []
    records = folder / "records.csv"
    rows = [f"{number},{person(number)}" for number in range(1, people + 1)]
    records.write_text("\n".join(["id,property_email", *rows]), encoding="utf-8")
    defaults = HttpClient.__init__.__kwdefaults__
    patch.setitem(defaults, "sleep", naps.append)
    patch.setitem(defaults, "clock", lambda: sum(naps))
    patch.setattr(google_token, "load_pem_private_key", KEYS)
    with Sandbox(
        state=folder / STATE, records=records, limit=limit, clock=lambda: sum(naps)
    ) as sandbox:
        settings = {
            "DECILE_SANDBOX_URL": sandbox.url,
            "DECILE_RATES": str(folder / "rates.sqlite"),
        }
        case = CASES[name]
        checked = under_contract(case.destination, patch) if with_contract else nullcontext()
        opened = case.connector.connect(settings, case.target)
        if as_published:
            theirs = case.connector.sandboxed(sandbox.url).items()
            settings |= {name: value for name, value in theirs if not RATES.search(name)}
            opened = case.connector.open(settings, case.target)
            limits = SharedRateLimiter.__init__.__kwdefaults__
            patch.setitem(limits, "sleep", naps.append)
            patch.setitem(limits, "clock", lambda: sum(naps))
        with checked, opened as connection:
            yield StandIn(connection.destination, connection.account, sandbox, naps)


def repeat_once(patch: pytest.MonkeyPatch) -> None:
    """Let a call that fails be tried twice: a third time would say what the second one did."""
    total = RetryPolicy().total_seconds
    patch.setattr(HttpClient, "_wait", lambda _self, _state: 0.75 * total)


@cache
def set_up(name: str) -> bytes:
    """Give the state of a sandbox that has all that `setup` makes, as a sync finds it."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        with standing_in(name, Path(folder), patch) as opened:
            opened.destination.apply_setup(CASES[name].fields)
        return (Path(folder) / STATE).read_bytes()
