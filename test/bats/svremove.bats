#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load data
load refused
load stop

setup() {
	prepare_devices 1 96M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 16M -n base "$VG"
}

volumes() {
	local names
	names=$(svs --noheadings -a -o lv_name "$VG") || { echo "svs: status $?" && return; }
	tr -d ' ' <<<"$names" | sort | paste -sd ' '
}

@test "a volume goes from kernel, disk and /dev" {
	svremove -f "$VG/base"
	not dm_exists "$VG-base"
	[ ! -e "/dev/$VG/base" ]
	expect_text volumes "$(volumes)" ""
	check_field "$VG" vg_free_count "$(svgs --noheadings -o vg_extent_count "$VG" | tr -d ' ')"
}

@test "the only snapshot goes and its origin is a plain volume again, open all the while" {
	local sum
	svcreate -q -s -L 8M -n snap "$VG/base"
	exec 9<"/dev/$VG/base"
	fill "$VG/base" after
	sum=$(sum_of "$VG/base")
	svremove -f "$VG/snap"
	exec 9<&-
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" linear
	not dm_exists "$VG-base-real"
	not dm_exists "$VG-snap-cow"
	same_contents "$VG/base" "$sum"
	expect_text volumes "$(volumes)" base
}

@test "one of several goes and the others stay right" {
	local sums=() i
	for i in 0 1 2; do
		fill "$VG/base" "gen$i" 0 64
		sums[i]=$(sum_of "$VG/base")
		svcreate -q -s -L 8M -n "s$i" "$VG/base"
	done
	svremove -f "$VG/s1"
	fill "$VG/base" end 0 128
	same_contents "$VG/s0" "${sums[0]}"
	same_contents "$VG/s2" "${sums[2]}"
	expect_text volumes "$(volumes)" "base s0 s2"
}

@test "an origin takes its snapshots with it" {
	svcreate -q -s -L 4M -n s0 "$VG/base"
	svcreate -q -s -L 4M -n s1 "$VG/base"
	svremove -f "$VG/base"
	expect_text volumes "$(volumes)" ""
	expect_text devices "$(dmsetup ls | grep -c "^$VG-" || true)" 0
	assert_lvm2_agrees
}

@test "many go in one command, and all of a group" {
	svcreate -q -L 4M -n one "$VG"
	svcreate -q -L 4M -n two "$VG"
	# a loop device gives what is discarded back to its file
	local disk=$BATS_TEST_TMPDIR/disk0 before
	dd if=/dev/zero of="/dev/$VG/one" bs=4M count=1 oflag=direct status=none
	dd if=/dev/zero of="/dev/$VG/base" bs=4M count=4 oflag=direct status=none
	before=$(stat -c %b "$disk")
	svresize -qy --config devices/issue_discards=1 -L -4M "$VG/base"
	svremove -f --config devices/issue_discards=1 "$VG/one" "$VG/two"
	expect_text "blocks given back" "$(((before - $(stat -c %b "$disk") + 4096) / 8192))" 2
	expect_text volumes "$(volumes)" base
	svcreate -q -L 4M -n one "$VG"
	svremove -f "$VG"
	expect_text volumes "$(volumes)" ""
}

@test "volumes are removed by tag" {
	svcreate -q -L 4M -n one --addtag old "$VG"
	svcreate -q -L 4M -n two --addtag old "$VG"
	svremove -f @old
	expect_text volumes "$(volumes)" base
}

@test "an inactive snapshot is removed without a device" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	svchange -an "$VG/base"
	svremove -f "$VG/snap"
	expect_text volumes "$(volumes)" base
	not dm_exists "$VG-base"
}

@test "the removed store's header is invalid" {
	local start
	svcreate -q -s -L 4M -n snap "$VG/base"
	start=$(dm_table "$VG-snap-cow" | cut -d ' ' -f 5)
	svremove -f "$VG/snap"
	expect_text header "$(dd if="${DEVICES[0]}" bs=512 skip="$start" count=1 iflag=direct status=none | od -A n -t x4 -N 8 | tr -d ' ')" "70416e5300000000"
}

@test "what is in use is named and stays" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount -o ro "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	refused 5 "$VG/base: mounted on $BATS_TEST_TMPDIR/m" svremove -f "$VG/base"
	umount "$BATS_TEST_TMPDIR/m"
	exec 9<"/dev/$VG/snap"
	refused 5 "$VG/snap: open in PID" svremove --remove-timeout 1 -f "$VG/snap"
	exec 9<&-
	expect_text volumes "$(volumes)" "base snap"
}

@test "without a terminal removal of an active volume needs --yes" {
	refused 5 "--yes" svremove "$VG/base"
	svremove -y "$VG/base"
	expect_text volumes "$(volumes)" ""
}

@test "nonsense is refused with one line and the right status" {
	refused 5 "no such volume" svremove -f "$VG/nosuch"
	refused 5 "no such group" svremove -f nosuch/x
	refused 3 "" svremove
	refused 3 "" svremove --size 4M "$VG/base"
	refused 3 "" svremove -f @a%b
}

@test "a tag that nothing has is no error where LVM2 takes it for none" {
	local command
	svcreate -q -s -L 4M -n snap "$VG/base"
	for command in "svremove -f" "svchange -ay" "svchange --refresh" "svchange --addtag t" svgremove \
		"svgchange -ay" "svgchange --addtag t" svgck svmerge "svconvert --merge" svs svgs svpvs svdisplay; do
		# shellcheck disable=SC2086 # words
		$command @nosuch
	done
	svremove -y @nosuch "$VG/snap"
	expect_text volumes "$(volumes)" "base"
	refused 5 "nothing has this tag" svcreate -s -L 4M @nosuch
	refused 3 "is a tag" svextend -L +4M @nosuch
	refused 3 "is a tag" svrename @nosuch x
	refused 3 "is a tag" svconvert -y -s @nosuch "$VG/base"
}

uuid_of() {
	svs --noheadings -a -o lv_uuid "$1" | tr -d ' '
}

@test "what is named by its UUID goes and nothing else" {
	local one two
	svcreate -q -s -L 4M -n s0 "$VG/base"
	svcreate -q -L 4M -n one "$VG"
	svcreate -q -L 4M -n two "$VG"
	one=$(uuid_of "$VG/one") two=$(uuid_of "$VG/two")
	svremove -qf --uuid "$one" --uuid "${two//-/}"
	expect_text volumes "$(volumes)" "base s0"
	svremove -qf --uuid "$(uuid_of "$VG/s0")" "$VG"
	expect_text volumes "$(volumes)" base
	svremove -qf --uuid "$(uuid_of "$VG/base")" "$VG/base"
	expect_text volumes "$(volumes)" ""
	assert_lvm2_agrees "$VG"
}

@test "a UUID that is wrong, of another volume, or not all that would go is refused" {
	local base snap
	svcreate -q -s -L 4M -n snap "$VG/base"
	svcreate -q -L 4M -n other "$VG"
	base=$(uuid_of "$VG/base") snap=$(uuid_of "$VG/snap")
	refused 5 "no volume has this UUID" svremove -f --uuid abcdef-abcd-abcd-abcd-abcd-abcd-abcdef
	refused 5 "no volume has this UUID" svremove -f --uuid "$snap" --uuid "$(svgs --noheadings -o vg_uuid "$VG" | tr -d ' ')"
	refused 5 "$snap: is $VG/snap, which is none" svremove -f --uuid "$snap" "$VG/other"
	refused 5 "$snap: is $VG/snap, which is none" svremove -f --uuid "$snap" nosuch
	refused 5 "@expired: nothing has this tag" svremove -f --uuid "$snap" @expired
	refused 5 "$VG/snap: would go with its origin" svremove -f --uuid "$base"
	refused 3 "is no UUID" svremove -f --uuid "$VG/snap"
	expect_text volumes "$(volumes)" "base other snap"
	svremove -qf --uuid "$base" --uuid "$snap"
	expect_text volumes "$(volumes)" other
}

@test "a volume that took the name meanwhile is not removed by the UUID of the one before" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	stopped l 1 svremove -f --uuid "$(uuid_of "$VG/snap")" "$VG/snap"
	svremove -qf "$VG/snap"
	svcreate -q -s -L 4M -n snap "$VG/base"
	go_on
	expect_text status "$STATUS" 5
	grep -q "no volume of $VG has this UUID any more" "$BATS_TEST_TMPDIR/stopped"
	expect_text volumes "$(volumes)" "base snap"
}

# not_what_was_chosen NAME: the stopped command goes on, says that of it and fails.
not_what_was_chosen() {
	go_on
	expect_text status "$STATUS" 5
	grep -q "$1: is not any more what was chosen" "$BATS_TEST_TMPDIR/stopped"
}

@test "a volume that took the name of what a tag or criteria chose is not removed, nor one that lost the tag" {
	local chosen
	svcreate -q -s -L 4M -n snap --addtag old "$VG/base"
	for chosen in @old --select=lv_name=snap; do
		stopped l 1 svremove -f "$chosen"
		svremove -qf "$VG/snap"
		svcreate -q -s -L 4M -n snap --addtag old "$VG/base"
		not_what_was_chosen "$VG/snap"
	done
	stopped l 1 svremove -f @old
	svchange -q --deltag old "$VG/snap"
	not_what_was_chosen "$VG/snap"
	expect_text volumes "$(volumes)" "base snap"
	stopped l 1 svremove -f --select lv_name=snap
	svchange -q --addtag old "$VG/snap"
	go_on
	expect_text status "$STATUS" 0
	expect_text volumes "$(volumes)" base
}

@test "a group that took the name of what a tag or criteria chose keeps its volumes and stays" {
	local command
	svgchange -q --addtag old "$VG"
	for command in "svremove -f @old" "svgremove -f @old" "svgremove -f --select vg_name=$VG"; do
		# shellcheck disable=SC2086 # words
		stopped l 1 $command
		svgremove -qf "$VG"
		svgcreate -q --addtag old "$VG" "${DEVICES[@]}"
		svcreate -q -y -L 16M -n base "$VG"
		not_what_was_chosen "$VG"
	done
	stopped l 1 svgremove -f @old
	svgchange -q --deltag old "$VG"
	not_what_was_chosen "$VG"
	expect_text volumes "$(volumes)" base
}

@test "a volume that has another name by now than it was named by is not removed by its UUID" {
	local snap
	svcreate -q -s -L 4M -n snap "$VG/base"
	snap=$(uuid_of "$VG/snap")
	stopped l 1 svremove -f --uuid "$snap" "$VG/snap"
	svrename -q "$VG/snap" keep
	go_on
	expect_text status "$STATUS" 5
	grep -q "$snap: is $VG/keep, which is none of those named" "$BATS_TEST_TMPDIR/stopped"
	stopped l 1 svremove -qf --uuid "$snap" "$VG"
	svrename -q "$VG/keep" snap
	go_on
	expect_text status "$STATUS" 0
	expect_text volumes "$(volumes)" base
}

@test "--only-snapshot removes snapshots and refuses whatever else would go" {
	svcreate -q -s -L 4M -n s0 "$VG/base"
	svcreate -q -s -L 4M -n s1 "$VG/base"
	svcreate -q -L 4M -n other --addtag mixed "$VG"
	refused 5 "$VG/base: is no snapshot" svremove -f --only-snapshot "$VG/base"
	refused 5 "$VG/other: is no snapshot" svremove -f --only-snapshot "$VG/other"
	refused 5 "$VG/other: is no snapshot" svremove -f --only-snapshot "$VG/s0" @mixed
	refused 5 "is no snapshot" svremove -f --only-snapshot "$VG"
	refused 5 "$VG/other: is no snapshot" svremove -f --only-snapshot --uuid "$(uuid_of "$VG/other")"
	expect_text volumes "$(volumes)" "base other s0 s1"
	svremove -qf --only-snapshot "$VG/s0"
	svremove -qf --only-snapshot --uuid "$(uuid_of "$VG/s1")"
	expect_text volumes "$(volumes)" "base other"
	svcreate -q -s -V 32M -L 4M -n sparse "$VG"
	refused 5 "$VG/sparse: is no snapshot" svremove -f --only-snapshot "$VG/sparse"
}

@test "--only-snapshot judges what has the name when the group is locked" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	stopped l 1 svremove -f --only-snapshot "$VG/snap"
	svremove -qf "$VG/snap"
	svcreate -q -y -L 4M -n snap "$VG"
	go_on
	expect_text status "$STATUS" 5
	grep -q "$VG/snap: is no snapshot" "$BATS_TEST_TMPDIR/stopped"
	expect_text volumes "$(volumes)" "base snap"
}

@test "an origin does not take along what is not handled" {
	local file=$BATS_TEST_TMPDIR/text
	svcreate -q -s -L 4M -n snap "$VG/base"
	svchange -q -an "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	awk '/^\t\tsnap \{/ { store = 1 } store && /type = "striped"/ { sub(/striped/, "mirror"); store = 0 } { print }' \
		"$file" >"$file.moves"
	expect_complaints
	command svgcfgrestore -qy -f "$file.moves" "$VG"
	refused 5 "$VG/snap: is of a type snapvol does not handle; use LVM2" svremove -f "$VG/base"
	command svgcfgrestore -qy -f "$file" "$VG"
	complaints_ended
	svremove -q -f "$VG/base"
	expect_text volumes "$(volumes)" ""
}

@test "a volume's name that was left empty is not the whole group" {
	local command word
	svcreate -q -s -L 8M -n snap "$VG/base"
	for word in "$VG/" "$VG//" "/dev/$VG/"; do
		refused 5 "$word: names no volume" svremove -y "$word"
	done
	for command in "svchange -an" svs svmerge; do
		# shellcheck disable=SC2086
		refused 5 "$VG/: names no volume" $command "$VG/"
	done
	refused 5 "$VG/: names no volume" svremove -y "$VG/" "$VG/snap"
	expect_text volumes "$(volumes)" "base snap"
}

@test "the question about an origin names its snapshots, and a name that is gone is no error if so asked" {
	svcreate -q -s -L 4M -n s1 "$VG/base"
	svcreate -q -s -L 4M -n s2 "$VG/base"
	run -5 svremove "$VG/base" </dev/null
	[[ $output == *"and its snapshots with it: s1, s2"* || $output == *"and its snapshots with it: s2, s1"* ]]
	expect_text changed "$(svremove -q -f --reportformat json "$VG/s1")" '{"changed":true}'
	refused 5 "no such volume" svremove -f "$VG/s1"
	expect_text changed "$(svremove -q -f --if-exists --reportformat json "$VG/s1")" '{"changed":false}'
	svremove -f --if-exists "$VG/s1" "$VG/base"
	expect_text volumes "$(volumes)" ""
	refused 5 "no such group" svremove --if-exists nosuchgroup/s1
}
