"""What is decided, in the admin: programmes, retained platforms, plans and their execution."""

from consolidation.admin import execution, plans, programmes, retained, tasks

__all__ = ["execution", "plans", "programmes", "retained", "tasks"]
