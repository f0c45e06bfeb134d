"""The part of the sandbox that is Mailchimp: audiences, merge fields, members."""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from sync.sandbox import mailchimp_batches as batches
from sync.sandbox.faults import Fault, failing
from sync.sandbox.mailchimp_audience import (
    Audience,
    Batch,
    NewMergeField,
    Update,
    gone,
    refused_with,
)
from sync.sandbox.mailchimp_tags import TAGS
from sync.sandbox.people import People, member_id, spoiled
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import WriteRow, explain, parse
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

PATH = re.compile(
    r"/mailchimp/3\.0/(?:(ping)|lists/([0-9a-f]{10})(?:/(merge-fields)|/members/([0-9a-f]{32})"
    r"(/actions/delete-permanent)?)?)"
)


class Mailchimp(Service):
    """Answers under /mailchimp/. Every audience has the people of the first records."""

    name = "mailchimp"
    prefix = "/mailchimp/"

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token
        self._people = People(store)

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the key, which is the password of any user."""
        if batches.RESULTS.fullmatch(request.path):  # its address is all that it takes
            both = "authorization" in request.headers
            return Reply(400, "InvalidArgument", type="application/xml") if both else None
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        try:
            key = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            key = ""
        good = scheme == "Basic" and secrets.compare_digest(key.encode(), self._token.encode())
        return None if good else self.unauthorised("")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the members that a call writes, by their ids."""
        if to := TAGS.fullmatch(request.path):
            return [WriteRow(id=to[2], properties={})]
        found = PATH.fullmatch(request.path)
        if (request.method, request.path) == ("POST", batches.MADE):
            return _operations(request)
        if not found or request.method == "GET" or found[3]:
            return []
        if found[4]:
            return [WriteRow(id=found[4], properties={})]
        try:
            members = parse(Batch, request.body).members
        except ValidationError:
            return []
        return [WriteRow(id=member_id(one.email_address), properties={}) for one in members]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if to := TAGS.fullmatch(request.path):
            refused = failing(struck, self.rows(request))
            return self._audience(to[1]).tag(to[2], request, refused)
        found = PATH.fullmatch(request.path)
        if not found and request.path.startswith((batches.MADE, "/mailchimp/results/")):
            return self._batches(request, struck)
        if not found:
            return gone()
        ping, list_id, fields, member, erases = found.groups()
        try:
            match request.method, bool(ping), bool(fields), bool(member):
                case "GET", True, _, _:
                    return Reply(200, {"health_status": "Everything's Chimpy!"})
                case "GET", _, True, _:
                    return self._audience(list_id).fields(int(request.query.get("count", "10")))
                case "POST", _, True, _:
                    return self._audience(list_id).new_field(parse(NewMergeField, request.body))
                case "GET", _, _, True if not erases:
                    return self._audience(list_id).shown(member)
                case "PATCH", _, _, True if not erases:
                    body = parse(Update, request.body)
                    refused = failing(struck, self.rows(request))
                    return self._audience(list_id).update(member, body, refused)
                case "POST", _, _, True if erases:
                    return self._audience(list_id).erase(member)
                case "GET", False, _, _ if not erases:
                    return Reply(200, {"id": list_id, "name": "Sandbox"})
                case "POST", False, _, False:
                    rows = self.rows(request)
                    return self._audience(list_id).add(parse(Batch, request.body), rows, struck)
        except ValidationError as error:
            return refused_with(400, "Invalid Resource", explain(error))
        return refused_with(405, "Method Not Allowed", "The requested method is not supported.")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return refused_with(status, code.replace("_", " ").title(), message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        return refused_with(429, "Too Many Requests", "You have exceeded the limit of connections.")

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller."""
        return refused_with(401, "API Key Invalid", "Your API key may be invalid.")

    def _audience(self, list_id: str) -> Audience:
        return Audience(self._store, self._people, list_id)

    def _batches(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Answer what is asked of asynchronous batches."""
        one, results = (place.fullmatch(request.path) for place in (batches.ONE, batches.RESULTS))
        if request.method == "GET" and results:
            packed = batches.archive(self._store, results[1])
            return Reply(200, packed, type="application/gzip") if packed else gone()
        if request.method == "GET" and one:
            shown = batches.shown(self._store, one[1], request.headers.get("host", ""))
            return Reply(200, shown) if shown else gone()
        if request.method == "DELETE" and one:
            there = self._store.let_go("mailchimp", "_batches", one[1])
            return Reply(204, None) if there else gone()
        if request.method != "POST" or request.path != batches.MADE:
            return refused_with(405, "Method Not Allowed", "The requested method is not supported.")
        try:
            operations = parse(batches.NewBatch, request.body).operations
        except ValidationError as error:
            return refused_with(400, "Invalid Resource", explain(error))
        rows = self.rows(request)
        refused = failing(struck, rows)
        done = [self._operation(operation, refused) for operation in operations]
        told = spoiled(struck, done, dict(enumerate(rows)))
        return Reply(200, batches.keep(self._store, told))

    def _operation(
        self, operation: batches.Operation, refused: Mapping[str, str]
    ) -> dict[str, object]:
        list_id, name = operation.member
        try:
            body = parse(Update, operation.body.encode())
            reply = self._audience(list_id).update(name, body, refused)
        except ValidationError as error:
            reply = refused_with(400, "Invalid Resource", explain(error))
        return {
            "status_code": reply.status,
            "operation_id": operation.operation_id,
            "response": json.dumps(reply.body),
        }


def _operations(request: Request) -> list[WriteRow]:
    try:
        operations = parse(batches.NewBatch, request.body).operations
    except ValidationError:
        return []
    return [WriteRow(id=one.member[1], properties={}) for one in operations]
