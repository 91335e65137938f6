"""What the log says of files taken out, and of asking for large ones."""

from collections.abc import Mapping
from typing import Any

from csdl.audit.kinds import register_kinds
from csdl.exports.enums import Purpose

_LOCKED = "có mật khẩu mở tệp"


def _taken(data: Mapping[str, Any]) -> str:
    purpose = Purpose(data["purpose"]).label if data.get("purpose") in Purpose.values else "chưa ghi"
    parts = [f"Tải dữ liệu ra tệp: {data.get('title', '')}", f"{data.get('rows', 0)} dòng"]
    if persons := data.get("persons"):
        parts.append(f"dữ liệu cá nhân của {persons} người")
    if data.get("sensitive"):
        parts.append("có cột nhạy cảm")
    parts.append(f"mục đích: {purpose}{'. ' + data['reason'] if data.get('reason') else ''}")
    if data.get("approved_by"):
        parts.append(f"người duyệt: {data['approved_by']}")
    elif data.get("confirmed"):
        parts.append("người tải xác nhận bằng xác thực hai bước")
    if data.get("locked"):
        parts.append(_LOCKED)
    if until := data.get("kept_until"):
        year, month, day = until.split("-")
        parts.append(f"giữ đến hết ngày {day}/{month}/{year}")
    return "; ".join(parts)


def _fetched(data: Mapping[str, Any]) -> str:
    told = f"Lấy tệp đã lập ở phía sau: {data.get('title', '')}"
    return f"{told}; {_LOCKED}" if data.get("locked") else told


register_kinds(
    "Tải dữ liệu ra tệp",
    {
        "data:export": _taken,
        "data:download": _fetched,
        "export:ask": "Xin duyệt tải dữ liệu: {title}; {persons} người",
        "export:approve": "Duyệt yêu cầu tải dữ liệu của {asked_by}: {title}; {persons} người",
        "export:refuse": "Từ chối yêu cầu tải dữ liệu của {asked_by}: {title}; lý do: {why}",
        "export:rules": "Sửa quy định tải dữ liệu",
    },
)
