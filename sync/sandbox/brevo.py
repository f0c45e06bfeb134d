"""The part of the sandbox that is Brevo: attributes and contacts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import unquote

from pydantic import Field, JsonValue, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.people import People, next_id
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Limit, Policy, Service, owner_number
from sync.sandbox.store import Store

ROOT = "/brevo/v3"
LISTS = {7: "Hot leads", 12: "Newsletter", 15: "Cart reminders"}
MEMBERS = re.compile(r"/contacts/lists/(\d+)/contacts/(add|remove)")
ATTRIBUTE = re.compile(r"/contacts/attributes/normal/([A-Z][A-Z0-9_]{0,49})")
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
LONGEST = 10_000
# What of a contact is no attribute.
OWN = ("email", "listIds", "listUnsubscribed")
Attributes = dict[str, JsonValue]


class NewAttribute(Strict):
    """The body that creates an attribute."""

    type: Literal["text", "float", "date", "boolean"]


class NewContact(Strict):
    """The body of POST contacts."""

    email: Text
    attributes: Attributes = {}
    listIds: list[int] = []
    updateEnabled: bool = False


class Row(Strict):
    """A row of POST contacts/batch: one of id and email."""

    id: int | None = None
    email: Text | None = None
    attributes: Attributes = {}


class Batch(Strict):
    """The body of POST contacts/batch."""

    contacts: Annotated[list[Row], Field(min_length=1, max_length=100)]


class Update(Strict):
    """The body of PUT contacts/{id}."""

    attributes: Attributes


class Moved(Strict):
    """The body of POST contacts/lists/{id}/contacts/add and remove: one of ids and emails."""

    ids: Annotated[list[int], Field(min_length=1, max_length=150)] | None = None
    emails: Annotated[list[Text], Field(min_length=1, max_length=150)] | None = None


class Brevo(Service):
    """Answers under /brevo/. It knows the people of the first records, by their ids."""

    name = "brevo"
    prefix = "/brevo/"

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token
        self._people = People(store)

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the key."""
        given = request.headers.get("api-key", "")
        good = secrets.compare_digest(given.encode(), self._token.encode())
        return None if good else self.unauthorised("")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the contacts that a call writes, by id or address."""
        path = request.path.removeprefix(ROOT)
        names: list[str] = []
        try:
            if (request.method, path) == ("POST", "/contacts"):
                names = [parse(NewContact, request.body).email]
            elif (request.method, path) == ("POST", "/contacts/batch"):
                rows = parse(Batch, request.body).contacts
                names = [str(row.id or row.email) for row in rows]
            elif request.method == "POST" and MEMBERS.fullmatch(path):
                moved = parse(Moved, request.body)
                names = [str(name) for name in (*(moved.ids or ()), *(moved.emails or ()))]
            elif request.method in {"PUT", "DELETE"}:
                names = [unquote(path.removeprefix("/contacts/"))]
        except ValidationError:
            pass
        return [WriteRow(id=name, properties={}) for name in names if name]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if failing(struck, self.rows(request)):
            return _no(400, "invalid_parameter", "The row was refused on request.")
        path = request.path.removeprefix(ROOT)
        try:
            match request.method, path:
                case "GET", "/account":
                    organization = f"{owner_number(self._token):x}"
                    return Reply(200, {"companyName": "Sandbox", "organization_id": organization})
                case "GET", "/contacts/attributes":
                    found = [
                        {"name": name, "category": "normal", "type": kind}
                        for name, kind in self._kinds().items()
                    ]
                    return Reply(200, {"attributes": found})
                case "POST", "/contacts":
                    return self._create(parse(NewContact, request.body))
                case "POST", "/contacts/batch":
                    return self._batch(parse(Batch, request.body))
                case "POST", _ if named := ATTRIBUTE.fullmatch(path):
                    return self._new_attribute(named[1], parse(NewAttribute, request.body))
                case "GET", "/contacts/lists":
                    start, size = (int(request.query[name]) for name in ("offset", "limit"))
                    lists = [{"id": name, "name": called} for name, called in LISTS.items()]
                    return Reply(200, {"lists": lists[start : start + size], "count": len(lists)})
                case "POST", _ if to := MEMBERS.fullmatch(path):
                    moved = parse(Moved, request.body)
                    return self._move(int(to[1]), moved, is_removal=to[2] == "remove")
                case (("GET" | "PUT" | "DELETE"), _) if path.count("/") == 2:
                    return self._contact(request, unquote(path.removeprefix("/contacts/")))
        except ValidationError as error:
            return _no(400, "invalid_parameter", explain(error))
        return _no(404, "not_found", "There is nothing at this path.")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return _no(status, code.lower(), message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        reply = _no(429, "too_many_requests", "The rate limit is reached.")
        return Reply(429, reply.body, {"x-sib-ratelimit-reset": str(round(seconds))})

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller."""
        return _no(401, "unauthorized", "Key not found")

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say how much of the limit is left."""
        if limit.calls is None:
            return {}
        headers = {"limit": limit.calls, "remaining": limit.calls - recent}
        return {f"x-sib-ratelimit-{name}": str(value) for name, value in headers.items()}

    def _kinds(self) -> dict[str, str]:
        held = self._store.held_of("brevo", "_attributes")
        own = {name: str(body["type"]) for name, body in held.items()}
        return {"FIRSTNAME": "text", "LASTNAME": "text"} | dict(sorted(own.items()))

    def _new_attribute(self, name: str, new: NewAttribute) -> Reply:
        if name in self._kinds():
            return _no(400, "invalid_parameter", "Attribute name must be unique")
        self._store.keep("brevo", "_attributes", name, new.model_dump())
        return Reply(201, {})

    def _find(self, name: str) -> tuple[str, dict[str, Any]] | None:
        """Give the id and the contact behind an id or an address."""
        if "@" in name:
            held = self._store.held("brevo", "_addresses", name.lower())
            name = (held["id"] if held else self._people.id_of(name)) or ""
            if not held and self._store.held("brevo", "contacts", name):
                return None  # it moved to another address
        if self._store.held("brevo", "_erased", name):
            return None
        if held := self._store.held("brevo", "contacts", name):
            return name, held
        address = self._people.by_id(name)
        return (name, {"email": address, "listIds": []}) if address else None

    def _keep(self, record_id: str, contact: Mapping[str, Any]) -> None:
        self._store.keep("brevo", "contacts", record_id, contact)
        self._store.keep("brevo", "_addresses", contact["email"].lower(), {"id": record_id})

    def _create(self, new: NewContact) -> Reply:
        self._check(new.attributes)
        if not ADDRESS.fullmatch(new.email):
            return _no(400, "invalid_parameter", f"email {new.email} is not valid in format")
        if found := self._find(new.email):
            if not new.updateEnabled:
                return _no(400, "duplicate_parameter", "Contact already exist")
            self._keep(found[0], found[1] | self._known(new.attributes))
            return Reply(204, None)
        record_id = str(next_id(self._store, "brevo"))
        contact = {"email": new.email, "listIds": new.listIds}
        self._keep(record_id, contact | self._known(new.attributes))
        return Reply(201, {"id": int(record_id)})

    def _batch(self, batch: Batch) -> Reply:
        for row in batch.contacts:
            self._check(row.attributes)
            if (row.id is None) == (row.email is None):
                raise Refused(_no(400, "invalid_parameter", "One of id, email and sms is needed."))
            found = self._find(str(row.email if row.id is None else row.id))
            if found is None:
                raise Refused(_no(400, "invalid_parameter", "A contact does not exist."))
            self._keep(found[0], found[1] | self._known(row.attributes))
        return Reply(204, None)

    def _move(self, list_: int, moved: Moved, *, is_removal: bool) -> Reply:
        """Say who was moved; who is where they should be counts as a failure, as at Brevo."""
        if (moved.ids is None) == (moved.emails is None) or list_ not in LISTS:
            return _no(400, "invalid_parameter", "One of ids and emails, of a list, is needed.")
        success: list[int | str] = []
        failure: list[int | str] = []
        for name in (*(moved.ids or ()), *(moved.emails or ())):
            found = self._find(str(name))
            if found is None or (list_ in found[1]["listIds"]) != is_removal:
                failure.append(name)
                continue
            others = [one for one in found[1]["listIds"] if one != list_]
            lists = others if is_removal else [*others, list_]
            self._keep(found[0], found[1] | {"listIds": lists})
            success.append(name)
        if not success:
            why = f"Contact already in list and/or does not exist: {failure[0]}"
            return _no(400, "invalid_parameter", why)
        return Reply(201, {"contacts": {"success": success, "failure": failure}})

    def _contact(self, request: Request, name: str) -> Reply:
        found = self._find(name)
        if found is None:
            return _no(404, "document_not_found", "Contact does not exist")
        record_id, contact = found
        if request.method == "GET":
            body = {name: contact.get(name, []) for name in OWN}
            attributes = {name: value for name, value in contact.items() if name not in OWN}
            return Reply(200, {"id": int(record_id), "attributes": attributes, **body})
        if request.method == "DELETE":
            self._store.let_go("brevo", "_addresses", contact["email"].lower())
            self._store.let_go("brevo", "contacts", record_id)
            self._store.keep("brevo", "_erased", record_id, {"gone": True})
            return Reply(204, None)
        attributes = parse(Update, request.body).attributes
        self._check(attributes)
        wanted = str(attributes.pop("EMAIL", ""))
        if wanted and self._find(wanted):  # the contact's own address included
            raise Refused(_no(400, "duplicate_parameter", f"Contact already exist: {wanted}"))
        self._store.let_go("brevo", "_addresses", contact["email"].lower())
        address = wanted or contact["email"]
        self._keep(record_id, contact | {"email": address} | self._known(attributes))
        return Reply(204, None)

    def _known(self, attributes: Attributes) -> Attributes:
        """Drop what does not exist and what has another type, as Brevo does without a word."""
        kinds = self._kinds()
        return {
            name: None if value == "" else value
            for name, value in attributes.items()
            if name in kinds and (value == "" or _fits(kinds[name], value))
        }

    def _check(self, attributes: Attributes) -> None:
        for value in attributes.values():
            if isinstance(value, str) and len(value) > LONGEST:
                why = f"attribute value {value[:50]} is too long"
                raise Refused(_no(400, "invalid_parameter", why))


def _fits(kind: str, value: JsonValue) -> bool:
    match kind:
        case "float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "date":
            return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
    return isinstance(value, str)


def _no(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message})
