"""Makes the fonts of the page from those of the PDF: `python subset.py FOLDER`, where FOLDER holds the files of the
crate typst-assets (files/fonts). Needs fonttools 4 and brotli. The characters kept are those of characters.txt; the
layout rules for kerning, figures, small capitals and mathematics are kept with them. Both families may be changed and
passed on: Libertinus under the SIL Open Font License 1.1, New Computer Modern under the GUST Font License; the files
say so themselves."""

import re
import subprocess
import sys
from pathlib import Path

TEXT = "kern,liga,lnum,tnum,smcp,c2sc,mark,mkmk,ccmp"
FACES = {
    "text-regular": ("LibertinusSerif-Regular.otf", TEXT),
    "text-italic": ("LibertinusSerif-Italic.otf", TEXT),
    "text-semibold": ("LibertinusSerif-Semibold.otf", TEXT),
    "mathematics": ("NewCMMath-Book.otf", "ssty,kern,mark,mkmk,ccmp,dtls,flac"),
}

# No formula has these: letters with accents, small upright Greek, quotes, raised and lowered digits, signs of the page.
NOT_IN_FORMULAS = r"[\u00a0-\u00ac\u00ae-\u00b0\u00b2\u00b3\u00b9-\u00d6\u00d8-\u02ff\u03ac-\u03ce\u2010-\u2022\u2039-\u209f\u25b8-\u27bf]"

here = Path(__file__).parent
characters = (here / "characters.txt").read_text(encoding="utf-8").strip("\n")
for name, (source, features) in FACES.items():
    text = re.sub(NOT_IN_FORMULAS, "", characters) if name == "mathematics" else characters
    keep = [f"--text={text}", f"--layout-features={features}", "--name-IDs=0,1,2,5,13,14"]
    form = ["--flavor=woff2", "--desubroutinize", "--no-hinting", f"--output-file={here / name}.woff2"]
    subprocess.run(["pyftsubset", Path(sys.argv[1]) / source, *keep, *form], check=True)
