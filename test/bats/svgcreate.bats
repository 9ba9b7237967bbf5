#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 180 seconds

load lib
load refused
load group

setup() {
	prepare_devices 3 16M
}

@test "devices become PVs of a new group" {
	svgcreate "$VG" "${DEVICES[@]}"
	vg_field "$VG" pv_count 3
	vg_field "$VG" vg_seqno 1
	vg_field "$VG" vg_extent_size 8192
	vg_field "$VG" vg_extent_count 9
	vg_field "$VG" vg_attr wz--n-
	svgck "$VG"
}

@test "a group reads as one that LVM2 made" {
	svgcreate -q "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	lvm2 vgcreate -qq "${VG}b" "${DEVICES[2]}" >/dev/null
	lvm2 vgcfgbackup -f "$BATS_TEST_TMPDIR/%s.text" >/dev/null
	# Everything but names, times, identities and what two devices are more than one.
	expect_text text \
		"$(sed -nE '/^\S.* \{/,$p' "$BATS_TEST_TMPDIR/$VG.text" | sed -E '/^\S/d; /pv1 \{/,/^\t\t\}/d; /^$/d; s/"[^"]{38}"/ID/; s/loop[0-9]+//' )" \
		"$(sed -nE '/^\S.* \{/,$p' "$BATS_TEST_TMPDIR/${VG}b.text" | sed -E '/^\S/d; /^$/d; s/"[^"]{38}"/ID/; s/loop[0-9]+//')"
}

@test "extents, limits, tags, policy and autoactivation are as asked for" {
	svgcreate -s 1m -l 3 -p 2 --addtag one --addtag two --alloc cling --setautoactivation n \
		"$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	vg_field "$VG" vg_extent_size 2048
	vg_field "$VG" max_lv 3
	vg_field "$VG" max_pv 2
	vg_field "$VG" vg_tags one,two
	vg_field "$VG" vg_allocation_policy cling
	vg_field "$VG" vg_autoactivation ""
	refused 5 "(max_pv) is 2" svgextend "$VG" "${DEVICES[2]}"
}

@test "extent sizes are powers of two or multiples of 128 KiB" {
	local size
	for size in 1k 64k 128k 384k 3m 8m 4 0.5m 8192s; do
		svgcreate -q -s "$size" "$VG" "${DEVICES[0]}"
		svgremove -q "$VG"
	done
}

@test "PVs are taken as they are, other devices are made PVs" {
	local id
	lvm2 pvcreate -qq --dataalignment 3m "${DEVICES[0]}" >/dev/null
	id=$(pv_id "${DEVICES[0]}")
	svgcreate -q --dataalignment 2m --pvmetadatacopies 2 "$VG" "${DEVICES[@]}"
	expect_text identity "$(pv_id "${DEVICES[0]}")" "$id"
	pv_field "${DEVICES[0]}" pe_start 6144
	pv_field "${DEVICES[1]}" pe_start 4096
	pv_field "${DEVICES[1]}" pv_mda_count 2
}

@test "LVM2 works on the group, and we on after it" {
	svgcreate -q "$VG" "${DEVICES[@]}"
	lvm2 lvcreate -qq -an -Zn -L 8M -n v "$VG" >/dev/null 2>&1
	svgck "$VG"
	vg_field "$VG" vg_seqno 2
}

@test "archive and backup are kept where LVM2 looks for them" {
	svgcreate -q "$VG" "${DEVICES[0]}"
	svgchange -q --addtag one "$VG"
	run -0 lvm2 vgcfgrestore --list "$VG"
	[[ $output == *"/etc/lvm/backup/$VG"* ]]
	[[ $output == *"/etc/lvm/archive/${VG}_"* ]]
}

@test "foreign signatures need --yes" {
	mkfs.ext4 -q "${DEVICES[1]}"
	refused 5 "say --yes" svgcreate "$VG" "${DEVICES[@]}"
	svgcreate --yes "$VG" "${DEVICES[@]}"
}

@test "--test tells and changes nothing" {
	local before
	svpvcreate -q "${DEVICES[0]}"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgcreate --test "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	expect_text output "$output" "make PV ${DEVICES[1]}
commit  $VG seqno 1"
	run -0 svgcreate --test "$VG" "${DEVICES[0]}"
	expect_text output "$output" "commit  $VG seqno 1"
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "a device that fails leaves no PV and no group" {
	skip_without_target flakey
	local name=${VG}flakey
	dmsetup create "$name" \
		--table "0 $(blockdev --getsz "${DEVICES[2]}") flakey ${DEVICES[2]} 0 0 1 1 error_writes"
	not svgcreate -q "$VG" "${DEVICES[0]}" "${DEVICES[1]}" "/dev/mapper/$name"
	dmsetup remove --retry "$name"
	no_pv "${DEVICES[@]}"
	not lvm2 vgs "$VG"
}

@test "a group without any metadata area leaves no PV" {
	not svgcreate --pvmetadatacopies 0 "$VG" "${DEVICES[@]}"
	no_pv "${DEVICES[@]}"
}

# copies: how many metadata areas LVM2 finds in use, and how many the group says.
copies() {
	lvm2 vgs --noheadings -o vg_mda_used_count,vg_mda_copies "$VG" | xargs
}

@test "so many metadata areas are in use as the group says, whoever joins or leaves" {
	svgcreate -q --vgmetadatacopies 2 "$VG" "${DEVICES[0]}" "${DEVICES[1]}"
	expect_text "at first" "$(copies)" "2 2"
	svgextend -q "$VG" "${DEVICES[2]}"
	expect_text "with a third device" "$(copies)" "2 2"
	svgreduce -q "$VG" "${DEVICES[0]}"
	expect_text "without the first" "$(copies)" "2 2"
	svgextend -q "$VG" "${DEVICES[0]}"
	run -0 svgchange -t --metadatacopies 1 "$VG"
	[[ $output == *"commit  $VG "*$'\n'"areas   ${DEVICES[2]}"* ]]
	svgchange -q --metadatacopies 1 "$VG"
	expect_text "one" "$(copies)" "1 1"
	# the only one there is leaves
	svgreduce -q "$VG" "${DEVICES[1]}"
	expect_text "one of two" "$(copies)" "1 1"
	lvm2 vgchange -q --vgmetadatacopies 2 "$VG"
	expect_text "as LVM2 wants it" "$(copies)" "2 2"
	svgsplit -q --vgmetadatacopies unmanaged "$VG" "${VG}split" "${DEVICES[0]}"
	expect_text "what there is" "$(copies)" "1 2"
	svgmerge -q "$VG" "${VG}split"
	expect_text "of both" "$(copies)" "2 2"
	svgchange -q --vgmetadatacopies 1 "$VG"
	refused 5 "chooses itself" svpvchange --metadataignore n "${DEVICES[0]}"
	refused 5 "$VG: none of the devices that would stay has metadata of it; see svpvchange --metadataignore n" \
		svgsplit "$VG" "${VG}split" "${DEVICES[2]}"
	refused 5 "$VG: none of the devices that would stay" svgsplit "$VG" "${VG}split" "${DEVICES[0]}" "${DEVICES[2]}"
	svgchange -q --vgmetadatacopies all "$VG"
	expect_text "all" "$(copies)" "2 unmanaged"
	svgchange -q --vgmetadatacopies 1 "$VG"
	svpvchange -q --force --metadataignore n "${DEVICES[0]}"
	expect_text "by hand" "$(copies)" "2 unmanaged"
}

@test "bad command lines are status 3" {
	local device=${DEVICES[0]} name size
	refused 3 usage svgcreate
	refused 3 usage svgcreate "$VG"
	for name in "" - -x . .. a/b "a b" ä 'a*' "$(printf 'x%.0s' {1..128})"; do
		refused 3 "" svgcreate -- "$name" "$device"
	done
	for size in 0 -1m +4m 3k 100k 5m5 x 99999999999999999999 16e 4t; do
		refused 3 "" svgcreate "--physicalextentsize=$size" "$VG" "$device"
	done
	refused 3 "" svgcreate -l -1 "$VG" "$device"
	refused 3 "" svgcreate -p 4294967296 "$VG" "$device"
	refused 3 "" svgcreate --addtag 'a b' "$VG" "$device"
	refused 3 "" svgcreate --alloc somewhere "$VG" "$device"
	refused 3 "is no number" svgcreate --vgmetadatacopies some "$VG" "$device"
	refused 3 "" svgcreate --nosuchoption "$VG" "$device"
}

@test "what cannot be done is refused before any device is written" {
	local device=${DEVICES[0]}
	svgcreate -q "${VG}b" "${DEVICES[2]}"
	refused 5 "group exists already" svgcreate "${VG}b" "$device"
	refused 5 "is a device of group ${VG}b" svgcreate "$VG" "$device" "${DEVICES[2]}"
	refused 5 "is a device of group ${VG}b" svgcreate -ff -y "$VG" "$device" "${DEVICES[2]}"
	refused 5 "/dev/null exists" svgcreate null "$device"
	refused 5 "No such file" svgcreate "$VG" "$device" /dev/nosuchdevice
	refused 5 "named twice" svgcreate "$VG" "$device" "$device"
	refused 5 "(max_pv) is 1" svgcreate -p 1 "$VG" "$device" "${DEVICES[1]}"
	refused 5 "too small for one extent" svgcreate -s 32m "$VG" "$device"
	dmsetup create "${VG}x" --table "0 8 linear ${DEVICES[1]} 0"
	refused 5 "used by device ${VG}x (dm-" svgcreate "$VG" "$device" "${DEVICES[1]}"
	dmsetup remove --retry "${VG}x"
	prepare_devices 1 1M
	refused 5 "too small" svgcreate "$VG" "$device" "${DEVICES[3]}"
	prepare_devices 1 16M --read-only
	refused 5 "read-only" svgcreate "$VG" "$device" "${DEVICES[4]}"
}

@test "devices of different block sizes do not become one group" {
	prepare_devices 1 16M --sector-size 4096
	refused 5 "blocks of 4096 bytes" svgcreate "$VG" "${DEVICES[0]}" "${DEVICES[3]}"
	refused 5 "no whole number of blocks" svgcreate -s 2k "$VG" "${DEVICES[3]}"
	svgcreate -q "$VG" "${DEVICES[3]}"
	refused 5 "blocks of 512 bytes" svgextend "$VG" "${DEVICES[0]}"
}

@test "an ordinary user and closed standard descriptors" {
	refused 5 "only root can do this" setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$(command -v svgcreate)" "$VG" "${DEVICES[0]}"
	svgcreate "$VG" "${DEVICES[0]}" <&- >&- 2>&-
}
