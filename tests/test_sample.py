"""The committed sample is what the generator makes, and holds what was planted in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import yaml

from bench.generate import make_block, write_benchmark, write_sample
from bench.tables import COLUMNS
from tests.planted import AS_OF, DEMO, ROOT, TRUTH, Planted, Row, moment, rows, truth

START, END = datetime(2025, 7, 1), datetime(2026, 8, 31)  # noqa: DTZ001
LATE = timedelta(days=1)
# What the loaders' own times are called, and the time of the event or record.
DATED = {
    "raw_hubspot__contact": ("id", "property_createdate", "_fivetran_synced"),
    "raw_hubspot__email_event": ("id", "created", "_fivetran_synced"),
    "raw_shopify__customer": ("id", "created_at", "_fivetran_synced"),
    "raw_shopify__order": ("id", "created_at", "_fivetran_synced"),
    "raw_web__page_views": ("id", "viewed_at", "received_at"),
    "raw_web__tracks": ("id", "occurred_at", "received_at"),
}
POINTS = {
    "/pricing": 4, "/compare": 3, "/checkout": 5, "cart_item_added": 6, "trial_started": 8,
    "Demo request": 15, "Download: buyer's guide": 6, "Contact us": 5, "checkout": 8,
    "video_watched": 3, "CLICK": 2, "OPEN": 1, "SENT": 0, "DELIVERED": 0,
}  # fmt: skip
HALF_LIFE_DAYS = 14


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted()


@pytest.fixture(scope="module")
def contacts() -> list[Row]:
    return rows("raw_hubspot__contact")


def test_the_generator_writes_the_committed_files_again(tmp_path: Path) -> None:
    write_sample(tmp_path, tmp_path / TRUTH.name, tmp_path)
    committed = [*DEMO.glob("*.csv"), TRUTH, ROOT / "seeds" / "policy" / "competitors.csv"]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in committed}
    for path in committed:
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_sample_is_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.glob("*.csv")) < 2_800_000


def test_every_column_of_every_seed_is_loaded_as_text() -> None:
    seeds = yaml.safe_load((DEMO / "_demo__seeds.yml").read_text(encoding="utf-8"))["seeds"]
    typed = {seed["name"]: seed["config"]["column_types"] for seed in seeds}
    assert typed == {name: dict.fromkeys(kinds, "varchar") for name, kinds in COLUMNS.items()}
    assert all(seed["description"] for seed in seeds)


def test_addresses_and_numbers_can_belong_to_nobody() -> None:
    reserved = re.compile(r"@[\w.-]+\.(example|test)$|@example\.com$", re.IGNORECASE)
    placeholder = {"test@test"}
    for table, column in (
        ("raw_hubspot__contact", "property_email"),
        ("raw_shopify__customer", "email"),
        ("raw_people_list__people", "email"),
        ("raw_web__identifies", "email"),
    ):
        found = {row[column].strip() for row in rows(table) if "@" in row[column]}
        assert [each for each in found - placeholder if not reserved.search(each)] == []
    fictitious = re.compile(r"1?\d{3}55501\d\d|4402079460\d{3}|442079460\d{3}|49030?23125\d{3}"
                            r"|493023125\d{3}|3301990\d{5}|33199\d{6}|3301\d{8}")  # fmt: skip
    for row in rows("raw_shopify__customer"):
        digits = re.sub(r"\D", "", row["phone"]).removeprefix("00")
        assert digits == "" or fictitious.fullmatch(digits)


def test_it_spans_fourteen_months() -> None:
    for table, (_, _, loaded) in DATED.items():
        times = [moment(row[loaded]) for row in rows(table)]
        assert min(times) < START + timedelta(days=15), table
        assert END - timedelta(days=5) < max(times) < END + LATE, table


def test_life_goes_on_after_the_demo_day(planted: Planted) -> None:
    later = [since for since in planted.known_since.values() if since > AS_OF]
    assert len(later) > 100
    assert sum(when > AS_OF for done in planted.events.values() for _, when in done) > 1_000


def test_every_profile_record_has_its_truth(contacts: list[Row]) -> None:
    known = truth()
    ids = {("hubspot", row["id"]) for row in contacts}
    ids |= {("shopify", row["id"]) for row in rows("raw_shopify__customer")}
    ids |= {("web", row["id"]) for row in rows("raw_web__identifies")}
    ids |= {("people_list", row["row_id"]) for row in rows("raw_people_list__people")}
    assert ids == known.keys()
    kinds = Counter(row["kind"] for row in known.values())
    for kind in ("prospect", "competitor", "student", "job_seeker", "bot", "bad_email",
                 "role_mailbox", "no_identifier"):  # fmt: skip
        assert kinds[kind] >= 10, kind


def test_people_are_spread_over_sources() -> None:
    sources: dict[str, set[str]] = defaultdict(set)
    records: Counter[tuple[str, str]] = Counter()
    for (source, _), row in truth().items():
        sources[row["person"]].add(source)
        records[row["person"], source] += 1
    assert 1_600 < len(sources) < 2_000
    assert sum(len(found) > 1 for found in sources.values()) > 700
    assert sum(count > 1 for (_, source), count in records.items() if source == "hubspot") > 15


def test_visitors_come_before_they_sign_up_or_never_do() -> None:
    identified = {
        row["anonymous_id"]: moment(row["identified_at"]) for row in rows("raw_web__identifies")
    }
    views = [row for row in rows("raw_web__page_views") if row["anonymous_id"]]
    earlier = {
        row["anonymous_id"]
        for row in views
        if moment(row["viewed_at"])
        < identified.get(row["anonymous_id"], START) - timedelta(hours=1)
    }
    assert len(earlier) > 150
    assert len({row["anonymous_id"] for row in views} - identified.keys()) > 150


def test_the_same_fact_is_written_differently(contacts: list[Row]) -> None:
    emails = [row["property_email"] for row in contacts]
    assert sum(each.isupper() for each in emails) > 30
    assert sum(each != each.strip() for each in emails) > 15
    shapes = {re.sub(r"\d+", "9", row["property_phone"]) for row in contacts}
    assert len(shapes) >= 8
    titles = {row["property_email"].strip().lower(): row["property_jobtitle"] for row in contacts}
    listed = [(row["email"].strip().lower(), row["job_title"])
              for row in rows("raw_people_list__people")]  # fmt: skip
    assert sum(titles.get(email, title) != title for email, title in listed) > 5
    assert any(not row["property_firstname"].isascii() for row in contacts)


@pytest.mark.parametrize("table", DATED)
def test_rows_are_repeated_reused_and_from_the_future(table: str) -> None:
    key, dated, loaded = DATED[table]
    found = rows(table)
    copies = Counter(tuple(row.values()) for row in found)
    assert any(count > 1 for count in copies.values())
    contents: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in found:
        contents[row[key]].add(tuple(row.values()))
    assert any(len(versions) > 1 for versions in contents.values())
    assert any(moment(row[dated]) > moment(row[loaded]) + LATE for row in found)


def test_some_records_are_deleted_and_some_events_unknown(contacts: list[Row]) -> None:
    assert sum(row["_fivetran_deleted"] == "true" for row in contacts) > 5
    assert any(row["_fivetran_deleted"] == "true" for row in rows("raw_shopify__customer"))
    catalogued = re.compile(
        r"cart_item_(added|removed)|account_created|trial_started|video_watched|consent_\w+"
    )
    names = Counter(row["event"] for row in rows("raw_web__tracks"))
    assert 5 < sum(n for name, n in names.items() if not catalogued.fullmatch(name)) < 100


def test_scanners_click_many_links_within_two_seconds() -> None:
    agents = {row["id"]: row["user_agent"] for row in rows("raw_hubspot__email_event_click")}
    clicks: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in rows("raw_hubspot__email_event"):
        if row["type"] == "CLICK" and re.search("scan|requests", agents[row["id"]], re.IGNORECASE):
            clicks[row["recipient"], row["email_campaign_id"]].append(moment(row["created"]))
    bursts = [times for times in clicks.values() if len(times) >= 4]
    assert len(bursts) > 10
    assert all(sorted(times)[3] - min(times) <= timedelta(seconds=2) for times in bursts)


def test_people_leave_the_mails_and_come_back() -> None:
    changes = {row["id"]: row for row in rows("raw_hubspot__email_event_status_change")}
    left: dict[str, datetime] = {}
    back = 0
    for row in rows("raw_hubspot__email_event"):
        status = changes.get(row["id"])
        if status and status["portal_subscription_status"] == "UNSUBSCRIBED":
            left[row["recipient"]] = moment(row["created"])
        elif status:
            back += row["recipient"] in left
    emails = {
        row["id"]: row["property_email"].strip().lower() for row in rows("raw_hubspot__contact")
    }
    by_form = [
        row
        for row in rows("raw_hubspot__contact_form_submission")
        if row["title"] == "Newsletter sign-up"
        and moment(row["timestamp"]) > left.get(emails[row["contact_id"]], END)
    ]
    assert len(left) > 40
    assert back > 5
    assert len(by_form) > 5


def test_intent_tells_buyers_apart_but_not_all_of_them(planted: Planted) -> None:
    known = planted.contacts()
    buyers = planted.buyers() & set(known)
    ranked = sorted(known, key=lambda person: (-recent_points(planted, person), person))
    top = ranked[: len(known) // 10]
    share = len(buyers & set(top)) / len(buyers)
    assert 0.06 < len(buyers) / len(known) < 0.09
    assert share * 10 > 3
    assert share < 0.6


def test_people_buy_all_through_the_fourteen_months(planted: Planted) -> None:
    months = Counter(f"{when:%Y-%m}" for dates in planted.purchases.values() for when in dates)
    full = {month for month in months if "2025-08" <= month <= "2026-08"}
    assert len(full) == 13
    assert min(months[month] for month in full) > 15


def test_the_benchmark_has_the_same_columns_with_types(tmp_path: Path) -> None:
    counted = write_benchmark(tmp_path, contacts=3_000, events=40_000, seed=1)
    for name, columns in COLUMNS.items():
        described = duckdb.sql(f"describe from '{tmp_path / name}.parquet'").fetchall()
        assert [row[0] for row in described] == list(columns)
        assert {row[1] for row in described} <= {
            "VARCHAR", "TIMESTAMP", "BOOLEAN", "INTEGER", "DECIMAL(18,2)"
        }  # fmt: skip
    events = sum(counted[name] for name in counted if re.search("views|tracks|event$|order", name))
    assert 30_000 < events < 50_000


def test_two_blocks_share_no_record_and_no_address() -> None:
    one, other = make_block(500, block=0), make_block(500, block=1)
    for table, column in (
        ("raw_hubspot__contact", "id"),
        ("raw_web__page_views", "id"),
        ("raw_shopify__order", "id"),
        ("raw_shopify__order", "email"),
        ("raw_web__identifies", "anonymous_id"),
    ):
        assert not set(one.tables[table][column]) & set(other.tables[table][column]), table


def recent_points(planted: Planted, person: str) -> float:
    """What somebody did lately, the later the more; no more than any score can see."""
    total = 0.0
    for name, when in planted.events.get(person, []):
        days = (AS_OF - when).total_seconds() / 86_400
        if 0 <= days <= 120:
            total += POINTS.get(name, 0.3) * 0.5 ** (days / HALF_LIFE_DAYS)
    return total
