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
    # SHA-256 of the whole stored body, padding included, taken as it was sealed: damage is found without any key.
    sealed_sha256 = models.BinaryField(max_length=32, null=True)

    def __str__(self) -> str:
        return f"blob {self.key}"


class Upload(models.Model):
    """A file on its way in, over as many requests, days and restarts as it takes; gone when it is evidence or let go of.

    In clear: how much of it is durable (``chunks``, whole sealed pieces of 64 KiB), and the tags of chunks from there on that
    may lie on the disk (``promised``; see `kernel.sealing.resuming`). ``fingerprint`` finds it again by name, size and first
    bytes under a key of the record. ``sealed`` holds name, type, length and the file key; ``sealed_state`` is what changes
    (version ``revision``): the piece after the last whole chunk, and at the end what was received.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    blob_key = models.CharField(max_length=80, unique=True)
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField(db_index=True)
    chunks = models.PositiveIntegerField(default=0)
    promised = models.BinaryField(default=bytes)
    finished = models.BooleanField(default=False)
    fingerprint = models.BinaryField(max_length=32, db_index=True)
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()
    revision = models.PositiveIntegerField(default=0)
    state_epoch = models.PositiveIntegerField(default=0)
    sealed_state = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"upload {self.pk}"


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
