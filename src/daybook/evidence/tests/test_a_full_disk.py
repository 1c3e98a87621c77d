"""A disk with no room: said in words, nothing half-kept, and what was kept before is untouched."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.rig.environment import without_test_database

# Runs in a process of its own, in which the system refuses any file over 6 MB, as a quota does.
_CHILD = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from daybook.site.commands.starting import start
start()
from django.conf import settings
from daybook.evidence.errors import NotKept
from daybook.evidence.exhibits import admit_exhibit, count_exhibits, exhibits_for
from daybook.evidence.reading import open_body
from daybook.evidence.intake import Intake
from daybook.evidence.models import Blob
from daybook.ledger.records import open_record
from daybook.people.accounts import Profile

now = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
words = "plover mosaic candle drift wagon eleven"
person = open_record(name="wren", passphrase=words, profile=Profile("AB"), now=now).unlocked

def keep(content, name):
    intake = Intake(person.record_id, now=now)
    for start in range(0, len(content), 65536):
        intake.write(content[start:start + 65536])
    return admit_exhibit(person, intake.finish(), name=name, source="upload", now=now)

keep(b"before", "before.txt")
resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, 6_000_000))
words = ""
try:
    keep(b"x" * 12_000_000, "big.bin")
except NotKept as refusal:
    words = str(refusal)
keep(b"after", "after.txt")
files = [path for path in Path(settings.HOME.files).rglob("*") if path.is_file()]
print(json.dumps({
    "words": words,
    "bodies": [b"".join(open_body(person.viewer, one)).decode() for one in exhibits_for(person.viewer)],
    "references": [one.reference for one in exhibits_for(person.viewer)],
    "files": len(files),
    "rows": Blob.objects.count(),
}))
"""


def test_a_file_that_does_not_fit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    environment = without_test_database() | {"DAYBOOK_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=os.getcwd(),
    )
    told = json.loads(child.stdout)
    assert told["words"].startswith("There is no room left")
    assert told["bodies"] == ["before", "after"]
    # The number of a file that was refused is not lost: none was given.
    assert told["references"] == ["AB/1", "AB/2"]
    assert (told["files"], told["rows"]) == (2, 2)
