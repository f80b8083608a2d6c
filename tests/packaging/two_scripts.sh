#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What run.sh and install-dependencies.sh do around the build, with stand-ins for what takes long: two_scripts.sh SOURCE
set -euo pipefail
source=$(realpath "${1:?the source directory}")
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
fail() { echo "$*" >&2; exit 1; }
stand_in() { mkdir -p "$(dirname "$1")"; printf '#!/usr/bin/env bash\n%s\n' "$2" >"$1"; chmod +x "$1"; }

# run.sh through a link of its own, from elsewhere: paths are those of the caller, and so is what the program is told to write.
clone="$temporary/a clone"
mkdir -p "$clone/packaging" "$temporary/else where"
cp "$source/packaging/run.sh" "$clone/packaging/"
ln -s "$clone/packaging/run.sh" "$temporary/go"
stand_in "$clone/packaging/install-dependencies.sh" 'exit 0'
stand_in "$temporary/bin/cmake" 'exit 0'
stand_in "$clone/build/release/bin/dlrm-explorer" 'echo "in $PWD:"; printf "<%s>" "$@"; echo'
seen=$(cd "$temporary/else where" && env -u DISPLAY -u WAYLAND_DISPLAY -u DLRM_RENDER_DIR PATH="$temporary/bin:$PATH" "$temporary/go" mine --data "my rows")
expected="in $temporary/else where:
<--render><$clone/build/pictures><mine><--data><my rows>"
[ "$(tail -n 2 <<<"$seen")" = "$expected" ] || fail "run.sh: expected
$expected
found
$seen"

# With nvcc the GPU module is built: for the GPUs that nvidia-smi names, for every architecture where it names none; without it where nvcc is not there,
# where all GPUs are too old, and where building it fails.
configured() {  # NVCC NVIDIA-SMI'S WORDS CMAKE DOES
  stand_in "$temporary/bin/cmake" "echo \"cmake \$*\" >>\"$temporary/called\"; $3"
  stand_in "$temporary/bin/nvidia-smi" "$2"
  rm -f "$temporary/called"
  rc=0
  env -u DISPLAY -u WAYLAND_DISPLAY -u DLRM_RENDER_DIR CUDACXX="$1" PATH="$temporary/bin:$PATH" "$clone/packaging/run.sh" >"$temporary/said" 2>&1 || rc=$?
}
called() {  # EXIT CODE, LINES: what cmake was called with
  [ "$rc" = "$1" ] && [ "$(cat "$temporary/called")" = "$2" ] || fail "run.sh with a GPU: expected $1 and
$2
found $rc and
$(cat "$temporary/called" "$temporary/said")"
}
stand_in "$temporary/bin/nvcc-here" 'exit 0'
off='cmake --preset release -DDLRM_WITH_CUDA=OFF'
build='cmake --build --preset release --target programs'
configured nvcc-here 'printf "9.0\n6.1\n8.6\n9.0\n"' 'exit 0'
called 0 "cmake --preset release -DDLRM_WITH_CUDA=AUTO -DCMAKE_CUDA_ARCHITECTURES=86-real;90-real
$build"
configured nvcc-here 'echo "No devices were found"; exit 6' 'exit 0'
called 0 "cmake --preset release -DDLRM_WITH_CUDA=AUTO -UCMAKE_CUDA_ARCHITECTURES
$build"
configured nvcc-here 'echo 6.1' 'exit 0'
called 0 "$off
$build"
configured no-nvcc 'echo 9.0' 'exit 0'
called 0 "$off
$build"
configured nvcc-here 'echo 9.0' 'case "$*" in *AUTO*) exit 1;; esac'
called 0 "cmake --preset release -DDLRM_WITH_CUDA=AUTO -DCMAKE_CUDA_ARCHITECTURES=90-real
$off
$build"
# The module does not build: once more without it. What does not build without it either is the script's failure, after one try where there was no module.
configured nvcc-here 'exit 1' "case \"\$*\" in *build*) ! grep -q AUTO '$temporary/called' || grep -q OFF '$temporary/called';; esac"
called 0 "cmake --preset release -DDLRM_WITH_CUDA=AUTO -UCMAKE_CUDA_ARCHITECTURES
$build
$off
$build"
configured no-nvcc 'exit 1' 'case "$*" in *build*) exit 1;; esac'
called 1 "$off
$build"
stand_in "$temporary/bin/cmake" 'exit 0'

# Where nothing may be written it says so. Root may write everywhere.
if [ "$(id -u)" != 0 ]; then
  chmod a-w "$clone/build"
  rc=0
  said=$(PATH="$temporary/bin:$PATH" "$clone/packaging/run.sh" 2>&1) || rc=$?
  chmod u+w "$clone/build"
  [ "$rc" = 2 ] && grep -q "cannot be written" <<<"$said" || fail "run.sh in a folder that cannot be written: $rc, $said"
fi

# A Ctrl+C while Arrow is unpacked ends the script, and what was unpacked is gone. pip itself ends like any failure.
fetch() {  # WHAT PIP DOES
  stand_in "$temporary/bin/python3" "mkdir -p \"\$3/bin\" \"\$3/lib/python3.11/site-packages/pyarrow\"; touch \"\$3/lib/python3.11/site-packages/pyarrow/libparquet.so.2600\"
cp \"$temporary/pip\" \"\$3/bin/pip\""
  stand_in "$temporary/pip" "$1"
  stand_in "$temporary/bin/pkg-config" 'exit 1'
  stand_in "$temporary/bin/dpkg-query" "sed -n 's/^  \\([a-z].*\\)/\\1/p' '$source/packaging/install-dependencies.sh' | tr ' ' '\\n' | sed 's/.*/installed, &, /'"
  rc=0
  env --default-signal=INT HOME="$temporary/home" PATH="$temporary/bin:$PATH" bash "$source/packaging/install-dependencies.sh" >"$temporary/said" 2>&1 || rc=$?
}
fetch 'kill -INT $PPID; exit 1'
[ "$rc" = 130 ] || fail "an interrupted install-dependencies.sh ended with $rc: $(cat "$temporary/said")"
[ -z "$(ls -A "$temporary/home/.cache/dlrm-explorer" 2>/dev/null)" ] || fail "it left $(ls -A "$temporary/home/.cache/dlrm-explorer")"
# What an earlier one left is fetched again, and kept once it is whole.
mkdir -p "$temporary/home/.cache/dlrm-explorer/arrow/lib/python3.11/site-packages/pyarrow"
touch "$temporary/home/.cache/dlrm-explorer/arrow/lib/python3.11/site-packages/pyarrow/libparquet.so.2600"
fetch 'd=$(dirname "$0")/../lib/python3.11/site-packages/pyarrow-26.0.1.dist-info; mkdir -p "$d"; touch "$d/RECORD"'
[ "$rc" = 0 ] && grep -q "Getting Apache Arrow" "$temporary/said" || fail "an incomplete Arrow was kept: $rc, $(cat "$temporary/said")"
fetch 'exit 1'
[ "$rc" = 0 ] && ! grep -q "Getting Apache Arrow" "$temporary/said" || fail "a complete Arrow was fetched again: $rc, $(cat "$temporary/said")"
[ "$(ls "$temporary/home/.cache/dlrm-explorer")" = arrow ] || fail "left behind: $(ls "$temporary/home/.cache/dlrm-explorer")"
