"""What the log says of files brought in."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Nhập dữ liệu",
    {
        "intake:apply": "Ghi dữ liệu từ tệp Excel",
        "intake:undo": "Hoàn tác một lần nhập từ tệp Excel",
        "school:import": "Nhập danh mục trường từ tệp của Bộ",
    },
)
