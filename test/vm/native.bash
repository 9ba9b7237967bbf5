# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Before suites touch the device-mapper of a machine in use: consent, a kernel that can, one run at
# a time, names that nobody else has.  After them: nothing may be left that was not there before.

native_refuse() {
	echo "test/run --native: $*" >&2
	exit 2
}

native_check_consent() {
	[[ ${SNAPVOL_TEST_NATIVE-} == 1 ]] ||
		native_refuse "works on this machine's own devices; set SNAPVOL_TEST_NATIVE=1 if it may"
	[[ $EUID == 0 ]] || native_refuse "needs root"
	! systemd-detect-virt --quiet --container 2>/dev/null ||
		native_refuse "a container shares its kernel with others; use guests"
}

native_check_kernel() {
	local target targets
	modprobe -q dm-snapshot 2>/dev/null
	modprobe -q loop 2>/dev/null
	dmsetup version >/dev/null 2>&1 || native_refuse "this kernel has no device-mapper; use guests"
	targets=$(dmsetup targets)
	for target in linear snapshot snapshot-origin snapshot-merge; do
		grep -q "^$target " <<<"$targets" || native_refuse "this kernel has no $target target"
	done
	losetup --find >/dev/null || native_refuse "no loop device is to be had"
}

native_check_room() {
	local kilobytes
	kilobytes=$(df --output=avail "${TMPDIR:-/tmp}" | tail -n 1)
	((kilobytes >= 1024 * 1024)) || native_refuse "${TMPDIR:-/tmp}: less than 1 GiB is free"
}

native_lock() {
	exec 7>/run/lock/snapvol-test-native || native_refuse "/run/lock is not writable"
	flock --nonblock 7 || native_refuse "another run is under way"
}

# Sets SNAPVOL_TEST_PREFIX, with which the names of all devices of this run begin.
native_choose_prefix() {
	export SNAPVOL_TEST_KERNEL=native SNAPVOL_TEST_PREFIX="svt$$r${RANDOM}x"
	! dmsetup ls 2>/dev/null | grep -q "^$SNAPVOL_TEST_PREFIX" ||
		native_refuse "devices named $SNAPVOL_TEST_PREFIX exist"
}

native_snapshot() {
	dmsetup ls 2>/dev/null | sort
	losetup --list --noheadings --output NAME,BACK-FILE | sort
}

# Where LVM2 or snapvol is installed its rule would activate the groups that the tests write to loop devices.
native_mask_autoactivation() {
	local rule
	native_masks=()
	mkdir -p /run/udev/rules.d
	for rule in {/lib,/etc}/udev/rules.d/69-{lvm*,snapvol}.rules; do
		[[ -e $rule && ! -e /run/udev/rules.d/${rule##*/} ]] || continue
		ln -s /dev/null "/run/udev/rules.d/${rule##*/}"
		native_masks+=("/run/udev/rules.d/${rule##*/}")
	done
	((${#native_masks[@]} == 0)) || udevadm control --reload 2>/dev/null
}

native_unmask_autoactivation() {
	((${#native_masks[@]})) || return 0
	rm -f "${native_masks[@]}"
	udevadm control --reload 2>/dev/null
	native_masks=()
}

native_begin() {
	native_check_consent
	native_check_kernel
	native_check_room
	native_lock
	native_choose_prefix
	native_before=$(native_snapshot)
	trap native_unmask_autoactivation EXIT
	native_mask_autoactivation
}

# Fails when the machine has other devices than before; they are named, not removed.
native_end() {
	local after
	native_unmask_autoactivation
	after=$(native_snapshot)
	[[ $after == "$native_before" ]] && return
	echo "devices differ from before the run:"
	diff <(echo "$native_before") <(echo "$after")
	return 1
}
