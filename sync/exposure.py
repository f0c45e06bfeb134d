"""What an exposure may say in `config.meta.sync`, and a guard model in `config.meta.guard`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Setting

from sync.changes import Mode

Consent = Literal["email_marketing", "sms", "web_push", "ad_targeting", "profiling", "none"]
Share = Annotated[float, Setting(ge=0, le=1)]


class Strict(BaseModel):
    """A part of an exposure; a key that it does not know is a mistake.

    What is said below each key is what an editor shows for it: see sync/exposure_schema.py.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SendWhen(Strict):
    """Which changes are worth a write. A row is sent when any of these holds."""

    any_change: tuple[str, ...] = ()
    """Columns of which any difference to what was last accepted is sent."""
    moved: dict[str, Annotated[float, Setting(gt=0)]] = {}
    """Column and the distance from what was last accepted at which it is sent."""
    at_least_every_days: Annotated[int, Setting(gt=0)] | None = None
    """Anything that differs is sent once the last write is that old."""


class Guards(Strict):
    """How much a run may do. Beyond it nothing is sent, and the command ends with 3."""

    max_removed_share: Share | None = 0.2
    """Largest share of the rows that were sent before which one run may remove."""
    max_changed_share: Share | None = None
    """Largest share of the rows that were sent before which one run may change."""
    min_rows: Annotated[int, Setting(ge=0)] = 1
    """The fewest rows that the model may have."""


class Alerts(Strict):
    """When somebody is told. One message for each change of state."""

    max_failed_share: Share | None = None
    """Tell when a larger share of what a run sent was rejected or is pending."""
    max_hours_since_success: Annotated[float, Setting(gt=0)] | None = None
    """Tell when the last success is older."""
    to: tuple[Literal["webhook", "slack"], ...] = ()
    """Who is told."""


class SyncMeta(Strict):
    """`config.meta.sync` of an exposure, as it is written. docs/sync.md explains each key."""

    destination: str
    """Where the rows go."""
    object: str
    """The kind of record there."""
    mode: Mode
    """What may happen to a record there: see the table of modes in docs/sync.md."""
    key: str
    """Column that names a row for ever. Not null, unique."""
    record_id: str | None = None
    """Column with the destination's own id of the record; null where there is none."""
    unique_key: str | None = None
    """Column with the value of our own unique property, by which a record is found again."""
    contact: str | None = None
    """Column with the contact of the row. Default: contact_id, where the model has it."""
    consent: Consent | None = None
    """Purpose that a contact must have granted, or its row is blocked. none: nobody is asked."""
    fields: Annotated[dict[str, str], Setting(min_length=1)]
    """Column and the field of the destination that it lands in. Null clears the field."""
    create_fields: dict[str, str] = {}
    """The same, for what only a new record is given."""
    settings: dict[str, str] = {}
    """What the destination asks for beside, such as a list. Its page in docs/ names the keys."""
    send_when: SendWhen | None = None
    """Which changes are worth a write. Without it, any change of a field."""
    in_flight: Annotated[int, Setting(ge=1)] = 1
    """Batches that may be on their way at the same time."""
    guards: Guards = Guards()
    """How much a run may do."""
    alerts: Alerts = Alerts()
    """When somebody is told."""

    @property
    def purpose(self) -> str | None:
        """The purpose that the exposure itself asks for."""
        return None if self.consent == "none" else self.consent


class GuardMeta(Strict):
    """`config.meta.guard` of a guard model."""

    stops: Literal["all", "row"] = "all"
    syncs: tuple[str, ...] = ()


def explain_mistakes(error: ValidationError, root: str, meta: type[Strict]) -> Iterator[str]:
    """Say what pydantic found, in the words of the file: the key, and what is allowed."""
    for mistake in error.errors():
        key = ".".join([root, *(str(part) for part in mistake["loc"])])
        if mistake["type"] == "extra_forbidden":
            known = _part_at(meta, mistake["loc"][:-1]).model_fields
            yield f"{key}: unknown key; known are {', '.join(known)}"
        elif mistake["type"] == "missing":
            yield f"{key}: is missing"
        else:
            yield f"{key}: {mistake['msg'][0].lower()}{mistake['msg'][1:]}"


_PARTS: dict[str, type[Strict]] = {"send_when": SendWhen, "guards": Guards, "alerts": Alerts}


def _part_at(meta: type[Strict], place: tuple[int | str, ...]) -> type[Strict]:
    return _PARTS[str(place[0])] if place else meta
