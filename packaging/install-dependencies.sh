#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what building DLRM Explorer needs from Debian's packages, and Apache Arrow (for Parquet) from its Python wheel, since Debian has no
# package of it; does nothing when all of it is there.
#   install-dependencies.sh           compiler, CMake and libraries
#   install-dependencies.sh --tests   also what the tests need: a virtual X server, h5dump, and the Python software that opens our HDF5 files
set -euo pipefail
trap 'exit 130' INT  # pip ends like any failure there, and the build would begin
: "${HOME:=$(getent passwd "$(id -u)" | cut -d: -f6)}"

packages=(
  g++ cmake ninja-build ccache pkg-config
  qt6-base-dev qt6-charts-dev libqt6opengl6-dev qt6-svg-dev qt6-qpa-plugins libgl-dev libvulkan-dev fonts-dejavu-core
  libdnnl-dev ocl-icd-opencl-dev libtbb-dev libhwy-dev libexpected-dev nlohmann-json3-dev libyaml-cpp-dev libcli11-dev libfmt-dev libhdf5-dev
  zlib1g-dev libzstd-dev python3-venv
  libeigen3-dev libsnappy-dev libxxhash-dev
)
tests=(xvfb xauth hdf5-tools python3 python3-h5py python3-pandas python3-tables python3-xarray python3-h5netcdf python3-netcdf4)
[ "${1:-}" = "--tests" ] && packages+=("${tests[@]}")

# Not being able to get Arrow is no failure: the program is then built without Parquet.
install_arrow() {
  local arrow="$HOME/.cache/dlrm-explorer/arrow" new="$HOME/.cache/dlrm-explorer/arrow.$$"
  # The list of what was unpacked is written last.
  compgen -G "$arrow/lib/python3*/site-packages/pyarrow-*.dist-info/RECORD" >/dev/null && return
  pkg-config --exists parquet 2>/dev/null && return
  echo "Getting Apache Arrow from the pyarrow wheel into $arrow"
  trap 'rm -rf "$HOME/.cache/dlrm-explorer/arrow.$$"' EXIT
  if python3 -m venv "$new" && "$new/bin/pip" install -q --disable-pip-version-check pyarrow==26.0.1; then
    rm -rf "$arrow"
    mv "$new" "$arrow"
  else
    echo "Apache Arrow could not be had: building without Parquet." >&2
  fi
}

# Also the names that an installed package provides: Debian 13's qt6-base-dev is libqt6opengl6-dev as well.
installed=$(dpkg-query -W -f='${db:Status-Status}, ${Package}, ${Provides}\n' | sed -n 's/^installed, //p' | sed 's/ ([^)]*)//g; s/, */\n/g')
missing=()
for p in "${packages[@]}"; do grep -qxF "$p" <<<"$installed" || missing+=("$p"); done
[ ${#missing[@]} -eq 0 ] && { install_arrow; echo "All packages are installed."; exit 0; }

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Missing packages: ${missing[*]}. Run this as root, or install sudo." >&2; exit 2; }
  as_root=(sudo)
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
log=$(mktemp)
if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  echo "Installing the packages failed; the whole output is in $log." >&2
  exit 2
fi
rm -f "$log"
install_arrow
