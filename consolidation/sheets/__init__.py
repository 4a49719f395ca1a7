"""The sheets of the programme format, in the order in which their references resolve."""

from consolidation.loading.specs import TableSpec, register, register_table
from consolidation.sheets import divisions, ledger, plans, programmes, retained, steps, targets
from zones.models import Industry, Ledger

register(divisions.DIVISIONS)
# No sheet of their own: the programme's sheet makes the one, lists of industries the other.
register_table(Ledger, TableSpec(("code",)))
register_table(Industry, TableSpec(("name",)))
register(
    programmes.PROGRAMME,
    divisions.SUCCESSIONS,
    divisions.ADJACENCY,
    divisions.DEPARTMENTS,
    targets.TARGETS,
    programmes.RANK_GOALS,
    programmes.QUOTAS,
    programmes.DEADLINES,
    programmes.TASKS,
    programmes.STEP_TEMPLATES,
    ledger.PLATFORMS,
    ledger.NAMES,
    ledger.PLATES,
    ledger.BODIES,
    ledger.POSTS,
    retained.RETAINED,
    plans.PLANS,
    plans.DISPOSITIONS,
    plans.PLATE_DISPOSITIONS,
    plans.BODY_DISPOSITIONS,
    steps.STEPS,
    retained.RANKS,
    programmes.QUOTA_EXCEPTIONS,
)
