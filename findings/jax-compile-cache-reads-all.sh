#!/usr/bin/env bash
# JAX: a compilation cache with a largest size reads a file of every program that it holds for each one it adds.
#
# Packages: jax 0.10.2, filelock 4.3.1, numpy 2.4.6
#
# Guess: with `jax_compilation_cache_max_size` the sizes and times of what is kept are read once, and then
# kept in memory or in one index; far below the limit, to keep a program is to write it.
#
# Instead: nothing is remembered. Before each program that it keeps JAX lists the folder and reads the `-atime`
# file of every program in it, even where all of them take a thousandth of the limit. So keeping n
# programs reads n (n - 1) / 2 files: 5,800 kept programs of some 20 kB (a quarter of a limit of 512 MB)
# are 5,800 reads for each new one. Without a largest size nothing is read, and nothing is ever removed.
#
# Output seen (the script fails when it changes):
#> largest size 1000000000: 8 programs kept, files of others read before each: [0, 1, 2, 3, 4, 5, 6, 7]
#> largest size -1: 8 programs kept, files of others read before each: [0, 0, 0, 0, 0, 0, 0, 0]
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'jax==0.10.2' 'filelock==4.3.1' 'numpy==2.4.6'

cat > "$folder/programs.py" <<'PY'
import pathlib
import sys

import jax
import numpy as np

size, place = int(sys.argv[1]), pathlib.Path(sys.argv[2])
jax.config.update("jax_compilation_cache_dir", str(place))
jax.config.update("jax_compilation_cache_max_size", size)
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)

reads, read_bytes = [], pathlib.Path.read_bytes


def counted(path):
    reads.append(path.name.endswith("-atime"))
    return read_bytes(path)


pathlib.Path.read_bytes = counted
found, values = [], np.ones(3, np.float32)
for number in range(8):
    lowered = jax.jit(lambda x, number=number: (x * (number + 2)).sum()).lower(values)
    reads.clear()
    lowered.compile()
    found.append(sum(reads))
kept = len(list(place.glob("*-cache")))
print(f"largest size {size}: {kept} programs kept, files of others read before each: {found}")
PY

{
    JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/programs.py" 1000000000 "$folder/bounded"
    JAX_PLATFORMS=cpu "$folder/venv/bin/python" "$folder/programs.py" -1 "$folder/unbounded"
} | tee "$folder/seen"

sed -n 's/^#> //p' "$0" | diff - "$folder/seen" || { echo "The behaviour has changed." >&2; exit 1; }
