"""Rows about an account: what is needed to unlock it, and nothing that says who she is.

The pseudonym is found by a keyed hash and kept sealed; no verifier of the passphrase is stored anywhere (opening the slot is
the check). Everything else in clear here is a time, a public key or a number.
"""

import uuid

from django.db import models

from daybook.kernel.delays import Delay


class Account(models.Model):
    """Someone who unlocks a record: the person herself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    sealed_name = models.BinaryField()
    receive_recipient = models.CharField(max_length=80)
    sealed_receive_secret = models.BinaryField()
    verify_key = models.BinaryField(max_length=32)
    sealed_sign_secret = models.BinaryField()
    recovery_confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Account {self.pk}"


class KeySlot(models.Model):
    """One way to the account key: by passphrase, or by recovery code."""

    class Kind(models.TextChoices):
        """Which secret opens the slot."""

        PASSPHRASE = "passphrase"  # noqa: S105 – the kind's name
        RECOVERY = "recovery"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="slots")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    salt = models.BinaryField(max_length=16)
    iterations = models.PositiveIntegerField()
    memory_kib = models.PositiveIntegerField()
    lanes = models.PositiveIntegerField()
    pepper_version = models.PositiveIntegerField()
    sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind"], name="one_slot_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} slot of {self.account_id}"


class Record(models.Model):
    """All that one person keeps. Its public keys take in files and late words without anyone being unlocked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="record")
    opened_at = models.DateTimeField()
    evidence_recipient = models.CharField(max_length=80)
    sealed_evidence_secret = models.BinaryField()
    capture_recipient = models.CharField(max_length=80)
    recipients_code = models.BinaryField(max_length=32)
    sealed_capture_secret = models.BinaryField()
    sealed_profile = models.BinaryField()
    exhibits_numbered = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Record {self.pk}"


class RecordEpoch(models.Model):
    """A record key of one epoch, sealed under the account key."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="epochs")
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "epoch"], name="one_key_an_epoch")]

    def __str__(self) -> str:
        return f"epoch {self.epoch} of {self.record_id}"


class Delayed(models.Model):
    """Something that is destroyed after a delay; ``begun_at`` is when that began, and from then on nothing can be undone."""

    asked_at = models.DateTimeField()
    over_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    waited = models.DurationField()
    begun_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def delay(self) -> Delay:
        """The delay as the kernel reckons with it."""
        return Delay(self.asked_at, self.over_at, self.seen_at, self.waited)


class Closing(Delayed):
    """A record that is to be erased. The row is the last thing of the record to go, so that what broke off is gone on with."""

    record = models.OneToOneField(Record, on_delete=models.CASCADE, primary_key=True, related_name="closing")

    def __str__(self) -> str:
        return f"closing of {self.record_id}"


class Unlock(models.Model):
    """A browser that unlocked the record. The key is here only sealed under the cookie's secret, and goes at the lock.

    ``digest`` is SHA-256 of the cookie's secret. When ``sealed_key`` is empty the browser is signed in but locked: words that
    still arrive can be kept, nothing can be read.
    """

    digest = models.BinaryField(max_length=32, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="unlocks")
    sealed_key = models.BinaryField(null=True)
    unlocked_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"unlock of {self.account_id}"


class Attempt(models.Model):
    """One try at unlocking a name, right or wrong. ``lookup`` is the keyed hash of the name that was typed."""

    class Outcome(models.TextChoices):
        """How the try ended."""

        OPENED = "opened"
        WRONG = "wrong"
        TOO_SOON = "too-soon"

    lookup = models.BinaryField(max_length=32, db_index=True)
    at = models.DateTimeField(db_index=True)
    means = models.CharField(max_length=16, choices=KeySlot.Kind.choices)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at}"


class LateSave(models.Model):
    """A form that arrived after the lock, sealed to the record's capture key, so that no words are lost.

    ``tag`` finds the same form sent twice; it is made with the cookie's secret, which is stored nowhere, so that it confirms
    no guess at the words. ``let_go_at`` is when the person let it go; it can be fetched back for a while.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="late_saves")
    received_at = models.DateTimeField()
    tag = models.BinaryField(max_length=32, db_index=True)
    let_go_at = models.DateTimeField(null=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"late save {self.pk}"
