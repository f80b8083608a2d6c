#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds with warnings as errors, and runs every test. Arguments are handed to ctest (e.g. -R golden).
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/install-dependencies.sh --tests
echo "Building (preset ci) in build/ci …"
cmake --preset ci
cmake --build --preset ci
echo "Running every test …"
ctest --preset ci -j "$(nproc)" "$@"
