from csdl.demo.identities import NumberBook


def test_citizen_id_says_province_sex_and_year():
    book = NumberBook(12_345)

    numbers = [
        book.citizen_id("031", 2018, is_female=True),
        book.citizen_id("031", 2018, is_female=False),
        book.citizen_id("030", 1979, is_female=True),
        book.citizen_id("030", 1979, is_female=False),
    ]

    assert [number[:6] for number in numbers] == ["031318", "031218", "030179", "030079"]
    assert all(len(number) == 12 and number.isdigit() for number in numbers)


def test_numbers_are_given_once_and_never_one_that_is_taken():
    first = NumberBook(7).citizen_id("031", 2015, is_female=False)
    book = NumberBook(7, taken={first})

    numbers = {book.citizen_id("031", 2015, is_female=False) for _ in range(20_000)}
    codes = {book.ministry_code() for _ in range(20_000)}

    assert len(numbers) == 20_000
    assert first not in numbers
    assert len(codes) == 20_000
    assert all(len(code) == 10 for code in codes)
