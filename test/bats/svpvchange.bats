#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 120 seconds

load lib
load refused
load group

SHIM=$SNAPVOL_BIN_DIR/../test/bats/killshim.so

setup() {
	prepare_devices 2 32M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

@test "tags and marks are as asked for, as LVM2 sees it" {
	svpvchange -x n --addtag slow --addtag old "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_allocatable ""
	pv_field "${DEVICES[0]}" pv_tags old,slow
	not svcreate -q -l 8 -n base "$VG"
	svpvchange -q -a -x y --deltag old
	pv_field "${DEVICES[0]}" pv_allocatable allocatable
	pv_field "${DEVICES[0]}" pv_tags slow
	svpvchange -q -x n @slow
	pv_field "${DEVICES[0]}" pv_allocatable ""
	pv_field "${DEVICES[1]}" pv_allocatable allocatable
	lvm2 pvchange -qq -x y @slow
	svpvchange -x n @fast
	lvm2 pvchange -qq -x n @fast
	pv_field "${DEVICES[0]}" pv_allocatable allocatable
	svcreate -q -l 8 -n base "$VG"
}

@test "metadata areas are left unused and used again" {
	svpvchange -q --metadataignore y "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_mda_used_count 0
	pv_field "${DEVICES[1]}" pv_mda_used_count 1
	svcreate -q -an -l 1 -n base "$VG"
	refused 5 "no other device" svpvchange --metadataignore y "${DEVICES[1]}"
	svpvchange -q --metadataignore n "${DEVICES[0]}"
	pv_field "${DEVICES[0]}" pv_mda_used_count 1
	svpvchange -q --metadataignore y "${DEVICES[1]}"
	check_field "$VG/base" lv_size 4.00m
	svgck "$VG"
}

@test "an area that alone was given the newest metadata stays in use" {
	local log=$BATS_TEST_TMPDIR/events events n status kept=0
	KILL_OPS=ws KILL_LOG=$log LD_PRELOAD=$SHIM command svpvchange -q --metadataignore y "${DEVICES[1]}"
	mapfile -t events < <(awk -v device="${DEVICES[0]}" '$4 == device { print $1 }' "$log")
	((${#events[@]} > 3))
	expect_complaints
	for n in "${events[@]}"; do
		svpvchange -q --metadataignore n "${DEVICES[1]}"
		svpvchange -q --deltag new "${DEVICES[0]}"
		status=0
		KILL_OPS=ws KILL_AT=$n KILL_HOW=5 LD_PRELOAD=$SHIM command svpvchange --addtag new --metadataignore y \
			"${DEVICES[1]}" 2>"$BATS_TEST_TMPDIR/said" || status=$?
		expect_text "status at $n" "$status" 0
		pv_field "${DEVICES[1]}" pv_tags new
		! grep -q "${DEVICES[1]}: its metadata areas stay in use, as no other" "$BATS_TEST_TMPDIR/said" || kept=$((kept + 1))
		svpvchange -q --deltag new "${DEVICES[1]}"
	done
	((kept > 1))
	svgck --updatemetadata "$VG"
	complaints_ended
}

@test "a PV of no group gets another identity" {
	local id
	svgreduce -q "$VG" "${DEVICES[1]}"
	id=$(pv_id "${DEVICES[1]}")
	svpvchange -u "${DEVICES[1]}"
	[ "$(pv_id "${DEVICES[1]}")" != "$id" ]
	svpvchange -q --metadataignore y "${DEVICES[1]}"
	pv_field "${DEVICES[1]}" pv_mda_used_count 0
	svgextend -q "$VG" "${DEVICES[1]}"
}

@test "of two PVs of one identity, which are in no group, one gets another" {
	expect_complaints
	svgremove -q "$VG"
	dd if="${DEVICES[0]}" of="${DEVICES[1]}" bs=1M conv=fsync status=none
	settle_udev
	refused 5 "another device has the same identity" svgcreate "$VG" "${DEVICES[1]}"
	svpvchange -q -u "${DEVICES[1]}"
	svgcreate -q "$VG" "${DEVICES[@]}"
	complaints_ended
}

@test "a device of a group gets another identity while none of its volumes is active" {
	local id
	svcreate -q -L 8M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	id=$(pv_id "${DEVICES[0]}")
	refused 5 "$VG/base: is active; no device of its group" svpvchange -u "${DEVICES[0]}"
	svgchange -q -an "$VG"
	run -0 svpvchange --test -u "${DEVICES[0]}"
	expect_text plan "$(cut -d ' ' -f 1 <<<"$output" | xargs)" "commit label commit"
	[ "$(pv_id "${DEVICES[0]}")" = "$id" ]
	run -0 svpvchange -u --addtag word "${DEVICES[0]}"
	expect_text said "$output" "${DEVICES[0]}: changed"
	[ "$(pv_id "${DEVICES[0]}")" != "$id" ]
	pv_field "${DEVICES[0]}" pv_tags word
	svgchange -q -ay "$VG"
	svcheck -q "$VG"
	refused 3 "not for users" svpvchange --addtag "snapvol.identity=${id//-/}" "${DEVICES[1]}"
	lvm2 pvs --noheadings -o uuid "${DEVICES[0]}" | grep -q "$(pv_id "${DEVICES[0]}")"
}

@test "killed at any write of a new identity the device is known by one of the two" {
	local n id now status
	svcreate -q -an -Zn -L 8M -n base "$VG"
	for ((n = 1; ; n++)); do
		id=$(pv_id "${DEVICES[1]}") status=0
		KILL_OPS=w KILL_AT=$n LD_PRELOAD=$SHIM command svpvchange -q -u "${DEVICES[1]}" || status=$?
		((status == 137)) || break
		run -0 --separate-stderr svpvs --noheadings -o vg_missing_pv_count "${DEVICES[1]}"
		expect_text "devices missed after $n writes" "${output// /} $stderr" "0 "
		svrecover -q "$VG"
		svcheck -q "$VG"
		pv_field "${DEVICES[1]}" pv_tags ""
	done
	((status == 0 && n > 6))
	now=$(pv_id "${DEVICES[1]}")
	[ "$now" != "$id" ]
}

# Where the command holds the lock already, the other is refused.
@test "of two new identities at one time one is written, and the metadata know it" {
	local n stderr status refusals=0
	svcreate -q -an -Zn -L 8M -n base "$VG"
	for ((n = 1; ; n++)); do
		status=0
		stderr=$(KILL_OPS=l KILL_AT=$n KILL_LOG=$BATS_TEST_TMPDIR/locks KILL_HOW=run \
			KILL_RUN="svpvchange -q -u --lock-timeout 1 ${DEVICES[1]} 2>/dev/null" \
			LD_PRELOAD=$SHIM command svpvchange -q -u "${DEVICES[1]}" 2>&1) || status=$?
		if ((status)); then
			expect_text "said, the other before lock $n" "$status $stderr" \
				"5 ${DEVICES[1]}: somebody else has taken its new identity back"
			refusals=$((refusals + 1))
		fi
		run -0 --separate-stderr svpvs --noheadings -o vg_missing_pv_count,pv_tags "${DEVICES[1]}"
		expect_text "devices missed, and tags, the other before lock $n" "${output// /} $stderr" "0 "
		svcheck -q "$VG"
		(($(wc -l <"$BATS_TEST_TMPDIR/locks") >= n)) || break
		rm "$BATS_TEST_TMPDIR/locks"
	done
	((refusals > 0))
}

@test "a backup that was written while a device got another identity is restored" {
	local id new file=$BATS_TEST_TMPDIR/backup
	id=$(pv_id "${DEVICES[1]}")
	svcreate -q -an -Zn -L 8M -n base "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	svpvchange -q -u "${DEVICES[1]}"
	new=$(pv_id "${DEVICES[1]}")
	sed -i "/id = \"$id\"/a tags = [\"snapvol.identity=${new//-/}\"]" "$file"
	svremove -q -f "$VG/base"
	svgcfgrestore -q -f "$file" "$VG"
	check_field "$VG/base" lv_size 8.00m
	[ "$(pv_id "${DEVICES[1]}")" = "$new" ]
	pv_field "${DEVICES[1]}" pv_tags ""
}

@test "--test tells and changes nothing" {
	local before
	svpvchange -q --metadataignore y "${DEVICES[0]}"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svpvchange -t --metadataignore n -x n "${DEVICES[0]}"
	expect_text output "$output" "areas   ${DEVICES[0]}
commit  $VG seqno 3"
	run -0 svpvchange -t --metadataignore n "${DEVICES[1]}"
	expect_text output "$output" "commit  $VG seqno 3"
	svgchange -q --vgmetadatacopies 1 "$VG"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svpvchange -t --metadataignore n "${DEVICES[0]}"
	[[ $output == *"areas   ${DEVICES[0]}"* ]]
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

@test "what cannot be done is refused and nothing changed" {
	refused 3 "say --all" svpvchange -x n
	refused 3 "say --all" svpvchange -a -x n "${DEVICES[0]}"
	refused 3 "say what to change" svpvchange "${DEVICES[0]}"
	refused 3 "" svpvchange --addtag % "${DEVICES[0]}"
	svgreduce -q "$VG" "${DEVICES[1]}"
	refused 5 "is in no group" svpvchange -x n "${DEVICES[1]}"
	refused 5 "is in no group" svpvchange --addtag t "${DEVICES[1]}"
	svpvremove -q "${DEVICES[1]}"
	refused 5 "is no PV" svpvchange -u "${DEVICES[1]}"
	lvm2 vgexport -qq "$VG" >/dev/null
	refused 5 exported svpvchange -x n "${DEVICES[0]}"
}
