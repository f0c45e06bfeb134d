"""The lists of machines that people edit by hand."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

from tests.planted import ROOT, rows

POLICY: Path = ROOT / "seeds" / "policy"


def test_every_range_is_one_and_no_wider_than_its_first_octet() -> None:
    ranges = [IPv4Network(row["cidr"]) for row in rows("data_centre_ranges", POLICY)]
    assert all(8 <= network.prefixlen <= 32 for network in ranges)
    overlapping = [
        (one, other)
        for place, one in enumerate(ranges)
        for other in ranges[place + 1 :]
        if one.overlaps(other)
    ]
    assert overlapping == []


def test_every_pattern_can_match_an_agent_in_lower_case() -> None:
    patterns = [row["pattern"] for row in rows("bot_agents", POLICY)]
    assert [each for each in patterns if each != each.strip().lower() or len(each) < 4] == []


def test_no_pattern_holds_for_a_program_that_people_use() -> None:
    people = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/138.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Mobile/15E148",
        "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Microsoft Outlook 16.0)",
        "Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) AppleWebKit/537.36 Mobile Safari/537.36",
    ]
    found = [
        row["pattern"]
        for row in rows("bot_agents", POLICY)
        for agent in people
        if (row["compared"] == "part" and row["pattern"] in agent.lower())
        or row["pattern"] == agent.lower()
    ]
    assert found == []
