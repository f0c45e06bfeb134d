"""What the web tracker sees: page views, identify calls and tracked events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import words
from bench.accounts import NEVER, Accounts, first_id
from bench.draws import Draws, Floats, Ints, Texts, texts
from bench.people import (
    COMPETITOR,
    CRAWLER,
    DAY,
    END,
    JOB_SEEKER,
    START,
    STUDENT,
    VISITOR,
    People,
)
from bench.tables import Table, blank

_PAGES = texts("home pricing product blog docs careers job about compare checkout")
# How often each page is looked at, for one way of visiting.
_HABITS = np.array(
    [
        (22, 4, 22, 24, 10, 1, 1, 12, 3, 1),  # looking around
        (6, 27, 28, 4, 6, 0, 0, 4, 13, 12),  # about to buy
        (14, 1, 3, 6, 3, 33, 32, 8, 0, 0),  # looking for a job
        (10, 2, 10, 40, 32, 2, 2, 2, 0, 0),  # studying
        (5, 28, 32, 8, 10, 1, 0, 4, 12, 0),  # watching a competitor
    ],
    dtype=float,
)
_ROUND, _BUYING, _JOB, _STUDY, _RIVAL = range(len(_HABITS))
_CATEGORY = np.array([row[2] for row in words.PRODUCTS])


@dataclass(frozen=True)
class Sessions:
    """One element per visit, by time."""

    who: Ints
    when: Ints
    intent: Floats
    device: Ints  # 0 or 1


def product_of_interest(draws: Draws, interest: Ints) -> Ints:
    """A product for each row, in two of three cases of the category the person looks for."""
    product = draws.below(len(words.PRODUCTS), len(interest))
    for category in range(len(words.CATEGORIES)):
        own = np.flatnonzero(category == _CATEGORY)
        wanted = own[draws.below(len(own), len(interest))]
        use = (interest == category) & draws.chance(0.66, len(interest))
        product = np.where(use, wanted, product)
    return product


def make_sessions(draws: Draws, people: People, accounts: Accounts, activity: float) -> Sessions:
    """Visits out of habit over the whole time, and more and more of them in an episode."""
    n = len(people.kind)
    habit = 0.0013 * np.exp(0.8 * draws.normal(n))
    habit = habit * np.array([1, 3, 2.2, 2.2, 1, 1, 2])[people.kind]
    rate = np.where(people.on_web, habit * activity * (END - people.arrived) / DAY, 0.0)
    usual = np.repeat(np.arange(n), draws.poisson(rate))
    span = END - people.arrived[usual]
    usual_when = people.arrived[usual] + draws.uniform(len(usual)) * span
    wanting = np.where(people.on_web[:, None], people.episode_height * 3.4 * activity, 0.0).ravel()
    cell = np.repeat(np.arange(wanting.size), draws.poisson(wanting))
    days = people.episode_days.ravel()[cell]
    driven_when = people.episode_end.ravel()[cell] - days * DAY * draws.uniform(len(cell), 0.1, 1.0)
    who = np.concatenate([usual, cell // people.episode_end.shape[1]])
    when = np.concatenate([usual_when, driven_when]).astype(np.int64)
    # Whoever signs up is on the site at that moment.
    signs = np.flatnonzero(people.identified)
    who = np.concatenate([who, signs])
    when = np.concatenate([when, accounts.identified_at[signs] - 300])
    seen = (when >= people.arrived[who]) & (when < END - 7200) & (when > START)
    order = np.argsort(when[seen], kind="stable")
    who, when = who[seen][order], when[seen][order]
    second = (accounts.second_device_at[who] != NEVER) & draws.chance(0.35, len(who))
    return Sessions(who, when, people.intent(who, when), device=second.astype(np.int64))


def make_page_views(
    draws: Draws, people: People, accounts: Accounts, sessions: Sessions, block: int
) -> Table:
    """One row per page looked at."""
    crawls = people.kind[sessions.who] == CRAWLER
    views = 1 + draws.poisson(np.where(crawls, 12.0, 0.6 + 0.9 * sessions.intent))
    session = np.repeat(np.arange(len(views)), views)
    n = len(session)
    step = np.arange(n) - np.repeat(np.cumsum(views) - views, views)
    stay = np.where(crawls[session], 1, np.floor(draws.exponential(55.0, n)) + 3).astype(np.int64)
    before = np.cumsum(stay) - stay
    opened = sessions.when[session] + before - before[np.cumsum(views) - views][session]
    who = sessions.who[session]
    path, product = _paths(draws, people, sessions, session)
    looked = product >= 0
    return {
        "id": np.arange(n) + first_id(block),
        "anonymous_id": people.number[who] * 2 + sessions.device[session],
        "user_id": _signed_in(draws, people, accounts, sessions, session, opened),
        "viewed_at": opened,
        "received_at": opened + draws.below(20, n),
        "session_id": session + first_id(block),
        "path": path,
        "referrer": np.where(step == 0, draws.of(words.REFERRERS, n), ""),
        "product_id": np.where(looked, product + 101, -1),
        "product_category": np.where(looked, words.CATEGORIES[_CATEGORY[product]], ""),
        "duration_seconds": stay,
        "user_agent": np.where(
            crawls[session], words.CRAWLER, words.BROWSERS[(who + sessions.device[session]) % 3]
        ),
    }


def make_tracks(
    draws: Draws, people: People, accounts: Accounts, sessions: Sessions, block: int
) -> Table:
    """Events with a name of their own: carts, trials, videos, accounts, and noise."""
    intent, kind = sessions.intent, people.kind[sessions.who]
    human = np.where(kind == CRAWLER, 0.0, 1.0)
    shops = human * np.where(np.isin(kind, (STUDENT, JOB_SEEKER, COMPETITOR)), 0.02, 1.0)
    added = np.flatnonzero(draws.chance(shops * (0.015 + 0.4 * intent)))
    removed = added[draws.chance(0.24, len(added))]
    trial = np.flatnonzero(draws.chance(human * 0.1 * intent))
    video = np.flatnonzero(draws.chance(human * (0.04 + 0.08 * intent)))
    noise = np.flatnonzero(draws.chance(0.012, len(intent)))
    opens = np.abs(sessions.when - accounts.identified_at[sessions.who]) < 600
    opened = np.flatnonzero(opens & draws.chance(0.5, len(intent)))
    parts = ((added, "cart_item_added", 60), (removed, "cart_item_removed", 200),
             (trial, "trial_started", 150), (video, "video_watched", 90),
             (opened, "account_created", 310), (noise, "", 30))  # fmt: skip
    session = np.concatenate([rows for rows, _, _ in parts])
    event = np.concatenate([blank(len(rows), name) for rows, name, _ in parts])
    wait = np.concatenate([np.full(len(rows), wait) for rows, _, wait in parts])
    n = len(session)
    event = np.where(event == "", draws.of(words.UNKNOWN_EVENTS, n), event)
    chosen = product_of_interest(draws, people.interest[sessions.who])[session]
    product = np.where(np.isin(event, ("cart_item_added", "cart_item_removed")), chosen, -1)
    when = sessions.when[session] + wait + draws.below(40, n)
    when = np.where(event == "account_created", accounts.identified_at[sessions.who[session]], when)
    prices = np.array([row[3] for row in words.PRODUCTS])
    table = {
        "anonymous_id": people.number[sessions.who[session]] * 2 + sessions.device[session],
        "user_id": _signed_in(draws, people, accounts, sessions, session, when),
        "event": event,
        "occurred_at": when,
        "received_at": when + draws.below(20, n),
        "session_id": session + first_id(block),
        "path": np.where(product >= 0, _product_path(product), ""),
        "product_id": np.where(product >= 0, product + 101, -1),
        "product_category": np.where(product >= 0, words.CATEGORIES[_CATEGORY[product]], ""),
        "price": np.where(product >= 0, prices[product], np.nan),
        "quantity": np.where(product >= 0, 1 + draws.below(3, n), -1),
        "content_name": np.where(event == "video_watched", draws.of(words.VIDEOS, n), ""),
    }
    order = np.argsort(when, kind="stable")
    return {"id": np.arange(n) + first_id(block)} | {key: table[key][order] for key in table}


def carts(people: People, tracks: Table) -> tuple[Ints, Ints]:
    """Who put something into a cart, and when."""
    rows = np.flatnonzero(tracks["event"] == "cart_item_added")
    number = tracks["anonymous_id"][rows] // 2
    return np.searchsorted(people.number, number), tracks["occurred_at"][rows]


def make_answers(
    draws: Draws, people: People, sessions: Sessions, block: int, number: int
) -> Table:
    """What visitors said to the banner that asks for ads; rows of tracks, counted from `number`.

    Most who answer say yes on their first visit, and some of them take it back on the last one.
    """
    human = np.flatnonzero(people.kind[sessions.who] != CRAWLER)
    who, first = np.unique(sessions.who[human], return_index=True)
    last = len(human) - 1 - np.unique(sessions.who[human][::-1], return_index=True)[1]
    answer = draws.pick((60, 18, 22), len(who))  # yes, no, nothing
    asked, yes = np.flatnonzero(answer < 2), np.flatnonzero(answer == 0)
    gone = yes[(last > first)[yes] & draws.chance(0.06, len(yes))]
    session = human[np.concatenate([first[asked], last[gone]])]
    word = np.concatenate([texts("granted denied")[answer[asked]], blank(len(gone), "denied")])
    when, n = sessions.when[session] + 12, len(session)
    order = np.argsort(when, kind="stable")
    table = {
        "anonymous_id": people.number[sessions.who[session]] * 2 + sessions.device[session],
        "user_id": np.full(n, -1),
        "event": "consent_" + word,
        "occurred_at": when,
        "received_at": when + 1,
        "session_id": session + first_id(block),
        "path": blank(n),
        "product_id": np.full(n, -1),
        "product_category": blank(n),
        "price": np.full(n, np.nan),
        "quantity": np.full(n, -1),
        "content_name": blank(n, "ad_targeting"),
    }
    sorted_rows = {key: column[order] for key, column in table.items()}
    return {"id": np.arange(n) + first_id(block) + number} | sorted_rows


def _signed_in(
    draws: Draws, people: People, accounts: Accounts, sessions: Sessions, session: Ints, when: Ints
) -> Ints:
    """The company's own user id, on some of what happens once the device is identified."""
    who = sessions.who[session]
    since = np.where(
        sessions.device[session] == 1, accounts.second_device_at[who], accounts.identified_at[who]
    )
    known = (since != NEVER) & (when > since) & draws.chance(0.5, len(who))
    return np.where(known, people.external_id[who], -1)


def _paths(draws: Draws, people: People, sessions: Sessions, session: Ints) -> tuple[Texts, Ints]:
    n = len(session)
    kind = people.kind[sessions.who[session]]
    buying = draws.chance(np.minimum(0.02 + 0.85 * sessions.intent[session], 0.95))
    habit = np.where(buying, _BUYING, _ROUND)
    for who, usual in ((JOB_SEEKER, _JOB), (STUDENT, _STUDY), (COMPETITOR, _RIVAL)):
        habit = np.where((kind == who) & draws.chance(0.85, n), usual, habit)
    habit = np.where((kind >= VISITOR) & draws.chance(0.04, n), _JOB, habit)
    page = np.zeros(n, dtype=np.int64)
    for number, weights in enumerate(_HABITS):
        rows = np.flatnonzero(habit == number)
        page[rows] = draws.pick(weights, len(rows))
    name = _PAGES[page]
    product = product_of_interest(draws, people.interest[sessions.who[session]])
    product = np.where(name == "product", product, -1)
    path = np.where(name == "home", "/", "/" + name)
    path = np.where(name == "product", _product_path(product), path)
    for section, slugs in (("blog", words.BLOG), ("docs", words.DOCS), ("job", words.JOBS)):
        folder = "careers" if section == "job" else section
        path = np.where(name == section, f"/{folder}/" + draws.of(slugs, n), path)
    return path, product


def _product_path(product: Ints) -> Texts:
    return np.asarray("/product/" + texts([row[0] for row in words.PRODUCTS])[product])
