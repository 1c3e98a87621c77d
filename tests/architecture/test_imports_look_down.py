"""Imports look down only, and checking a pack needs no framework, no settings and no home."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.architecture.source import ROOT

_PRINT_WHAT_WAS_LOADED = """
import json, sys
sys.argv = ["daybook", "verify", sys.argv[1]]
from daybook.site.cli import main
try:
    code = main()
except SystemExit as ended:
    code = ended.code
print(json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_verifying_a_pack_loads_no_framework_and_makes_no_home(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DAYBOOK_HOME": str(tmp_path / "home")}
    result = subprocess.run(
        [sys.executable, "-c", _PRINT_WHAT_WAS_LOADED, str(tmp_path / "no-such-pack.zip")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout.splitlines()[-1])
    loaded = {name.split(".")[0] for name in said["modules"]}
    assert said["code"] == 2
    assert loaded.isdisjoint({"django", "psycopg", "sqlite3", "obstore", "cheroot"})
    assert "daybook.site.settings" not in said["modules"]
    assert list(tmp_path.iterdir()) == []
