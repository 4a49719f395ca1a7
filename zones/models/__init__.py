"""What exists: divisions, platforms, plates, management bodies and their names over time."""

from zones.models.bodies import BodyPlatform, LeadershipPost, ManagementBody
from zones.models.divisions import Adjacency, Department, Division, DivisionSuccession
from zones.models.platforms import (
    Industry,
    LeadingIndustry,
    Ledger,
    Level,
    Origin,
    Plate,
    Platform,
    PlatformName,
)

__all__ = [
    "Adjacency",
    "BodyPlatform",
    "Department",
    "Division",
    "DivisionSuccession",
    "Industry",
    "LeadershipPost",
    "LeadingIndustry",
    "Ledger",
    "Level",
    "ManagementBody",
    "Origin",
    "Plate",
    "Platform",
    "PlatformName",
]
