"""What the log says of itself."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Cảnh báo",
    {
        "audit:burst": "Cảnh báo: {who} mở {count} hồ sơ học sinh trong {minutes} phút",
        "audit:burst_settled": "Đã xem xét cảnh báo mở nhiều hồ sơ: {note}",
    },
)
register_kinds("Xem dữ liệu cá nhân", {"student:read": "Mở hồ sơ một học sinh"})
