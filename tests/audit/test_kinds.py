"""Every kind of event that the code writes has its sentence."""

import ast
import re
from pathlib import Path

from csdl.audit.kinds import groups, kinds, said
from csdl.staff.actions import StaffChangeKind
from csdl.years.actions.bulk import BulkKind

ROOT = Path(__file__).resolve().parents[2] / "csdl"
_KIND = re.compile(r"[a-z_]+:[a-z_]+")
_WRITERS = {"record", "record_each", "note_sign_in", "_say"}


def _written() -> tuple[dict[str, str], dict[str, str]]:
    """Kinds that stand in calls of the log's writers, and the beginnings of those that are put together."""
    whole: dict[str, str] = {}
    begun: dict[str, str] = {}
    for path in ROOT.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(call, ast.Call)
                or getattr(call.func, "id", getattr(call.func, "attr", "")) not in _WRITERS
            ):
                continue
            for value in [*call.args, *(one.value for one in call.keywords if one.arg == "kind")]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and _KIND.fullmatch(value.value):
                    whole[value.value] = path.name
                elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
                    begun[str(value.values[0].value)] = path.name
    return whole, begun


def test_every_kind_has_a_sentence() -> None:
    whole, begun = _written()

    assert len(whole) > 40
    assert {kind: path for kind, path in whole.items() if kind not in kinds} == {}
    assert {start: path for start, path in begun.items() if not any(kind.startswith(start) for kind in kinds)} == {}


def test_bulk_kinds_are_those_of_the_acts() -> None:
    for noun, acts in (("staff", StaffChangeKind), ("enrolment", BulkKind)):
        assert {f"{noun}:bulk_{act}" for act in acts} | {f"{noun}:bulk_undo"} == {
            kind for kind in kinds if kind.startswith(f"{noun}:bulk_")
        }


def test_a_sentence_is_filled_and_a_missing_field_is_left_out() -> None:
    assert said("grant:give", {"account": "thcs.vanthu"}) == "Phân quyền cho tài khoản thcs.vanthu"
    assert said("class:create", {}) == "Lập lớp"
    assert said("x:y", {}) == "x:y"
    assert said("rollover:run_province", {"from": 2023, "schools": 12000}).endswith("từ năm học 2023: 12.000 trường")
    assert said("student:admit", {"enrolment": "{0.__class__}"}) == "Thêm học sinh"


def test_a_withdrawal_is_told_with_its_paper_and_its_person() -> None:
    paper = {"minutes": "08/2024/BB-CSDL", "reason": "Thôi chủ nhiệm"}
    told = paper | {"receiver": "Nguyễn Thị Lan", "revocation": "09/2024/BB-CSDL"}
    stopped = {"accounts": ["lan"], "because": "Biên bản số 08/2024/BB-CSDL hết hiệu lực"}
    assert said("delegation:withdraw", told) == (
        "Thu hồi biên bản số 08/2024/BB-CSDL của Nguyễn Thị Lan, "
        "lập biên bản thu hồi số 09/2024/BB-CSDL: Thôi chủ nhiệm"
    )
    assert said("delegation:withdraw", paper) == "Thu hồi biên bản số 08/2024/BB-CSDL: Thôi chủ nhiệm"
    assert said("delegation:withdraw", {"commitment": "3/CK"}) == "Thu hồi bản cam kết số 3/CK"
    assert said("delegation:withdraw", {}) == "Thu hồi biên bản hoặc cam kết"
    assert said("grant:suspend", stopped) == f"Tạm dừng phân quyền: lan ({stopped['because']})"
    assert said("grant:suspend", stopped | {"minutes": "08/2024/BB-CSDL", "receiver": "Nguyễn Thị Lan"}) == (
        f"Thu hồi quyền của Nguyễn Thị Lan, tài khoản lan ({stopped['because']})"
    )


def test_a_remark_is_told_by_the_row_and_column_as_people_read_them() -> None:
    older = {"cell": "R032:total_all", "form": "03-DN-THCS", "period": "2024-dau-nam"}
    newer = older | {"form_number": "03.ĐN-THCS", "column": "Tổng số", "period_name": "Kỳ đầu năm học 2024-2025"}
    assert said("report:remark", older) == "Nhận xét dòng R032, cột Tổng số, biểu 03.ĐN-THCS, kỳ 2024-dau-nam"
    assert said("report:remark", newer) == (
        "Nhận xét dòng R032, cột Tổng số, biểu 03.ĐN-THCS, kỳ đầu năm học 2024-2025"
    )
    assert said("report:remark", {}) == "Nhận xét một ô của báo cáo"


def test_an_export_is_told_with_persons_purpose_and_until_when() -> None:
    data = {"title": "Danh sách lớp 7A", "rows": 45, "persons": 45, "purpose": "check", "kept_until": "2024-09-04"}

    assert said("data:export", data | {"sensitive": ["phone"]}) == (
        "Tải dữ liệu ra tệp: Danh sách lớp 7A; 45 dòng; dữ liệu cá nhân của 45 người; có cột nhạy cảm; "
        "mục đích: Rà soát, đối chiếu dữ liệu; giữ đến hết ngày 04/09/2024"
    )


def test_groups_are_words_for_people() -> None:
    assert {"Xem dữ liệu cá nhân", "Tải dữ liệu ra tệp", "Phân quyền", "Cảnh báo"} <= set(groups())
