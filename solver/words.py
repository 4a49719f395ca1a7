"""What a run's result says in words. It is kept in keys and numbers, and told in the reader's tongue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from consolidation.checks.base import RULES
from consolidation.models import BodyDisposition, Disposition, PlateDisposition
from solver.engine.proposal import RECEIVER, Subject
from solver.engine.situation import MODELLED, Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

AIM_WORDS: Mapping[str, StrOrPromise] = {
    "changes": gettext_lazy("Changed platforms and sub-areas"),
    "list": gettext_lazy("Of these on the retained list or in approved plans"),
    "follow": gettext_lazy("Bodies and plates that follow"),
    "high_level": gettext_lazy("High-level strategic platforms touched"),
    "people": gettext_lazy("People in bodies newly abolished"),
    "mildness": gettext_lazy("Weight of the means chosen"),
}

MODE_WORDS: Mapping[str, StrOrPromise] = {
    Mode.UNDECIDED: gettext_lazy("only what is not decided yet"),
    Mode.UNAPPROVED: gettext_lazy("everything but approved plans"),
    Mode.EVERYTHING: gettext_lazy("everything that is not carried out yet"),
}

_DEMANDS: Mapping[str, StrOrPromise] = {
    "R01": gettext_lazy("At most {limit} platforms in the city; {retained} are on the list now."),
    "R02": gettext_lazy("At least {least} of {base} management bodies are cut."),
    "R03": gettext_lazy("At least {least} of {base} people are cut, as far as figures are known."),
    "R04": gettext_lazy("Quota {limit}; {kept} platforms are kept outside sub-areas now."),
    "R05": gettext_lazy("At most {limit} sub-areas; {used} are designated, {left} are left."),
    "R06": gettext_lazy("Each of {platforms} baseline platforms has one disposition that leads somewhere."),
    "R07": gettext_lazy("{strategic} national and provincial platforms are retained or merged into a retained one."),
    "R08": gettext_lazy("{plates} national and provincial plates are carried on or settled."),
    "R09": gettext_lazy("Each retained platform has exactly one body and one team."),
    "R10": gettext_lazy("None of {bodies} bodies is left for what is not retained or a sub-area."),
    "R11": gettext_lazy("Merges only into {near} owners: itself, its neighbours, the municipal level."),
    "R13": gettext_lazy("What is transformed becomes a named kind."),
    "R20": gettext_lazy("No fewer high-level platforms than {limit}, or than there are."),
    "fixed": gettext_lazy("{fixed} platforms may not change: {done} carried out, {pinned} fixed, others by choice."),
    "list": gettext_lazy("The retained list may not change."),
    "designation": gettext_lazy("No sub-area may be designated or withdrawn."),
}  # fmt: skip

NOT_COVERED: Mapping[str, StrOrPromise] = {
    "R05": gettext_lazy("separate parcels: no figure depends on dispositions"),
    "R12": gettext_lazy("leading industries are chosen by people"),
    "R14": gettext_lazy("where people go is entered by people, body by body"),
    "R15": gettext_lazy("posts exempt from competition"),
    "R16": gettext_lazy("development operators"),
    "R17": gettext_lazy("dates"),
    "R18": gettext_lazy("discipline inspection"),
    "R19": gettext_lazy("cooperation parks"),
    "R20": gettext_lazy("national ranks"),
}
"""What the solver does not look at, and why."""


def named(thing: Mapping[str, Any] | None) -> str:
    """Return the name of a record or an owner in the reader's language."""
    if not thing:
        return ""
    if get_language() == "en" and thing.get("name_en"):
        return str(thing["name_en"])
    return str(thing["name"])


def decided(subject: str, values: Mapping[str, Any], *, listed: bool = True) -> str:
    """Return what is decided, in words: “Merge → Yuhang Zone; not on the list”.

    ``listed`` says whether the place on the list is told: where it does not change, it is not.
    """
    if subject == Subject.SUB_AREA:
        return _("sub-area") if values["sub_area"] else _("no sub-area")
    if subject in {Subject.BODY, Subject.FOUNDING}:
        return _body(values)
    if subject == Subject.PLATE:
        fate = values["fate"]
        words = str(PlateDisposition.Fate(fate).label) if fate else _("not decided")
        carrier = named(values["carrier"])
        return f"{words} → {carrier}" if carrier else words
    return _platform(values, listed=listed)


def _body(values: Mapping[str, Any]) -> str:
    fate = values.get("fate")
    words = str(BodyDisposition.Fate(fate).label) if fate else _("not decided")
    served = named(values.get("serves"))
    return f"{words} → {served}" if served else words


def _platform(values: Mapping[str, Any], *, listed: bool) -> str:
    words = str(Disposition.Kind(values["kind"]).label) if values["kind"] else _("not decided")
    parts = [words]
    if values.get("target"):
        parts = [f"{words} → {named(values['target'])}"]
    if values.get("into"):
        parts = [f"{words} → {values['into']}"]
    if listed:
        parts.append(_("on the list") if values["retained"] else _("not on the list"))
    if values.get("reason_wanted"):
        parts.append(_("a reason is wanted"))
    return "; ".join(parts) if get_language() == "en" else "；".join(parts)


def why(change: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rules that ask for a change: code and title."""
    told = []
    for code in change["why"]:
        if code == RECEIVER:
            told.append(("", _("others are merged into it")))
        else:
            told.append((code, str(RULES[code].title) if code in RULES else ""))
    return told


def demand(told: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a demand in words: the rule's code where it is one, whose it is, and what it says."""
    rule = told["rule"]
    code = rule if rule in MODELLED else ""
    return code, named(told["owner"]), str(_DEMANDS[rule]).format(**told["numbers"])
