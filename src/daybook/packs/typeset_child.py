"""The child process that sets a PDF. Run as a script with an empty environment; everything comes and goes
by pipe.

It reads one JSON line with its limits and the folder of the fonts, confines itself (typeset_confinement), and
says on one line which walls stand. Only then is it given words and pictures, which may be the stalker's: a
JSON header line, then as many bytes as the header says: the template, then the files of the document. It
never writes a file (RLIMIT_FSIZE is 0), so no words can reach the disk. Its answer is "ok" or "failed" on one
line, then the PDF.
"""

import json
import sys
from pathlib import Path

from daybook.packs.typeset_confinement import leave_everything_but, start_no_more, take_limits

_NOTHING = b"#set page(width: 1cm, height: 1cm)\n"


def main() -> int:
    """Set one document; the exit status is 0 even when the document cannot be set, which is said on
    standard output.
    """
    order = json.loads(sys.stdin.buffer.readline())
    walls = take_limits(order["memory_bytes"], order["cpu_seconds"])
    import typst  # only now: the library too runs under the limits. Once the files are closed it is too late

    walls += leave_everything_but(Path(order["fonts"]))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=["."])
    # Nothing is set once before the words come: it starts the library's threads, after which none may start.
    typst.Compiler(input={"main.typ": _NOTHING}, font_paths=fonts, ignore_system_fonts=True).compile(  # type: ignore[type-var]  # a dict of files is accepted, its stub forgets it
        format="pdf"
    )
    walls.append(start_no_more())
    sys.stdout.buffer.write(json.dumps(walls).encode() + b"\n")
    sys.stdout.buffer.flush()

    header = json.loads(sys.stdin.buffer.readline())
    files = {name: sys.stdin.buffer.read(length) for name, length in header["files"]}
    compiler = typst.Compiler(input=files, font_paths=fonts, ignore_system_fonts=True)  # type: ignore[type-var]  # as above
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
