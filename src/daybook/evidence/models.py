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
    """Something made from an exhibit in a decoding child: a small picture, a page, text. Sealed; never the evidence itself.

    ``slot`` says which it is (see `kernel.media.previews.Place`); 0 is the small picture.
    """

    exhibit = models.ForeignKey(Exhibit, on_delete=models.CASCADE, db_index=False, related_name="derived")
    slot = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exhibit", "slot"], name="one_derived_copy_a_slot")]

    def __str__(self) -> str:
        return f"copy {self.slot} of {self.exhibit_id}"


class PreviewDue(models.Model):
    """An exhibit of which more can be shown, once somebody with its key is there to have it made.

    It goes in the same transaction that keeps the preview, or the reason why there is none: a crash in between leaves it, and
    the preview is made the next time. ``tries`` counts how often looking into the file was stopped or broke.
    """

    exhibit = models.OneToOneField(
        Exhibit, on_delete=models.CASCADE, primary_key=True, related_name="preview_due"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"preview of {self.exhibit_id}"
