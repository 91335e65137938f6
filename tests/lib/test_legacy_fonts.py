"""Text of before Unicode: recognised, converted, and Unicode left alone."""

import pytest

from csdl.lib.legacy_fonts import Converted, from_legacy


@pytest.mark.parametrize(
    ("text", "right", "font"),
    [
        ("NguyÔn V¨n An", "Nguyễn Văn An", "TCVN3"),
        ("TrÇn ThÞ B×nh", "Trần Thị Bình", "TCVN3"),
        ("§ç ThÞ HuÖ", "Đỗ Thị Huệ", "TCVN3"),
        ("NGUYÔN V¡N B×NH", "NGUYỄN VĂN BÌNH", "TCVN3"),
        ("H¶i Phßng", "Hải Phòng", "TCVN3"),
        ("Nguyeãn Vaên An", "Nguyễn Văn An", "VNI"),
        ("Leâ Thò Höông", "Lê Thị Hương", "VNI"),
        ("Traàn Ñöùc", "Trần Đức", "VNI"),
        ("NGUYEÃN VAÊN AN", "NGUYỄN VĂN AN", "VNI"),
        ("Phaïm Thuùy Quyønh", "Phạm Thúy Quỳnh", "VNI"),
    ],
)
def test_legacy_text_is_turned_into_unicode(text: str, right: str, font: str) -> None:
    assert from_legacy(text) == Converted(right, font)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "An",
        "Nguyễn Văn An",
        "Hoàng Ánh Nguyệt",
        "Phạm Thuý Hà",
        "Đỗ Thị Huệ",
        "Siêu Nhân Gao",
        "Y Êban",
        "Ksor H'Blâm",
        "Zoë Müller",
        "Số 5, ngõ 12, phường Đông Hải",
        "©®™",
    ],
)
def test_unicode_is_left_alone(text: str) -> None:
    assert from_legacy(text) is None
