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

@test "a group has another name, and so has its backup" {
	local id
	id=$(lvm2 vgs --noheadings -o vg_uuid "$VG")
	svgrename "$VG" "${VG}new"
	not lvm2 vgs "$VG"
	expect_text identity "$(lvm2 vgs --noheadings -o vg_uuid "${VG}new")" "$id"
	assert_lvm2_agrees
	[ ! -e "/etc/lvm/backup/$VG" ]
	[ -e "/etc/lvm/backup/${VG}new" ]
	svgrename "/dev/${VG}new" "/dev/$VG"
}

@test "devices of active volumes are renamed while they are mounted" {
	svcreate -q -L 8M -n ba-se "$VG"
	svcreate -q -L 4M -n other "$VG"
	svcreate -q -an -L 4M -n off "$VG"
	mkfs.ext4 -q "/dev/$VG/ba-se"
	svcreate -q -s -L 4M -n snap "$VG/ba-se"
	mkdir "$BATS_TEST_TMPDIR/mnt"
	mount "/dev/$VG/ba-se" "$BATS_TEST_TMPDIR/mnt"
	svgrename -q "$VG" "${VG}-new"
	expect_text "devices of the old name" "$(dmsetup ls | grep -c "^$VG-[^-]" || true)" 0
	expect_text devices "$(dmsetup ls | cut -f 1 | grep -F "${VG}--new-" | sort | tr '\n' ' ')" \
		"${VG}--new-ba--se ${VG}--new-ba--se-real ${VG}--new-other ${VG}--new-snap ${VG}--new-snap-cow "
	touch "$BATS_TEST_TMPDIR/mnt/still-here"
	[ -b "/dev/${VG}-new/snap" ]
	[ ! -e "/dev/$VG/snap" ]
	umount "$BATS_TEST_TMPDIR/mnt"
	assert_lvm2_agrees
	svremove -qf "${VG}-new"
}

@test "one of two groups of one name is renamed by its identity, and the devices of the other stay" {
	local id table
	expect_complaints
	svgreduce -q "$VG" "${DEVICES[1]}"
	svcreate -q -an -L 4M -n base "$VG"
	lvm2 vgcreate -qq "${VG}b" "${DEVICES[1]}" >/dev/null
	lvm2 lvcreate -qq -an -Zn -L 8M -n base "${VG}b" >/dev/null 2>&1
	id=$(lvm2 vgs --noheadings -o vg_uuid "${VG}b" | tr -d ' ')
	# As if the disk had been brought from another machine.
	timeout 20 /sbin/vgrename -qq --config "devices { use_devicesfile=0 filter=[\"a|^${DEVICES[1]}\$|\",\"r|.*|\"] }" \
		"${VG}b" "$VG" >/dev/null
	svchange -qay --devices "${DEVICES[0]}" "$VG/base"
	table=$(dm_table "$VG-base")
	refused 5 "several groups have this name" svgrename "$VG" "${VG}c"
	expect_text "active volumes" "$(words_of svs --noheadings -o lv_active -S "vg_uuid=$id")" ""
	svgrename "$id" "${VG}c"
	pv_field "${DEVICES[1]}" vg_name "${VG}c"
	expect_text "table" "$(dm_table "$VG-base")" "$table"
	not dm_exists "${VG}c-base"
	check_field "$VG/base" lv_active active
	check_field "${VG}c/base" lv_active ""
	complaints_ended
}

@test "an exported group can be called otherwise, as by LVM2, and what has been told complete has the new name" {
	lvm2 vgexport -qq "$VG" >/dev/null
	svgrename "$VG" "${VG}b"
	vg_field "${VG}b" vg_exported exported
	lvm2 vgrename -qq "${VG}b" "$VG" >/dev/null
	svgimport -q "$VG"
	mkdir -p /run/lvm/{vgs_online,pvs_lookup}
	touch "/run/lvm/vgs_online/$VG" "/run/lvm/pvs_lookup/$VG"
	svgrename "$VG" "${VG}b"
	[ ! -e "/run/lvm/vgs_online/$VG" ]
	[ ! -e "/run/lvm/pvs_lookup/$VG" ]
	[ -e "/run/lvm/vgs_online/${VG}b" ]
	svgremove -q "${VG}b"
	[ ! -e "/run/lvm/vgs_online/${VG}b" ]
}

@test "--test tells and changes nothing" {
	local before
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgrename --test "$VG" "${VG}new"
	expect_text output "$output" "commit  ${VG}new seqno 2"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "what cannot be done is refused and nothing changed" {
	local name
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcreate -q "${VG}b" "${DEVICES[1]}"
	refused 3 usage svgrename
	refused 3 usage svgrename "$VG"
	refused 3 usage svgrename "$VG" a b
	for name in "" . .. -x a/b "a b" "$(printf 'x%.0s' {1..128})"; do
		refused 5 "" svgrename -- "$VG" "$name"
	done
	refused 5 "no such group" svgrename nosuchgroup x
	refused 5 "no such group" svgrename 000000-0000-0000-0000-0000-0000-000000 x
	refused 5 "has that name already" svgrename "$VG" "$VG"
	refused 5 "group exists already" svgrename "$VG" "${VG}b"
	refused 5 "/dev/null exists" svgrename "$VG" null
	lvm2 lvcreate -qq -an -Zn -l 1 -n "$(printf 'v%.0s' {1..60})" "$VG" >/dev/null 2>&1
	refused 5 "too long for the kernel" svgrename "$VG" "$(printf 'x%.0s' {1..63})"
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svgrename)" "$VG" "${VG}new"
	svgrename -q "$VG" "${VG}new" <&-
}
