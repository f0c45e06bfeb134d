"""A page for people: what Decile wrote to, and what it holds now."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from sync.sandbox.catalogue import OURS
from sync.sandbox.service import Service
from sync.sandbox.store import Store

SHOWN = 500
HIDDEN = "_"  # kinds whose name begins with it are a service's own business

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Decile sandbox</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #1c1c1c; background: #fff; }}
.table {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #ddd; }}
</style>
</head>
<body>
<h1>Decile sandbox</h1>
<p>Stands in for every destination on this machine.</p>
<h2>hubspot: contacts</h2>
<p>{summary}</p>
{table}
{hooks}
{held}
</body>
</html>
"""


def render(store: Store, services: Sequence[Service]) -> str:
    """Give the page. Every value is escaped."""
    counts = store.counts()
    summary = (
        f"{counts['contacts']:,} contacts, {counts['written']:,} written to by Decile,"
        f" {counts['created']:,} of them created."
    )
    if counts["written"] > SHOWN:
        summary += f" The latest {SHOWN} are shown."
    table = _table(store) if counts["written"] else "<p>Nothing was written yet.</p>"
    return PAGE.format(
        summary=escape(summary), table=table, hooks=_hooks(store), held=_held(store, services)
    )


def _held(store: Store, services: Sequence[Service]) -> str:
    """Show what each service holds: a table for each kind of thing."""
    return "\n".join(
        _things(f"{service.name}: {kind}", things)
        for service in services
        for kind, things in store.all_held(service.name).items()
        if not kind.startswith(HIDDEN)
    )


def _things(title: str, things: Mapping[str, Mapping[str, Any]]) -> str:
    shown = dict(list(things.items())[:SHOWN])
    names = list(dict.fromkeys(name for body in shown.values() for name in body))
    count = f"{len(things):,}" + (f", the latest {SHOWN} of them" if len(things) > SHOWN else "")
    head = "".join(f"<th>{escape(name)}</th>" for name in ("Id", *names))
    rows = "\n".join(
        f"<tr><td>{escape(key)}</td>"
        + "".join(f"<td>{escape(_shown(body.get(name)))}</td>" for name in names)
        + "</tr>"
        for key, body in shown.items()
    )
    return (
        f'<h2>{escape(title)}</h2>\n<p>{count}</p>\n<div class="table"><table>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _hooks(store: Store) -> str:
    """List the last message of each key, if any came."""
    rows = store.execute(
        "select key, message from hook_rows order by received_at desc, key limit ?", (SHOWN,)
    )
    if not rows:
        return ""
    body = "\n".join(
        f"<tr><td>{escape(key)}</td><td>{escape(message)}</td></tr>" for key, message in rows
    )
    return (
        '<h2>Webhooks</h2>\n<div class="table"><table>\n'
        "<thead><tr><th>Key</th><th>Last message</th></tr></thead>\n"
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )


def _table(store: Store) -> str:
    ours = {
        name: str(definition["label"])
        for name, definition in store.definitions("properties").items()
        if _is_ours(name, definition)
    }
    names = {"firstname": "First name", "lastname": "Last name", "email": "Email", **ours}
    head = "".join(f"<th>{escape(label)}</th>" for label in ("Record", *names.values()))
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<td>{escape(value)}</td>"
            for value in (
                str(contact.id),
                *(contact.properties.get(name, "") for name in names),
            )
        )
        + "</tr>"
        for contact in store.written(SHOWN)
    )
    return (
        f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )


def _is_ours(name: str, definition: Mapping[str, Any]) -> bool:
    return name.startswith(OURS) or definition.get("groupName") == OURS.rstrip("_")
