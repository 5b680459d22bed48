import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.identifiers import compact_business_id, validate_business_id

VALID = ["0112038-9", "1927400-1", "0201256-6"]


@pytest.mark.parametrize("value", VALID)
def test_a_business_id_with_the_right_check_digit_is_accepted(value: str) -> None:
    validate_business_id(value)


@pytest.mark.parametrize("value", VALID)
@pytest.mark.parametrize("place", range(7))
def test_one_changed_digit_is_noticed(value: str, place: int) -> None:
    changed = value[:place] + str((int(value[place]) + 1) % 10) + value[place + 1 :]
    with pytest.raises(ValidationError):
        validate_business_id(changed)


def _accepted(value: str) -> bool:
    try:
        validate_business_id(value)
    except ValidationError:
        return False
    return True


@given(st.integers(0, 9_999_999).map("{:07}".format))
def test_seven_digits_have_the_one_check_digit_of_the_business_information_system_or_none(digits: str) -> None:
    rest = sum(int(digit) * weight for digit, weight in zip(digits, (7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    expected = [] if rest == 1 else [str((11 - rest) % 11)]
    assert [check for check in "0123456789" if _accepted(f"{digits}-{check}")] == expected


@pytest.mark.parametrize("value", ["", "0112038", "0112038-90", "abcdefg-h", "0112038-A", "12345678901"])
def test_what_is_no_business_id_is_refused(value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate_business_id(value)
    assert caught.value.code == "business_id"


def test_the_message_names_the_refused_value() -> None:
    with pytest.raises(ValidationError, match="0112038-8"):
        validate_business_id("0112038-8")


@pytest.mark.parametrize("typed", ["0112038-9", "01120389", " 0112038-9 ", "0112038 9"])
def test_a_business_id_is_kept_in_one_form(typed: str) -> None:
    assert compact_business_id(typed) == "0112038-9"


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("  ", ""), ("0112038-8", "0112038-8"), (" abc ", "abc")])
def test_what_is_no_business_id_is_left_for_the_validator_to_judge(typed: str, kept: str) -> None:
    assert compact_business_id(typed) == kept
