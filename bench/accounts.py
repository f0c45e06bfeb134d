"""What is on file about each person, since when, and what each person buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import words
from bench.draws import Bools, Draws, Ints
from bench.people import BOT, DAY, END, PROSPECT, START, Companies, People

NEVER = -1
_BLOCK_IDS = 100_000_000


def first_id(block: int) -> int:
    """The number that the rows of a block are counted from."""
    return block * _BLOCK_IDS + 1


@dataclass(frozen=True)
class Purchases:
    """One element per purchase, by time."""

    who: Ints
    when: Ints
    is_deal: Bools


@dataclass(frozen=True)
class Accounts:
    """The records of each person, one element per person; NEVER where there is none."""

    hubspot_id: Ints
    hubspot_since: Ints
    shopify_id: Ints
    shopify_since: Ints
    fair: Ints
    identified_at: Ints
    second_device_at: Ints
    unsubscribed_at: Ints
    resubscribed_at: Ints


def make_purchases(draws: Draws, people: People, companies: Companies) -> Purchases:
    """Who buys when: at the end of an episode, out of nowhere, or again."""
    buys = (people.kind == PROSPECT) | (people.kind == BOT)
    height, end = people.episode_height, people.episode_end
    wish = 0.1 + 2.0 * (height - 0.95) + 0.9 * people.fit[:, None]
    likely = np.where((height > 0) & buys[:, None], 1 / (1 + np.exp(-wish)), 0.0)
    who, turn = np.nonzero(draws.chance(likely.ravel()).reshape(likely.shape))
    when = end[who, turn]
    days = np.where(buys, np.maximum(END - people.known, 0) / DAY, 0.0)
    sudden = np.repeat(
        np.arange(len(days)), draws.poisson(0.00032 * np.exp(0.3 * people.fit) * days)
    )
    left = END - people.known[sudden]
    sudden_when = people.known[sudden] + (draws.uniform(len(sudden)) * left).astype(np.int64)
    who, when = np.concatenate([who, sudden]), np.concatenate([when, sudden_when])
    again = draws.chance(0.12, len(who))
    later = when[again] + (draws.uniform(int(again.sum()), 20, 120) * DAY).astype(np.int64)
    who, when = np.concatenate([who, who[again]]), np.concatenate([when, later])
    happened = (when < END) & (when > people.known[who])
    order = np.argsort(when[happened], kind="stable")
    who, when = who[happened][order], when[happened][order]
    large = people.in_hubspot & (people.company >= 0) & (companies.employees[people.company] > 60)
    return Purchases(who, when, is_deal=large[who] & draws.chance(0.6, len(who)))


def make_accounts(draws: Draws, people: People, purchases: Purchases, block: int) -> Accounts:
    """Since when each source knows a person."""
    n = len(people.kind)
    ordered = np.full(n, END, dtype=np.int64)
    np.minimum.at(ordered, purchases.who[~purchases.is_deal], purchases.when[~purchases.is_deal])
    first_deal = np.full(n, END, dtype=np.int64)
    np.minimum.at(first_deal, purchases.who[purchases.is_deal], purchases.when[purchases.is_deal])
    latest = END - 8 * 3600
    hubspot = np.minimum(people.known + _delay(draws, n), np.minimum(first_deal - 45 * DAY, latest))
    hubspot = np.maximum(hubspot, np.minimum(people.known, START + 3600))
    shopify = np.minimum(np.minimum(people.known + _delay(draws, n), ordered - 600), latest)
    identified = np.minimum(people.known + np.floor(draws.uniform(n, 0, 900)), latest)
    second = identified + draws.exponential(25 * DAY, n)
    second = np.where(people.identified & draws.chance(0.22, n) & (second < latest), second, NEVER)
    off, on = _subscription(draws, people, hubspot)
    return Accounts(
        hubspot_id=_numbered(people.in_hubspot, 1000 + first_id(block)),
        hubspot_since=np.where(people.in_hubspot, hubspot, NEVER),
        shopify_id=_numbered(people.in_shopify, 5000 + first_id(block)),
        shopify_since=np.where(people.in_shopify, shopify, NEVER),
        fair=np.where(people.in_list, draws.below(len(words.FAIRS), n), NEVER),
        identified_at=np.where(people.identified, identified, NEVER).astype(np.int64),
        second_device_at=second.astype(np.int64),
        unsubscribed_at=off,
        resubscribed_at=on,
    )


def _delay(draws: Draws, n: int) -> Ints:
    waits = draws.chance(0.4, n) * draws.exponential(15 * DAY, n)
    return (waits + draws.uniform(n, 60, 7200)).astype(np.int64)


def _numbered(present: Bools, first: int) -> Ints:
    return np.where(present, first + np.cumsum(present) - 1, NEVER)


def _subscription(draws: Draws, people: People, since: Ints) -> tuple[Ints, Ints]:
    """When a person stops the mails, and when they ask for them again."""
    n = len(people.kind)
    off = since + draws.uniform(n, 10, 250) * DAY
    stops = people.in_hubspot & draws.chance(0.085, n) & (off < END - DAY)
    on = off + draws.uniform(n, 15, 120) * DAY
    returns = stops & draws.chance(0.4, n) & (on < END - DAY)
    return np.where(stops, off, NEVER).astype(np.int64), np.where(returns, on, NEVER).astype(
        np.int64
    )
