"""A ledger speaks of the place that it was written for, and of no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from small_project import SYNC, person, write_build, write_people, write_project, write_target
from stand_ins import CASES
from sync_world import Crm, World, a_world, open_people, people, raising
from typer.testing import CliRunner, Result

from sync import place as place_module
from sync import session
from sync.changes import Capabilities, Outcome
from sync.cli import app
from sync.collect import DAYS
from sync.destinations import DESTINATIONS
from sync.destinations.connection import SANDBOX, Connection, Target
from sync.destinations.hubspot_list import HubSpotListMembers
from sync.engine import plan_sync, run_sync
from sync.errors import AccessRefused, ConfigError, Retriable
from sync.place import Place, differences, place_of, refuse_another_place
from sync.sandbox import Sandbox

HERE = {"destination": "crm", "address": "crm.example", "settings.list": "Hot leads"}
THERE = HERE | {"settings.list": "Warm leads"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as found:
        yield found


@pytest.fixture
def world(opened: Any) -> World:
    return a_world(opened, mode="mirror")


def differs(world: World, place: Place) -> list[str]:
    return differences(world.sync, world.ledger, place)


def test_what_was_sent_to_one_place_says_nothing_of_another(world: World) -> None:
    world.people(*people(2))
    assert differs(world, HERE) == []
    world.run(Crm(), place=HERE)
    assert differs(world, HERE) == []
    assert differs(world, THERE) == ['settings.list was "Hot leads" and is "Warm leads"']
    both = THERE | {"address": "other.example"}
    assert differs(world, both)[0] == 'address was "crm.example" and is "other.example"'


def test_the_last_place_is_the_one_that_counts(world: World) -> None:
    world.people(*people(2))
    for place in (HERE, THERE):
        world.run(Crm(), place=place)
    assert (differs(world, THERE), len(differs(world, HERE))) == ([], 1)


def test_where_nothing_was_accepted_the_place_may_be_another(world: World) -> None:
    """A list whose name was mistyped is put right, and that is all."""
    world.people(*people(2), person("3"))
    for _ in range(2):
        world.run(Crm(before=raising(AccessRefused("no such list"))), place=HERE)
        assert differs(world, THERE) == []
    world.run(Crm(before=raising(Retriable("it answered 502"), times=9)), place=HERE)
    assert len(differs(world, THERE)) == 1  # it may be there all the same


def test_a_token_that_ran_out_does_not_hide_an_answer_that_got_lost(world: World) -> None:
    world.people(person("2"))
    world.run(Crm(before=raising(Retriable("it answered 502"), times=9)), place=HERE)
    for _ in range(2):
        world.run(Crm(before=raising(AccessRefused("expired"))), place=HERE)
        assert len(differs(world, THERE)) == 1


def test_a_removal_that_is_not_worked_off_yet_holds_the_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = Crm()
    world.people(*people(1))
    world.run(crm, place=HERE)
    world.people(person("3"))
    outcome = Outcome("", "accepted", request_id="call 1", request_row=0)
    with monkeypatch.context() as patched:
        patched.setattr(
            crm, "push", lambda all_: [replace(outcome, token=one.token) for one in all_]
        )
        world.run(crm, place=HERE)
    world.warehouse.execute(
        f"delete from {world.ledger.table('sync_state')}"  # noqa: S608  (our own table)
        f" where row_key = '3' and account = '{world.ledger.account}'"
    )
    assert len(differs(world, THERE)) == 1
    later = place_module.utc_now() + timedelta(days=DAYS)
    with monkeypatch.context() as patched:
        patched.setattr(place_module, "utc_now", lambda: later)
        assert differs(world, THERE) == []


def test_a_rejected_row_counts_if_its_record_is_known(world: World) -> None:
    """Its id means somebody else in another account."""
    world.people(person("1"))
    world.run(Crm(bad={"1"}), place=HERE)
    assert differs(world, THERE) == []
    world.people(person("2", "r2"))
    world.run(Crm(bad={"2"}), place=HERE)
    assert len(differs(world, THERE)) == 1


def test_a_token_that_ran_out_does_not_free_the_place(world: World) -> None:
    world.people(*people(1))
    world.run(Crm(), place=HERE)
    world.people(*people(1, score=7))
    world.run(Crm(before=raising(AccessRefused("expired"))), place=HERE)
    assert len(differs(world, THERE)) == 1


def test_where_all_was_removed_the_place_may_be_another(world: World) -> None:
    crm = Crm()
    world.people(*people(2))
    world.run(crm, place=HERE)
    world.people(person("3"))
    world.run(Crm(records=crm.records, bad={"3"}), place=HERE)
    assert crm.records == {}
    assert differs(world, THERE) == []


class Clearing(Crm):
    """It clears what it was sent, and keeps the record."""

    @property
    def capabilities(self) -> Capabilities:
        return replace(super().capabilities, removal="clear")


def test_where_records_were_only_cleared_their_ids_still_mean_that_place(world: World) -> None:
    world.people(*people(2))
    world.run(Clearing(), place=HERE)
    world.people(person("3"))
    able = Clearing().capabilities
    plan = plan_sync(world.sync, world.ledger, able)
    run_sync(world.sync, plan, Clearing(bad={"3"}), world.ledger, place=HERE)
    assert len(differs(world, THERE)) == 1


def test_a_ledger_of_before_takes_the_first_place_that_it_sees(world: World) -> None:
    world.people(*people(1))
    world.run(Crm())
    assert differs(world, HERE) == []
    world.run(Crm(), place=HERE)
    assert len(differs(world, THERE)) == 1


def test_what_was_not_recorded_then_is_no_difference(world: World) -> None:
    """A later version may know an account by more than this one does."""
    world.people(*people(1))
    world.run(Crm(), place=HERE)
    assert differs(world, HERE | {"portal": "123"}) == []


def test_each_sync_and_account_has_a_place_of_its_own(opened: Any) -> None:
    one, other = a_world(opened, mode="mirror"), a_world(opened, mode="mirror")
    one.people(*people(1))
    one.run(Crm(), place=HERE)
    assert differs(other, THERE) == []


def test_a_refusal_says_what_differs_and_what_to_do(world: World) -> None:
    world.people(*people(1))
    world.run(Crm(), place=HERE)
    told: list[str] = []
    with pytest.raises(ConfigError) as refused:
        refuse_another_place(world.sync, world.ledger, THERE, moved=False, tell=told.append)
    for words in (
        'settings.list was "Hot leads" and is "Warm leads"',
        "Nothing was sent",
        "HUBSPOT_ACCOUNT",
        "decile sync crm_people --moved",
        "docs/sync.md",
    ):
        assert words in str(refused.value)
    refuse_another_place(world.sync, world.ledger, THERE, moved=True, tell=told.append)
    assert 'was "Hot leads"' in told[0]


# What identifies an account, and what may change without its being another one.
MOVES = {
    "activecampaign": {"ACTIVECAMPAIGN_API_URL": "https://other.api-us1.com"},
    "brevo": {"BREVO_BASE_URL": "https://brevo.example/v3"},
    "google_ads": {"GOOGLE_ADS_CUSTOMER_ID": "999-999-9999"},
    "google_sheets": {"GOOGLE_SHEETS_BASE_URL": "https://sheets.example"},
    "hubspot": {"HUBSPOT_BASE_URL": "https://api-eu1.hubapi.com"},
    "mailchimp": {"MAILCHIMP_BASE_URL": "https://us99.api.mailchimp.com/3.0"},
    "marketo": {"MARKETO_BASE_URL": "https://999-zzz-999.mktorest.com"},
    "meta": {"META_AD_ACCOUNT": "999"},
    "pipedrive": {"PIPEDRIVE_BASE_URL": "https://other.pipedrive.com/api/v2"},
    "salesforce": {"SALESFORCE_URL": "https://other.my.salesforce.com"},
    "slack": {"SLACK_BASE_URL": "https://slack.example"},
    "webhook": {"WEBHOOK_URL": "https://hooks.example/another/path"},
}
ROTATED = {
    "activecampaign": {"ACTIVECAMPAIGN_API_KEY": "another"},
    "brevo": {"BREVO_API_KEY": "another"},
    "google_ads": {"GOOGLE_ADS_LOGIN_CUSTOMER_ID": "123", "GOOGLE_ADS_CALLS_PER_MINUTE": "7"},
    "google_sheets": {"GOOGLE_SHEETS_CALLS_PER_MINUTE": "7"},
    "hubspot": {"HUBSPOT_TOKEN": "another", "HUBSPOT_API_VERSION": "2027-03"},
    "mailchimp": {"MAILCHIMP_API_KEY": "another-us1"},
    "marketo": {"MARKETO_CLIENT_ID": "another", "MARKETO_CLIENT_SECRET": "another"},
    "meta": {"META_TOKEN": "another", "META_API_VERSION": "v27.0"},
    "pipedrive": {"PIPEDRIVE_TOKEN": "another"},
    "salesforce": {"SALESFORCE_CLIENT_ID": "another", "SALESFORCE_CLIENT_SECRET": "another"},
    "slack": {"SLACK_TOKEN": "xoxb-another"},
    "webhook": {"WEBHOOK_SECRET": "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhpcnR5LXR3byBi"},
}
SECRET = re.compile("(TOKEN|KEY|SECRET|CREDENTIALS)$")


def place_by(name: str, **settings: str) -> Place:
    """Give the place that settings lead to. Opening calls nobody."""
    case = CASES[name]
    account = {f"{case.destination.upper()}_ACCOUNT": "live"}
    environment = {**case.connector.sandboxed("http://127.0.0.1:9"), **account, **settings}
    with case.connector.open(environment, case.target) as opened:
        connection = replace(opened, owner=dict)
        place = place_of(case.destination, case.target, connection)
        secrets = [value for key, value in environment.items() if value and SECRET.search(key)]
        assert not [one for one in secrets if one in json.dumps(place)]
        return place


@pytest.mark.parametrize("name", ["brevo", "hubspot", "pipedrive"])
def test_whose_account_it_is_says_the_vendor_where_all_share_an_address(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token of a test account and that of the live one differ in nothing else."""
    monkeypatch.chdir(tmp_path)
    connector = DESTINATIONS[name]
    goes_to = Target(next(iter(connector.objects)))
    places = []
    for token in ("test", "live", "live"):
        with Sandbox(state=tmp_path / "sandbox.sqlite", token=token) as sandbox:
            settings = connector.sandboxed(sandbox.url) | {connector.needs[0]: token}
            settings |= {f"{name.upper()}_ACCOUNT": "mine"}
            with connector.open(settings, goes_to) as connection:
                here = place_of(name, goes_to, connection)
        places.append({key: value for key, value in here.items() if key != "address"})
    assert places[0] != places[1] == places[2]
    assert set(places[0]) - {"destination", "object"} <= {"portal", "organization", "company"}


@pytest.mark.parametrize("name", ["brevo", "hubspot", "pipedrive"])
def test_a_token_that_may_not_ask_whose_account_it_is_names_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    connector = DESTINATIONS[name]
    goes_to = Target(next(iter(connector.objects)))
    with Sandbox(state=tmp_path / "sandbox.sqlite") as sandbox:
        settings = connector.sandboxed(sandbox.url) | {f"{name.upper()}_ACCOUNT": "mine"}
        for status in (403, 404):
            fault = {"kind": "status", "status": status}
            requests.post(f"{sandbox.url}/sandbox/faults", json=fault, timeout=9)
            with connector.open(settings, goes_to) as connection:
                assert connection.owner() == {}
        with connector.open(settings, goes_to) as connection:
            assert len(connection.owner()) == 1


def test_what_is_secret_in_an_address_is_not_written_down() -> None:
    place = place_by("webhook", WEBHOOK_URL="https://hooks.example/a/Qx7t?key=Zw9k")
    assert place["address"] == "hooks.example"
    assert not re.search("Qx7t|Zw9k", json.dumps(place))
    rotated = place_by("webhook", WEBHOOK_URL="https://hooks.example/a/Qx7t?key=another")
    assert rotated == place


@pytest.fixture(autouse=True)
def own_rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DECILE_RATES", str(tmp_path / "rates.sqlite"))


@pytest.mark.parametrize("name", CASES)
def test_an_account_is_known_by_what_names_it_and_not_by_its_secrets(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    destination = CASES[name].destination
    place = place_by(name)
    assert place_by(name, **ROTATED[destination]) == place
    assert place_by(name, **MOVES[destination]) != place


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].settings])
def test_what_an_exposure_has_to_name_is_part_of_the_place(name: str) -> None:
    case = CASES[name]
    here = Connection(None, "live")  # type: ignore[arg-type]  # nothing of it is used
    place = place_of(case.destination, case.target, here)
    for setting in case.connector.objects[case.object].required:
        target = Target(case.object, {**case.settings, setting: "another"})
        assert place_of(case.destination, target, here) == place | {
            f"settings.{setting}": "another"
        }
        spaced = Target(case.object, {**case.settings, setting: f" {case.settings[setting]} "})
        assert place_of(case.destination, spaced, here) == place


def test_what_an_exposure_may_leave_out_is_no_part_of_it() -> None:
    here = Connection(None, "live")  # type: ignore[arg-type]  # as above
    places = [
        place_of("mailchimp", Target("members", {"audience": "a1"} | more), here)
        for more in ({}, {"status": "subscribed"})
    ]
    assert places[0] == places[1]


def test_a_channel_is_a_place_and_so_is_the_workspace_of_a_webhook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def of(token: str, channel: str) -> Place:
        target = Target("messages", {"channel": channel} if channel else {})
        with DESTINATIONS["slack"].open({"SLACK_TOKEN": token}, target) as connection:
            return place_of("slack", target, connection)

    assert of("xoxb-1", "C1") != of("xoxb-1", "C2")
    hook = "https://hooks.slack.com/services/{}/{}"
    assert of(hook.format("T1", "B1/abc"), "") == of(hook.format("T1", "B2/xyz"), "")
    assert of(hook.format("T1", "B1/abc"), "") != of(hook.format("T2", "B1/abc"), "")


def test_the_sandbox_is_one_place_at_whatever_port() -> None:
    places = [
        place_of("hubspot", Target("contacts"), Connection(None, SANDBOX, {"address": port}))  # type: ignore[arg-type]  # as above
        for port in ("127.0.0.1:1", "127.0.0.1:2")
    ]
    assert places[0] == places[1] == {"destination": "hubspot", "object": "contacts"}


LIST = SYNC | {
    "object": "list_members",
    "mode": "audience",
    "consent": "none",
    "fields": {"contact_key": "contact_key"},
    "create_fields": {},
    "settings": {"list": "Hot leads"},
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    records = tmp_path / "records.csv"
    rows = [f"{number},person{number}@example.com" for number in range(1, 4)]
    records.write_text("\n".join(["id,property_email", *rows]))
    for name in ("TOKEN", "BASE_URL", "ACCOUNT"):
        monkeypatch.delenv(f"HUBSPOT_{name}", raising=False)
    with Sandbox(state=tmp_path / "running.sqlite", records=records) as running:
        monkeypatch.setattr(session, "DEFAULT_PORT", int(running.url.rsplit(":", 1)[1]))
        found = write_project(tmp_path, LIST)
        write_people(found, *(person(str(n), str(n)) for n in range(1, 4)))
        yield found


def decile(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--project-dir", str(database.parent)])


def say(database: Path, **changes: object) -> None:
    """Change the exposure, as somebody would in the file, and build."""
    properties = database.parent / "models" / "people.yml"
    content = yaml.safe_load(properties.read_text())
    content["exposures"][0]["config"]["meta"]["sync"].update(changes)
    properties.write_text(yaml.safe_dump(content))
    write_build(database.parent)


def send_to(database: Path, list_: str) -> None:
    say(database, settings={"list": list_})
    decile(database, "setup", "hubspot")


def members(database: Path) -> dict[str, str]:
    url = f"http://127.0.0.1:{session.DEFAULT_PORT}/sandbox/held?service=hubspot"
    found = requests.get(url, timeout=5).json().get("list_member", {}).values()
    return {one["record"]: one["list"] for one in found}


def test_a_plan_goes_on_where_nobody_says_whose_account_it_is(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decile(database, "setup", "hubspot")
    url = f"http://127.0.0.1:{session.DEFAULT_PORT}"
    settings = {"TOKEN": "expired", "BASE_URL": url, "ACCOUNT": "live"}
    for name, value in settings.items():
        monkeypatch.setenv(f"HUBSPOT_{name}", value)

    def plan() -> tuple[bool, int]:
        before = len(requests.get(f"{url}/sandbox/calls", timeout=5).json()["calls"])
        planned = decile(database, "plan")
        assert (planned.exit_code, "create" in planned.output) == (0, True)
        calls = requests.get(f"{url}/sandbox/calls", timeout=5).json()["calls"]
        return "could not be asked" in planned.output, len(calls) - before

    write_target(database, "dev", "another")
    assert plan() == (False, 0)  # a target that may not write there asks nothing either
    write_target(database, "dev", "live")
    assert plan() == (True, 1)


def test_another_list_is_refused_until_somebody_says_that_it_is_the_same(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decile(database, "setup", "hubspot")
    assert decile(database, "sync").exit_code == 0
    there = members(database)
    send_to(database, "Warm leads")
    # A list of people works off nothing later; this one is asked all the same, or would be.
    monkeypatch.setattr(HubSpotListMembers, "collect", lambda *_asked: 1 / 0, raising=False)
    for command in ("plan", "sync", "retry", "collect"):
        refused = decile(database, command)
        assert refused.exit_code == 2, command
        assert 'settings.list was "Hot leads" and is "Warm leads"' in refused.stderr
    assert members(database) == there
    assert decile(database, "plan", "--moved").exit_code == 0
    moved = decile(database, "sync", "--moved")
    assert (moved.exit_code, "Nothing to send" in moved.stdout) == (0, True)
    write_build(database.parent)
    assert decile(database, "sync").exit_code == 0
    send_to(database, "Hot leads")
    assert decile(database, "sync").exit_code == 2


def test_what_was_sent_is_taken_back_as_the_document_says(database: Path) -> None:
    send_to(database, "Hot leads")
    assert decile(database, "sync").exit_code == 0
    write_people(database)
    say(database, guards={"min_rows": 0})
    assert decile(database, "sync", "--allow", "removed=3").exit_code == 0
    assert members(database) == {}
    write_people(database, person("1", "1"))
    send_to(database, "Warm leads")
    assert decile(database, "sync").exit_code == 0
    assert members(database) == {"1": "2"}


def test_the_name_of_a_list_that_was_mistyped_is_put_right_without_a_word(database: Path) -> None:
    decile(database, "setup", "hubspot")
    say(database, settings={"list": "Hot laeds"})
    assert decile(database, "sync").exit_code == 5
    send_to(database, "Hot leads")
    assert decile(database, "sync").exit_code == 0
    assert len(members(database)) == 3
