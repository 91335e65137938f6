"""Every word the command line says that is not ours: the texts of click, in Vietnamese, in one place.

click asks `gettext` for its texts; the answers stand here as a table, so that no catalogue has to be compiled, found
by the machine's language or packed. A test walks click's own sources: a text that a later version adds fails it.
"""

from importlib import import_module

import click

__all__ = ["TEXTS", "gettext", "ngettext", "speak_vietnamese", "told_in_vietnamese"]

# What click says -> what an operator reads. A placeholder may be left out, none may be added.
TEXTS = {
    # Help pages
    "Usage:": "Cách dùng:",
    "Options": "Tùy chọn",
    "Positional arguments": "Tham số",
    "Commands": "Lệnh",
    "Show this message and exit.": "Hiện trợ giúp này rồi thoát.",
    "Show the version and exit.": "Hiện phiên bản rồi thoát.",
    "%(prog)s, version %(version)s": "%(prog)s, phiên bản %(version)s",
    "required": "bắt buộc",
    "default: {default}": "mặc định: {default}",
    "env var: {var}": "biến môi trường: {var}",
    "(dynamic)": "(tự tính)",
    "deprecated": "sắp bỏ",
    # Mistakes in what was typed
    "Error: {message}": "Lỗi: {message}",
    "Try '{command} {option}' for help.": "Xem cách dùng: {command} {option}",
    "Missing command.": "Chưa ghi lệnh.",
    "Missing argument": "Thiếu tham số",
    "Missing option": "Thiếu tùy chọn",
    "Missing parameter": "Thiếu tham số",
    "Missing {param_type}": "Thiếu tham số",
    "Missing parameter: {param_name}": "Thiếu tham số: {param_name}",
    "No such option {name!r}.": "Không có tùy chọn {name!r}.",
    "No such command {name!r}.": "Không có lệnh {name!r}.",
    "Did you mean {possibility}?": "Có phải ý là {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Có phải ý là một trong: {possibilities}?)",
    "Got unexpected extra argument ({args})": "Thừa tham số ({args})",
    "Got unexpected extra arguments ({args})": "Thừa tham số ({args})",
    "Invalid value: {message}": "Giá trị chưa đúng: {message}",
    "Invalid value for {param_hint}: {message}": "Giá trị của {param_hint} chưa đúng: {message}",
    "Option {name!r} does not take a value.": "Tùy chọn {name!r} không nhận giá trị.",
    "Option {name!r} requires an argument.": "Tùy chọn {name!r} cần một giá trị.",
    "Option {name!r} requires {nargs} arguments.": "Tùy chọn {name!r} cần {nargs} giá trị.",
    "Argument {name!r} takes {nargs} values.": "Tham số {name!r} nhận {nargs} giá trị.",
    "Takes {nargs} values but 1 was given.": "Cần {nargs} giá trị mà chỉ có 1.",
    "Takes {nargs} values but {len} were given.": "Cần {nargs} giá trị mà có {len}.",
    "{len_type} values are required, but {len_value} was given.": "Cần {len_type} giá trị mà có {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "Cần {len_type} giá trị mà có {len_value}.",
    "Value must be an iterable.": "Giá trị phải là một dãy.",
    "Choose from:\n\t{choices}": "Chọn một trong:\n\t{choices}",
    "Choice({choices})": "Chọn({choices})",
    "{value!r} is not {choice}.": "{value!r} không phải là {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} không thuộc các giá trị {choices}.",
    "{value!r} is not a valid {number_type}.": "{value!r} không phải là số.",
    "{value} is not in the range {range}.": "{value} nằm ngoài khoảng {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": (
        "{value!r} không phải là có hoặc không. Các giá trị nhận được: {states}"
    ),
    "{value!r} is not a valid UUID.": "{value!r} không phải là mã UUID.",
    "{value!r} does not match the format {format}.": "{value!r} không theo dạng {format}.",
    "{value!r} does not match the formats {formats}.": "{value!r} không theo dạng nào trong: {formats}.",
    # Files
    "file": "Tệp",
    "directory": "Thư mục",
    "path": "Đường dẫn",
    "{name} {filename!r} does not exist.": "{name} {filename!r} không có.",
    "{name} {filename!r} is a file.": "{name} {filename!r} là một tệp.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} là một thư mục.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} không đọc được.",
    "{name} {filename!r} is not writable.": "{name} {filename!r} không ghi được.",
    "{name} {filename!r} is not executable.": "{name} {filename!r} không chạy được.",
    "Could not open file {filename!r}: {message}": "Không mở được tệp {filename!r}: {message}",
    "unknown error": "lỗi không rõ",
    # Questions and progress
    "Do you want to continue?": "Tiếp tục?",
    "Confirm the action without prompting.": "Đồng ý luôn, không hỏi lại.",
    "Repeat for confirmation": "Nhập lại để xác nhận",
    "Error: The two entered values do not match.": "Lỗi: Hai lần nhập không giống nhau.",
    "Error: invalid input": "Lỗi: chưa nhập đúng",
    "Press any key to continue...": "Nhấn phím bất kỳ để tiếp tục...",
    "Aborted!": "Đã dừng.",
    "d": "ng",
}

_MODULES = ("_termui_impl", "core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
_VALUES = {"integer": "SỐ", "integer range": "SỐ", "float": "SỐ", "text": "CHỮ", "path": "TỆP", "file": "TỆP"}


def gettext(message: str) -> str:
    """A text of click in Vietnamese; one that only a programmer can cause stays as it is."""
    return TEXTS.get(message, message)


def ngettext(one: str, many: str, count: int) -> str:
    """The same where click has a singular and a plural."""
    return gettext(one if count == 1 else many)


def speak_vietnamese() -> None:
    """From now on click takes its texts from here. Asked for once, before any command is read."""
    for name in _MODULES:
        module = import_module(f"click.{name}")
        module._ = gettext  # type: ignore[attr-defined] # a name of theirs
        if hasattr(module, "ngettext"):
            module.ngettext = ngettext  # type: ignore[attr-defined] # a name of theirs


def told_in_vietnamese(command: click.Command) -> click.Command:
    """The command with the placeholders of its usage line in Vietnamese; those below it too."""
    command.options_metavar = "[TÙY CHỌN]"
    for param in command.params:
        if param.metavar is None:
            param.metavar = _VALUES.get(param.type.name)
    if isinstance(command, click.Group):
        command.subcommand_metavar = "LỆNH [THAM SỐ]..."
        for one in command.commands.values():
            told_in_vietnamese(one)
    return command
