"""The part of the sandbox that is Google's Data Manager API: customer lists, and who is in them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal
from uuid import uuid4

from pydantic import Field, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.google_login import give_token
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Policy, Service
from sync.sandbox.store import Store

SERVICE = "google_ads"
TOKEN = "/google_ads/token"  # noqa: S105  (a path)
FORM = "application/x-www-form-urlencoded"
SCOPE = "https://www.googleapis.com/auth/datamanager"
LISTS = re.compile(r"/google_ads/v1/accountTypes/GOOGLE_ADS/accounts/(\d+)/userLists(?:/(\d+))?")
MEMBERS = re.compile(r"/google_ads/v1/audienceMembers:(ingest|remove)")
STATUS = "/google_ads/v1/requestStatus:retrieve"
DIGEST = re.compile("[0-9a-f]{64}")
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DAY = 86_400
STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class Account(Strict):
    """An account of Google Ads."""

    accountType: Literal["GOOGLE_ADS"]
    accountId: Annotated[str, Field(pattern=r"^\d+$")]


class Place(Strict):
    """A list that members go to."""

    reference: Text
    operatingAccount: Account
    loginAccount: Account | None = None
    productDestinationId: Text


class Address(Strict):
    """Who lives where."""

    givenName: Text
    familyName: Text
    regionCode: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    postalCode: Text


class Identifier(Strict):
    """One thing that a person is known by."""

    emailAddress: Text | None = None
    phoneNumber: Text | None = None
    address: Address | None = None


class UserData(Strict):
    """What a person is known by."""

    userIdentifiers: Annotated[list[Identifier], Field(min_length=1, max_length=10)]


class CompositeData(Strict):
    """The form that Google recommends."""

    userData: UserData


class Member(Strict):
    """A person."""

    destinationReferences: list[Text]
    compositeData: CompositeData

    def known_by(self) -> list[str]:
        """Give what the person is known by, each as one text."""
        return [
            one.emailAddress
            or one.phoneNumber
            or "|".join((one.address.model_dump() if one.address else {}).values())
            for one in self.compositeData.userData.userIdentifiers
        ]

    def digests(self) -> list[str]:
        """Give what has to be a digest."""
        found = []
        for one in self.compositeData.userData.userIdentifiers:
            found += [text for text in (one.emailAddress, one.phoneNumber) if text]
            found += [one.address.givenName, one.address.familyName] if one.address else []
        return found


class Remove(Strict):
    """The body of audienceMembers:remove, which knows neither consent nor terms."""

    destinations: Annotated[list[Place], Field(min_length=1, max_length=10)]
    audienceMembers: Annotated[list[Member], Field(min_length=1, max_length=10_000)]
    encoding: Literal["HEX"]
    validateOnly: bool = False


class Consent(Strict):
    """What everybody in a request has consented to."""

    adUserData: Literal["CONSENT_GRANTED", "CONSENT_DENIED"]
    adPersonalization: Literal["CONSENT_GRANTED", "CONSENT_DENIED"]


class Terms(Strict):
    """Whether the terms of Customer Match are accepted."""

    customerMatchTermsOfServiceStatus: Literal["ACCEPTED"]


class Ingest(Remove):
    """The body of audienceMembers:ingest."""

    consent: Consent
    termsOfService: Terms


class Source(Strict):
    """Where the identifiers come from."""

    dataSourceType: Literal["DATA_SOURCE_TYPE_FIRST_PARTY"]


class Info(Strict):
    """What a list is made of."""

    uploadKeyTypes: list[Literal["CONTACT_ID"]]
    contactIdInfo: Source


class NewList(Strict):
    """The body that makes a list."""

    displayName: Text
    membershipDuration: Annotated[str, Field(pattern=r"^\d+s$")]
    ingestedUserListInfo: Info


class GoogleAds(Service):
    """Answers under /google_ads/. Any signed claim of the right form gets a token."""

    name = SERVICE
    prefix = "/google_ads/"
    media_types: ClassVar[frozenset[str]] = frozenset({"application/json", FORM})

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = f"ya29.{token}"

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token."""
        given = request.headers.get("authorization", "")
        good = secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode())
        return None if good or request.path == TOKEN else self.unauthorised("")

    def is_limited(self, request: Request) -> bool:
        """Tokens are free."""
        return request.path != TOKEN

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        return _error(status, message)

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many; how long to wait is not said."""
        limit = "MutateRequestsPerDayPerProject" if policy == "DAILY" else "MutateRequestsPerMinute"
        return _error(429, "Quota exceeded.", metadata={"quota_limit": limit})

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose token has run out."""
        return _error(401, "Request had invalid authentication credentials.")

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the people of a call, by the first thing that they are known by."""
        found = MEMBERS.fullmatch(request.path)
        if not found:
            return []
        try:
            members = parse(
                Ingest if found[1] == "ingest" else Remove, request.body
            ).audienceMembers
        except ValidationError:
            return []
        return [WriteRow(id=one.known_by()[0], properties={}) for one in members]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Do what the call asks for."""
        if (request.method, request.path) == ("POST", TOKEN):
            return give_token(request, self._token, SCOPE)
        if (request.method, request.path) == ("GET", STATUS):
            return self._status(request.query.get("requestId", ""))
        try:
            if found := LISTS.fullmatch(request.path):
                return self._lists(request, *found.groups())
            found = MEMBERS.fullmatch(request.path)
            if found and request.method == "POST":
                refused = failing(struck, self.rows(request))
                if found[1] == "ingest":
                    return self._write(parse(Ingest, request.body), refused, adds=True)
                return self._write(parse(Remove, request.body), refused, adds=False)
        except ValidationError as error:
            return _error(400, f"Invalid JSON payload received: {explain(error)}")
        return _error(404, "Method not found.")

    def _lists(self, request: Request, account: str, number: str | None) -> Reply:
        held = self._store.held_of(SERVICE, "list")
        if number:
            found = held.get(number)
            return Reply(200, found) if found else _error(404, "Requested entity was not found.")
        if request.method == "GET":
            return Reply(200, {"userLists": list(held.values())} if held else {})
        new = parse(NewList, request.body)
        if int(new.membershipDuration[:-1]) % DAY:
            return _error(400, "The duration is not in whole days.")
        number = str(555_000_001 + len(held))
        name = f"accountTypes/GOOGLE_ADS/accounts/{account}/userLists/{number}"
        made = {"name": name, "id": number, "displayName": new.displayName}
        self._store.keep(SERVICE, "list", number, made | {"membershipStatus": "OPEN"})
        return Reply(200, made)

    def _write(self, body: Remove, refused: Mapping[str, str], *, adds: bool) -> Reply:
        for place, one in enumerate(body.destinations):
            if self._store.held(SERVICE, "list", one.productDestinationId) is None:
                field = f"destinations[{place}].product_destination_id"
                return _error(400, "No such list.", violations=[(field, "INVALID_DESTINATION")])
        bad = [
            (f"audience_members.audience_members[{place}].composite_data.user_data", code)
            for place, member in enumerate(body.audienceMembers)
            if (code := _fault_of(member, refused))
        ]
        if bad:
            return _error(400, "There was a problem with the request.", violations=bad)
        request_id = uuid4().hex
        lists = {one.reference: one.productDestinationId for one in body.destinations}
        for member in body.audienceMembers:
            for reference in member.destinationReferences:
                self._change(lists[reference], member, adds=adds)
        done = {"adds": adds, "rows": len(body.audienceMembers), "lists": list(lists.values())}
        self._store.keep(SERVICE, "_requests", request_id, done)
        return Reply(200, {"requestId": request_id})

    def _change(self, number: str, member: Member, *, adds: bool) -> None:
        first, known = f"member of {number}", f"_known in {number}"
        if adds:
            self._store.keep(
                SERVICE, first, member.known_by()[0], {"identifiers": member.known_by()}
            )
        for key in member.known_by():
            if adds:
                self._store.keep(SERVICE, known, key, {"id": member.known_by()[0]})
            elif found := self._store.held(SERVICE, known, key):
                self._store.let_go(SERVICE, first, found["id"])

    def _status(self, request_id: str) -> Reply:
        found = self._store.held(SERVICE, "_requests", request_id)
        if not found:
            return _error(404, "Requested entity was not found.")
        counts = {"recordCount": str(found["rows"])}
        name = "audienceMembersRemovalStatus"
        status: dict[str, object] = {"compositeDataRemovalStatus": counts}
        if found["adds"]:
            name = "audienceMembersIngestionStatus"
            counts["uploadMatchRateRange"] = "MATCH_RATE_RANGE_41_TO_50"
            status = {"compositeDataIngestionStatus": counts}
        one = {"requestStatus": "SUCCESS", name: status}
        return Reply(200, {"requestStatusPerDestination": [one for _ in found["lists"]]})


def _fault_of(member: Member, refused: Mapping[str, str]) -> str | None:
    if code := refused.get(member.known_by()[0]):
        return code
    good = all(DIGEST.fullmatch(one) and one != EMPTY for one in member.digests())
    return None if good else "INVALID_SHA256_FORMAT"


def _error(
    status: int,
    message: str,
    *,
    violations: Sequence[tuple[str, str]] = (),
    metadata: Mapping[str, str] | None = None,
) -> Reply:
    reason = STATUSES.get(status, "UNKNOWN")
    kind = "type.googleapis.com/google.rpc"
    info = {"@type": f"{kind}.ErrorInfo", "reason": reason, "domain": "datamanager.googleapis.com"}
    details: list[object] = [info | ({"metadata": dict(metadata)} if metadata else {})]
    if violations:
        named = [
            {"field": field, "reason": code, "description": message} for field, code in violations
        ]
        details.append({"@type": f"{kind}.BadRequest", "fieldViolations": named})
    said = {"code": status, "message": message, "status": reason, "details": details}
    return Reply(status, {"error": said})
