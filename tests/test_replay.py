"""Days go by on the sample, and nothing happens twice, is lost, or reaches who did not agree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from bench.replay_checks import CHECKS, Check

ROOT = Path(__file__).parents[1]


@pytest.mark.long
@pytest.mark.parametrize(
    ("first_day", "steps", "days", "weeks"),
    [("2026-06-01", 90, 1, 13), ("2025-09-01", 52, 7, 52)],
    ids=["90 days", "52 weeks"],
)
def test_the_sample_is_replayed_day_by_day_and_week_by_week(
    tmp_path: Path, first_day: str, steps: int, days: int, weeks: int
) -> None:
    replay = subprocess.run(
        [sys.executable, "-m", "bench.replay", "--from", first_day, "--folder", str(tmp_path / "r"),
         "--steps", str(steps), "--days", str(days)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert replay.returncode == 0, replay.stdout + replay.stderr
    names, *rows = [line.split("  ") for line in replay.stdout.splitlines()]
    assert len(rows) == weeks
    assert names[0] == "week to"


BROKEN = {
    "somebody is in an ad audience without consent": """
        create table audiences as select 'ads' as audience, 'ad_targeting' as purpose;
        create table contact_consents as
            select 'ada' as contact_id, 'ad_targeting' as purpose, 'granted' as status,
                timestamp '2026-01-01' as changed_at
            union all select 'bob', 'ad_targeting', 'granted', timestamp '2026-03-01'
            union all select 'eve', 'ad_targeting', 'denied', timestamp '2026-01-01';
        create table audience_members as
            select 'ads' as audience, unnest(['ada', 'bob', 'eve']) as contact_id,
                cast(null as timestamp) as left_at;
    """,
    "a stage is not what the rules give today": """
        create table contact_stages as select 'ada' as contact_id, 'new' as stage;
        create table lifecycle_stages as select 'ada' as contact_id, 'lapsed' as stage;
    """,
    "a stage does not begin where the one before ended": """
        create table stage_transitions as
            select 'ada' as contact_id, 1 as transition_number, 'new' as stage,
                null as previous_stage, timestamp '2026-01-01' as entered_at
            union all select 'ada', 3, 'lapsed', 'new', timestamp '2026-01-02';
    """,
    "an audience was entered twice, or left without being in it": """
        create table audience_entries as
            select 'ads' as audience, 'ada' as contact_id, 1 as entry_number, 'left' as event,
                timestamp '2026-01-01' as happened_at;
    """,
    "an audience was entered before it was left": """
        create table audience_members as
            select 'ads' as audience, 'ada' as contact_id, unnest([1, 2]) as entry_number,
                timestamp '2026-01-01' as entered_at, cast(null as timestamp) as left_at;
    """,
    "an alert fired twice for one entry": """
        create table alerts as
            select 'hot' as alert, 'ada' as contact_id, 1 as entry, 'slack' as route,
                unnest([timestamp '2026-01-01', timestamp '2026-01-02']) as fired_at;
    """,
    "an alert fired again while it should cool down": """
        create table alert_rules as select 'hot' as alert, '7' as cooldown_days;
        create table alerts as
            select 'hot' as alert, 'ada' as contact_id, 'slack' as route,
                unnest([1, 2]) as entry,
                unnest([timestamp '2026-01-01', timestamp '2026-01-07']) as fired_at;
    """,
    "an offer was issued beside one that was open": """
        create table offer_states as
            select 'one' as offer_id, 'ada' as contact_id, timestamp '2026-01-01' as issued_at,
                timestamp '2026-01-03' as expires_at, cast(null as timestamp) as redeemed_at
            union all
            select 'two', 'ada', timestamp '2026-01-02', timestamp '2026-01-04', null;
    """,
    "a code was issued twice": "create table offers as select unnest(['x', 'x']) as code;",
}


def test_every_check_of_the_replay_is_tried() -> None:
    assert sorted(BROKEN) == sorted(check.name for check in CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_a_check_of_the_replay_finds_what_must_never_be(check: Check) -> None:
    with duckdb.connect() as connection:
        connection.execute(BROKEN[check.name])
        values = {"now": "2026-02-01"} if "$now" in check.sql else None
        assert connection.execute(check.sql, values).fetchall()
