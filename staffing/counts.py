"""The fourth count: people, registered beside platforms, bodies and plates."""

from django.utils.translation import gettext_lazy as _

from consolidation.selectors.counts import Counter, register
from staffing.selectors import people_tallies

PEOPLE = register(Counter("people", _("Management staff"), _("people"), people_tallies))
