"""The process that prints holds words a stalker may have written; it can open fonts, and nothing else."""

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from daybook.packs import typesetting
from daybook.packs.bag import prepare_pack
from daybook.packs.contents import PackFault
from daybook.packs.tests.sample import FONTS, sample_record
from daybook.packs.typeset_confinement import REQUIRED, required_walls

TRIES = {
    "reads a key": "open(KEY).read()",
    "lists a folder": "os.listdir('/')",
    "reads what it runs from": "open(sys.executable, 'rb').read(1)",
    "reads its own memory": "open('/proc/self/mem', 'rb').read(1)",
    "writes a file": "open(FOLDER + '/leak', 'w').write('words')",
    "writes among the fonts": "open('leak', 'w').write('words')",
    "climbs out of the fonts": "os.listdir('..')",
    "starts a process": "os.fork() or os._exit(0)",
    "starts a thread": "threading.Thread(target=print).start()",
    "runs a program": "os.execv(sys.executable, [sys.executable, '-c', ''])",
    "becomes root": "os.setuid(0)",
    "connects to a service of this machine": "socket.create_connection(('127.0.0.1', PORT), 2)",
    "sends a datagram": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'words', ('192.0.2.1', 53))",
    "ends the process that started it": "os.kill(os.getppid(), 0)",
}


def tried(attempt: str, tmp_path: Path, *, confined: bool) -> str:
    """What an attempt comes to in a process with or without the child's walls: "done", or the error's name."""
    key = tmp_path / "key"
    key.write_bytes(b"secret")
    tmp_path.chmod(0o755)
    program = textwrap.dedent("""
        import os, socket, sys, threading
        from pathlib import Path
        from daybook.packs.typeset_confinement import leave_everything_but, start_no_more, take_limits
        KEY, FONTS = sys.argv[1:3]
        FOLDER = str(Path(KEY).parent)
        listening = socket.create_server(("127.0.0.1", 0))
        PORT = listening.getsockname()[1]
        if sys.argv[4] == "confined":
            take_limits(6 << 30, 60)
            leave_everything_but(Path(FONTS))
            start_no_more()
        else:
            os.chdir(FONTS)
        try:
            exec(sys.argv[3])
        except BaseException as error:
            print(type(error).__name__)
        else:
            print("done")
    """)
    walls = "confined" if confined else "free"
    words = [sys.executable, "-c", program, str(key), str(FONTS), attempt, walls]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout.strip() or str(done.returncode)


@pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES)
def test_it_cannot_do_what_printing_does_not_need(attempt: str, tmp_path: Path) -> None:
    assert set(required_walls()) in (set(REQUIRED), set())
    if required_walls():
        assert tried(attempt, tmp_path, confined=True) not in {"done", "0"}


def test_without_its_walls_it_could_read_a_key_and_start_a_process(tmp_path: Path) -> None:
    for name in ("reads a key", "lists a folder", "writes a file", "starts a process", "starts a thread"):
        assert (name, tried(TRIES[name], tmp_path, confined=False)) == (name, "done")


def test_it_can_read_the_fonts(tmp_path: Path) -> None:
    read = "assert any(len(one.read_bytes()) > 1000 for one in Path('.').iterdir())"
    assert tried(read, tmp_path, confined=True) == "done"


def test_the_real_child_says_that_every_required_wall_stands() -> None:
    order = {"fonts": str(FONTS), "memory_bytes": 6 << 30, "cpu_seconds": 60}
    child = Path(typesetting.__file__).with_name("typeset_child.py")
    done = subprocess.run(
        [sys.executable, "-I", child], input=json.dumps(order).encode() + b"\n", capture_output=True, env={}
    )
    standing = {name for name, stands, _ in json.loads(done.stdout.splitlines()[0]) if stands}
    assert set(required_walls()) <= standing


@pytest.mark.parametrize("missing", REQUIRED)
def test_no_word_is_sent_while_a_wall_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    heard = tmp_path / "heard"
    walls = [(name, name != missing, "") for name in REQUIRED]
    (tmp_path / "child.py").write_text(
        "import sys; sys.stdin.buffer.readline();"
        f"print({json.dumps(json.dumps(walls))}, flush=True); open({str(heard)!r}, 'wb').write(sys.stdin.buffer.read())"
    )
    monkeypatch.setattr(typesetting, "_CHILD", tmp_path / "child.py")
    monkeypatch.setattr(typesetting, "required_walls", lambda: REQUIRED)
    with pytest.raises(PackFault, match=f"closed off: {missing}"):
        prepare_pack(sample_record().contents(), fonts=FONTS)
    assert not heard.exists() or heard.read_bytes() == b""


def test_a_child_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text(
        f"import os, time;open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    monkeypatch.setattr(typesetting, "_CHILD", tmp_path / "child.py")
    monkeypatch.setattr(typesetting, "WALL_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(PackFault, match="takes too long"):
        prepare_pack(sample_record().contents(), fonts=FONTS)
    assert time.monotonic() - began < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
