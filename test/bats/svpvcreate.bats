#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 2 16M
}

@test "devices become PVs that LVM2 knows" {
	svpvcreate "${DEVICES[@]}"
	is_orphan "${DEVICES[@]}"
	pv_field "${DEVICES[0]}" pe_start 2048
	pv_field "${DEVICES[0]}" pv_mda_count 1
}

@test "alignment and size and number of areas are as LVM2 would make them" {
	local options fields=pe_start,pv_mda_count,pv_mda_used_count,pv_mda_size,pv_size,ba_start,ba_size
	for options in "--dataalignment 64k" "--dataalignment 2m" "--metadatasize 300k" \
		"--metadatasize 3m" "--dataalignment 128k --dataalignmentoffset 7k" \
		"--bootloaderareasize 600k" "--bootloaderareasize 100k --dataalignment 256k --pvmetadatacopies 0" \
		"--setphysicalvolumesize 8m --pvmetadatacopies 2" "--bootloaderareasize 1m --dataalignmentoffset 4k" \
		"--pvmetadatacopies 0" "--pvmetadatacopies 2 -M lvm2" "--metadataignore y" "--labelsector 3"; do
		# shellcheck disable=SC2086
		svpvcreate -qy $options "${DEVICES[0]}"
		# shellcheck disable=SC2086
		lvm2 pvcreate -qqy $options "${DEVICES[1]}" >/dev/null 2>&1
		is_orphan "${DEVICES[0]}"
		expect_text "places with $options" \
			"$(lvm2 pvs --noheadings -o "$fields" "${DEVICES[0]}")" \
			"$(lvm2 pvs --noheadings -o "$fields" "${DEVICES[1]}")"
	done
	expect_text label "$(dd if="${DEVICES[0]}" bs=512 skip=3 count=1 status=none | head -c 8)" LABELONE
	refused 3 "is 0 to 3" svpvcreate -y --labelsector 4 "${DEVICES[0]}"
}

@test "a PV gets its identity and the place of its data back from a backup" {
	local id start
	svgcreate -q --dataalignment 192k "$VG" "${DEVICES[0]}"
	id=$(pv_id "${DEVICES[0]}")
	start=$(lvm2 pvs --noheadings --units s --nosuffix -o pe_start "${DEVICES[0]}" | tr -d ' ')
	cp "/etc/lvm/backup/$VG" "$BATS_TEST_TMPDIR/backup"
	dd if=/dev/zero of="${DEVICES[0]}" bs=1M count=1 conv=fsync status=none
	svpvcreate -u "$id" --restorefile "$BATS_TEST_TMPDIR/backup" "${DEVICES[0]}"
	expect_text identity "$(pv_id "${DEVICES[0]}")" "$id"
	pv_field "${DEVICES[0]}" pe_start "$start"
	refused 5 "is the identity of" svpvcreate -u "$id" --norestorefile "${DEVICES[1]}"
	# the same once more
	svpvcreate -y -ff -u "$id" --restorefile "$BATS_TEST_TMPDIR/backup" "${DEVICES[0]}"
	expect_text identity "$(pv_id "${DEVICES[0]}")" "$id"
}

@test "what lived on a device is named, and wiped only when told so" {
	mkfs.ext4 -q "${DEVICES[0]}"
	refused 5 "has a ext4 filesystem" svpvcreate "${DEVICES[@]}"
	no_pv "${DEVICES[@]}"
	svpvcreate --yes "${DEVICES[@]}"
	is_orphan "${DEVICES[@]}"
	expect_text type "$(blkid -p -o value -s TYPE "${DEVICES[0]}")" LVM2_member
}

@test "a PV is made anew without a question" {
	local id
	svpvcreate -q "${DEVICES[0]}"
	id=$(pv_id "${DEVICES[0]}")
	svpvcreate -q "${DEVICES[0]}" </dev/null
	[ "$(pv_id "${DEVICES[0]}")" != "$id" ]
}

@test "of two devices of one identity neither joins a group until one is made a PV anew" {
	expect_complaints
	svpvcreate -q "${DEVICES[0]}"
	dd if="${DEVICES[0]}" of="${DEVICES[1]}" bs=1M conv=fsync status=none
	settle_udev
	refused 5 "make this a PV anew with svpvcreate" svgcreate "$VG" "${DEVICES[0]}"
	refused 5 "make this a PV anew with svpvcreate" svgcreate "$VG" "${DEVICES[1]}"
	svpvcreate -q "${DEVICES[1]}"
	svgcreate -q "$VG" "${DEVICES[@]}"
	complaints_ended
}

@test "a device of a group is taken only by force" {
	svgcreate -q "$VG" "${DEVICES[@]}"
	refused 5 "is a device of group $VG" svpvcreate -y "${DEVICES[0]}"
	refused 5 "say --yes" svpvcreate -ff "${DEVICES[0]}"
	expect_complaints
	svpvcreate -ff -y "${DEVICES[0]}"
	is_orphan "${DEVICES[0]}"
}

@test "--test tells and changes nothing" {
	local before
	mkfs.ext4 -q "${DEVICES[0]}"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svpvcreate --test "${DEVICES[@]}"
	[[ $output == *"wipe    ${DEVICES[0]}: ext4 filesystem"*"make PV ${DEVICES[1]}"* ]]
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "devices that fail while they are written leave none half made" {
	skip_without_target flakey
	local sectors name=${VG}flakey
	sectors=$(blockdev --getsz "${DEVICES[1]}")
	dmsetup create "$name" --table "0 $sectors flakey ${DEVICES[1]} 0 0 1 1 error_writes"
	not svpvcreate -q "${DEVICES[0]}" "/dev/mapper/$name"
	dmsetup remove --retry "$name"
	no_pv "${DEVICES[@]}"
}

@test "bad command lines are status 3" {
	local device=${DEVICES[0]}
	refused 3 "usage" svpvcreate
	refused 3 "" svpvcreate --pvmetadatacopies 3 "$device"
	refused 3 "" svpvcreate --metadatasize 0 "$device"
	refused 3 "" svpvcreate --metadatasize -1m "$device"
	refused 3 "" svpvcreate --metadatasize 99999999999999999999t "$device"
	refused 3 "" svpvcreate --metadatasize 15e "$device"
	refused 3 "" svpvcreate --dataalignment x "$device"
	refused 3 "" svpvcreate --dataalignment 15e "$device"
	refused 3 "needs --restorefile" svpvcreate -u 000000-0000-0000-0000-0000-0000-000000 "$device"
	refused 3 "needs --uuid" svpvcreate --restorefile /etc/passwd "$device"
	refused 3 "is no identity" svpvcreate -u "../../etc" --norestorefile "$device"
	refused 3 "one device" svpvcreate -u 000000-0000-0000-0000-0000-0000-000000 --norestorefile "${DEVICES[@]}"
}

@test "devices that cannot be PVs are refused before any is written" {
	local device=${DEVICES[0]}
	refused 5 "No such file" svpvcreate "$device" /dev/nosuchdevice
	refused 5 "no block device" svpvcreate "$device" /etc
	refused 5 "not among" svpvcreate "$device" /etc/passwd
	refused 5 "named twice" svpvcreate "$device" "$device"
	refused 5 "/nosuchfile" svpvcreate -u 000000-0000-0000-0000-0000-0000-000000 --restorefile /nosuchfile "$device"
	not svpvcreate -u 000000-0000-0000-0000-0000-0000-000000 --restorefile /etc/passwd "$device"
	refused 5 "alignment offset" svpvcreate --dataalignmentoffset 2m "$device"
	refused 5 "no room is left" svpvcreate --dataalignment 16m "$device"
	refused 5 "rejected by devices/filter" svpvcreate --config 'devices/filter=["r|.*|"]' "$device"
	prepare_devices 1 1M
	refused 5 "too small" svpvcreate "$device" "${DEVICES[2]}"
	prepare_devices 1 16M --read-only
	refused 5 "read-only" svpvcreate "$device" "${DEVICES[3]}"
}

@test "devices in use are refused and their users named" {
	local device=${DEVICES[0]} mnt=$BATS_TEST_TMPDIR/mnt
	mkfs.ext4 -q "${DEVICES[1]}"
	mkdir "$mnt"
	mount -o ro "${DEVICES[1]}" "$mnt"
	sync
	refused 5 "mounted on $mnt" svpvcreate -y -ff "$device" "${DEVICES[1]}"
	umount "$mnt"
	dmsetup create "${VG}x" --table "0 8 linear ${DEVICES[1]} 0"
	refused 5 "used by device ${VG}x (dm-" svpvcreate -y -ff "$device" "${DEVICES[1]}"
}

@test "without root, or without standard input, nothing happens silently" {
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svpvcreate)" "${DEVICES[0]}"
	svpvcreate -q "${DEVICES[0]}" <&-
	is_orphan "${DEVICES[0]}"
}
