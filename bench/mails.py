"""What HubSpot knows people did: campaigns sent to them, subscriptions, forms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench import words
from bench.accounts import NEVER, Accounts, Purchases, first_id
from bench.draws import Bools, Draws, Floats, Ints, Texts, texts
from bench.people import BOT, DAY, DAYS, END, JOB_SEEKER, START, STUDENT, People
from bench.tables import Table, blank, stack

_EVERY_DAYS = 16
_CAMPAIGNS = (DAYS - 10) // _EVERY_DAYS
_SENT_AT = START + (8 + _EVERY_DAYS * np.arange(_CAMPAIGNS)) * DAY + 9 * 3600
_CARTS_FROM = END - 120 * DAY  # when the company began to remind people
_CART_WAITS = (4 * 3600, 2 * DAY)
_NEWSLETTER, _DEMO, _GUIDE, _CONTACT, _PAPER, _APPLICATION = range(6)
_LINKS = texts("/blog/energy-report /product/hub /pricing /docs/install /compare /product/thermo-x")


def campaigns() -> Table:
    """One row per campaign; the name says what kind it is."""
    kind = np.arange(_CAMPAIGNS) % len(words.CAMPAIGN_KINDS)
    turn = np.arange(_CAMPAIGNS) // len(words.CAMPAIGN_KINDS)
    topics = [words.CAMPAIGN_TOPICS[k][t % len(words.CAMPAIGN_TOPICS[k])]
              for k, t in zip(kind, turn, strict=True)]  # fmt: skip
    name = [f"{words.CAMPAIGN_KINDS[k]}: {topic}" for k, topic in zip(kind, topics, strict=True)]
    about_carts = texts([f"Cart reminder: {subject.lower()}" for subject in words.CART_SUBJECTS])
    return {
        "id": np.arange(_CAMPAIGNS + len(about_carts)) + 1,
        "name": np.concatenate([texts(name), about_carts]),
        "subject": texts([topic.capitalize() for topic in topics] + [*words.CART_SUBJECTS]),
    }


def make_mails(
    draws: Draws, people: People, accounts: Accounts, activity: float, block: int
) -> dict[str, Table]:
    """Every mail from sending to clicking, and changes of subscription."""
    who, campaign = _sends(draws, people, accounts, activity)
    sent = _SENT_AT[campaign] + draws.below(600, len(who))
    intent = people.intent(who, sent)
    scanned = draws.chance(np.where(people.kind[who] == BOT, 0.75, 0.0))
    arrives = draws.chance(0.984, len(who))
    opened_at = sent + 60 + draws.exponential(7 * 3600, len(who)).astype(np.int64)
    opens = arrives & draws.chance(np.minimum(0.24 + 0.42 * intent, 0.95)) & (opened_at < END)
    clicks = opens & draws.chance(np.minimum(0.10 + 0.42 * intent, 0.95))
    complains = opens & ~clicks & draws.chance(0.004, len(who))
    parts = [
        _part("SENT", who, sent, campaign),
        _part("DELIVERED", *_chosen(arrives, who, sent + 2, campaign)),
        _part("BOUNCE", *_chosen(~arrives, who, sent + 5, campaign)),
        _part("OPEN", *_chosen(opens, who, opened_at, campaign)),
        _part("CLICK", *_chosen(clicks, who, opened_at + 40, campaign)),
        _part("SPAMREPORT", *_chosen(complains, who, opened_at + 90, campaign)),
        *_scans(draws, *_chosen(scanned & arrives, who, sent + 3, campaign)),
        *_status_changes(accounts),
    ]
    events = stack(*parts)
    before_end = np.flatnonzero(events["created"] < END)
    order = before_end[np.argsort(events["created"][before_end], kind="stable")]
    events = {"id": np.arange(len(order)) + first_id(block)} | {
        key: values[order] for key, values in events.items()
    }
    return _as_tables(draws, people, events)


def _sends(draws: Draws, people: People, accounts: Accounts, activity: float) -> tuple[Ints, Ints]:
    reader = people.in_hubspot & (draws.chance(0.42, len(people.kind)) | (people.kind == BOT))
    wants = (people.episode_height > 0).any(axis=1) & people.in_hubspot
    readers = np.flatnonzero(reader | (wants & draws.chance(0.35, len(people.kind))))
    now = _SENT_AT[None, :]
    refused = _is_off(accounts, readers[:, None], now)
    mailed = draws.chance(min(0.255 * activity, 0.95), len(readers) * _CAMPAIGNS)
    mailed = mailed.reshape(len(readers), _CAMPAIGNS)
    mailed &= (now > accounts.hubspot_since[readers][:, None]) & ~refused
    row, campaign = np.nonzero(mailed)
    return readers[row], campaign


def make_cart_mails(
    draws: Draws, people: People, accounts: Accounts, carts: tuple[Ints, Ints],
    bought: Purchases, block: int, number: int,
) -> dict[str, Table]:  # fmt: skip
    """Two reminders of a cart of the last months, hours and days after it, unless it was bought.

    `carts`: who put something in, and when. Rows of the mails are counted from `number`.
    """
    who, when = carts
    # Of a week's carts one is spoken of.
    _, first = np.unique(np.stack([who, when // (7 * DAY)]), axis=1, return_index=True)
    who, when = who[first], when[first]
    kept = people.in_hubspot[who] & (when > accounts.hubspot_since[who]) & (when > _CARTS_FROM)
    kept &= draws.chance(0.5, len(accounts.hubspot_id))[who]
    who, when = who[kept], when[kept]
    parts = []
    for turn, wait in enumerate(_CART_WAITS):
        sent = when + wait
        campaign = np.full(len(who), _CAMPAIGNS + turn)
        due = (
            (sent < END - DAY)
            & ~_is_off(accounts, who, sent)
            & ~_has_bought(bought, who, when, sent)
        )
        opens = due & draws.chance(0.45, len(who))
        parts += [
            _part("SENT", *_chosen(due, who, sent, campaign)),
            _part("DELIVERED", *_chosen(due, who, sent + 2, campaign)),
            _part("OPEN", *_chosen(opens, who, sent + 3600, campaign)),
        ]
    events = stack(*parts)
    order = np.argsort(events["created"], kind="stable")
    rows = {"id": np.arange(len(order)) + first_id(block) + number}
    return _as_tables(draws, people, rows | {key: events[key][order] for key in events})


def _is_off(accounts: Accounts, who: Ints, when: Ints) -> Bools:
    """Who had unsubscribed by then, and not come back."""
    off, on = accounts.unsubscribed_at[who], accounts.resubscribed_at[who]
    return np.asarray((off != NEVER) & (when > off) & ~((on != NEVER) & (when > on)))


def _has_bought(bought: Purchases, who: Ints, since: Ints, until: Ints) -> Bools:
    """Who ordered between two moments."""
    # Person and moment as one number, by which the next order of a person is found.
    shift = 2**33
    orders = np.sort((bought.who * shift + bought.when)[~bought.is_deal])
    following = np.append(orders, np.iinfo(np.int64).max)[
        np.searchsorted(orders, who * shift + since)
    ]
    return np.asarray(following <= who * shift + until)


def _chosen(rows: Bools, who: Ints, when: Ints, campaign: Ints) -> tuple[Ints, Ints, Ints]:
    return who[rows], when[rows], campaign[rows]


def _part(
    kind: str, who: Ints, created: Ints, campaign: Ints, *, bot: bool = False, status: str = ""
) -> dict[str, npt.NDArray[np.generic]]:
    n = len(who)
    return {
        "type": blank(n, kind), "who": who, "created": created, "campaign": campaign,
        "bot": np.full(n, bot), "status": blank(n, status),
    }  # fmt: skip


def _scans(draws: Draws, who: Ints, when: Ints, campaign: Ints) -> list[Table]:
    """A scanner opens the mail and follows all its links within two seconds."""
    links = 4 + draws.below(4, len(who))
    mail = np.repeat(np.arange(len(who)), links)
    moment = when[mail] + draws.below(2, len(mail))
    return [
        _part("OPEN", who, when, campaign, bot=True),
        _part("CLICK", who[mail], moment, campaign[mail], bot=True),
    ]


def _status_changes(accounts: Accounts) -> list[Table]:
    """People who leave, and every second one of those who come back (the others use a form)."""
    leaves = np.flatnonzero(accounts.unsubscribed_at != NEVER)
    returns = np.flatnonzero((accounts.resubscribed_at != NEVER) & ~returns_by_form(accounts))
    return [
        _part("STATUSCHANGE", rows, when[rows], np.full(len(rows), -2), status=status)
        for rows, when, status in (
            (leaves, accounts.unsubscribed_at, "UNSUBSCRIBED"),
            (returns, accounts.resubscribed_at, "SUBSCRIBED"),
        )
    ]


def returns_by_form(accounts: Accounts) -> Bools:
    """Who asks for the mails again with the newsletter form."""
    return np.asarray((accounts.resubscribed_at != NEVER) & (accounts.hubspot_id % 2 == 0))


def _as_tables(draws: Draws, people: People, events: Table) -> dict[str, Table]:
    n = len(events["id"])
    agents = np.where(
        events["bot"],
        words.SCANNERS[events["who"] % len(words.SCANNERS)],
        words.BROWSERS[events["who"] % len(words.BROWSERS)],
    )
    address = texts([f"192.0.2.{number}" for number in range(256)])[events["who"] % 256]
    address = np.where(events["bot"], "203.0.113.7", address)
    click, opened = events["type"] == "CLICK", events["type"] == "OPEN"
    changed = events["type"] == "STATUSCHANGE"
    return {
        "raw_hubspot__email_event": {
            "id": events["id"],
            "type": events["type"],
            "created": events["created"],
            "recipient": people.email[events["who"]],
            "email_campaign_id": events["campaign"] + 1,
            "_fivetran_synced": events["created"] + 900 + draws.below(20_000, n),
        },
        "raw_hubspot__email_event_click": {
            "id": events["id"][click],
            "url": "https://shop.example" + draws.of(_LINKS, int(click.sum())),
            "user_agent": agents[click],
            "ip_address": address[click],
        },
        "raw_hubspot__email_event_open": {
            "id": events["id"][opened],
            "user_agent": agents[opened],
            "duration": np.where(events["bot"][opened], 0, 1 + draws.below(40, int(opened.sum()))),
        },
        "raw_hubspot__email_event_status_change": {
            "id": events["id"][changed],
            "portal_subscription_status": events["status"][changed],
            "source": blank(int(changed.sum()), "SOURCE_RECIPIENT"),
            "requested_by": people.email[events["who"][changed]],
        },
    }


def forms() -> Table:
    """One row per form."""
    columns = [texts(list(column)) for column in zip(*words.FORMS, strict=True)]
    return {"guid": columns[0], "name": columns[1], "form_type": blank(len(columns[0]), "HUBSPOT")}


def make_form_submissions(
    draws: Draws, people: People, accounts: Accounts, activity: float, block: int
) -> Table:
    """One row per form sent in by somebody who is in HubSpot."""
    here = people.in_hubspot
    start = np.flatnonzero(here & draws.chance(0.2, len(here)))
    wanting = np.where(here[:, None], people.episode_height * 0.7 * activity, 0.0).ravel()
    cell = np.repeat(np.arange(wanting.size), draws.poisson(wanting))
    age = people.episode_days.ravel()[cell] * DAY * draws.uniform(len(cell), 0.1, 0.95)
    asks = np.array([_DEMO, _GUIDE, _CONTACT])[draws.pick((45, 35, 20), len(cell))]
    reads = np.repeat(np.arange(len(here)), draws.poisson(np.where(here, 0.1 * activity, 0.0)))
    span = END - accounts.hubspot_since[reads]
    seeks = np.flatnonzero(here & (people.kind == JOB_SEEKER) & draws.chance(0.6, len(here)))
    back = np.flatnonzero(returns_by_form(accounts))
    who = np.concatenate([start, cell // people.episode_end.shape[1], reads, seeks, back])
    when = np.concatenate([
        accounts.hubspot_since[start] + 30, people.episode_end.ravel()[cell] - age,
        accounts.hubspot_since[reads] + draws.uniform(len(reads)) * span,
        accounts.hubspot_since[seeks] + 600, accounts.resubscribed_at[back],
    ]).astype(np.int64)  # fmt: skip
    reading = np.array([_NEWSLETTER, _GUIDE, _PAPER, _CONTACT])
    form = np.concatenate([
        np.full(len(start), _NEWSLETTER), asks,
        reading[draws.pick((20, 25, 40, 15), len(reads))],
        np.full(len(seeks), _APPLICATION), np.full(len(back), _NEWSLETTER),
    ])  # fmt: skip
    form = np.where((people.kind[who] == STUDENT) & (form == _DEMO), _PAPER, form)
    valid = np.flatnonzero((when >= accounts.hubspot_since[who]) & (when < END))
    order = valid[np.argsort(when[valid], kind="stable")]
    return _submissions(draws, accounts, who[order], when[order], form[order], block)


def _submissions(
    draws: Draws, accounts: Accounts, who: Ints, when: Ints, form: Ints, block: int
) -> Table:
    page: Texts = texts([row[2] for row in words.FORMS])[form]
    waits: Floats = draws.uniform(len(who), 600, 20_000)
    return {
        "contact_id": accounts.hubspot_id[who],
        "form_id": texts([row[0] for row in words.FORMS])[form],
        "timestamp": when,
        "conversion_id": np.arange(len(who)) + first_id(block),
        "page_url": "https://shop.example" + page,
        "title": texts([row[1] for row in words.FORMS])[form],
        "_fivetran_synced": when + waits.astype(np.int64),
    }
