"""The StreamField blocks of services and work instructions: texts differ by language, everything else is a fact.

A leaf that is a text is made of `Text` or `RichText`; the overlay (catalogue.overlay) takes those, and only those, from a
language version. Facts that wagtail-localize would take for strings or overridable choices answer "nothing to translate".
"""

from typing import Any

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock

from catalogue.place_chooser import PlaceChooserBlock
from catalogue.terms import block_choices, terms
from catalogue.times import Problem, ProblemCode, from_raw

RICH_TEXT_FEATURES = ["h3", "bold", "italic", "ul", "ol", "link", "document-link"]


class Text(blocks.CharBlock):
    """A short text that each language version has of its own."""

    is_text = True


class RichText(blocks.RichTextBlock):
    """A long text that each language version has of its own."""

    is_text = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", RICH_TEXT_FEATURES)
        super().__init__(**kwargs)


class _Fact:
    """What the same in every language: tells wagtail-localize that there is nothing to translate or override."""

    def get_translatable_segments(self, value: object) -> list[Any]:
        return []

    def restore_translated_segments(self, value: object, segments: list[Any]) -> object:
        return value


class FactURL(_Fact, blocks.URLBlock):
    """A web address."""


class FactEmail(_Fact, blocks.EmailBlock):
    """An e-mail address."""


class FactDocument(_Fact, DocumentChooserBlock):
    """A file of the document library."""


class FactPlace(_Fact, PlaceChooserBlock):  # type: ignore[misc,valid-type]  # a class that the viewset makes
    """A reusable place."""


class PhoneNumber(_Fact, blocks.CharBlock):
    """A phone number, kept in the international form E.164; Finnish numbers may be typed without the country code."""

    def clean(self, value: str) -> str:
        value = str(super().clean(value) or "").strip()
        if not value:
            return ""
        try:
            number = phonenumbers.parse(value, "FI")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Enter a phone number, for example 09 310 1691 or +358 40 123 4567."))
        if number.country_code == 358 and not phonenumbers.is_valid_number(number):
            raise ValidationError(_("This is not a Finnish phone number: check the digits."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class Term(blocks.ChoiceBlock):
    """One term of a vocabulary, by its code. Reading a page does not look the code up: codes are texts already."""

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(choices=lambda: block_choices(vocabulary), **kwargs)

    def deconstruct(self) -> Any:
        kwargs = {key: value for key, value in self._constructor_kwargs.items() if key != "choices"}
        return "catalogue.blocks.Term", [self.vocabulary], kwargs

    def normalize_choice(self, value: Any) -> Any:
        return value


class TermList(blocks.MultipleChoiceBlock):
    """Several terms of a vocabulary, by their codes."""

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        from django.forms import CheckboxSelectMultiple

        self.vocabulary = vocabulary
        kwargs.setdefault("widget", CheckboxSelectMultiple())
        super().__init__(choices=lambda: block_choices(vocabulary), **kwargs)

    def deconstruct(self) -> Any:
        kwargs = {key: value for key, value in self._constructor_kwargs.items() if key != "choices"}
        return "catalogue.blocks.TermList", [self.vocabulary], kwargs

    def normalize_choice(self, value: Any) -> Any:
        return value


# ---------------------------------------------------------------------------------------------- times and places

WEEKDAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip

PROBLEM_TEXTS = {
    ProblemCode.MISSING: _("This is missing."),
    ProblemCode.END_BEFORE_START: _("The last day is before the first day."),
    ProblemCode.HOURS_END_NOT_AFTER_START: _("The end must be later than the start."),
    ProblemCode.NO_WEEKDAY: _("Choose at least one weekday."),
    ProblemCode.NO_HOURS: _("Add at least one row of weekdays and hours."),
    ProblemCode.HOURS_OVERLAP: _("Two rows give overlapping hours for the same weekday."),
    ProblemCode.PERIODS_OVERLAP: _("Two periods overlap."),
    ProblemCode.NO_PERIOD: _("Add at least one period."),
    ProblemCode.NO_DAY: _("Add at least one day."),
    ProblemCode.DAY_TWICE: _("The same day stands twice with overlapping hours."),
    ProblemCode.WEEKDAY_OUTSIDE_PERIOD: _("A chosen weekday never occurs between the first and the last day."),
    ProblemCode.TOO_LONG: _("The period is longer than ten years: check the years."),
}


# What a draft may still lack; sending and publishing do not let it pass (catalogue.completeness).
UNFINISHED = {
    ProblemCode.MISSING, ProblemCode.NO_WEEKDAY, ProblemCode.NO_HOURS, ProblemCode.NO_PERIOD, ProblemCode.NO_DAY,
}  # fmt: skip


class HoursBlock(blocks.StructBlock):
    weekdays = blocks.MultipleChoiceBlock(choices=WEEKDAYS, label=_("Weekdays"), required=False)
    start = blocks.TimeBlock(label=_("Starts"), required=False)
    end = blocks.TimeBlock(label=_("Ends"), required=False)

    class Meta:
        label = _("Weekdays and hours")
        icon = "time"


class PeriodBlock(blocks.StructBlock):
    start = blocks.DateBlock(label=_("First day"), required=False)
    end = blocks.DateBlock(label=_("Last day"), required=False)

    class Meta:
        label = _("Period")
        icon = "date"


class DayBlock(blocks.StructBlock):
    date = blocks.DateBlock(label=_("Day"), required=False)
    start = blocks.TimeBlock(label=_("Starts"), required=False)
    end = blocks.TimeBlock(label=_("Ends"), required=False)

    class Meta:
        label = _("Day")
        icon = "date"


class TimeAndPlaceBlock(blocks.StructBlock):
    """Where and when: the part that all five kinds of time share. Incomplete in a draft, checked by its `kind`."""

    place = FactPlace(label=_("Place"), required=False, help_text=_("Leave empty when the service is remote."))
    remote = blocks.BooleanBlock(label=_("Remote"), required=False)
    note = Text(label=_("More about the time and place"), required=False, max_length=250)

    kind = "agreed"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        problems = from_raw(self.kind, self.get_prep_value(cleaned)).problems()
        wrong = [problem for problem in problems if problem.code not in UNFINISHED]
        if wrong:
            raise StructBlockValidationError(block_errors=_errors_by_block(wrong))
        return cleaned


def _errors_by_block(problems: list[Problem]) -> dict[str, ValidationError]:
    """Messages for the block that each problem's path begins with."""
    texts: dict[str, list[Any]] = {}
    for problem in problems:
        texts.setdefault(str(problem.path[0]) if problem.path else "note", []).append(PROBLEM_TEXTS[problem.code])
    return {name: ValidationError(list(dict.fromkeys(messages))) for name, messages in texts.items()}


class AgreedBlock(TimeAndPlaceBlock):
    kind = "agreed"

    class Meta:
        label = _("Agreed separately")
        icon = "group"


class ContinuousBlock(TimeAndPlaceBlock):
    kind = "continuous"
    hours = blocks.ListBlock(HoursBlock(), label=_("Weekdays and hours"), default=[])

    class Meta:
        label = _("Continuous, with weekdays and hours")
        icon = "rotate"


class ExactPeriodBlock(TimeAndPlaceBlock):
    kind = "period"
    start = blocks.DateBlock(label=_("First day"), required=False)
    end = blocks.DateBlock(label=_("Last day"), required=False)
    hours = blocks.ListBlock(HoursBlock(), label=_("Weekdays and hours"), default=[])

    class Meta:
        label = _("Exact period, with weekdays and hours")
        icon = "calendar-alt"


class PeriodsBlock(TimeAndPlaceBlock):
    kind = "periods"
    periods = blocks.ListBlock(PeriodBlock(), label=_("Periods"), default=[])

    class Meta:
        label = _("One or more periods")
        icon = "calendar"


class DaysBlock(TimeAndPlaceBlock):
    kind = "days"
    days = blocks.ListBlock(DayBlock(), label=_("Days"), default=[])

    class Meta:
        label = _("Single days")
        icon = "calendar-check"


class TimesBlock(blocks.StreamBlock):
    agreed = AgreedBlock()
    continuous = ContinuousBlock()
    period = ExactPeriodBlock()
    periods = PeriodsBlock()
    days = DaysBlock()

    class Meta:
        required = False
        label = _("Times and places")


# ------------------------------------------------------------------------------------------- the parts of a service

YOUNGEST, OLDEST = 7, 100


class TargetGroupBlock(blocks.StructBlock):
    situations = TermList("client-situation", label=_("Client's situation"), required=False)
    all_ages = blocks.BooleanBlock(label=_("All of working age"), required=False, default=True)
    age_from = blocks.IntegerBlock(label=_("Age from"), required=False, min_value=YOUNGEST, max_value=OLDEST)
    age_to = blocks.IntegerBlock(label=_("Age to"), required=False, min_value=YOUNGEST, max_value=OLDEST)
    any_municipality = blocks.BooleanBlock(label=_("Home municipality does not matter"), required=False, default=False)
    municipalities = TermList("municipality", label=_("Home municipality"), required=False)
    sectors = TermList("sector", label=_("Sector, occupation"), required=False)
    description = RichText(
        label=_("Description of the target group"), required=False,
        help_text=_("Say in plain words who the service is for: “This is for you if …”."),
    )  # fmt: skip

    class Meta:
        label = _("Target group")
        icon = "group"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["age_from"] and cleaned["age_to"] and cleaned["age_to"] < cleaned["age_from"]:
            raise StructBlockValidationError(
                block_errors={"age_to": ValidationError(_("The upper age is below the lower age."))}
            )
        return cleaned


class DeliveryBlock(blocks.StructBlock):
    modes = TermList("delivery-mode", label=_("Delivery mode"), required=False)
    description = RichText(
        label=_("How it is carried out"), required=False,
        help_text=_("What happens in the service, who meets the client, how long it lasts."),
    )  # fmt: skip
    times = TimesBlock()
    accessibility = TermList("service-accessibility", label=_("Accessibility of the service"), required=False)

    class Meta:
        label = _("Delivery")
        icon = "cogs"


class ParticipationBlock(blocks.StructBlock):
    how = RichText(
        label=_("How to take part"), required=False,
        help_text=_("Enrolment, deadline, and whether a referral is needed."),
    )  # fmt: skip
    benefits = RichText(label=_("Benefits of taking part"), required=False)
    requirements = RichText(
        label=_("Requirements for taking part"), required=False,
        help_text=_("If there are none, say so: “You need nothing beforehand.”"),
    )  # fmt: skip
    consent = blocks.BooleanBlock(
        label=_("Client's consent is asked"), required=False,
        help_text=_("Consent to disclosing personal data. How it is asked is told in the work instruction."),
    )  # fmt: skip
    consent_text = RichText(label=_("About the consent"), required=False)

    class Meta:
        label = _("Participation")
        icon = "tick-inverse"


class ContactBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[("organisation", _("Organisation")), ("role", _("Role"))], default="role", label=_("Kind"),
        help_text=_("Give a role, such as “Coaches”, rather than a person's name."),
    )  # fmt: skip
    name = Text(label=_("Name"), required=False, max_length=120)
    note = Text(label=_("Note"), required=False, max_length=250, help_text=_("For example the telephone hours."))
    phone = PhoneNumber(label=_("Phone"), required=False, max_length=30)
    email = FactEmail(label=_("E-mail"), required=False)
    url = FactURL(label=_("Web address"), required=False)

    class Meta:
        label = _("Contact")
        icon = "mail"


class InternalContactBlock(ContactBlock):
    """A contact in a work instruction, where persons are allowed."""

    kind = blocks.ChoiceBlock(
        choices=[("organisation", _("Organisation")), ("role", _("Role")), ("person", _("Person"))], default="role",
        label=_("Kind"),
    )  # fmt: skip

    class Meta:
        label = _("Internal contact")
        icon = "mail"


class LinkBlock(blocks.StructBlock):
    url = FactURL(label=_("Web address"))
    label = Text(label=_("Link text"), max_length=160)

    class Meta:
        label = _("Link")
        icon = "link"


class AttachmentBlock(blocks.StructBlock):
    document = FactDocument(label=_("File"))
    label = Text(label=_("Name of the file"), max_length=160)

    class Meta:
        label = _("Attachment")
        icon = "doc-full"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        size = cleaned["document"].get_file_size() if cleaned["document"] else 0
        if size and size > settings.ATTACHMENT_MAX_BYTES:
            raise StructBlockValidationError(
                block_errors={"document": ValidationError(_("The file is larger than 50 MB. Choose a smaller one."))}
            )
        return cleaned


class LanguageBlock(blocks.StructBlock):
    language = Term("language", label=_("Language"))
    level = Term("cefr-level", label=_("Level the client needs"), required=False)

    class Meta:
        label = _("Language of service")
        icon = "globe"


class LanguagesBlock(blocks.StreamBlock):
    """Languages in which the service is given; each at most once."""

    language = LanguageBlock()

    class Meta:
        required = False

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        seen: set[str] = set()
        for index, child in enumerate(cleaned):
            language = child.value["language"]
            if language in seen:
                term = terms().get("language", language)
                raise blocks.StreamBlockValidationError(
                    block_errors={
                        index: StructBlockValidationError(
                            block_errors={
                                "language": ValidationError(
                                    _("%(language)s is already there.") % {"language": term or language}
                                )
                            }
                        )
                    }
                )
            seen.add(language)
        return cleaned


class LinksBlock(blocks.StreamBlock):
    link = LinkBlock()
    attachment = AttachmentBlock()

    class Meta:
        required = False
