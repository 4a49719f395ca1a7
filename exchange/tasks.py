"""What the worker does for imports."""

from django_tasks import task

from exchange.models import ImportRun
from exchange.services.checking import check_now
from exchange.services.committing import commit_now


@task()
def run_check(pk: int) -> None:
    """Check the run with the key ``pk``."""
    check_now(ImportRun.objects.get(pk=pk))


@task()
def run_commit(pk: int) -> None:
    """Write the run with the key ``pk``."""
    commit_now(ImportRun.objects.get(pk=pk))
