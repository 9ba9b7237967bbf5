#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What commands, the kernel and vanishing devices can bring a group to is made for real, and told by its words,
# its exit status and its JSON; nothing is changed by looking; what svrecover settles is good afterwards.
# What only a broken disk says is in test/crash.
#
# limit: 400 seconds

load lib
load data
load refused
load group

setup() {
	skip_without jq
	prepare_devices 2 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	fill "$VG/base" before 0 64
}

make_snapshot() {
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" after 8 "${1-16}"
}

# What looking must leave alone: a write changes a file's times.
picture() {
	stat --format '%n %y %z %b' "$BATS_TEST_TMPDIR"/disk*
	dmsetup info --columns --noheadings --options name,suspended,tables_loaded,events
	dmsetup table
}

# checked STATUS STATES [OPERAND]: the exit status, and the states of all findings that are not good.
# Nothing changes.
checked() {
	local operand=${3-$VG} before
	before=$(picture)
	run "-$1" --separate-stderr kept svcheck --reportformat json "$operand"
	expect_text "states of $operand" \
		"$(jq -r '.report[0].check[] | select(.severity != "good").state' <<<"$output" | sort -u | paste -sd ' ')" "$2"
	expect_text "messages" "$stderr" ""
	expect_text picture "$(picture)" "$before"
}

# settled [STATUS STATES]: svrecover brings it to that, good by default, and finds nothing more.
settled() {
	svrecover -q "$VG"
	checked "${1-0}" "${2-}"
	run -0 svrecover "$VG"
	expect_text "second run" "$output" "$VG: nothing to settle"
}

# Sets STORE to the device and the byte at which the store of a snapshot begins.
find_store() {
	local number
	read -r _ _ _ number STORE_START _ < <(dmsetup table "$VG-$1-cow")
	STORE=/dev/$(basename "$(readlink "/sys/dev/block/$number")")
	STORE_START=$((STORE_START * 512))
}

# put OFFSET FORMAT: write bytes into the store.
put() {
	# shellcheck disable=SC2059 # the format is the data
	printf "$2" | dd of="$STORE" bs=1 seek=$((STORE_START + $1)) conv=notrunc,fsync status=none
	blockdev --flushbufs "$STORE"
}

@test "a sound group is good, whatever of it is active" {
	local before
	make_snapshot
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	checked 0 ""
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
	expect_text snapshot "$(jq -r '.report[0].check[] | select(.check == "snapshot") |
		"\(.vg) \(.lv) \(.object) \(.state) \(.severity) \(.recovered) \(.used_bytes) \(.size_bytes)"' <<<"$output")" \
		"$VG snap $VG/snap valid good no 73728 4194304"
	run -0 svcheck "$VG"
	expect_text lines "$output" "$VG/snap: valid, 1.75% full
$VG: sound"
	svchange -an "$VG"
	checked 0 ""
	run -0 svcheck "$VG"
	expect_text lines "$output" "$VG/snap: valid, inactive, 1.75% full
$VG: sound"
	settled
}

@test "no operand means all groups" {
	run -0 svcheck
	expect_text lines "$output" "$VG: sound"
}

@test "of several operands none is called sound for what another has been called, and none keeps others from a look" {
	make_snapshot
	find_store snap
	svchange -an "$VG"
	put 4 '\0\0\0\0'
	run -11 svcheck "$VG" "$VG/snap"
	expect_text lines "$output" \
		"$VG/snap: is invalid: the header of its store says so; it can only be removed: svremove $VG/snap"
	run -11 kept svcheck --reportformat json "$VG/" @none "$VG/none" "$VG/snap"
	expect_text states "$(jq -r '.report[0].check[] | .object + " " + .state' <<<"$output" | paste -sd ,)" \
		"$VG/ absent,@none absent,$VG/none absent,$VG/snap invalid"
	run -5 svcheck "$VG/" @none
}

@test "a tag names what merges, too" {
	svcreate -q -s -L 4M -n snap --addtag nightly "$VG/base"
	fill "$VG/base" after 8 16
	run -0 svcheck @nightly
	find_store snap
	exec 9<"/dev/$VG/base"
	svmerge -q -b "$VG/snap"
	exec 9<&-
	run -0 svcheck @nightly
	[[ $output == "$VG/snap: valid, its merge waits until nobody uses it"* ]]
	svchange -an "$VG"
	put 4 '\0\0\0\0'
	run -11 svcheck @nightly
	put 4 '\1\0\0\0'
	run -0 svcheck @nightly
}

@test "JSON holds backslashes" {
	local pv="/dev/mapper/$VG\\x20pv" format
	needs_guest
	svgreduce -q "$VG" "${DEVICES[1]}"
	dmsetup create "$VG pv" --table "0 65536 linear ${DEVICES[1]} 2048"
	settle_udev
	DEVICES+=("$pv")
	# LVM2's filter takes the name for a pattern
	expect_complaints
	svgextend -q "$VG" "$pv"
	for format in json json_std; do
		expect_text "name in $format" \
			"$(svpvs --reportformat "$format" -S 'pv_name=~x20' | jq -r '.report[0].pv[].pv_name')" "$pv"
	done
	dmsetup remove --retry "$VG pv"
	settle_udev
	checked 10 missing-device
	[[ $(jq -r '.report[0].check[].text' <<<"$output") == *"last seen as $pv)"* ]]
}

@test "two groups of one name are told, named or not" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	svchange -an "$VG"
	losetup --detach "${DEVICES[0]}"
	settle_udev
	svgcreate -q "$VG" "${DEVICES[1]}"
	expect_complaints
	losetup "${DEVICES[0]}" "$BATS_TEST_TMPDIR/disk0"
	settle_udev
	checked 5 ambiguous
	run -5 svcheck
	[[ $output == *"$VG: several groups have this name"* ]]
}

@test "a device whose group's metadata are on others that are missing is told" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	svpvcreate -q -ff -y --pvmetadatacopies 0 "${DEVICES[1]}"
	svgextend -q "$VG" "${DEVICES[1]}"
	svchange -an "$VG"
	losetup --detach "${DEVICES[0]}"
	settle_udev
	run -12 svcheck
	expect_text lines "$output" \
		"${DEVICES[1]}: is marked as used by a group, but no metadata of it is found; bring the group's other devices back"
	losetup "${DEVICES[0]}" "$BATS_TEST_TMPDIR/disk0"
	settle_udev
	checked 0 ""
}

@test "devices whose group is on no disk are found, unless settings hide it, and are resumed if nobody is at work" {
	local hidden='devices/filter=["r|.*|"]' gone suspended device i
	needs_guest
	make_snapshot
	gone="$VG: has devices in the kernel, but its metadata are on no disk; bring its disks back, or remove what is there with dmsetup"
	suspended="$VG: device $VG-base is suspended: whoever uses it waits; settle it: svrecover $VG"
	run -0 svcheck --config "$hidden"
	expect_text hidden "$output" ""
	for i in 0 1; do
		device=${DEVICES[i]}
		dd if="$device" of="$BATS_TEST_TMPDIR/head$i" bs=1M count=1 status=none
		dd if=/dev/zero of="$device" bs=1M count=1 conv=fsync status=none
	done
	settle_udev
	checked 12 "absent no-metadata"
	be_patient
	dmsetup suspend --noudevsync "$VG-base"
	run -12 svcheck --config "$hidden"
	expect_text hidden "$output" "$suspended"
	run -12 svcheck
	expect_text lines "$output" "$suspended
$gone"
	run -0 command svrecover --config "$hidden"
	expect_text hidden "$output" ""
	dm_suspended "$VG-base"
	run -0 --separate-stderr command svrecover -t
	expect_text plan "$output" "resume  $VG-base"
	expect_text explanation "$stderr" "$VG: device $VG-base is suspended: whoever uses it waits; will be resumed"
	mkdir -p /run/lock/lvm
	exec 9>"/run/lock/lvm/V_$VG"
	flock -x 9
	run -5 command svrecover --lock-timeout 0
	dm_suspended "$VG-base"
	exec 9>&-
	rm "/run/lock/lvm/V_$VG"
	run -0 svrecover
	expect_text said "$output" "$stderr"
	not dm_suspended "$VG-base"
	run -12 svcheck
	expect_text lines "$output" "$gone"
	dmsetup suspend --noudevsync "$VG-snap"
	run -0 svrecover "$VG"
	expect_text said "$output" "$VG: device $VG-snap is suspended: whoever uses it waits; will be resumed"
	run -5 svrecover "$VG"
	for i in 0 1; do
		dd if="$BATS_TEST_TMPDIR/head$i" of="${DEVICES[i]}" bs=1M conv=fsync,notrunc status=none
	done
	settle_udev
	checked 0 ""
}

@test "a suspended device is found and resumed" {
	make_snapshot
	be_patient
	dmsetup suspend --noudevsync "$VG-base"
	checked 12 suspended
	run -12 --separate-stderr svcheck "$VG"
	expect_text lines "$output" "$VG/base: device $VG-base is suspended: whoever uses it waits; settle it: svrecover $VG
$VG/snap: valid, 1.75% full"
	expect_text messages "$stderr" ""
	run -12 svcheck -q "$VG"
	expect_text "what is said quietly" "$output" ""
	settled
	expect_suspended
}

@test "a table that was loaded and never used is found and cleared" {
	make_snapshot
	dmsetup table "$VG-base" | dmsetup load "$VG-base"
	checked 10 inactive-table
	settled
}

@test "a device of no volume, and one of a volume that has another table, are found and settled" {
	local uuid
	uuid=$(dmsetup info --columns --noheadings --options uuid "$VG-base")
	dmsetup create -u "${uuid:0:36}abcdefabcdefabcdefabcdefabcdef12" --table "0 8 zero" "$VG-gone"
	checked 12 stray-device
	echo "0 16384 zero" | dmsetup load "$VG-base"
	dmsetup resume "$VG-base"
	checked 12 "stray-device wrong-table"
	settled
	not dm_exists "$VG-gone"
}

@test "a device under an old name is found and renamed" {
	dmsetup rename "$VG-base" "$VG-other"
	checked 12 wrong-name
	settled
}

@test "a device of others under a volume's name is found" {
	dmsetup rename "$VG-base" "$VG-other"
	dmsetup create --table "0 8 zero" "$VG-base"
	checked 12 disagreement
	dmsetup remove --retry "$VG-base"
	settled
}

@test "an origin that runs without its snapshot makes it invalid" {
	make_snapshot
	dmsetup suspend --noudevsync "$VG-base"
	dmsetup remove --retry --noudevsync "$VG-snap"
	dmsetup table "$VG-base-real" | dmsetup load "$VG-base"
	dmsetup resume --noudevsync "$VG-base"
	checked 12 "missed-writes missing-device wrong-table"
	settled 11 invalid
	svremove -qf "$VG/snap"
	checked 0 ""
}

@test "so does one that copies nothing, though the snapshot is there" {
	make_snapshot
	mkdir "$BATS_TEST_TMPDIR/mnt"
	mkfs.ext4 -q "/dev/$VG/snap"
	dmsetup suspend --noudevsync "$VG-base"
	dmsetup table "$VG-base-real" | dmsetup load "$VG-base"
	dmsetup resume --noudevsync "$VG-base"
	# as a killed lvcreate leaves it
	be_patient
	dmsetup suspend --noudevsync "$VG-base"
	dmsetup load "$VG-base" --table "0 $(blockdev --getsz "/dev/mapper/$VG-base-real") snapshot-origin /dev/mapper/$VG-base-real"
	checked 12 "inactive-table missed-writes suspended wrong-table"
	refused 5 "is invalid" svmerge "$VG/snap"
	mount "/dev/$VG/snap" "$BATS_TEST_TMPDIR/mnt"
	svrecover -q "$VG"
	[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	umount "$BATS_TEST_TMPDIR/mnt"
	settled 11 invalid
	svremove -qf "$VG/snap"
	checked 0 ""
}

@test "a store that fills up is a warning, then an overflow" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" after 0 850
	checked 10 nearly-full
	run -0 svcheck --warn-percent 90 "$VG"
	svchange -an "$VG"
	checked 10 nearly-full
	svchange -ay "$VG"
	fill "$VG/base" again 850 1000
	checked 11 invalid
	svchange -an "$VG"
	checked 11 invalid
	svchange -ay "$VG"
	checked 11 invalid
}

# The kernel tells it apart only where the table asks for that, as none of LVM2's nor of ours does.
@test "a snapshot that was written to until its store was full has overflowed" {
	local uuid table
	make_snapshot
	uuid=$(dmsetup info --columns --noheadings --options uuid "$VG-snap")
	table=$(dmsetup table "$VG-snap" | sed 's/ P / PO /')
	dmsetup suspend --noudevsync "$VG-base"
	dmsetup remove --retry --noudevsync "$VG-snap"
	dmsetup create --noudevsync -u "$uuid" --table "$table" "$VG-snap"
	dmsetup resume --noudevsync "$VG-base"
	checked 12 wrong-table
	not fill "$VG/snap" own 0 1100
	checked 12 "overflow wrong-table"
	run -12 svcheck "$VG"
	expect_text "last line" "${lines[-1]}" \
		"$VG/snap: is invalid: its store is full; it can only be removed: svremove $VG/snap"
	svremove -qf "$VG/snap"
	checked 0 ""
}

@test "a store that has room for all of its origin is not nearly full" {
	svcreate -q -s -l 100%ORIGIN -n snap "$VG/base"
	svextend -q -L +4M "$VG/snap"
	fill "$VG/base" after 0 2048
	run -0 svcheck --warn-percent 1 "$VG"
}

@test "a damaged header, and one that says invalid, are found" {
	make_snapshot
	find_store snap
	svchange -an "$VG"
	put 4 '\0\0\0\0'
	checked 11 invalid
	put 0 'nonsense'
	checked 12 bad-header
	svremove -qf "$VG/snap"
	checked 0 ""
}

@test "an active store without a header is damaged, unless its exceptions are in memory alone" {
	local table uuid
	make_snapshot
	find_store snap
	put 0 '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	checked 12 bad-header
	svremove -qf "$VG/snap"
	svcreate -q -s -L 4M -n snap "$VG/base"
	svchange -an "$VG"
	checked 0 ""
	svchange -ay "$VG"
	put 0 '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	uuid=$(dmsetup info --columns --noheadings --options uuid "$VG-snap")
	table=$(dmsetup table "$VG-snap" | sed -E 's/ PO? / N /')
	dmsetup suspend --noudevsync "$VG-base"
	dmsetup remove --retry --noudevsync "$VG-snap"
	dmsetup create --noudevsync -u "$uuid" --table "$table" "$VG-snap"
	dmsetup resume --noudevsync "$VG-base"
	checked 12 wrong-table
	# loading another beside it would hand the exceptions over
	svchange -an "$VG"
	checked 12 bad-header
}

@test "a store without a header that has had one is damaged, and no merge of it is called done" {
	local sum
	make_snapshot
	sum=$(sum_of "$VG/base")
	find_store snap
	svchange -an "$VG"
	put 0 '\0\0\0\0'
	checked 12 bad-header
	refused 5 "its header is gone" svmerge "$VG/snap"
	put 0 'SnAp'
	svmerge -q "$VG/snap"
	put 0 '\0\0\0\0'
	checked 12 bad-header
	refused 5 "$VG/snap: damaged exception store: its header is gone; remove it with svremove" \
		svchange -ay "$VG/base"
	not dm_exists "$VG-base"
	put 0 'SnAp'
	checked 0 ""
	put 0 '\0\0\0\0'
	svremove -q -f "$VG/snap"
	svchange -ay "$VG"
	same_contents "$VG/base" "$sum"
	checked 0 ""
}

@test "a store without a header that has had one is invalid from the next activation on, not new" {
	local sum old said
	said="$VG/snap: its store has lost its header; it is invalid now and can only be removed"
	make_snapshot
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 4M -n other "$VG/base"
	fill "$VG/base" later 8 16
	old=$sum sum=$(sum_of "$VG/base")
	find_store snap
	svchange -an "$VG"
	put 0 '\0\0\0\0'
	run -0 svchange -t -ay "$VG"
	expect_text "steps" "$(grep invalidate <<<"$output")" "invalidate $VG/snap"
	checked 12 bad-header
	run -0 svchange -ay "$VG"
	expect_text "said" "$output" "$said"
	[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	same_contents "$VG/base" "$sum"
	same_contents "$VG/other" "$old"
	checked 11 invalid
	svchange -an "$VG"
	run -0 svchange -ay "$VG"
	expect_text "said the second time" "$output" ""
	checked 11 invalid
}

@test "a store that has never been active is told from one of LVM2's that has lost its header" {
	local sum
	make_snapshot
	svremove -q -f "$VG/snap"
	sum=$(sum_of "$VG/base")
	svchange -an "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	run -0 svcheck "$VG"
	expect_text lines "$output" "$VG/snap: valid, inactive, 0.00% full
$VG: sound"
	svmerge -q "$VG/snap"
	checked 0 ""
	svchange -ay "$VG"
	wait_until 10 not svs "$VG/snap"
	same_contents "$VG/base" "$sum"

	lvm2 lvcreate -qq -s -L 4M -n other "$VG/base" >/dev/null
	fill "$VG/base" after 8 16
	find_store other
	svchange -an "$VG"
	put 0 '\0\0\0\0'
	checked 10 lost-header
	refused 5 "its header is gone" svmerge "$VG/other"
	put 0 'SnAp'
	checked 0 ""
}

@test "a store that LVM2 attached with another chunk size than it has is told, and works" {
	local before
	before=$(sum_of "$VG/base")
	svcreate -q -s -c 16k -L 4M -n snap "$VG/base"
	fill "$VG/base" after 8 16
	lvm2 lvconvert -qq -y --splitsnapshot "$VG/snap" >/dev/null
	lvm2 lvconvert -qq -y -s -Zn "$VG/base" "$VG/snap" >/dev/null
	[[ $(dmsetup table "$VG-snap") == *" P"*" 32" ]]
	check_field "$VG/snap" chunk_size 4.00k
	checked 10 other-chunk-size
	settled 10 other-chunk-size
	run -10 svcheck "$VG"
	[[ $output == *"has chunks of 16.00 KiB, the metadata of 4.00 KiB; unless LVM2"* ]]
	svextend -q -L +4M "$VG/snap"
	settled 10 other-chunk-size
	svchange -an "$VG"
	checked 10 other-chunk-size
	svchange -ay "$VG"
	svmerge -q "$VG/snap"
	checked 0 ""
	same_contents "$VG/base" "$before"
}

@test "another chunk size in a header is found, and is damage if the kernel has not taken it from there" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	find_store snap
	put 12 '\x10'
	checked 12 bad-header
	svchange -an "$VG"
	checked 10 other-chunk-size
	svchange -ay "$VG"
	checked 10 other-chunk-size
}

@test "exceptions out of range, and chunks named twice, are found" {
	make_snapshot 4
	find_store snap
	svchange -an "$VG"
	# the fifth entry: origin chunk, store chunk
	put $((4096 + 4 * 16)) '\x01\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0'
	checked 0 ""
	put $((4096 + 4 * 16)) '\0\x10\0\0\0\0\0\0\x06\0\0\0\0\0\0\0'
	checked 12 bad-exception
	put $((4096 + 4 * 16)) '\x01\0\0\0\0\0\0\0\0\x10\0\0\0\0\0\0'
	checked 12 bad-exception
	put $((4096 + 4 * 16)) '\x08\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\0'
	checked 12 chunk-twice
	run svcheck "$VG"
	[[ $output == *"chunk 8 of the origin is named twice"* ]]
	put $((4096 + 4 * 16)) '\x01\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0'
	checked 12 chunk-twice
	put $((4096 + 4 * 16)) '\x01\0\0\0\0\0\0\0\x09\0\0\0\0\0\0\0'
	put $((4096 + 5 * 16)) '\x02\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0'
	checked 10 disorder
}

@test "a striped store is read on its devices as the kernel has written it" {
	local full
	svcreate -q -s -i 2 -I 4k -L 4M -n snap "$VG/base"
	fill "$VG/base" after 0 600
	run -0 svcheck "$VG/snap"
	full=${output#*: valid, }
	expect_text "columns" "$(dmsetup table "$VG-snap-cow" | cut -d ' ' -f 3-5)" "striped 2 8"
	svchange -an "$VG"
	run -0 svcheck "$VG/snap"
	expect_text "exceptions in three areas" "$output" "$VG/snap: valid, inactive, $full"
}

@test "a volume that is named counts with its origin and without its siblings" {
	make_snapshot
	svcreate -q -s -L 4M -n other "$VG/base"
	svcreate -q -L 4M -n apart "$VG"
	find_store snap
	svchange -an "$VG"
	put 4 '\0\0\0\0'
	svchange -ay "$VG"
	checked 11 invalid
	checked 11 invalid "$VG/snap"
	checked 11 invalid "$VG/base"
	checked 0 "" "$VG/other"
	checked 0 "" "$VG/apart"
}

@test "what a killed command left is found and settled" {
	local n states all=
	# from where the volume is committed to where the snapshot is, until each has been seen
	for ((n = 20; n < 60; n += 2)); do
		KILL_AT=$n KILL_GROUP=1 LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
			command svcreate -q -s -L 4M -n snap "$VG/base" >/dev/null 2>&1 </dev/null && break
		states=$(kept svcheck --reportformat json "$VG" |
			jq -r '.report[0].check[] | select(.severity != "good").state' | sort -u | paste -sd ' ') || true
		all+=" $states "
		svrecover -q "$VG"
		svcheck -q "$VG"
		[[ $(svs --noheadings -o lv_name "$VG") != *snap* ]] || svremove -qf "$VG/snap"
		[[ $all != *suspended* ]] || break
	done
	expect_suspended
	echo "$all"
	[[ $all == *interrupted* && $all == *unfinished* && $all == *suspended* ]]
}

@test "a merge that is done and was not finished is found and finished" {
	local n
	make_snapshot
	# killed when it takes the lock again: which of its locks that is does not matter
	for ((n = 3; n < 12; n++)); do
		KILL_AT=$n KILL_OPS=l LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
			command svmerge -q "$VG/snap" >/dev/null 2>&1 </dev/null && break
		if merged; then break; fi
	done
	run -10 kept svcheck --reportformat json "$VG"
	expect_text "what else is left" "$(jq -r '.report[0].check[] | select(.check == "leavings" and .state != "merged") |
		.recovered' <<<"$output" | sort -u)" yes
	# where it was killed, its lock or the copy of metadata that it wrote
	rm -f "/run/lock/lvm/V_$VG" /etc/lvm/{archive,backup}/"$VG"*~snapvol-??????
	checked 10 merged
	settled
	expect_text volumes "$(svs --noheadings -a -o lv_name "$VG" | tr -d ' ')" base
}

@test "a merge that LVM2 began and has not finished is told apart from disorder" {
	make_snapshot
	exec 9<"/dev/$VG/base"
	lvm2 lvconvert -qq --merge "$VG/snap" >/dev/null 2>&1
	exec 9<&-
	checked 0 ""
	lvm2 vgchange -qq -an "$VG" >/dev/null
	lvm2 vgchange -qq -ay --poll n "$VG" >/dev/null
	dm_exists "$VG-snap-cow"
	wait_until 5 merged
	checked 10 merged
	run kept svcheck --reportformat json "$VG"
	expect_text "as LVM2 has it" \
		"$(jq -r '.report[0].check[] | select(.state == "lvm2-merge").severity' <<<"$output" | sort -u)" good
	settled
	expect_text devices "$(dmsetup ls | grep "^$VG-" | cut -f 1)" "$VG-base"
}

merged() {
	[[ $(dmsetup status "$VG-base") == *"snapshot-merge 16/"*" 16" ]]
}

@test "a missing device is a warning if nothing lies on it, else not" {
	losetup --detach "${DEVICES[1]}"
	settle_udev
	checked 10 missing-device
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	svcreate -q -l 8 -n away "$VG" "${DEVICES[1]}"
	svchange -an "$VG"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	checked 12 "missing-device partial"
	checked 10 missing-device "$VG/base"
	DEVICES=("${DEVICES[0]}")
}

@test "a store on a missing device is missed by its origin, also while it merges" {
	svcreate -q -s -L 4M -n snap "$VG/base" "${DEVICES[1]}"
	svcreate -q -l 1 -n one "$VG" "${DEVICES[0]}"
	exec 9<"/dev/$VG/base"
	svmerge -q -b "$VG/snap"
	exec 9<&-
	svchange -an "$VG"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	checked 12 "missing-device partial"
	[[ $(jq -r '.report[0].check[] | select(.state == "partial").object' <<<"$output") == *"$VG/snap"* ]]
	expect_complaints
	lvm2 lvremove -qq -y "$VG/one" >/dev/null 2>&1
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	checked 12 "partial returned-device stale-area"
}

# udev_says DEVICE TYPE: what it found on the device when it last looked.
udev_says() {
	local data number
	settle_udev
	read -r number <"/sys/class/block/$(basename "$(readlink -f "$1")")/dev"
	data=/run/udev/data/b$number
	[[ ! -e $data ]] || sed -i '/^E:ID_FS_TYPE=/d' "$data"
	mkdir -p /run/udev/data
	echo "E:ID_FS_TYPE=$2" >>"$data"
}

@test "a device that cannot be read is told, unless it is known to be of others" {
	needs_guest
	local name=${VG}pv device sectors
	svgreduce -q "$VG" "${DEVICES[1]}"
	svpvremove -q "${DEVICES[1]}"
	sectors=$(blockdev --getsz "${DEVICES[1]}")
	dmsetup create "$name" --table "0 $((sectors - 8192)) linear ${DEVICES[1]} 8192"
	device=/dev/mapper/$name
	svgcreate -q "${VG}b" "$device"
	run -0 svcheck
	dmsetup load "$name" --table "0 $((sectors - 8192)) error"
	dmsetup resume "$name"
	settle_udev
	run -5 svcheck
	expect_text output "$output" "$device: cannot be read; see the kernel's log; devices/global_filter leaves it out
$VG: sound"
	run -5 svgck
	[[ $output == *"$device: cannot be read"* ]]
	checked 0 ""
	svchange -q --addtag nightly "$VG/base"
	run -5 svcheck @nightly
	expect_text output "$output" "$device: cannot be read; see the kernel's log; devices/global_filter leaves it out
$VG/base: sound"
	udev_says "$device" ext4
	run -0 svcheck
	udev_says "$device" LVM2_member
	run -5 svcheck
	dmsetup remove --retry "$name"
}

@test "a device that cannot be opened is told if it is known for a PV" {
	needs_guest
	local device=${DEVICES[1]} number
	number=$(stat --format '%Hr %Lr' "$device")
	udev_says "$device" LVM2_member
	rm "$device"
	mknod "$device" b 240 99
	checked 10 missing-device
	run -5 svcheck
	[[ $output == *"$device: cannot be opened; "* ]]
	udev_says "$device" ""
	run -10 svcheck
	rm "$device"
	# shellcheck disable=SC2086 # two numbers
	mknod "$device" b $number
	checked 0 ""
}

@test "stale and damaged areas are found" {
	dd if="${DEVICES[1]}" of="$BATS_TEST_TMPDIR/old" bs=4096 count=256 status=none
	svchange -q --addtag new "$VG/base"
	dd if="$BATS_TEST_TMPDIR/old" of="${DEVICES[1]}" bs=4096 conv=notrunc,fsync status=none
	blockdev --flushbufs "${DEVICES[1]}"
	checked 10 stale-area
	expect_text "what svrecover settles" \
		"$(jq -r '.report[0].check[] | select(.state == "stale-area").recovered' <<<"$output")" yes
	run -0 command svrecover -t "$VG"
	[[ $output == "$VG: its metadata or labels are not the newest on every device; will be written to all"*"commit  $VG"* ]]
	settled
	printf 'damaged' | dd of="${DEVICES[1]}" bs=1 seek=4104 conv=notrunc,fsync status=none
	blockdev --flushbufs "${DEVICES[1]}"
	checked 12 damaged-area
	svgck --updatemetadata "$VG"
	checked 0 ""
}

@test "a stuck command does not hold it up" {
	needs_guest
	mkdir -p /run/lock/lvm
	exec 9>"/run/lock/lvm/V_$VG"
	flock -x 9
	checked 0 ""
	dmsetup table "$VG-base" | dmsetup load "$VG-base"
	checked 10 "busy inactive-table"
	exec 9>&-
	settled
}

# reads: how often svcheck reads the first exceptions of a store.
reads() {
	strace -qq -f -o "$BATS_TEST_TMPDIR/trace" -e trace=pread64 svcheck "$VG" >"$BATS_TEST_TMPDIR/said" || true
	grep -c ", 4096, $((STORE_START + 4096))) = 4096" "$BATS_TEST_TMPDIR/trace" || true
}

@test "a store is read again under the lock only if it was found damaged" {
	skip_without strace
	make_snapshot
	svcreate -q -L 4M -n other "$VG"
	find_store snap
	svchange -an "$VG/base"
	expect_text "reads of a sound group" "$(reads)" 1
	be_patient
	dmsetup suspend --noudevsync "$VG-other"
	expect_text "reads, the flaw elsewhere" "$(reads)" 1
	expect_text lines "$(<"$BATS_TEST_TMPDIR/said")" \
		"$VG/other: device $VG-other is suspended: whoever uses it waits; settle it: svrecover $VG
$VG/snap: valid, inactive, 1.75% full"
	dmsetup resume --noudevsync "$VG-other"
	put $((4096 + 8)) '\1'
	expect_text "reads, the flaw in it" "$(reads)" 2
}

@test "the file of a lock is told of its own group, stays where it is, and is settled" {
	local lock=/run/lock/lvm/V_$VG
	needs_guest
	mkdir -p /run/lock/lvm
	touch "$lock"
	checked 10 lock
	expect_text finding "$(jq -r '.report[0].check[] | select(.check == "leavings") |
		"\(.vg) \(.lv) \(.object) \(.state) \(.severity) \(.recovered)"' <<<"$output")" \
		"$VG  $lock lock warning yes"
	checked 10 lock "$VG/base"
	# it takes that lock, to look again
	dmsetup table "$VG-base" | dmsetup load "$VG-base"
	checked 10 "inactive-table lock"
	dmsetup clear "$VG-base"
	[[ -e $lock ]]
	mv "$lock" "${lock}0"
	checked 0 ""
	mv "${lock}0" /run/lock/lvm/P_global
	checked 0 ""
	run -10 svcheck
	expect_text lines "$output" \
		"/run/lock/lvm/P_global: is left from a command that is gone; settle it: svrecover
$VG: sound"
	[[ -e /run/lock/lvm/P_global ]]
	svrecover -q
	run -0 svcheck
}

# The command is run where svcheck, having looked twice, asks for the lock itself.
@test "the file of a lock that somebody takes or gives up meanwhile is not left" {
	local lock=/run/lock/lvm/V_$VG shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so run
	needs_guest
	mkdir -p /run/lock/lvm
	for run in "rm $lock" "rm $lock; touch $lock" \
		"exec 9<$lock; flock -x 9; sleep 600 >/dev/null 2>&1 & echo \$! >$BATS_TEST_TMPDIR/holder"; do
		rm -f "$lock" "$BATS_TEST_TMPDIR/done"
		touch "$lock"
		run -0 env KILL_AT=1 KILL_OPS=l KILL_HOW=run KILL_RUN="touch $BATS_TEST_TMPDIR/done; $run" LD_PRELOAD="$shim" \
			svcheck "$VG"
		expect_text "lines, $run" "$output" "$VG: sound"
		[[ -e $BATS_TEST_TMPDIR/done ]]
	done
	run -0 svcheck
	kill "$(<"$BATS_TEST_TMPDIR/holder")"
	wait_until 10 flock -n "$lock" true
	run -10 svcheck
	rm "$lock"
}

# Each in a loop, until it has been at work so often.
work() {
	local n
	for ((n = 0; n < 8; n++)); do
		svgchange -q --addtag "t$n" "$VG"
		svs "$VG" >/dev/null
	done
}

lvm2_work() {
	local n
	for ((n = 0; n < 8; n++)); do
		lvm2 vgchange -qq --addtag "l$n" "$VG"
		lvm2 lvs "$VG" >/dev/null
		lvm2 lvcreate -qq -an -Zn -l 1 -n "l$n" "$VG" >/dev/null 2>&1
	done
}

at_work() {
	local pid
	for pid; do
		! kill -0 "$pid" 2>/dev/null || return 0
	done
	return 1
}

# An area of exceptions has 256 of them.
@test "beside a writer that fills one area of exceptions after the other a snapshot is always called sound" {
	local looks=0 round writer fills
	for ((round = 0; looks < 20 && round < 20; round++)); do
		svcreate -q -s -c 4k -L 12M -n snap "$VG/base"
		fill "$VG/base" "round $round" 0 2048 3>&- &
		writer=$!
		while at_work "$writer"; do
			run svcheck "$VG"
			echo "$output"
			expect_text status "$status" 0
			[[ $output == "$VG/snap: valid, "*"% full"$'\n'"$VG: sound" ]]
			fills+=${output%%"% full"*}$'\n'
			((looks += 1))
		done
		wait "$writer"
		checked 0 ""
		svremove -qf "$VG/snap"
	done
	((looks >= 20))
	# while it was at work
	(($(sort -u <<<"$fills" | wc -l) >= 10))
}

# Chunks that do not follow each other are merged one by one.  Whoever looks just when all is merged finds that it
# is to be finished.
@test "beside a merge its snapshot is called valid until it has ended" {
	local i sum merging=0 merger
	svextend -q -L 32M "$VG/base"
	sum=$(sum_of "$VG/base")
	svcreate -q -s -c 4k -L 28M -n snap "$VG/base"
	for ((i = 0; i < 4096; i++)); do
		echo "$((i * 8)) 8 linear /dev/mapper/$VG-base $((i * 16))"
	done | dmsetup create "${VG}odd"
	dd if=/dev/zero of="/dev/mapper/${VG}odd" bs=4k count=4096 oflag=direct status=none
	settle_udev
	dmsetup remove --retry "${VG}odd"
	command svmerge -q "$VG/snap" 3>&- &
	merger=$!
	while at_work "$merger"; do
		run kept svcheck --reportformat json "$VG"
		echo "$status $output"
		[[ $output != *'"merging"'* ]] || ((merging += 1))
		case $status in
		0) ;;
		10)
			expect_text "states" "$(jq -r '.report[0].check[] | select(.severity != "good").state' <<<"$output" |
				grep -vx -e merged -e busy)" ""
			;;
		*) false ;;
		esac
	done
	wait "$merger"
	((merging >= 3))
	same_contents "$VG/base" "$sum"
	checked 0 ""
}

@test "commands at work, LVM2's too, leave nothing and are not said to" {
	local looks=0 pids=() pid
	needs_guest
	work &
	pids+=($!)
	lvm2_work &
	pids+=($!)
	while at_work "${pids[@]}"; do
		run svcheck
		echo "$output"
		((status == 0 || status == 10))
		[[ $output != *"is left"* ]]
		[[ $output != *"was left by an interrupted command"* ]]
		[[ $output != *"a command died at work on it"* ]]
		((looks += 1))
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	echo "looked $looks times"
	((looks > 2))
	not compgen -G "/run/lock/lvm/[PV]_*"
	svremove -qf "$VG"/l{0..7}
	run -0 svcheck
	expect_text lines "$output" "$VG: sound"
}

@test "a cookie that nobody waits for is found" {
	local idle="activation/udev_timeout=0"
	needs_guest
	complete_cookies
	run -0 svcheck --config "$idle"
	dmsetup udevcreatecookie >/dev/null
	run -10 svcheck --config "$idle"
	[[ $output == *"cookie 0xd4d"*"dmsetup udevcomplete_all"* ]]
	run -0 svcheck --config "$idle" "$VG"
	run -0 svcheck
	complete_cookies
	run -0 svcheck --config "$idle"
}

@test "what cannot be checked is said" {
	checked 5 absent "$VG/nosuch"
	run -5 svcheck "$VG/nosuch"
	expect_text output "$output" "$VG/nosuch: no such volume"
	run -5 svcheck nosuchgroup
	expect_text output "$output" "nosuchgroup: no such group"
	refused 3 "from 1 to 100" svcheck --warn-percent 101 "$VG"
	refused 3 "none of basic" svcheck --reportformat xml "$VG"
	refused 5 "only root" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svcheck)" "$VG"
}
