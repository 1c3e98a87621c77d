"""Two append-only hash chains for each record: the ledger (what happened) and the access chain (who looked)."""

from django.db import models

from daybook.people.models import Record


class ChainHead(models.Model):
    """The end of one chain. Appending locks this row, so that two writers never fork a chain.

    ``sealed`` is the head at ``sealed_length``, sealed by whoever was unlocked then: someone who can only write the database
    cannot make up another end. Only failed tries, which nobody is unlocked for, may stand after it.
    """

    class Chain(models.TextChoices):
        """Which chain."""

        LEDGER = "ledger"
        ACCESS = "access"

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    chain = models.CharField(max_length=8, choices=Chain.choices)
    length = models.PositiveBigIntegerField(default=0)
    head = models.BinaryField(max_length=32)
    sealed_length = models.PositiveBigIntegerField(default=0)
    epoch = models.PositiveIntegerField(default=0)
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "chain"], name="one_head_a_chain")]

    def __str__(self) -> str:
        return f"{self.chain} of {self.record_id} at {self.length}"


class ChainLink(models.Model):
    """One event of a chain: its digest and the head after it in clear, the event and its salts sealed.

    An event written while nobody was unlocked (a failed try) is sealed to the record's capture key instead of a section
    key; ``epoch`` is then 0.
    """

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    chain = models.CharField(max_length=8, choices=ChainHead.Chain.choices)
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    digest = models.BinaryField(max_length=32)
    head = models.BinaryField(max_length=32)
    epoch = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "chain", "seq"], name="one_link_a_place")]

    def __str__(self) -> str:
        return f"{self.chain} link {self.seq} of {self.record_id}"
