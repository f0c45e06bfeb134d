"""What syncs of audiences send: how many may leave at once, and one arm of a split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml
from sync_world import Crm, a_world, open_people, people

from sync.config import Guards, Sync
from sync.errors import GuardError
from sync.warehouse import Warehouse

ROOT = Path(__file__).parents[1]


def shipped() -> dict[str, Guards]:
    found = {}
    for path in sorted((ROOT / "models" / "activation").glob("*.yml")):
        for exposure in yaml.safe_load(path.read_text())["exposures"]:
            sync = exposure["config"]["meta"]["sync"]
            if sync["mode"] == "audience":
                found[exposure["name"]] = Guards(**sync["guards"])
    return found


SHIPPED = shipped()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Warehouse, Sync]]:
    with open_people(tmp_path_factory.mktemp("people"), in_memory=True) as project:
        yield project


@pytest.mark.parametrize("guards", SHIPPED.values(), ids=SHIPPED.keys())
def test_a_list_of_a_few_may_empty_and_one_of_many_may_not(
    opened: tuple[Warehouse, Sync], guards: Guards
) -> None:
    share = guards.max_removed_share
    assert share is not None
    assert share <= 0.8
    for there, stay, is_refused in (
        (10, 0, False),
        (100, 100 - round(100 * share), False),
        (100, 99 - round(100 * share), True),
        (30, 0, True),
    ):
        world = a_world(opened, mode="audience", guards=guards)
        world.people(*people(there))
        world.run(Crm(max_batch=100))
        world.people(*people(stay))
        if is_refused:
            with pytest.raises(GuardError, match=f"would remove {there - stay} of the {there}"):
                world.plan()
        else:
            assert world.plan().count("remove") == there - stay


def test_the_audiences_that_ship_are_bounded() -> None:
    assert {"google_ads_hot_leads", "meta_hot_leads", "brevo_cart_reminders"} <= SHIPPED.keys()


def test_the_model_in_the_docs_sends_one_arm_to_those_who_permit_it() -> None:
    docs = (ROOT / "docs" / "action.md").read_text()
    (model,) = (sql for sql in re.findall(r"```sql\n(.*?)```", docs, re.S) if "arm" in sql)
    query = jinja2.Template(model).render(ref=lambda name: name)
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table audience_recipients as
            select unnest(['ann', 'bob', 'cy', 'dee', 'eve']) as contact_id,
                unnest(['win_back', 'win_back', 'win_back', 'loyalty', 'win_back']) as audience,
                unnest(['discount', 'news', null, 'discount', 'discount']) as arm,
                unnest(['email_marketing', 'email_marketing', 'email_marketing',
                    'email_marketing', 'sms']) as purpose,
                'x@example.com' as email
            """
        )
        assert connection.execute(query).fetchall() == [("ann", "x@example.com")]
