#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load data
load refused
load group

AREA_START=4096
SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so

setup() {
	prepare_devices 2 32M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

# damage DEVICE OFFSET: overwrite some bytes.
damage() {
	printf 'damaged' | dd of="$1" bs=1 seek="$2" conv=notrunc,fsync status=none
	blockdev --flushbufs "$1"
}

@test "a sound group is silent" {
	run -0 svgck "$VG"
	expect_text output "$output" ""
	run -0 svgck
	expect_text output "$output" ""
}

@test "a damaged header of an area is found, and mended" {
	damage "${DEVICES[1]}" $((AREA_START + 8))
	run -5 svgck "$VG"
	[[ $output == *"${DEVICES[1]}: damaged metadata area: "* ]]
	svgck --updatemetadata "$VG"
	svgck "$VG"
	assert_lvm2_agrees
}

@test "a damaged text is found, and mended" {
	damage "${DEVICES[0]}" $((AREA_START + 512 + 100))
	run -5 svgck "$VG"
	[[ $output == *"${DEVICES[0]}: damaged metadata area: "* ]]
	svgck --updatemetadata "$VG"
	svgck "$VG"
	vg_field "$VG" vg_seqno 2
	assert_lvm2_agrees
}

@test "an area that missed a change is found, and brought up to date" {
	dd if="${DEVICES[1]}" of="$BATS_TEST_TMPDIR/old" bs=4096 count=256 status=none
	lvm2 vgchange -qq --addtag new "$VG" >/dev/null
	dd if="$BATS_TEST_TMPDIR/old" of="${DEVICES[1]}" bs=4096 conv=notrunc,fsync status=none
	blockdev --flushbufs "${DEVICES[1]}"
	run -5 svgck "$VG"
	[[ $output == *"older than the newest: 1"* ]]
	svgck --updatemetadata "$VG"
	svgck "$VG"
	vg_field "$VG" vg_tags new
	assert_lvm2_agrees
}

# keep_areas NAME: what lies before the extents of both devices; put_areas NAME puts it back.
keep_areas() {
	local i
	for i in 0 1; do dd if="${DEVICES[i]}" of="$BATS_TEST_TMPDIR/$1$i" bs=4096 count=256 status=none; done
}
put_areas() {
	local i
	for i in 0 1; do
		dd if="$BATS_TEST_TMPDIR/$1$i" of="${DEVICES[i]}" bs=4096 conv=notrunc,fsync status=none
		blockdev --flushbufs "${DEVICES[i]}"
	done
}

# The text is too long to be read with the label, so its read fails by itself.
@test "an older text is not believed because the newest cannot be read" {
	local n tags=() failures=0 status
	needs_guest
	for ((n = 0; n < 160; n++)); do tags+=(--addtag "$(printf 't%0100d' "$n")"); done
	svgchange -q "${tags[@]}" "$VG"
	keep_areas old
	svcreate -q -an -Zn -l 1 -n first "$VG"
	keep_areas new
	cp "$BATS_TEST_TMPDIR/old1" "$BATS_TEST_TMPDIR/new1"
	for ((n = 1; ; n++)); do
		put_areas new
		status=0
		KILL_AT=$n KILL_HOW=5 KILL_OPS=r KILL_LOG=$BATS_TEST_TMPDIR/reads LD_PRELOAD=$SHIM \
			command svcreate -q -an -Zn -l 1 -n second "$VG" 2>"$BATS_TEST_TMPDIR/said" || status=$?
		(($(wc -l <"$BATS_TEST_TMPDIR/reads") >= n)) || break
		rm "$BATS_TEST_TMPDIR/reads"
		if ((status)); then
			failures=$((failures + 1))
			expect_text "status, read $n failing" "$status" 5
			grep -q "Input/output error" "$BATS_TEST_TMPDIR/said"
			cmp "${DEVICES[0]}" "$BATS_TEST_TMPDIR/new0" 2>&1 | grep -q "EOF on"
		fi
		expect_text "volumes, read $n failing" "$(svs --noheadings -o lv_name "$VG" | xargs)" \
			"first$( ((status)) || echo " second")"
		not grep -q "same sequence number" <(svgck "$VG" 2>&1)
	done
	((failures > 2 && status == 0))
	svgck "$VG"
}

@test "no area is made anew as long as the group cannot be written for a read-only device" {
	expect_complaints
	damage "${DEVICES[0]}" $((AREA_START + 8))
	keep_areas damaged
	blockdev --setro "${DEVICES[1]}"
	refused 5 "${DEVICES[1]}: is read-only" svgck --updatemetadata "$VG"
	refused 5 "${DEVICES[1]}: is read-only" svgcfgrestore "$VG"
	cmp -n 1048576 "${DEVICES[0]}" "$BATS_TEST_TMPDIR/damaged0"
	blockdev --setrw "${DEVICES[1]}"
	svgck --updatemetadata "$VG"
	complaints_ended
}

@test "a group whose areas are all damaged is said to be unreadable" {
	damage "${DEVICES[0]}" $((AREA_START + 512 + 100))
	damage "${DEVICES[1]}" $((AREA_START + 8))
	run -5 svgck "$VG"
	not svgck --updatemetadata "$VG"
}

@test "a missing device is found" {
	losetup --detach "${DEVICES[1]}"
	settle_udev
	DEVICES=("${DEVICES[0]}")
	run -5 svgck "$VG"
	[[ $output == *"is missing"* ]]
}

# areas SAVE|RESTORE NAME
areas() {
	local device
	for device in "${DEVICES[@]}"; do
		if [[ $1 == save ]]; then
			dd if="$device" of="$BATS_TEST_TMPDIR/$2.${device##*/}" bs=4096 count=256 status=none
		else
			dd if="$BATS_TEST_TMPDIR/$2.${device##*/}" of="$device" bs=4096 conv=notrunc,fsync status=none
			blockdev --flushbufs "$device"
		fi
	done
}

@test "areas that tell different stories of one age are found, and the group not changed" {
	areas save start
	lvm2 vgchange -qq --addtag one "$VG" >/dev/null
	areas save one
	areas restore start
	lvm2 vgchange -qq --addtag other "$VG" >/dev/null
	dd if="$BATS_TEST_TMPDIR/one.${DEVICES[1]##*/}" of="${DEVICES[1]}" bs=4096 conv=notrunc,fsync status=none
	blockdev --flushbufs "${DEVICES[1]}"
	expect_complaints
	run -5 svgck "$VG"
	[[ $output == *"differ but have the same sequence number 2"* ]]
	run -12 svcheck "$VG"
	[[ $output == *"differ but have the same sequence number 2; restore a backup: svgcfgrestore $VG"* ]]
	run -5 svcreate -l 1 -n v "$VG"
	[[ $output == *"devices disagree about the group"* ]]
	run -5 svgrename "$VG" "${VG}new"
	svs "$VG"
}

@test "a device that was taken out while it was away is found" {
	expect_complaints
	losetup --detach "${DEVICES[1]}"
	settle_udev
	lvm2 vgreduce -qq --removemissing "$VG" >/dev/null 2>&1
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	run -5 svgck "$VG"
	[[ $output == *"${DEVICES[1]}: holds old metadata"* ]]
	run -10 svcheck "$VG"
	[[ $output == *"${DEVICES[1]}: holds old metadata of group $VG, "*"svpvcreate -ff"* ]]
	not svgextend "$VG" "${DEVICES[1]}"
	svpvcreate -qffy "${DEVICES[1]}"
	svgck "$VG"
	complaints_ended
}

@test "a device that two groups list, and whose areas say nothing, is neither's" {
	local NEW=${VG}new
	prepare_devices 1 32M
	svcreate -q -an -Zn -l 1 -n old "$VG" "${DEVICES[0]}"
	expect_complaints
	losetup --detach "${DEVICES[1]}"
	settle_udev
	svgreduce -q --removemissing "$VG"
	svgremove -qf "$VG"
	svgcreate -q --vgmetadatacopies 1 "$NEW" "${DEVICES[2]}" "${DEVICES[0]}"
	svcreate -q -an -Zn -l 1 -n new "$NEW" "${DEVICES[0]}"
	svgck "$NEW"
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	run -5 svgck
	[[ $output == *"${DEVICES[0]}: is listed by both "*" and counts for missing in both; give it up"* ]]
	[[ $output != *"no metadata of it"* ]]
	run -12 svcheck "$NEW"
	[[ $output == *"${DEVICES[0]}: is listed by both "* ]]
	refused 5 "$VG/old: an extent lies on device" svchange -ay "$VG/old"
	refused 5 "$NEW/new: an extent lies on device" svchange -ay "$NEW/new"
	refused 5 "$NEW: a device of the group is missing" svcreate -l 1 -n v "$NEW"
	refused 5 "${DEVICES[0]}: is listed by two groups" svpvcreate "${DEVICES[0]}"
	refused 5 "${DEVICES[0]}: is listed by two groups" svgcfgrestore "$NEW"
	svgreduce -q --removemissing --force --yes "$VG"
	svchange -ay "$NEW/new"
	svgck "$NEW"
	svgck "$VG"
	complaints_ended
}

@test "a device that is there twice is found, and the group not changed" {
	expect_complaints
	prepare_devices 1 32M
	dd if="${DEVICES[1]}" of="${DEVICES[2]}" bs=1M conv=fsync status=none
	run -5 svgck "$VG"
	[[ $output == *"same identity"* ]]
	run -12 svcheck "$VG"
	[[ $output == *"another device has the same identity; take one of the two devices away"* ]]
	not svgck --updatemetadata "$VG"
	not svgrename "$VG" "${VG}new"
	not svpvremove "${DEVICES[2]}"
}

@test "a device that has become too small is found, and no extent of it is given out" {
	expect_complaints
	losetup --detach "${DEVICES[1]}"
	truncate -s 20M "$BATS_TEST_TMPDIR/disk1"
	losetup "${DEVICES[1]}" "$BATS_TEST_TMPDIR/disk1"
	settle_udev
	run -5 svgck "$VG"
	[[ $output == *"ends at 20.00 MiB"* ]]
	run -12 svcheck "$VG"
	[[ $output == *"${DEVICES[1]}: ends at 20.00 MiB"*"make the device as large as it was"* ]]
	refused 5 "may not be allocated" svcreate -l 1 -n v "$VG" "${DEVICES[1]}"
	svcreate -q -l 100%FREE -n v "$VG"
	expect_text devices "$(lvm2 lvs --noheadings -o devices "$VG/v" 2>/dev/null | tr -d ' ')" "${DEVICES[0]}(0)"
}

# pv_ends_with TARGET ARGUMENT...: where the device has its second metadata area.
pv_ends_with() {
	dmsetup load "${VG}pv" --table "0 61440 linear ${DEVICES[2]} 2048
61440 2048 $*"
	dmsetup suspend "${VG}pv"
	dmsetup resume "${VG}pv"
}

@test "an area that can be neither read nor written does not close its group" {
	local pv=/dev/mapper/${VG}pv loop
	needs_guest
	prepare_devices 1 32M
	loop=${DEVICES[2]}
	dmsetup create "${VG}pv" --table "0 63488 linear ${DEVICES[2]} 2048"
	DEVICES+=("$pv")
	settle_udev
	svpvcreate -q --pvmetadatacopies 2 "$pv"
	svgextend -q "$VG" "$pv"
	# what it has alone is given up with it
	DEVICES=("${DEVICES[@]:0:2}" "$pv")
	areas save before
	command svgchange -q --addtag alone "$VG"
	expect_complaints
	areas restore before
	DEVICES=("${DEVICES[@]:0:2}" "$loop" "$pv")
	pv_ends_with error
	refused 5 "$pv: may hold newer metadata of $VG" svcreate -l 1 -n v "$VG"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svgck --updatemetadata "$VG"
	echo damaged >"/etc/lvm/backup/$VG"
	run -0 svgck --updatemetadata "$VG"
	[[ $output == *"$pv: its metadata area is lost, and what it holds does not count from now on"* ]]
	vg_field "$VG" vg_seqno 1503
	svcreate -q -an -Zn -l 1 -n v "$VG"
	refused 5 "$VG: devices disagree about the group" svgchange -u "$VG"
	run -0 svgck --updatemetadata "$VG"
	vg_field "$VG" vg_seqno 1505
	run -12 svcheck "$VG"
	[[ $output == *"$pv: damaged metadata area: "* ]]
	pv_ends_with linear "${DEVICES[2]}" 63488
	run -10 svcheck "$VG"
	svgck --updatemetadata "$VG"
	svgck "$VG"
	expect_text tags "$(words_of svpvs --noheadings -o pv_tags,vg_tags "$pv")" ""
	check_field "$VG/v" lv_size 4.00m
	complaints_ended
}

@test "what the backup alone has left is not gone by, and comes back" {
	local pv=/dev/mapper/${VG}pv loops sum
	needs_guest
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -L 4M -n other "$VG"
	prepare_devices 1 32M
	loops=("${DEVICES[@]}")
	dmsetup create "${VG}pv" --table "0 63488 linear ${DEVICES[2]} 2048"
	DEVICES+=("$pv")
	settle_udev
	svpvcreate -q --pvmetadatacopies 2 "$pv"
	svgcfgbackup -q -f "$BATS_TEST_TMPDIR/two" "$VG"
	svgextend -q "$VG" "$pv"
	svgcfgbackup -q -f "$BATS_TEST_TMPDIR/three" "$VG"
	fill "$VG/base" before
	# the snapshot's last commit is in the second area of the third device
	DEVICES=("${loops[@]:0:2}" "$pv")
	areas save before
	command svcreate -q -s -L 4M -n snap "$VG/base"
	sum=$(sum_of "$VG/snap")
	fill "$VG/base" after
	command svchange -q -an "$VG"
	expect_complaints
	areas restore before
	DEVICES=("${loops[@]}" "$pv")
	pv_ends_with error
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svchange -ay "$VG/base"
	run -5 svgchange -ay "$VG"
	expect_text messages "${#lines[@]} ${lines[1]}" "2 $VG: 0 logical volume(s) now active"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svgck --updatemetadata "$VG"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svgcfgbackup "$VG"
	svchange -q -an "$VG"
	[ ! -e "/dev/$VG/base" ]
	refused 5 "$pv: may hold newer metadata of $VG" svgcfgrestore -f "$BATS_TEST_TMPDIR/two" "$VG"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svgcfgrestore -f "$BATS_TEST_TMPDIR/three" "$VG"
	run -0 svgcfgrestore "$VG"
	[[ $output == *"$pv: its metadata area is lost"* ]]
	svchange -q -ay "$VG"
	same_contents "$VG/snap" "$sum"
	check_field "$VG/snap" lv_attr swi-a-s---
	pv_ends_with linear "${DEVICES[2]}" 63488
	svgck --updatemetadata "$VG"
	complaints_ended
}

@test "nor is anything gone by that a missing device has newer" {
	local id
	needs_guest
	id=$(svpvs --noheadings -o pv_uuid "${DEVICES[1]}" | tr -d ' ')
	svcreate -q -an -Zn -l 1 -n v "$VG" "${DEVICES[0]}"
	svcreate -q -L 8M -n base "$VG" "${DEVICES[0]}"
	areas save before
	svcreate -q -s -L 4M -n snap "$VG/base" "${DEVICES[0]}"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	DEVICES=("${DEVICES[0]}")
	expect_complaints
	areas restore before
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svchange -ay "$VG/v"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svgreduce --removemissing "$VG"
	refused 5 "$VG: a device of the group is missing" svrecover
	svchange -q -ay "$VG/base"
	[ -b "/dev/mapper/$VG-snap" ]
	# nor when another one has taken its place
	prepare_devices 1 32M
	dd if=/dev/zero of="${DEVICES[1]}" bs=1M count=1 oflag=direct status=none
	svpvcreate -q --uuid "$id" --restorefile "/etc/lvm/backup/$VG" "${DEVICES[1]}"
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svchange -ay "$VG/v"
	svgcfgrestore -q -y "$VG"
	svchange -q -ay "$VG/v"
	check_field "$VG/snap" lv_attr swi-a-s---
	complaints_ended
}

@test "nor is what is another snapshot's by now marked as a store that missed writes" {
	needs_guest
	svcreate -q -L 8M -n base "$VG" "${DEVICES[0]}"
	svcreate -q -s -L 4M -n old "$VG/base" "${DEVICES[0]}"
	areas save before
	svremove -q -y "$VG/old"
	svcreate -q -y -s -L 4M -n snap "$VG/base" "${DEVICES[0]}"
	losetup --detach "${DEVICES[1]}"
	settle_udev
	DEVICES=("${DEVICES[0]}")
	expect_complaints
	areas restore before
	refused 5 "$VG: /etc/lvm/backup/$VG is newer" svchange -an "$VG/base"
	# it is back, with the newest
	prepare_devices 1 32M
	svgck --updatemetadata "$VG"
	svchange -q -an "$VG/base"
	svchange -q -ay "$VG/base"
	check_field "$VG/snap" lv_attr swi-a-s---
	complaints_ended
}

merged_in_kernel() {
	[[ $(dmsetup status "$VG-base") =~ \ snapshot-merge\ ([0-9]+)/[0-9]+\ ([0-9]+)$ &&
		${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
}

listed_and_finished() {
	svs "$VG" >"$BATS_TEST_TMPDIR/listed"
	not merged_in_kernel 2>/dev/null
}

@test "nor does a listing finish a merge by what is outdated" {
	needs_guest
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	# nobody waits for it
	exec 9<"/dev/$VG/base"
	lvm2 lvconvert -qq --merge "$VG/snap" 9<&-
	exec 9<&-
	lvm2 lvchange --refresh --poll n "$VG/base"
	wait_until 20 merged_in_kernel
	sed -i 's/seqno = .*/seqno = 900/' "/etc/lvm/backup/$VG"
	expect_complaints
	damage "${DEVICES[1]}" $((AREA_START + 8))
	svs "$VG" >"$BATS_TEST_TMPDIR/listed"
	merged_in_kernel
	grep -q "seqno = 900" "/etc/lvm/backup/$VG"
	mv "/etc/lvm/backup/$VG" "$BATS_TEST_TMPDIR"
	wait_until 10 listed_and_finished
	svgck --updatemetadata "$VG"
	complaints_ended
}

@test "of the only device that has areas one can be given up" {
	local pv=/dev/mapper/${VG}pv
	needs_guest
	svgremove -q "$VG"
	prepare_devices 1 32M
	dmsetup create "${VG}pv" --table "0 63488 linear ${DEVICES[2]} 2048"
	DEVICES+=("$pv")
	settle_udev
	svpvcreate -q --pvmetadatacopies 2 "$pv"
	svgcreate -q "$VG" "$pv"
	expect_complaints
	pv_ends_with error
	svgck --updatemetadata "$VG"
	svcreate -q -an -Zn -l 1 -n v "$VG"
	svgcfgrestore -q "$VG"
	svremove -q "$VG/v"
	refused 3 "is not for users" svpvchange --addtag snapvol.lost_area=0 "$pv"
	run -0 svgremove "$VG"
	[[ $output == *"$pv: its lost metadata area will show the group again if it can be read again"* ]]
}

@test "what cannot be done is refused" {
	refused 5 "letters, digits" svgck "a b"
	refused 3 "" svgck "$VG/volume"
	refused 3 "needs the names" svgck --updatemetadata
	refused 5 "no such group" svgck nosuchgroup
	refused 5 "no such group" svgck --updatemetadata nosuchgroup
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$SNAPVOL_BIN_DIR/snapvol" svgck --updatemetadata "$VG"
	# who can open no device has not found that all is well
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$SNAPVOL_BIN_DIR/snapvol" svgck
}
