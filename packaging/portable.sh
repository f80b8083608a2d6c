#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds one relocatable tar of dlrm-cli, the GPU module, its tests and benchmarks: it needs a kernel and, for the GPU, a driver and cuBLAS.
#   portable.sh [OUT.tar.gz] [--cpu-only] [--build DIR]      without --cpu-only, missing CUDA parts are an error; --build takes what is built in DIR
# Every library comes along but the driver's and cuBLAS. glibc too, beside the rest: the toolchain's is newer than the 2.31 that is promised, so
# the start scripts use the machine's glibc where it is new enough for every file of the tar, and the one of the tar elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."

out=build/dlrm-portable.tar.gz
cuda=1
build=
while [ $# -gt 0 ]; do
  case $1 in
    --cpu-only) cuda=0 ;;
    --build) build=${2:?--build needs a directory}; shift ;;
    -*) sed -n 3,6p "$0" >&2; exit 2 ;;
    *) out=$1 ;;
  esac
  shift
done
for tool in patchelf objdump; do command -v "$tool" >/dev/null || { echo "$tool is missing: install it." >&2; exit 2; }; done
mkdir -p "$(dirname "$out")"

if [ -z "$build" ]; then
  build=build/portable
  # The device tests and benchmarks are plain programs, but stand in the folders of tests and benchmarks.
  [ $cuda = 1 ] && options=(-DDLRM_WITH_CUDA=ON -DDLRM_WITH_TESTS=ON -DDLRM_WITH_BENCH=ON) || options=(-DDLRM_WITH_CUDA=OFF)
  cmake --preset headless -B "$build" "${options[@]}" >/dev/null
fi
# Before anything is built: libhdf5's archives must suffice for a program without any shared library (Debian 13's want libcurl).
if ! grep -q '^DLRM_HDF5_ARCHIVES_LINK_STATICALLY:INTERNAL=1$' "$build/CMakeCache.txt"; then
  echo "dlrm-hdf5-reader cannot be linked statically here: $build/CMakeCache.txt says that libhdf5's archives do not suffice for it." >&2
  echo "Build the tar on Debian 12, or name a libhdf5 without network drivers with -DHDF5_ROOT=DIR in a build of your own (--build)." >&2
  exit 2
fi
echo "Building in $build …"
targets=(dlrm-cli dlrm-hdf5-reader dlrm_hdf5)
if [ $cuda = 1 ]; then
  available=$(cmake --build "$build" --target help)
  for target in dlrm_cuda tst_cuda_device gpu_bench; do
    grep -q "^$target:" <<<"$available" || { echo "There is no target $target: build without CUDA by --cpu-only." >&2; exit 2; }
    targets+=("$target")
  done
fi
cmake --build "$build" --target "${targets[@]}"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
root=$stage/dlrm-portable
mkdir -p "$root"/{bin,programs,libexec/dlrm-explorer,lib/dlrm-explorer,glibc,data}
programs=(dlrm-cli)
[ $cuda = 1 ] && programs+=(tst_cuda_device gpu_bench)
for program in "${programs[@]}"; do install -s "$build/bin/$program" "$root/programs/"; done
# Static: it needs neither the tar's libraries nor its glibc. Programs look for it in ../libexec from where they, or the tar's loader, lie.
install -s "$build/bin/dlrm-hdf5-reader" "$root/libexec/dlrm-explorer/"
if ldd "$root/libexec/dlrm-explorer/dlrm-hdf5-reader" >/dev/null 2>&1; then
  echo "dlrm-hdf5-reader is not static: install the archives of libhdf5, libsz, libaec, libz." >&2
  exit 1
fi
# What writes HDF5: in ../lib/dlrm-explorer from there.
install -s "$build/bin/dlrm_hdf5.so" "$root/lib/dlrm-explorer/"
[ $cuda = 1 ] && install -s "$build/bin/dlrm_cuda.so" "$root/programs/"  # beside the programs, where all of them look

# Libraries the files need, but for glibc's, the driver's and CUDA's.
is_glibc='^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util|anl|nsl|nss_.*|BrokenLocale))\.so'
is_machine='^lib(cuda|cublas|cublasLt|nvidia.*)\.so'
glibc_files=()
while read -r name _ path _; do
  [ -e "${path:-}" ] || continue
  if [[ $name =~ $is_glibc ]]; then glibc_files+=("$path"); elif ! [[ $name =~ $is_machine ]]; then install -m 644 "$path" "$root/lib/$name"; fi
done < <(shopt -s nullglob; for file in "$root"/programs/* "$root"/lib/*.so* "$root"/lib/dlrm-explorer/*; do ldd "$file"; done | sort -u)
loader=$(ldd "$root/programs/dlrm-cli" | awk '/ld-linux/ {print $1}')
cp -L "$loader" "${glibc_files[@]}" "$root/glibc/"
for name in libm.so.6 libdl.so.2 librt.so.1 libpthread.so.0; do  # what a driver and cuBLAS ask for
  cp -L "$(dirname "$(gcc -print-file-name=libc.so.6)")/$name" "$root/glibc/" 2>/dev/null || cp -L "/lib/$(gcc -dumpmachine)/$name" "$root/glibc/"
done
# Found from where they lie, wherever the tar is unpacked.
for file in "$root"/programs/*; do patchelf --set-rpath '$ORIGIN/../lib' "$file"; done
for file in "$root"/lib/*.so*; do patchelf --set-rpath '$ORIGIN' "$file"; done
for file in "$root"/lib/dlrm-explorer/*; do patchelf --set-rpath '$ORIGIN/..' "$file"; done

# The newest glibc that any file asks for.
needed=$(for file in "$root"/programs/* "$root"/lib/*.so* "$root"/lib/dlrm-explorer/*; do objdump -T "$file" 2>/dev/null; done | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -uV | tail -n 1)
has=$(cd "$root/glibc" && "./$(basename "$loader")" --library-path . ./libc.so.6 | sed -n '1s/.*version \([0-9.]*[0-9]\).*/\1/p')
[ "$(printf '%s\n' "$needed" "$has" | sort -V | tail -n 1)" = "$has" ] || { echo "The files need glibc $needed, the tar would bring $has." >&2; exit 1; }
echo "$needed" >"$root/glibc/needed"
echo "Files need glibc $needed; where the machine's is older, the tar's $has is used."

cat >"$root/start.sh" <<'START'
# Sourced by the programs in bin: start NAME ARGUMENT…
here=$(cd "$(dirname "$0")/.." && pwd)
export DLRM_BACKEND_DIR="${DLRM_BACKEND_DIR:-$here/programs}"
# CUDA's own libraries, where a machine keeps them outside the loader's path.
cuda_path="${CUDA_HOME:-/usr/local/cuda}/lib64"
start() {
  program=$here/programs/$1
  shift
  machine=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/.* //')
  needed=$(cat "$here/glibc/needed")
  newest=$(printf '%s\n%s\n' "${machine:-0}" "$needed" | sort -V | tail -n 1)
  if [ "${DLRM_OWN_GLIBC:-0}" = 0 ] && [ "$newest" = "${machine:-0}" ]; then
    LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$cuda_path" exec "$program" "$@"
  fi
  exec "$here"/glibc/ld-linux* --library-path "$here/glibc:$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}:$cuda_path" "$program" "$@"
}
START
for program in "${programs[@]}"; do
  printf '#!/bin/sh\nhere=$(cd "$(dirname "$0")/.." && pwd)\n. "$here/start.sh"\nstart %s "$@"\n' "$program" >"$root/bin/$program"
  chmod +x "$root/bin/$program"
done
install -m 755 tests/bench/gpu_all.sh "$root/gpu_all.sh"
cp -r resources/demo "$root/data/demo"
mkdir -p "$root/data/golden"
cp -r tests/data/golden/datasets tests/data/golden/checkpoints "$root/data/golden/"
cp LICENSE "$root/"

tar -C "$stage" -czf "$out" dlrm-portable
echo "$out: $(du -h "$out" | cut -f1), $(find "$root/lib" -type f | wc -l) libraries"
