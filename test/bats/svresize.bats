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

@test "--test asks nothing" {
	run -0 svreduce -t -L 12M "$VG/base"
	[[ $output == *"commit  $VG"* ]]
	svcreate -q -s -L 4M -n snap "$VG/base"
	run -0 svconvert -t --splitsnapshot "$VG/snap"
	[[ $output == *"commit  $VG"* ]]
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

@test "a store does not shrink while its origin is out of the kernel and it is not" {
	svcreate -q -s -L 12M -n snap "$VG/base"
	run -0 svreduce -t -L 8M "$VG/snap"
	[[ $output == *"check   store"* ]]
	settle_udev
	dmsetup remove --retry "$VG-base"
	refused 5 "$VG/snap: can only be shrunk while it is active" svreduce -y -L 8M "$VG/snap"
	svchange -ay "$VG/base"
	svreduce -q -y -L 8M "$VG/snap"
	expect_text "table of the store" "$(dm_table "$VG-snap-cow" | cut -d ' ' -f 1-2)" "0 16384"
}

# start_of VG/LV MIB: sum of that much of it.
start_of() {
	dd if="$(device_of "$1")" bs=1M count="$2" iflag=direct status=none | md5sum
}

@test "a volume grows over the end of a device" {
	svextend -l +100%FREE "$VG/base"
	expect_text targets "$(dm_table "$VG-base" | wc -l)" 2
	check_field "$VG" vg_free_count 0
}

@test "a striped volume grows with its stripes" {
	local sum
	svcreate -q -i 2 -L 16M -n striped "$VG"
	fill "$VG/striped" kept 0 512
	sum=$(start_of "$VG/striped" 2)
	# it cannot grow where it ends
	svcreate -q -L 4M -n behind "$VG" "${DEVICES[1]}"
	svextend -L +16M "$VG/striped"
	expect_text "stripes, and whether on two devices" \
		"$(dm_table "$VG-striped" | awk '{ print $3, $4, $6 != $8 }' | uniq -c | xargs)" "2 striped 2 1"
	expect_text contents "$(start_of "$VG/striped" 2)" "$sum"
	expect_text size "$(blockdev --getsize64 "/dev/$VG/striped")" $((32 << 20))
}

@test "a volume shrinks when that is confirmed" {
	local sum
	fill "$VG/base" kept 0 256
	sum=$(start_of "$VG/base" 4)
	refused 5 "--yes" svreduce -L 8M "$VG/base"
	svreduce -y -L 8M "$VG/base"
	expect_text size "$(blockdev --getsize64 "/dev/$VG/base")" $((8 << 20))
	exec 9<"/dev/$VG/base"
	run -0 svresize -y -L -4M "$VG/base"
	exec 9<&-
	[[ $output == *"$VG/base: shrinks while it is open in "*"PID $$ ("* ]]
	check_field "$VG/base" lv_size 4.00m
	expect_text contents "$(start_of "$VG/base" 4)" "$sum"
}

@test "a store grows under load" {
	local sum writer grown=$BATS_TEST_TMPDIR/grown
	fill "$VG/base" before 0 256
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 4M -n snap "$VG/base"
	# no more than the store had room for, again and again, and then what it has room for by then
	(
		while [[ ! -e $grown && -b /dev/$VG/base ]]; do
			for ((i = 0; i < 880; i += 80)); do fill "$VG/base" load "$i" 80; done
		done
		fill "$VG/base" load 880 1520
	) 3>&- &
	writer=$!
	svextend -L +8M "$VG/snap"
	svextend -L +8M "$VG/snap"
	: >"$grown"
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

# What is mounted writes when it likes, so the disks are not compared.
refused_mounted() {
	run -5 "${@:2}"
	[[ $output == *"$1"* ]]
}

# fs_field DEVICE FIELD: what dumpe2fs says.
fs_field() {
	dumpe2fs -h "$1" 2>/dev/null | sed -n "s/^$2: *//p"
}

@test "ext4 grows mounted and unmounted, shrinks unmounted, and keeps its files" {
	local base=/dev/$VG/base point=$BATS_TEST_TMPDIR/point
	unset -f svextend svreduce # LVM2 is asked at the end, as it takes long
	mkdir "$point"
	refused 5 "holds no filesystem" svextend -r -L +4M "$VG/base"
	mkfs.ext4 -q -b 1024 "$base"
	svextend -r -L 20M "$VG/base"
	expect_text blocks "$(fs_field "$base" 'Block count')" 20480
	svcreate -q -s -L 8M -n snap "$VG/base"
	refused 5 "holds no filesystem" svextend -r -L +4M "$VG/snap"
	mount "$base" "$point"
	dd if=/dev/urandom of="$point/file" bs=1M count=10 status=none
	md5sum "$point/file" >"$BATS_TEST_TMPDIR/sum"
	svextend -r -L 28M "$VG/base"
	expect_text blocks "$(fs_field "$base" 'Block count')" 28672
	svremove -q -y "$VG/snap"
	refused_mounted "shrinks only while it is unmounted" svreduce -r -L 24M "$VG/base"
	mount -o remount,ro "$point"
	refused_mounted "mounted read-only" svextend -r -L 32M "$VG/base"
	umount "$point"
	refused 5 "cannot become smaller" svreduce -r -L 8M "$VG/base"
	refused 5 "takes 28.00 MiB" svreduce --fs checksize -L 24M "$VG/base"
	refused 5 "" svextend -r -L +1T "$VG/base"
	run -0 svreduce --test -r -L 24M "$VG/base"
	[[ ${lines[0]} == "shrink  ext4 on $VG/base to 49152s" ]]
	expect_text blocks "$(fs_field "$base" 'Block count')" 28672
	svreduce -r -L 24M "$VG/base"
	expect_text blocks "$(fs_field "$base" 'Block count')" 24576
	e2fsck -fn "$base"
	refused 5 "size already" svreduce -y -L 24M "$VG/base"
	svextend -L 32M "$VG/base"
	svreduce -r -L 28M "$VG/base"
	expect_text "blocks of what fits" "$(fs_field "$base" 'Block count')" 24576
	svreduce --fs checksize -L 24M "$VG/base" </dev/null
	svextend -q -L 28M "$VG/base"
	run -0 svextend -r -L 28M --reportformat json "$VG/base"
	[[ $output == *'{"changed":true}' ]]
	expect_text blocks "$(fs_field "$base" 'Block count')" 28672
	svreduce -r -L 24M "$VG/base"
	mount "$base" "$point"
	md5sum -c "$BATS_TEST_TMPDIR/sum"
	umount "$point"
	svchange -an "$VG/base"
	refused 5 "must be active" svextend -r -L 28M "$VG/base"
	assert_lvm2_agrees
}

@test "a filesystem whose tool fails keeps its volume" {
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho broken\nexit 3\n' >"$BATS_TEST_TMPDIR/bin/resize2fs"
	chmod +x "$BATS_TEST_TMPDIR/bin/resize2fs"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -5 svreduce -r -L 8M "$VG/base"
	expect_text complaint "$output" "$VG/base: resize2fs failed with status 3: broken"
	check_field "$VG/base" lv_size 16.00m
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -5 svextend -n -r -L 24M "$VG/base"
	[[ $output == *"has its new size, its filesystem the old one"* ]]
	check_field "$VG/base" lv_size 24.00m
	printf '#!/bin/sh\nexit 4\n' >"$BATS_TEST_TMPDIR/bin/e2fsck"
	chmod +x "$BATS_TEST_TMPDIR/bin/e2fsck"
	rm "$BATS_TEST_TMPDIR/bin/resize2fs"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH refused 5 "e2fsck failed with status 4" \
		svextend -r -L 28M "$VG/base"
	mkswap "/dev/$VG/base"
	refused 5 "holds swap" svextend -r -L 28M "$VG/base"
}

@test "a command that is killed while its filesystem shrinks loses nothing, and is waited for" {
	local base=/dev/$VG/base bin=$BATS_TEST_TMPDIR/bin killed
	mkfs.ext4 -q -b 1024 "$base"
	debugfs -w -R "write /proc/self/exe file" "$base" 2>/dev/null
	debugfs -R "dump file $BATS_TEST_TMPDIR/before" "$base" 2>/dev/null
	mkdir "$bin"
	mkfifo "$bin/begun" "$bin/go"
	cat >"$bin/resize2fs" <<-END
		#!/bin/sh
		[ "\$1" = -P ] && exec /sbin/resize2fs "\$@"
		echo >$bin/begun
		read -r go <$bin/go
		exec /sbin/resize2fs "\$@"
	END
	chmod +x "$bin/resize2fs"
	PATH=$bin:$PATH command svreduce -q -r -L 12M "$VG/base" &
	killed=$!
	read -r _ <"$bin/begun"
	kill -9 "$killed"
	wait "$killed" || true
	refused 5 "(resize2fs" svreduce -r -L 12M --lock-timeout 0 "$VG/base"
	check_field "$VG/base" lv_size 16.00m
	echo >"$bin/go"
	svreduce -r -L 12M "$VG/base"
	check_field "$VG/base" lv_size 12.00m
	e2fsck -fn "$base"
	debugfs -R "dump file $BATS_TEST_TMPDIR/after" "$base" 2>/dev/null
	cmp "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

# xfs_blocks POINT: of 4 KiB, what xfs says.
xfs_blocks() {
	xfs_info "$1" | sed -n 's/^data .*blocks=\([0-9]*\).*/\1/p'
}

@test "xfs grows, mounted or not, and never shrinks" {
	local point=$BATS_TEST_TMPDIR/point
	skip_without mkfs.xfs
	unset -f svextend svreduce svcreate
	prepare_devices 1 400M
	svgextend -q "$VG" "${DEVICES[2]}"
	mkdir "$point"
	svcreate -q -L 300M -n x "$VG" "${DEVICES[2]}"
	mkfs.xfs -q "/dev/$VG/x"
	refused 5 "xfs cannot shrink" svreduce -r -L 296M "$VG/x"
	svextend -r -L 320M "$VG/x"
	mount "/dev/$VG/x" "$point"
	expect_text "blocks of xfs" "$(xfs_blocks "$point")" 81920
	svextend -r -L 340M "$VG/x"
	# which its superblock need not say yet
	refused 5 "its xfs takes 340.00 MiB" svreduce --fs checksize -L 320M "$VG/x"
	expect_text "blocks of xfs" "$(xfs_blocks "$point")" 87040
	assert_lvm2_agrees
}

# btrfs_bytes DEVICE: what its superblock says.
btrfs_bytes() {
	btrfs inspect-internal dump-super "$1" | sed -n 's/^dev_item.total_bytes[[:space:]]*//p'
}

@test "btrfs grows and shrinks, mounted or not" {
	local point=$BATS_TEST_TMPDIR/point b=/dev/$VG/b
	skip_without mkfs.btrfs
	unset -f svextend svreduce svcreate
	prepare_devices 1 400M
	svgextend -q "$VG" "${DEVICES[2]}"
	mkdir "$point"
	svcreate -q -L 320M -n b "$VG" "${DEVICES[2]}"
	mkfs.btrfs -q "$b"
	svextend -r -L 380M "$VG/b"
	expect_text "size of btrfs" "$(btrfs_bytes "$b")" $((380 << 20))
	refused 5 "cannot be resized to less than 256.00 MiB" svreduce -r -L 252M "$VG/b"
	mount "$b" "$point"
	mount -t tmpfs tmpfs "$point"
	refused_mounted "cannot be resized meanwhile" svreduce -r -L 340M "$VG/b"
	umount "$point"
	svreduce -r -L 340M "$VG/b"
	umount "$point"
	expect_text "size of btrfs" "$(btrfs_bytes "$b")" $((340 << 20))
	svreduce -r -L 320M "$VG/b"
	expect_text "size of btrfs" "$(btrfs_bytes "$b")" $((320 << 20))
	assert_lvm2_agrees
}

# sized COMMAND WORD...: the extents that the base has after it; then it has 7 again.
sized() {
	command "$@" -q -y >&2 || return
	echo $(($(blockdev --getsize64 "/dev/$VG/base") >> 22))
	command svresize -q -y -l 7 "$VG/base"
}

@test "sizes are rounded as LVM2 rounds them, and a device without a size means all of it" {
	local words wanted=() sizes=()
	local -a changes=('extend -l 100%VG' 'extend -l 200%FREE' 'extend -l +33%VG' 'extend -l +33%FREE' 'extend -l +33%LV' 'extend -L +5000k'
		'reduce -l -33%LV' 'reduce -l -5%VG' 'reduce -L -5000k' 'reduce -L 5000k')
	svextend -q -l 7 "$VG/base"
	svcreate -q -an -Zn -l 3 -n other "$VG"
	lvm2_system_dir
	{
		echo '#!lvm'
		printf "lv%s --test -y $VG/base\n" "${changes[@]}"
		echo "lvextend --test -l +33%PVS $VG/base ${DEVICES[1]}"
		echo "lvextend --test $VG/base ${DEVICES[1]}"
	} >"$LVM2_DIR/script"
	mapfile -t wanted < <(LVM_SYSTEM_DIR=$LVM2_DIR lvm "$LVM2_DIR/script" 2>/dev/null |
		sed -n 's/.* changed from .* to .*(\([0-9]*\) extents).*/\1/p')
	for words in "${changes[@]}"; do
		# shellcheck disable=SC2086
		sizes+=("$(sized sv$words "$VG/base")")
	done
	sizes+=("$(sized svextend -l +33%PVS "$VG/base" "${DEVICES[1]}")")
	sizes+=("$(sized svextend "$VG/base" "${DEVICES[1]}")")
	expect_text sizes "${sizes[*]}" "${wanted[*]}"
	refused 5 "do not fit" svextend -l +100%VG "$VG/base"
	svextend -q -l +100%FREE "$VG/base"
	refused 5 "size already" svextend -l +100%PVS "$VG/base" "${DEVICES[1]}"
	refused 5 "nothing would be left" svresize -y -l 100%FREE "$VG/base"
}

@test "nonsense is refused with one line and the right status" {
	svcreate -q -s -L 4M -n snap "$VG/base"
	refused 5 "snapshots" svreduce -y -L 4M "$VG/base"
	refused 5 "size already" svextend -L 16M "$VG/base"
	refused 5 "size already" svextend -L 4M "$VG/snap"
	refused 5 "not larger than" svextend -L 8M "$VG/base"
	refused 3 "contradicts" svextend -L -8M "$VG/base"
	refused 5 "" svextend -L +1T "$VG/base"
	refused 5 "no such volume" svextend -L +4M "$VG/nosuch"
	refused 3 "" svextend -L +4M "$VG"
	refused 3 "" svextend -L 5Q "$VG/base"
	refused 3 "say how large" svextend "$VG/base"
	refused 3 "may not be zero" svextend -L +0 "$VG/base"
	refused 3 "may not be zero" svresize -l 0 "$VG/base"
	refused 5 "%ORIGIN is for snapshots" svextend -l +1%ORIGIN "$VG/base"
	refused 5 "nothing would be left" svreduce -y -l -100%LV "$VG/base"
}
