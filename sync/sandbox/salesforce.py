"""The part of the sandbox that is Salesforce: an org with leads, contacts and tasks."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qs

import jwt

from sync.sandbox import salesforce_jobs as jobs
from sync.sandbox import salesforce_records as records
from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Refused, Reply, Request
from sync.sandbox.rules import WriteRow
from sync.sandbox.salesforce_records import PREFIXES, refusal
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

TOKEN_PATH = "/salesforce/services/oauth2/token"  # noqa: S105  (a path)
CLIENT_ID = "sandbox"
USERNAME = "sandbox@example.com"
AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DATA = re.compile(r"/salesforce/services/data/v(\d+)\.0/(.+?)/?")
VERSIONS = range(41, 69)
MAX_ROWS = 200
QUERY = re.compile(r"SELECT Id, (\w+) FROM (\w+) WHERE (\w+) IN \((.+)\)")
QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'")


class Salesforce(Service):
    """Answers under /salesforce/. The token of the sandbox is its client secret, and its session.

    Any well-formed assertion of its user opens it, whoever signed it.
    """

    name = records.NAME
    prefix = "/salesforce/"
    media_types: ClassVar[frozenset[str]] = frozenset(
        {"application/json", "application/x-www-form-urlencoded", "text/csv"}
    )

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without a session."""
        given = request.headers.get("authorization", "")
        if request.path == TOKEN_PATH or secrets.compare_digest(
            given.encode(), f"Bearer {self._token}".encode()
        ):
            return None
        return self.unauthorised("INVALID_SESSION_ID")

    def is_limited(self, request: Request) -> bool:
        """Tell whether a call counts: one for a token does not."""
        return request.path != TOKEN_PATH

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows of a write, each by its id or its external id."""
        found = DATA.fullmatch(request.path)
        rest = found[2] if found else ""
        names: list[Any] = []
        if rest.endswith("/batches"):
            first = csv.reader(io.StringIO(request.body.decode()))
            names = [row[0] for row in first if row][1:]
        elif rest.startswith("composite/sobjects") and request.method == "DELETE":
            names = request.query.get("ids", "").split(",")
        elif rest.startswith("composite/sobjects"):
            key = rest.split("/")[3] if rest.count("/") == 3 else "id"
            given = _object(request.body).get("records")
            names = [one.get(key) for one in given if isinstance(one, dict)] if given else []
        return [WriteRow(id=str(name), properties={}) for name in names if name]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if request.path == TOKEN_PATH:
            return self._give_token(request)
        found = DATA.fullmatch(request.path)
        if not found or int(found[1]) not in VERSIONS:
            return refusal(404, "NOT_FOUND", "The requested resource does not exist")
        refused = failing(struck, self.rows(request))
        match request.method, found[2].split("/"):
            case "GET", ["limits"]:
                return Reply(200, {"DailyApiRequests": {"Max": 100_000, "Remaining": 99_000}})
            case "GET", ["query"]:
                return self._query(request.query.get("q", ""))
            case "GET", ["sobjects", object_, "describe"] if object_ in PREFIXES:
                return self._describe(object_)
            case "POST", ["tooling", "sobjects", "CustomField"]:
                return records.make_field(self._store, _object(request.body))
            case "PATCH", ["composite", "sobjects"]:
                return self._write(request, None, None, refused)
            case "PATCH", ["composite", "sobjects", object_, key] if object_ in PREFIXES:
                return self._write(request, object_, key, refused)
            case "DELETE", ["composite", "sobjects"]:
                return self._delete(request, refused)
            case "POST", ["jobs", "ingest"]:
                return jobs.make(self._store, _object(request.body))
            case _, ["jobs", "ingest", *rest] if rest:
                return jobs.answer(self._store, request, "/".join(rest), refused)
        return refusal(404, "NOT_FOUND", "The requested resource does not exist")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return refusal(status, code, message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many in 24 hours."""
        return refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose session is over."""
        return refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def _give_token(self, request: Request) -> Reply:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("grant_type") == "client_credentials":
            known = form.get("client_id") == CLIENT_ID
            good = form.get("client_secret") == self._token
        else:
            known = form.get("grant_type") == JWT_BEARER
            good = _is_good(form.get("assertion", ""))
        if not known or not good:
            error = "invalid_client" if known else "invalid_client_id"
            return Reply(400, {"error": error, "error_description": "no token"})
        host = request.headers.get("host", "")
        body = {"access_token": self._token, "instance_url": f"http://{host}"}
        return Reply(200, body | {"token_type": "Bearer", "id": f"http://{host}/id/00D/005"})

    def _describe(self, object_: str) -> Reply:
        fields = list(records.definitions(self._store, object_).values())
        rights = {"createable": True, "updateable": True, "deletable": True}
        return Reply(200, {"name": object_, **rights, "fields": fields})

    def _query(self, text: str) -> Reply:
        found = QUERY.fullmatch(text)
        if not found or found[1] != found[3] or found[2] not in PREFIXES:
            return refusal(400, "MALFORMED_QUERY", "unexpected token")
        name, object_ = found[1], found[2]
        if name not in records.definitions(self._store, object_):
            return refusal(400, "INVALID_FIELD", f"No such column '{name}' on entity '{object_}'.")
        rows = []
        for quoted in QUOTED.findall(found[4]):
            value = re.sub(r"\\(.)", r"\1", quoted)
            if one := records.find_by_key(self._store, object_, name, value):
                rows.append({"attributes": {"type": object_}, "Id": one[0], name: one[1][name]})
        return Reply(200, {"totalSize": len(rows), "done": True, "records": rows})

    def _write(
        self, request: Request, object_: str | None, key: str | None, refused: Mapping[str, str]
    ) -> Reply:
        body = _object(request.body)
        given = body.get("records")
        if set(body) != {"allOrNone", "records"} or not isinstance(given, list):
            return refusal(400, "JSON_PARSER_ERROR", "allOrNone and records are needed.")
        if not 1 <= len(given) <= MAX_ROWS:
            return refusal(400, "EXCEEDED_ID_LIMIT", "record limit reached.")
        names = [str(one.get(key or "id")).lower() for one in given]
        if len(set(names)) < len(names):
            return refusal(400, "INVALID_FIELD_VALUE", "duplicate id in the list.")
        return Reply(200, [self._write_one(one, object_, key, refused) for one in given])

    def _write_one(
        self,
        given: Mapping[str, Any],
        object_: str | None,
        key: str | None,
        refused: Mapping[str, str],
    ) -> dict[str, Any]:
        kind = str((given.get("attributes") or {}).get("type"))
        fields = {name: value for name, value in given.items() if name not in ("attributes", "id")}
        known = records.definitions(self._store, kind) if kind in PREFIXES else {}
        if not known or (object_ and (kind != object_ or "id" in given)):
            raise Refused(refusal(400, "INVALID_TYPE", "The type of a record is wrong."))
        if key and not (known.get(key, {}).get("externalId") and given.get(key)):
            message = "Provided external ID field does not exist or is not accessible"
            raise Refused(refusal(404, "NOT_FOUND", message))
        records.check_names(fields, known, kind)
        records.check_types(fields, known)
        record_id = given.get("id")
        if code := refused.get(str(given[key] if key else record_id)):
            return records.failed(code, "The row was refused on request.")
        if key:
            found = records.find_by_key(self._store, kind, key, given[key])
            return records.write(self._store, kind, found[0] if found else None, fields)
        if not record_id:
            return records.failed("MISSING_ARGUMENT", "Id not specified in an update call")
        return records.write(self._store, kind, record_id, fields)

    def _delete(self, request: Request, refused: Mapping[str, str]) -> Reply:
        ids = [one for one in request.query.get("ids", "").split(",") if one]
        if not 1 <= len(ids) <= MAX_ROWS:
            return refusal(400, "EXCEEDED_ID_LIMIT", "record limit reached.")
        return Reply(
            200,
            [
                records.failed(refused[one], "The row was refused on request.")
                if one in refused
                else records.delete(self._store, one)
                for one in ids
            ],
        )


def _is_good(assertion: str) -> bool:
    """Tell whether an assertion says what it must. Nobody's key is known here."""
    try:
        if jwt.get_unverified_header(assertion)["alg"] != "RS256":
            return False
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        return False
    left = claims.get("exp", 0) - time.time()
    named = (claims.get("iss"), claims.get("sub"))
    return named == (CLIENT_ID, USERNAME) and claims.get("aud") in AUDIENCES and 0 < left <= 300


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}
