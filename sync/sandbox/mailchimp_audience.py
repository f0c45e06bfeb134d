"""An audience of Mailchimp in the sandbox: its merge fields, and its members."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import uuid4

from pydantic import Field, JsonValue, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.mailchimp_tags import Tags, tagged
from sync.sandbox.people import People, member_id, spoiled
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.store import Store

PROBLEM = "application/problem+json; charset=utf-8"
ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")
LONGEST = 255
Status = Literal["subscribed", "unsubscribed", "cleaned", "pending", "transactional"]
MergeFields = dict[str, JsonValue]


class NewMergeField(Strict):
    """The body that creates a merge field."""

    tag: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,9}$")]
    name: Annotated[str, Field(min_length=1, max_length=50)]
    type: Literal["text", "number", "date", "phone", "url", "address", "zip", "birthday"]
    public: bool = False
    required: bool = False


class NewMember(Strict):
    """A row of a batch."""

    email_address: Text
    status: Status
    merge_fields: MergeFields = {}


class Batch(Strict):
    """The body of POST lists/{id}."""

    members: Annotated[list[NewMember], Field(min_length=1, max_length=500)]
    update_existing: bool = False
    sync_tags: bool = False


class Update(Strict):
    """The body of PATCH members/{hash}."""

    email_address: Text | None = None
    status: Status | None = None
    merge_fields: MergeFields = {}


class Audience:
    """One audience. It has the people of the first records, and who was added."""

    def __init__(self, store: Store, people: People, list_id: str) -> None:
        self._store = store
        self._people = people
        self._list = list_id

    def _kinds(self) -> dict[str, str]:
        held = self._store.held_of("mailchimp", "_merge_fields")
        own = {
            body["tag"]: str(body["type"])
            for name, body in held.items()
            if name.startswith(f"{self._list}/")
        }
        return {"FNAME": "text", "LNAME": "text"} | dict(reversed(own.items()))

    def fields(self, count: int) -> Reply:
        """Show the merge fields."""
        found = [{"tag": tag, "type": kind} for tag, kind in self._kinds().items()]
        return Reply(200, {"merge_fields": found[:count], "total_items": len(found)})

    def new_field(self, new: NewMergeField) -> Reply:
        """Make a merge field."""
        if new.tag in self._kinds():
            return refused_with(
                400, "Invalid Resource", "A Merge Field with this tag already exists."
            )
        self._store.keep("mailchimp", "_merge_fields", f"{self._list}/{new.tag}", new.model_dump())
        return Reply(200, new.model_dump())

    def _member(self, name: str) -> dict[str, Any] | None:
        place = f"{self._list}/{name}"
        if self._store.held("mailchimp", "_forgotten", place):
            return None
        if held := self._store.held("mailchimp", "members", place):
            return held
        address = self._people.by_member_id(name)
        return {"email_address": address, "status": "subscribed"} if address else None

    def _keep(self, member: Mapping[str, Any]) -> dict[str, object]:
        name = member_id(member["email_address"])
        self._store.keep("mailchimp", "members", f"{self._list}/{name}", member)
        return self._as_shown(member)

    def _as_shown(self, member: Mapping[str, Any]) -> dict[str, object]:
        return {
            "id": member_id(member["email_address"]),
            "email_address": member["email_address"],
            "status": member["status"],
            "merge_fields": {tag: member.get(tag, "") for tag in self._kinds()},
        }

    def shown(self, name: str) -> Reply:
        """Show a member."""
        member = self._member(name)
        return Reply(200, self._as_shown(member)) if member else gone()

    def update(self, name: str, body: Update, refused: Mapping[str, str]) -> Reply:
        """Change a member; `refused` are those that a fault is about."""
        member = self._member(name)
        if member is None:
            return gone()
        if name in refused:
            return refused_with(400, "Invalid Resource", "The row was refused on request.")
        if errors := self._errors(body.merge_fields):
            return refused_with(400, "Invalid Resource", "Your merge fields were invalid.", errors)
        member |= self._known(body.merge_fields)
        member |= {"status": body.status} if body.status else {}
        if body.email_address and member_id(body.email_address) != name:
            if self._member(member_id(body.email_address)):
                why = f"{body.email_address} is already a list member."
                return refused_with(400, "Member Exists", why)
            self._store.let_go("mailchimp", "members", f"{self._list}/{name}")
            self._store.keep("mailchimp", "_forgotten", f"{self._list}/{name}", {"gone": True})
            member["email_address"] = body.email_address
        return Reply(200, self._keep(member))

    def add(self, batch: Batch, rows: Sequence[WriteRow], struck: Sequence[Fault]) -> Reply:
        """Add members; `rows` name those of the batch."""
        refused = failing(struck, rows)
        added: list[dict[str, object]] = []
        errors: list[dict[str, object]] = []
        places: dict[int, WriteRow] = {}
        for one, row in zip(batch.members, rows, strict=True):
            twice = [other.id for other in rows].count(row.id) > 1
            problem = self._problem(one, row.id, refused, twice=twice)
            if problem and not (problem[0] == "ERROR_CONTACT_EXISTS" and batch.update_existing):
                code, why, field = problem
                errors.append(
                    {
                        "email_address": one.email_address,
                        "error": why,
                        "error_code": code,
                        "field": field,
                        "field_message": why if field else "",
                    }
                )
                continue
            places[len(added)] = row
            fields = self._known(one.merge_fields)
            member = {"email_address": one.email_address, "status": one.status}
            added.append(self._keep(member | fields))
        body = {"new_members": spoiled(struck, added, places), "updated_members": []}
        counts = {"total_created": len(added), "total_updated": 0, "error_count": len(errors)}
        return Reply(200, {**body, "errors": errors, **counts})

    def _problem(
        self, one: NewMember, name: str, refused: Mapping[str, str], *, twice: bool
    ) -> tuple[str, str, str] | None:
        """Say why a row of a batch is refused: code, words, field."""
        generic = "ERROR_GENERIC"
        if name in refused or twice:
            return generic, "The row was refused on request, or is there twice.", ""
        if not ADDRESS.fullmatch(one.email_address):
            return generic, f"{one.email_address} looks fake or invalid.", "email_address"
        if self._store.held("mailchimp", "_forgotten", f"{self._list}/{name}"):
            return generic, f"{one.email_address} was permanently deleted.", ""
        if self._member(name):
            return "ERROR_CONTACT_EXISTS", f"{one.email_address} is already a list member.", ""
        if errors := self._errors(one.merge_fields):
            return generic, errors[0]["message"], errors[0]["field"]
        return None

    def tag(self, name: str, request: Request, refused: Mapping[str, str]) -> Reply:
        """Give a member tags, or take them away."""
        member = self._member(name)
        if member is None:
            return gone()
        if refused:
            return refused_with(400, "Invalid Resource", "The row was refused on request.")
        try:
            self._keep(tagged(member, parse(Tags, request.body)))
        except ValidationError as error:
            return refused_with(400, "Invalid Resource", explain(error))
        return Reply(204, None)

    def erase(self, name: str) -> Reply:
        """Delete a member for good."""
        if self._member(name) is None:
            return gone()
        self._store.let_go("mailchimp", "members", f"{self._list}/{name}")
        self._store.keep("mailchimp", "_forgotten", f"{self._list}/{name}", {"gone": True})
        return Reply(204, None)

    def _known(self, fields: MergeFields) -> MergeFields:
        """Drop what the audience has no merge field for, as Mailchimp does without a word."""
        return {tag: value for tag, value in fields.items() if tag in self._kinds()}

    def _errors(self, fields: MergeFields) -> list[dict[str, str]]:
        kinds = self._kinds()
        return [
            # As Mailchimp may do it: the value is part of the message.
            {"field": tag, "message": f"{value} is not a good value."}
            for tag, value in fields.items()
            if tag in kinds and value != "" and not _fits(kinds[tag], value)
        ]


def _fits(kind: str, value: JsonValue) -> bool:
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "date":
        return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
    return isinstance(value, str) and len(value) <= LONGEST


def gone() -> Reply:
    """Say that there is no such thing."""
    return refused_with(404, "Resource Not Found", "The requested resource could not be found.")


def refused_with(status: int, title: str, detail: str, errors: Sequence[object] = ()) -> Reply:
    """Refuse a call as Mailchimp does."""
    body = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(uuid4()),
        **({"errors": list(errors)} if errors else {}),
    }
    return Reply(status, body, type=PROBLEM)
