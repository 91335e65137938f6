"""Names of subjects: the ministry's list, and the programme's where the list still has the name of one before."""

import pytest

from csdl.years.plans import subject_labels

pytestmark = pytest.mark.django_db


def test_a_subject_bears_the_programmes_name_once_the_programme_has_begun() -> None:
    assert subject_labels(2024)["67"] == "Lịch sử và Địa lí"
    assert subject_labels(2020)["67"] == "Khoa học Xã hội"
    assert subject_labels(2024)["15"] == "Toán"
