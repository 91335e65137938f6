"""Vietnamese text: order of names and search without accents. Twin of `csdl_name_key` and `csdl_fold` in SQL.

The stored columns are made by the SQL functions (D3); these are for sorting and matching in memory, and for the
tests that hold both to the same answer.
"""

import re
import unicodedata

__all__ = ["fold", "has_foreign_letters", "name_key", "squeeze", "text_key", "with_latin_letters"]

# Dictionary order of letters; each stands for one ASCII sign of rising value, so that COLLATE "C" sorts as people do.
ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "àèìòùỳ ằầềồờừ ảẻỉỏủỷ ẳẩểổởử ãẽĩõũỹ ẵẫễỗỡữ áéíóúý ắấếốớứ ạẹịọụỵ ặậệộợự"
_VOWELS = "aeiouy", "ăâêôơư"
_LETTER = {letter: chr(ord("A") + place) for place, letter in enumerate(ALPHABET)}
_LETTERS: dict[int, str] = {ord(letter): sign for letter, sign in _LETTER.items()}
_TONE_OF: dict[int, str | None] = {ord(letter): None for letter in ALPHABET}
_PLAIN: dict[int, str] = {}
for _group, _letters in enumerate(TONES.split()):
    for _plain, _toned in zip(_VOWELS[_group % 2], _letters, strict=True):
        _LETTERS[ord(_toned)] = _LETTER[_plain]
        _TONE_OF[ord(_toned)] = str(_group // 2 + 1)
for _toned in ALPHABET + TONES.replace(" ", ""):
    _base = unicodedata.normalize("NFD", _toned)[0]
    _PLAIN[ord(_toned)] = "d" if _toned == "đ" else _base


def squeeze(text: str) -> str:
    """NFC, no space at the ends, single spaces inside: how every name is stored."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def fold(text: str) -> str:
    """Small letters without accents, for search: 'Nguyễn Thị Đào' -> 'nguyen thi dao'."""
    return squeeze(text).lower().translate(_PLAIN)


# Cyrillic and Greek letters that look like ours: "Vаn" with a Cyrillic а is found by nobody who types it.
_LOOKALIKES = str.maketrans("аеорсухіјѕοАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aeopcyxijsoABEKMHOPCTYXIJSABEZHIKMNOPTYX")
_FOREIGN = re.compile("[\u0370-\u052f]")


def has_foreign_letters(text: str) -> bool:
    """Whether a text has a Greek or Cyrillic letter."""
    return not text.isascii() and bool(_FOREIGN.search(text))


def with_latin_letters(text: str) -> str:
    """The text with letters of another alphabet that only look like ours as ours. A text of which nothing is Latin, or
    with letters that look like none of ours, is another language and stays."""
    if not has_foreign_letters(text):
        return text
    found = text.translate(_LOOKALIKES)
    is_ours = any(sign.isalnum() for sign in _FOREIGN.sub("", text))
    return found if is_ours and not has_foreign_letters(found) else text


def text_key(text: str) -> str:
    """Sort key of a text read from its first word: letters before tones, as in a dictionary."""
    said = squeeze(text).lower()
    return said.translate(_LETTERS) + " " + said.translate(_TONE_OF)


def name_key(full_name: str) -> str:
    """Sort key of a person's name: given name, then middle, then family; letters before tones, in each part."""
    words = squeeze(full_name).lower().split(" ")
    family = words[0] if len(words) > 1 else ""
    parts = (words[-1], " ".join(words[1:-1]), family)
    # "+" between the words of a part sorts after the blank that ends a part: "Thị" stands before "Thị Thanh".
    return " ".join(
        part.translate(_LETTERS).replace(" ", "+") + " " + part.replace(" ", "").translate(_TONE_OF) for part in parts
    )
