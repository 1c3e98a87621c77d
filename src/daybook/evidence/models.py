"""Rows of evidence: sealed bodies in the blob store, and sealed rows that say what they are."""

import uuid

from django.db import models

from daybook.people.models import Delayed, Record


class Blob(models.Model):
    """A sealed body in the blob store. Until it is admitted as an exhibit it is nobody's evidence and is swept after a day.

    ``held`` keeps it from the sweep: it came after the lock, and waits for its owner to say what becomes of it.
    ``sealed_sha256`` is the digest of the whole blob as it lies in the store, padding included: it needs no key to compare.
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
    files. ``unseen`` means that the person kept it without looking: no preview is made. ``removed_at`` is when she removed it;
    once it is destroyed, ``blob`` is None and nothing sealed is left, but the row stays, and with it the number.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    blob = models.OneToOneField(Blob, on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    admitted_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
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


class Removal(Delayed):
    """A file the person removed: out of every list at once, and destroyed after a delay. ``sealed`` holds her reason, and the
    file's reference; it stays for good, so that her record and her packs can say what became of the number.
    """

    exhibit = models.OneToOneField(
        Exhibit, on_delete=models.CASCADE, primary_key=True, related_name="removal"
    )
    shredded_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"removal of {self.exhibit_id}"


class BodyCheck(models.Model):
    """What the last reading of a sealed body found. Not sealed: it is written while nobody has a key.

    ``begun_at`` is when a reading was last begun, ``read_at`` when one last came to its end, ``found_since`` since when it is
    found like this. What was found ``with_keys`` is taken back only with keys: the digest beside the blob could have been
    changed together with it. ``opened_at`` is when every piece was last opened and compared with the original's SHA-256.
    """

    class Found(models.TextChoices):
        """What became of a body."""

        UNKNOWN = "unknown"
        WHOLE = "whole"
        MISSING = "missing"
        ALTERED = "altered"
        UNREADABLE = "unreadable"

    blob = models.OneToOneField(Blob, on_delete=models.CASCADE, primary_key=True, related_name="check_row")
    begun_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=12, choices=Found.choices, default=Found.UNKNOWN)
    found_since = models.DateTimeField()
    with_keys = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.found}: {self.blob_id}"


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
