#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds (Release) and opens the demo. Without a display every page is rendered to a PNG file instead.
# Arguments are handed to dlrm-explorer, paths as seen from where it is called: packaging/run.sh CHECKPOINT --data DATASET
# Afterwards `cmake --install build/release --prefix ANYWHERE` installs what was built.
set -euo pipefail
caller=$PWD
cd "$(dirname "$(realpath "$0")")/.."
root=$PWD
mkdir -p build && [ -w build ] || { echo "$root/build cannot be written: clone to a folder of your own." >&2; exit 2; }

packaging/install-dependencies.sh
# The GPU module is built where nvcc is: for the GPUs of this machine, or, where nvidia-smi names none, for every architecture, which takes minutes more.
[ -n "${CUDACXX:-}" ] || PATH=$PATH:/usr/local/cuda/bin  # where NVIDIA's packages put nvcc
gpu=()
if command -v "${CUDACXX:-nvcc}" >/dev/null; then
  capabilities=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | sed -n 's/^\([0-9]*\)\.\([0-9]\)$/\1\2/p' | sort -un || true)
  architectures=$(awk '$1 >= 75 {print $1 "-real"}' <<<"$capabilities" | paste -sd ';')
  if [ -z "$capabilities" ]; then
    gpu=(-DDLRM_WITH_CUDA=AUTO -UCMAKE_CUDA_ARCHITECTURES)
  elif [ -n "$architectures" ]; then
    gpu=(-DDLRM_WITH_CUDA=AUTO -DCMAKE_CUDA_ARCHITECTURES="$architectures")
  fi
fi
echo "Building (Release) in build/release …"
if [ ${#gpu[@]} -eq 0 ]; then
  cmake --preset release -DDLRM_WITH_CUDA=OFF
elif ! cmake --preset release "${gpu[@]}"; then
  echo "The GPU module cannot be built for ${architectures:-every architecture}: building without it." >&2
  cmake --preset release -DDLRM_WITH_CUDA=OFF
fi
if ! cmake --build --preset release --target programs; then
  [ ${#gpu[@]} -gt 0 ] || exit 1
  echo "Building once more without the GPU module." >&2
  cmake --preset release -DDLRM_WITH_CUDA=OFF
  cmake --build --preset release --target programs
fi

program=$root/build/release/bin/dlrm-explorer
cd "$caller"
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "Opening ${*:-the demo} …"
  exec "$program" "${@:---demo}"
fi
pictures=${DLRM_RENDER_DIR:-$root/build/pictures}
echo "There is no display: rendering every page of ${*:-the demo} to $pictures"
exec "$program" --render "$pictures" "$@"
