"""Identifiers that carry a check digit."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import ValidationError as StdnumError
from stdnum.fi import ytunnus


def compact_business_id(value: str) -> str:
    """`value` in the one form in which a Finnish business id is kept, 1234567-8; unchanged where it is none."""
    try:
        return str(ytunnus.format(ytunnus.validate(value)))
    except StdnumError:
        return value.strip()


def validate_business_id(value: str) -> None:
    """Raise ValidationError unless `value` is a Finnish business id with the right check digit.

    The rule: Finnish Business Information System, weights 7 9 10 5 8 4 2, modulo 11.
    """
    if not ytunnus.is_valid(value):
        raise ValidationError(
            _("“%(value)s” is not a Finnish business id: check the seven digits and the check digit after the dash."),
            code="business_id",
            params={"value": value},
        )
