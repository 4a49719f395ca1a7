"""The user: who signs in, with which role, for which division or department."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from platforms_portal.access import DISTRICT_ROLES, Role
from platforms_portal.history import recorded


class User(AbstractUser):
    """A person of the portal. The role decides the rights, the division decides the scope."""

    full_name = models.CharField(_("full name"), max_length=60, blank=True)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, default=Role.ANALYST)
    division = models.ForeignKey(
        "zones.Division",
        verbose_name=_("division"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        help_text=_("Required for district roles."),
    )
    department = models.ForeignKey(
        "zones.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        help_text=_("Required for countersigning departments."),
    )
    # Neither a hash nor each sign-in belongs into the account of who changed what.
    history = recorded(without=["password", "last_login"])

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="district_role_has_division",
                condition=~Q(role__in=sorted(DISTRICT_ROLES)) | Q(division__isnull=False),
                violation_error_message=_("A district role needs a division."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def clean(self) -> None:
        """Refuse a countersigner without a department: nobody would know what it signs."""
        super().clean()
        if self.role == Role.COUNTERSIGNER and self.department_id is None:
            raise ValidationError(
                {"department": _("A countersigning department needs a department.")}
            )
