"""How a decision is carried out: steps with evidence, each confirmed by the commission."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consolidation.models.plans import BodyDisposition, Disposition
from consolidation.models.programmes import Programme
from consolidation.models.retained import RetainedPlatform
from platforms_portal.history import recorded
from platforms_portal.provenance import Sourced


class ExecutionStep(Sourced):
    """One step of carrying out a disposition, the fate of a body, or a founding."""

    disposition = models.ForeignKey(
        Disposition,
        verbose_name=_("disposition"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="steps",
    )
    body_disposition = models.ForeignKey(
        BodyDisposition,
        verbose_name=_("fate of a management body"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="steps",
    )
    retained = models.ForeignKey(
        RetainedPlatform,
        verbose_name=_("founding of a retained platform"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="steps",
    )
    title = models.CharField(_("step"), max_length=60)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    carried_out_on = models.DateField(_("carried out on"), null=True, blank=True)
    document_number = models.CharField(_("document number"), max_length=120, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    objection = models.CharField(
        _("objection"),
        max_length=500,
        blank=True,
        help_text=_("Why the commission did not confirm the step as it was reported."),
    )
    history = recorded()

    class Meta:
        verbose_name = _("execution step")
        verbose_name_plural = _("execution steps")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(
                    Q(
                        disposition__isnull=False,
                        body_disposition__isnull=True,
                        retained__isnull=True,
                    )
                    | Q(
                        disposition__isnull=True,
                        body_disposition__isnull=False,
                        retained__isnull=True,
                    )
                    | Q(
                        disposition__isnull=True,
                        body_disposition__isnull=True,
                        retained__isnull=False,
                    )
                ),
                name="step_has_one_subject",
                violation_error_message=_("A step belongs to exactly one decision."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | Q(carried_out_on__isnull=False),
                name="step_confirmed_only_when_carried_out",
                violation_error_message=_("Only a step that was carried out can be confirmed."),
            ),
            *(
                models.UniqueConstraint(fields=[subject, "title"], name=f"step_once_per_{subject}")
                for subject in ("disposition", "body_disposition", "retained")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class StepTemplate(models.Model):
    """A step that the programme asks of every decision of one kind.

    It becomes an ``ExecutionStep`` of each such decision when a plan is approved.
    """

    class Subject(models.TextChoices):
        """The decisions that steps are asked of."""

        ABOLISH = "abolish", _("Abolish")
        TRANSFORM = "transform", _("Transform")
        MERGE = "merge", _("Merge")
        UPGRADE = "upgrade", _("Upgrade")
        BODY_ABOLISH = "body_abolish", _("Abolition of a management body")
        BODY_KEEP = "body_keep", _("Continuation of a management body")
        BODY_FOUND = "body_found", _("Founding of a management body")
        PLATFORM_FOUND = "platform_found", _("Founding of a retained platform")

    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        on_delete=models.CASCADE,
        related_name="step_templates",
    )
    subject = models.CharField(_("asked of"), max_length=15, choices=Subject.choices)
    title = models.CharField(_("step"), max_length=60)
    sequence = models.PositiveSmallIntegerField(_("number"), default=0)
    history = recorded()

    class Meta:
        verbose_name = _("step asked for")
        verbose_name_plural = _("steps asked for")
        ordering: ClassVar = ["programme", "subject", "sequence", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["programme", "subject", "title"],
                name="step_template_once",
                violation_error_message=_("This step is already asked for."),
            )
        ]

    def __str__(self) -> str:
        return self.title
