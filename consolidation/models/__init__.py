"""What is decided: programmes, retained platforms, plans, dispositions and their execution."""

from consolidation.models.execution import ExecutionStep
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

__all__ = [
    "BodyDisposition",
    "Deadline",
    "Disposition",
    "ExecutionStep",
    "MergePlan",
    "NationalRank",
    "PlateDisposition",
    "Programme",
    "Quota",
    "QuotaException",
    "RankGoal",
    "RetainedIndustry",
    "RetainedPlatform",
    "Target",
    "Task",
    "TaskNote",
]
