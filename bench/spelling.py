"""How the same fact is written down differently: addresses, numbers and names."""

from __future__ import annotations

import numpy as np

from bench.draws import Draws, Texts, texts

# Addresses that reach nobody, or a whole office.
PLACEHOLDERS = texts(["test@test", "test@example.com", "noemail@example.com", "none", "n/a"])
ROLES = texts("info sales office")


def written_email(draws: Draws, email: Texts) -> Texts:
    """Some in capitals, some with blanks around them."""
    n = len(email)
    email = np.where(draws.chance(0.06, n), [each.upper() for each in email], email)
    email = np.where(draws.chance(0.03, n), [each.title() for each in email], email)
    email = np.where(draws.chance(0.03, n) & (email != ""), " " + email + "  ", email)
    return email.astype(object)


def bad_email(draws: Draws, email: Texts) -> Texts:
    """Addresses without an @, and placeholders."""
    n = len(email)
    broken = np.array([each.replace("@", " at ") for each in email], dtype=object)
    return np.where(draws.chance(0.5, n), broken, draws.of(PLACEHOLDERS, n))


def role_email(draws: Draws, email: Texts) -> Texts:
    """A mailbox that a whole company reads."""
    host = np.array([each.partition("@")[2] for each in email], dtype=object)
    return np.asarray(draws.of(ROLES, len(email)) + "@" + host)


def written_phone(draws: Draws, phone: Texts) -> Texts:
    """A number in E.164 as people and forms write it; all of them can be read back."""
    style = draws.below(4, len(phone))
    return texts([_styled(each, int(s)) for each, s in zip(phone, style, strict=True)])


def _styled(phone: str, style: int) -> str:
    if phone == "" or style == 0:
        return phone
    if phone.startswith("+1"):
        area, office, line = phone[2:5], phone[5:8], phone[8:]
        return (
            f"+1-{area}-{office}-{line}",
            f"({area}) {office}-{line}",
            f"{area}.{office}.{line}",
        )[style - 1]
    country, rest = phone[1:3], phone[3:]
    cut = {"44": 2, "49": 2, "33": 1}[country]
    parts = f"{rest[:cut]} {rest[cut:-3]} {rest[-3:]}"
    return (f"+{country} {parts}", f"00{country} {parts}", f"+{country} (0){parts}")[style - 1]


def written_name(draws: Draws, name: Texts, latin: Texts, *, initials: bool) -> Texts:
    """A name as it is, without its accents, in capitals, or as an initial."""
    style = draws.pick((78, 10, 7, 5), len(name))
    return texts([
        _named(shown, plain, int(s), initials=initials)
        for shown, plain, s in zip(name, latin, style, strict=True)
    ])  # fmt: skip


def _named(shown: str, plain: str, style: int, *, initials: bool) -> str:
    if style == 1:
        return plain.capitalize()
    if style == 2:
        return shown.upper()
    if style == 3 and initials:
        return f"{plain[:1].upper()}."
    return shown
