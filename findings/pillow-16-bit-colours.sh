#!/usr/bin/env bash
# Pillow: the low bytes of 16-bit colours can be had, though no mode holds them.
#
# Packages: pillow 13.0.0, numpy 2.4.6
#
# Guess: Pillow has no mode for colours of 16 bits, so a 16-bit RGB picture is either refused or
# scaled to 8 bits, and the rest is out of reach.
#
# Instead: It opens as RGB without a word and is cut, not rounded: 255 of 65535 is 0. But the
# decoder's argument can be changed before loading: "RGB;16L" in place of "RGB;16B" takes the other
# byte of each pair, so that a second load gives the low bytes, and the two loads all 16 bits.
#
# Output seen (the script fails when it changes):
#> opened as RGB ['RGB;16B']
#> written: [[[255, 256, 511], [32767, 33023, 65535]]]
#> loaded: [[[0, 1, 1], [127, 128, 255]]]
#> both loads: [[[255, 256, 511], [32767, 33023, 65535]]]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'pillow==13.0.0' 'numpy==2.4.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import io
import struct
import zlib

import numpy as np
from PIL import Image


def png(pixels):
    """Colours of 16 bits, which Pillow cannot write: one chunk each, no filter."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    chunks = {b"IHDR": header, b"IDAT": zlib.compress(rows), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(chunk, chunks, chunks.values()))


pixels = np.array([[[255, 256, 511], [32767, 33023, 65535]]], dtype="uint16")
file = png(pixels)
high = Image.open(io.BytesIO(file))
low = Image.open(io.BytesIO(file))
print("opened as", high.mode, [tile.args for tile in high.tile])
low.tile = [tile._replace(args="RGB;16L") for tile in low.tile]
print("written:", pixels.tolist())
print("loaded:", np.asarray(high).tolist())
print("both loads:", (np.asarray(high).astype(int) * 256 + np.asarray(low)).tolist())
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
