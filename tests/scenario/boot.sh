#!/bin/bash
# Boot the machine's own systemd as PID 1 of new namespaces and run a command in it as a service.
#
# usage: boot.sh FOLDER COMMAND [ARG...]
#
# FOLDER appears as /share, read-write, and is the command's working directory.  The root is an overlay over
# the machine's own whose upper layer is a tmpfs: nothing written inside touches the machine or outlives the
# boot.  The network is a loopback of its own.  Ends with the command's status, or 70 when the boot failed.
# Needs root, unshare(1) and systemd.
set -euo pipefail

folder=$(readlink -f "$1")
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/boot.XXXXXX")
name=boot.$$
groups=()

tidy() {
	local group
	for group in "${groups[@]}"; do
		for _ in 1 2 3 4 5; do # the kernel empties a group a moment after its last process is gone
			find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || :
			[ -d "$group" ] || break
			sleep 0.1
		done
	done
	rm -rf --one-file-system "$work"
}
trap tidy EXIT

# A control group of our own in each hierarchy, so that systemd inside finds an empty tree it may rule.  Where we
# are not at the top of one, we stay where we are.
v1=()
while IFS=: read -r number controllers path; do
	if [ "$number" = 0 ]; then
		mount=$(findmnt -nt cgroup2 -o TARGET | head -n 1)
	else
		mount=$(findmnt -nt cgroup -O "${controllers}" -o TARGET | head -n 1)
	fi
	[ -n "$mount" ] || continue
	[ "$number" = 0 ] || v1+=("$controllers")
	if [ "$number" = 0 ] || [ "$path" = / ]; then
		group=$mount${path%/}/$name
		mkdir "$group" 2>/dev/null || continue
		case $controllers in *cpuset*)
			cat "$mount/cpuset.cpus" >"$group/cpuset.cpus"
			cat "$mount/cpuset.mems" >"$group/cpuset.mems" ;;
		esac
		groups+=("$group")
	fi
done </proc/self/cgroup

# What lies over the root: the service that runs the command, and masks for what touches hardware.
over=$work/over
units=$over/etc/systemd/system
mkdir -p "$units" "$over/etc/systemd/journald.conf.d" "$over/var/log/journal" "$work/root" "$work/io"
: >"$over/etc/fstab"
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-timesyncd.service systemd-modules-load.service \
	systemd-sysctl.service systemd-random-seed.service systemd-networkd.service systemd-resolved.service \
	systemd-remount-fs.service systemd-journal-flush.service systemd-update-utmp.service systemd-firstboot.service \
	systemd-machine-id-commit.service systemd-hwdb-update.service systemd-journal-catalog-update.service \
	systemd-update-done.service systemd-binfmt.service systemd-pcrphase.service systemd-pcrphase-sysinit.service \
	systemd-ask-password-console.path systemd-ask-password-wall.path ldconfig.service keyboard-setup.service \
	getty.target apparmor.service dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
	sys-kernel-config.mount sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount nginx.service \
	apt-daily.timer apt-daily-upgrade.timer man-db.timer dpkg-db-backup.timer e2scrub_all.timer \
	fstrim.timer logrotate.timer; do
	ln -s /dev/null "$units/$unit"
done
cat >"$over/etc/systemd/journald.conf.d/boot.conf" <<'CONF'
[Journal]
Storage=persistent
ReadKMsg=no
Audit=no
ForwardToWall=no
CONF
cat >"$units/boot.target" <<'UNIT'
[Unit]
Requires=basic.target boot-command.service
After=basic.target
UNIT
cat >"$units/boot-command.service" <<'UNIT'
[Unit]
Requires=basic.target
After=basic.target
SuccessAction=exit-force
FailureAction=exit-force
[Service]
Type=oneshot
ExecStart=/boot-io/command
StandardOutput=append:/boot-io/out
StandardError=append:/boot-io/out
TimeoutStartSec=infinity
UNIT
{
	echo '#!/bin/bash'
	echo 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8'
	echo 'journalctl -q --flush; cd /share'
	printf '%q ' "$@"
	echo
	# shellcheck disable=SC2016  # the shell inside expands it
	echo 'status=$?; journalctl -q --sync; echo $status >/boot-io/status; exit $status'
} >"$work/io/command"
chmod 755 "$work/io/command"
: >"$work/io/out"
: >"$work/io/console"

cat >"$work/inside" <<'INSIDE'
set -eu
root=$work/root
at() { mkdir -p "$root$1"; mount "${@:2}" "$root$1"; }
# The upper layer must not lie on the file system of the lower one: a tmpfs of its own.
mkdir "$work/upper"
mount -t tmpfs -o mode=755,size=1g tmpfs "$work/upper"
cp -a "$work/over" "$work/upper/files"
mkdir "$work/upper/work"
mount -t overlay -o "lowerdir=/,upperdir=$work/upper/files,workdir=$work/upper/work" overlay "$root"
at /proc -t proc -o nosuid,noexec,nodev proc
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
at /sys -t sysfs -o ro,nosuid,noexec,nodev sysfs
at /dev -t tmpfs -o mode=755,nosuid,size=4m tmpfs
for device in null zero full random urandom tty; do
	: >"$root/dev/$device"
	mount --bind "/dev/$device" "$root/dev/$device"
done
at /dev/pts -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts
at /dev/shm -t tmpfs -o mode=1777,nosuid,nodev tmpfs
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "$root/dev/${number#*:}"; done
: >"$root/dev/console"
mount --bind "$work/io/console" "$root/dev/console"
at /run -t tmpfs -o mode=755,nosuid,nodev,size=256m tmpfs
at /tmp -t tmpfs -o mode=1777,nosuid,nodev,size=1g tmpfs
at /boot-io --bind "$work/io"
at /share --bind "$folder"
if [ -z "$hierarchies" ]; then
	at /sys/fs/cgroup -t cgroup2 -o nosuid,noexec,nodev cgroup2
else
	mount -t tmpfs -o mode=755,nosuid,noexec,nodev tmpfs "$root/sys/fs/cgroup"
	at /sys/fs/cgroup/unified -t cgroup2 -o nosuid,noexec,nodev cgroup2
	for controllers in $hierarchies; do
		if [ "$controllers" = name=systemd ]; then
			at /sys/fs/cgroup/systemd -t cgroup -o none,name=systemd,xattr cgroup
		else
			at "/sys/fs/cgroup/$controllers" -t cgroup -o "$controllers" cgroup
		fi
	done
	[ -d "$root/sys/fs/cgroup/systemd" ] || at /sys/fs/cgroup/systemd -t cgroup -o none,name=systemd,xattr cgroup
	# systemd mounts what it does not find, and would take it from the machine: put something there.
	for controller in $(awk 'NR > 1 { print $1 }' /proc/cgroups); do
		[ -d "$root/sys/fs/cgroup/$controller" ] || at "/sys/fs/cgroup/$controller" -t tmpfs -o ro,size=4k tmpfs
	done
fi
hostname booted
cd "$root"
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
mount --make-rshared / # or credentials end in an empty folder
exec env -i container=boot PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /lib/systemd/systemd --unit=boot.target \
	--show-status=0 </dev/null >/dev/console 2>&1
INSIDE

export work folder hierarchies="${v1[*]-}"
(
	for group in "${groups[@]}"; do echo $BASHPID >"$group/cgroup.procs"; done
	exec timeout -k 10 -s RTMIN+14 "${BOOT_SECONDS:-180}" unshare --mount \
		--propagation private --pid --ipc --uts --cgroup \
		--net --fork --kill-child bash "$work/inside"
) || :
cat "$work/io/out"
if [ -s "$work/io/status" ]; then
	exit "$(cat "$work/io/status")"
fi
echo "boot.sh: the command did not finish; the console:" >&2
tail -n 40 "$work/io/console" >&2
exit 70
