"""What the worker does."""

from django_tasks import task

from solver.services.solving import solve


@task()
def run_solver(pk: int) -> None:
    """Do the run of the solver with the key ``pk``."""
    solve(pk)
