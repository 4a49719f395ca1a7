"""What follow-up keeps: its settings, who was reminded of what, and the way of each task."""

from followup.models.acts import TaskAct
from followup.models.reminders import Reminder
from followup.models.settings import FollowUpSettings

__all__ = ["FollowUpSettings", "Reminder", "TaskAct"]
