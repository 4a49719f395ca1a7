"""The fourth count: people, registered beside platforms, bodies and plates."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consolidation.selectors.counts import Counter, register
from staffing.selectors import people_tallies

PEOPLE = register(
    Counter(
        "people",
        _("Management staff"),
        pgettext_lazy("unit", "people"),
        people_tallies,
        _(
            "Staff on post in the management bodies, in the categories that the programme counts. "
            "Authorised posts are never mixed in."
        ),
    )
)
