#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load data
load refused

setup() {
	prepare_devices 2 96M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

@test "a linear volume has its extents, a node and a clean beginning" {
	svcreate -L 16M -n base "$VG"
	expect_text table "$(dm_table "$VG-base" | cut -d ' ' -f 1-3)" "0 32768 linear"
	[ -b "/dev/$VG/base" ]
	[ -b "/dev/mapper/$VG-base" ]
	expect_text "first 4 KiB" "$(head -c 4096 "/dev/$VG/base" | tr -d '\0' | wc -c)" 0
	check_field "$VG/base" lv_attr "-wi-a-----"
}

@test "a name is made up where none is given" {
	svcreate -L 4M "$VG"
	svcreate -L 4M "$VG"
	check_field "$VG/lvol1" lv_size 4.00m
}

@test "a striped volume lies on as many devices as it has stripes" {
	svcreate -i 2 -I 64k -L 16M -n striped "$VG"
	expect_text table "$(dm_table "$VG-striped" | cut -d ' ' -f 1-5)" "0 32768 striped 2 128"
	svcreate -s -i 2 -I 16k -L 8M -n snap "$VG/striped"
	expect_text "table of the store" "$(dm_table "$VG-snap-cow" | cut -d ' ' -f 1-5)" "0 16384 striped 2 32"
}

@test "sizes are taken in every unit and rounded up to an extent" {
	local size
	for size in 1b 5000000b 8192s 4096k 4m 4M 1 0.004g; do
		svcreate -q -an -L "$size" -n v "$VG" 2>/dev/null
		expect_text "size of $size" "$(svs --noheadings --nosuffix --units m -o lv_size "$VG/v" | tr -d ' ')" \
			"$( [[ $size == 5000000b || $size == 0.004g ]] && echo 8.00 || echo 4.00 )"
		svremove -qf "$VG/v"
	done
}

@test "extents are taken as parts of group, free space and devices" {
	svcreate -q -an -l 25%VG -n quarter "$VG"
	svcreate -q -an -l 100%PVS -n second "$VG" "${DEVICES[1]}"
	svcreate -q -an -l 50%FREE -n half "$VG"
	expect_text extents "$(svs --noheadings -o lv_name,seg_size_pe -O lv_name "$VG" | xargs)" "half 6 quarter 11 second 23"
	run -0 svcreate -an -l 60%VG -n rest "$VG"
	[[ $output == *"$VG/rest: reducing it to what is free: 24.00 MiB"* ]]
	check_field "$VG" vg_free_count 0
	refused 5 "no free extents" svcreate -an -l 60%VG -n none "$VG"
	svremove -q "$VG/rest"
	svcreate -q -an -l 100%FREE -n rest "$VG"
	check_field "$VG" vg_free_count 0
}

@test "an old signature is named, and wiped when told so" {
	svcreate -q -L 16M -n v "$VG"
	mkfs.ext4 -q "/dev/$VG/v"
	svremove -qf "$VG/v"
	refused 5 "its extents hold an old ext4 filesystem" svcreate -L 16M -n v "$VG"
	run -0 svcreate -y -L 16M -n v "$VG"
	expect_text signature "$(blkid -p -o value -s TYPE "/dev/$VG/v" || true)" ""
}

# Signature of the volume, and whether there is anything in its first 4 KiB.
beginning() {
	printf '%s %s' "$(blkid -p -o value -s TYPE "/dev/$VG/v" || true)" \
		"$(head -c 4096 "/dev/$VG/v" | tr -d '\0' | wc -c | sed 's/^[1-9].*/something/')"
}

@test "zeros are written and signatures wiped as asked, and where that cannot be it is said" {
	svcreate -q -L 16M -n v "$VG"
	mkfs.ext4 -q "/dev/$VG/v"
	svremove -qf "$VG/v"
	svcreate -Zn -L 16M -n v "$VG"
	expect_text "without zeros" "$(beginning)" "ext4 something"
	svremove -qf "$VG/v"
	refused 5 "its extents hold an old ext4 filesystem" svcreate -Zn -Wy -L 16M -n v "$VG"
	svcreate -y -Zn -Wy -L 16M -n v "$VG"
	expect_text "without zeros, wiped" "$(beginning)" " something"
	mkfs.ext4 -q "/dev/$VG/v"
	svremove -qf "$VG/v"
	refused 5 "its extents hold an old ext4 filesystem" \
		svcreate --config allocation/wipe_signatures_when_zeroing_new_lvs=0 -Wy -L 16M -n v "$VG"
	svcreate -Wn -L 16M -n v "$VG"
	expect_text "not wiped, but zeroed" "$(beginning)" " 0"
	refused 3 "as it is not active" svcreate -an -Zy -L 4M -n w "$VG"
	refused 3 "as it is not active" svcreate -aln -Zn -Wy -L 4M -n w "$VG"
	refused 3 "as it is read-only" svcreate -pr -Zy -L 4M -n w "$VG"
}

@test "a refused signature leaves nothing of the volume" {
	svcreate -q -L 16M -n v "$VG"
	mkfs.ext4 -q "/dev/$VG/v"
	svremove -qf "$VG/v"
	refused 5 "$VG/v: its extents hold an old ext4 filesystem" svcreate -L 16M -n v "$VG"
	not dm_exists "$VG-v"
	expect_text volumes "$(words_of svs --noheadings -a -o lv_name "$VG")" ""
	svcheck "$VG"
	run -0 svcreate -an -L 4M -n v "$VG"
	[[ $output != *died* ]]
}

@test "an inactive volume has no device" {
	svcreate -an -L 4M -n off "$VG"
	not dm_exists "$VG-off"
	check_field "$VG/off" lv_attr "-wi-------"
}

@test "a read-only volume refuses writes" {
	svcreate -p r -L 4M -n ro "$VG"
	expect_text "read-only" "$(blockdev --getro "/dev/$VG/ro")" 1
	check_field "$VG/ro" lv_attr "-ri-a-----"
	not fill "$VG/ro" word 2>/dev/null
}

@test "tags are kept" {
	svcreate -L 4M -n tagged --addtag one --addtag two "$VG"
	check_field "$VG/tagged" lv_tags "one,two"
}

@test "a snapshot keeps the origin's contents of its instant" {
	local sum
	svcreate -L 16M -n base "$VG"
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svcreate -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 32
	same_contents "$VG/snap" "$sum"
	fill "$VG/snap" own 8 8
	fill "$VG/base" later 32 32
	not same_contents "$VG/snap" "$sum" 2>/dev/null
	check_field "$VG/snap" lv_attr "swi-a-s---"
	check_field "$VG/base" lv_attr "owi-a-s---"
}

@test "ten snapshots of one origin each keep their own instant" {
	local i sums=()
	svcreate -L 8M -n base "$VG"
	for i in 0 1 2 3 4 5 6 7 8 9; do
		fill "$VG/base" "gen$i" "$((i * 16))" 32
		sums[i]=$(sum_of "$VG/base")
		svcreate -q -s -L 8M -n "s$i" "$VG/base"
	done
	fill "$VG/base" end 0 256
	for i in 0 1 2 3 4 5 6 7 8 9; do
		same_contents "$VG/s$i" "${sums[i]}"
	done
	assert_lvm2_agrees
}

@test "a snapshot of a mounted, busy filesystem is consistent" {
	local writer
	svcreate -L 32M -n base "$VG"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir -p "$BATS_TEST_TMPDIR/m" "$BATS_TEST_TMPDIR/s"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	(while :; do echo x >>"$BATS_TEST_TMPDIR/m/log"; sync -d "$BATS_TEST_TMPDIR/m/log"; done) 3>&- &
	writer=$!
	wait_until 10 test -s "$BATS_TEST_TMPDIR/m/log"
	svcreate -s -L 16M -n snap "$VG/base"
	kill "$writer"
	wait "$writer" || true
	e2fsck -fn "/dev/$VG/snap"
	mount -o ro "/dev/$VG/snap" "$BATS_TEST_TMPDIR/s"
	[ -s "$BATS_TEST_TMPDIR/s/log" ]
	umount "$BATS_TEST_TMPDIR/s"
	# the writer's last sync may be at work
	wait_until 10 umount "$BATS_TEST_TMPDIR/m"
}

# first_on_disks: number, kind and device of the first event on a disk behind the last resume (DM_DEV_SUSPEND).
first_on_disks() {
	awk -v disks="${DEVICES[*]}" '
		$3 == "dm6" { first = "" }
		!first && $2 ~ /[ws]/ && index(" " disks " ", " " $4 " ") { first = $1 " " $2 " " $4 }
		END { print first }' "$BATS_TEST_TMPDIR/events"
}

@test "what the kernel has written of a new store is durable before the metadata name it, wherever it lies" {
	local log=$BATS_TEST_TMPDIR/events shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so event
	svgreduce -q "$VG" "${DEVICES[1]}"
	svpvcreate -q -ff -y --pvmetadatacopies 0 "${DEVICES[1]}"
	svgextend -q "$VG" "${DEVICES[1]}"
	svcreate -q -L 8M -n base "$VG" "${DEVICES[0]}"
	# a commit syncs what it writes to
	KILL_OPS=iws KILL_LOG=$log LD_PRELOAD=$shim command svcreate -q -s -L 4M -n near "$VG/base" "${DEVICES[0]}"
	event=$(first_on_disks)
	expect_text "first event" "${event#* }" "w ${DEVICES[0]}"
	rm "$log"
	KILL_OPS=iws KILL_LOG=$log LD_PRELOAD=$shim command svcreate -q -s -L 4M -n far "$VG/base" "${DEVICES[1]}"
	event=$(first_on_disks)
	expect_text "first event" "${event#* }" "s ${DEVICES[1]}"
	svremove -qf "$VG/far"
	run -5 env KILL_OPS=iws KILL_AT="${event%% *}" KILL_HOW=5 LD_PRELOAD="$shim" \
		svcreate -q -s -L 4M -n far "$VG/base" "${DEVICES[1]}"
	expect_text "what it says" "$output" "${DEVICES[1]}: cannot make writes durable: Input/output error"
	expect_text volumes "$(svs --noheadings -o lv_name -O lv_name "$VG" | xargs)" "base near"
	not dm_exists "$VG-far"
}

@test "a snapshot of an inactive origin is there when it is activated" {
	local sum
	svcreate -L 8M -n base "$VG"
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svchange -an "$VG/base"
	svcreate -s -L 8M -n snap "$VG/base"
	not dm_exists "$VG-snap"
	svchange -ay "$VG/base"
	fill "$VG/base" after
	same_contents "$VG/snap" "$sum"
}

@test "an origin that the kernel cannot be asked about is not taken for an inactive one" {
	local n
	svcreate -q -L 16M -n base "$VG"
	for n in 1 2 3; do
		refused 5 ": " env KILL_OPS=i KILL_AT=$n KILL_HOW=12 \
			LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" svcreate -q -s -L 4M -n snap "$VG/base"
	done
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | tr -d " ")" base
}

@test "beside a snapshot that has not come to run yet a new one brings it along" {
	local name
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n first "$VG/base"
	svcreate -q -l 50%ORIGIN -i 2 -s -n striped "$VG/base"
	svremove -qf "$VG/striped"
	# as an lvchange -ay that was killed leaves it
	declare -A uuid=()
	for name in base first; do
		uuid[$name]=$(dmsetup info -c --noheadings -o uuid "$VG-$name")
	done
	svchange -q -an "$VG"
	for name in base first; do
		dmsetup create --notable --uuid "${uuid[$name]}" "$VG-$name"
	done
	svcreate -q -s -L 4M -n second "$VG/base"
	for name in first second; do
		[[ $(dm_table "$VG-$name") == *snapshot* ]]
	done
	svcheck -q "$VG"
}

is_counted_on() {
	[[ $(dd if="$1" bs=4096 count=1 iflag=direct status=none | tr -d '\0') ]]
}

@test "several origins are snapshotted at one instant" {
	local i
	for i in a b c; do
		svcreate -q -L 8M -n "$i" "$VG"
	done
	"$SNAPVOL_BIN_DIR/../test/bats/counter" /dev/"$VG"/{a,b,c} 3>&- &
	local writer=$!
	wait_until 10 is_counted_on "/dev/$VG/c"
	svcreate -s -L 4M -n 'snap_%o' "$VG"/{a,b,c}
	kill "$writer"
	wait "$writer" || true
	# the writer counts on a, then b, then c: at any instant a >= b >= c >= a - 1
	local values
	mapfile -t values < <(for i in a b c; do dd if=/dev/"$VG"/snap_$i bs=4096 count=1 iflag=direct status=none | tr -d '\0'; echo; done)
	[ "${values[0]}" -gt 0 ]
	[ "${values[0]}" -ge "${values[1]}" ]
	[ "${values[1]}" -ge "${values[2]}" ]
	[ "${values[2]}" -ge "$((values[0] - 1))" ]

	# they are a set, and tell how long the instant was; LVM2 keeps that and shows nobody
	local set name
	set=$(svs --noheadings -o set "$VG/snap_a" | tr -d ' ')
	expect_text "the set" "$(svs --noheadings -o lv_name -S "set=$set" "$VG" | xargs)" "snap_a snap_b snap_c"
	lvm2 vgchange -q --addtag changed "$VG"
	svcreate -q -s -an -L 4M -n later "$VG/a"
	for name in snap_a snap_b snap_c; do
		check_field "$VG/$name" set "$set"
		check_field "$VG/$name" lv_tags ""
	done
	expect_text "frozen, and that shorter than a minute" \
		"$(svs --noheadings -o lv_name -S 'freeze_ms>0 && freeze_ms<60000' "$VG" | xargs)" \
		"later snap_a snap_b snap_c"
	expect_text "the same in the copy of the metadata" \
		"$(grep -c 'snapvol.freeze_ms=0*[1-9]' "/etc/lvm/backup/$VG")" 4
	assert_lvm2_agrees
}

@test "a read-only snapshot can be read but not written" {
	local sum
	svcreate -L 8M -n base "$VG"
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svcreate -s -p r -L 4M -n snap "$VG/base"
	expect_text "read-only" "$(blockdev --getro "/dev/$VG/snap")" 1
	check_field "$VG/snap" lv_attr "sri-a-s---"
	fill "$VG/base" after
	not fill "$VG/snap" word 2>/dev/null
	same_contents "$VG/snap" "$sum"
}

@test "a store larger than it can use is cut to what it can" {
	svcreate -L 32M -n base "$VG"
	svcreate -s -L 80M -n snap "$VG/base"
	check_field "$VG/snap" lv_size 36.00m
	check_field "$VG/snap" origin_size 32.00m
}

@test "a part of the origin is a store size" {
	svcreate -L 32M -n base "$VG"
	svcreate -s -l 50%ORIGIN -n half "$VG/base"
	check_field "$VG/half" lv_size 20.00m
	svcreate -s -l 100%ORIGIN -n whole "$VG/base"
	check_field "$VG/whole" lv_size 36.00m
}

@test "a store that takes more extents than there can be is refused" {
	prepare_devices 1 2T
	svgcreate -q -s 512b "${VG}huge" "${DEVICES[-1]}"
	svcreate -q -an -Zn -l 4294960000 -n base "${VG}huge"
	refused 3 "size is too large" svcreate -an -s -l 100%ORIGIN -n snap "${VG}huge/base"
}

@test "a sparse volume reads as zeros and keeps what is written" {
	svcreate --type snapshot -V 1G -L 8M -n sparse "$VG"
	expect_text size "$(blockdev --getsz "/dev/$VG/sparse")" 2097152
	fill "$VG/sparse" here 1000 16
	expect_text "first block" "$(head -c 4096 "/dev/$VG/sparse" | tr -d '\0' | wc -c)" 0
	svremove -f "$VG/sparse"
	expect_text volumes "$(words_of svs --noheadings -a -o lv_name "$VG")" ""
}

@test "--test prints the plan and changes nothing" {
	svcreate -q -L 8M -n base "$VG"
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svcreate -t -s -L 4M -n snap "$VG/base"
	[[ $output == *"suspend $VG-base"* ]]
	[[ $output == *"commit  $VG seqno"* ]]
	not dm_exists "$VG-snap"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "nonsense is refused with one line and the right status" {
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	refused 5 "nosuch: no such group" svcreate -L 4M nosuch
	refused 5 "$VG/nosuch: no such volume" svcreate -s -L 4M "$VG/nosuch"
	refused 5 "volume exists already" svcreate -L 4M -n base "$VG"
	refused 3 "" svcreate -L 0x -n v "$VG"
	refused 3 "" svcreate -L -5M -n v "$VG"
	refused 3 "may not be zero" svcreate -L 0 -n v "$VG"
	refused 3 "" svcreate -L 99999999999999999999E -n v "$VG"
	refused 5 "" svcreate -L 1P -n v "$VG"
	refused 5 "" svcreate -L 300M -n v "$VG"
	refused 3 "say how large" svcreate -n v "$VG"
	refused 3 "" svcreate -L 4M -n 'a/b c' "$VG"
	refused 3 "" svcreate -L 4M -n snapshot5 "$VG"
	refused 3 "" svcreate -L 4M -n x_vorigin "$VG"
	refused 3 "--chunksize: must be" svcreate -s -L 4M -c 5k -n v "$VG/base"
	refused 3 "--chunksize: must be" svcreate -s -L 4M -c 1M -n v "$VG/base"
	refused 3 "stripe size" svcreate -i 2 -I 5k -L 4M -n v "$VG"
	refused 5 "" svcreate -i 3 -L 12M -n v "$VG"
	refused 5 "" svcreate -s -L 4M -n v "$VG/snap"
	refused 3 "" svcreate --nosuchoption -L 4M "$VG"
	refused 3 "" svcreate -L 4M
}

@test "a name with its group before it needs no operand" {
	svcreate -q -L 4M -n "$VG/one"
	svcreate -q -L 4M -n "/dev/$VG/two" "$VG"
	check_field "$VG/one" lv_size 4.00m
	check_field "$VG/two" lv_size 4.00m
}

@test "a name of another group or of none is refused" {
	svcreate -q -L 4M -n base "$VG"
	refused 3 "" svcreate -s -L 4M -n "$VG/v"
	refused 3 "w/v: is not in group $VG" svcreate -L 4M -n w/v "$VG"
	refused 3 "w/v: is not in group $VG" svcreate -s -L 4M -n w/v "$VG/base"
	refused 3 "" svcreate -L 4M -n "$VG/b/v" "$VG"
	refused 3 "" svcreate -L 4M -n "$VG/b/v"
	refused 5 "$VG/: names no volume" svcreate -L 4M -n v "$VG/"
}

@test "a minor number is always the same, 0 too; a stripe size that nothing needs is ignored" {
	svcreate -an -L 4M --minor 77 -n one "$VG"
	svcreate -an -L 4M -My --minor 0 -i 1 -I 5k -n two "$VG"
	svcreate -an -L 4M -My --minor 78 -i 2 -I 64m -n three "$VG"
	lvm2 lvcreate -an -Zn -L 4M --minor 77 -n theirs "$VG"
	expect_text minors "$(lvm2 lvs --noheadings -o lv_minor,stripes,stripe_size "$VG" -S 'lv_name!=theirs' -O lv_name | xargs)" \
		"77 1 0 78 2 4.00m 0 1 0"
	check_field "$VG/one" lv_major "$(lvm2 lvs --noheadings -o lv_major "$VG/theirs" | tr -d ' ')"
	same_paragraph() {
		expect_text "$1 of $2" "$("sv${1#lv}" "${@:2}")" "$(lvm2 "$1" "${@:2}")"
	}
	same_paragraph lvdisplay "$VG/two"
}

@test "options that contradict each other or lack one are refused" {
	refused 3 "given twice" svcreate -L 8M -i 1 -i 2 -n v "$VG"
	refused 3 "contradicts --type linear" svcreate -L 8M --type linear -i 2 -n v "$VG"
	refused 3 "contradicts --type linear" svcreate --type linear -s -L 4M -n v "$VG/base"
	refused 3 "--zero: is not for snapshots" svcreate -s -Zn -L 4M -n v "$VG/base"
	refused 3 "--wipesignatures: is not for snapshots" svcreate --type snapshot -V 1G -Wy -L 4M -n v "$VG"
	refused 3 "--chunksize: is for snapshots" svcreate -c 64k -L 4M -n v "$VG"
	refused 3 "--virtualsize: is for --type snapshot" svcreate -V 1G -L 4M -n v "$VG"
	refused 3 "contradicts --alloc" svcreate -Cy --alloc cling -L 4M -n v "$VG"
	refused 3 "above 0" svcreate -i 0 -L 4M -n v "$VG"
	refused 3 "above 0" svcreate -i 2 -I 0 -L 4M -n v "$VG"
	refused 3 "needs --stripes" svcreate -I 64k -L 4M -n v "$VG"
	refused 3 "needs --stripes" svcreate --type linear -I 64k -L 4M -n v "$VG"
	refused 3 "contradict --persistent n" svcreate -Mn --minor 77 -L 4M -n v "$VG"
	refused 3 "at most 1048575" svcreate --minor 1048576 -L 4M -n v "$VG"
	refused 3 "say which --minor" svcreate -L 4M -My -n v "$VG"
	refused 5 "too large" svcreate -l 99999999999 -n v "$VG"
}

# told JSON COMMAND...: what it says on standard output about changes.
told() {
	expect_text "output of ${*:2}" "$(kept "${@:2}" --reportformat json 2>/dev/null)" "$1"
}

@test "a name may tell its origin and the moment, and what is there already is not made again" {
	local name
	told '{"changed":true}' svcreate -an -L 16M -n base --if-not-exists "$VG"
	told '{"changed":false}' svcreate -an -L 16M -n base --if-not-exists "$VG"
	svcreate -q -s -L 4M -n '%o-%Y%m%dT%H%M%SZ' "$VG/base"
	name=$(svs --noheadings -o lv_name -S 'origin=base' "$VG" | tr -d ' ')
	[[ $name =~ ^base-20[0-9]{6}T[0-9]{6}Z$ ]]
	told '{"changed":true}' svcreate -s -L 4M -n '%o-day' --if-not-exists "$VG/base"
	told '{"changed":false}' svcreate -s -L 4M -n base-day --if-not-exists "$VG/base"
	refused 5 "volume exists already" svcreate -s -L 4M -n base-day "$VG/base"
	svcreate -q -an -L 4M -n other "$VG"
	refused 5 "is no snapshot of other" svcreate -s -L 4M -n base-day --if-not-exists "$VG/other"
	refused 5 "exists and is a snapshot" svcreate -L 4M -n base-day --if-not-exists "$VG"
	refused 3 "%x: stands for nothing" svcreate -L 4M -n 'day-%x' "$VG"
	refused 3 "%o: stands for nothing" svcreate -L 4M -n '%o' "$VG"
	refused 3 "say which --name" svcreate -L 4M --if-not-exists "$VG"
	told '{"changed":true}' svresize -L 20M --at-least "$VG/base"
	told '{"changed":false}' svresize -L 20M --at-least "$VG/base"
}

@test "a device of device-mapper's below a PV is a device, not a volume" {
	local path=/dev/mapper/${VG}beneath from=8192
	svgreduce -q "$VG" "${DEVICES[1]}"
	svpvremove -q "${DEVICES[1]}"
	dmsetup create "${VG}beneath" --table "0 $(($(blockdev --getsz "${DEVICES[1]}") - from)) linear ${DEVICES[1]} $from"
	# LVM2 looks at the other devices of the tests alone
	command svgextend -q "$VG" "$path"
	command svcreate -q -L 8M -n base "$VG" "$path"
	command svcreate -q -s -L 4M -n snap "$VG/base" "$path"
	expect_text devices "$(svs --noheadings -o seg_pe_ranges "$VG/snap" | xargs)" "$path:2-2"
	command svgremove -q -f "$VG"
	dmsetup remove --retry "${VG}beneath"
}
