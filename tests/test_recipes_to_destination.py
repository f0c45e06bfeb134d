"""Each recipe, from what people did to what the destination holds of them in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.company import Company, agrees, did

pytestmark = pytest.mark.long


def test_b2b_a_lead_from_the_trade_show_gets_hot_and_sales_is_told(tmp_path: Path) -> None:
    company = Company(tmp_path, "b2b", ["hubspot_contacts", "slack_alerts"])
    company.people("ines", "colin")
    company.met({"row_id": "1", "email": "ines@acme.example", "met_at": "2026-06-20 10:00:00",
                 "loaded_at": "2026-06-21 00:00:00"})  # fmt: skip
    company.events(did("ines", "document_downloaded", 3), did("ines", "demo_attended"))
    company.night()
    # 10 + 15 + 20
    assert company.hubspot("ines").items() >= {"band": "hot", "qualification": "sql"}.items()
    assert company.hubspot("colin")["band"] == "cold"
    (message,) = company.held("slack", "messages")
    assert "Became a hot lead" in str(message)
    assert "Ines" in str(message)
    company.night(1)
    assert len(company.held("slack", "messages")) == 1


def test_ecommerce_reminders_start_with_the_cart_and_stop_with_the_order(tmp_path: Path) -> None:
    syncs = ["brevo_contacts", "brevo_cart_reminders", "webhook_alerts"]
    company = Company(tmp_path, "ecommerce", syncs)
    company.people("ada", "bob", "eve")
    filled = [
        one
        for name in ("ada", "bob", "eve")
        for one in [
            *(did(name, "page_viewed", day + 0.5, path="/product/hub") for day in range(5)),
            *(did(name, "cart_item_added", 2 + n / 100, product_category="hubs", price="10",
                  quantity="1") for n in range(5)),
        ]
    ]  # fmt: skip
    # Nobody asked eve whether she wants mails.
    filled += [agrees("ada", "email_marketing"), agrees("bob", "email_marketing")]
    reminded = [
        did(name, "email_delivered", days, content_name="Cart reminder")
        for name in ("ada", "bob")
        for days in (1.2, 0.6)
    ]
    company.events(*filled, *reminded)
    company.night()
    assert {name for name in ("ada", "bob", "eve") if company.brevo(name).get("listIds")} == set(
        row[0].split("@")[0]
        for row in company.rows(MEMBERS)  # the holdout gets none
    )
    assert company.rows(MEMBERS), "all were held out"
    assert company.brevo("ada")["LEAD_BAND"] == "hot"
    # Two reminders and no order: customer service is to call, also those that are held out.
    assert calls(company) == {"ada", "bob"}
    told = len(company.told())

    company.events(
        *filled, *reminded, *(did(name, "order_completed", -0.5) for name in ("ada", "bob"))
    )
    company.night(1)
    assert company.rows(MEMBERS) == []
    assert not company.brevo("ada").get("listIds")
    assert not company.brevo("bob").get("listIds")
    assert len(company.told()) == told, "nobody is told twice"


def calls(company: Company) -> set[str]:
    """Who customer service is to call about a cart."""
    told = [message["data"]["fields"] for message in company.told()]
    return {one["email"].split("@")[0] for one in told if one["alert"] == "cart_needs_call"}


MEMBERS = """
    select contacts.email
    from audience_members
    inner join contacts on audience_members.contact_id = contacts.contact_id
    where audience = 'abandoned_carts' and left_at is null and not is_holdout
"""


def test_content_a_reader_of_eighty_points_gets_a_code_of_their_own(tmp_path: Path) -> None:
    company = Company(tmp_path, "content", ["brevo_contacts"])
    company.people("reader", "ready", "silent")
    read = [
        one
        for name in ("reader", "ready")
        for one in [
            agrees(name, "email_marketing"),
            did(name, "document_downloaded", 60),
            *(did(name, "question_answered", 30 + n) for n in range(3)),
            *(did(name, "promotion_opened", 20 + n) for n in range(2)),
        ]
    ]
    # 5 + 3 x 10 + 2 x 15, and a third promotion
    company.events(*read, did("ready", "promotion_opened", 1))
    company.night()
    held = {name: company.brevo(name) for name in ("reader", "ready")}
    assert held["reader"]["LEAD_BAND"] == "marketing_qualified"
    assert not held["reader"].get("OFFER_CODE")
    assert (held["ready"]["LEAD_BAND"], held["ready"]["LEAD_SCORE"]) == ("sales_qualified", 80)
    ((code, status),) = company.rows("select code, status from offer_states")
    assert (held["ready"]["OFFER_CODE"], status) == (code, "open")


def test_general_the_irrelevant_are_never_hot_nor_in_an_ad_audience(tmp_path: Path) -> None:
    company = Company(tmp_path, "general", ["hubspot_contacts", "meta_hot_leads"])
    company.people("keen", "fan", rival="rival@rivalworks.example")
    wants = [
        one
        for name in ("keen", "fan", "rival")
        for one in [
            did(name, "newsletter_subscribed", 2),
            did(name, "demo_requested", 1),
            did(name, "trial_started", 1),
            did(name, "page_viewed", 1, path="/pricing", duration_seconds="1500"),
        ]
    ]
    # The fan does all of it, and agrees to no advertising.
    company.events(*wants, agrees("keen", "ad_targeting"), agrees("rival", "ad_targeting"))
    company.night()
    bands = {name: company.hubspot(name)["band"] for name in ("keen", "fan", "rival")}
    assert bands == {"keen": "hot", "fan": "hot", "rival": "irrelevant"}
    assert company.rows(AD_MEMBERS) == [("keen@acme.example",)]


AD_MEMBERS = """
    select contacts.email
    from audience_members
    inner join contacts on audience_members.contact_id = contacts.contact_id
    where audience = 'hot_leads' and left_at is null
"""


def test_lifecycle_each_group_is_told_apart_and_the_next_one_is_entered(tmp_path: Path) -> None:
    company = Company(tmp_path, "general", ["brevo_contacts"])
    company.people("new", "comparing", "ready", "once", "regular", "silent", newcomer="new")
    lives = [
        did("new", "page_viewed", 19, path="/blog"),
        did("comparing", "page_viewed", 45, path="/blog"),
        did("ready", "demo_requested", 1),
        did("ready", "trial_started", 1),
        did("once", "order_completed", 40),
        *(did("regular", "order_completed", days) for days in (10, 90)),
        did("silent", "page_viewed", 120, path="/blog"),
        *(agrees(name, "email_marketing") for name in company.ids),
    ]
    company.events(*lives)
    company.night()
    assert stages(company) == {
        "new": "new", "comparing": "comparing", "ready": "ready_to_buy", "once": "bought_once",
        "regular": "regular", "silent": "lapsed",
    }  # fmt: skip
    company.events(
        *lives, did("ready", "order_completed", -0.5), did("silent", "page_viewed", -0.5)
    )
    company.night(1)
    assert {**stages(company), "ready": "bought_once", "silent": "comparing"} == stages(company)
    assert company.rows(MOVES) == [
        ("ready@acme.example", 2, "ready_to_buy", "bought_once"),
        ("silent@acme.example", 2, "lapsed", "comparing"),
    ]


MOVES = """
    select contacts.email, transition_number, previous_stage, stage
    from stage_transitions
    inner join contacts on stage_transitions.contact_id = contacts.contact_id
    where transition_number > 1
"""


def stages(company: Company) -> dict[str, str]:
    held = {name: company.brevo(name) for name in company.ids}
    return {name: one["LIFECYCLE_STAGE"] for name, one in held.items()}
