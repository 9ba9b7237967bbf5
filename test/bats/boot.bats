#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What udev's rule does when devices come: where LVM2, which has one of its own, is not installed.

load lib

RULE=/run/udev/rules.d/69-snapvol.rules

setup() {
	needs_guest
	prepare_devices 2 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	svcreate -q -an --setautoactivation n -L 4M -n later "$VG"
	svgchange -q -an "$VG"
	settle_udev
	sed "/69-.*lvm.rules/d; s|[^ \"]*/svpvscan|$SNAPVOL_BIN_DIR/links/svpvscan|" "$SNAPVOL_BIN_DIR/../conf/69-snapvol.rules" >"$RULE"
	udevadm control --reload
}

teardown_file() {
	rm -f "$RULE"
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
	expect_text "said of another host's group" "$(svpvscan --cache --activate ay "${DEVICES[0]}" 2>&1)" ""
}
