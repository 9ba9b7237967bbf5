# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a job wants of its guest before it can work with block devices: call guest_setup once.
# For guests only: it changes the kernel and files under /run and /etc without asking.

# What each suite may skip when it is missing; linear, striped and error are part of dm-mod.
GUEST_MODULES=(dm-mod dm-snapshot dm-zero dm-flakey dm-log-writes dm-delay dm-raid raid1 dm-thin-pool
	dm-cache ext4 xfs)

guest_load_modules() {
	local module
	for module in "${GUEST_MODULES[@]}"; do
		modprobe -q "$module" 2>/dev/null
	done
	# No idle loop devices: udev would look at each of them; losetup makes what is asked for.
	modprobe loop max_loop=0
	[[ -e /sys/class/misc/device-mapper ]]
}

# The rule of an LVM2, or of a snapvol, that the host has would activate whatever volume group a test has just written.
guest_mask_autoactivation() {
	local rule
	mkdir -p /run/udev/rules.d
	for rule in {/lib,/etc}/udev/rules.d/69-{lvm*,snapvol}.rules; do
		[[ ! -e $rule ]] || ln -sf /dev/null "/run/udev/rules.d/${rule##*/}"
	done
}

# guest_activate_by_rule SVPVSCAN: groups are activated as their devices come, by the rule that is installed on other
# machines.  It leaves that to LVM2's where there is one, which is masked here.
guest_activate_by_rule() {
	rm -f /run/udev/rules.d/69-snapvol.rules
	sed "/69-.*lvm.rules/d; s|[^ \"]*/svpvscan|$1|" "$SNAPVOL_BIN_DIR/../conf/69-snapvol.rules" \
		>/run/udev/rules.d/69-snapvol.rules && udevadm control --reload
}

# The host's devices file and local settings say nothing about this guest's disks.
guest_forget_lvm_settings() {
	rm -rf /etc/lvm/devices /etc/lvm/lvmlocal.conf /etc/lvm/backup /etc/lvm/archive
}

# Of LVM2's settings as they are delivered nearly all is comments, which every command reads: for LVM2 that is half of
# its time.  For guests that do not measure; as they were they are in /run/lvm.conf.delivered.
guest_strip_lvm_settings() {
	[[ -e /etc/lvm/lvm.conf ]] || return 0
	cp /etc/lvm/lvm.conf /run/lvm.conf.delivered
	sed -i '/^[[:space:]]*#/d' /etc/lvm/lvm.conf
}

# No consoles: LVM2 looks at every node each time.
guest_forget_consoles() {
	rm -f /dev/tty[1-9]* /dev/vcs*
}

guest_start_udev() {
	local daemon
	daemon=$(command -v systemd-udevd || echo /lib/systemd/systemd-udevd)
	"$daemon" --daemon --resolve-names=never 2>/dev/null || return
	udevadm trigger --subsystem-match=block --action=add
	udevadm settle --timeout=30
}

# Writing to a device that stays suspended cannot be killed, so somebody else must free it.  First
# by resume, which loses nothing; if that does not help, by an error table.
guest_free_device() {
	local name=$1 log=$2 state=$3 suspended
	echo "$name was suspended for more than $4 seconds" | tee -a "$log" >&2
	timeout 3 dmsetup resume --noudevsync "$name" >>"$log" 2>&1
	read -r suspended 2>/dev/null <"$state" || return 0
	[[ $suspended == 1 ]] || return 0
	echo "$name could not be resumed, its table is wiped" | tee -a "$log" >&2
	timeout 3 dmsetup wipe_table --noudevsync "$name" >>"$log" 2>&1
}

# Looks once a second and forks for nothing but trouble: a fork costs 20 ms in a guest.  Where a test suspends
# devices on purpose it has more patience (be_patient in test/bats/lib.bash).
guest_watch_devices() {
	local log=$1 file name suspended now limit
	local -A since=()
	exec 9<> <(:)
	while :; do
		read -r -t 1 -u 9
		now=$SECONDS
		limit=${WATCHDOG_SECONDS:-5}
		[[ ! -e $log.patient ]] || limit=60
		for file in /sys/block/dm-*/dm/suspended; do
			read -r suspended 2>/dev/null <"$file" || suspended=0
			if [[ $suspended != 1 ]]; then
				unset "since[$file]"
			elif ((now - ${since[$file]:=$now} > limit)); then
				read -r name <"${file%/*}/name"
				guest_free_device "$name" "$log" "$file" "$limit"
				unset "since[$file]"
			fi
		done 2>/dev/null
	done
}

# Suites read the watchdog's reports in the file that SNAPVOL_WATCHDOG_LOG names.
guest_setup() {
	export SNAPVOL_TEST_KERNEL=guest SNAPVOL_WATCHDOG_LOG=/run/watchdog.log
	guest_load_modules || {
		echo "guest: no device-mapper in this kernel" >&2
		return 1
	}
	guest_mask_autoactivation
	guest_forget_lvm_settings
	guest_forget_consoles
	guest_start_udev || {
		echo "guest: udevd does not run" >&2
		return 1
	}
	: >"$SNAPVOL_WATCHDOG_LOG"
	guest_watch_devices "$SNAPVOL_WATCHDOG_LOG" &
	disown
}
