#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Groups that hold volumes of types snapvol does not handle, made by stock LVM2.

load lib
load data
load refused

setup() {
	prepare_devices 3 64M
	svgcreate -q -s 1M "$VG" "${DEVICES[@]}"
}

# The metadata of a volume and its parts, without what every commit changes.
text_of() {
	lvm2 vgcfgbackup -f "$BATS_TEST_TMPDIR/text" "$VG" >/dev/null 2>&1
	awk -v name="$1" '$0 ~ "^\t\t" name "[A-Za-z0-9_]* \\{" { on = 1 } on { print } on && /^\t\t}/ { on = 0 }' \
		"$BATS_TEST_TMPDIR/text"
}

# Everything that may be done beside such a volume; it must come out as it went in.
live_beside() {
	local before
	before=$(text_of "$1")
	[[ $before == *segment1* ]]
	svcreate -q -L 4M -n base "$VG"
	svcreate -q -s -L 2M -n snap "$VG/base"
	svextend -q -L +2M "$VG/base"
	svrename -q "$VG/base" "$VG/other"
	svmerge -q "$VG/snap"
	svremove -qf "$VG/other"
	svgrename -q "$VG" "${VG}x"
	VG=${VG}x
	expect_text "metadata of $1" "$(text_of "$1")" "$before"
}

# What the metadata say of such volumes is what LVM2 shows of them, active or not.
listed_alike() {
	local fields=lv_name,lv_attr,lv_size,pool_lv,origin,lv_layout
	expect_text "list" "$(svs --noheadings -o $fields "$VG")" "$(lvm2 lvs --noheadings -o $fields "$VG" 2>/dev/null)"
}

left_alone() {
	listed_alike
	refused 5 "LVM2" svremove -f "$VG/$1"
	refused 5 "" svextend -L +1M "$VG/$1"
	refused 5 "" svcreate -s -L 1M -n s "$VG/$1"
	refused 5 "" svrename "$VG/$1" elsewhere
	refused 5 "" svchange -p r "$VG/$1"
}

@test "a raid1 volume is listed, left alone, and survives what is done beside it" {
	skip_without_target raid
	lvm2 lvcreate -y --type raid1 -m 1 -L 4M -n foreign "$VG" >/dev/null 2>&1 || skip "no raid1 here"
	check_field "$VG/foreign" segtype raid1
	listed_alike
	svcheck -q "$VG"
	# md and its like write on their own account while they are active
	lvm2 vgchange -an "$VG" >/dev/null 2>&1
	left_alone foreign
	live_beside foreign
}

@test "thin volumes are listed, left alone, and survive what is done beside them" {
	skip_without_target thin-pool
	lvm2 lvcreate -y --type thin-pool -L 8M -n foreign "$VG" >/dev/null 2>&1 || skip "no thin pool here"
	lvm2 lvcreate -y -V 16M --thinpool foreign -n foreignthin "$VG" >/dev/null 2>&1
	check_field "$VG/foreign" segtype thin-pool
	lvm2 lvcreate -y -s -n foreigncopy "$VG/foreignthin" >/dev/null 2>&1
	listed_alike
	svcheck -q "$VG"
	lvm2 vgchange -an "$VG" >/dev/null 2>&1
	left_alone foreignthin
	live_beside foreign
}

@test "a cached volume is listed, left alone, and survives what is done beside it" {
	skip_without_target cache
	lvm2 lvcreate -y -L 8M -n foreign "$VG" >/dev/null 2>&1
	lvm2 lvcreate -y --type cache-pool -L 8M -n foreignpool "$VG" >/dev/null 2>&1 || skip "no cache pool here"
	lvm2 lvconvert -y --type cache --cachepool foreignpool "$VG/foreign" >/dev/null 2>&1 || skip "no cache here"
	check_field "$VG/foreign" segtype cache
	listed_alike
	svcheck -q "$VG"
	# md and its like write on their own account while they are active
	lvm2 vgchange -an "$VG" >/dev/null 2>&1
	left_alone foreign
	live_beside foreign
}

@test "a group that belongs to another host is not changed" {
	lvm2 vgchange -y --systemid elsewhere "$VG" >/dev/null 2>&1 || true
	refused 5 "another host" svcreate -L 4M -n v "$VG"
}

@test "an exported group is not changed" {
	lvm2 vgexport "$VG" >/dev/null 2>&1
	refused 5 "exported" svcreate -L 4M -n v "$VG"
	refused 5 "exported" svchange -ay "$VG"
	lvm2 vgimport "$VG" >/dev/null 2>&1
	svcreate -q -L 4M -n v "$VG"
}

@test "of two groups of one name the one that this host may act on is meant" {
	local mine=(--devices "${DEVICES[0]}") theirs=(--devices "${DEVICES[1]}") before
	expect_complaints
	svchange -qan "$VG"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svcreate -qan -Zn -l 1 -n own "$VG"
	svgcreate -q "${theirs[@]}" "$VG" "${DEVICES[1]}"
	svcreate -qan -Zn -l 1 -n other "${theirs[@]}" "$VG"
	refused 5 "$VG: several groups have this name" svchange -aay "$VG/own"
	svgexport -q "${theirs[@]}" "$VG"
	before=$(md5sum "$BATS_TEST_TMPDIR/disk1")
	svchange -q -aay "$VG/own"
	check_field "$VG/own" lv_active active
	svchange -q -an "$VG"
	svgchange -q -aay "$VG"
	check_field "$VG/own" lv_active active
	svcreate -q -l 1 -n more "$VG"
	svremove -q -S 'lv_name=~"more|other"' -y "$VG"
	expect_text volumes "$(svs "${mine[@]}" --noheadings -o lv_name | xargs)" own
	refused 5 "$VG/other: no such volume" svremove -y "$VG/other"
	refused 5 "$VG: several groups have this name" svgimport "$VG"
	expect_text "the exported one" "$(md5sum "$BATS_TEST_TMPDIR/disk1")" "$before"
	svgimport -q "${theirs[@]}" "$VG"
	svgchange -q -y --systemid elsewhere "${theirs[@]}" "$VG"
	before=$(md5sum "$BATS_TEST_TMPDIR/disk1")
	svchange -q -an "$VG"
	svgchange -q -aay
	check_field "$VG/own" lv_active active
	svchange -q -an "$VG"
	svgremove -q -y "$VG"
	expect_text "the other host's" "$(md5sum "$BATS_TEST_TMPDIR/disk1")" "$before"
	refused 5 "$VG: group belongs to another host" svgremove -y "$VG"
}

@test "a group with a missing device is listed but not changed, and what is whole is activated" {
	svcreate -q -L 4M -n one "$VG" "${DEVICES[0]}"
	svcreate -q -L 4M -n two "$VG" "${DEVICES[1]}"
	svchange -an "$VG"
	expect_complaints
	losetup -d "${DEVICES[1]}"
	settle_udev
	svs --noheadings -o lv_name,lv_attr "$VG" 2>/dev/null | grep -q "two *-wi-----p-"
	not svcreate -q -L 4M -n v "$VG"
	svchange -ay "$VG/one"
	not svchange -ay "$VG/two"
	dm_exists "$VG-one"
	not dm_exists "$VG-two"
	svchange -an "$VG/one"
	DEVICES=("${DEVICES[0]}" "${DEVICES[2]}")
}

@test "what is frozen of such a volume is resumed, what lies below first" {
	local device
	skip_without_target raid
	lvm2 lvcreate -y --type raid1 -m 1 -L 4M -n foreign "$VG" >/dev/null 2>&1 || skip "no raid1 here"
	be_patient
	for device in "" _rimage_0 _rimage_1 _rmeta_0 _rmeta_1; do
		dmsetup suspend --noudevsync "$VG-foreign$device"
	done
	run -12 svcheck "$VG"
	[[ $output == *"$VG/foreign: device $VG-foreign is suspended"* ]]
	run -0 --separate-stderr svrecover -t "$VG"
	expect_text "steps" "${#lines[@]}" 5
	expect_text "last step" "${lines[4]}" "resume  $VG-foreign"
	svrecover -q "$VG"
	svcheck -q "$VG"
	lvm2 vgchange -an "$VG" >/dev/null 2>&1
}
