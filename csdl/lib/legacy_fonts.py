"""Vietnamese text of before Unicode, read as Unicode by mistake: recognised and turned into what it says.

TCVN3 (fonts .VnTime) gives each letter a byte of its own; VNI (fonts VNI-Times) writes the vowel and then a sign.
Opened without the font, 'Nguyễn' reads 'NguyÔn' or 'Nguyeãn'. A text is only taken for legacy where turned into Unicode
each of its words is a Vietnamese syllable.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Converted", "from_legacy", "may_be_legacy"]

_TCVN3_SIGNS = (
    "µ¶·¸¹" "¨»¼½¾Æ" "©ÇÈÉÊË" "®" "ÌÎÏÐÑ" "ªÒÓÔÕÖ" "×ØÜÝÞ" "ßáâãä" "«åæçèé" "¬êëìíî" "ïñòóô" "\xadõö÷øù" "úûüýþ"
    "¡¢£¤¥¦§"
)  # fmt: skip
_TCVN3_LETTERS = (
    "àảãáạ" "ăằẳẵắặ" "âầẩẫấậ" "đ" "èẻẽéẹ" "êềểễếệ" "ìỉĩíị" "òỏõóọ" "ôồổỗốộ" "ơờởỡớợ" "ùủũúụ" "ưừửữứự" "ỳỷỹýỵ"
    "ĂÂÊÔƠƯĐ"
)  # fmt: skip
_TCVN3 = str.maketrans(_TCVN3_SIGNS, _TCVN3_LETTERS)

_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_TONES = {"ø": _GRAVE, "ù": _ACUTE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_CIRCUMFLEX = {"â": "", "á": _ACUTE, "à": _GRAVE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_BREVE = {"ê": "", "é": _ACUTE, "è": _GRAVE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}
_HORNED = {"ô": "ơ", "ö": "ư"}
_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_table() -> dict[str, str]:
    found: dict[str, str] = {}
    for vowel in "aeouy":
        found |= {vowel + sign: vowel + tone for sign, tone in _TONES.items()}
    for vowel, letter in (("a", "â"), ("e", "ê"), ("o", "ô")):
        found |= {vowel + sign: letter + tone for sign, tone in _CIRCUMFLEX.items()}
    found |= {"a" + sign: "ă" + tone for sign, tone in _BREVE.items()}
    for sign, letter in _HORNED.items():
        found |= {sign + mark: letter + tone for mark, tone in _TONES.items()}
    found |= _ALONE
    whole = {key: unicodedata.normalize("NFC", letter) for key, letter in found.items()}
    capitals = {key.upper(): letter.upper() for key, letter in whole.items()}
    # A capital vowel is often followed by a small sign.
    mixed = {key[0].upper() + key[1:]: letter.upper() for key, letter in whole.items() if len(key) == 2}
    return whole | mixed | capitals


_VNI = _vni_table()
_VNI_SIGNS = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_FEW = 20_000
# Signs that text in Unicode never has, and pairs that only VNI makes: what a whole column is searched for at once.
_STRANGE = frozenset("µ¶·¸¹¨»¼½¾Æ©ÇËÎÏÐÑÖ×ØÜÞßäåæçëîïñö÷øûüþ¡¢£¤¥¦§®ª«¬\xadÄÅÛ")
# "oà", "oá" and "oã" are Unicode as well (Hoàng) and prove nothing.
_PAIRS = tuple(pair for pair in _VNI if len(pair) == 2 and (pair[1].lower() not in "àáã" or pair[0].lower() not in "o"))


_ONSET = "(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_CODA = "(?:ch|ng|nh|[cmnpt])?"
_VOWELS = (
    "(?:uyê|uyu|iêu|yêu|oai|oay|oeo|uây|uôi|ươi|ươu|uya|uai|uao|iu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|yê|oa|oă|oe|oi|ôi|"
    "ơi|oo|ua|uâ|ue|uê|ui|uo|uô|uơ|uy|ưa|ưi|ươ|ưu|[aăâeêioôơuưy])"
)
_SYLLABLE = re.compile(_ONSET + _VOWELS + _CODA)
_TONELESS = re.compile(f"[{_GRAVE}{_ACUTE}{_HOOK}{_TILDE}{_DOT}]")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Converted:
    """The text in Unicode, and the encoding it was in."""

    text: str
    font: str


def may_be_legacy(text: str) -> bool:
    """Whether a text holds signs of a legacy font at all; quick, and no proof."""
    if not _STRANGE.isdisjoint(text):
        return True
    # A single name in VNI may lack them (Vaên); a whole column of names never does.
    return len(text) < _FEW and any(pair in text for pair in _PAIRS)


@lru_cache(maxsize=4096)
def from_legacy(text: str) -> Converted | None:
    """The text in Unicode where it was TCVN3 or VNI; None where it is Unicode already, or neither of them."""
    if text.isascii() or not may_be_legacy(text) or _is_vietnamese(text):
        return None
    for font, found in (("TCVN3", text.translate(_TCVN3)), ("VNI", _VNI_SIGNS.sub(_vni_letter, text))):
        found = unicodedata.normalize("NFC", found)
        if found != text and _is_vietnamese(found):
            return Converted(_one_case(text, found), font)
    return None


def _vni_letter(found: re.Match[str]) -> str:
    return _VNI[found[0]]


def _one_case(text: str, found: str) -> str:
    """Capital fonts of TCVN3 keep the bytes of small letters: a word with capitals only becomes all capitals."""
    words = [
        word.upper()
        if len(plain := [sign for sign in source if sign.isascii() and sign.isalpha()]) > 1
        and all(sign.isupper() for sign in plain)
        else word
        for source, word in zip(text.split(" "), found.split(" "), strict=True)
    ]
    return " ".join(words)


def _is_vietnamese(text: str) -> bool:
    words = _WORDS.findall(text)
    return bool(words) and not set(text) & _STRANGE and all(map(_is_syllable, words))


def _is_syllable(word: str) -> bool:
    toned = unicodedata.normalize("NFD", word.lower())
    if len(_TONELESS.findall(toned)) > 1:
        return False
    return _SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONELESS.sub("", toned))) is not None
