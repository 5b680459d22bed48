"""The blocks of services and work instructions: target group, delivery, participation, contacts, links, languages."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from catalogue.leaf_blocks import (
    FactDocument,
    FactEmail,
    FactURL,
    PhoneNumber,
    RichText,
    Term,
    TermList,
    Text,
)
from catalogue.terms import terms
from catalogue.time_blocks import TimesBlock

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
            if language and language in seen:
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
