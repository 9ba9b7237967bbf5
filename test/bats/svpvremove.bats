#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

setup() {
	prepare_devices 2 16M
	svpvcreate -q "${DEVICES[@]}"
}

@test "devices are no PVs any more" {
	svpvremove "${DEVICES[@]}"
	no_pv "${DEVICES[@]}"
	expect_text type "$(blkid -p -o value -s TYPE "${DEVICES[0]}" || true)" ""
}

@test "PVs that LVM2 made are unmade too" {
	lvm2 pvcreate -ffy --pvmetadatacopies 2 "${DEVICES[0]}"
	svpvremove "${DEVICES[0]}"
	no_pv "${DEVICES[0]}"
	is_orphan "${DEVICES[1]}"
}

@test "a device of a group goes only by force" {
	svgcreate -q "$VG" "${DEVICES[@]}"
	refused 5 "is a device of group $VG" svpvremove -y "${DEVICES[1]}"
	refused 5 "is a device of group $VG" svpvremove -y -f "${DEVICES[1]}"
	refused 5 "say --yes" svpvremove -ff "${DEVICES[1]}"
	expect_complaints
	svpvremove -ff -y "${DEVICES[1]}"
	no_pv "${DEVICES[1]}"
	not svgck "$VG"
}

@test "--test tells and changes nothing" {
	run -0 svpvremove --test "${DEVICES[@]}"
	expect_text output "$output" "unmake PV ${DEVICES[0]}
unmake PV ${DEVICES[1]}"
	is_orphan "${DEVICES[@]}"
}

@test "what cannot be done is refused before any device is written" {
	refused 3 "usage" svpvremove
	refused 5 "No such file" svpvremove "${DEVICES[0]}" /dev/nosuchdevice
	refused 5 "named twice" svpvremove "${DEVICES[0]}" "${DEVICES[0]}"
	prepare_devices 1 16M
	refused 5 "is no PV" svpvremove "${DEVICES[0]}" "${DEVICES[2]}"
	dmsetup create "${VG}x" --table "0 8 linear ${DEVICES[1]} 0"
	refused 5 "used by device ${VG}x (dm-" svpvremove -ff -y "${DEVICES[0]}" "${DEVICES[1]}"
	dmsetup remove --retry "${VG}x"
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svpvremove)" "${DEVICES[0]}"
	svpvremove -q "${DEVICES[0]}" <&-
}
