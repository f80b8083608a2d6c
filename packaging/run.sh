#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds (Release) and opens the demo. Without a display every page is rendered to a PNG file instead.
# Arguments are handed to dlrm-explorer: packaging/run.sh CHECKPOINT --data DATASET
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/install-dependencies.sh
echo "Building (Release) in build/release …"
cmake --preset release
cmake --build --preset release --target dlrm-explorer dlrm-cli

program=build/release/bin/dlrm-explorer
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "Opening ${*:-the demo} …"
  exec "$program" "${@:---demo}"
fi
pictures=${DLRM_RENDER_DIR:-build/pictures}
echo "There is no display: rendering every page of ${*:-the demo} to $pictures"
exec "$program" --render "$pictures" "$@"
