"""The part of the sandbox that is Slack: chat.postMessage, and an incoming webhook."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from sync.sandbox.faults import Fault, failing
from sync.sandbox.replies import Reply, Request
from sync.sandbox.rules import Strict, Text, WriteRow, parse
from sync.sandbox.service import Limit, Policy, Service
from sync.sandbox.store import Store

PREFIX = "/slack/"
POST = "/slack/api/chat.postMessage"
TEST = "/slack/api/auth.test"
# Known to everyone: it opens nothing but this.
WEBHOOK_PATH = "/slack/services/T0/B0/sandbox"
MAX_TEXT = 13_200
PLAIN = "text/plain;charset=utf-8"
MENTION = re.compile(r"<[!@#]")


class TextObject(Strict):
    """A text of a block."""

    type: Literal["mrkdwn", "plain_text"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    verbatim: bool = False


class Block(Strict):
    """A section, or the small print."""

    type: Literal["section", "context"]
    block_id: Annotated[str, Field(min_length=1, max_length=255)]
    text: TextObject | None = None
    elements: list[TextObject] | None = None


class Message(Strict):
    """The body of a message."""

    text: Text
    blocks: Annotated[list[Block], Field(max_length=50)] = []
    channel: Text | None = None
    unfurl_links: bool = True
    unfurl_media: bool = True

    def problem(self) -> str | None:
        """Give Slack's word for what is wrong."""
        names = [block.block_id for block in self.blocks]
        shaped = all(block.text if block.type == "section" else block.elements
                     for block in self.blocks)  # fmt: skip
        if not shaped or len(set(names)) < len(names):
            return "invalid_blocks"
        texts = [block.text.text for block in self.blocks if block.text]
        return "msg_blocks_too_long" if sum(map(len, texts)) > MAX_TEXT else None


class Slack(Service):
    """Answers under /slack/: 200 with a word, or a word alone."""

    name = "slack"
    prefix = PREFIX

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._token = token

    def refuse(self, request: Request) -> Reply | None:
        """Refuse a caller without the token, or without the path of the webhook."""
        if not request.path.startswith("/slack/api/"):
            return None if request.path == WEBHOOK_PATH else _word(404, "no_service")
        given = request.headers.get("authorization", "")
        if secrets.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            return None
        return self.unauthorised("")

    def problem(self, status: int, code: str, message: str) -> Reply:
        """Refuse a call as a whole."""
        words = {400: "invalid_blocks", 401: "invalid_auth", 403: "action_prohibited"}
        if status in words:
            return Reply(200, {"ok": False, "error": words[status]})
        return Reply(status, {"ok": False, "error": "ratelimited"} if status == 429 else {})

    def over_limit(self, policy: Policy, seconds: float) -> Reply:
        """Refuse a call because there were too many."""
        body = {"ok": False, "error": "ratelimited"}
        return Reply(429, body, {"Retry-After": str(round(seconds))})

    def unauthorised(self, code: str) -> Reply:
        """Refuse a caller whose token has run out."""
        return Reply(200, {"ok": False, "error": "invalid_auth"})

    def limit_headers(self, limit: Limit, *, recent: int, today: int) -> Mapping[str, str]:
        """Say nothing: Slack does not."""
        return {}

    def rows(self, request: Request) -> list[WriteRow]:
        """Give the rows of a message: its sections below the first."""
        if request.path not in {POST, WEBHOOK_PATH}:
            return []
        try:
            blocks = parse(Message, request.body).blocks
        except ValidationError:
            return []
        sections = [block for block in blocks if block.type == "section"]
        return [WriteRow(id=block.block_id, properties={}) for block in sections[1:]]

    def endpoint(self, request: Request, struck: Sequence[Fault]) -> Reply:
        """Post the message."""
        is_webhook = request.path == WEBHOOK_PATH
        if request.method != "POST" or request.path not in {POST, TEST, WEBHOOK_PATH}:
            return Reply(200, {"ok": False, "error": "unknown_method"})
        if request.path == TEST:
            return Reply(200, {"ok": True, "team": "Sandbox", "user": "decile"})
        try:
            message = parse(Message, request.body)
            problem = message.problem()
        except ValidationError:
            message, problem = Message(text="-"), "invalid_blocks"
        if bool(message.channel) == is_webhook:
            problem = problem or ("invalid_payload" if is_webhook else "channel_not_found")
        if failing(struck, self.rows(request)):
            problem = "invalid_blocks"
        if problem:
            return (
                _word(400, problem) if is_webhook else Reply(200, {"ok": False, "error": problem})
            )
        number = f"{1_700_000_000 + len(self._store.held_of(self.name, 'messages'))}.000100"
        kept = message.model_dump(exclude_none=True)
        pings = len(MENTION.findall(json.dumps(kept)))
        self._store.keep(self.name, "messages", number, kept | {"pings": pings})
        if is_webhook:
            return _word(200, "ok")
        return Reply(200, {"ok": True, "channel": message.channel, "ts": number})


def _word(status: int, word: str) -> Reply:
    return Reply(status, word, type=PLAIN)
