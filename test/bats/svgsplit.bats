#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 300 seconds

load lib
load data
load refused
load group

setup() {
	prepare_devices 3 40M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG" "${DEVICES[0]}"
	svcreate -q -L 8M -n stay "$VG" "${DEVICES[2]}"
	NEW=${VG}-new
}

volumes() {
	local names
	names=$(lvm2 lvs --noheadings -o lv_name "$1") || { echo "lvs: status $?" && return; }
	tr -d ' ' <<<"$names" | sort | paste -sd ' '
}

@test "a group is cut in two and made whole again, by turns with LVM2, and contents stay" {
	local sum before NEW=${VG}new
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base" "${DEVICES[0]}"
	fill "$VG/base" after
	refused 5 "$VG/base: is active; deactivate it first" svgsplit "$VG" "$NEW" "${DEVICES[0]}"
	svchange -an "$VG/base"
	before=$(sha256sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgsplit --test "$VG" "$NEW" "${DEVICES[0]}"
	expect_text plan "$(sed "s/$VG seqno [0-9]*/$VG seqno N/" <<<"$output" | paste -sd ';')" \
		"commit  $NEW seqno 1;commit  $VG seqno N;commit  $NEW seqno 2"
	expect_text disks "$(sha256sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
	svgsplit -l 7 -p 5 --alloc cling -n snap "$VG" "$NEW"
	expect_text volumes "$(volumes "$VG")" "stay"
	expect_text volumes "$(volumes "$NEW")" "base snap"
	vg_field "$NEW" max_lv 7
	vg_field "$NEW" max_pv 5
	vg_field "$NEW" vg_allocation_policy cling
	vg_field "$NEW" vg_exported ""
	[ -e "/etc/lvm/backup/$NEW" ]
	svchange -ay "$NEW/base"
	same_contents "$NEW/snap" "$sum"
	svchange -an "$NEW"
	# into a group that is there, by both
	svgsplit "$VG" "$NEW" "${DEVICES[1]}"
	pv_field "${DEVICES[1]}" vg_name "$NEW"
	lvm2 vgsplit -qq "$NEW" "$VG" "${DEVICES[1]}" >/dev/null 2>&1
	pv_field "${DEVICES[1]}" vg_name "$VG"
	svgmerge -l "$VG" "$NEW" | grep -q "LV Name  *stay"
	expect_text volumes "$(volumes "$VG")" "base snap stay"
	not lvm2 vgs "$NEW"
	[ ! -e "/etc/lvm/backup/$NEW" ]
	svchange -ay "$VG/base"
	same_contents "$VG/snap" "$sum"
	# LVM2 parts, we join
	svchange -an "$VG"
	lvm2 vgsplit -qq "$VG" "$NEW" "${DEVICES[2]}" >/dev/null 2>&1
	svgmerge "$NEW" "$VG"
	expect_text volumes "$(volumes "$NEW")" "base snap stay"
}

@test "what LVM2 refuses is refused, and nothing is changed" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	refused 3 usage svgsplit "$VG"
	refused 3 "say which devices" svgsplit "$VG" "$NEW"
	refused 3 "contradicts" svgsplit -n base "$VG" "$NEW" "${DEVICES[0]}"
	refused 5 "is named as both groups" svgsplit "$VG" "$VG" "${DEVICES[0]}"
	refused 5 "is named as both groups" svgmerge "$VG" "$VG"
	refused 5 "${DEVICES[1]}: is no device of $VG" svgsplit "$VG" "$NEW" "${DEVICES[1]}"
	refused 5 "no such volume" svgsplit -n nosuch "$VG" "$NEW"
	refused 5 "no such group" svgsplit nosuch "$NEW" "${DEVICES[0]}"
	refused 5 "no such group" svgmerge "$VG" nosuch
	refused 5 "no such group" svgmerge nosuch "$VG"
	refused 5 "" svgsplit "$VG" "a b" "${DEVICES[0]}"
	svgcreate -q -s 8m "$NEW" "${DEVICES[1]}"
	refused 5 "limits and policy are for a new group" svgsplit -l 5 "$VG" "$NEW" "${DEVICES[0]}"
	svchange -qan "$VG"
	refused 5 "too long for the kernel" svgsplit "$VG" "$(printf 'x%.0s' {1..119})" "${DEVICES[0]}"
	refused 5 "its extents are of another size" svgmerge "$VG" "$NEW"
	svgremove -q "$NEW"
	svgcreate -q "$NEW" "${DEVICES[1]}"
	svcreate -q -an -Zn -l 1 -n base "$NEW"
	refused 5 "$NEW/base: $VG has a volume of that name" svgmerge "$VG" "$NEW"
	svrename -q "$NEW/base" other
	svgchange -qx n "$NEW"
	refused 5 "is not resizeable" svgmerge "$NEW" "$VG"
	svgchange -qx y "$NEW"
	svgexport -q "$NEW"
	refused 5 "exported" svgmerge "$VG" "$NEW"
	svgimport -q "$NEW"
	svresize -q -L +32M "$VG/base" "${DEVICES[2]}" "${DEVICES[0]}"
	refused 5 "$VG/base: lies on devices of both parts" svgsplit "$VG" "${VG}third" "${DEVICES[0]}"
}

# torn COMMAND...: it is killed at every twelfth event.  Neither LVM2 nor we see a volume twice that is not
# exported, and all of it is settled by the next command that changes something.
torn() {
	local n status seen group
	for ((n = 5; n < 60; n += 12)); do
		status=0
		KILL_AT=$n LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so "$@" >/dev/null 2>&1 </dev/null || status=$?
		((status == 137)) || break
		seen=$(lvm2 lvs --noheadings -o vg_name,lv_name -S vg_exported=0 2>/dev/null | grep -c base || true)
		((seen <= 1))
		for group in $(svgs --noheadings -o vg_name); do command svrecover -q "$group"; done
		expect_text volumes "$(svs --noheadings -o lv_name | tr -d ' ' | sort | paste -sd ' ')" "base other stay"
		expect_text exported "$(words_of svgs --noheadings -o vg_exported)" ""
		assert_lvm2_agrees
		restore
	done
	((status == 0 && n > 20))
}

@test "a split and a merge are killed anywhere, and each volume has one group" {
	svchange -qan "$VG"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcreate -q "$NEW" "${DEVICES[1]}"
	svcreate -q -an -Zn -l 1 -n other "$NEW"
	restore() { ! command svs "$NEW/base" >/dev/null 2>&1 || command svgsplit -q -n base "$NEW" "$VG"; }
	torn command svgsplit -q -n base "$VG" "$NEW"
	restore() { command svgs "$VG" >/dev/null 2>&1 || command svgsplit -q -n stay "$NEW" "$VG"; }
	torn command svgmerge -q "$NEW" "$VG"
}

@test "what a command leaves that is killed while a split comes to its locks is settled before the split" {
	local at n shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so log=$BATS_TEST_TMPDIR/log
	svchange -qan "$VG/base"
	KILL_OPS=iw KILL_LOG=$log LD_PRELOAD=$shim command svextend -q -l +1 "$VG/stay"
	# committed, and not told to the kernel
	at=$(awk '$3 ~ /^dm[34569]$/ { print NR; exit }' "$log")
	KILL_OPS=l KILL_LOG=$log.locks LD_PRELOAD=$shim command svgsplit -q -n base "$VG" "$NEW"
	for n in $(awk -v name="/V_$VG(:aux)?\$" '$4 ~ name { print NR } /-new/ { exit }' "$log.locks"); do
		svgmerge -q "$VG" "$NEW"
		KILL_OPS=l KILL_AT=$n KILL_HOW=run LD_PRELOAD=$shim KILL_RUN="KILL_HOW=before KILL_OPS=iw KILL_AT=$at LD_PRELOAD=$shim \
			svextend -q --lock-timeout 0 -l +1 $VG/stay 2>>$log.said; echo $n \$? >>$log.status" \
			command svgsplit -q -n base "$VG" "$NEW"
		svcheck -q "$VG"
	done
	cat "$log.locks" "$log.status"
	grep -q " 137$" "$log.status"
}

# unfinished: NEW as a split from VG leaves it that is cut off behind its first commit.
unfinished() {
	lvm2 vgchange -qq --addtag snapvol.unfinished \
		--addtag "snapvol.other=$(lvm2 vgs --noheadings -o vg_uuid "$VG" | tr -d ' -')" "$NEW" >/dev/null
	lvm2 vgexport -qq "$NEW" >/dev/null
	expect_complaints
}

@test "a group left by a split is not settled while the devices of the other group are away" {
	local alone=(--devices "${DEVICES[2]}")
	svchange -qan "$VG"
	svgsplit -q -n stay "$VG" "$NEW"
	unfinished
	refused 5 "$NEW: may share devices with a group that is not there" svrecover "${alone[@]}" "$NEW"
	refused 5 "$NEW: may share devices with a group that is not there" svchange -ay "${alone[@]}" --force "$NEW"
	run -0 svrecover "$NEW"
	[[ $output == *"$NEW: finishing"* ]]
	complaints_ended
	unfinished
	run -0 svrecover --force "${alone[@]}" "$NEW"
	[[ $output == *"$NEW: finishing"* ]]
	complaints_ended
	vg_field "$NEW" vg_tags ""
	vg_field "$NEW" vg_exported ""
}

# torn_split: VG's first device goes over to NEW, and the command is killed between their two commits.
torn_split() {
	local n
	for ((n = 1; ; n++)); do
		KILL_AT=$n KILL_OPS=w LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
			command svgsplit -q "$VG" "$NEW" "${DEVICES[0]}" && return 1
		[[ $(svgs --noheadings -o vg_tags "$NEW" 2>/dev/null) != *snapvol.unfinished* ]] || return 0
	done
}

@test "nor while the other cannot be read in full, which writing it anew ends" {
	local pv=/dev/mapper/${VG}pv
	needs_guest
	svchange -qan "$VG"
	svgsplit -q -n stay "$VG" "$NEW"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svpvremove -q "${DEVICES[1]}"
	dmsetup create "${VG}pv" --table "0 63488 linear ${DEVICES[1]} 2048"
	DEVICES+=("$pv")
	settle_udev
	svpvcreate -q --pvmetadatacopies 2 "$pv"
	svgextend -q "$VG" "$pv"
	expect_complaints
	torn_split >/dev/null 2>&1 </dev/null
	dmsetup load "${VG}pv" --table "0 61440 linear ${DEVICES[1]} 2048
61440 2048 error"
	dmsetup suspend "${VG}pv"
	dmsetup resume "${VG}pv"
	refused 5 "$NEW: may share devices with a group that is not there or cannot be read in full" svchange -ay "$NEW"
	refused 5 "$pv: may hold newer metadata of $VG" svgchange --addtag one "$VG"
	run -0 svgck --updatemetadata "$VG"
	[[ $output == *"$pv: its metadata area is lost"* ]]
	run -0 svrecover "$NEW"
	[[ $output == *"$NEW: finishing"* ]]
	svrecover -q
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | xargs)" base
	expect_text volumes "$(svs --noheadings -o lv_name "$NEW" | xargs)" stay
	dmsetup load "${VG}pv" --table "0 63488 linear ${DEVICES[1]} 2048"
	dmsetup suspend "${VG}pv"
	dmsetup resume "${VG}pv"
	svgck --updatemetadata "$VG"
	complaints_ended
}

@test "a claim is settled before the group that it is on is renamed, by name or identity" {
	local id
	svchange -qan "$VG"
	svgsplit -q -n stay "$VG" "$NEW"
	id=$(svgs --noheadings -o vg_uuid "$VG" | xargs)
	torn_split >/dev/null 2>&1 </dev/null
	run -0 svgrename "$id" "${VG}third"
	[[ $output == *"$NEW: finishing"*"$VG: renamed to ${VG}third" ]]
	VG=${VG}third
	torn_split >/dev/null 2>&1 </dev/null
	run -0 svgrename "$VG" "${VG}fourth"
	[[ $output == *"$NEW: finishing"* ]]
	svrecover -q
	assert_lvm2_agrees
}
