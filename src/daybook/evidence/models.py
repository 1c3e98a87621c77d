"""Rows of evidence: sealed bodies in the blob store, and sealed rows that say what they are."""

import uuid

from django.db import models

from daybook.people.models import Record


class Blob(models.Model):
    """A sealed body in the blob store. Until it is admitted as an exhibit it is nobody's evidence and is swept after a day.

    ``held`` keeps it from the sweep: it came after the lock, and waits for its owner to say what becomes of it.
    """

    key = models.CharField(max_length=80, primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField()
    admitted = models.BooleanField(default=False)
    held = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"blob {self.key}"


class Exhibit(models.Model):
    """A piece of evidence, with a reference that is never used again.

    ``digest_tag`` is the file's SHA-256 under a key of the record: it finds a file kept twice, and matches no list of known
    files. ``unseen`` means that the person kept it without looking: no preview is made.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    blob = models.OneToOneField(Blob, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    admitted_at = models.DateTimeField()
    unseen = models.BooleanField(default=False)
    digest_tag = models.BinaryField(max_length=32, db_index=True)
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="one_exhibit_a_number")]

    def __str__(self) -> str:
        return f"exhibit {self.number} of {self.record_id}"


class DerivedCopy(models.Model):
    """A small picture made from an exhibit in the decoding child; sealed like a row, never the evidence itself."""

    exhibit = models.OneToOneField(Exhibit, on_delete=models.CASCADE, related_name="thumbnail")
    made_at = models.DateTimeField()
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"thumbnail of {self.exhibit_id}"


class Note(models.Model):
    """Something said about an exhibit after it was kept: who may look at it, what it shows, an answer about it.

    Versions are only added; what a note is about stands in its sealed row.
    """

    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, db_index=False, related_name="notes")
    version = models.PositiveIntegerField()
    written_at = models.DateTimeField()
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibit", "version"], name="one_note_a_version")]

    def __str__(self) -> str:
        return f"note {self.version} on {self.exhibit_id}"
