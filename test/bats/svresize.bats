#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load data
load refused

setup() {
	prepare_devices 2 96M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 16M -n base "$VG"
}

@test "a volume grows while it is open, and keeps its contents" {
	fill "$VG/base" kept 0 64
	exec 9<"/dev/$VG/base"
	svextend -L +8M "$VG/base"
	svextend -L 32M "$VG/base"
	exec 9<&-
	expect_text size "$(blockdev --getsize64 "/dev/$VG/base")" $((32 << 20))
	expect_text contents "$(dd if="/dev/$VG/base" bs=4096 skip=63 count=1 iflag=direct status=none | cut -c 1-13)" "kept 00000063"
	assert_lvm2_agrees
}

@test "a volume grows over the end of a device" {
	svextend -l +100%FREE "$VG/base"
	expect_text targets "$(dm_table "$VG-base" | wc -l)" 2
	check_field "$VG" vg_free_count 0
}

@test "a striped volume grows with its stripes" {
	svcreate -q -i 2 -L 16M -n striped "$VG"
	fill "$VG/striped" kept 0 256
	svextend -L +16M "$VG/striped"
	expect_text size "$(blockdev --getsize64 "/dev/$VG/striped")" $((32 << 20))
}

@test "a volume shrinks when that is confirmed" {
	fill "$VG/base" kept 0 64
	refused 5 "--yes" svreduce -L 8M "$VG/base"
	svreduce -y -L 8M "$VG/base"
	expect_text size "$(blockdev --getsize64 "/dev/$VG/base")" $((8 << 20))
	svresize -y -L -4M "$VG/base"
	check_field "$VG/base" lv_size 4.00m
}

@test "a store grows under load" {
	local sum writer
	fill "$VG/base" before 0 256
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 4M -n snap "$VG/base"
	(for ((i = 0; i < 2400; i += 80)); do fill "$VG/base" load "$i" 80; done) 3>&- &
	writer=$!
	svextend -L +8M "$VG/snap"
	svextend -L +8M "$VG/snap"
	wait "$writer"
	expect_text status "$(dmsetup status "$VG-snap" | cut -d / -f 2 | cut -d ' ' -f 1)" 40960
	same_contents "$VG/snap" "$sum"
	assert_lvm2_agrees
}

@test "a store grows to what it can use and no further" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	svextend -L 80M "$VG/snap"
	check_field "$VG/snap" lv_size 20.00m
	run -0 svextend -L +4M "$VG/snap"
	check_field "$VG/snap" lv_size 20.00m
}

@test "a store shrinks, but not below what it holds" {
	local sum
	fill "$VG/base" before 0 1024
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 16M -n snap "$VG/base"
	fill "$VG/base" after 0 1024
	refused 5 "$VG/snap" svreduce -y -L 4M "$VG/snap"
	svreduce -y -L 8M "$VG/snap"
	check_field "$VG/snap" lv_size 8.00m
	same_contents "$VG/snap" "$sum"
	svchange -an "$VG/base"
	refused 5 "active" svreduce -y -L 4M "$VG/snap"
}

@test "an origin grows under its snapshots, which keep their size and contents" {
	local sum
	fill "$VG/base" before 0 256
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	svextend -L +16M "$VG/base"
	expect_text "size of the origin" "$(blockdev --getsize64 "/dev/$VG/base")" $((32 << 20))
	expect_text "size of the snapshot" "$(blockdev --getsize64 "/dev/$VG/snap")" $((16 << 20))
	fill "$VG/base" after 0 256
	fill "$VG/base" beyond 5000 256
	same_contents "$VG/snap" "$sum"
	svchange -an "$VG/base"
	svchange -ay "$VG/base"
	same_contents "$VG/snap" "$sum"
}

@test "a store grows by policy as LVM2 lets it grow, and by no more than asked a size stays" {
	local -a policy=(--usepolicies --config 'activation/snapshot_autoextend_threshold=70')
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 512
	svextend "${policy[@]}" "$VG/snap"
	check_field "$VG/snap" lv_size 8.00m
	refused 3 "contradicts a size" svextend "${policy[@]}" -L +4M "$VG/snap"
	refused 5 "only a snapshot's store" svextend --use-policies "$VG/base"
	fill "$VG/base" after 512 1400
	svextend --use-policies "$VG/snap"
	check_field "$VG/snap" lv_size 8.00m
	run -0 svextend --test "${policy[@]}" "$VG/snap"
	[[ $output == *"0 24576 linear"* ]]
	run -0 /sbin/lvextend --test --usepolicies "$VG/snap" \
		--config "$(lvm2_config) activation/snapshot_autoextend_threshold=70"
	[[ $output == *"to 12.00 MiB"* ]]
	svextend "${policy[@]}" "$VG/snap"
	check_field "$VG/snap" lv_size 12.00m
	run -0 svextend --at-least -L 8M "$VG/snap"
	svresize --at-least -L 12M "$VG/base"
	check_field "$VG/base" lv_size 16.00m
	svresize --at-least -L 20M "$VG/base"
	check_field "$VG/base" lv_size 20.00m
}

@test "nonsense is refused with one line and the right status" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	refused 5 "snapshots" svreduce -y -L 4M "$VG/base"
	refused 5 "size already" svextend -L 16M "$VG/base"
	refused 5 "larger already" svextend -L 8M "$VG/base"
	refused 3 "contradicts" svextend -L -8M "$VG/base"
	refused 5 "" svextend -L +1T "$VG/base"
	refused 5 "no such volume" svextend -L +4M "$VG/nosuch"
	refused 3 "" svextend -L +4M "$VG"
	refused 3 "" svextend -L 5Q "$VG/base"
	refused 3 "say how large" svextend "$VG/base"
	refused 3 "may not be zero" svextend -L +0 "$VG/base"
	refused 3 "may not be zero" svresize -l 0 "$VG/base"
}
