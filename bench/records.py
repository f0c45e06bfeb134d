"""The records that the sources keep of people; one person may be written down many times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import spelling, words
from bench.accounts import NEVER, Accounts, Purchases, first_id
from bench.draws import Bools, Draws, Ints, Texts, texts
from bench.people import DAY, END, START, STUDENT, Companies, People
from bench.sales import OWNERS, owner_of
from bench.tables import Table, take

_COUNTRY_CODES = texts([row[0] for row in words.COUNTRIES])
_COUNTRY_NAMES = texts([row[3] for row in words.COUNTRIES])
_LANGUAGES = texts([row[2] for row in words.COUNTRIES])


@dataclass(frozen=True)
class Records:
    """A table of profiles and, beside each row, whose it is."""

    table: Table
    who: Ints


@dataclass(frozen=True)
class Contacts(Records):
    """HubSpot contacts; `switchboard` ones share a number with a colleague."""

    switchboard: Bools


def make_contacts(
    draws: Draws, people: People, companies: Companies, accounts: Accounts,
    purchases: Purchases, block: int,
) -> Contacts:  # fmt: skip
    """One row per HubSpot contact; some people have two."""
    first = np.flatnonzero(people.in_hubspot)
    # The user id holds both records together: the second has a private address.
    twice = people.in_hubspot & (people.external_id > 0) & (people.company >= 0)
    second = np.flatnonzero(twice & draws.chance(0.09, len(twice)))
    who = np.concatenate([first, second])
    n = len(who)
    other = np.arange(n) >= len(first)
    later = accounts.hubspot_since[who] + (draws.uniform(n, 2, 60) * DAY).astype(np.int64)
    created = np.where(other, np.minimum(later, END - 7200), accounts.hubspot_since[who])
    number = accounts.hubspot_id.max() + 1 + np.arange(n) - len(first)
    changed = created + (draws.uniform(n) ** 3 * (END - 7200 - created)).astype(np.int64)
    table = _contact_facts(draws, people, companies, who, other)
    table["property_associatedcompanyid"] = np.where(
        table["property_company"] != "", people.company[who] + first_id(block), -1
    )
    offices = people.company[who] + block * len(companies.name)
    shared = _share_phones(draws, people, table, who, offices)
    bought = np.isin(who, purchases.who)
    off, on = accounts.unsubscribed_at[who], accounts.resubscribed_at[who]
    table |= {
        "id": np.where(other, number, accounts.hubspot_id[who]),
        "property_lifecyclestage": np.where(bought, "customer", draws.of(_STAGES, n)),
        "property_hs_lead_status": draws.of(texts(["", "", "NEW", "OPEN", "IN_PROGRESS"]), n),
        "property_hubspot_owner_id": np.where(
            draws.chance(0.6, n), OWNERS[owner_of(people, who)], ""
        ),
        "property_hs_email_optout": ((off != NEVER) & (on == NEVER)).astype(np.int64),
        "property_user_id": np.where(
            np.isin(who, second) | draws.chance(0.5, n), people.external_id[who], -1
        ),
        "property_createdate": created,
        "property_lastmodifieddate": np.maximum(changed, np.maximum(off, on)),
        "_fivetran_deleted": np.zeros(n, dtype=np.int64),
    }  # fmt: skip
    table["_fivetran_synced"] = table["property_lastmodifieddate"] + 900 + draws.below(20_000, n)
    return Contacts(table, who, shared)


_STAGES = texts("subscriber lead lead marketingqualifiedlead opportunity")


def _contact_facts(
    draws: Draws, people: People, companies: Companies, who: Ints, other: Bools
) -> Table:
    n = len(who)
    company, country = people.company[who], people.country[who]
    works, spoken = company >= 0, _LANGUAGES[country]
    stated = works & draws.chance(0.35, n)
    born = np.datetime_as_string(
        np.datetime64("1958-01-01") + (people.number[who] * 7919 % 16_000), unit="D"
    )
    young = np.datetime_as_string(
        np.datetime64("2000-01-01") + (people.number[who] * 7919 % 2_000), unit="D"
    )
    born = np.where(people.kind[who] == STUDENT, young, born).astype(object)
    first = spelling.written_name(draws, people.first[who], people.latin_first[who], initials=True)
    last = spelling.written_name(draws, people.last[who], people.latin_last[who], initials=False)
    phone = spelling.written_phone(draws, people.phone[who])
    email = np.where(other, people.private_email[who], people.email[who])
    return {
        "property_email": spelling.written_email(draws, email),
        "property_phone": np.where(draws.chance(0.62, n), phone, ""),
        "property_mobilephone": np.where(draws.chance(0.12, n), phone, ""),
        "property_firstname": first,
        "property_lastname": last,
        "property_date_of_birth": np.where(draws.chance(0.2, n), born, ""),
        "property_jobtitle": people.title[who],
        "property_company": np.where(works & ~other, companies.name[company], ""),
        "property_industry": np.where(stated, companies.industry[company], ""),
        "property_numemployees": np.where(stated, companies.employees[company], -1),
        "property_city": np.where(draws.chance(0.5, n), _city(people, who), ""),
        "property_country": np.where(
            draws.chance(0.2, n), _COUNTRY_NAMES[country], _COUNTRY_CODES[country]
        ),
        "property_hs_language": np.where(draws.chance(0.6, n), spoken, ""),
    }


def _share_phones(draws: Draws, people: People, table: Table, who: Ints, offices: Ints) -> Bools:
    """Give some colleagues the number of their office: a trap for whoever joins by phone."""
    company = people.company[who]
    order = np.argsort(company, kind="stable")
    pair = order[:-1][(company[order][:-1] >= 0) & (company[order][:-1] == company[order][1:])]
    pair = pair[draws.chance(0.02, len(pair))]
    after = order[np.searchsorted(company[order], company[pair], side="right") - 1]
    differs = who[after] != who[pair]
    pair, after = pair[differs], after[differs]
    shared = np.zeros(len(who), dtype=bool)
    for rows in (pair, after):
        table["property_phone"][rows] = [_office_phone(each) for each in offices[rows].tolist()]
        shared[rows] = True
    return shared


def _office_phone(serial: int) -> str:
    if serial < 797:
        return f"+1-{200 + serial}-555-0199"
    return f"+1-555-9{serial // 10_000 % 100:02d}-{serial % 10_000:04d}"


def make_companies_table(draws: Draws, people: People, companies: Companies, block: int) -> Table:
    """One row per company that has a contact in HubSpot."""
    used = np.unique(people.company[people.in_hubspot & (people.company >= 0)])
    n = len(used)
    employees = companies.employees[used]
    return {
        "id": used + first_id(block),
        "property_name": companies.name[used],
        "property_domain": companies.domain[used],
        "property_industry": companies.industry[used],
        "property_numberofemployees": np.where(draws.chance(0.85, n), employees, -1),
        "property_annualrevenue": np.where(draws.chance(0.5, n), employees * 140_000, -1),
        "property_country": _COUNTRY_CODES[companies.country[used]],
        "is_deleted": draws.chance(0.01, n).astype(np.int64),
        "_fivetran_synced": np.full(n, START + 3600),
    }


def make_customers(
    draws: Draws, people: People, companies: Companies, accounts: Accounts
) -> tuple[Records, Table]:
    """One row per Shopify customer, and their addresses."""
    who = np.flatnonzero(people.in_shopify)
    n = len(who)
    works = people.company[who] >= 0
    has_phone = people.phone[who] != ""
    # A phone number is all that ties these to the other records of the person.
    private = works & has_phone & draws.chance(0.35, n)
    none = ~private & has_phone & draws.chance(0.06, n)
    email = np.where(private, people.private_email[who], people.email[who])
    phone = np.where(private | none | draws.chance(0.4, n), people.phone[who], "")
    created = accounts.shopify_since[who]
    changed = created + (draws.uniform(n) ** 3 * (END - 7200 - created)).astype(np.int64)
    consent = draws.of(texts("subscribed subscribed not_subscribed unsubscribed"), n)
    table = {
        "id": accounts.shopify_id[who],
        "email": np.where(none, "", spelling.written_email(draws, email)),
        "phone": spelling.written_phone(draws, phone),
        "first_name": spelling.written_name(
            draws, people.first[who], people.latin_first[who], initials=True
        ),
        "last_name": spelling.written_name(
            draws, people.last[who], people.latin_last[who], initials=False
        ),
        "state": np.where(draws.chance(0.6, n), "enabled", "disabled"),
        "created_at": created,
        "updated_at": changed,
        "email_marketing_consent_state": consent,
        "email_marketing_consent_updated_at": np.where(
            consent == "not_subscribed", -1, np.where(consent == "subscribed", created, changed)
        ),
        "_fivetran_deleted": np.zeros(n, dtype=np.int64),
        "_fivetran_synced": changed + 900 + draws.below(20_000, n),
    }
    return Records(table, who), _customer_addresses(draws, people, companies, table, who)


def _customer_addresses(
    draws: Draws, people: People, companies: Companies, customers: Table, who: Ints
) -> Table:
    rows = np.flatnonzero(draws.chance(0.75, len(who)))
    who = who[rows]
    named = (people.company[who] >= 0) & draws.chance(0.7, len(who))
    return {
        "customer_id": customers["id"][rows],
        "id": customers["id"][rows] + 90_000,
        "city": _city(people, who),
        "company": np.where(named, companies.name[people.company[who]], ""),
        "country_code": _COUNTRY_CODES[people.country[who]],
        "is_default": np.ones(len(rows), dtype=np.int64),
    }


def make_people_list(
    draws: Draws, people: People, companies: Companies, accounts: Accounts, block: int
) -> Records:
    """One row per person met at a trade show; titles are those of an earlier job."""
    who = np.flatnonzero(people.in_list)
    n = len(who)
    fair = accounts.fair[who]
    day = START + np.array([row[1] for row in words.FAIRS])[fair] * DAY
    phone_only = (people.phone[who] != "") & draws.chance(0.2, n)
    phone = np.where(phone_only | draws.chance(0.5, n), people.phone[who], "")
    lower = np.maximum(people.level[who] - 1, 0)
    former = np.full(n, "", dtype=object)
    for rank, titles in enumerate(words.TITLES):
        former = np.where(lower == rank, titles[who % len(titles)], former)
    changed_job = draws.chance(0.3, n) & (people.title[who] != "")
    named = people.company[who] >= 0
    met = day + 9 * 3600 + draws.below(8 * 3600, n)
    table = {
        "row_id": np.arange(n) + first_id(block),
        "list_name": texts([row[0] for row in words.FAIRS])[fair],
        "email": np.where(phone_only, "", spelling.written_email(draws, people.email[who])),
        "phone": spelling.written_phone(draws, phone),
        "first_name": spelling.written_name(
            draws, people.first[who], people.latin_first[who], initials=True
        ),
        "last_name": people.last[who],
        "company": np.where(named, companies.name[people.company[who]], ""),
        "job_title": np.where(changed_job, former, people.title[who]),
        "city": _city(people, who),
        "country": _COUNTRY_NAMES[people.country[who]],
        "language": np.where(draws.chance(0.5, n), _LANGUAGES[people.country[who]], ""),
        "met_at": met,
        "email_consent": draws.of(texts(["yes", "yes", "no", ""]), n),
        "loaded_at": day + 3 * DAY,
    }
    return Records(table, who)


def make_identifies(draws: Draws, people: People, accounts: Accounts, block: int) -> Records:
    """One row per call: a person tells the tracker who they are, on each of their devices."""
    once = np.flatnonzero(people.identified)
    other = np.flatnonzero(accounts.second_device_at != NEVER)
    again = once[draws.chance(0.1, len(once))]
    again_at = accounts.identified_at[again]
    again_at = again_at + (draws.uniform(len(again)) * (END - 60 - again_at)).astype(np.int64)
    who = np.concatenate([once, other, again])
    when = np.concatenate(
        [accounts.identified_at[once], accounts.second_device_at[other], again_at]
    )
    device = np.concatenate([np.zeros_like(once), np.ones_like(other), np.zeros_like(again)])
    calls = _calls(draws, people, who, when, device)
    order = np.argsort(when, kind="stable")
    return Records({"id": np.arange(len(who)) + first_id(block)} | take(calls, order), who[order])


def _calls(draws: Draws, people: People, who: Ints, when: Ints, device: Ints) -> Table:
    n = len(who)
    user = people.external_id[who]
    # Logged in means a user id, and then often nothing else.
    email = np.where((user > 0) & draws.chance(0.2, n), "", people.email[who])
    named = draws.chance(0.5, n)
    phone = np.where(draws.chance(0.12, n), people.phone[who], "")
    return {
        "anonymous_id": people.number[who] * 2 + device,
        "user_id": np.where(draws.chance(0.85, n) | (email == ""), user, -1),
        "email": spelling.written_email(draws, email),
        "phone": spelling.written_phone(draws, phone),
        "first_name": np.where(named, people.first[who], ""),
        "last_name": np.where(named, people.last[who], ""),
        "identified_at": when,
        "received_at": when + draws.below(20, n),
    }


def _city(people: People, who: Ints) -> Texts:
    cities = [texts(row[4]) for row in words.COUNTRIES]
    chosen = [cities[c][k % len(cities[c])]
              for c, k in zip(people.country[who], people.number[who], strict=True)]  # fmt: skip
    return texts(chosen)
