#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 3 16M
	svgcreate -q "$VG" "${DEVICES[0]}"
}

@test "a group takes PVs and other devices" {
	svpvcreate -q "${DEVICES[1]}"
	svgextend "$VG" "${DEVICES[1]}" "${DEVICES[2]}"
	vg_field "$VG" pv_count 3
	vg_field "$VG" vg_seqno 2
	svgck "$VG"
}

@test "a group that LVM2 made takes devices" {
	svgremove -q "$VG"
	lvm2 vgcreate -qq -s 1m "$VG" "${DEVICES[0]}" >/dev/null
	svgextend -q --pvmetadatacopies 0 "$VG" "${DEVICES[1]}"
	pv_field "${DEVICES[1]}" pv_mda_count 0
	pv_field "${DEVICES[1]}" vg_name "$VG"
	svgextend -q --metadataignore y "$VG" "${DEVICES[2]}"
	pv_field "${DEVICES[2]}" pv_mda_used_count 0
}

@test "--test tells and changes nothing" {
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgextend --test "$VG" "${DEVICES[1]}"
	expect_text output "$output" "make PV ${DEVICES[1]}
commit  $VG seqno 2"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "a device that was away is taken back when told so" {
	svgextend -q "$VG" "${DEVICES[1]}"
	lvm2 lvcreate -qq -an -Zn -l 100%PVS -n v "$VG" "${DEVICES[1]}" >/dev/null 2>&1
	lvm2 lvcreate -qq -an -Zn -l 1 -n w "$VG" "${DEVICES[0]}" >/dev/null 2>&1
	refused 5 "is not missing" svgextend --restoremissing "$VG" "${DEVICES[1]}"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	lvm2 lvremove -qq -y "$VG/w" >/dev/null 2>&1
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	not svgck "$VG"
	svgextend --restoremissing "$VG" "${DEVICES[1]}"
	svgck "$VG"
}

@test "a store that comes back is a snapshot's no more, as its origin may have gone on without it" {
	svgextend -q "$VG" "${DEVICES[1]}"
	svcreate -q -L 4M -n base "$VG" "${DEVICES[0]}"
	svcreate -q -s -L 4M -n snap "$VG/base" "${DEVICES[1]}"
	svcreate -q -an -l 1 -n w "$VG" "${DEVICES[0]}"
	svchange -an "$VG"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	lvm2 lvremove -qq -y "$VG/w" >/dev/null 2>&1
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	expect_complaints
	run -5 svgextend --restoremissing "$VG" "${DEVICES[1]}" </dev/null
	[[ $output == *"$VG/snap: may have missed writes"*"say --yes"* ]]
	svgextend -y --restoremissing "$VG" "${DEVICES[1]}"
	svchange -ay "$VG"
	[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	complaints_ended
}

@test "a device that fails leaves no PV, and the group as it was" {
	skip_without_target flakey
	local name=${VG}flakey
	dmsetup create "$name" \
		--table "0 $(blockdev --getsz "${DEVICES[2]}") flakey ${DEVICES[2]} 0 0 1 1 error_writes"
	not svgextend -q "$VG" "${DEVICES[1]}" "/dev/mapper/$name"
	dmsetup remove --retry "$name"
	no_pv "${DEVICES[1]}" "${DEVICES[2]}"
	vg_field "$VG" vg_seqno 1
	svgck "$VG"
}

@test "what cannot be done is refused before any device is written" {
	local device=${DEVICES[1]}
	svgcreate -q "${VG}b" "${DEVICES[2]}"
	refused 3 usage svgextend "$VG"
	refused 3 "" svgextend "a b" "$device"
	refused 5 "no such group" svgextend nosuchgroup "$device"
	refused 5 "is a device of group $VG" svgextend "$VG" "$device" "${DEVICES[0]}"
	refused 5 "is a device of group ${VG}b" svgextend "$VG" "$device" "${DEVICES[2]}"
	refused 5 "named twice" svgextend "$VG" "$device" "$device"
	refused 5 "No such file" svgextend "$VG" "$device" /dev/nosuchdevice
	lvm2 vgchange -qq --resizeable n "$VG" >/dev/null
	refused 5 "takes no devices" svgextend "$VG" "$device"
	lvm2 vgchange -qq --resizeable y "$VG" >/dev/null
	mkfs.ext4 -q "$device"
	refused 5 "say --yes" svgextend "$VG" "$device"
	lvm2 vgexport -qq "$VG" >/dev/null
	refused 5 "exported" svgextend -y "$VG" "$device"
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svgextend)" "$VG" "$device"
	lvm2 vgimport -qq "$VG" >/dev/null
	svgextend -qy "$VG" "$device" <&-
}
