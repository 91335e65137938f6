"""What the log says of the periodic reports."""

from collections.abc import Mapping
from typing import Any

from csdl.audit.kinds import register_kinds
from csdl.reports.errors import ReportError
from csdl.reports.forms import bases, form


def _form_taken(data: Mapping[str, Any]) -> str:
    period, version = data.get("period", ""), data.get("version", "")
    return _locked(f"Tải biểu {data.get('form', '')}, kỳ {period}, lần chốt {version}", data)


def _sum_taken(data: Mapping[str, Any]) -> str:
    period, version = data.get("period", ""), data.get("version", "")
    told = f"Tải biểu tổng hợp {data.get('form', '')}, kỳ {period}, lần {version}; mục đích: {data.get('purpose', '')}"
    return _locked(told, data)


def _locked(told: str, data: Mapping[str, Any]) -> str:
    return f"{told}; có mật khẩu mở tệp" if data.get("locked") else told


def _remarked(data: Mapping[str, Any]) -> str:
    if not data.get("cell"):
        return "Nhận xét một ô của báo cáo"
    code, (row, _, column) = str(data.get("form", "")), str(data.get("cell", "")).partition(":")
    number, column = (
        _printed(code, f"{row}:{column}") if "column" not in data else (data["form_number"], data["column"])
    )
    name = str(data.get("period_name") or f"kỳ {data.get('period', '')}")
    return f"Nhận xét dòng {row}, cột {column}, biểu {number}, {name[:1].lower()}{name[1:]}"


def _printed(code: str, cell: str) -> tuple[str, str]:
    """A form's number and a column's heading for a remark that was logged by codes alone, by the newest law that has
    the cell."""
    for basis in reversed(tuple(bases())):
        try:
            _, column = form(code, basis).cell(cell)
        except ReportError:
            continue
        return form(code, basis).number, column.full_label
    return code, cell.partition(":")[2]


register_kinds(
    "Báo cáo thống kê",
    {
        "report:open_period": "Mở kỳ báo cáo {period}",
        "report:set_deadline": "Đặt hạn gửi báo cáo kỳ {period}",
        "report:extend_deadline": "Gia hạn gửi báo cáo kỳ {period}",
        "report:set_rules": "Đặt quy tắc gửi báo cáo kỳ {period}",
        "report:freeze": "Chốt số liệu kỳ {period}, lần {version}: {pupils} học sinh",
        "report:freeze_province": "Chốt số liệu kỳ {period} toàn tỉnh: {reports} báo cáo",
        "report:type_cells": "Nhập {cells} ô của biểu {form}, kỳ {period}",
        "report:explain_check": "Giải trình ràng buộc của biểu {form}, kỳ {period}",
        "report:sign": "Ký duyệt báo cáo kỳ {period}, lần chốt {version}",
        "report:send": "Gửi báo cáo kỳ {period}, lần chốt {version}",
        "report:remark": _remarked,
        "report:answer_remark": "Trả lời nhận xét trên ô của báo cáo",
        "report:return": "Trả lại báo cáo kỳ {period}: {reason}",
        "report:accept": "Duyệt báo cáo kỳ {period}",
        "report:ask_unlock": "Đề nghị mở khóa báo cáo kỳ {period}: {reason}",
        "report:decide_unlock": "Quyết định đề nghị mở khóa báo cáo kỳ {period}",
        "report:remind": "Nhắc gửi báo cáo kỳ {period}",
        "report:consolidate": "Tổng hợp báo cáo kỳ {period}, lần {version}: {included}/{expected} đơn vị",
        "report:forward": "Ký, gửi Sở báo cáo tổng hợp kỳ {period}, lần {version}",
        "report:accept_consolidation": "Duyệt báo cáo tổng hợp kỳ {period}, lần {version}",
        "report:give_back": "Trả lại báo cáo tổng hợp kỳ {period}: {reason}",
        "report:close": "Ký, đóng kỳ báo cáo {period}, lần tổng hợp {version}",
        "report:reopen": "Mở lại kỳ báo cáo {period}: {reason}",
        "report:erase_person": "Xóa thông tin một người khỏi số liệu đã chốt theo {order}: {rows} dòng",
    },
)
register_kinds(
    "Tải dữ liệu ra tệp",
    {
        "report:export": _form_taken,
        "report:export_consolidation": _sum_taken,
    },
)
