"""Every subject and template; importing this registers them."""

from exchange.subjects import head_counts, ledger, plan, staff
from exchange.subjects.spec import TEMPLATES, Column, Kind, Subject, Template, subject_with

__all__ = [
    "TEMPLATES",
    "Column",
    "Kind",
    "Subject",
    "Template",
    "head_counts",
    "ledger",
    "plan",
    "staff",
    "subject_with",
]
