"""Reads the sample as its planted truth knows it: who did what, and who bought."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "seeds" / "demo"
TRUTH = ROOT / "tests" / "data" / "sample_truth.csv"
AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - the sample's times are UTC without a zone
WINDOW = timedelta(days=60)

Row = dict[str, str]
Events = dict[str, list[tuple[str, datetime]]]


def rows(name: str, folder: Path = DEMO) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def truth() -> dict[tuple[str, str], Row]:
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["source_record_id"]): row for row in csv.DictReader(file)}


class Planted:
    """The sample with every event assigned to the person who really was behind it."""

    def __init__(self) -> None:
        self.truth = truth()
        self.people_by_email: dict[str, str] = {}
        self.people_by_device: dict[str, str] = {}
        self.known_since: dict[str, datetime] = {}
        for source, table, key, email, created in (
            ("hubspot", "raw_hubspot__contact", "id", "property_email", "property_createdate"),
            ("shopify", "raw_shopify__customer", "id", "email", "created_at"),
            ("web", "raw_web__identifies", "id", "email", "identified_at"),
            ("people_list", "raw_people_list__people", "row_id", "email", "met_at"),
        ):
            for row in rows(table):
                self._file(self.truth[source, row[key]], row, row[email], moment(row[created]))
        self.events = self._events()
        self.purchases = self._purchases()

    def _file(self, record: Row, row: Row, email: str, created: datetime) -> None:
        if record["kind"] in ("bad_email", "role_mailbox", "no_identifier"):
            return
        person = record["person"]
        self.known_since[person] = min(created, self.known_since.get(person, created))
        if email:
            self.people_by_email[email.strip().lower()] = person
        if "anonymous_id" in row:
            self.people_by_device[row["anonymous_id"]] = person

    def _events(self) -> Events:
        """What each person did, by name; page views are named for their page."""
        found: Events = defaultdict(list)
        for row in rows("raw_web__page_views"):
            person = self.people_by_device.get(row["anonymous_id"], "")
            found[person].append((row["path"], moment(row["viewed_at"])))
        for row in rows("raw_web__tracks"):
            person = self.people_by_device.get(row["anonymous_id"], "")
            found[person].append((row["event"], moment(row["occurred_at"])))
        for row in rows("raw_hubspot__email_event"):
            person = self.people_by_email.get(row["recipient"], "")
            found[person].append((row["type"], moment(row["created"])))
        for row in rows("raw_hubspot__contact_form_submission"):
            person = self.truth["hubspot", row["contact_id"]]["person"]
            found[person].append((row["title"], moment(row["timestamp"])))
        for row in rows("raw_shopify__abandoned_checkout"):
            person = self.people_by_email.get(row["email"], "")
            found[person].append(("checkout", moment(row["created_at"])))
        found.pop("", None)
        return found

    def _purchases(self) -> dict[str, list[datetime]]:
        bought: dict[str, list[datetime]] = defaultdict(list)
        for row in rows("raw_shopify__order"):
            person = self.people_by_email.get(row["email"], "")
            bought[person].append(moment(row["created_at"]))
        won = {
            row["deal_id"]: moment(row["property_closedate"])
            for row in rows("raw_hubspot__deal")
            if row["deal_pipeline_stage_id"] == "closedwon"
        }
        for row in rows("raw_hubspot__deal_contact"):
            if row["deal_id"] in won:
                person = self.truth["hubspot", row["contact_id"]]["person"]
                bought[person].append(won[row["deal_id"]])
        bought.pop("", None)
        return bought

    def contacts(self) -> list[str]:
        """Everybody known on the demo's day."""
        return sorted(person for person, since in self.known_since.items() if since <= AS_OF)

    def buyers(self, start: datetime = AS_OF) -> set[str]:
        """Who bought in the 60 days after `start`."""
        return {
            person
            for person, dates in self.purchases.items()
            if any(start < date <= start + WINDOW for date in dates)
        }
