#!/bin/sh
# Install the Debian packages named that are missing; does nothing, and needs no root, where all are there.
set -eu
missing=
for package in "$@"; do
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || {
	echo "these packages are needed (names as in Debian 12):$missing" >&2
	exit 1
}
sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing:$missing"
apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq"
$apt update
# shellcheck disable=SC2086  # a list of names
$apt install -y --no-install-recommends $missing >/dev/null
