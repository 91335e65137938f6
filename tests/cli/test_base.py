"""What the command says where the database cannot be used yet."""

from csdl.cli.base import _unprepared

REFUSED = 'connection failed: FATAL:  password authentication failed for user "csdl_owner"\nmore'


def test_a_new_store_is_told_what_to_do_and_no_refusal() -> None:
    said = "Kho dữ liệu này chưa được chuẩn bị. Hãy chạy: csdl db prepare, rồi csdl codes load."

    assert _unprepared(Exception(REFUSED), is_own=True) == said
    assert _unprepared(Exception('relation "years_schoolyear" does not exist'), is_own=True) == said


def test_a_server_of_the_operator_says_why_it_refuses() -> None:
    said = _unprepared(Exception(REFUSED), is_own=False)

    assert "password authentication failed" in said
    assert "more" not in said
    assert "csdl db prepare" in said
