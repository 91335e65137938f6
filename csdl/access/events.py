"""What the log says of rights."""

from csdl.audit.kinds import register_kinds

register_kinds("Phân quyền", {"grant:give": "Phân quyền cho tài khoản {account}"})
