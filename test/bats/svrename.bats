#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load data
load refused

setup() {
	prepare_devices 1 96M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 16M -n base "$VG"
}

@test "an active volume's device follows its name, open all the while" {
	exec 9<"/dev/$VG/base"
	svrename "$VG/base" "$VG/other"
	exec 9<&-
	dm_exists "$VG-other"
	[ -b "/dev/$VG/other" ]
	[ ! -e "/dev/$VG/base" ]
}

@test "an origin and its snapshot are renamed with all their devices" {
	local sum
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	svrename "$VG" base origin
	svrename "$VG" snap copy
	fill "$VG/origin" after
	same_contents "$VG/copy" "$sum"
	expect_text devices "$(dmsetup ls | grep "^$VG-" | cut -f 1 | sort | paste -sd ' ')" \
		"$VG-copy $VG-copy-cow $VG-origin $VG-origin-real"
	check_field "$VG/copy" origin origin
	assert_lvm2_agrees
}

@test "an inactive volume is renamed" {
	svchange -an "$VG/base"
	svrename "$VG/base" other
	svchange -ay "$VG/other"
	dm_exists "$VG-other"
}

@test "a device that has another name is the volume's all the same" {
	local sum
	fill "$VG/base" before 0 64
	sum=$(sum_of "$VG/base")
	settle_udev
	dmsetup rename "$VG-base" "$VG-elsewhere"
	exec 9<"/dev/mapper/$VG-elsewhere"
	not svremove -f "$VG/base"
	not svchange -an "$VG/base"
	svcreate -q -s -L 4M -n new "$VG/base"
	expect_text devices "$(dmsetup ls | cut -f 1 | sort | paste -sd ' ')" \
		"$VG-base $VG-base-real $VG-new $VG-new-cow"
	exec 9<&-
	fill "$VG/base" after 0 64
	same_contents "$VG/new" "$sum"
	settle_udev
	dmsetup rename "$VG-new" "$VG-elsewhere"
	svcreate -q -s -L 4M -n other "$VG/base"
	same_contents "$VG/elsewhere" "$sum"
	svchange -an "$VG"
	svchange -ay "$VG"
	same_contents "$VG/new" "$sum"
}

@test "a volume's device that has a wanted name stays, and svrecover gives it its own" {
	svcreate -q -L 4M -n plain "$VG"
	settle_udev
	# as LVM2 leaves it that dies while it renames
	dmsetup rename "$VG-base" "$VG-new"
	refused 5 "$VG/new: the device of $VG/base still has the name $VG-new; run svrecover first" \
		svcreate -L 4M -n new "$VG"
	refused 5 "$VG/new: the device of $VG/base still has" svrename "$VG/plain" new
	dm_exists "$VG-new"
	svrecover -q "$VG"
	dm_exists "$VG-base"
	not dm_exists "$VG-new"
	svrename "$VG/plain" new
	dm_exists "$VG-new"
}

@test "nonsense is refused with one line and the right status" {
	svcreate -q -L 4M -n second "$VG"
	refused 5 "exists already" svrename "$VG/base" second
	refused 3 "has that name already" svrename "$VG" base base
	refused 5 "no such volume" svrename "$VG/nosuch" x
	refused 3 "" svrename "$VG/base" 'a b'
	refused 3 "" svrename "$VG/base" snapshot1
	refused 3 "" svrename "$VG/base" other/name
	refused 3 "" svrename "$VG/base"
}
