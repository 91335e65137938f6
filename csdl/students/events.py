"""What the log says of a pupil's papers."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Giấy tờ học sinh",
    {
        "student:file_paper": "Lưu giấy tờ vào hồ sơ học sinh",
        "student:read_paper": "Mở tệp giấy tờ của học sinh",
        "student:withdraw_paper": "Rút giấy tờ khỏi hồ sơ học sinh",
        "student:paper_changed": "Gặp tệp giấy tờ của học sinh đã bị thay đổi hoặc mất",
    },
)
