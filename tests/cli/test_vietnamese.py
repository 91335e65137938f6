"""Every command speaks Vietnamese: its help, and what it says of a mistake in what was typed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest
from click.testing import CliRunner

from csdl.cli.main import NOUNS, main
from csdl.cli.vietnamese import TEXTS

# What a programmer's mistake prints; no operator can cause it by typing.
_FOR_PROGRAMMERS = re.compile(
    r"Name '|Boolean option|Could not determine name|No options defined|Arguments take exactly|Unknown |Invalid start"
    r"|DeprecationWarning|Shell completion|Couldn't detect|\{editor\}|Windows error"
)
_ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|args|integer|text|path|file|missing|invalid|error|no such|try|help for"
    r"|show this|default|required|range|value|aborted|unexpected|did you mean)\b",
    re.IGNORECASE,
)


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from walk(below, (*path, name))


COMMANDS = dict(walk(main))


def said(*arguments: str) -> str:
    """What is printed, without the names of commands, options, files and variables that one types."""
    text = CliRunner().invoke(main, [*arguments], prog_name="csdl").output
    words = {part for path in COMMANDS for part in path} | {"Excel", "TEMPLATE IMPORT"}
    text = re.sub(r"--?[a-z][a-z-]*|CSDL_[A-Z]+|\[[a-z-]+\|[a-z-]+\]", " ", text)
    return re.sub("|".join(rf"\b{re.escape(word)}\b" for word in sorted(words, key=len, reverse=True)), " ", text)


def test_the_walk_finds_the_commands() -> None:
    assert {path[0] for path in COMMANDS if path} == set(NOUNS)
    assert ("rollover", "undo") in COMMANDS


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_is_vietnamese(path: tuple[str, ...]) -> None:
    text = said(*path, "--help")

    assert "Cách dùng:" in text
    assert "Hiện trợ giúp này rồi thoát." in text
    assert _ENGLISH.findall(text) == []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_unknown_option_is_refused_in_vietnamese(path: tuple[str, ...]) -> None:
    text = said(*path, "--khong-co")

    assert "Lỗi: Không có tùy chọn" in text
    assert _ENGLISH.findall(text) == []


# `csdl import` takes a word that is no command of its own for the name of a file.
GROUPS = [path for path, one in COMMANDS.items() if isinstance(one, click.Group) and path != ("import",)]


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_an_unknown_command_is_refused_in_vietnamese(path: tuple[str, ...]) -> None:
    text = said(*path, "khongco")

    assert "Lỗi: Không có lệnh 'khongco'." in text
    assert _ENGLISH.findall(text) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("rollover", "plan"), "Lỗi: Thiếu tùy chọn '--from'."),
        (("rollover", "plan", "--from", "nay"), "Lỗi: Giá trị của '--from' chưa đúng: 'nay' không phải là số."),
        (("rollover", "plan", "--from"), "Lỗi: Tùy chọn '--from' cần một giá trị."),
        (("rollover", "plna"), "Lỗi: Không có lệnh 'plna'. Có phải ý là 'plan'?"),
        (("year", "open"), "Lỗi: Thiếu tham số 'NĂM'."),
        (("year", "open", "2024", "2025"), "Lỗi: Thừa tham số (2025)"),
        (("serve", "--port", "0"), "Lỗi: Giá trị của '--port' chưa đúng: 0 nằm ngoài khoảng 1<=x<=65535."),
        (("demo", "build", "--stage", "x"), "không thuộc các giá trị 'year-end', 'rolled', 'october'."),
    ],
)
def test_a_mistake_is_told_in_one_sentence_and_exits_2(arguments: tuple[str, ...], sentence: str) -> None:
    done = CliRunner().invoke(main, arguments, prog_name="csdl")

    assert sentence in done.output
    assert done.exit_code == 2


def _texts_of_click() -> set[str]:
    found = set()
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


def test_every_text_of_click_has_its_translation() -> None:
    known = {text for text in _texts_of_click() if not _FOR_PROGRAMMERS.match(text)}

    # "required" is looked up through a variable.
    assert known | {"required"} == set(TEXTS)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_translations_ask_for_nothing_the_text_does_not_give() -> None:
    added = {text: _placeholders(told) - _placeholders(text) for text, told in TEXTS.items()}

    assert {text for text, names in added.items() if names} == set()
