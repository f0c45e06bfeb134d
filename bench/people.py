"""Who the people are: names, employers, addresses, and what nobody sees, their intent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import words
from bench.draws import Bools, Draws, Floats, Ints, Texts, texts

DAY = 86_400
START = 1_751_328_000  # 2025-07-01 00:00:00 UTC
DAYS = 426
END = START + DAYS * DAY  # 2026-08-31 00:00:00 UTC: a day past the window
EPISODES = 3

PROSPECT, COMPETITOR, STUDENT, JOB_SEEKER, BOT, VISITOR, CRAWLER = range(7)
KINDS = texts("prospect competitor student job_seeker bot visitor crawler")
# A bot is a mailbox behind a link scanner; visitors and crawlers never say who they are.
KIND_WEIGHTS = (790, 13, 33, 26, 8, 126, 4)


@dataclass(frozen=True)
class Companies:
    """Employers of one block: competitors first, then universities, then the others."""

    name: Texts
    domain: Texts
    industry: Texts
    employees: Ints
    country: Ints


@dataclass(frozen=True)
class People:
    """One element per person in every array; times are seconds since 1970, UTC."""

    number: Ints
    kind: Ints
    country: Ints
    first: Texts
    last: Texts
    latin_first: Texts
    latin_last: Texts
    company: Ints  # position in companies, -1: a private person
    level: Ints
    title: Texts
    email: Texts
    private_email: Texts
    phone: Texts  # E.164, blank: none
    interest: Ints  # product category
    fit: Floats
    arrived: Ints  # first touch
    known: Ints  # first record in any source
    in_hubspot: Bools
    in_shopify: Bools
    in_list: Bools
    on_web: Bools  # the tracker sees them
    identified: Bools  # ... and they tell it who they are
    external_id: Ints  # -1: none
    episode_end: Ints  # (people, EPISODES)
    episode_days: Floats
    episode_height: Floats  # zero: no episode

    def intent(self, who: Ints, when: Ints) -> Floats:
        """How much each person `who` wants to buy at the moment `when`, from 0 to about 1.5."""
        end, days = self.episode_end[who], self.episode_days[who]
        elapsed = 1.0 - (end - when[:, None]) / (days * DAY)
        rising = np.where((elapsed > 0) & (elapsed <= 1), np.minimum(1.8 * elapsed, 1.0), 0.0)
        return np.asarray((self.episode_height[who] * rising).max(axis=1))


def make_companies(draws: Draws, people: int, block: int) -> Companies:
    """A company for every four people, named differently in every block."""
    known = len(words.COMPETITORS) + len(words.UNIVERSITIES)
    invented = max(40, people // 4)
    serial = np.arange(invented) + block * invented
    pairs = len(words.COMPANY_FIRST) * len(words.COMPANY_SECOND)
    # 49 shares no factor with the number of pairs, so that neighbours do not look alike.
    pair = serial * 49 % pairs
    first = words.COMPANY_FIRST[pair // len(words.COMPANY_SECOND)]
    second = words.COMPANY_SECOND[pair % len(words.COMPANY_SECOND)]
    again = np.array([f" {turn + 1}" if turn else "" for turn in serial // pairs], dtype=object)
    name = np.concatenate(
        [words.COMPETITORS, words.UNIVERSITIES + " University", first + " " + second + again]
    )
    host = [each.lower().replace(" university", "-university").replace(" ", "-") for each in name]
    n = known + invented
    industry = texts([label for label, _ in words.INDUSTRIES])
    industries = industry[draws.pick([share for _, share in words.INDUSTRIES], n)]
    industries[len(words.COMPETITORS) : known] = "Education"
    return Companies(
        name=name,
        domain=texts([f"{each}.example" for each in host]),
        industry=industries,
        employees=np.floor(np.exp(draws.uniform(n, 1.2, 8.6))).astype(np.int64),
        country=draws.pick([row[1] for row in words.COUNTRIES], n),
    )


def make_people(draws: Draws, n: int, block: int, companies: Companies) -> People:
    """`n` people; those of block 1 differ from those of block 0 in every identifier."""
    number = np.arange(n) + block * n
    kind = draws.pick(KIND_WEIGHTS, n)
    anonymous = kind >= VISITOR
    company = _employers(draws, kind, companies)
    works = company >= 0
    country = np.where(
        works & draws.chance(0.85, n),
        companies.country[company],
        draws.pick([row[1] for row in words.COUNTRIES], n),
    )
    first, latin_first, last, latin_last = _names(draws, country)
    level = np.where(kind == STUDENT, 0, draws.pick((22, 28, 26, 15, 9), n))
    private, work = _addresses(draws, number, latin_first, latin_last, company, companies)
    arrived = np.where(
        draws.chance(0.3, n),
        START + draws.uniform(n, 0, 45 * DAY),
        draws.uniform(n, START, END - 3 * DAY),
    ).astype(np.int64)
    # A third look around before they say who they are.
    waits = np.where(draws.chance(0.35, n), draws.exponential(14 * DAY, n), 600.0)
    known = np.where(anonymous, END + DAY, np.minimum(arrived + waits, END - DAY)).astype(np.int64)
    episodes = _episodes(draws, arrived, kind)
    wants = (episodes[2] > 0).any(axis=1)
    on_web = anonymous | draws.chance(np.where(wants, 0.92, 0.38))
    identified = on_web & ~anonymous & draws.chance(np.where(wants, 0.88, 0.3))
    in_hubspot = ~anonymous & draws.chance(np.where(works, 0.82, 0.52))
    in_list = ~anonymous & draws.chance(np.where(works, 0.11, 0.03)) & (kind != BOT)
    in_shopify = ~anonymous & draws.chance(np.where(works, 0.36, 0.6))
    in_shopify |= ~anonymous & ~in_hubspot & ~in_list & ~identified
    in_hubspot |= kind == BOT
    return People(
        number=number, kind=kind, country=country, first=first, last=last,
        latin_first=latin_first, latin_last=latin_last, company=company, level=level,
        title=_titles(draws, kind, level, works), email=np.where(works, work, private),
        private_email=private, phone=_phones(draws, country, block),
        interest=draws.pick((35, 25, 15, 15, 10), n),
        fit=_fit(draws, level, company, companies, country, kind),
        arrived=arrived, known=known, in_hubspot=in_hubspot, in_shopify=in_shopify,
        in_list=in_list, on_web=on_web, identified=identified,
        external_id=np.where(identified & draws.chance(0.6, n), number + 1, -1),
        episode_end=episodes[0], episode_days=episodes[1], episode_height=episodes[2],
    )  # fmt: skip


def _employers(draws: Draws, kind: Ints, companies: Companies) -> Ints:
    n, rivals, schools = len(kind), len(words.COMPETITORS), len(words.UNIVERSITIES)
    others = len(companies.name) - rivals - schools
    # Squaring makes some companies have many contacts and most only a few.
    company = rivals + schools + np.floor(others * draws.uniform(n) ** 1.7).astype(np.int64)
    private = draws.chance(0.34, n) | (kind == JOB_SEEKER) | (kind >= VISITOR)
    company = np.where(private & (kind != BOT), -1, company)
    company = np.where(kind == COMPETITOR, draws.below(rivals, n), company)
    return np.where(kind == STUDENT, rivals + draws.below(schools, n), company)


def _names(draws: Draws, country: Ints) -> tuple[Texts, Texts, Texts, Texts]:
    made = tuple(np.full(len(country), "", dtype=object) for _ in range(4))
    for position, row in enumerate(words.COUNTRIES):
        here = np.flatnonzero(country == position)
        first, latin_first, last, latin_last = words.names(row[2])
        one, other = draws.below(len(first), len(here)), draws.below(len(last), len(here))
        found = (first[one], latin_first[one], last[other], latin_last[other])
        for column, values in zip(made, found, strict=True):
            column[here] = values
    return made[0], made[1], made[2], made[3]


def _addresses(
    draws: Draws, number: Ints, first: Texts, last: Texts, company: Ints, companies: Companies
) -> tuple[Texts, Texts]:
    serial = number.astype(str).astype(object)
    private = first + "." + last + serial + "@" + draws.of(words.FREE_MAIL, len(number))
    work = first + "." + last + "@" + companies.domain[company]
    # Two people of one name at one company: the later one gets a number.
    taken = np.ones(len(work), dtype=bool)
    taken[np.unique(work, return_index=True)[1]] = False
    numbered = first + "." + last + serial + "@" + companies.domain[company]
    return private, np.where(taken, numbered, work)


def _titles(draws: Draws, kind: Ints, level: Ints, works: Bools) -> Texts:
    n = len(kind)
    title = np.full(n, "", dtype=object)
    for rank, choices in enumerate(words.TITLES):
        title = np.where(works & (level == rank), draws.of(choices, n), title)
    title = np.where(kind == STUDENT, draws.of(words.STUDENT_TITLES, n), title)
    return np.where(kind == JOB_SEEKER, draws.of(words.SEEKER_TITLES, n), title)


def _phones(draws: Draws, country: Ints, block: int) -> Texts:
    """Numbers reserved for fiction; where a range is used up, +1 555, an area that is nobody's."""
    n = len(country)
    code = np.array([row[0] for row in words.COUNTRIES])[country]
    phone = np.full(n, "", dtype=object)
    ranges = (("GB", "+442079460", 3), ("DE", "+493023125", 3), ("FR", "+3319900", 4))
    for home, first, digits in ranges:
        here = np.flatnonzero(code == home)
        serial = np.arange(len(here)) + block * n
        free = serial < 10**digits
        phone[here[free]] = [f"{first}{each:0{digits}d}" for each in serial[free]]
    here = np.flatnonzero((phone == "") & draws.chance(np.where(code == "US", 1.0, 0.5)))
    serial = np.arange(len(here)) + block * n
    areas = 200 + serial * 7 % 797
    phone[here] = [
        f"+1{area}55501{turn:02d}" if turn < 100 else f"+1555{each % 8_000_000 + 2_000_000}"
        for area, turn, each in zip(areas, serial // 797, serial, strict=True)
    ]
    return np.where(draws.chance(0.72, n), phone, "")


def _fit(
    draws: Draws, level: Ints, company: Ints, companies: Companies, country: Ints, kind: Ints
) -> Floats:
    works = company >= 0
    size = np.where(works, np.log10(companies.employees[company]) - 2.0, -0.3)
    trade = np.isin(companies.industry[company], ("Manufacturing", "Logistics", "Healthcare"))
    near = country < 5
    fit = 0.55 * (level - 1.6) + 0.6 * size + 0.7 * (works & trade) + 0.4 * near - 0.5
    fit = fit + 0.4 * draws.normal(len(level))
    return np.where((kind == PROSPECT) | (kind == BOT) | (kind == VISITOR), fit, -4.0)


def _episodes(draws: Draws, arrived: Ints, kind: Ints) -> tuple[Ints, Floats, Floats]:
    """Stretches of rising intent: when each ends, how many days it takes, how high it goes."""
    n = len(arrived)
    shape = (n, EPISODES)
    days = draws.uniform(n * EPISODES, 40, 95).reshape(shape)
    until = END + 85 * DAY
    end = arrived[:, None] + draws.uniform(n * EPISODES).reshape(shape) * (until - arrived)[:, None]
    # Many come because they want something: the first episode begins as they arrive.
    comes_wanting = draws.chance(0.15, n)
    end[:, 0] = np.where(comes_wanting, arrived + days[:, 0] * DAY, end[:, 0])
    share = 0.0015 * (until - arrived) / DAY / EPISODES
    happens = draws.chance(np.repeat(share, EPISODES)).reshape(shape)
    happens[:, 0] |= comes_wanting
    curious = (kind == PROSPECT) | (kind == COMPETITOR) | (kind == BOT) | (kind == VISITOR)
    height = draws.uniform(n * EPISODES, 0.4, 1.5).reshape(shape)
    return end.astype(np.int64), days, np.where(happens & curious[:, None], height, 0.0)
