"""The key tree: what opens what, and what does not."""

import hashlib
import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from daybook.kernel.sealing.errors import CannotOpen, SealingError
from daybook.kernel.sealing.keys import (
    FULL_COST,
    AccountKey,
    KdfCost,
    RecordKeys,
    Section,
    SlotBinding,
    derive_kek,
    derive_kek_from_code,
    expand,
    open_slot,
    seal_slot,
)

CHEAP = KdfCost(iterations=1, memory_kib=1024, lanes=1)
PEPPER = b"p" * 32
HERE = SlotBinding("account", "passphrase")


def test_a_slot_opens_with_its_passphrase_and_pepper() -> None:
    key = AccountKey.generate()
    kek = derive_kek("six words", b"s" * 16, CHEAP)
    sealed = seal_slot(key, kek=kek, pepper=PEPPER, binding=HERE)
    assert open_slot(sealed, kek=kek, pepper=PEPPER, binding=HERE).secret == key.secret


@pytest.mark.parametrize(
    ("kek", "pepper", "binding"),
    [
        (b"x" * 32, PEPPER, HERE),
        (b"k" * 32, b"q" * 32, HERE),
        (b"k" * 32, PEPPER, SlotBinding("someone else", "passphrase")),
        (b"k" * 32, PEPPER, SlotBinding("account", "recovery")),
    ],
    ids=["another passphrase", "another pepper", "another account", "another kind"],
)
def test_a_slot_opens_with_nothing_else(kek: bytes, pepper: bytes, binding: SlotBinding) -> None:
    sealed = seal_slot(AccountKey.generate(), kek=b"k" * 32, pepper=PEPPER, binding=HERE)
    with pytest.raises(CannotOpen):
        open_slot(sealed, kek=kek, pepper=pepper, binding=binding)


def test_the_slot_alone_does_not_show_which_passphrase_is_right() -> None:
    """Without the pepper, a right guess and a wrong one look the same: there is no offline oracle in the database."""
    sealed = seal_slot(AccountKey.generate(), kek=b"k" * 32, pepper=PEPPER, binding=HERE)
    answers = set()
    for guess in (b"k" * 32, b"x" * 32):
        with pytest.raises(CannotOpen) as refused:
            open_slot(sealed, kek=guess, pepper=b"?" * 32, binding=HERE)
        answers.add(str(refused.value))
    assert len(answers) == 1


def test_sections_and_epochs_have_keys_of_their_own() -> None:
    keys = RecordKeys(record="r", secrets={1: b"1" * 32, 2: b"2" * 32})
    ids = {keys.section(section, epoch).key_id for section in Section for epoch in (1, 2)}
    assert len(ids) == 2 * len(Section)
    assert keys.epoch == 2


def test_a_row_of_one_section_does_not_open_in_another() -> None:
    keys = RecordKeys(record="r", secrets={1: b"1" * 32})
    sealed = keys.seal(Section.FEELINGS, item="i", version=1, field="feelings", plaintext=b"afraid")
    with pytest.raises(SealingError):
        keys.open(Section.DIARY, item="i", version=1, field="feelings", epoch=1, sealed=sealed)


def test_an_epoch_that_is_not_held_is_refused() -> None:
    with pytest.raises(CannotOpen):
        RecordKeys(record="r", secrets={1: b"1" * 32}).section(Section.DIARY, 2)


def test_argon2id_gives_the_published_answer() -> None:
    """RFC 9106, section 5.3, needs a secret and associated data that our call has no use for; so the reference is the
    answer of the reference program (phc-winner-argon2, `argon2 somesalt -id -t 2 -m 16 -p 1`) from its own test file.
    """
    reference = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    kdf = Argon2id(salt=b"somesalt", length=32, iterations=2, lanes=1, memory_cost=64 * 1024)
    assert kdf.derive(b"password").hex() == reference
    ours = derive_kek("password", b"somesalt", KdfCost(iterations=2, memory_kib=64 * 1024, lanes=1))
    assert ours == expand(bytes.fromhex(reference), b"kek/v1")


def test_unlocking_really_costs_256_mebibytes() -> None:
    """The one derivation at full cost in the quick tests: memory is measured in a process of its own."""
    program = (
        "import re\n"
        "from daybook.kernel.sealing.keys import FULL_COST, derive_kek\n"
        "def peak(): return int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
        "before = peak()\n"
        "derive_kek('six words', b's' * 16, FULL_COST)\n"
        "print((peak() - before) / 1024)\n"
    )
    grown = json.loads(
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
    )
    assert grown > 240
    assert FULL_COST.is_at_least_floor()
    assert not CHEAP.is_at_least_floor()


def test_a_recovery_code_and_a_passphrase_never_give_the_same_key() -> None:
    assert derive_kek_from_code(b"a" * 20, b"s" * 16) != derive_kek("a" * 20, b"s" * 16, CHEAP)


def test_keys_do_not_print() -> None:
    secret = hashlib.sha256(b"secret").digest()
    assert secret.hex() not in repr(AccountKey(secret))
    assert "111" not in repr(RecordKeys(record="r", secrets={1: b"1" * 32}))
