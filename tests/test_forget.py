"""A person is erased everywhere, whatever breaks on the way, and nobody else is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from unittest.mock import patch

import pytest
from forgetting import (
    ANN,
    BEN,
    EMAIL,
    LEFT,
    OLD,
    TABLES,
    Crm,
    begin,
    of_ann,
    open_people,
    rows,
    run,
    without_the_other_account,
)
from typer.testing import CliRunner

from sync import forget as forget_module
from sync.cli import app
from sync.errors import ConfigError
from sync.forget import prepare
from sync.session import Session


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with open_people(tmp_path_factory.mktemp("people")) as session:
        yield session


@pytest.fixture
def session(opened: Session) -> Session:
    begin(opened)
    return opened


def test_a_person_is_erased_and_others_stay(session: Session) -> None:
    crm = Crm()
    proof = run(session, crm)
    assert {table: len(rows(session, f"small.{table}")) for table in LEFT} == LEFT
    assert {(change.operation, change.record_id, change.unique_key) for change in crm.asked} == {
        ("erase", "at 1", ANN), ("erase", "at 2", OLD), ("erase", "at before", ""),
    }  # fmt: skip
    (mine, other) = proof.answers
    assert (mine.rows, mine.erased, mine.again) == (3, 3, False)
    assert (other.account, other.erased, other.again) == ("other", 0, True)
    assert proof.exit_code == 1
    assert proof.deleted["small.identity_identifiers"] == 6
    assert sum(proof.left.values()) == len(of_ann(session)) == 1


def test_an_account_not_reached_keeps_where_to_find_them_and_nothing_of_them(
    session: Session,
) -> None:
    run(session, Crm())
    (row,) = of_ann(session)
    assert "at 1" in row
    assert '{"a": "1"}' not in row


@pytest.mark.parametrize("who", [EMAIL, ANN, "crm:1"])
def test_a_run_after_one_that_broke_off_completes_it(
    session: Session, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    crm = Crm()
    with monkeypatch.context() as broken:
        broken.setattr(forget_module, "erase_sent", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(session, crm)
    # A build may come between: no model has them any more, and the ledger still does.
    without_the_other_account(session)
    for table in TABLES:
        session.warehouse.execute(f"delete from small.{table}")
    assert len(of_ann(session)) == 3
    assert run(session, crm, who).exit_code == 0
    assert len(crm.asked) == 3
    assert of_ann(session) == []
    assert prepare(session, who).nothing_left


def test_what_was_deleted_in_a_transaction_that_breaks_off_is_still_there(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("sync.forget._delete", _killed)
        with pytest.raises(KeyboardInterrupt):
            run(session, Crm())
    assert len(rows(session, "small.contacts")) == 2
    assert len(rows(session, "small_ledger.suppressed_identities")) == 10


def test_no_sync_sends_somebody_whose_forgetting_broke_off(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.forget._delete", _killed)
    with Crm().connect() as connection:
        assert session.plan(session.syncs[0], connection, full=True).operations["update"] == 2
        with pytest.raises(KeyboardInterrupt):
            run(session, Crm())
        plan = session.plan(session.syncs[0], connection, full=True)
    assert (plan.operations["update"], plan.blocked) == (1, {"forgotten": 1})


def test_a_destination_that_is_down_is_asked_again_by_the_next_run(session: Session) -> None:
    without_the_other_account(session)
    proof = run(session, Crm(down=True))
    assert proof.exit_code == 1
    assert proof.answers[0].why == "retriable"
    assert len(of_ann(session)) == 3
    crm = Crm()
    assert run(session, crm).exit_code == 0
    assert len(crm.asked) == 3


def test_where_nothing_can_be_erased_what_was_sent_is_cleared(session: Session) -> None:
    crm = Crm(erases=False)
    (mine, _) = run(session, crm).answers
    assert (mine.erased, mine.cleared) == (0, 3)
    assert {change.operation for change in crm.asked} == {"remove"}
    assert crm.asked[0].fields == {"a": None}


def test_a_target_that_may_not_send_may_not_erase(session: Session) -> None:
    session.warehouse.execute("delete from small.sync_targets")
    crm = Crm()
    (mine, _) = run(session, crm).answers
    assert "target 'dev' may not write to the account 'mine' of hubspot" in str(mine.why)
    assert (crm.asked, mine.again) == ([], True)


def test_a_setting_that_is_wrong_is_what_is_told(session: Session) -> None:
    crm = Crm()
    with patch.object(crm, "connect", side_effect=ConfigError("META_URL is no address.")):
        answers = run(session, crm).answers
    assert {answer.why for answer in answers} == {"META_URL is no address."}


def test_nobody_is_erased_where_they_were_never_sent(session: Session) -> None:
    """The settings lead to another list, or to another account under the same name."""
    run_there = "'crm_people', 1, '{\"address\": \"there.example\"}'"
    session.warehouse.execute(
        "insert into small_ledger.sync_runs (account, sync_name, run_number, place) "
        f"values ('mine', {run_there})"
    )
    crm = Crm()
    (mine, _) = run(session, crm).answers
    assert mine.why is not None
    assert 'another place: address was "there.example" and is "here.example"' in mine.why
    assert (crm.asked, mine.again, len(mine.ids)) == ([], True, 3)


def test_an_identifier_of_others_is_not_suppressed(session: Session) -> None:
    person = prepare(session, EMAIL).person
    assert person.identifiers == {
        ("email", EMAIL), ("anonymous_id", "b1"), ("record_id", "crm:1"), ("record_id", "crm:4"),
    }  # fmt: skip
    assert person.contact_ids == (OLD, ANN)
    assert person.shared == 2


def test_somebody_unknown_is_kept_out_by_an_address_only(session: Session) -> None:
    assert run(session, Crm(), "nobody@x.test").answers == ()
    assert len(rows(session, "small_ledger.suppressed_identities")) == 1
    with pytest.raises(ConfigError, match="nobody is known by that"):
        run(session, Crm(), "crm:99")


@pytest.mark.parametrize("nobody", ["crm:0000000", "feed000000000000", "0000000", "crm:4410000001"])
def test_the_digits_of_an_id_of_nobody_are_no_phone_of_somebody(
    session: Session, nobody: str
) -> None:
    session.warehouse.execute(
        "insert into small.identity_identifiers values (3, 'phone', '+4410000001')"
    )
    with pytest.raises(ConfigError, match="nobody is known by that"):
        run(session, Crm(), nobody)


def test_an_address_of_two_contacts_is_refused_with_their_ids(session: Session) -> None:
    session.warehouse.execute(
        f"insert into small.identity_identifiers values (3, 'email', '{EMAIL}')"
    )
    with pytest.raises(ConfigError, match=f"2 contacts have it: {ANN}, {BEN}"):
        run(session, Crm())
    assert rows(session, "small_ledger.suppressed_identities") == []


def test_the_command_asks_first_and_never_repeats_the_address(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.session.connect", lambda _name, _goes_to, _tell: Crm().connect())
    monkeypatch.setattr("sync.session.open_session", lambda _target: nullcontext(session))
    refused = CliRunner().invoke(app, ["forget", EMAIL], input="n\n")
    assert refused.exit_code == 1
    assert rows(session, "small_ledger.suppressed_identities") == []
    dry = CliRunner().invoke(app, ["forget", EMAIL, "--dry-run", "--json"])
    assert json.loads(dry.stdout)["tables"]["small.contacts"] == 1
    done = CliRunner().invoke(app, ["forget", EMAIL, "--yes", "--json"])
    assert json.loads(done.stdout)["tables"]["small.contacts"] == {"deleted": 1, "left": 0}
    shown = CliRunner().invoke(app, ["forget", EMAIL, "--yes"])
    assert "Not reached" in shown.stdout
    for result in (refused, dry, done, shown):
        assert EMAIL not in result.output
    for table in ("suppressed_identities", "suppression_key", "sync_state", "sync_runs"):
        assert EMAIL not in str(rows(session, f"small_ledger.{table}"))


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
