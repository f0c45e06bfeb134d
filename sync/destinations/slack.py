"""Messages in Slack channels: what is new, up to twenty rows a message, never twice on purpose.

Slack takes a message for a new one each time it comes, so an answer that got lost is not asked
for again: its rows are pending, and the next run shows them once more, with the same reference.
What people typed is shown and does nothing: it mentions nobody and links nowhere.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence

from sync.answers import Answer, retry_after
from sync.changes import Capabilities, Change, Field, Finding, Outcome, SetupStep
from sync.errors import (
    AccessRefused,
    Ambiguous,
    BatchRefused,
    ConfigError,
    DestinationError,
    Retriable,
)
from sync.http import HttpClient

MAX_BATCH = 20
MAX_SECTION = 3_000
MAX_TEXT = 12_000  # of a whole message: Slack refuses from about 13,200 on
POST = "/api/chat.postMessage"
KIND = "application/json; charset=utf-8"
SLOWER_SECONDS = 30.0  # where Slack says only that it was too fast
# A row that has this field goes to the channel that it names; the field is not shown.
CHANNEL = "channel"

CONTENT = frozenset({
    "invalid_blocks", "invalid_blocks_format", "invalid_payload", "msg_blocks_too_long",
    "msg_too_long", "no_text", "too_many_attachments",
})  # fmt: skip
TOO_FAST = frozenset({"rate_limited", "ratelimited", "message_limit_exceeded"})
UNSURE = frozenset({
    "fatal_error", "internal_error", "request_timeout", "rollup_error", "service_unavailable",
})  # fmt: skip


def capabilities(messages_per_second: int = 1) -> Capabilities:
    """Say what a channel can do, at a number of messages a second."""
    return Capabilities(
        modes=frozenset({"append"}),
        max_batch=MAX_BATCH,
        rows_per_second=messages_per_second * MAX_BATCH,
    )


class SlackMessages:
    """Messages to `channel`, or to the one that a row names.

    Without a `channel`, `path` is that of an incoming webhook, which has its own.
    """

    name = "slack_messages"

    def __init__(
        self,
        http: HttpClient,
        *,
        path: str = POST,
        channel: str = "",
        title: str = "Decile",
        messages_per_second: int = 1,
    ) -> None:
        self._http = http
        self._path = path
        self._channel = channel
        self._title = title
        self.capabilities = capabilities(messages_per_second)

    def push(self, changes: Sequence[Change]) -> list[Outcome]:
        """Post a message to each channel, or several where rows are long or one is refused."""
        _check(changes)
        if not self._channel and any(one.fields.get(CHANNEL) for one in changes):
            raise ConfigError("Slack: a webhook posts to its own channel only; unmap `channel`.")
        outcomes = {one.token: _too_long(one) for one in changes if _is_too_long(one)}
        posted = False
        parts = deque(_messages([one for one in changes if one.token not in outcomes]))
        while parts:
            part = parts.popleft()
            try:
                self._post(part)
            except BatchRefused as refusal:
                if len(part) > 1:
                    middle = len(part) // 2
                    parts.extendleft((part[middle:], part[:middle]))
                else:
                    outcomes[part[0].token] = _refused(part[0], refusal)
                continue
            except DestinationError as error:
                if not posted:
                    raise
                rest = [change for one in (part, *parts) for change in one]
                outcomes |= {one.token: _pending(one, error) for one in rest}
                break
            posted = True
            # Slack's own name of the message would name all its rows: ours stands for it.
            outcomes |= {one.token: Outcome(one.token, "accepted", one.key) for one in part}
        return [outcomes[change.token] for change in changes]

    def check(self) -> list[Finding]:
        """Ask whose token it is. A webhook cannot be asked: any call would be a message."""
        if not self._channel:
            return [Finding("webhook", ok=True, detail="not tried: any call would be a message")]
        self._http.send(
            "POST", "/api/auth.test", headers={"Content-Type": KIND}, body={}, idempotent=True
        )
        return [
            Finding("token", ok=True, detail="accepted"),
            Finding("channel", ok=True, detail="not tried: any call would be a message"),
        ]

    def plan_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Say that a message takes whatever the exposure maps."""
        return [SetupStep("channel", "exists", f"takes all {len(fields)} fields")]

    def apply_setup(self, fields: Sequence[Field]) -> list[SetupStep]:
        """Do nothing: there is nothing to create."""
        return self.plan_setup(fields)

    def _post(self, changes: Sequence[Change]) -> None:
        sections = [_block("section", section(one), one.key[:255]) for one in changes]
        rows = "1 row" if len(changes) == 1 else f"{len(changes)} rows"
        head = _block("section", f"*{escaped(self._title)}*: {rows}", "head")
        reference = {"type": "mrkdwn", "text": f"ref {_reference(changes)}"}
        foot = {"type": "context", "block_id": "foot", "elements": [reference]}
        message: dict[str, object] = {
            "text": f"{escaped(self._title)}: {rows}",
            "blocks": [head, *sections, foot],
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if self._channel:
            message["channel"] = changes[0].fields.get(CHANNEL) or self._channel
        headers = {"Content-Type": KIND}
        answer = self._http.send(
            "POST", self._path, headers=headers, body=message, idempotent=False
        )
        done = (answer.body or {}).get("ok") is True if self._channel else answer.text == "ok"
        if not done:
            raise Ambiguous(f"{answer} without saying that the message was posted.")


def section(change: Change) -> str:
    """Give the lines of a row: what has no value is left out."""
    shown = {name: text for name, text in change.fields.items() if text and name != CHANNEL}
    lines = [f"*{escaped(name)}:* {escaped(text)}" for name, text in shown.items()]
    return "\n".join(lines) or escaped(change.key)


def escaped(text: str) -> str:
    """Take its meaning from what would mention, link or format by Slack's own signs."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def classify(answer: Answer) -> DestinationError | None:
    """Say what Slack means, by the word in a 200 or in plain text. None: what a status means."""
    body = answer.body or {}
    word = str(body.get("error", "")) if body.get("ok") is False else answer.text.strip()
    if answer.status == 429 or word in TOO_FAST:
        return Retriable(f"{answer}.", retry_after=retry_after(answer) or SLOWER_SECONDS)
    if word in CONTENT:
        return BatchRefused(f"{answer}, {word}.", code=word.upper())
    if word in UNSURE:
        return Ambiguous(f"{answer}, {word}: it may or may not have been posted.")
    if answer.status in {401, 403, 404, 410} or body.get("ok") is False:
        known = word if word.replace("_", "").isalpha() and len(word) < 40 else "an unknown error"
        return AccessRefused(
            f"{answer}, {known}. The app needs the scope chat:write and has to be in the channel;"
            " a webhook ends with its app or its channel."
        )
    return None


def _block(kind: str, text: str, name: str) -> dict[str, object]:
    return {
        "type": kind,
        "block_id": name,
        "text": {"type": "mrkdwn", "text": text, "verbatim": True},
    }


def _messages(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Give the rows of each message: of one channel, as many as its length allows."""
    channels: dict[str | None, list[Change]] = {}
    for change in changes:
        channels.setdefault(change.fields.get(CHANNEL) or None, []).append(change)
    for rows in channels.values():
        part: list[Change] = []
        length = 0
        for change in rows:
            more = len(section(change))
            if part and length + more > MAX_TEXT:
                yield part
                part, length = [], 0
            part.append(change)
            length += more
        yield part


def _reference(changes: Sequence[Change]) -> str:
    """Give what tells a message that came twice: the same for the same rows."""
    tokens = " ".join(change.token for change in changes)
    return hashlib.sha256(tokens.encode()).hexdigest()[:8]


def _is_too_long(change: Change) -> bool:
    return len(section(change)) > MAX_SECTION


def _too_long(change: Change) -> Outcome:
    message = f"Slack shows {MAX_SECTION:,} characters of a row, and this one has more."
    return Outcome(change.token, "rejected", change.record_id, "TEXT_TOO_LONG", message)


def _refused(change: Change, refusal: BatchRefused) -> Outcome:
    return Outcome(change.token, "rejected", change.record_id, refusal.code, str(refusal))


def _pending(change: Change, error: DestinationError) -> Outcome:
    return Outcome(change.token, "pending", change.record_id, error.ledger_code, str(error))


def _check(changes: Sequence[Change]) -> None:
    if len(changes) > MAX_BATCH:
        raise ConfigError(f"Slack takes {MAX_BATCH} rows a message, not {len(changes)}.")
    if any(change.operation in {"remove", "erase"} for change in changes):
        raise ConfigError("Slack: what was posted stays.")
