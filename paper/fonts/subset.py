"""Makes the fonts of the page from those of the PDF: `python subset.py FOLDER`, where FOLDER holds the files of the
crate typst-assets (files/fonts). Needs fonttools 4 and brotli. The characters kept are those of characters.txt; the
layout rules for kerning, figures, small capitals and mathematics are kept with them. Both families may be changed and
passed on: Libertinus under the SIL Open Font License 1.1, New Computer Modern under the GUST Font License; the files
say so themselves."""

import subprocess
import sys
from pathlib import Path

TEXT = "kern,liga,lnum,tnum,onum,pnum,smcp,c2sc,mark,mkmk,ccmp,locl"
FACES = {
    "text-regular": ("LibertinusSerif-Regular.otf", TEXT),
    "text-italic": ("LibertinusSerif-Italic.otf", TEXT),
    "text-semibold": ("LibertinusSerif-Semibold.otf", TEXT),
    "mathematics": ("NewCMMath-Book.otf", "ssty,kern,mark,mkmk,ccmp,dtls,flac"),
}

here = Path(__file__).parent
for name, (source, features) in FACES.items():
    keep = [f"--text-file={here / 'characters.txt'}", f"--layout-features={features}", "--name-IDs=0,1,2,5,13,14"]
    form = ["--flavor=woff2", "--desubroutinize", "--no-hinting", f"--output-file={here / name}.woff2"]
    subprocess.run(["pyftsubset", Path(sys.argv[1]) / source, *keep, *form], check=True)
