"""The child process that sets a PDF. Run as a script with an empty environment; everything comes and goes
by pipe.

It reads one JSON header line, then as many bytes as the header says: the template, then the files of the
document. It takes limits before it looks at any of them: the words and pictures may be the stalker's. It
never writes a file (RLIMIT_FSIZE is 0), so no words can reach the disk. Standard output is "ok" or "failed"
on one line, then the PDF.
"""

import ctypes
import json
import resource
import sys

_NEW_USER_AND_NETWORK_NAMESPACE = 0x10000000 | 0x40000000


def take_limits(memory_bytes: int, cpu_seconds: int) -> None:
    """Hold this process to memory, processor time, and to writing no file at all."""
    for what, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (limit, limit))


def leave_network() -> None:
    """Go where there is no network, if this system lets an ordinary process do so (Linux namespaces)."""
    try:
        ctypes.CDLL(None).unshare(_NEW_USER_AND_NETWORK_NAMESPACE)
    except (OSError, AttributeError):
        return  # another system: the template asks for nothing from a network anyway


def main() -> int:
    """Set one document; the exit status is 0 even when the document cannot be set, which is said on
    standard output.
    """
    header = json.loads(sys.stdin.buffer.readline())
    take_limits(header["memory_bytes"], header["cpu_seconds"])
    leave_network()
    import typst  # only now: the library too runs under the limits

    files = {name: sys.stdin.buffer.read(length) for name, length in header["files"]}
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[header["fonts"]]
    )
    compiler = typst.Compiler(input=files, font_paths=fonts, ignore_system_fonts=True)  # type: ignore[type-var]  # a dict of files is accepted, its stub forgets it
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=header["standards"], timestamp=header["timestamp"])
    except typst.TypstError as error:
        # The message may quote the person's words: only what the parent needs to choose its next try goes
        # out.
        sys.stdout.buffer.write(
            b"failed glyph\n" if "could not be displayed" in str(error) else b"failed other\n"
        )
        return 0
    sys.stdout.buffer.write(b"ok\n")
    sys.stdout.buffer.write(pdf)  # type: ignore[arg-type]  # one PDF without an output path is bytes
    return 0


if __name__ == "__main__":
    sys.exit(main())
