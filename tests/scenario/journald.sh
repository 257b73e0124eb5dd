#!/bin/sh
# Run a command with a systemd-journald of its own.
#
#   journald.sh [--catalog FILE]... [--set KEY=VALUE]... [--] COMMAND [ARGUMENT]...
#
#   --catalog FILE    a message catalog for `journalctl -x`
#   --set KEY=VALUE   a line of [Journal] in journald.conf(5)
#
# The real journald, without the rest of systemd, in mount, PID and IPC namespaces of its own: /run
# and the catalog's folders are empty file systems in memory, so the machine's own journal is neither
# seen nor touched.  The command finds the daemon's process in $JOURNALD_PID, and may end it and start
# it again with $JOURNALD; all processes end with the command.
#
# Exit status: the command's; 77 where this cannot be done (no root, no journald, no namespaces).
set -eu

JOURNALD=/lib/systemd/systemd-journald

cannot()
{
	echo "journald.sh: $1" >&2
	exit 77
}

# First as we were called: look whether it can be done, and start again inside.
if [ "${1-}" != --inside ]; then
	[ "$(id -u)" = 0 ] || cannot "only root may make namespaces"
	[ -x "$JOURNALD" ] || cannot "there is no $JOURNALD"
	[ -s /etc/machine-id ] || cannot "journald needs /etc/machine-id"
	unshare --mount --pid --ipc --fork --mount-proc true 2>/dev/null || cannot "no namespaces here"
	exec unshare --mount --propagation private --pid --ipc --fork --mount-proc --kill-child \
		"$0" --inside "$@"
fi
shift

# An empty file system on each folder that journald or journalctl writes to.
empty()
{
	mkdir -p "$1"
	mount -t tmpfs -o mode=755 tmpfs "$1"
}
empty /run
empty /var/lib/systemd/catalog
empty /usr/local/lib/systemd/catalog
if [ -d /var/log/journal ]; then
	empty /var/log/journal
fi
mkdir -p /run/systemd/journald.conf.d /run/systemd/journal /run/log/journal

# In memory, without the kernel's messages, and without a limit on how much may be logged.
conf=/run/systemd/journald.conf.d/test.conf
cat >"$conf" <<-END
	[Journal]
	Storage=volatile
	ReadKMsg=no
	Audit=no
	ForwardToWall=no
	RateLimitBurst=0
END

while [ $# -gt 0 ]; do
	case $1 in
	--catalog)
		cp "$2" /usr/local/lib/systemd/catalog/
		shift 2
		;;
	--set)
		echo "$2" >>"$conf"
		shift 2
		;;
	--)
		shift
		break
		;;
	*)
		break
		;;
	esac
done
journalctl --update-catalog

"$JOURNALD" 2>/run/journald.err &
JOURNALD_PID=$!
export JOURNALD JOURNALD_PID
tries=0
until [ -S /run/systemd/journal/socket ]; do
	tries=$((tries + 1))
	if [ $tries -gt 500 ]; then
		cat /run/journald.err >&2
		cannot "journald did not start"
	fi
	sleep 0.01
done

"$@"
