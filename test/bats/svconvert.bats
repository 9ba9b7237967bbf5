#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load data
load refused
load stop

setup() {
	prepare_devices 1 128M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 16M -n base "$VG"
	fill "$VG/base" before 0 512
	SUM=$(sum_of "$VG/base")
}

volumes() {
	local names
	names=$(svs --noheadings -a -o lv_name "$VG") || { echo "svs: status $?" && return; }
	tr -d ' ' <<<"$names" | sort | paste -sd ' '
}

@test "a merge restores the origin, removes the snapshot and tells progress" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 100 300
	settle_udev
	run -0 svconvert --merge "$VG/snap"
	[[ $output == *"merged into"* ]]
	same_contents "$VG/base" "$SUM"
	expect_text volumes "$(volumes)" base
	expect_text devices "$(dmsetup ls | grep "^$VG-" | cut -f 1)" "$VG-base"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" linear
	assert_lvm2_agrees
}

@test "the other snapshots of the origin stay right while one merges" {
	local sum1
	svcreate -q -s -L 8M -n s0 "$VG/base"
	fill "$VG/base" second 0 300
	sum1=$(sum_of "$VG/base")
	svcreate -q -s -L 16M -n s1 "$VG/base"
	fill "$VG/base" third 200 300
	settle_udev
	svmerge "$VG/s0"
	same_contents "$VG/base" "$SUM"
	same_contents "$VG/s1" "$sum1"
	expect_text volumes "$(volumes)" "base s1"
}

@test "a merge is postponed while the origin is mounted, and begins at the next activation" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	run -0 svconvert --merge "$VG/snap"
	[[ $output == *"mounted on $BATS_TEST_TMPDIR/m"* ]]
	check_field "$VG/base" lv_attr "Owi-aos---"
	expect_text "hidden ones" "$(svs -a --noheadings -o lv_name,lv_attr "$VG" | grep snap | tr -d ' ')" "[snap]Swi-a-s---"
	umount "$BATS_TEST_TMPDIR/m"
	svchange -ay "$VG/base"
	expect_text "still held" "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-origin
	svchange -an "$VG"
	svchange -ay "$VG"
	wait_until 20 merge_is_over
	same_contents "$VG/base" "$SUM"
}

merge_is_over() {
	svs "$VG" >/dev/null
	[[ $(dm_table "$VG-base") == *linear* ]]
}

@test "a postponed merge begins with --refresh once nothing is open" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	exec 9<"/dev/$VG/snap"
	run -0 svconvert --merge "$VG/snap"
	[[ $output == *"the snapshot is open in"* ]]
	exec 9<&-
	svchange --refresh "$VG/base"
	wait_until 20 merge_is_over
	same_contents "$VG/base" "$SUM"
	expect_text volumes "$(volumes)" base
	assert_lvm2_agrees
}

@test "a postponed merge can be called off" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	exec 9<"/dev/$VG/base"
	svconvert --merge "$VG/snap"
	svmerge --cancel "$VG/snap"
	exec 9<&-
	check_field "$VG/base" lv_attr "owi-a-s---"
	same_contents "$VG/snap" "$SUM"
	refused 5 "no merge" svmerge --cancel "$VG/snap"
}

@test "a merge that could not begin is not in the metadata" {
	local at shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	svcreate -q -s -L 8M -n snap "$VG/base"
	settle_udev
	KILL_OPS=i KILL_LOG=$BATS_TEST_TMPDIR/events LD_PRELOAD=$shim command svmerge -q "$VG/snap"
	svcreate -q -s -L 8M -n snap "$VG/base"
	# the first suspend, which comes behind the first table loaded (dm-ioctl.h: 9 and 6)
	at=$(awk '$3 == "dm9" { loaded = 1 } $3 == "dm6" && loaded { print $1; exit }' "$BATS_TEST_TMPDIR/events")
	KILL_OPS=i KILL_AT=$at KILL_HOW=5 LD_PRELOAD=$shim not command svmerge -q "$VG/snap"
	check_field "$VG/base" lv_attr "owi-a-s---"
	expect_text "inactive tables" "$(dmsetup info -c --noheadings -o tables_loaded | grep -c Inactive || true)" 0
	fill "$VG/base" after 0 512
	svchange -an "$VG"
	svchange -ay "$VG"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-origin
	same_contents "$VG/snap" "$SUM"
}

# A snapshot to be merged by a command of whose ioctls the one of that number begins it: sets at.
make_for_handover() {
	svcreate -q -s -L 8M -n snap "$VG/base"
	settle_udev
	KILL_OPS=i KILL_LOG=$BATS_TEST_TMPDIR/events LD_PRELOAD=$shim command svmerge -q "$VG/snap"
	svcreate -q -s -L 8M -n snap "$VG/base"
	at=$(awk '$3 == "dm9" { loaded = 1 } $3 == "dm6" && loaded { print $1; exit }' "$BATS_TEST_TMPDIR/events")
}

@test "a merge whose command was killed before it began is called off, one that waits is not" {
	local at lost shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	prepare_devices 1 16M
	lost="devices/filter=[\"r|^${DEVICES[1]}\$|\"]"
	svgextend -q "$VG" "${DEVICES[1]}"
	make_for_handover
	for at in $((at - 2)) "$at"; do
		KILL_OPS=i KILL_AT=$at LD_PRELOAD=$shim run -137 command svmerge -q "$VG/snap"
		check_field "$VG/base" lv_attr "Owi-a-s---"
		# whoever cannot write metadata leaves it to the next
		command svrecover -q --config "$lost" "$VG"
		command svchange -q --config "$lost" --refresh "$VG/base"
		run -5 command svchange --config "$lost" -an "$VG/base"
		[[ $output == *"$VG/snap: its merge is to be called off first"* ]]
		blockdev --setro "${DEVICES[@]}"
		run -5 command svrecover -q "$VG"
		blockdev --setrw "${DEVICES[@]}"
		check_field "$VG/base" lv_attr "Owi-a-s---"
		svrecover -q
		check_field "$VG/base" lv_attr "owi-a-s---"
	done
	fill "$VG/base" after 0 512
	svchange -an "$VG"
	svchange -ay "$VG"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-origin
	same_contents "$VG/snap" "$SUM"
	exec 9<"/dev/$VG/base"
	svmerge -q "$VG/snap"
	exec 9<&-
	KILL_OPS=i KILL_AT=3 LD_PRELOAD=$shim run -137 command svcreate -q -L 4M -n other "$VG"

	svrecover -q
	check_field "$VG/base" lv_attr "Owi-a-s---"
}

@test "that a merge is to be called off is not forgotten by a recovery that fails" {
	local at n failed=0 shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	make_for_handover
	for ((n = 1; n < 8; n++)); do
		KILL_OPS=i KILL_AT=$at LD_PRELOAD=$shim run -137 command svmerge -q "$VG/snap"
		check_field "$VG/base" lv_attr "Owi-a-s---"
		if ! KILL_OPS=w KILL_AT=$n KILL_HOW=5 LD_PRELOAD=$shim command svrecover -q "$VG"; then
			failed=$((failed + 1))
			check_field "$VG/base" lv_attr "Owi-a-s---"
		fi
		svrecover -q
		check_field "$VG/base" lv_attr "owi-a-s---"
	done
	((failed > 1))
}

@test "a merge that is done and cannot be finished is told in one line, and finished by the next command" {
	local at count status refused=0 shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	svcreate -q -s -L 8M -n snap "$VG/base"
	KILL_OPS=r KILL_LOG=$BATS_TEST_TMPDIR/events LD_PRELOAD=$shim command svmerge -q "$VG/snap"
	count=$(wc -l <"$BATS_TEST_TMPDIR/events")
	# the reads of the end
	for ((at = count; at > count / 2; at -= 2)); do
		svcreate -q -s -L 8M -n snap "$VG/base"
		status=0
		KILL_OPS=r KILL_AT=$at KILL_HOW=5 LD_PRELOAD=$shim command svmerge -q "$VG/snap" \
			2>"$BATS_TEST_TMPDIR/said" || status=$?
		expect_text "lines at $at" "$(wc -l <"$BATS_TEST_TMPDIR/said")" $((status == 5))
		refused=$((refused + (status == 5)))
		svchange -q --addtag settled "$VG/base"
		check_field "$VG/base" lv_attr "-wi-a-----"
		svchange -q --deltag settled "$VG/base"
	done
	((refused > 0))
}

@test "a postponed merge is still held when a deactivation was cut short" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	exec 9<"/dev/$VG/base"
	svconvert --merge "$VG/snap"
	exec 9<&-
	settle_udev
	dmsetup remove --retry "$VG-base"
	svchange -ay "$VG/base"
	expect_text "still held" "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-origin
	same_contents "$VG/snap" "$SUM"
	svmerge --cancel "$VG/snap"
	same_contents "$VG/snap" "$SUM"
}

@test "a merge in the background is finished by whoever looks next" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	settle_udev
	svmerge -b "$VG/snap"
	wait_until 20 merge_is_over
	same_contents "$VG/base" "$SUM"
	expect_text volumes "$(volumes)" base
}

# slow_disk create|load MS: a disk that has written after so many milliseconds.  It is not the whole of the device
# below, or that would be the same PV.
slow_disk() {
	dmsetup "$1" "${VG}slow" --table "0 122880 delay ${DEVICES[1]} 8192 0 ${DEVICES[1]} 8192 $2"
}

# merge_slowly OPTION...: of chunks apart from each other, which are merged one by one, each in SLOW milliseconds or
# some more.
merge_slowly() {
	local i
	svcreate -q -s -c 4k -L 8M -n snap "${VG}s/base"
	for ((i = 0; i < 24; i++)); do
		dd if=/dev/zero of="/dev/mapper/${VG}s-snap" bs=4k count=1 seek=$((2 * i)) oflag=direct status=none
	done
	settle_udev
	slow_disk load "${SLOW-60}"
	dmsetup suspend "${VG}slow"
	dmsetup resume "${VG}slow"
	svconvert --merge "$@" "${VG}s/snap"
}

# What LVM2 says of the slow disk.
theirs() {
	local DEVICES=("/dev/mapper/${VG}slow")
	lvm2 "$@"
}

slow_merge_is_over() {
	svs "${VG}s" >/dev/null
	[[ $(dm_table "${VG}s-base") == *linear* ]]
}

@test "progress is told as often as asked, with rate and time left, and shown to whoever looks" {
	skip_without_target delay
	unset -f svconvert svcreate # LVM2 is asked at the end: the disk is slow
	prepare_devices 1 64M
	slow_disk create 0
	svgcreate -q "${VG}s" "/dev/mapper/${VG}slow"
	svcreate -q -L 8M -n base "${VG}s"
	run -0 merge_slowly -i 1
	[[ $output =~ base:\ merged\ [0-9]+\.[0-9]{2}%,\ [0-9.]+\ [KM]iB/s,\ [0-9]+\ s\ left ]]
	[[ ${lines[-1]} == "${VG}s/snap: merged into ${VG}s/base" ]]
	run -0 merge_slowly -i 60
	expect_text output "$output" "${VG}s/snap: merged into ${VG}s/base"
	exec 9>"$BATS_TEST_TMPDIR/lock"
	flock 9
	SLOW=1000 run -0 merge_slowly -b
	expect_text output "$output" ""
	exec 9>&-
	flock --nonblock "$BATS_TEST_TMPDIR/lock" true
	expect_text "what LVM2 shows" "$(svs -a --noheadings -o lv_name,lv_attr "${VG}s")" \
		"$(theirs lvs -a --noheadings -o lv_name,lv_attr "${VG}s")"
	[[ $(svs -a --noheadings -o lv_name,snap_state,merge_percent "${VG}s/snap" | xargs) =~ ^\[snap\]\ merging\ [0-9]+\.[0-9]+$ ]]
	slow_disk load 0
	dmsetup suspend "${VG}slow"
	dmsetup resume "${VG}slow"
	wait_until 20 slow_merge_is_over
	theirs vgck "${VG}s"
}

@test "what merges is not taken for a snapshot that its origin ran without, whatever is restored" {
	local i before merged=$BATS_TEST_TMPDIR/merged
	skip_without_target delay
	unset -f svconvert svcreate svgcfgrestore svchange
	prepare_devices 1 64M
	slow_disk create 0
	svgcreate -q "${VG}s" "/dev/mapper/${VG}slow"
	svcreate -q -L 8M -n base "${VG}s"
	fill "${VG}s/base" before
	dd if="/dev/mapper/${VG}s-base" of="$merged" bs=1M status=none
	for ((i = 0; i < 24; i++)); do
		dd if=/dev/zero of="$merged" bs=4k count=1 seek=$((2 * i)) conv=notrunc status=none
	done
	SLOW=1000 merge_slowly -b
	cp "/etc/lvm/backup/${VG}s" "$BATS_TEST_TMPDIR/merging"
	before=$(grep -L merging_store "/etc/lvm/archive/${VG}s_"* | tail -n 1)
	run -5 svgcfgrestore -y -f "$before" "${VG}s"
	expect_text output "$output" \
		"${VG}s/base: is merged into now; restore a file that says so, or wait until that is done"
	theirs vgcfgrestore -qq -y -f "$before" "${VG}s"
	check_field "${VG}s/snap" lv_role public,snapshot,thicksnapshot
	run -0 svchange -an "${VG}s/base"
	[[ $output != *invalid* ]]
	svgcfgrestore -q -f "$BATS_TEST_TMPDIR/merging" "${VG}s"
	svchange -q -ay "${VG}s/base"
	slow_disk load 0
	dmsetup suspend "${VG}slow"
	dmsetup resume "${VG}slow"
	wait_until 20 slow_merge_is_over
	cmp "/dev/mapper/${VG}s-base" "$merged"
	refused 5 "${VG}s/base: is active, and not merged into any more" svgcfgrestore -y -f "$BATS_TEST_TMPDIR/merging" "${VG}s"
	# what merges is another one
	SLOW=250 merge_slowly -b
	run -5 svgcfgrestore -y -f "$BATS_TEST_TMPDIR/merging" "${VG}s"
	[[ $output == "${VG}s/base: is merged into now; "* ]]
	slow_disk load 0
	dmsetup suspend "${VG}slow"
	dmsetup resume "${VG}slow"
	wait_until 20 slow_merge_is_over
	theirs vgck "${VG}s"
}

merged_in_kernel() {
	[[ $(dmsetup status "$VG-base") =~ \ snapshot-merge\ ([0-9]+)/[0-9]+\ ([0-9]+)$ &&
		${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
}

# A snapshot of base is merged, and nobody has finished that.
merge_alone() {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 64
	exec 9<"/dev/$VG/base"
	lvm2 lvconvert -qq --merge "$VG/snap" 9<&-
	exec 9<&-
	lvm2 lvchange --refresh --poll n "$VG/base"
	wait_until 20 merged_in_kernel
}

@test "under LVM2's names a listing that finishes a merge prints its rows alone" {
	merge_alone
	ln -s "$(command -v snapvol)" "$BATS_TEST_TMPDIR/lvs"
	"$BATS_TEST_TMPDIR/lvs" --reportformat json -o lv_name "$VG" >"$BATS_TEST_TMPDIR/rows"
	expect_text rows "$(jq -r '.report[0].lv[].lv_name' "$BATS_TEST_TMPDIR/rows")" base
	not merged_in_kernel
	same_contents "$VG/base" "$SUM"
}

@test "a merge that nobody waited for is finished by whoever looks or acts next, which --test foresees" {
	local next
	for next in svs "svcreate -q -s -L 4M -n snap $VG/base"; do
		merge_alone
		run -0 svcreate -t -s -L 4M -n new "$VG/base"
		[[ $output == *"load    $VG-base: 0 32768 linear"*"remove  $VG-snap-cow"* ]]
		[[ $output == *"remove  $VG-base-real"*"create  $VG-base-real"*"0 32768 snapshot-origin"* ]]
		merged_in_kernel
		# shellcheck disable=SC2086 # words
		command $next
		same_contents "$VG/base" "$SUM"
	done
	expect_text volumes "$(volumes)" "base snap"
	same_contents "$VG/snap" "$SUM"
	assert_lvm2_agrees
}

# chunks_left: how many of the slow group's are not merged yet.
chunks_left() {
	local status sectors
	status=$(dmsetup status "${VG}s-base")
	[[ $status =~ ^0\ [0-9]+\ snapshot-merge\ ([0-9]+)/[0-9]+\ ([0-9]+)$ ]] || return
	sectors=$((BASH_REMATCH[1] - BASH_REMATCH[2]))
	echo $((sectors / 8))
}

@test "a merge goes on where it stopped when the group was deactivated" {
	local sum left
	skip_without_target delay
	unset -f svconvert svcreate svchange
	prepare_devices 1 64M
	slow_disk create 0
	svgcreate -q "${VG}s" "/dev/mapper/${VG}slow"
	svcreate -q -L 8M -n base "${VG}s"
	fill "${VG}s/base" before
	# what merge_slowly will have written to the snapshot
	for ((i = 0; i < 24; i++)); do
		dd if=/dev/zero of="/dev/mapper/${VG}s-base" bs=4k count=1 seek=$((2 * i)) oflag=direct status=none
	done
	sum=$(sum_of "${VG}s/base")
	fill "${VG}s/base" before
	SLOW=2000 merge_slowly -b
	svchange -an "${VG}s"
	expect_text devices "$(dmsetup ls | grep -c "^${VG}s-" || true)" 0
	svchange -ay "${VG}s"
	left=$(chunks_left)
	echo "$left chunks are left"
	((left > 0))
	slow_disk load 0
	dmsetup suspend "${VG}slow"
	dmsetup resume "${VG}slow"
	wait_until 30 slow_merge_is_over
	same_contents "${VG}s/base" "$sum"
	theirs vgck "${VG}s"
}

@test "a snapshot that is named twice merges once" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 16
	settle_udev
	run -0 svmerge "$VG/snap" "$VG/snap"
	expect_text "output" "$output" "$VG/snap: merged into $VG/base"
	same_contents "$VG/base" "$SUM"
	expect_text volumes "$(volumes)" base
}

@test "snapshots of several origins merge in one command" {
	svcreate -q -L 8M -n other "$VG"
	fill "$VG/other" other
	local sum
	sum=$(sum_of "$VG/other")
	svcreate -q -s -L 8M --addtag set -n '%o_s' "$VG/base" "$VG/other"
	fill "$VG/base" x 0 64
	fill "$VG/other" y 0 64
	settle_udev
	svconvert --merge @set
	same_contents "$VG/base" "$SUM"
	same_contents "$VG/other" "$sum"
	expect_text volumes "$(volumes)" "base other"
}

@test "of merges that could not begin together none is waited for" {
	svcreate -q -L 16M -n other "$VG"
	svcreate -q -s -L 8M -n snap "$VG/base"
	svcreate -q -s -L 4M -n lost "$VG/other"
	fill "$VG/other" flood 0 2048
	exec 9<"/dev/$VG/base"
	svmerge -q "$VG/snap"
	exec 9<&-
	settle_udev
	refused 5 "$VG/lost: is invalid" svmerge "$VG/snap" "$VG/lost"
	expect_text "still held" "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-origin
}

@test "a snapshot that took the name of what a tag chose is not merged" {
	svcreate -q -s -L 8M -n snap --addtag before "$VG/base"
	fill "$VG/base" after 0 16
	stopped l 1 svmerge @before
	svremove -qf "$VG/snap"
	SUM=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap --addtag before "$VG/base"
	fill "$VG/base" later 0 16
	go_on
	expect_text status "$STATUS" 5
	grep -q "$VG/snap: is not any more what was chosen" "$BATS_TEST_TMPDIR/stopped"
	expect_text volumes "$(volumes)" "base snap"
	same_contents "$VG/snap" "$SUM"
}

@test "an invalid snapshot is not merged" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" flood 0 2048
	[[ $(dmsetup status "$VG-snap") == *Invalid* ]]
	check_field "$VG/snap" lv_attr "swi-I-s---"
	refused 5 "invalid" svconvert --merge "$VG/snap"
	svchange -an "$VG"
	refused 5 "$VG/snap: is invalid and can only be removed" svmerge "$VG/snap"
	svremove -f "$VG/snap"
}

@test "a postponed merge of a snapshot that becomes invalid never begins, and can be removed" {
	local sum
	svcreate -q -s -L 4M -n snap "$VG/base"
	exec 9<"/dev/$VG/base"
	svmerge "$VG/snap"
	exec 9<&-
	fill "$VG/base" flood 0 2048
	sum=$(sum_of "$VG/base")
	refused 5 "is invalid" svmerge "$VG/snap"
	run -0 svchange --refresh "$VG/base"
	[[ $output == *"$VG/snap: is invalid and can only be removed"* ]]
	svchange -an "$VG"
	refused 5 "is invalid" svmerge --cancel "$VG/snap"
	svchange -ay "$VG"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 3)" snapshot-merge
	refused 5 "is invalid" svmerge --cancel "$VG/snap"
	svremove -f "$VG/snap"
	same_contents "$VG/base" "$sum"
	expect_text volumes "$(volumes)" base
	expect_text devices "$(dmsetup ls | grep "^$VG-" | cut -f 1)" "$VG-base"
}

@test "a snapshot is split from its origin and attached again" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/snap" own 0 16
	local sum
	sum=$(sum_of "$VG/snap")
	svconvert -y --splitsnapshot "$VG/snap"
	check_field "$VG/snap" lv_attr "-wi-a-----"
	check_field "$VG/base" lv_attr "-wi-a-----"
	expect_text "table of base" "$(dm_table "$VG-base" | cut -d ' ' -f 3)" linear
	refused 5 "--yes" svconvert -s -Zn "$VG/base" "$VG/snap"
	svconvert -y -s -Zn "$VG/base" "$VG/snap"
	same_contents "$VG/snap" "$sum"
	same_contents "$VG/base" "$SUM"
}

@test "a plain volume becomes an empty store" {
	svcreate -q -L 8M -n store "$VG"
	fill "$VG/store" junk
	refused 5 "--yes" svconvert -s "$VG/base" "$VG/store"
	svconvert -y -s -c 8k "$VG/base" store
	fill "$VG/base" after
	same_contents "$VG/store" "$SUM"
	check_field "$VG/store" chunk_size 8.00k
}

@test "nonsense is refused with one line and the right status" {
	svcreate -q -s -L 8M -n snap "$VG/base"
	refused 5 "is no snapshot" svconvert --merge "$VG/base"
	refused 5 "no such volume" svconvert --merge "$VG/nosuch"
	refused 3 "" svconvert "$VG/snap"
	refused 3 "" svconvert --merge --splitsnapshot "$VG/snap"
	refused 3 "" svconvert -s "$VG/base"
	refused 3 "has its own" svconvert -y -s -Zn -c 64k "$VG/base" "$VG/snap"
	refused 5 "" svconvert -y -s "$VG/base" "$VG/snap"
	svchange -p r "$VG/base"
	refused 5 "svchange -p rw" svconvert --merge "$VG/snap"
}
