"""What the log says of rights."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Phân quyền",
    {
        "grant:give": "Phân quyền cho tài khoản {account}",
        "grant:propose": "Lập phân quyền, chờ biên bản và cam kết: {accounts}",
        "grant:activate": "Phân quyền có hiệu lực: {accounts}",
        "grant:suspend": "Tạm dừng phân quyền: {accounts} ({because})",
        "grant:resume": "Cho phân quyền hoạt động lại: {accounts}",
        "grant:end": "Kết thúc phân quyền: {accounts}",
    },
)
