"""What is decided: programmes, retained platforms, plans, dispositions and their execution."""

from consolidation.models.arrangements import ArrangedIndustry, Arrangement
from consolidation.models.attachments import Attachment
from consolidation.models.corrections import Correction
from consolidation.models.execution import ExecutionStep, StepTemplate
from consolidation.models.notices import Notice
from consolidation.models.plans import (
    BodyDisposition,
    Disposition,
    MergePlan,
    PlateDisposition,
)
from consolidation.models.programmes import (
    Deadline,
    Programme,
    Quota,
    QuotaException,
    RankGoal,
    Target,
)
from consolidation.models.retained import NationalRank, RetainedIndustry, RetainedPlatform
from consolidation.models.tasks import Task, TaskNote
from consolidation.models.workflow import BreachReason, Opinion, Part, Signature

__all__ = [
    "ArrangedIndustry",
    "Arrangement",
    "Attachment",
    "BodyDisposition",
    "BreachReason",
    "Correction",
    "Deadline",
    "Disposition",
    "ExecutionStep",
    "MergePlan",
    "NationalRank",
    "Notice",
    "Opinion",
    "Part",
    "PlateDisposition",
    "Programme",
    "Quota",
    "QuotaException",
    "RankGoal",
    "RetainedIndustry",
    "RetainedPlatform",
    "Signature",
    "StepTemplate",
    "Target",
    "Task",
    "TaskNote",
]
