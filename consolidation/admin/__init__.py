"""What is decided, in the admin: programmes, retained platforms, plans and their execution."""

from consolidation.admin import (
    arrangements,
    execution,
    plans,
    programmes,
    retained,
    tasks,
    workflow,
)

__all__ = ["arrangements", "execution", "plans", "programmes", "retained", "tasks", "workflow"]
