#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 3 24M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

# A volume on all of a device, inactive, by LVM2.
occupy() {
	lvm2 lvcreate -qq -an -Zn -l 100%PVS -n "$1" "$VG" "$2" >/dev/null 2>&1
}

# lose DEVICE: as if it had been pulled out.
lose() {
	local rest=() device
	losetup --detach "$1"
	settle_udev
	for device in "${DEVICES[@]}"; do
		[[ $device == "$1" ]] || rest+=("$device")
	done
	DEVICES=("${rest[@]}")
}

@test "a device taken out stays a PV of no group" {
	svgreduce "$VG" "${DEVICES[1]}" "${DEVICES[0]}"
	vg_field "$VG" pv_count 1
	is_orphan "${DEVICES[0]}" "${DEVICES[1]}"
	svgck "$VG"
	lvm2 vgextend -qq "$VG" "${DEVICES[0]}" >/dev/null
	assert_lvm2_agrees
}

@test "--all takes out what no volume uses" {
	occupy v "${DEVICES[1]}"
	svgreduce --all "$VG"
	vg_field "$VG" pv_count 1
	pv_field "${DEVICES[1]}" vg_name "$VG"
	refused 5 "has no device to spare" svgreduce -a "$VG"
	vg_field "$VG" vg_seqno 3
}

@test "--all leaves one device of an empty group" {
	svgreduce -a "$VG"
	vg_field "$VG" pv_count 1
}

@test "a device that cannot be told that it leaves is named, and stays" {
	skip_without_target flakey
	local sectors name=${VG}flakey
	sectors=$(blockdev --getsz "${DEVICES[2]}")
	dmsetup create "$name" --table "0 $sectors linear ${DEVICES[2]} 0"
	dmsetup suspend "$name"
	dmsetup reload "$name" --table "0 $sectors flakey ${DEVICES[2]} 0 0 1 1 error_writes"
	dmsetup resume "$name"
	refused 5 "/dev/mapper/$name: cannot write" \
		svgreduce --config "devices/filter=[\"r|^${DEVICES[2]}\$|\"]" "$VG" "/dev/mapper/$name"
	dmsetup remove --retry "$name"
	vg_field "$VG" pv_count 3
	svgck "$VG"
}

@test "--test tells and changes nothing" {
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgreduce --test "$VG" "${DEVICES[1]}"
	expect_text output "$output" "commit  $VG seqno 2"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "a missing device without volumes is forgotten" {
	lose "${DEVICES[2]}"
	not svgck "$VG"
	svgreduce --removemissing "$VG"
	vg_field "$VG" pv_count 2
	svgck "$VG"
}

@test "volumes on a missing device go only by force, and with them their snapshots alone" {
	expect_complaints
	lvm2 lvcreate -qq -an -Zn -l 2 -n whole "$VG" "${DEVICES[0]}" >/dev/null 2>&1
	occupy lost "${DEVICES[2]}"
	svcreate -q -an -s -l 1 -n whole_s "$VG/whole" "${DEVICES[1]}"
	svcreate -q -an -s -l 1 -n lost_s "$VG/lost" "${DEVICES[1]}"
	lose "${DEVICES[2]}"
	not svgreduce --removemissing "$VG"
	vg_field "$VG" lv_count 4
	svgreduce --removemissing --force "$VG"
	expect_text volumes "$(words_of lvm2 lvs --noheadings -o lv_name,origin "$VG")" "whole whole_s whole"
	vg_field "$VG" pv_count 2
	svgck "$VG"
	complaints_ended
}

@test "a device that could not be read once is not given up with what is missing" {
	local n
	needs_guest
	occupy base "${DEVICES[1]}"
	for n in 1 2 3; do
		KILL_AT=$n KILL_HOW=5 KILL_OPS=r LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
			refused 5 "${DEVICES[n - 1]}: may be the device that $VG misses (cannot read" \
			command svgreduce -q --removemissing --force "$VG"
	done
	check_field "$VG/base" lv_size 20.00m
	svgck "$VG"
}

@test "a device that stays unreadable does not keep what is missing from being given up" {
	local bad=${VG}bad
	needs_guest
	occupy base "${DEVICES[1]}"
	prepare_devices 1 24M
	dmsetup create "$bad" --table "0 8 linear ${DEVICES[3]} 0
8 24 error
32 4096 linear ${DEVICES[3]} 32"
	settle_udev
	lose "${DEVICES[1]}"
	expect_complaints
	refused 5 "/dev/mapper/$bad: may be the device that $VG misses" svchange -q --addtag t "$VG/base"
	svgreduce -q --removemissing --force "$VG"
	svgck "$VG"
}

@test "a snapshot whose store is lost goes while its origin is in use" {
	svcreate -q -l 2 -n base "$VG" "${DEVICES[0]}"
	svcreate -q -s -l 2 -n snap "$VG/base" "${DEVICES[2]}"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/mnt"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/mnt"
	# The disk is gone: reads and writes fail, its label is not seen any more.
	expect_complaints
	lvm2_filter_out=${DEVICES[2]}
	svgreduce -q --config "devices/filter=[\"r|^$lvm2_filter_out\$|\"]" --removemissing --force "$VG"
	not dm_exists "$VG-snap"
	not dm_exists "$VG-snap-cow"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" linear
	touch "$BATS_TEST_TMPDIR/mnt/still-here"
	umount "$BATS_TEST_TMPDIR/mnt"
	svpvcreate -qffy "$lvm2_filter_out"
	svgck "$VG"
	complaints_ended
}

@test "a merge that loses its store is told of" {
	expect_complaints
	svcreate -q -l 2 -n base "$VG" "${DEVICES[0]}"
	svcreate -q -s -l 2 -n snap "$VG/base" "${DEVICES[2]}"
	svchange -an "$VG"
	svmerge "$VG/snap"
	lose "${DEVICES[2]}"
	run -0 svgreduce --removemissing --force "$VG"
	[[ $output == *"$VG/snap: was merging; base may hold a part of what was merged"* ]]
	svchange -ay "$VG"
	check_field "$VG/base" lv_attr "-wi-a-----"
	complaints_ended
}

@test "what cannot be done is refused and nothing changed" {
	occupy v "${DEVICES[1]}"
	refused 3 usage svgreduce
	refused 3 "say either" svgreduce "$VG"
	refused 3 "say either" svgreduce --all "$VG" "${DEVICES[0]}"
	refused 3 "say either" svgreduce --all --removemissing "$VG"
	refused 3 "" svgreduce "a b" "${DEVICES[0]}"
	refused 5 "no such group" svgreduce nosuchgroup "${DEVICES[0]}"
	refused 5 "extents in use: 5" svgreduce "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	refused 5 "is no device of $VG" svgreduce "$VG" "${DEVICES[0]}" "${DEVICES[0]}"
	refused 5 "is no device of $VG" svgreduce "$VG" /dev/nosuchdevice
	prepare_devices 1 16M
	refused 5 "is no device of $VG" svgreduce "$VG" "${DEVICES[3]}"
	lvm2 lvremove -qq -y "$VG/v" >/dev/null 2>&1
	refused 5 "is the last device" svgreduce "$VG" "${DEVICES[@]:0:3}"
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svgreduce)" "$VG" "${DEVICES[0]}"
	svgreduce -q "$VG" "${DEVICES[0]}" <&-
}

@test "the last device with a metadata area stays" {
	svgremove -q "$VG"
	svpvcreate -q --pvmetadatacopies 0 "${DEVICES[0]}"
	svpvcreate -q "${DEVICES[1]}"
	svgcreate -q "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	refused 5 "no device with a metadata area would be left" svgreduce "$VG" "${DEVICES[1]}"
}
