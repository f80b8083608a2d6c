#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# portable.sh says that a tar cannot be made before it builds anything: portable_refuses_first.sh PORTABLE.SH
set -euo pipefail
portable=$(realpath "${1:?packaging/portable.sh}")
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
fail() { echo "$*" >&2; exit 1; }

# A build whose libhdf5 needs shared libraries, and tools that do nothing but say so.
mkdir "$temporary/bin" "$temporary/build"
for tool in cmake patchelf objdump; do
  printf '#!/bin/sh\necho "%s $*" >>"%s/called"\n' "$tool" "$temporary" >"$temporary/bin/$tool"
  chmod +x "$temporary/bin/$tool"
done
attempt() {
  rm -f "$temporary/called"
  status=0
  PATH="$temporary/bin:$PATH" "$portable" "$temporary/out.tar.gz" --cpu-only --build "$temporary/build" >"$temporary/said" 2>&1 || status=$?
}

echo 'DLRM_HDF5_ARCHIVES_LINK_STATICALLY:INTERNAL=' >"$temporary/build/CMakeCache.txt"
attempt
[ $status = 2 ] || fail "exit code $status instead of 2: $(cat "$temporary/said")"
grep -q 'cannot be linked statically here' "$temporary/said" || fail "$(cat "$temporary/said")"
[ ! -e "$temporary/called" ] || fail "called before it refused: $(cat "$temporary/called")"
[ ! -e "$temporary/out.tar.gz" ] || fail "a tar was left"

# Where it suffices, the build begins.
echo 'DLRM_HDF5_ARCHIVES_LINK_STATICALLY:INTERNAL=1' >"$temporary/build/CMakeCache.txt"
attempt
grep -q '^cmake --build ' "$temporary/called" || fail "nothing was built: $(cat "$temporary/said")"
