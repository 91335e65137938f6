"""What the log says of rights."""

from collections.abc import Mapping
from typing import Any

from csdl.audit.kinds import register_kinds


def _suspended(data: Mapping[str, Any]) -> str:
    accounts = ", ".join(str(one) for one in data.get("accounts") or ())
    because = f" ({data['because']})" if data.get("because") else ""
    if not data.get("minutes"):
        return f"Tạm dừng phân quyền: {accounts}{because}"
    whose = f"của {data['receiver']}, tài khoản {accounts}" if data.get("receiver") else f"của tài khoản {accounts}"
    return f"Thu hồi quyền {whose}{because}"


register_kinds(
    "Phân quyền",
    {
        "grant:give": "Phân quyền cho tài khoản {account}",
        "grant:propose": "Lập phân quyền, chờ biên bản và cam kết: {accounts}",
        "grant:activate": "Phân quyền có hiệu lực: {accounts}",
        "grant:suspend": _suspended,
        "grant:resume": "Cho phân quyền hoạt động lại: {accounts}",
        "grant:end": "Kết thúc phân quyền: {accounts}",
        "grant:narrow": "Bớt lớp khỏi phân quyền: {accounts} ({because})",
    },
)
