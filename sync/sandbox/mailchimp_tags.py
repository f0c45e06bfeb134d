"""Tags of members in the Mailchimp part of the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from sync.sandbox.rules import Strict

TAGS = re.compile(r"/mailchimp/3\.0/lists/([0-9a-f]{10})/members/([0-9a-f]{32})/tags")


class Tag(Strict):
    """A tag, and whether the member has it."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    status: Literal["active", "inactive"]


class Tags(Strict):
    """The body of POST members/{hash}/tags."""

    tags: Annotated[list[Tag], Field(min_length=1)]


def tagged(member: Mapping[str, Any], wanted: Tags) -> dict[str, Any]:
    """Give a member with tags set and unset."""
    has = set(member.get("tags", ()))
    for tag in wanted.tags:
        has = has | {tag.name} if tag.status == "active" else has - {tag.name}
    return {**member, "tags": sorted(has)}
