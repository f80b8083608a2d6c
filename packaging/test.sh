#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, runs every test and lists what was skipped. Arguments are handed to ctest (e.g. -R golden).
# With DLRM_CI=1 warnings are errors, and so is a test that is skipped for want of a package.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
mkdir -p build && [ -w build ] || { echo "$PWD/build cannot be written: clone to a folder of your own." >&2; exit 2; }

preset=test
strict=()
if [ "${DLRM_CI:-0}" = 1 ]; then preset=ci strict=(--strict); fi

packaging/install-dependencies.sh --tests
echo "Building (preset $preset) in build/$preset …"
cmake --preset "$preset"
cmake --build --preset "$preset"
echo "Running every test …"
results=$PWD/build/$preset/Testing/results.xml
rm -f "$results"
rc=0
ctest --preset "$preset" -j "$(nproc)" --output-junit "$results" --test-output-size-passed 100000000 --test-output-size-failed 100000000 "$@" || rc=$?
[ ! -e "$results" ] || /usr/bin/python3 tests/skips.py "${strict[@]}" "$results" || rc=$?
exit "$rc"
