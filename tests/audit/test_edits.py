"""A row edited at a desk: saved, shown, taken back; nobody's newer edit is overwritten."""

import pytest
from django.db import transaction

from csdl.audit.edits import EditedMeanwhile, changes_of, save_changes, undo_edit, version_of
from csdl.students.models import Student

pytestmark = pytest.mark.django_db


def _student() -> Student:
    return Student.objects.create(full_name="Nguyễn Thị Lan", phone="0912345678", birth_place="Hải Phòng")


def test_an_edit_changes_what_differs_and_says_so() -> None:
    row = _student()

    changes = save_changes(row, {"phone": "0987654321", "birth_place": "Hải Phòng"}, seen=version_of(row))

    assert [(change.name, change.label, change.old, change.new) for change in changes] == [
        ("phone", "Điện thoại", "0912345678", "0987654321")
    ]
    assert Student.objects.get().phone == row.phone == "0987654321"
    assert save_changes(row, {"phone": "0987654321"}, seen=version_of(row)) == []


def test_a_colleagues_newer_value_is_shown_and_never_overwritten() -> None:
    row = _student()
    seen = version_of(row)
    save_changes(row, {"phone": "0900000000", "email": "a@b.vn"}, seen=seen)

    with pytest.raises(EditedMeanwhile) as refused:
        save_changes(row, {"phone": "0911111111", "email": ""}, seen=seen)

    assert [(o.name, o.base, o.theirs, o.mine) for o in refused.value.overlaps] == [
        ("phone", "0912345678", "0900000000", "0911111111")
    ]
    assert Student.objects.get().phone == "0900000000"


def test_fields_that_only_the_colleague_changed_stay_the_colleagues() -> None:
    row = _student()
    seen = version_of(row)
    save_changes(row, {"phone": "0900000000"}, seen=seen)

    save_changes(row, {"phone": "0912345678", "birth_place": "Hà Nội"}, seen=seen)

    row.refresh_from_db()
    assert (row.phone, row.birth_place) == ("0900000000", "Hà Nội")


def test_an_edit_is_undone_alone_and_only_while_its_fields_stand() -> None:
    row = _student()
    save_changes(row, {"phone": "0900000000"}, seen=version_of(row))
    save_changes(row, {"birth_place": "Hà Nội"}, seen=version_of(row))
    second, first = changes_of(row)

    undo_edit(row, first.key)
    assert (row.phone, row.birth_place) == ("0912345678", "Hà Nội")
    save_changes(row, {"birth_place": "Huế"}, seen=version_of(row))
    with pytest.raises(EditedMeanwhile, match="đã có lần sửa khác ở: Nơi sinh"), transaction.atomic():
        undo_edit(row, second.key)
    assert [change.new for edit in changes_of(row) for change in edit.changes] == [
        "Huế",
        "0912345678",
        "Hà Nội",
        "0900000000",
    ]
