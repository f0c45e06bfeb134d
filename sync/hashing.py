"""What ad platforms match people by: values normalised as each one asks for, then SHA-256.

The macro ad_hash() does the same in the warehouse, to the letter. One normaliser for each
platform: the same address has different hashes at Google and at Meta. Names are composed (NFC)
first, which no vendor asks for, since é has two spellings and one of them would match nobody.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping

# The digest of nothing: to be sent never, since whoever sends it matches other people's nothing.
EMPTY_DIGEST = hashlib.sha256(b"").hexdigest()

_BLANKS = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_AROUND = re.compile(f"^[{_BLANKS}]+|[{_BLANKS}]+$")
_BLANK = re.compile(f"[{_BLANKS}]")
_RUN = re.compile(f"[{_BLANKS}]+")
_PUNCTUATION = "!-/:-@[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u2027\u2030-\u205e\u3001\u3002"
_NOT_IN_NAMES = re.compile(f"[{_PUNCTUATION}]")
_NOT_IN_PLACES = re.compile(f"[{_PUNCTUATION}{_BLANKS}0-9]")
_EMAIL = re.compile(rf"[^@{_BLANKS}]+@[^@{_BLANKS}]+[.][^@{_BLANKS}]+")
_GMAIL = re.compile(r"([^@]*)@(gmail|googlemail)[.]com")
_DECORATION = re.compile(f"[{_BLANKS}()./-]")
_DIGEST = re.compile("[0-9a-f]{64}")

Normalise = Callable[[str], str]


def tidied(text: str) -> str:
    """Compose a text, put it into lower case letter by letter, take off the blanks around it."""
    composed = unicodedata.normalize("NFC", text)
    return _AROUND.sub("", "".join(map(_lower, composed)))


def email(text: str) -> str:
    """Give an address in lower case. Empty: it is none."""
    found = tidied(text)
    return found if _EMAIL.fullmatch(found) else ""


def google_email(text: str) -> str:
    """Give an address without what Gmail ignores: dots, and a tag after a plus."""
    found = email(text)
    if gmail := _GMAIL.fullmatch(found):
        local = gmail[1].split("+")[0].replace(".", "")
        return f"{local}@{gmail[2]}.com" if local else ""
    return found


def phone(text: str) -> str:
    """Give a number in E.164. Empty: its country is not known, and none is made up."""
    found = _digits(text)
    return found if found.startswith("+") else ""


def meta_phone(text: str) -> str:
    """Give the digits of a number, country code first. Empty: its country is not known."""
    return phone(text).removeprefix("+")


def name(text: str) -> str:
    """Give a name in lower case, without punctuation, one space between its words."""
    return _AROUND.sub("", _RUN.sub(" ", _NOT_IN_NAMES.sub("", tidied(text))))


def place(text: str) -> str:
    """Give a city or a state: its letters alone."""
    return _NOT_IN_PLACES.sub("", tidied(text))


def postal_code(text: str) -> str:
    """Give a post code without blanks and dashes; of one of the USA the first five digits."""
    found = _BLANK.sub("", tidied(text))
    return found[:5] if re.fullmatch("[0-9]{5}-[0-9]{4}", found) else found.replace("-", "")


def country(text: str) -> str:
    """Give two letters, by ISO 3166. Empty: it is something else."""
    found = tidied(text)
    return found if re.fullmatch("[a-z]{2}", found) else ""


def gender(text: str) -> str:
    """Give f or m, the only ones that Meta takes."""
    found = tidied(text)[:1]
    return found if found in ("f", "m") else ""


def number(text: str) -> str:
    """Give the digits of a date or a part of it."""
    return re.sub("[^0-9]", "", text)


def device(text: str) -> str:
    """Give the advertising id of a device."""
    return tidied(text)


# What the platforms hash, by their kinds; what is not named here they get as it is, or not at all.
NORMALISERS: Mapping[str, Mapping[str, Normalise]] = {
    "google": {"email": google_email, "phone": phone, "name": name},
    "meta": {
        "email": email,
        "phone": meta_phone,
        "name": name,
        "place": place,
        "postal_code": postal_code,
        "country": country,
        "gender": gender,
        "number": number,
    },
    "tiktok": {"email": email, "phone": phone, "device": device},
}


def ad_hash(platform: str, kind: str, text: str | None) -> str | None:
    """Give the SHA-256 of a value, as 64 hexadecimal digits; None where nothing is left of it.

    What is a digest already stays, in lower case, except that of an empty text.
    """
    if text is None:
        return None
    given = tidied(text)
    if _DIGEST.fullmatch(given):
        return None if given == EMPTY_DIGEST else given
    normal = NORMALISERS[platform][kind](text)
    return hashlib.sha256(normal.encode()).hexdigest() if normal else None


def _digits(text: str) -> str:
    """Give + and digits where a number says its country, else the digits; empty: no number."""
    found = _DECORATION.sub("", text)
    if "(0)" in _BLANK.sub("", text):  # the zero is dialled in one country and not in another
        return ""
    found = re.sub("^00", "+", found)
    return found if re.fullmatch("[+]?[1-9][0-9]{6,14}", found) else ""


def _lower(letter: str) -> str:
    """Give one letter for one letter, as the warehouses do: the dotted İ would become two."""
    return "i" if letter == "İ" else letter.lower()
