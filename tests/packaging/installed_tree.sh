#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what BUILD built into a folder with a space and é in its name, moves that, and uses it from there: installed_tree.sh BUILD
# Also looks whether the target `programs`, which packaging/run.sh builds, has everything that is installed.
set -euo pipefail
build=$(realpath "${1:?the build directory}")
data=$(realpath "$(dirname "$0")/../data/golden")
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
fail() { echo "$*" >&2; exit 1; }

cmake --install "$build" --prefix "$temporary/x y é" >"$temporary/install.log" || { tail -n 20 "$temporary/install.log" >&2; fail "installing failed"; }
mkdir "$temporary/moved é"
mv "$temporary/x y é" "$temporary/moved é/to here"
installed="$temporary/moved é/to here"
find "$installed" -path '*/demo/*' -prune -o -type f -print | sort | sed "s|^$installed/|  |"

# Every program and module that was installed is a part of `programs`.
cached() { sed -n "s/^$1:[^=]*=//p" "$build/CMakeCache.txt"; }
case $(cached CMAKE_GENERATOR) in
  Ninja*) inputs=$("$(cached CMAKE_MAKE_PROGRAM)" -C "$build" -t graph programs | sed -n 's|.*label="bin/\([^"]*\)".*|\1|p') ;;
  *Makefiles)  # the targets that `programs` leads to; a module's file is its target's name with .so
    inputs=$(awk -F ': ' '
      function visit(target, i, n, others, name) {
        if (seen[target]++) return
        name = target
        sub(/\.dir\/all$/, "", name)
        sub(/.*\//, "", name)
        print name "\n" name ".so"
        n = split(after[target], others, " ")
        for (i = 1; i <= n; i++) visit(others[i])
      }
      /\.dir\/all: .*\.dir\/all$/ { after[$1] = after[$1] " " $2 }
      END { visit("CMakeFiles/programs.dir/all") }' "$build/CMakeFiles/Makefile2") ;;
  *) echo "skipped: what $(cached CMAKE_GENERATOR) builds for the target programs cannot be told"; exit 77 ;;
esac
while IFS= read -r -d '' file; do
  name=$(basename "$file")
  [ -e "$build/bin/$name" ] || continue
  grep -qxF "$name" <<<"$inputs" || fail "$name is installed, but packaging/run.sh does not build it: the target programs lacks it"
done < <(find "$installed" -path '*/demo/*' -prune -o -type f -print0)

# Every library is found, and nothing is looked for in the build tree.
while IFS= read -r -d '' file; do
  readelf -h "$file" >/dev/null 2>&1 || continue
  missing=$(ldd "$file" 2>&1 | grep 'not found' || true)
  [ -z "$missing" ] || fail "$(basename "$file"): $missing"
  readelf -d "$file" | grep -E 'R(UN)?PATH' | grep -F "$build" && fail "$(basename "$file") looks into the build tree"
done < <(find "$installed" -path '*/demo/*' -prune -o -type f -print0)

# Completion and the manual page are what the program that lies beside them says.
for entry in bash:bash-completion/completions/dlrm-cli zsh:zsh/site-functions/_dlrm-cli fish:fish/vendor_completions.d/dlrm-cli.fish man:man/man1/dlrm-cli.1; do
  "$installed/bin/dlrm-cli" completion "${entry%%:*}" | cmp - "$installed/share/${entry#*:}" || fail "share/${entry#*:} is not what completion prints"
done

# Used from somewhere else, with nothing set that could point back to the sources.
cd "$temporary"
export XDG_CACHE_HOME="$temporary/cache" LC_ALL=C.UTF-8 QT_QPA_PLATFORM=offscreen
unset DLRM_BACKEND_DIR DLRM_DEMO_DIR
cli() { "$installed/bin/dlrm-cli" "$@" --quiet || fail "dlrm-cli $1 failed"; }
demo=$installed/share/dlrm-explorer/demo
cli info "$demo/checkpoint" --json >info.json
cli predict "$demo/checkpoint" --data "$demo/raw_rows.tsv" --dictionary "$demo/dictionary" --rows 0-9 --json >predictions.json
cli evaluate "$demo/checkpoint" --data "$demo/dataset" --json >evaluation.json
cli convert "$demo/checkpoint" "model é.h5"
# The HDF5 file is read by dlrm-hdf5-reader; its logits are those of the directory.
cli predict "$demo/checkpoint" --data "$demo/dataset" --rows 0-99 --out original.npy
cli predict "model é.h5" --data "$demo/dataset" --rows 0-99 --out converted.npy
cmp original.npy converted.npy || fail "the converted model predicts otherwise"
# Parquet: the module and Arrow are found. This dictionary has two of the demo's features, so that predict refuses it, but after it was read.
if [ -n "$(find "$installed" -name dlrm_parquet.so)" ]; then
  "$installed/bin/dlrm-cli" predict "$demo/checkpoint" --data "$demo/raw_rows.tsv" --dictionary "$data/preprocessing/spark_dictionary" --quiet >/dev/null 2>parquet.log || true
  ! grep -E 'E-PARQUET-00[12]' parquet.log || fail "Parquet does not work from here"
  grep -q . parquet.log || fail "a dictionary of two features was taken for the demo"
fi
if [ -x "$installed/bin/dlrm-explorer" ]; then
  "$installed/bin/dlrm-explorer" --render pictures || fail "dlrm-explorer --render failed"
  pictures=$(find pictures -name '*.png' -size +4k | wc -l)
  [ "$pictures" -ge 6 ] || fail "only $pictures pictures"
  echo "$pictures pictures"
fi
