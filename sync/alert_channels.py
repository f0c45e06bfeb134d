"""How an alert reaches somebody: the log, a signed webhook, a Slack channel.

The addresses are secrets: they come from the environment and are part of no message.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from sync.errors import ConfigError
from sync.http import HttpClient, RetryPolicy, is_readable
from sync.signature import ID, Signed, read_secret

log = logging.getLogger("decile")

POLICY = RetryPolicy(attempts=3, total_seconds=20.0)
TIMEOUTS = (5.0, 10.0)


@dataclass(frozen=True)
class Message:
    """An alert that changed its state. The id is the same if it has to be sent once more."""

    id: str
    sync: str
    account: str
    alert: str
    state: str
    detail: str
    run_id: str | None
    at: str

    @property
    def text(self) -> str:
        """One sentence for people."""
        word = "Alert" if self.state == "firing" else "Resolved"
        return f"{word}: {self.sync} → {self.account}: {self.detail}"


Deliver = Callable[[Message, Mapping[str, str]], None]


def to_log(message: Message, _environment: Mapping[str, str]) -> None:
    """Write a line to the log."""
    facts = {"alert": message.alert, "state": message.state, "detail": message.detail}
    log.warning("alert %s", message.state, extra={"event": "alert", "sync": message.sync, **facts})


def to_webhook(message: Message, environment: Mapping[str, str]) -> None:
    """Send it to DECILE_ALERT_WEBHOOK_URL, signed where there is a secret."""
    keys = []
    for secret in environment.get("DECILE_ALERT_WEBHOOK_SECRET", "").split():
        try:
            keys.append(read_secret(secret))
        except ValueError as problem:
            raise ConfigError(f"DECILE_ALERT_WEBHOOK_SECRET {problem}.") from None
    body = {
        "type": f"alert.{message.state}",
        "timestamp": message.at,
        "data": {
            "sync": message.sync,
            "account": message.account,
            "alert": message.alert,
            "state": message.state,
            "detail": message.detail,
            "run_id": message.run_id,
        },
    }
    auth = Signed(keys) if keys else _Unsigned()
    _post("WEBHOOK", environment, body, auth, headers={ID: message.id})


def to_slack(message: Message, environment: Mapping[str, str]) -> None:
    """Post it to DECILE_ALERT_SLACK_URL, an incoming webhook of a channel."""
    text = message.text
    for character, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, escaped)
    mark = ":red_circle:" if message.state == "firing" else ":large_green_circle:"
    block = {"type": "section", "text": {"type": "mrkdwn", "text": f"{mark} {text}"}}
    _post("SLACK", environment, {"text": text, "blocks": [block]}, _Unsigned(), headers={})


CHANNELS: dict[str, Deliver] = {"log": to_log, "webhook": to_webhook, "slack": to_slack}


class _Unsigned(AuthBase):
    """Nothing to add; and a .netrc of the machine adds nothing either."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


def _post(
    kind: str,
    environment: Mapping[str, str],
    body: object,
    auth: AuthBase,
    *,
    headers: Mapping[str, str],
) -> None:
    setting = f"DECILE_ALERT_{kind}_URL"
    url = environment.get(setting, "").strip()
    parts = urlsplit(url if is_readable(url) else "")
    if not parts.hostname:
        raise ConfigError(f"{setting} is not set, or is no address.")
    with HttpClient(
        f"The address in {setting}",
        f"{parts.scheme}://{parts.netloc}",
        auth=auth,
        policy=POLICY,
        timeouts=TIMEOUTS,
        shown_path="it",
        json_answers=False,
    ) as http:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        # An id lets the receiver ignore a repetition; Slack has none.
        http.send(
            "POST", path, body=json.dumps(body).encode(), headers=headers, idempotent=bool(headers)
        )
