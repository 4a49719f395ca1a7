"""How a template names another record: by its name where only one record has it, else by its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, F

from zones.models import ManagementBody, Platform, PlatformName

if TYPE_CHECKING:
    import datetime

    from consolidation.models import Programme

_SEPARATORS = (";", "；")


class Names:
    """The names of a ledger's platforms and bodies that more than one record bears or bore."""

    def __init__(self, programme: Programme) -> None:
        """Read them, in three queries whatever the size of the ledger."""
        ledger = programme.ledger_id
        borne = PlatformName.objects.filter(platform__ledger=ledger)
        self._platforms = {
            *_twice(Platform, ledger),
            # A name that another platform bore may be read as that one's (方案: 钱江经开区 in 2019).
            *borne.exclude(name=F("platform__name")).values_list("name", flat=True),
        }
        self._bodies = set(_twice(ManagementBody, ledger))

    def platform(self, code: str | None, name: str | None) -> str:
        """Return how a platform is named; nothing for none."""
        return _named(code, name, self._platforms)

    def body(self, code: str | None, name: str | None) -> str:
        """Return how a management body is named; nothing for none."""
        return _named(code, name, self._bodies)


def _twice(model: type[Platform | ManagementBody], ledger: int) -> list[str]:
    """Return the names that several records have; read by the database, which holds them all."""
    names = model._default_manager.filter(ledger=ledger).order_by().values("name")  # noqa: SLF001 - public API
    return list(names.annotate(n=Count("pk")).filter(n__gt=1).values_list("name", flat=True))


def _named(code: str | None, name: str | None, doubtful: set[str]) -> str:
    if code is None or name is None:
        return code or ""
    clear = name and name not in doubtful and not any(mark in name for mark in _SEPARATORS)
    return name if clear else code


def dated(code: str | None, since: datetime.date | None) -> str:
    """Return a division of a later day as the programme format writes it (``330113@2021-04-09``)."""
    if not code:
        return ""
    return f"{code}@{since.isoformat()}" if since else code
