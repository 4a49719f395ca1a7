"""Which record a cell means: by its code, else by its exact name (also a name over time).

``resolving`` reads a division's few records as a whole; here only those are read that a chunk of
rows mentions, so that neither queries nor memory grow with the ledger or the file.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from consolidation.selectors.plans import owners_of
from exchange.models import ImportRow
from exchange.selectors.resolving import folded
from zones.models import Division, ManagementBody, Plate, Platform

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from exchange.models import ImportRun

MODELS: dict[str, type[Any]] = {"platforms": Platform, "bodies": ManagementBody, "plates": Plate}
NAME_FIELDS = {"platforms": "name", "bodies": "name", "plates": "title"}
OWNERS = {"platforms": "division", "bodies": "division", "plates": "platform__division"}
"""By sheet: the way to the division that owns a record."""


def _spellings(text: str) -> set[str]:
    """Return the ways in which the ledger may spell a name: brackets come in both widths."""
    plain = folded(text)
    return {text.strip(), plain, plain.replace("(", "（").replace(")", "）")}


@dataclass(frozen=True)
class Known:
    """A record that a cell may mean.

    ``is_current`` is false where it bore the name only once. ``is_new`` records are added by an
    earlier row of the same file; ``faulty_at`` is that row where it has errors.
    """

    code: str
    name: str
    division_id: int | None
    division_code: str
    is_new: bool = False
    is_current: bool = True
    faulty_at: str = ""


class Mentioned:
    """The records of one sheet that a set of codes and names may mean."""

    def __init__(self) -> None:
        self.by_code: dict[str, Known] = {}
        self._by_name: defaultdict[str, list[Known]] = defaultdict(list)

    def add(self, known: Known, name: str = "") -> None:
        """Hold a record under its code and one of its names."""
        self.by_code.setdefault(folded(known.code), known)
        self._by_name[folded(name or known.name)].append(known)

    def named(self, name: str, division_ids: Collection[int | None] = ()) -> list[Known]:
        """Return the records of this name, of those divisions if any are given.

        Who bears the name today goes before who bore it once.
        """
        found = {
            known.code: known
            for known in self._by_name.get(folded(name), ())
            if not division_ids or known.division_id in division_ids
        }
        current = [known for known in found.values() if known.is_current]
        return sorted(current or found.values(), key=lambda known: known.code)


def mentioned_in(run: ImportRun, sheet: str, texts: Iterable[str]) -> Mentioned:
    """Return the records of ``sheet`` that ``texts`` may mean: of the ledger, and of the file."""
    names = Mentioned()
    wanted = {text for text in texts if text.strip()}
    if not wanted:
        return names
    codes = {folded(text) for text in wanted} | wanted
    spelt = set().union(*(_spellings(text) for text in wanted))
    _in_ledger(names, run, sheet, codes, spelt)
    _in_file(names, run, sheet, codes, spelt)
    return names


def _in_ledger(
    names: Mentioned, run: ImportRun, sheet: str, codes: set[str], spelt: set[str]
) -> None:
    field, owner = NAME_FIELDS[sheet], OWNERS[sheet]
    rows = MODELS[sheet].objects.filter(ledger=run.programme.ledger_id).order_by("code")
    columns = ("code", F(field), F(f"{owner}_id"), F(f"{owner}__code"))
    for code, name, pk, division in rows.filter(
        Q(code__in=codes) | Q(**{f"{field}__in": spelt})
    ).values_list(*columns):
        names.add(Known(code, name, pk, division))
    if sheet == "platforms":
        once = rows.filter(names__name__in=spelt).values_list(*columns, "names__name")
        for code, name, pk, division, former in once:
            if folded(former) != folded(name):
                names.add(Known(code, name, pk, division, is_current=False), former)


def _in_file(
    names: Mentioned, run: ImportRun, sheet: str, codes: set[str], spelt: set[str]
) -> None:
    """Add the records that earlier rows of the same file will add, or would if they were right."""
    rows = ImportRow.objects.filter(
        Q(key__in=codes) | Q(label__in=spelt),
        run=run,
        subject=sheet,
        action__in=[ImportRow.Action.ADD, ImportRow.Action.ERROR],
    )
    for row in rows.order_by("id"):
        if row.key in names.by_code:
            continue
        owner = row.data.get("owner") or [None, ""]
        faulty_at = str(row) if row.action == ImportRow.Action.ERROR else ""
        pk, code = owner
        names.add(Known(row.key, row.label, pk, code, is_new=True, faulty_at=faulty_at))


class Divisions:
    """The divisions of a programme by code and by name."""

    def __init__(self, run: ImportRun) -> None:
        programme = run.programme
        self.owners = {owner.pk: owner for owner in owners_of(programme)}
        self._owner_codes = {
            word: owner.code for owner in self.owners.values() for word in _words_of(owner)
        }
        self._owner_codes["市本级"] = programme.division.code
        under = Division.objects.filter(parent=programme.division_id).order_by("code")
        self._today = {
            word: division
            for division in under
            if division.valid_to is None
            for word in (division.code, *_words_of(division))
        }

    def owner_code(self, text: str) -> str:
        """Return the code of the owner that ``text`` names; ``text`` itself where it names none."""
        plain = folded(text)
        return self._owner_codes.get(plain.lower(), plain)

    def today(self, text: str) -> str:
        """Return today's division as the programme format writes it: its code and its day."""
        plain = folded(text)
        found = self._today.get(plain) or self._today.get(plain.lower())
        if found is None or "@" in plain:
            return plain
        return f"{found.code}@{found.valid_from.isoformat()}" if found.valid_from else found.code


def _words_of(division: Division) -> list[str]:
    words = [division.name, division.name_en]
    return [folded(word).lower() for word in words if word]
