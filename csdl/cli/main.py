"""The `csdl` command: one word for operators, sub-commands by noun, loaded when they are asked for."""

import importlib

import click

from csdl.cli.vietnamese import speak_vietnamese, told_in_vietnamese

__all__ = ["main"]

speak_vietnamese()

# noun -> (module, Vietnamese help); the module's `commands` is the click command or group.
NOUNS = {
    "account": ("csdl.cli.account", "Tài khoản: in thư kích hoạt, mở khóa."),
    "audit": ("csdl.cli.audit", "Nhật ký: kiểm tra còn nguyên, mã gốc từng ngày."),
    "codes": ("csdl.cli.codes", "Danh mục mã dùng chung."),
    "db": ("csdl.cli.db", "Cơ sở dữ liệu: vai trò, quyền, chính sách dòng, di trú."),
    "demo": ("csdl.cli.demo", "Tỉnh mẫu để dùng thử."),
    "dossier": ("csdl.cli.dossier", "Hồ sơ phục vụ thanh tra, kiểm tra."),
    "import": ("csdl.cli.intake", "Nhập dữ liệu từ tệp Excel."),
    "person": ("csdl.cli.person", "Một người: xóa thông tin theo quyết định của cơ quan có thẩm quyền."),
    "report": ("csdl.cli.report", "Báo cáo thống kê định kỳ."),
    "rollover": ("csdl.cli.rollover", "Kết chuyển dữ liệu năm học."),
    "serve": ("csdl.cli.serve", "Chạy hệ thống: cơ sở dữ liệu, web, tác vụ nền."),
    "school": ("csdl.cli.school", "Một trường: tải toàn bộ dữ liệu ra một tệp Excel."),
    "schools": ("csdl.cli.schools", "Trường và đơn vị."),
    "setup": ("csdl.cli.setup", "Khởi tạo: thủ trưởng đầu tiên của Sở."),
    "worker": ("csdl.cli.worker", "Chạy tác vụ nền."),
    "year": ("csdl.cli.year", "Năm học: mở, đặt hiện tại, khóa, mở lại."),
}


class NounGroup(click.Group):
    """Imports a noun's module only when that noun is used, so that help and completion answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NOUNS:
            return None
        return told_in_vietnamese(importlib.import_module(NOUNS[cmd_name][0]).commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh"):
            formatter.write_dl([(noun, NOUNS[noun][1]) for noun in sorted(NOUNS)])


@click.group(cls=NounGroup, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """CSDL GDĐT – công cụ dòng lệnh cho người vận hành.

    Mã thoát: 0 đã xong, 2 dữ liệu vào chưa đúng, 1 lỗi hệ thống.
    """


told_in_vietnamese(main)
