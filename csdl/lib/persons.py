"""Facts about a person as forms, imports and quality rules judge them: name, identity number, phone, mail.

One place for each rule. A `Fault` carries the stable code of the quality rule it breaks (domain: ID-…, NM-…, DM-…),
says what is wrong and what would be right, and may propose a value; whether it stops a record is the caller's say,
`is_error` is the rule's own weight. No tables: code lists are handed in.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from csdl.lib.vietnamese import has_foreign_letters, squeeze, with_latin_letters

__all__ = [
    "FOREIGN",
    "Fault",
    "birth_date_faults",
    "citizen_id_faults",
    "clean_name",
    "clean_phone",
    "email_faults",
    "ministry_code_faults",
    "name_faults",
    "phone_faults",
]

FOREIGN = "55"  # ethnic code of foreigners: their numbers and names follow no rule of ours
FEMALE = "02"

_VIETNAMESE = re.compile(r"[A-Za-zÀ-ÖØ-öø-\u024fḀ-ỹ '’.-]+")
# Letters that only TCVN3 or VNI text, read as Unicode, brings into a name.
_LEGACY = re.compile(
    "[®¬µ¶·¸¹«»§¨©ª¡¢£¤¥¦]|[A-Za-zÀ-ỹ][ÄÅÆØÕÖÑÎÏÐ](?![a-zà-ỹ])|(?<=[a-z])[ÁÀÛÙÏÓÒÖÜÔ]"
    "|[aA][âêùøûõïáàåãäéèúüë]|[eE][âùøûõïáàåãä]|[oO][âùøûõï]|[uU][ùøûõï]"
)
_WORD_STARTS = re.compile(r"(^|[\s'’-])(\w)")
_SAMPLES = {"012345678901", "123456789012", "123456789123", "098765432109"}
_EXCEL = re.compile(r"\d[.,]?\d*[eE]\+?\d+|\d+\.0")
_MOBILE = re.compile(r"0[35789]\d{8}")
_LANDLINE = re.compile(r"02\d{9}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
# Eleven-digit mobile numbers of before September 2018 and their prefixes since (quality-rules, notes).
_OLD_PREFIXES = {
    **{f"016{digit}": f"03{digit}" for digit in "23456789"},
    **dict(zip(("0120", "0121", "0122", "0126", "0128"), ("070", "079", "077", "076", "078"), strict=True)),
    **dict(zip(("0123", "0124", "0125", "0127", "0129"), ("083", "084", "085", "081", "082"), strict=True)),
    "0186": "056",
    "0188": "058",
    "0199": "059",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value. `proposal`: the value that would be right, where it can be told."""

    code: str
    message: str
    is_error: bool = True
    proposal: str = ""


def clean_name(text: str) -> str:
    """NFC, single spaces, and capitals at the beginning of words where all letters are of one case."""
    name = squeeze(text)
    if name.isupper() or name.islower():
        name = _WORD_STARTS.sub(lambda found: found[1] + found[2].upper(), name.lower())
    return name


def clean_phone(text: str) -> str:
    """Digits only, +84 as 0, the zero that Excel ate put back, prefixes of before 2018 renewed."""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("+84"):
        digits = "0" + digits[3:].lstrip("0")
    elif digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    elif len(digits) == 9 and digits[0] in "35789":
        digits = "0" + digits
    new = _OLD_PREFIXES.get(digits[:4]) if len(digits) == 11 else None
    return new + digits[4:] if new else digits


def name_faults(name: str, *, foreign: bool = False) -> list[Fault]:
    """Rules NM-02 … NM-08 on a name as it was typed; an empty name is the caller's matter."""
    found = []
    if _LEGACY.search(unicodedata.normalize("NFC", name)):
        found.append(Fault("NM-08", "Họ tên dùng phông chữ cũ (TCVN3, VNI). Hãy chuyển sang Unicode rồi nhập lại."))
    elif not foreign and has_foreign_letters(name):
        message = (
            "Họ tên có chữ cái của bảng chữ khác, trông giống chữ Việt. Hãy xóa rồi gõ lại bằng bàn phím tiếng Việt."
        )
        found.append(Fault("NM-04", message, proposal=with_latin_letters(name)))
    elif not foreign and not _VIETNAMESE.fullmatch(squeeze(name)):
        message = "Họ tên có chữ số hoặc ký tự lạ. Chỉ dùng chữ cái, dấu cách, dấu nháy đơn và dấu gạch nối."
        found.append(Fault("NM-04", message))
    elif len(squeeze(name).split()) < 2 and not foreign:
        found.append(Fault("NM-05", "Họ tên chỉ có một từ. Hãy ghi đủ họ và tên như giấy khai sinh.", is_error=False))
    return found


def citizen_id_faults(
    number: str,
    *,
    gender_code: str = "",
    birth_date: dt.date | None = None,
    provinces: Container[str] = (),
    foreign: bool = False,
    adult: bool = False,
) -> list[Fault]:
    """Rules ID-02 … ID-07 on a personal identity number (Luật Căn cước 2023, điều 12; NĐ 137/2015, điều 13).

    `adult` also takes a CMND of nine digits. Foreigners carry passports: nothing is checked.
    """
    if foreign or not number:
        return []
    if _EXCEL.fullmatch(number):
        return [Fault("ID-03", "Excel đã làm hỏng số định danh. Hãy đặt ô dạng Văn bản (Text) và gõ lại đủ 12 chữ số.")]
    digits = re.sub(r"[\s.'’-]", "", number)
    if not re.fullmatch(r"\d{12}", digits):
        if adult and re.fullmatch(r"\d{9}", digits):
            return []
        padded = f"0{digits}" if re.fullmatch(r"\d{11}", digits) else ""
        good = padded and not citizen_id_faults(padded, gender_code=gender_code, birth_date=birth_date)
        hint = f" Có thể Excel đã bỏ số 0 ở đầu: {padded}." if good else ""
        wrong = f"Số định danh phải gồm 12 chữ số, đang có {len(digits)} ký tự.{hint}"
        return [Fault("ID-02", wrong, proposal=padded if good else "")]
    if len(set(digits)) == 1 or digits in _SAMPLES:
        return [Fault("ID-04", "Số định danh là dãy lặp hoặc dãy mẫu. Hãy ghi đúng số trên giấy khai sinh, căn cước.")]
    found = []
    if provinces and digits[:3] not in provinces:
        message = f"Ba số đầu {digits[:3]} không có trong danh mục tỉnh, thành phố. Hãy đối chiếu lại với giấy tờ."
        found.append(Fault("ID-05", message, is_error=False))
    century, is_female = 1900 + 100 * (int(digits[3]) // 2), int(digits[3]) % 2 == 1
    if gender_code and is_female != (gender_code == FEMALE):
        said = "nữ" if is_female else "nam"
        found.append(Fault("ID-06", f"Chữ số thứ tư của số định danh là của giới tính {said}, khác giới tính đã khai."))
    born = century + int(digits[4:6])
    if birth_date and born != birth_date.year:
        message = f"Số định danh là của người sinh năm {born}, khác năm sinh đã khai {birth_date.year}."
        found.append(Fault("ID-07", message))
    return found


def ministry_code_faults(code: str) -> list[Fault]:
    """Rule ID-12: ten digits, issued by the ministry (TT 42/2021, điều 10)."""
    if not code or re.fullmatch(r"\d{10}", code):
        return []
    padded = code.zfill(10) if code.isdigit() and 8 <= len(code) < 10 else ""
    return [Fault("ID-12", "Mã định danh Bộ GDĐT phải gồm đúng 10 chữ số.", proposal=padded)]


def birth_date_faults(day: dt.date, *, today: dt.date, youngest: int = 0, oldest: int = 100) -> list[Fault]:
    """Rule DM-02, and an age outside of what the record can be; ages in whole years."""
    if day > today:
        return [Fault("DM-02", f"Ngày sinh {day:%d/%m/%Y} ở tương lai. Hãy kiểm tra lại ngày và tháng.")]
    age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    if not youngest <= age <= oldest:
        message = f"Ngày sinh {day:%d/%m/%Y} ứng với {age} tuổi, ngoài khoảng {youngest}-{oldest} tuổi."
        return [Fault("DM-04", message)]
    return []


def phone_faults(phone: str) -> list[Fault]:
    """Rule DM-14 on a phone number as it was typed."""
    if not phone:
        return []
    cleaned = clean_phone(phone)
    if _MOBILE.fullmatch(cleaned) or _LANDLINE.fullmatch(cleaned):
        return []
    message = "Số điện thoại không hợp lệ. Di động gồm 10 chữ số bắt đầu bằng 03, 05, 07, 08, 09; cố định bắt đầu 02."
    return [Fault("DM-14", message, is_error=False)]


def email_faults(address: str) -> list[Fault]:
    """Rule DM-15."""
    if not address or _EMAIL.fullmatch(address.strip()):
        return []
    return [Fault("DM-15", "Thư điện tử không đúng dạng ten@mien.vn.", is_error=False)]
