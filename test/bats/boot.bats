#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What udev's rule does when devices come: where LVM2, which has one of its own, is not installed.

load lib
# shellcheck source=test/vm/guest-setup.bash
. "$BATS_TEST_DIRNAME/../vm/guest-setup.bash"

setup() {
	needs_guest
	prepare_devices 2 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	svcreate -q -an --setautoactivation n -L 4M -n later "$VG"
	svgchange -q -an "$VG"
	settle_udev
	guest_activate_by_rule "$SNAPVOL_BIN_DIR/links/svpvscan"
}

teardown_file() {
	rm -f /run/udev/rules.d/69-snapvol.rules
	udevadm control --reload
}

# What nobody could find out afterwards.
teardown() {
	[[ ${BATS_TEST_COMPLETED-} ]] || {
		udevadm info "${DEVICES[@]}"
		head -n 4 /run/lvm/*/*
	}
	cleanup_devices
}

active() {
	svs --noheadings -o lv_name -S 'lv_active=active' "$VG" 2>/dev/null | tr -d ' ' | sort | paste -sd ' '
}

@test "a group is activated when the last of its devices has come, and what is deactivated stays so" {
	local backing
	backing=$(losetup --noheadings --output BACK-FILE "${DEVICES[1]}")
	expect_complaints
	losetup --detach "${DEVICES[1]}"
	udevadm trigger --action=add "${DEVICES[0]}"
	settle_udev
	expect_text "active without the second device" "$(active)" ""
	losetup "${DEVICES[1]}" "$backing"
	# kernels before 6.1.135 do not tell of it themselves
	udevadm trigger --action=change "${DEVICES[1]}"
	settle_udev
	expect_text "active with both" "$(active)" "base snap"
	[[ -b /dev/$VG/base && -b /dev/$VG/snap ]]
	complaints_ended

	svgchange -q -an "$VG"
	udevadm trigger --action=change "${DEVICES[@]}"
	settle_udev
	expect_text "active after a change" "$(active)" ""
	udevadm trigger --action=add "${DEVICES[1]}"
	settle_udev
	expect_text "active after a start" "$(active)" "base snap"

	svgchange -q -an "$VG"
	expect_complaints
	svgchange -q -y --systemid elsewhere "$VG"
	expect_text "said of another host's group" "$(words_of svpvscan --cache --activate ay "${DEVICES[0]}" 2>&1)" ""
}

# come I...: all devices have gone, and come again as with a start of the machine, one after the other.
come() {
	local device i files=()
	for device in "${DEVICES[@]}"; do
		files+=("$(losetup --noheadings --output BACK-FILE "$device")")
	done
	settle_udev
	losetup --detach "${DEVICES[@]}"
	# what udev still has open goes when that closes it
	wait_until 30 no_loops
	settle_udev
	rm -rf /run/lvm/{pvs_online,pvs_lookup,vgs_online} /run/snapvol
	for i; do
		losetup "${DEVICES[i]}" "${files[i]}"
		udevadm trigger --action=add "${DEVICES[i]}"
		settle_udev
	done
}

active_anywhere() {
	svs --noheadings -o lv_name -S 'lv_active=active' 2>/dev/null | tr -d ' ' | sort | paste -sd ' '
}

@test "a group is activated in whichever order its devices come, also where one does not tell its group" {
	expect_complaints
	come 1 0
	expect_text "active when the second has come first" "$(active)" "base snap"
	svgchange -q -an "$VG"
	svpvchange -q --metadataignore y "${DEVICES[1]}"
	come 1 0
	expect_text "active when one without metadata has come first" "$(active)" "base snap"
	svgchange -q -an "$VG"
	come 0 1
	expect_text "active when it has come last" "$(active)" "base snap"
	complaints_ended
}

# A second volume, on the second device.  Both devices have come, so that what is written to them is no sign of it.
with_another() {
	svcreate -q -an -Wn -Zn -L 4M -n moved "$VG" "${DEVICES[1]}"
	udevadm trigger --action=add "${DEVICES[@]}"
	settle_udev
	svgchange -q -an "$VG"
}

# torn COMMAND...: it is cut off at its writes, one after the other, and the machine is started again: its devices come in
# one order and the other in turn.  What the command was to do is undone, if it had come to that.
torn() {
	local n status
	expect_complaints
	for ((n = 1; ; n++)); do
		status=0
		KILL_AT=$n KILL_OPS=w LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so command "$@" || status=$?
		echo "cut off at write $n: status $status"
		((status == 137)) || break
		come $((n % 2)) $(((n + 1) % 2))
		expect_text "active" "$(active_anywhere)" "base moved snap"
		expect_text "exported" "$(words_of svgs --noheadings -o vg_exported)" ""
		svgchange -q -an
		undo
	done
	((status == 0 && n > 5))
	complaints_ended
}

@test "groups that were being made of one are finished and activated, whichever device comes first" {
	with_another
	undo() { ! command svgs "${VG}new" >/dev/null 2>&1 || svgmerge -q "$VG" "${VG}new"; }
	torn svgsplit -q -n moved "$VG" "${VG}new"
}

@test "so are those of which one was being made" {
	with_another
	svgsplit -q -n moved "$VG" "${VG}new"
	undo() { command svgs "${VG}new" >/dev/null 2>&1 || svgsplit -q -n moved "$VG" "${VG}new"; }
	torn svgmerge -q "$VG" "${VG}new"
}
