"""The shape of signals in the API, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rest_framework import serializers

from consolidation.checks.base import Scope
from signals import words
from signals.models import SignalNote
from signals.selectors.seen import Status

if TYPE_CHECKING:
    from signals.kinds.base import Record
    from signals.selectors.seen import Seen


class OwnerSerializer(serializers.Serializer[Any]):
    """Whom a signal is about: a division, or the municipal level."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class SignalRecordSerializer(serializers.Serializer[Any]):
    """A record that a signal names."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    why_en = serializers.CharField(allow_blank=True)
    correction = serializers.IntegerField(
        allow_null=True, help_text=_("Key of the confirmed correction that accounts for it.")
    )


class SignalNoteSerializer(serializers.Serializer[Any]):
    """What was said of a signal."""

    kind = serializers.ChoiceField(choices=SignalNote.Kind.choices)
    text = serializers.CharField()
    author = serializers.CharField()
    written_at = serializers.DateTimeField()
    digest = serializers.CharField()


class SignalSerializer(serializers.Serializer[Any]):
    """One signal."""

    signal = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField()
    key = serializers.CharField(help_text=_("The same as long as the signal is found."))
    digest = serializers.CharField(help_text=_("The same as long as its figures and records are."))
    aspect = serializers.CharField()
    scope = OwnerSerializer()
    status = serializers.ChoiceField(choices=Status.choices)
    since = serializers.DateField(allow_null=True)
    message = serializers.CharField()
    message_en = serializers.CharField()
    figures = serializers.DictField(help_text=_("Integers, days and names, by name."))
    basis = serializers.DictField(help_text=_("What the figures were compared with."))
    records = SignalRecordSerializer(many=True)
    records_total = serializers.IntegerField()
    legitimate = serializers.ListField(
        child=serializers.CharField(), help_text=_("What may well explain it.")
    )
    placeholders = serializers.BooleanField()
    notes = SignalNoteSerializer(many=True)


class NarrowedToSerializer(serializers.Serializer[Any]):
    """The one division whose signals are shown."""

    code = serializers.CharField()
    name = serializers.CharField()


class SignalReportSerializer(serializers.Serializer[Any]):
    """The signals of a programme on a day."""

    programme = serializers.CharField()
    as_of = serializers.DateField()
    placeholders = serializers.BooleanField()
    narrowed_to = NarrowedToSerializer(allow_null=True)
    signals = SignalSerializer(many=True)


def as_json(seen: Seen) -> dict[str, Any]:
    """Return a signal with its words in both languages."""
    signal = seen.signal
    with override("zh-hans"):
        told = {
            "title": seen.title,
            "message": words.sentence(signal, seen.owner),
            "name": str(Scope(seen.owner).label),
        }
    with override("en"):
        told |= {
            "title_en": seen.title,
            "message_en": words.sentence(signal, seen.owner),
            "name_en": str(Scope(seen.owner).label),
        }
    return {
        "signal": signal.code,
        "title": told["title"],
        "title_en": told["title_en"],
        "key": signal.key,
        "digest": signal.digest,
        "aspect": signal.aspect,
        "scope": {
            "code": seen.owner.code,
            "name": told["name"],
            "name_en": told["name_en"],
        },
        "status": seen.status.value,
        "since": signal.since.isoformat() if signal.since else None,
        "message": told["message"],
        "message_en": told["message_en"],
        "figures": signal.figures,
        "basis": signal.basis,
        "records": [_record(seen, record) for record in signal.records],
        "records_total": signal.total,
        "legitimate": seen.legitimate,
        "placeholders": signal.placeholders,
        "notes": [_note(note) for note in seen.notes],
    }


def _record(seen: Seen, record: Record) -> dict[str, Any]:
    with override("zh-hans"):
        name, why = words.name_of(record, seen.owner), words.why(seen.signal, record)
    with override("en"):
        why_en = words.why(seen.signal, record)
    return {
        "type": record.type,
        "id": record.id,
        "name": name,
        "why": why,
        "why_en": why_en,
        "correction": record.values.get("correction"),
    }


def _note(note: SignalNote) -> dict[str, Any]:
    return {
        "kind": note.kind,
        "text": note.text,
        "author": str(note.author),
        "written_at": note.written_at.isoformat(),
        "digest": note.digest,
    }
