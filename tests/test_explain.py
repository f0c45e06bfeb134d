from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import duckdb
import pytest
from small_project import write_people, write_project
from typer.testing import CliRunner, Result

from sync.cli import app
from sync.errors import ConfigError
from sync.explain import explain_one, explain_two
from sync.session import Session, open_session

ADA, BOB, CY = "ada0000000000000", "b0b0000000000000", "c100000000000000"
OLD = "01d0000000000000"

# Ada has a CRM record, a shop account joined by e-mail and events of a browser. Bob shares her
# phone, which is blocked, and an e-mail that was cut from him. Cy shares nothing with anyone.
RECORDS = {
    1: ("crm:1", "profile", "crm", ADA, "2026-01-01"),
    2: ("shop:2", "profile", "shop", ADA, "2026-02-01"),
    3: ("web|a|events", "trace", "web", ADA, "2025-12-01"),
    4: ("web|b|events", "trace", "web", ADA, "2026-03-01"),
    5: ("crm:5", "profile", "crm", BOB, "2026-01-01"),
    6: ("crm:6", "profile", "crm", CY, "2026-01-01"),
    7: ("web|c|events", "trace", "web", None, "2026-01-01"),
    8: ("crm:8", "profile", "crm", ADA, "2026-04-01"),  # nothing joins it but the phone
}
IDENTIFIERS = [
    (1, "email", "ada@x.test"),
    (2, "email", "ada@x.test"),
    (3, "email", "ada@x.test"),
    (3, "anonymous_id", "browser"),
    (4, "anonymous_id", "browser"),
    (1, "phone", "+442079460000"),
    (5, "phone", "+442079460000"),
    (5, "email", "ada@x.test"),
    (5, "email", "bob@x.test"),
    (6, "email", "cy@x.test"),
    (7, "anonymous_id", "stranger"),
    (8, "phone", "+442079460000"),
]
AT = "timestamp '2026-05-01'"


def values(rows: list[tuple[object, ...]], names: str) -> str:
    written = ", ".join(
        "(" + ", ".join("null" if cell is None else repr(cell) for cell in row) + ")"
        for row in rows
    )
    return f"select * from (values {written}) as t ({names})"


TABLES = {
    "identity_records": values(
        [
            (number, key, kind, source, key, since)
            for number, (key, kind, source, _, since) in RECORDS.items()
        ],
        "record_number, record_key, record_kind, source, source_record_id, first_seen_at",
    ),
    "identity_contacts": values(
        [(key, contact) for key, _, _, contact, _ in RECORDS.values()], "record_key, contact_id"
    ),
    "identity_identifiers": values(IDENTIFIERS, "record_number, identifier_type, identifier_value"),
    "blocked_identifiers": """
        select 'phone' as identifier_type, '+442079460000' as identifier_value,
            'conflicting_emails' as reason""",
    "cut_links": """
        select 'crm:5' as record_key, 'email' as identifier_type,
            'ada@x.test' as identifier_value, 'another_name' as reason""",
    "match_decisions": """
        select 'different' as decision, 'crm:6' as record_key, 'crm:5' as other_record_key,
            'met both' as reason, 'sales' as decided_by""",
    "contacts": values(
        [
            (ADA, "Ada", "L[ovelace]", "ada@x.test", None, "crm, shop, web", "2026-01-01"),
            (BOB, "Bob", None, "bob@x.test", "Bobs", "crm", "2026-01-01"),
            (CY, None, None, "cy@x.test", None, "crm", "2026-01-01"),
        ],
        "contact_id, first_name, last_name, email, company_name, sources, first_known_at",
    ),
    "contact_merges": f"""
        select '{OLD}' as merged_contact_id, '{ADA}' as contact_id,
            '{ADA}' as current_contact_id, {AT} as merged_at, 3 as records_moved""",
    "contact_splits": f"""
        select '{BOB}' as contact_id, '{CY}' as new_contact_id, {AT} as split_at,
            1 as records_moved""",
    "contact_attribute_sources": f"""
        select '{ADA}' as contact_id, 'first_name' as attribute, 'Ada' as value,
            'profile' as origin, 'crm' as source, 'crm:1' as record_key,
            {AT} as record_updated_at, 10 as priority, 'Adah' as beaten_value,
            'shop' as beaten_source, 'shop:2' as beaten_record_key,
            'lower_priority' as beaten_because, 2 as other_values""",
    "contact_consent_words": f"""
        select contact_id, purpose, 'shop' as source, 'granted' as status, {AT} as changed_at
        from (values ('{ADA}', 'sms'), ('{BOB}', 'profiling')) as t (contact_id, purpose)""",
    "contact_consents": values(
        [(ADA, "sms", "denied"), (BOB, "profiling", "denied")], "contact_id, purpose, status"
    ),
    "contact_permissions": f"""
        select '{ADA}' as contact_id, purpose, is_allowed, reason, since, source
        from (values ('ad_targeting', true, 'granted', {AT}, 'web'),
            ('sms', false, 'never granted', null, null))
            as t (purpose, is_allowed, reason, since, source)""",
    "audience_members": f"""
        select '{ADA}' as contact_id, audience, 1 as entry_number, reason, arm, is_holdout,
            {AT} as entered_at, cast(left_at as timestamp) as left_at
        from (values ('win_back', 'lapsed', 'news', false, null),
            ('hot_leads', 'hot', null, true, '2026-05-02'))
            as t (audience, reason, arm, is_holdout, left_at)""",
    # Ada saw the prices twice, ten days ago and 29 days ago; a rule of 10 points for 30 days.
    "lead_scores": f"""
        select '{ADA}' as contact_id, 'default' as scenario, 24.0 as points, 4.0 as fit_points,
            20.0 as engagement_points, 70 as lead_score, 9 as decile, 'warm' as band, 'B2' as grade,
            'mql' as qualification, false as is_disqualified, null as disqualified_reason,
            'Saw prices' as top_reasons, {AT} as scored_at""",
    "score_reasons": f"""
        select '{ADA}' as contact_id, 'default' as scenario, 1 as reason_rank, 'prices' as rule,
            20.0 as points, 2 as occurrences, {AT} - interval 10 day as last_occurred_at,
            'Saw [prices] 2 times, last 10 days ago: +20.0' as reason
        union all
        select '{ADA}', 'default', 2, 'rich', 4.0, 1, null, 'Is rich: +4.0'""",
    "score_history": f"""
        select '{ADA}' as contact_id, 'default' as scenario, n as change_number,
            {AT} + interval 1 day * (n - 3) as changed_at,
            case n when 1 then null when 2 then 'cold' else 'warm' end as previous_band,
            case n when 1 then 'cold' else 'warm' end as band,
            case n when 1 then null else 8 end as previous_decile, 9 as decile,
            'B2' as previous_grade, 'B2' as grade, 24.0 as points, 70 as lead_score
        from range(1, 4) as t (n)""",
    "event_rules": "select 'prices' as rule, 'Saw prices' as label",
    "active_event_rules": """
        select 'prices' as rule, 'what' as scorecard, null as rule_group, 10000000 as millionths,
            0 as first_time_millionths, null as half_life_days, 30 as within_days,
            1 as min_times, 999999999.0 as max_points""",
    "active_field_rules": """
        select 'rich' as rule, 'who' as scorecard, null as rule_group, 4.0 as points,
            'worth' as field, '>=' as operator, 5.0 as lowest_number, null as highest_number""",
    "active_rule_groups": """
        select 'none' as rule_group, 'who' as scorecard, -1.0 as min_points, 1.0 as max_points""",
    "active_scorecards": """
        select scorecard, 'default' as scenario, 1.0 as weight, -99.0 as min_points,
            99.0 as max_points
        from (values ('what'), ('who')) as t (scorecard)""",
    "event_rule_hits": f"""
        select 'prices' as rule, '{ADA}' as contact_id, {AT} as as_of,
            {AT} - interval 1 day * age as occurred_at
        from (values (10), (29)) as t (age)""",
    "event_rule_firsts": f"""
        select 'none' as rule, 'nobody' as contact_id, {AT} as as_of, {AT} as occurred_at""",
    "score_points": f"select 'rich' as rule, '{ADA}' as contact_id, {AT} as as_of",
    "contact_fields": f"""
        select '{ADA}' as contact_id, {AT} as as_of, 9 as days_since_last_activity, 7 as worth""",
    "computed_fields": "select 'none' as field, 'count' as function",
    "contact_profiles": f"select '{ADA}' as contact_id, 'vp' as job_level",
    "scenarios": "select 'default' as scenario, null as scale",
    "score_scale_current": """
        select 'default' as scenario, 'total' as measure, score, from_points, below_points
        from (values (60, 1.0, 10.0), (70, 10.0, 99.0)) as t (score, from_points, below_points)""",
    "score_steps": """
        select 'default' as scenario, 'total' as measure, 'points' as compared, step,
            from_value, below_value
        from (values ('cold', -99.0, 12.0), ('warm', 12.0, 99.0)) as t
            (step, from_value, below_value)""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    database = write_project(folder)
    write_people(database)
    with duckdb.connect(database) as connection:
        for table, query in TABLES.items():
            (folder / "models" / f"{table}.sql").write_text("select 1 as one")
            connection.execute(f"create table small.{table} as {query}")
    return folder


@pytest.fixture(scope="module")
def session(project: Path) -> Iterator[Session]:
    with chdir(project), open_session(None) as session:
        yield session


def decile(project: Path, *arguments: str) -> Result:
    arguments = ("explain", "--project-dir", str(project), *arguments)
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})


@pytest.mark.parametrize("who", ["shop:2", " shop:2 ", ADA, ADA[:8], OLD, OLD[:8], "web|b|events"])
def test_a_person_is_found_by_a_record_or_an_id(session: Session, who: str) -> None:
    assert explain_one(session, who)["contact"]["contact_id"] == ADA


def test_a_person_is_found_by_an_address_that_is_theirs_alone(session: Session) -> None:
    assert explain_one(session, " BOB@x.test")["contact"]["contact_id"] == BOB
    with pytest.raises(ConfigError, match=f"2 contacts have it: {ADA}, {BOB}"):
        explain_one(session, "ada@x.test")


@pytest.mark.parametrize("who", ["+44 20 7946 0000", "0044 (20) 79460000", "020 7946 0000"])
def test_a_phone_is_found_as_people_write_it(session: Session, who: str) -> None:
    with pytest.raises(ConfigError, match="2 contacts have it"):
        explain_one(session, who)


@pytest.mark.parametrize("who", ["no@body.test", "%", "+1 212 555 0100", "web|c|events", "5550100"])
def test_who_is_not_found_is_not_repeated(session: Session, who: str) -> None:
    with pytest.raises(ConfigError, match="no contact is known|a visitor") as refused:
        explain_one(session, who)
    assert who not in str(refused.value)


def test_every_record_is_joined_to_an_earlier_one_by_what_both_have(session: Session) -> None:
    joints = [tuple(joint.values()) for joint in explain_one(session, ADA)["joints"]]
    assert joints == [
        ("web|a|events", None, None, None),
        ("crm:1", "email", "ada@x.test", "web|a|events"),
        ("shop:2", "email", "ada@x.test", "web|a|events"),
        ("web|b|events", "anonymous_id", "browser", "web|a|events"),
        ("crm:8", None, None, None),
    ]


def test_what_may_not_join_is_told_with_its_reason(session: Session) -> None:
    (refused,) = explain_one(session, ADA)["refused"]
    assert (refused["identifier_type"], refused["how"], refused["reason"]) == (
        "phone",
        "blocked",
        "conflicting_emails",
    )
    assert [row["reason"] for row in explain_one(session, BOB)["refused"]] == [
        "another_name",
        "conflicting_emails",
    ]


def test_two_records_of_one_person_have_a_way(session: Session) -> None:
    way = explain_two(session, "web|b|events", "shop:2")["path"]
    assert [joint["record_key"] for joint in way] == ["web|b|events", "web|a|events", "shop:2"]


def test_two_persons_share_what_may_not_join_them(session: Session) -> None:
    shared = explain_two(session, ADA, BOB)["shared"]
    assert [(row["identifier_type"], row["reasons"]) for row in shared] == [
        ("email", ["cut: another_name"]),
        ("phone", ["blocked: conflicting_emails"]),
    ]
    assert explain_two(session, ADA, CY)["shared"] == []


def test_a_decision_about_two_persons_is_told(session: Session) -> None:
    (decision,) = explain_two(session, CY, BOB)["decisions"]
    assert decision["decided_by"] == "sales"
    assert explain_two(session, ADA, BOB)["decisions"] == []


def test_a_score_is_told_with_its_points_and_what_goes_next(session: Session) -> None:
    found = explain_one(session, ADA)
    assert [row["reason"] for row in found["points"]] == [
        "Saw [prices] 2 times, last 10 days ago: +20.0",
        "Is rich: +4.0",
    ]
    (leaving,) = found["leaving"]
    assert (leaving["label"], leaving["events"], float(leaving["points"])) == ("Saw prices", 1, 10)
    assert f"{leaving['leaves_at']:%Y-%m-%d}" == "2026-05-02"
    ahead = [(row["days"], row["points"], row["lead_score"], row["band"]) for row in found["ahead"]]
    assert ahead == [(7, 14, 70, "warm"), (30, 4, 60, "cold")]
    assert found["unforeseen"] == ["rich"]
    assert f"{found['scores'][0]['since']:%Y-%m-%d}" == "2026-04-30"


def test_the_command_prints_it(project: Path) -> None:
    printed = decile(project, ADA)
    assert (printed.exit_code, printed.stderr) == (0, "")
    for words in (
        "Ada L[ovelace], ada@x.test",
        "an event of web  2025-12-01  the oldest",
        "shop:2",
        "email ada@x.test",
        "nothing since the last build",
        "Traces of events and consents beside them: web 1",
        "blocked: conflicting emails",
        f"{OLD}  went into",
        "Adah (shop: its source comes later, and 1 more)",
        "ad_targeting  yes      granted        2026-05-01  web",
        "sms           no       never granted  –",
        "sms      denied  shop    granted  2026-05-01",
        "win_back   news      2026-05-01  –           lapsed",
        "hot_leads  held out  2026-05-01  2026-05-02  hot",
    ):
        assert words in printed.stdout


def test_who_has_no_score_is_told_why(project: Path) -> None:
    assert "It has no score: profiling was refused." in decile(project, BOB).stdout
    assert "It has no score: it was not known" in decile(project, CY).stdout


def test_the_command_prints_scores(project: Path) -> None:
    printed = " ".join(decile(project, ADA).stdout.split())
    for words in (
        "24.0 4.0 20.0 70 9 warm B2 mql 2026-04-30",
        "Saw [prices] 2 times, last 10 days ago: +20.0 prices 2 2026-04-21",
        "Saw prices 2026-05-02 1 -10.0",
        "In 7 days: 14.0 points, score 70, warm.",
        "Taken as they are today, though time may change them: rich.",
        "2026-04-30 cold → warm 8 → 9 B2 24.0 70",
    ):
        assert words in printed


def test_the_command_prints_two(project: Path) -> None:
    printed = decile(project, BOB, CY).stdout
    assert "They are two persons" in printed
    assert "Somebody decided: decision: different" in printed


def test_who_is_not_found_gets_a_message_and_a_code(project: Path) -> None:
    printed = decile(project, "no@body.test")
    assert (printed.exit_code, printed.stdout) == (2, "")
    assert "no contact is known by that" in printed.stderr
    assert "no@body.test" not in printed.stderr
