#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# limit: 180 seconds

load lib
load refused
load group

setup() {
	prepare_devices 2 40M
	svgcreate -q "$VG" "${DEVICES[@]}"
}

@test "a device that cannot be read is named with the cause, and not called missing" {
	local n
	needs_guest
	for n in 1 2; do
		refused 5 "${DEVICES[n - 1]}: may be the device that $VG misses (cannot read 16384 bytes at 0: Input/output error)" \
			env KILL_AT=$n KILL_HOW=5 KILL_OPS=r LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" \
			svgchange -q --addtag tag "$VG"
	done
	svgck "$VG"
}

@test "a device that does not say what it is is named with the cause, and not called missing" {
	local n status failures=0 log=$BATS_TEST_TMPDIR/questions
	needs_guest
	for ((n = 1; ; n++)); do
		status=0
		KILL_AT=$n KILL_HOW=5 KILL_OPS=q KILL_LOG=$log LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
			command svgchange -q --addtag "tag$n" "$VG" 2>"$BATS_TEST_TMPDIR/said" || status=$?
		(($(wc -l <"$log") >= n)) || break
		rm "$log"
		((status)) || continue
		failures=$((failures + 1))
		expect_text "status, question $n not answered" "$status" 5
		grep -q "Input/output error" "$BATS_TEST_TMPDIR/said"
		not grep -q "removemissing" "$BATS_TEST_TMPDIR/said"
	done
	((failures >= 2))
	svgck "$VG"
}

# active VG...: names of the devices that the groups have in the kernel.
active() {
	local vg
	for vg; do dmsetup ls | cut -f 1 | grep "^$vg-" || true; done | sort | tr '\n' ' '
}

@test "groups named, tagged, and all of them are activated and deactivated" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcreate -q --addtag rack "${VG}b" "${DEVICES[1]}"
	svcreate -q -an -l 1 -n one "$VG"
	svcreate -q -an -l 1 -n two "$VG"
	svcreate -q -an -l 1 -n other "${VG}b"
	run -0 svgchange -ay "$VG"
	expect_text output "$output" "$VG: 2 logical volume(s) now active"
	expect_text devices "$(active "$VG" "${VG}b")" "$VG-one $VG-two "
	svgchange -q -aay --sysinit @rack
	expect_text devices "$(active "${VG}b")" "${VG}b-other "
	run -0 svgchange -an
	expect_text output "$output" "$VG: 0 logical volume(s) now active
${VG}b: 0 logical volume(s) now active"
	expect_text devices "$(active "$VG" "${VG}b")" ""
	run -0 svgchange -aay
	expect_text output "$output" "$VG: 2 logical volume(s) now active
${VG}b: 1 logical volume(s) now active"
	svgchange --refresh
	svgchange --poll n --monitor n
	run -5 svgchange -an nosuchgroup "$VG"
	expect_text devices "$(active "$VG" "${VG}b")" "${VG}b-other "
}

@test "without a name the groups of others are left out, with one they are an error" {
	svcreate -q -an -l 1 -n base "$VG"
	svgchange -q -aay
	svgchange -q -an
	lvm2 vgexport -qq "$VG" >/dev/null
	run -0 svgchange -ay
	expect_text output "$output" ""
	refused 5 exported svgchange -ay "$VG"
	lvm2 vgimport -qq "$VG" >/dev/null
	svgchange -q --setautoactivation n "$VG"
	svgchange -q -aay
	expect_text devices "$(active "$VG")" ""
	svgchange -qy --systemid other-host "$VG"
	run -0 svgchange -ay
	expect_text output "$output" ""
	refused 5 "belongs to another host" svgchange -ay "$VG"
	svgchange -q --config 'global/system_id_source="lvmlocal" local/system_id="other-host"' --systemid "" "$VG"
	svgchange -q -ay
	expect_text devices "$(active "$VG")" "$VG-base "
}

# readable NAME: "yes" or "no" for each extent of a device.
readable() {
	local extent count
	count=$(($(blockdev --getsize64 "/dev/mapper/$1") >> 22))
	for ((extent = 0; extent < count; extent++)); do
		dd if="/dev/mapper/$1" bs=4M skip="$extent" count=1 iflag=direct of=/dev/null 2>/dev/null && echo yes || echo no
	done | paste -sd ' '
}

@test "of volumes that lack a device what is left is activated if so asked, as by LVM2" {
	local whole=${DEVICES[0]} away=${DEVICES[1]} lost
	lost="devices/filter=[\"r|^$away\$|\"]"
	svcreate -q -an -Zn -l 2 -n split "$VG" "$whole"
	svresize -q -l +1 "$VG/split" "$away"
	expect_complaints
	(DEVICES=("$whole") && lvm2 vgchange -qq -ay --activationmode partial "$VG" >/dev/null 2>&1)
	expect_text readable "$(readable "$VG-split")" "yes yes no"
	lvm2 vgchange -qq -an "$VG"
	refused 5 "is missing" svchange -ay --config "$lost" "$VG/split"
	refused 3 "contradicts" svchange -ay -P --activationmode complete "$VG/split"
	not dm_exists "$VG-split"
	svchange -q -ay -P --config "$lost" "$VG/split"
	expect_text readable "$(readable "$VG-split")" "yes yes no"
	svchange -q -an --config "$lost" "$VG/split"
	# half a stripe, and a store that would not know later what it has missed
	svcreate -q -an -Zn -l 1 -n base "$VG" "$whole"
	svcreate -q -an -s -l 1 -n snap "$VG/base" "$away"
	svcreate -q -an -Zn -i 2 -l 2 -n striped "$VG"
	run -5 svgchange -ay --config "$lost activation/activation_mode=\"partial\"" "$VG"
	[[ $output == *"$VG/striped: a part of what is striped is missing"*"$VG/snap: the store lies on"* ||
		$output == *"$VG/snap: the store lies on"*"$VG/striped: a part of what is striped is missing"* ]]
	expect_text devices "$(active "$VG")" "$VG-split "
	svchange -q -ay "$VG"
	expect_text readable "$(readable "$VG-split")" "yes yes yes"
	complaints_ended
}

@test "a group of which a volume is in use stays active as a whole" {
	svcreate -q -l 1 -n one "$VG"
	svcreate -q -l 1 -n two "$VG"
	exec 9<"/dev/$VG/two"
	refused 5 "$VG/two: open in PID" svgchange --remove-timeout 1 -an "$VG"
	exec 9<&-
	expect_text devices "$(active "$VG")" "$VG-one $VG-two "
}

@test "a group past its limit is changed, but gets no further past it" {
	svcreate -q -l 1 -n one "$VG"
	svcreate -q -l 1 -n two "$VG"
	svgchange -q -l 2 "$VG"
	refused 5 "has more volumes than its limit max_lv" svcreate -l 1 -n three "$VG"
	# as others leave it: LVM2 counts volumes only as it makes them
	sed "s/max_lv = 2/max_lv = 1/" "/etc/lvm/backup/$VG" >"$BATS_TEST_TMPDIR/past"
	svchange -q -an "$VG"
	svgcfgrestore -q -f "$BATS_TEST_TMPDIR/past" "$VG"
	vg_field "$VG" max_lv 1
	svgchange -q --addtag late "$VG"
	refused 5 "has more volumes than its limit max_lv" svcreate -l 1 -n three "$VG"
	svremove -q -y "$VG/two"
	vg_field "$VG" max_lv 1
}

@test "limits, policy, tags, flags and identity are as asked for, as LVM2 sees it" {
	local id
	id=$(lvm2 vgs --noheadings -o vg_uuid "$VG")
	svgchange -l 3 -p 2 --alloc cling --addtag one --addtag two --setautoactivation n -x n "$VG"
	vg_field "$VG" max_lv 3
	vg_field "$VG" max_pv 2
	vg_field "$VG" vg_tags one,two
	vg_field "$VG" vg_allocation_policy cling
	vg_field "$VG" vg_autoactivation ""
	vg_field "$VG" vg_extendable ""
	svgchange -q --deltag one --deltag none -x y "$VG"
	svgchange -q -l 0 -p 0 "$VG"
	vg_field "$VG" max_lv 0
	vg_field "$VG" vg_tags two
	svgchange -u "$VG"
	[ "$(lvm2 vgs --noheadings -o vg_uuid "$VG")" != "$id" ]
	svcreate -q -l 1 -n base "$VG"
}

@test "extents of another size hold the same volumes" {
	svgchange -s 2m "$VG"
	svcreate -q -l 4 -n base "$VG"
	svcreate -q -s -l 2 -n snap "$VG/base"
	printf 'first edition' >"/dev/$VG/base"
	svgchange -s 1m "$VG"
	vg_field "$VG" vg_extent_size 2048
	check_field "$VG/base" lv_size 8.00m
	svgchange -q -an "$VG"
	svgchange -q -ay "$VG"
	expect_text contents "$(head -c 13 "/dev/$VG/base")" "first edition"
	refused 5 "$VG/base: is no whole number of extents" svgchange -s 3m "$VG"
	svgchange -s 2m "$VG"
	svextend -q -l +1 "$VG/base"
}

@test "--test tells and changes nothing" {
	local before
	svcreate -q -an -l 1 -n base "$VG"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgchange --test --addtag new "$VG"
	expect_text output "$output" "commit  $VG seqno 3"
	run -0 svgchange --test -ay "$VG"
	[[ $output == "create  $VG-base"* ]]
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
	not dm_exists "$VG-base"
}

@test "what cannot be done is refused and nothing changed" {
	local status text options
	svcreate -q -l 1 -n base "$VG"
	while IFS='|' read -r status text options; do
		# shellcheck disable=SC2086 # words
		refused "$status" "$text" svgchange $options "$VG"
	done <<-END
		3|say what to change|
		3|is none of|-a maybe
		3|by separate commands|-ay --addtag x
		3|by separate commands|-ay --refresh
		3|tag|--addtag %
		3|not a number|-l x
		3|limit is too large|-p 4294967296
		3|power of two|-s 3k
		3|may not be zero|-s 0
		3|takes no sign|-s +1m
		5|already|-x y
		5|already|--setautoactivation y
		5|already|--alloc normal
		5|has 2 already|-p 1
		5|base: is active|-u
		5|base: is active|--systemid other-host
	END
	refused 3 "say which groups" svgchange --addtag x
	refused 3 "names a volume" svgchange -ay "$VG/base"
	refused 5 "no such group" svgchange -ay nosuchgroup
	expect_text "what a tag that nothing has comes to" "$(svgchange -ay @nosuchtag 2>&1)" ""
	svgchange -q -an "$VG"
	refused 5 "say --yes" svgchange --systemid other-host "$VG"
	svgchange -q -x n "$VG"
	refused 5 "not resizeable" svgchange -l 5 "$VG"
	refused 5 "not resizeable" svgchange -s 1m "$VG"
}
