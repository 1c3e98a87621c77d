"""Rows of the diary. Everything a person wrote is sealed; in clear stand identifiers, version numbers and written times."""

import uuid

from django.db import models
from django.db.models import Q

from daybook.evidence.models import Exhibit
from daybook.people.models import Record


class Item(models.Model):
    """Something the person keeps in versions: an entry, a suspect, a witness, or a place of her own.

    ``sealed_moment`` is a new entry's place in time, bound to its version, until the timeline's leaves take it in.
    """

    class Kind(models.TextChoices):
        """What the item is."""

        ENTRY = "entry"
        SUSPECT = "suspect"
        WITNESS = "witness"
        PLACE = "place"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    versions = models.PositiveIntegerField(default=0)
    loose_epoch = models.PositiveIntegerField(default=0)
    sealed_moment = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "kind"], name="items_of_a_record"),
            models.Index(fields=["record"], condition=Q(sealed_moment__isnull=False), name="loose_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Version(models.Model):
    """One version of an item. Versions are only ever added; ``current`` marks the newest for quick reading."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, db_index=False, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=8, choices=Item.Kind.choices)
    version = models.PositiveIntegerField()
    current = models.BooleanField(default=True)
    written_at = models.DateTimeField()
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()
    sealed_apart = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "version"], name="one_version_a_number"),
            models.UniqueConstraint(fields=["item"], condition=Q(current=True), name="one_current_version"),
        ]
        indexes = [models.Index(fields=["record", "kind", "current"], name="versions_of_a_record")]

    def __str__(self) -> str:
        return f"version {self.version} of {self.item_id}"


class TimelineLeaf(models.Model):
    """Up to 512 entries in the order of their events, sealed: identifiers and times, so that a page of the list is found
    without opening every entry, and the order of events stays hidden in the database.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    epoch = models.PositiveIntegerField()
    sealed_first = models.BinaryField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"timeline leaf {self.pk}"


class Draft(models.Model):
    """An entry being written, or an amendment being prepared; sealed at every save, so that a crash loses no words."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    amends = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, related_name="+")
    amends_version = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Attachment(models.Model):
    """An exhibit that belongs to an entry; many to many. Taking it away sets ``detached_at``: the ledger keeps both facts."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, related_name="+")
    attached_at = models.DateTimeField()
    detached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "exhibit"], condition=Q(detached_at__isnull=True), name="attached_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exhibit_id} in {self.entry_id}"
