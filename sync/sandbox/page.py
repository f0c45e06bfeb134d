"""A page for people: what Decile wrote to, and what it holds now."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
.table {{ overflow: auto; max-height: 70vh; }}
table {{ border-collapse: collapse; width: max-content; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0;
  border-bottom: 1px solid #ddd; max-width: 32rem; overflow-wrap: anywhere; }}
th {{ position: sticky; top: 0; background: #fff; }}
nav a {{ margin-right: 1rem; white-space: nowrap; }}
</style>
</head>
<body>
<h1>Decile sandbox</h1>
<p>Stands in for every destination on this machine.</p>
<nav>{links}</nav>
{sections}
</body>
</html>
"""


def render(store: Store, services: Sequence[Service]) -> str:
    """Give the page. Every value is escaped."""
    sections = [_contacts(store), *_hooks(store), *_held(store, services)]
    links = "\n".join(
        f'<a href="#{_anchor(one.title)}">{escape(one.title)} ({one.count:,})</a>'
        for one in sections
    )
    return PAGE.format(links=links, sections="\n".join(map(_html, sections)))


@dataclass(frozen=True)
class _Section:
    """What one destination holds of one kind: `names` are the columns, `rows` those shown."""

    title: str
    count: int
    summary: str
    names: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()


def _html(section: _Section) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in section.names)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in section.rows
    )
    table = (
        f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}\n</tbody>\n</table></div>"
    )
    title = f'<h2 id="{_anchor(section.title)}">{escape(section.title)}</h2>'
    return f"{title}\n<p>{escape(section.summary)}</p>\n{table if section.rows else ''}"


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower())


def _contacts(store: Store) -> _Section:
    counts = store.counts()
    summary = (
        f"{counts['contacts']:,} contacts, {counts['written']:,} written to by Decile,"
        f" {counts['created']:,} of them created."
    )
    if counts["written"] > SHOWN:
        summary += f" The latest {SHOWN} are shown."
    if not counts["written"]:
        return _Section("hubspot: contacts", 0, "Nothing was written yet.")
    ours = {
        name: str(definition["label"])
        for name, definition in store.definitions("properties").items()
        if _is_ours(name, definition)
    }
    names = {"firstname": "First name", "lastname": "Last name", "email": "Email", **ours}
    return _Section(
        "hubspot: contacts",
        counts["written"],
        summary,
        ("Record", *names.values()),
        [
            (str(contact.id), *(contact.properties.get(name, "") for name in names))
            for contact in store.written(SHOWN)
        ],
    )


def _held(store: Store, services: Sequence[Service]) -> Iterator[_Section]:
    """Give what each service holds: a section for each kind of thing."""
    for service in services:
        for kind, things in store.all_held(service.name).items():
            if not kind.startswith(HIDDEN):
                yield _things(f"{service.name}: {kind}", things)


def _things(title: str, things: Mapping[str, Mapping[str, Any]]) -> _Section:
    shown = dict(list(things.items())[:SHOWN])
    names = list(dict.fromkeys(name for body in shown.values() for name in body))
    count = f"{len(things):,}" + (f", the latest {SHOWN} of them" if len(things) > SHOWN else "")
    rows = [(key, *(_shown(body.get(name)) for name in names)) for key, body in shown.items()]
    return _Section(title, len(things), count, ("Id", *names), rows)


def _shown(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _hooks(store: Store) -> Iterator[_Section]:
    """Give the last message of each key, if any came."""
    rows = store.execute(
        "select key, message from hook_rows order by received_at desc, key limit ?", (SHOWN,)
    )
    if rows:
        summary = "The last message of each key."
        yield _Section("webhook: messages", len(rows), summary, ("Key", "Message"), rows)


def _is_ours(name: str, definition: Mapping[str, Any]) -> bool:
    return name.startswith(OURS) or definition.get("groupName") == OURS.rstrip("_")
