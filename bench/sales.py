"""What people buy: Shopify orders and checkouts, HubSpot deals."""

from __future__ import annotations

import numpy as np

from bench import words
from bench.accounts import NEVER, Accounts, Purchases, first_id
from bench.draws import Draws, Ints, texts
from bench.people import DAY, END, PROSPECT, START, Companies, People
from bench.tables import Table, blank
from bench.visits import Sessions, product_of_interest

_PRICE = np.array([row[3] for row in words.PRODUCTS])
_TITLE = texts([row[1] for row in words.PRODUCTS])
_STAGES = ("appointment", "qualified", "proposal", "closedwon", "closedlost")
_OPEN, _WON, _LOST = 2, 3, 4
OWNERS = texts(["owner-1", "owner-2", "owner-3", "owner-4", "owner-5"])


def products() -> Table:
    """One row per product."""
    return {
        "id": np.arange(len(words.PRODUCTS)) + 101,
        "title": _TITLE,
        "product_type": words.CATEGORIES[[row[2] for row in words.PRODUCTS]],
    }


def pipeline_stages() -> Table:
    """One row per stage of the only pipeline."""
    return {
        "stage_id": texts(_STAGES),
        "pipeline_id": blank(len(_STAGES), "default"),
        "label": texts(["Appointment", "Qualified", "Proposal", "Closed won", "Closed lost"]),
        "closed_won": np.array([0, 0, 0, 1, 0]),
        "is_closed": np.array([0, 0, 0, 1, 1]),
    }


def owners() -> Table:
    """One row per sales person."""
    names = texts("clara.hoyt sam.okoro ines.vidal jonas.beck mira.sato")
    return {"owner_id": OWNERS, "email": names + "@shop.example"}


def owner_of(people: People, who: Ints) -> Ints:
    """Position in OWNERS of the sales person who looks after a person."""
    return (people.number[who] + people.country[who]) % len(OWNERS)


def make_orders(
    draws: Draws, people: People, accounts: Accounts, purchases: Purchases, block: int
) -> dict[str, Table]:
    """Orders with their lines and discount codes."""
    shop = np.flatnonzero(~purchases.is_deal)
    who, when = purchases.who[shop], purchases.when[shop]
    n = len(who)
    lines = 1 + draws.poisson(np.full(n, 0.6))
    order = np.repeat(np.arange(n), lines)
    product = product_of_interest(draws, people.interest[who][order])
    quantity = 1 + draws.pick((70, 20, 10), len(order))
    coded = np.flatnonzero(draws.chance(0.18, n))
    worth = np.bincount(order, weights=_PRICE[product] * quantity, minlength=n)
    worth[coded] = np.round(worth[coded] * 0.9, 2)
    cancelled = draws.chance(0.03, n)
    cancelled_at = np.where(cancelled, np.minimum(when + 2 * DAY, END - 1), -1)
    numbers = np.arange(n) + 10_000 + first_id(block)
    return {
        "raw_shopify__order": {
            "id": numbers,
            "customer_id": accounts.shopify_id[who],
            "email": people.email[who],
            "created_at": when,
            "processed_at": when + draws.below(60, n),
            "total_price": worth,
            "currency": blank(n, "USD"),
            "financial_status": np.where(
                cancelled, "refunded", np.where(draws.chance(0.05, n), "pending", "paid")
            ),
            "cancelled_at": cancelled_at,
            "test": draws.chance(0.01, n).astype(np.int64),
            "_fivetran_deleted": np.zeros(n, dtype=np.int64),
            "_fivetran_synced": np.maximum(when, cancelled_at) + 600 + draws.below(20_000, n),
        },
        "raw_shopify__order_line": {
            "id": np.arange(len(order)) + 20_000 + first_id(block),
            "order_id": numbers[order],
            "product_id": product + 101,
            "title": _TITLE[product],
            "price": _PRICE[product],
            "quantity": quantity,
        },
        "raw_shopify__order_discount_code": {
            "order_id": numbers[coded],
            "index": np.zeros(len(coded), dtype=np.int64),
            "code": draws.of(texts("SPRING10 WELCOME10 FAIR10"), len(coded)),
        },
    }


def make_checkouts(
    draws: Draws, people: People, accounts: Accounts, sessions: Sessions, block: int
) -> Table:
    """Checkouts that were begun and left; more of them when the wish was strong."""
    since = accounts.shopify_since[sessions.who]
    able = (since != NEVER) & (sessions.when > since)
    rows = np.flatnonzero(draws.chance(np.where(able, 0.01 + 0.2 * sessions.intent, 0.0)))
    who, n = sessions.who[rows], len(rows)
    when = sessions.when[rows] + 240
    product = product_of_interest(draws, people.interest[who])
    completed_at = np.where(draws.chance(0.15, n), np.minimum(when + DAY, END - 1), -1)
    return {
        "id": np.arange(n) + 40_000 + first_id(block),
        "customer_id": accounts.shopify_id[who],
        "email": people.email[who],
        "created_at": when,
        "completed_at": completed_at,
        "total_price": _PRICE[product] * (1 + draws.below(2, n)),
        "currency": blank(n, "USD"),
        "_fivetran_synced": np.maximum(when, completed_at) + 600 + draws.below(20_000, n),
    }


def make_deals(
    draws: Draws, people: People, companies: Companies, accounts: Accounts,
    purchases: Purchases, block: int,
) -> dict[str, Table]:  # fmt: skip
    """Deals won, and those of people who wanted to and did not."""
    won = np.flatnonzero(purchases.is_deal)
    who, closed = purchases.who[won], purchases.when[won]
    large = people.in_hubspot & (people.kind == PROSPECT) & (people.company >= 0)
    unsold = (people.episode_height > 0.9) & large[:, None]
    lost_who, turn = np.nonzero(unsold & draws.chance(0.13, unsold.size).reshape(unsold.shape))
    lost_at = people.episode_end[lost_who, turn] + 6 * DAY
    stage = np.concatenate([np.full(len(won), _WON), np.where(lost_at < END, _LOST, _OPEN)])
    who, closed = np.concatenate([who, lost_who]), np.concatenate([closed, lost_at])
    created = closed - (draws.uniform(len(who), 6, 38) * DAY).astype(np.int64)
    begun = np.flatnonzero(
        (created < END) & (created > START) & (created > accounts.hubspot_since[who])
    )
    begun = begun[np.argsort(created[begun], kind="stable")]
    who, stage, created = who[begun], stage[begun], created[begun]
    closed = np.where(stage == _OPEN, -1, closed[begun])
    n = len(who)
    size = companies.employees[people.company[who]] ** 0.7
    worth = np.round(1500 + 55 * size * draws.uniform(n, 0.5, 1.5), -2)
    ids = np.arange(n) + 70_000 + first_id(block)
    return {
        "raw_hubspot__deal": {
            "deal_id": ids,
            "deal_pipeline_id": blank(n, "default"),
            "deal_pipeline_stage_id": texts(_STAGES)[stage],
            "owner_id": OWNERS[owner_of(people, who)],
            "property_dealname": companies.name[people.company[who]],
            "property_amount": np.minimum(worth, 60_000.0),
            "property_closedate": closed,
            "property_createdate": created,
            "is_deleted": np.zeros(n, dtype=np.int64),
            "_fivetran_synced": np.maximum(created, closed) + 600 + draws.below(20_000, n),
        },
        "raw_hubspot__deal_contact": {"contact_id": accounts.hubspot_id[who], "deal_id": ids},
    }
