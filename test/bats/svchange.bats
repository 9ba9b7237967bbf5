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

@test "an origin and its snapshots go and come together" {
	local sum
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after
	svchange -an "$VG/snap"
	expect_text devices "$(dmsetup ls | grep -c "^$VG-" || true)" 0
	check_field "$VG/base" lv_attr "owi---s---"
	svchange -ay "$VG/base"
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 4
	same_contents "$VG/snap" "$sum"
	assert_lvm2_agrees
}

@test "a whole group is activated and deactivated, twice without harm" {
	local i
	for i in 1 2 3; do svcreate -q -L 4M -n "v$i" "$VG"; done
	svchange -an "$VG"
	svchange -an "$VG"
	expect_text devices "$(dmsetup ls | grep -c "^$VG-" || true)" 0
	svchange -ay "$VG"
	svchange -ay "$VG"
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 4
	for i in 1 2 3; do [ -b "/dev/$VG/v$i" ]; done
}

@test "what is open is not deactivated" {
	exec 9<"/dev/$VG/base"
	refused 5 "$VG/base: open in PID" svchange --remove-timeout 1 -an "$VG/base"
	exec 9<&-
	dm_exists "$VG-base"
}

@test "permission changes while active" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	svchange -p r "$VG/snap"
	expect_text snap "$(blockdev --getro "/dev/$VG/snap")" 1
	svchange -p rw "$VG/snap"
	expect_text snap "$(blockdev --getro "/dev/$VG/snap")" 0
	svchange -p r "$VG/base"
	expect_text base "$(blockdev --getro "/dev/$VG/base")" 1
	expect_text "snap, which was not named" "$(blockdev --getro "/dev/$VG/snap")" 0
	svchange -p rw "$VG/base"
	svchange -p r "$VG/base" "$VG/snap"
	expect_text base "$(blockdev --getro "/dev/$VG/base")" 1
	expect_text "snap, of the same tree" "$(blockdev --getro "/dev/$VG/snap")" 1
	svchange -p rw "$VG/snap"
	refused 5 "read-only already" svchange -p r "$VG/base"
	run -5 svchange -p r --addtag ro "$VG"
	[[ $output == *"$VG/base: is read-only already"* ]]
	expect_text "what was changed" "$(svs --noheadings -o lv_name,lv_attr,lv_tags "$VG" | xargs)" \
		"base ori-a-s--- snap sri-a-s--- ro"
}

@test "tags come and go" {
	svchange --addtag one --addtag two "$VG/base"
	check_field "$VG/base" lv_tags "one,two"
	svchange --deltag one "$VG/base"
	check_field "$VG/base" lv_tags "two"
	refused 3 "" svchange --addtag 'a b' "$VG/base"
}

@test "volumes with the skip flag need to be asked for" {
	svchange -ky "$VG/base"
	svchange -an "$VG/base"
	svchange -ay "$VG/base"
	not dm_exists "$VG-base"
	svchange -ay -K "$VG/base"
	dm_exists "$VG-base"
	svcreate -q -ky -Zn -L 4M -n left "$VG"
	svcreate -q -ky -K -L 4M -n taken "$VG"
	svcreate -q -s -ky -L 4M -n snap "$VG/taken"
	expect_text "as LVM2 has it" "$(svs --noheadings -o lv_name,lv_attr -S lv_skip_activation=1 "$VG" | xargs)" \
		"base -wi-a----k left -wi------k snap swi-a-s--k taken owi-a-s--k"
}

@test "a snapshot whose origin was active without it is invalid for ever" {
	local table uuid
	svcreate -q -s -L 4M -n snap "$VG/base"
	table=$(dm_table "$VG-base-real")
	uuid=$(dmsetup info -c --noheadings -o uuid "$VG-base")
	svchange -an "$VG"
	dmsetup create "$VG-base" --uuid "$uuid" --table "$table"
	run -0 svchange -ay "$VG/base"
	[[ $output == *"$VG/snap: its origin was active without it"* ]]
	check_field "$VG/snap" lv_attr "swi-I-s---"
	svchange -an "$VG"
	svchange -ay "$VG"
	check_field "$VG/snap" lv_attr "swi-I-s---"
	not svconvert --merge "$VG/snap"
	not dd if="/dev/mapper/$VG-snap" of=/dev/null bs=4096 count=1 iflag=direct status=none
}

# check_invalid: for good, whatever the kernel forgets.
check_invalid() {
	svchange -an "$VG"
	svchange -ay "$VG"
	check_field "$VG/snap" lv_attr "swi-I-s---"
}

@test "a snapshot that its origin ran without is invalid even if both are deactivated first" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	settle_udev
	dmsetup remove --retry "$VG-snap"
	run -0 svchange -an "$VG/base"
	[[ $output == *"$VG/snap: its origin went on without it"* ]]
	check_invalid
}

@test "a snapshot whose store could not be marked invalid is, once it is deactivated or split" {
	skip_without_target flakey
	local table
	svcreate -q -s -L 4M -n snap "$VG/base"
	table=$(dm_table "$VG-snap-cow")
	fail_writes() {
		dmsetup load "$VG-snap-cow" --table "0 8192 flakey ${table#* linear } 0 1 1 error_writes"
		dmsetup resume "$VG-snap-cow"
		fill "$VG/base" lost || true
		[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	}
	fail_writes
	run -0 svconvert -y --splitsnapshot "$VG/snap"
	[[ $output == *"$VG/snap: its origin went on without it"* ]]
	refused 5 "no valid exception store" svconvert -y -s -Zn "$VG/base" "$VG/snap"
	svconvert -qy -s "$VG/base" "$VG/snap"
	fail_writes
	check_invalid
}

@test "refresh resumes what was suspended behind our back" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	dmsetup suspend "$VG-base"
	svchange --refresh "$VG/base"
	not dm_suspended "$VG-base"
}

@test "a group is activated with LVM2's udev rules in place and without udevd" {
	needs_guest
	stop_udev
	svchange -an "$VG"
	svchange -ay "$VG"
	[ -b "/dev/mapper/$VG-base" ]
	[ -b "/dev/$VG/base" ]
	svchange -an "$VG"
	[ ! -e "/dev/$VG/base" ]
}

@test "with activation off what is in the kernel stays as it is, and what would have to change it is refused" {
	local off=(--config activation/enabled=0)
	svcreate -q -an -Zn -L 4M -n asleep "$VG"
	refused 5 "activation/enabled is off" svremove "${off[@]}" -y "$VG/base"
	refused 5 "activation/enabled is off" svcreate "${off[@]}" -s -L 4M -n snap "$VG/base"
	refused 5 "activation/enabled is off" svresize "${off[@]}" -L +4M "$VG/base"
	refused 5 "activation/enabled is off" svchange "${off[@]}" -an "$VG/base"
	svremove "${off[@]}" "$VG/asleep"
	svchange "${off[@]}" --addtag one "$VG/base"
	check_field "$VG/base" lv_attr "-wi-a-----"
}

# What LVM2 reads of a volume.
lvm2_field() {
	local value
	value=$(lvm2 lvs --noheadings --nosuffix --units s -o "$2" "$1") || return
	expect_text "$2 of $1" "${value//[[:space:]]/}" "$3"
}

@test "read-ahead and allocation are changed as LVM2 does" {
	svchange -r 1001 "$VG/base"
	lvm2_field "$VG/base" lv_read_ahead 1000
	expect_text read-ahead "$(blockdev --getra "/dev/$VG/base")" 1000
	refused 5 "has that read-ahead already" svchange -r 1000 "$VG/base"
	lvm2 lvchange -qq -r none "$VG/base"
	refused 5 "has that read-ahead already" svchange -r none "$VG/base"
	svchange -r auto "$VG/base"
	lvm2_field "$VG/base" lv_read_ahead auto
	refused 3 "neither auto nor none" svchange -r much "$VG/base"
	svchange -C y "$VG/base"
	lvm2_field "$VG/base" lv_allocation_policy contiguous
	svchange --alloc anywhere "$VG/base"
	lvm2_field "$VG/base" lv_allocation_policy anywhere
	svchange -Cn "$VG/base"
	lvm2_field "$VG/base" lv_allocation_policy inherit
	refused 5 "has that allocation policy already" svchange --alloc inherit "$VG/base"
	refused 3 "contradicts" svchange -Cy --alloc cling "$VG/base"
	svcreate -q -r none -L 4M -n new "$VG"
	expect_text read-ahead "$(blockdev --getra "/dev/$VG/new")" 0
}

@test "a volume gets a device number of its own, and its whole tree comes back with it" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	refused 5 "--yes" svchange -M y --minor 77 "$VG/base"
	refused 3 "say which" svchange -M y "$VG/base"
	refused 3 "for one volume" svchange -M y --minor 77 "$VG/base" "$VG/snap"
	refused 3 "for one volume" svchange -M y --minor 77 "$VG"
	svchange -y -M y -j 253 --minor 77 --sysinit --noudevsync "$VG/base"
	expect_text minor "$(dmsetup info -c --noheadings -o minor "$VG-base")" 77
	lvm2_field "$VG/base" lv_minor 77
	check_field "$VG/snap" lv_attr "swi-a-s---"
	svchange -Mn "$VG/base"
	lvm2_field "$VG/base" lv_minor -1
	refused 5 "already has no fixed number" svchange -Mn "$VG/base"
	svchange --poll y "$VG/base"
	refused 3 "--rebuild: is for RAID volumes" svchange --rebuild "${DEVICES[0]}" "$VG/base"
}

# What both tools select gets the tag "own" and "theirs" of that round.
selects_alike() {
	ROUND=$((ROUND + 1))
	command "$1" -q --addtag "own$ROUND" -S "$3"
	lvm2 "$2" -qq --addtag "theirs$ROUND" -S "$3" >/dev/null 2>&1
}

@test "of what is named only what meets --select is changed, as with LVM2" {
	local ROUND=0 criteria tags
	be_quick
	prepare_devices 1 40M
	command svgcreate -q "$VG-other" "${DEVICES[1]}"
	command svcreate -q -an -Zn -L 4M -n base "$VG-other"
	command svcreate -q -an -s -L 8M -n snap "$VG/base"
	for criteria in lv_name=base 'lv_size>4m && lv_size<16m' 'lv_name=~^s || vg_free<40m' 'lv_active=active || vg_name=nosuch'; do
		selects_alike svchange lvchange "$criteria"
	done
	selects_alike svgchange vgchange 'lv_name=snap && vg_free<500m'
	command svchange -q --addtag named -S lv_name=base "$VG"
	tags=$(lvm2 lvs --noheadings -o vg_name,lv_name,lv_tags,vg_tags 2>/dev/null | sed "s/  */ /g;s/ \$//;s/ $VG/ VG/" | sort)
	expect_text tags "$tags" " VG base named,own1,own4,theirs1,theirs4 own5,theirs5
 VG snap own2,own3,own4,theirs2,theirs3,theirs4 own5,theirs5
 VG-other base own1,own3,theirs1,theirs3"
	command svpvchange -q -xn -S "vg_name=$VG-other"
	expect_text devices "$(lvm2 pvs --noheadings -o pv_name -S pv_allocatable=0 | xargs)" "${DEVICES[1]}"
	not command svchange -an -S nosuch=1
	not command svpvchange -xy -S 'pv_size>>1'
	refused 3 "say which" svremove -f
	refused 3 "contradicts" svremove -f -S lv_size=1 --uuid "$(svs --noheadings -o lv_uuid "$VG/base" | xargs)"
	run -0 svremove -S help
	[[ $output == *"Selection operators"* ]]
	command svremove -qy -S 'lv_name=snap || lv_name=nosuch'
	command svgexport -q -S "vg_name=$VG-other"
	command svgchange -qan -S "vg_name=$VG"
	not dm_exists "$VG-base"
	command svchange -qay -S lv_name=base
	expect_text left "$(svs --noheadings -o vg_name,lv_attr -S 'lv_name=~.' | xargs)" \
		"$VG -wi-a----- $VG-other -wi-------"
	command svgimport -q -S vg_exported=1
	command svgremove -qy -S "vg_name=$VG-other"
	expect_text left "$(svgs --noheadings -o vg_name | xargs)" "$VG"
}

@test "nonsense is refused with one line and the right status" {
	refused 5 "no such volume" svchange -ay "$VG/nosuch"
	refused 5 "no such group" svchange -ay nosuch
	refused 3 "say what" svchange "$VG/base"
	refused 3 "" svchange -a maybe "$VG/base"
	refused 3 "" svchange -p x "$VG/base"
}
