from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from small_project import write_people, write_project
from typer.testing import CliRunner, Result

from sync.cli import app

TABLES = {
    "source_reconciliation": """
        select * from (values
            ('crm', 'profiles', 1200, 1100, 0, 40, 60), ('web', 'events', 9000, 8000, 900, 0, 100)
        ) as t (source, shape, records_in, contacts, visitors, deleted, quarantined)""",
    "excluded_events": """
        select * from (values
            ('click_burst', 'crm', 'email_clicked', 1234, 7),
            ('privacy_proxy', 'crm', 'email_opened', 66, 5)
        ) as t (exclusion_reason, source, event_name, events, contacts)""",
    "contacts": """
        select * from (values
            ('c0ffee0000', 'Ironvale [Optics]', 'ada@example.com'), ('decade0000', null, null)
        ) as t (contact_id, company_name, email)""",
    "lead_scores": """
        select * from (values
            ('c0ffee0000', 'default', 97, 'hot', 'A1', 'Saw prices: +9.0; Asked: +3', false, 9, 9,
                null),
            ('decade0000', 'default', 99, 'hot', 'A1', 'Works for a rival: -9.0', true, 9, 9,
                'Works for a rival')
        ) as t (contact_id, scenario, lead_score, band, grade, top_reasons, is_disqualified,
            fit_points, engagement_points, disqualified_reason)""",
    "decile_lift": """
        select as_of, 'default' as scenario, decile, 50 as contacts, converters,
            converters / 50.0 as conversion_rate, 1.5 as lift, is_complete
        from (values
            (timestamp '2026-05-02', 10, 20, true), (timestamp '2026-05-02', 9, 5, true),
            (timestamp '2026-05-02', null, 0, true), (timestamp '2026-07-01', 10, 33, false)
        ) as t (as_of, decile, converters, is_complete)""",
    "rule_performance": """
        select as_of, 'default' as scenario, rule, hit as contacts_hit, points, lift,
            true as is_complete
        from (values
            (timestamp '2026-03-03', 'old', 99, 5, 9.9),
            (timestamp '2026-05-02', 'carts', 99, 5, 3.72),
            (timestamp '2026-05-02', 'prices', 40, 5, 2.41),
            (timestamp '2026-05-02', 'rare', 2, 5, 8.8),
            (timestamp '2026-05-02', 'minus', 70, -5, 2.6),
            (timestamp '2026-05-02', 'never', 0, 0, null)
        ) as t (as_of, rule, hit, points, lift)""",
    "score_quality": """
        select as_of, 'default' as scenario, auc, 3.11 as top_lift, 6.94 as top_lift_ceiling
        from (values
            (timestamp '2026-03-03', 0.61), (timestamp '2026-05-02', 0.7914)
        ) as t (as_of, auc)""",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = write_project(tmp_path)
    write_people(database)
    for table in TABLES:
        (tmp_path / "models" / f"{table}.sql").write_text("select 1 as one")
    return database


def build(database: Path, **changes: str) -> None:
    with duckdb.connect(database) as connection:
        for table, query in (TABLES | changes).items():
            connection.execute(f"create table small.{table} as {query}")


def report(database: Path, *arguments: str) -> Result:
    arguments = ("report", "--project-dir", str(database.parent), *arguments)
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})


def test_a_report_goes_from_records_to_what_was_sent(database: Path) -> None:
    build(database)
    printed = report(database)
    assert printed.exit_code == 0
    for words in (
        "1,200 records of people became 2 contacts",
        "1,300 events of contacts were machines' and do not count",
        "click burst",
        "after 02 May 2026",
        "40.0%",
        "AUC 0.79, where 0.5 is chance; the best tenth lifts 3.1× of at most 6.9×.",
        "buys most often: carts 3.7×, prices 2.4×.",
        "1 of 5 rules hit nobody",
        "Ironvale [Optics]",
        "Saw prices: +9.0",
        "1 contacts are irrelevant, whatever their points",
        "Works for a rival",
        "Nothing yet. See what would be with: decile plan",
        "decile plan crm_people",
    ):
        assert words in printed.stdout
    assert max(len(line) for line in printed.stdout.splitlines()) <= 100


def test_a_disqualified_contact_is_no_lead(database: Path) -> None:
    build(database)
    assert "decade00" not in report(database).stdout


def test_addresses_are_shown_on_request_only(database: Path) -> None:
    build(database)
    assert "ada@example.com" not in report(database).stdout
    assert "ada@example.com" in report(database, "--show-emails").stdout


def test_deciles_wait_for_a_date_whose_buyers_are_known(database: Path) -> None:
    build(database, decile_lift=TABLES["decile_lift"].replace("true", "false"))
    assert "No scoring date lies far enough back" in report(database).stdout


def test_without_buyers_nothing_is_said_of_the_order(database: Path) -> None:
    build(database, score_quality=TABLES["score_quality"].replace("0.7914", "null"))
    printed = report(database)
    assert (printed.exit_code, "AUC" in printed.stdout) == (0, False)


def test_before_a_build_the_report_says_what_to_do(database: Path) -> None:
    printed = report(database)
    assert (printed.exit_code, "Build it with: dbt build" in printed.output) == (2, True)


def test_where_nobody_is_irrelevant_the_report_says_so(database: Path) -> None:
    build(database, lead_scores=TABLES["lead_scores"].replace("true", "false"))
    assert "0 contacts are irrelevant" in report(database).stdout


def test_without_machines_the_report_says_so(database: Path) -> None:
    build(database, excluded_events=TABLES["excluded_events"] + " where false")
    printed = report(database).stdout
    assert "0 events of contacts were machines'" in printed
    assert "click burst" not in printed
