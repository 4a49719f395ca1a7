"""Where a record comes from: its source, and whether it is only a placeholder (domain §8)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Sourced(models.Model):
    """A record that says where it comes from and whether it stands in for a real one."""

    is_placeholder = models.BooleanField(
        _("placeholder"),
        default=False,
        help_text=_("No source gives this record; a real ledger replaces it."),
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        abstract = True
