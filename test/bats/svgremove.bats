#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 2 32M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

@test "a group goes and its devices stay PVs" {
	svgremove "$VG"
	not lvm2 vgs "$VG"
	is_orphan "${DEVICES[@]}"
	[ ! -e "/etc/lvm/backup/$VG" ]
	svgcreate -q "$VG" "${DEVICES[@]}"
}

@test "several groups go at once" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	lvm2 vgcreate -qq "${VG}b" "${DEVICES[1]}" >/dev/null
	svgremove "${VG}b" "$VG"
	is_orphan "${DEVICES[@]}"
}

@test "a group with volumes goes with them, when told so" {
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	refused 5 "say --yes" svgremove "$VG"
	svgremove --force "$VG"
	not dm_exists "$VG-base"
	not dm_exists "$VG-snap"
	is_orphan "${DEVICES[@]}"
}

@test "one of which a device is missing goes by force, with its volumes, as by LVM2" {
	local lost="devices/filter=[\"r|^${DEVICES[1]}$|\"]"
	svcreate -q -L 8M -n base "$VG" "${DEVICES[0]}"
	svcreate -q -s -L 4M -n snap "$VG/base" "${DEVICES[1]}"
	svcreate -q -s -L 4M -n here "$VG/base" "${DEVICES[0]}"
	svchange -q -an "$VG"
	refused 5 "a device of the group is missing" svgremove --yes --config "$lost" "$VG"
	command svgremove -q --force --config "$lost" "$VG"
	expect_text groups "$(words_of svgs --config "$lost" --noheadings -o vg_name)" ""
	# what is back has what it had
	svgremove -q --force "$VG"
	is_orphan "${DEVICES[@]}"
}

@test "a group with a volume in use stays whole" {
	svcreate -q -L 8M -n base "$VG"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/mnt"
	mount -o ro "/dev/$VG/base" "$BATS_TEST_TMPDIR/mnt"
	sync
	refused 5 "mounted on" svgremove -f -y "$VG"
	umount "$BATS_TEST_TMPDIR/mnt"
}

@test "--test tells and changes nothing" {
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgremove --test "$VG"
	expect_text output "$output" "remove  $VG"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "what cannot be done is refused and nothing changed" {
	refused 3 "say which" svgremove
	refused 5 "letters, digits" svgremove "a b"
	refused 3 "" svgremove "$VG/volume"
	refused 5 "no such group" svgremove nosuchgroup
	lvm2 vgexport -qq "$VG" >/dev/null
	refused 5 "exported" svgremove -f "$VG"
	lvm2 vgimport -qq "$VG" >/dev/null
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svgremove)" "$VG"
	svgremove -q "$VG" <&-
}
