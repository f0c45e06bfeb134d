from __future__ import annotations

import pytest

from sync.changes import Field, FieldType
from sync.personal import is_personal, shown, shown_key

HIDDEN = "[…]"


@pytest.mark.parametrize(
    ("name", "kind", "personal"),
    [
        ("email", "string", True),
        ("work_email_2", "string", True),
        ("phone", "string", True),
        ("mobilephone", "string", True),
        ("first_name", "string", True),
        ("lastname", "string", True),
        ("birth_date", "date", True),
        ("ip_address", "string", True),
        ("decile_band", "string", False),
        ("score_reasons", "string", False),
        ("email_opens_30d", "integer", False),
        ("is_phone_valid", "boolean", False),
        ("shipping", "string", False),
        ("last_seen", "date", False),
    ],
)
def test_a_column_is_judged_by_its_name_and_type(
    name: str,
    kind: FieldType,
    personal: bool,  # noqa: FBT001  (a parameter of the test)
) -> None:
    assert is_personal({}, [name], kind) is personal
    assert is_personal({}, ["decile_x", name], kind) is personal


def test_a_column_may_say_itself_what_it_is() -> None:
    assert is_personal({"personal": True}, ["decile_note"], "string")
    assert not is_personal({"personal": False}, ["company_name"], "string")


def test_a_value_that_looks_like_a_person_is_hidden_whatever_its_column() -> None:
    note = Field("note", "note", "string", "", "")
    for value in ("write to ada@example.com", "+44 20 7946 0958", "ada%40example.com"):
        assert shown(value, note) == HIDDEN
    for value in ("hot", "visited 12 times", "", None, "2026-07-01"):
        assert shown(value, note) == value
    assert shown("63", Field("score", "score", "integer", "", "")) == "63"


def test_a_field_that_nothing_maps_to_any_more_is_hidden() -> None:
    assert shown("Ada", None) == HIDDEN
    assert shown(None, None) is None


@pytest.mark.parametrize("key", ["17", "1234567890123", "c-0a1b2c3d", "hubspot:17"])
def test_a_key_is_an_id(key: str) -> None:
    assert shown_key(key) == key


@pytest.mark.parametrize("key", ["ada@example.com", "+442079460958", "020 7946 0960"])
def test_a_key_made_of_an_address_or_a_number_is_hidden(key: str) -> None:
    assert shown_key(key) == HIDDEN
