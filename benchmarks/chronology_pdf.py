"""Printing the chronology of 2,000 entries with 1,000 thumbnails against what Typst alone needs for the same document.

Promise: at most 1.3 times. Ours is everything from the disclosed record to the PDF: reading the ledger's fields, layout,
looking after letters no font has, the confined child, and the bytes through its pipes.
"""

import json
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.harness import report
from daybook.packs.bag import exhibit_paths
from daybook.packs.chronology_document import lay_out_chronology
from daybook.packs.chronology_json import chronology_json
from daybook.packs.contents import Contents
from daybook.packs.lettering import Lettering
from daybook.packs.tests.sample import long_record
from daybook.packs.typesetting import STANDARDS, document_parts, typeset
from daybook.site.built import PDF_FONTS

ENTRIES, THUMBNAILS, ROUNDS, MOST = 2000, 1000, 5, 1.3
_ALONE = """
import json, pickle, sys, time
import typst
parts, fonts, standards, timestamp = pickle.load(open(sys.argv[1], "rb"))
started = time.perf_counter()
faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
compiler = typst.Compiler(input=parts, font_paths=faces, ignore_system_fonts=True)
pdf = compiler.compile(format="pdf", pdf_standards=list(standards), timestamp=timestamp)
print(json.dumps({"seconds": time.perf_counter() - started, "bytes": len(pdf)}))
"""


def main() -> None:
    """Measure and print one JSON line."""
    contents = long_record(ENTRIES, THUMBNAILS).contents()
    with tempfile.TemporaryDirectory(prefix="daybook-bench-") as folder:
        alone = Path(folder) / "document"
        # The document in here is made up by the benchmark; a real one never touches the disk.
        alone.write_bytes(pickle.dumps(_document(contents)))
        ours, others, size = [], [], 0
        for _ in range(ROUNDS):
            others.append(_typst_alone(alone))
            started = time.perf_counter()
            size = len(_print(contents))
            ours.append(time.perf_counter() - started)
    ratios = [mine / other for mine, other in zip(ours, others, strict=True)]
    report(
        "chronology_pdf",
        kept=median(ratios) <= MOST,
        against_typst_alone=median(ratios),
        promised=MOST,
        spread=[min(ratios), max(ratios)],
        ours_seconds=median(ours),
        typst_seconds=median(others),
        megabytes=size / 1e6,
    )


def _print(contents: Contents) -> bytes:
    document = chronology_json(contents, exhibit_paths(contents))
    return typeset(lay_out_chronology(contents, document), contents.thumbnails, fonts=PDF_FONTS).pdf


def _document(contents: Contents) -> tuple[dict[str, bytes], str, tuple[str, ...], int]:
    document = chronology_json(contents, exhibit_paths(contents))
    laid_out = lay_out_chronology(contents, document)(Lettering.of_folder(PDF_FONTS), True)
    return document_parts(laid_out, contents.thumbnails), str(PDF_FONTS), STANDARDS, laid_out["timestamp"]


def _typst_alone(document: Path) -> float:
    told = subprocess.run([sys.executable, "-c", _ALONE, str(document)], check=True, capture_output=True)
    return float(json.loads(told.stdout)["seconds"])


if __name__ == "__main__":
    main()
