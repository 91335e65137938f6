"""What the log says of papers."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Hồ sơ, văn bản",
    {
        "document:file": "Lưu văn bản vào hồ sơ: {named}",
        "document:change": "Sửa văn bản chưa ký: {named}",
        "document:sign": "Lưu bản đã ký: {named}",
        "document:replace": "Thay thế văn bản bằng {named}",
        "document:withdraw": "Thu hồi {named}, lý do: {reason}",
        "document:read": "Mở tệp của {named}",
        "document:file_changed": "Gặp tệp đã bị thay đổi hoặc mất: {named}",
    },
)
