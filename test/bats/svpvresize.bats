#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 2 32M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

# grow NUMBER SIZE: the loop device of that number.
grow() {
	truncate -s "$2" "$BATS_TEST_TMPDIR/disk$1"
	losetup --set-capacity "${DEVICES[$1]}"
}

@test "a device that has grown gives its group more extents, as many as with LVM2" {
	grow 0 60M
	grow 1 60M
	svpvresize "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_pe_count 14
	pv_field "${DEVICES[0]}" dev_size $((60 * 2048))
	lvm2 pvresize -qq "${DEVICES[1]}" >/dev/null
	pv_field "${DEVICES[1]}" pv_pe_count 14
	svcreate -q -l 28 -n all "$VG"
}

@test "a PV is made smaller where nothing lies behind, and so may the device be" {
	svcreate -q -an -l 2 -n base "$VG" "${DEVICES[0]}"
	svpvresize --setphysicalvolumesize 16m "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_pe_count 3
	lvm2 pvresize -qqy --setphysicalvolumesize 16m "${DEVICES[1]}" >/dev/null
	pv_field "${DEVICES[1]}" pv_pe_count 3
	grow 0 16M
	assert_lvm2_agrees
	refused 5 "$VG/base lies behind" svpvresize --setphysicalvolumesize 8m "${DEVICES[0]}"
	svpvresize -q "${DEVICES[@]}"
	pv_field "${DEVICES[1]}" pv_pe_count 7
}

@test "a PV of no group is measured anew" {
	svgremove -q "$VG"
	grow 0 60M
	svpvresize "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_size $((60 * 2048))
	svgcreate -q "$VG" "${DEVICES[0]}"
	vg_field "$VG" vg_extent_count 14
}

@test "--test tells and changes nothing" {
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svpvresize -t --setphysicalvolumesize 16m "${DEVICES[0]}"
	expect_text output "$output" "commit  $VG seqno 2
label   ${DEVICES[0]}"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "what cannot be done is refused and nothing changed" {
	refused 3 usage svpvresize
	refused 3 "sign" svpvresize --setphysicalvolumesize +1m "${DEVICES[0]}"
	refused 5 "is smaller than that size" svpvresize --setphysicalvolumesize 33m "${DEVICES[0]}"
	refused 5 "too small for one extent" svpvresize --setphysicalvolumesize 4m "${DEVICES[0]}"
	svgremove -q "$VG"
	svpvremove -q "${DEVICES[0]}"
	refused 5 "is no PV" svpvresize "${DEVICES[0]}"
	svpvcreate -q --pvmetadatacopies 2 "${DEVICES[0]}"
	refused 5 "metadata area at its end" svpvresize "${DEVICES[0]}"
}
