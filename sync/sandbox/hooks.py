"""The part of the sandbox that receives webhooks: checks the signature, keeps the last per key."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import JsonValue, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Refused, Reply, Request, no_such_method, problem, unauthorised
from sync.sandbox.rules import Strict, Text, WriteRow, explain, parse
from sync.sandbox.service import Service
from sync.sandbox.store import Store
from sync.signature import ID, is_signed, read_secret
from sync.signature import PREFIX as SECRET_PREFIX

WEBHOOK_PATH = "/hooks/rows"
# Known to everyone: it opens nothing but this.
WEBHOOK_SECRET = SECRET_PREFIX + base64.b64encode(b"the secret of the sandbox").decode()


class Data(Strict):
    """The row of a message."""

    operation: Text
    key: Text
    record_id: str | None
    unique_key: str | None
    fields: dict[str, JsonValue]


class Message(Strict):
    """The body of a message."""

    type: Text
    timestamp: Text
    data: Data


class Hooks(Service):
    """Answers under /hooks/. A message whose id was seen before changes nothing."""

    name = "webhook"
    prefix = "/hooks/"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = read_secret(WEBHOOK_SECRET)

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a message without a good signature."""
        headers = dict(request.headers)
        if not is_signed(self._key, headers, request.body, now=time.time()):
            return unauthorised("INVALID_SIGNATURE")
        return None

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the row of a message."""
        try:
            return [WriteRow(id=parse(Message, request.body).data.key, properties={})]
        except ValidationError:
            return []

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Keep the row, or forget it."""
        if (request.method, request.path) != ("POST", WEBHOOK_PATH):
            return no_such_method()
        try:
            message = parse(Message, request.body)
        except ValidationError as error:
            return problem(400, "VALIDATION_ERROR", explain(error))
        key, seen = message.data.key, self._seen(request.headers.get(ID, ""))
        if code := failing(struck, self.rows(request)).get(key):
            raise Refused(problem(422, code, "The row was refused on request."))
        if not seen:
            self._keep(message, request.body)
        return Reply(200, {"ok": True, "duplicate": seen})

    def _seen(self, message_id: str) -> bool:
        found = self._store.execute(
            "insert into hook_messages values (?, 1)"
            " on conflict (id) do update set times = times + 1 returning times",
            (message_id,),
        )
        return int(found[0][0]) > 1

    def _keep(self, message: Message, body: bytes) -> None:
        key = message.data.key
        self._store.execute("delete from hook_rows where key = ?", (key,))
        if message.data.operation not in {"remove", "erase"}:
            self._store.execute(
                "insert into hook_rows values (?, ?, ?)",
                (key, body.decode(), datetime.now(UTC).isoformat(timespec="milliseconds")),
            )


def inbox(store: Store) -> dict[str, object]:
    """Give the last message of each key, and how many came, were new, and were repeated."""
    (new, came) = store.execute("select count(*), coalesce(sum(times), 0) from hook_messages")[0]
    rows = store.execute("select key, message from hook_rows order by key")
    return {
        "rows": {key: json.loads(message)["data"] for key, message in rows},
        "messages": came,
        "duplicates": came - new,
    }
