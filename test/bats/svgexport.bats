#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later

load lib
load refused
load group

setup() {
	prepare_devices 2 40M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -an -l 1 -n base "$VG"
}

@test "groups go back and forth between svgexport, svgimport and LVM2" {
	svgexport "$VG"
	vg_field "$VG" vg_exported exported
	pv_field "${DEVICES[1]}" pv_exported exported
	check_field "$VG" vg_exported exported
	refused 5 "exported already" svgexport "$VG"
	refused 5 "exported; import it first" svcreate -l 1 -n more "$VG"
	refused 5 "exported" svchange -ay "$VG/base"
	svgexport -a
	lvm2 vgimport -qq "$VG" >/dev/null
	refused 5 "is not exported" svgimport "$VG"
	svgchange -q --addtag moving "$VG"
	svgexport --test @moving
	vg_field "$VG" vg_exported ""
	lvm2 vgexport -qq "$VG" >/dev/null
	svgimport -a
	vg_field "$VG" vg_exported ""
	svchange -ay "$VG/base"
	refused 5 "$VG/base: is active; its group cannot be exported" svgexport "$VG"
	svchange -an "$VG/base"
}

@test "what is exported loses its system ID, what is imported gets ours" {
	local -a ours=(--config 'global/system_id_source="lvmlocal" local/system_id="here"')
	svgchange -q "${ours[@]}" --systemid here "$VG"
	svgexport "${ours[@]}" "$VG"
	vg_field "$VG" vg_systemid ""
	svgimport "${ours[@]}" "$VG"
	expect_text "system ID" "$(svgs --foreign --noheadings -o vg_systemid "$VG" | xargs)" here
	refused 5 "belongs to another host" svgexport "$VG"
	svgexport -a
	expect_text exported "$(words_of svgs --foreign --noheadings -o vg_exported "$VG")" ""
}

@test "nothing, too much and what is not whole are refused" {
	refused 3 "say which groups" svgexport
	refused 3 "contradicts" svgimport -a "$VG"
	refused 5 "no such group" svgexport nosuchgroup
	expect_complaints
	losetup --detach "${DEVICES[1]}"
	DEVICES=("${DEVICES[0]}")
	settle_udev
	run -5 svgexport "$VG"
	[[ $output == *"$VG: a device of the group is missing"* ]]
}
