"""The rules by which the plan decides about a pupil, in words a clerk can check (rollover.md §4).

The codes are written by `sql/21_plan_rows.sql`; the sentences are what pages and files show. Codes are stable.
"""

from dataclasses import dataclass

__all__ = ["RULES", "Rule"]


@dataclass(frozen=True)
class Rule:
    """`needs`: what has to happen before the pupil can go on; empty where nothing has to."""

    code: str
    reason: str
    needs: str = ""


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule("T1", "Được lên lớp"),
        Rule("T2", "Ở lại lớp: học lại khối cũ với lớp của khóa sau"),
        Rule("T3", "Hoàn thành cấp học: vào danh sách tuyển sinh đầu cấp"),
        Rule("M1", "Mầm non: xếp nhóm tuổi mới theo ngày sinh"),
        Rule("M2", "Mầm non: ở lại nhóm tuổi theo đề nghị của gia đình"),
        Rule("M3", "Mầm non: đủ tuổi vào lớp 1"),
        Rule("M4", "Mầm non: chưa có ngày sinh", "Bổ sung ngày sinh rồi lập lại kế hoạch"),
        Rule("K1", "Khuyết tật không đánh giá: thủ trưởng quyết định cho lên lớp"),
        Rule("K2", "Khuyết tật không đánh giá: thủ trưởng quyết định cho ở lại lớp"),
        Rule("K3", "Khuyết tật không đánh giá: thủ trưởng xác nhận hoàn thành cấp học"),
        Rule("L1", "Chuyển đi trong hè"),
        Rule("L2", "Thôi học"),
        Rule("L3", "Bảo lưu kết quả học tập"),
        Rule("L4", "Mất tích hoặc đã mất"),
        Rule("C1", "Chưa có kết quả cuối năm", "Nhập kết quả cuối năm"),
        Rule("C2", "Phải đánh giá lại môn học trong hè", "Nhập kết quả đánh giá lại"),
        Rule("C3", "Phải rèn luyện trong kì nghỉ hè", "Nhập kết quả rèn luyện trong hè"),
        Rule(
            "C4",
            "Khuyết tật không đánh giá, chưa có quyết định",
            "Thủ trưởng quyết định, ghi căn cứ",
        ),
        Rule(
            "C5",
            "Kết quả cuối năm không phù hợp với khối lớp",
            "Kiểm tra lại kết quả cuối năm",
        ),
        Rule(
            "C6",
            "Đã có hồ sơ trong năm học mới ở nơi khác",
            "Hai đơn vị đối chiếu, giữ một hồ sơ",
        ),
        Rule("D1", "Đã kết chuyển"),
    )
}
