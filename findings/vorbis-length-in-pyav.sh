#!/usr/bin/env bash
# soundfile and PyAV: one Ogg Vorbis file, two lengths.
#
# Packages: soundfile 0.14.0, av 18.1.0, numpy 2.4.6
#
# Guess: Ogg says how many samples there are, so every decoder returns the samples that were
# written.
#
# Instead: soundfile returns them; PyAV returns the same samples but not the last 128 (3 ms), as
# many as its first decoded frame has; files with other contents lose none. Two readers of one data
# set give clips of two lengths. Of WAV, FLAC and MP3 files both return the same number.
#
# Output seen (the script fails when it changes):
#> WAV: written 5000, soundfile 5000, PyAV 5000
#> FLAC: written 5000, soundfile 5000, PyAV 5000
#> MP3: written 5000, soundfile 5000, PyAV 5000
#> OGG: written 5000, soundfile 5000, PyAV 4872
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'soundfile==0.14.0' 'av==18.1.0' 'numpy==2.4.6'

"$folder/venv/bin/python" - <<'PY' | tee "$folder/seen"
import io

import av
import numpy as np
import soundfile

sound = 0.5 * np.sin(np.arange(5_000) / 20)
for form in ["WAV", "FLAC", "MP3", "OGG"]:
    file = io.BytesIO()
    soundfile.write(file, sound, 44_100, format=form)
    file.seek(0)
    one, _ = soundfile.read(file)
    file.seek(0)
    with av.open(file) as container:
        two = sum(frame.samples for frame in container.decode(audio=0))
    print(f"{form}: written {len(sound)}, soundfile {len(one)}, PyAV {two}")
PY

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
