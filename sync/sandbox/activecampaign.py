"""The part of the sandbox that is ActiveCampaign: custom fields, contacts, subscriptions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from sync.sandbox.activecampaign_import import LONGEST, import_all, imported_rows
from sync.sandbox.faults import Fault, failing
from sync.sandbox.people import People, next_id
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

ROOT = "/activecampaign/api/3"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
STANDARD = ("email", "firstName", "lastName", "phone")
LISTS = {"1": "Newsletter", "2": "Hot leads"}
ON_LIST = re.compile(r"list (\d+)")
ID = re.compile(r"ids\[\d+\]")


class FieldValue(Strict):
    """A value of a custom field, by the field's id."""

    field: Annotated[str, Field(pattern=r"^\d+$")]
    value: str


class Contact(Strict):
    """A contact, as far as a call names it."""

    email: Text | None = None
    firstName: str | None = None
    lastName: str | None = None
    phone: str | None = None
    fieldValues: list[FieldValue] = []


class Write(Strict):
    """The body of contact/sync and of PUT contacts/{id}."""

    contact: Contact


class CustomField(Strict):
    """A custom field."""

    title: Text
    type: Literal["text", "textarea", "date", "datetime", "hidden", "dropdown", "radio"]
    perstag: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    descript: str = ""
    visible: Literal[0, 1] = 1


class NewField(Strict):
    """The body of POST fields."""

    field: CustomField


class Relation(Strict):
    """Where a field is shown."""

    field: Annotated[str, Field(pattern=r"^\d+$")]
    relid: int


class NewRelation(Strict):
    """The body of POST fieldRels."""

    fieldRel: Relation


class Subscription(Strict):
    """Whether a contact is on a list: 1, or 2 where it left."""

    list: int
    contact: int
    status: Literal[1, 2]


class NewSubscription(Strict):
    """The body of POST contactLists."""

    contactList: Subscription


class ActiveCampaign(Service):
    """Answers under /activecampaign/. It knows the people of the first records, by their ids."""

    name = "activecampaign"
    prefix = "/activecampaign/"

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token
        self._people = People(store)

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the key."""
        given = request.headers.get("api-token", "")
        good = secrets.compare_digest(given.encode(), self._token.encode())
        return None if good else self.unauthorised("")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the contacts that a call writes, by id or address."""
        path = request.path.removeprefix(ROOT)
        name = ""
        if (request.method, path) == ("POST", "/import/bulk_import"):
            return imported_rows(request, self._people)
        if request.method in {"PUT", "DELETE"}:
            name = path.removeprefix("/contacts/")
        elif (request.method, path) == ("POST", "/contact/sync"):
            with suppress(ValidationError):
                name = parse(Write, request.body).contact.email or ""
        elif (request.method, path) == ("POST", "/contactLists"):
            with suppress(ValidationError):
                name = str(parse(NewSubscription, request.body).contactList.contact)
        return [WriteRow(id=name, properties={})] if name else []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        rows = self.rows(request)
        refused = failing(struck, rows)
        if refused and not request.path.endswith("/import/bulk_import"):
            return _no(422, "field_invalid", "The row was refused on request.", "")
        path = request.path.removeprefix(ROOT)
        try:
            match request.method, path.split("/")[1:]:
                case "GET", ["users", "me"]:
                    return Reply(200, {"user": {"id": "1", "username": "sandbox"}})
                case "GET", ["fields"]:
                    return self._fields(request.query)
                case "POST", ["fields"]:
                    return self._new_field(parse(NewField, request.body).field)
                case "POST", ["fieldRels"]:
                    relation = parse(NewRelation, request.body).fieldRel
                    return Reply(201, {"fieldRel": relation.model_dump()})
                case "POST", ["contact", "sync"]:
                    return self._synchronise(parse(Write, request.body).contact)
                case "POST", ["contactLists"]:
                    return self._subscribe(parse(NewSubscription, request.body).contactList)
                case "POST", ["import", "bulk_import"]:
                    return import_all(self._store, request, rows, refused)
                case "GET", ["lists"]:
                    lists = [{"id": name, "name": called} for name, called in LISTS.items()]
                    return Reply(200, {"lists": lists if request.query["offset"] == "0" else []})
                case "GET", ["contacts", name, "contactLists"]:
                    return self._subscriptions(name)
                case "GET", ["contacts"]:
                    return self._listed(request.query)
                case (("GET" | "PUT" | "DELETE"), ["contacts", name]):
                    return self._contact(request, name)
        except ValidationError as error:
            return _no(422, "field_invalid", explain(error), "")
        return Reply(404, {"message": "No route found."})

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        if status in {400, 422}:
            return Reply(status, _no(status, code.lower(), message, "").body)
        return Reply(status, {"message": message})

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        return Reply(429, {"message": "Too many calls."}, {"Retry-After": str(round(seconds))})

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller."""
        return Reply(401, {"message": "You are not authorized to access this resource."})

    def _fields(self, query: Mapping[str, str]) -> Reply:
        held = self._store.held_of("activecampaign", "_fields")
        found = [{"id": name, **body} for name, body in sorted(held.items(), key=_number)]
        start, size = int(query.get("offset", "0")), int(query.get("limit", "20"))
        total = {"total": str(len(found))}
        return Reply(200, {"fields": found[start : start + size], "meta": total})

    def _new_field(self, new: CustomField) -> Reply:
        name = str(len(self._store.held_of("activecampaign", "_fields")) + 1)
        self._store.keep("activecampaign", "_fields", name, new.model_dump())
        return Reply(201, {"field": {"id": name, **new.model_dump()}})

    def _find(self, name: str) -> tuple[str, dict[str, Any]] | None:
        if self._store.held("activecampaign", "_erased", name):
            return None
        if held := self._store.held("activecampaign", "contacts", name):
            return name, held
        address = self._people.by_id(name)
        return (name, {"email": address}) if address else None

    def _by_address(self, address: str) -> tuple[str, dict[str, Any]] | None:
        held = self._store.held_of("activecampaign", "contacts")
        for name, contact in held.items():
            if contact["email"] == address.lower():
                return name, contact
        name = self._people.id_of(address) or ""
        return None if name in held else self._find(name)

    def _shown(self, found: tuple[str, Mapping[str, Any]]) -> dict[str, object]:
        name, contact = found
        return {"id": name} | {own: contact.get(own, "") for own in STANDARD}

    def _synchronise(self, contact: Contact) -> Reply:
        if not contact.email or not ADDRESS.fullmatch(contact.email):
            why = f"The email address {contact.email} is not valid."
            return _no(422, "email_invalid", why, "/data/attributes/email")
        found = self._by_address(contact.email)
        name = found[0] if found else str(next_id(self._store, "activecampaign"))
        return self._keep(name, found[1] if found else {}, contact, 200 if found else 201)

    def _keep(self, name: str, before: Mapping[str, Any], contact: Contact, status: int) -> Reply:
        fields = self._store.held_of("activecampaign", "_fields")
        own = contact.model_dump(exclude={"fieldValues"}, exclude_none=True)
        values = {}
        for one in contact.fieldValues:
            if one.field not in fields:
                raise Refused(_no(422, "related_missing", "The field does not exist.", ""))
            if len(one.value) > LONGEST:
                raise Refused(_no(422, "too_long", f"{one.value[:50]} is too long.", ""))
            values[fields[one.field]["perstag"]] = one.value
        after = {**before, **own, **values}
        self._store.keep("activecampaign", "contacts", name, after)
        return Reply(status, {"contact": self._shown((name, after)), "fieldValues": []})

    def _listed(self, query: Mapping[str, str]) -> Reply:
        names = [value for name, value in query.items() if ID.fullmatch(name)]
        asked = [self._find(name) for name in names[: int(query.get("limit", "20"))]]
        if "email" in query:
            asked = [self._by_address(query["email"])]
        return Reply(200, {"contacts": [self._shown(found) for found in asked if found]})

    def _subscriptions(self, name: str) -> Reply:
        found = self._find(name)
        if found is None:
            return _nobody(name)
        on = [(ON_LIST.fullmatch(key), status) for key, status in found[1].items()]
        lists = [
            {"contact": name, "list": list_[1], "status": str(status)}
            for list_, status in on
            if list_
        ]
        return Reply(200, {"contactLists": lists})

    def _subscribe(self, new: Subscription) -> Reply:
        found = self._find(str(new.contact))
        if found is None:
            return _nobody(str(new.contact))
        after = found[1] | {f"list {new.list}": new.status}
        self._store.keep("activecampaign", "contacts", found[0], after)
        return Reply(201, {"contactList": new.model_dump()})

    def _contact(self, request: Request, name: str) -> Reply:
        found = self._find(name)
        if found is None:
            return _nobody(name)
        if request.method == "DELETE":
            self._store.let_go("activecampaign", "contacts", name)
            self._store.keep("activecampaign", "_erased", name, {"gone": True})
            return Reply(200, {})
        if request.method == "GET":
            fields = self._store.held_of("activecampaign", "_fields")
            values = [
                {"field": number, "value": found[1].get(body["perstag"], "")}
                for number, body in fields.items()
            ]
            return Reply(200, {"contact": self._shown(found), "fieldValues": values})
        contact = parse(Write, request.body).contact
        other = self._by_address(contact.email) if contact.email else None
        if other and other[0] != name:
            why = f"{contact.email} is another contact's address."
            return _no(422, "duplicate", why, "/data/attributes/email")
        return self._keep(name, found[1], contact, 200)


def _number(item: tuple[str, object]) -> int:
    return int(item[0])


def _nobody(name: str) -> Reply:
    return Reply(404, {"message": f"No Result found for Subscriber with id {name}"})


def _no(status: int, code: str, detail: str, pointer: str) -> Reply:
    error = {"title": detail, "detail": "", "code": code, "source": {"pointer": pointer}}
    return Reply(status, {"errors": [error]})
