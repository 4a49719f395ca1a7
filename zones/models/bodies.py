"""Management bodies (管理机构): what is counted for the cut of 60%, with their leading posts."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as uscc_number
from stdnum.exceptions import ValidationError as NumberError

from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced
from zones.models.divisions import Division
from zones.models.platforms import Ledger, Origin, Platform


def validate_uscc(value: str) -> None:
    """Refuse a unified social credit code whose form or check digit is wrong (GB 32100)."""
    try:
        uscc_number.validate(value)
    except NumberError as error:
        raise ValidationError(
            _("%(value)s is no valid unified social credit code (GB 32100)."),
            params={"value": value},
        ) from error


class ManagementBody(Sourced):
    """A management body. It belongs to one owner and manages one platform or several."""

    class Nature(models.TextChoices):
        """The legal nature of the body."""

        ADMINISTRATIVE = "administrative", _("Administrative organ")
        PUBLIC_AS_CIVIL = "public_as_civil", _("Public institution run like the civil service")
        PUBLIC = "public", _("Public institution")
        COMPANY = "company", _("Company")
        UNKNOWN = "unknown", _("Unknown")

    class Rank(models.TextChoices):
        """The administrative rank of the body."""

        BUREAU = "bureau", _("Bureau (full)")
        BUREAU_DEPUTY = "bureau_deputy", _("Bureau (deputy)")
        DIVISION = "division", _("Division (full)")
        DIVISION_DEPUTY = "division_deputy", _("Division (deputy)")
        SECTION = "section", _("Section (full)")
        SECTION_DEPUTY = "section_deputy", _("Section (deputy)")
        UNKNOWN = "unknown", _("Unknown")

    ledger = models.ForeignKey(
        Ledger, verbose_name=_("ledger"), on_delete=models.PROTECT, related_name="bodies"
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    division = models.ForeignKey(
        Division, verbose_name=_("division"), on_delete=models.PROTECT, related_name="bodies"
    )
    current_division = models.ForeignKey(
        Division,
        verbose_name=_("today's division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    platforms: models.ManyToManyField[Platform, BodyPlatform] = models.ManyToManyField(
        Platform, verbose_name=_("platforms"), through="BodyPlatform", related_name="bodies"
    )
    uscc = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[validate_uscc]
    )
    nature = models.CharField(
        _("nature"), max_length=20, choices=Nature.choices, default=Nature.UNKNOWN
    )
    rank = models.CharField(
        pgettext_lazy("body", "rank"), max_length=20, choices=Rank.choices, default=Rank.UNKNOWN
    )
    parent_body = models.CharField(_("subordinate to"), max_length=120, blank=True)
    approval_document = models.CharField(_("approval document"), max_length=200, blank=True)
    funding = models.CharField(_("funding"), max_length=60, blank=True)
    internal_departments = models.PositiveIntegerField(
        _("internal departments"), null=True, blank=True
    )
    leadership_teams = models.PositiveSmallIntegerField(
        _("leadership teams"), null=True, blank=True
    )
    secretary_is_director = models.BooleanField(
        _("one person is secretary and director"), null=True, blank=True
    )
    origin = models.CharField(
        _("origin"), max_length=10, choices=Origin.choices, default=Origin.LEDGER
    )
    established_on = models.DateField(_("established on"), null=True, blank=True)
    abolished_on = models.DateField(
        _("abolished on"), null=True, blank=True, help_text=_("The first day it no longer exists.")
    )
    history = recorded()

    class Meta:
        verbose_name = _("management body")
        verbose_name_plural = _("management bodies")
        ordering: ClassVar = ["ledger", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ledger", "code"],
                name="body_code_once_per_ledger",
                violation_error_message=_("This code already stands in the ledger."),
            ),
            models.CheckConstraint(
                condition=Q(abolished_on__isnull=True)
                | Q(established_on__isnull=True)
                | Q(abolished_on__gte=F("established_on")),
                name="body_ends_after_it_starts",
                violation_error_message=_("A body cannot end before it was established."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ledger", "division"], name="body_counting")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language, the Chinese one where no other is known."""
        if get_language() == "en" and self.name_en:
            return self.name_en
        return self.name


class BodyPlatform(models.Model):
    """A body manages a platform at the baseline. Several platforms may hang on one body."""

    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("management body"),
        on_delete=models.CASCADE,
        related_name="remits",
    )
    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.CASCADE, related_name="remits"
    )
    history = recorded()

    class Meta:
        verbose_name = _("remit")
        verbose_name_plural = _("remits")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "platform"], name="body_platform_once")
        ]

    def __str__(self) -> str:
        return f"{self.body} – {self.platform}"


class LeadershipPost(Sourced):
    """A leading post (领导职数) of a body, and whether it is exempt from open competition."""

    body = models.ForeignKey(
        ManagementBody,
        verbose_name=_("management body"),
        on_delete=models.CASCADE,
        related_name="leadership_posts",
    )
    title = models.CharField(_("title"), max_length=60)
    authorised = models.PositiveSmallIntegerField(_("authorised"), null=True, blank=True)
    filled = models.PositiveSmallIntegerField(_("filled"), null=True, blank=True)
    is_exempt = models.BooleanField(_("exempt from open competition"), null=True, blank=True)
    history = recorded()

    class Meta:
        verbose_name = _("leadership post")
        verbose_name_plural = _("leadership posts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "title"], name="leadership_post_once")
        ]

    def __str__(self) -> str:
        return self.title
