from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.joints import Holding, Identifier, Joint, path, spanning_tree

KINDS = ("email", "phone", "anonymous_id", "a kind of next year")
IDENTIFIERS = st.builds(Identifier, st.sampled_from(KINDS), st.sampled_from("abcd"))
RECORDS = tuple("123456789")
HOLDINGS = st.lists(
    st.builds(Holding, st.sampled_from(RECORDS), IDENTIFIERS, st.booleans()), max_size=14
)


def pairs(holdings: list[Holding]) -> set[tuple[str, Identifier | None]]:
    return {(holding.record, holding.identifier) for holding in holdings}


def groups(holdings: list[Holding]) -> dict[str, frozenset[str]]:
    """The records that hang together with each, by joining groups until nothing changes."""
    found = {record: frozenset(record) for record in RECORDS}
    for one in holdings * len(RECORDS):
        for two in holdings:
            if one.identifier == two.identifier:
                joined = found[one.record] | found[two.record]
                found |= dict.fromkeys(joined, joined)
    return found


@given(HOLDINGS)
def test_a_tree_reaches_every_record_by_identifiers_that_both_have(holdings: list[Holding]) -> None:
    tree = spanning_tree(RECORDS, holdings)

    assert sorted(joint.record for joint in tree) == sorted(RECORDS)
    before: set[str] = set()
    for joint in tree:
        if joint.by is not None and joint.to is not None:
            assert joint.to in before
            assert {(joint.record, joint.by), (joint.to, joint.by)} <= pairs(holdings)
        before.add(joint.record)
    firsts = [joint for joint in tree if joint.to is None]
    assert len(firsts) == len(set(groups(holdings).values()))


@given(HOLDINGS, st.sampled_from(RECORDS), st.sampled_from(RECORDS))
def test_a_path_leads_from_one_to_the_other_or_there_is_none(
    holdings: list[Holding], one: str, other: str
) -> None:
    way = path([one], [other], holdings)

    assert bool(way) == (other in groups(holdings)[one])
    if way:
        assert (way[0], way[-1].record) == (Joint(one), other)
        assert [joint.to for joint in way[1:]] == [joint.record for joint in way[:-1]]
        assert {(joint.record, joint.by) for joint in way[1:]} <= pairs(holdings)
        assert len({joint.record for joint in way}) == len(way)


def test_of_several_shared_identifiers_the_strongest_is_named() -> None:
    phone, email = Identifier("phone", "+1"), Identifier("email", "a@x.test")
    held = [Holding(record, shared) for record in "12" for shared in (phone, email)]
    assert spanning_tree("12", held) == [Joint("1"), Joint("2", email, "1")]


def test_a_last_resort_is_named_where_nothing_else_joins() -> None:
    shared, cut, other = (Identifier("email", value) for value in ("b", "a", "c"))
    held = [Holding(record, cut, last_resort=True) for record in "123"]
    held += [Holding(record, shared) for record in "14"] + [
        Holding(record, other) for record in "42"
    ]
    assert spanning_tree("1234", held) == [
        Joint("1"),
        Joint("4", shared, "1"),
        Joint("2", other, "4"),
        Joint("3", cut, "1"),
    ]
