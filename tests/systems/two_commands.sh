#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves the README's two commands on a bare Debian: two_commands.sh SUITE [FOLDER] [USER]        (needs root and debootstrap)
#   SUITE   bookworm or trixie
#   FOLDER  where the clone lies in that system; a space by default, since that finds unquoted paths
#   USER    who runs the commands: `user` (by default; the packages are then installed by root first) or root
# The system is made in $DLRM_SYSTEMS (by default build/systems), from this machine's package mirror and with its settings of apt and pip, and kept:
# what is measured a second time has its packages already. Remove $DLRM_SYSTEMS/SUITE to begin anew, once nothing is mounted in it.
# The clone is of the last commit. One line per command: what it took, and how it ended; the whole output is in $DLRM_SYSTEMS/SUITE-*.log.
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=${1:?the suite: bookworm or trixie}
user=${3:-user}
case $user in
  root) home=/root ;;
  user) home=/home/user ;;
  *) echo "USER is user or root, not $user." >&2; exit 2 ;;
esac
folder=${2:-$home/a clone}
[ "$(id -u)" = 0 ] || { echo "Run this as root: it makes a system and enters it." >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "debootstrap is missing: install it." >&2; exit 2; }
systems=${DLRM_SYSTEMS:-$PWD/build/systems}
mkdir -p "$systems"
systems=$(realpath "$systems")
root=$systems/$suite

# The first mirror of Debian that apt knows here, in either form of its lists.
mirror() {
  local lists=()
  for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do [ -f "$f" ] && lists+=("$f"); done
  awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /:\//) {print $i; exit}}' "${lists[@]}"
}

make_root() {
  echo "Making a bare $suite in $root …"
  rm -rf "$root.new"
  debootstrap --variant=minbase "$suite" "$root.new" "$(mirror)" >"$systems/$suite-debootstrap.log" || { tail -n 20 "$systems/$suite-debootstrap.log" >&2; exit 2; }
  # How this machine reaches its mirrors: proxies, credentials, certificates, names.
  for item in /etc/apt/apt.conf.d /etc/apt/auth.conf /etc/apt/auth.conf.d /etc/resolv.conf /etc/hosts /etc/pip.conf /etc/ssl/certs /usr/local/share/ca-certificates; do
    [ -e "$item" ] || continue
    mkdir -p "$root.new$(dirname "$item")"
    cp -rL "$item" "$root.new$(dirname "$item")/"
  done
  chroot "$root.new" useradd --create-home --uid 1000 user
  mv "$root.new" "$root"
}

# inside USER COMMAND: with nothing of this machine's environment but its proxies and pip's settings.
inside() {
  local who=$1 where=/root variables=()
  [ "$who" = root ] || where=/home/$who
  for v in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY PIP_INDEX_URL PIP_CERT SSL_CERT_FILE; do [ -n "${!v:-}" ] && variables+=("$v=${!v}"); done
  chroot --userspec="$who" "$root" /usr/bin/env -i HOME="$where" USER="$who" TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${variables[@]}" \
    bash -c 'cd "$1" && shift && exec "$@"' - "$folder" "${@:2}"
}

[ -d "$root" ] || make_root
trap 'umount -l "$root/dev" "$root/proc" 2>/dev/null || true' EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
if ! mountpoint -q "$root/dev"; then
  mount --rbind /dev "$root/dev"
  mount --make-rslave "$root/dev"
fi

rm -rf "${root:?}$folder"
mkdir -p "$(dirname "$root$folder")"
git clone -q --no-local . "$root$folder"
chroot "$root" chown -R "$user:" "$folder"

failed=0
step() {  # NAME USER COMMAND…
  local name=$1 log="$systems/$suite-$1.log" begin=$SECONDS rc=0
  inside "${@:2}" >"$log" 2>&1 </dev/null || rc=$?
  printf '%s  %-12s %4d:%02d min  %s\n' "$suite" "$name" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60)) "$([ $rc = 0 ] && echo ok || echo "FAILED ($rc), see $log")"
  [ $rc = 0 ] || failed=1
}
[ "$user" = root ] || step packages root packaging/install-dependencies.sh --tests
step run.sh "$user" packaging/run.sh
step test.sh "$user" packaging/test.sh
pictures=$(find "$root$folder/build/pictures" -name '*.png' 2>/dev/null | wc -l)
[ "$pictures" -gt 0 ] || { echo "run.sh left no pictures" >&2; failed=1; }
sed -n '/^100% tests passed\|tests failed out of\|^Skipped in/,$p' "$systems/$suite-test.sh.log" | sed "s/^/$suite  /"
exit $failed
