#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# svgcfgbackup and svgcfgrestore.
#
# limit: 180 seconds

load lib
load data
load refused
load group

setup() {
	prepare_devices 2 32M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
	file=$BATS_TEST_TMPDIR/copy
}

@test "a removed volume is back with its contents, under a higher sequence number" {
	local sum seqno
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svgcfgbackup -f "$file" "$VG"
	svremove -qf "$VG/base"
	svcreate -q -an -l 1 -n other "$VG"
	seqno=$(svgs --noheadings -o vg_seqno "$VG")
	svgcfgrestore -f "$file" "$VG"
	vg_field "$VG" vg_seqno $((seqno + 1))
	svchange -q -ay "$VG/base"
	same_contents "$VG/base" "$sum"
	not svs "$VG/other"
	svcreate -q -l 1 -n new "$VG"
}

@test "a snapshot that its origin ran without is invalid when it is back" {
	needs_guest
	svgcfgbackup -q -f "$BATS_TEST_TMPDIR/before" "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	svgcfgbackup -q -f "$file" "$VG"
	svchange -q -an "$VG"
	svgcfgrestore -q -f "$BATS_TEST_TMPDIR/before" "$VG"
	svchange -q -ay "$VG"
	fill "$VG/base" unseen
	# whose contents these are now is not written to
	svcreate -q -y -L 4M -n other "$VG"
	refused 5 "$VG/snap: would be back in the place of other" svgcfgrestore -y -f "$file" "$VG"
	svremove -q -y "$VG/other"
	run -0 svgcfgrestore -y -f "$file" "$VG"
	[[ $output == *"$VG/snap: its origin went on without it; it is invalid now"* ]]
	dmsetup remove --retry "$VG-base"
	svchange -q -ay "$VG"
	check_field "$VG/snap" lv_attr swi-I-s---
}

@test "of groups of one name the one is copied that is no other host's" {
	local id
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgchange -q -an "$VG"
	id=$(words_of svgs --noheadings -o vg_uuid "$VG")
	command svgcreate -q --config "devices/filter=[\"r|^${DEVICES[0]}$|\"]" --systemid elsewhere "$VG" "${DEVICES[1]}"
	rm "/etc/lvm/backup/$VG"
	command svgcfgbackup -q
	grep -q "id = \"$id\"" "/etc/lvm/backup/$VG"
	refused 5 "several groups have this name" command svgcfgbackup --foreign
	command svgremove -q --config "devices/filter=[\"r|^${DEVICES[0]}$|\"] global/system_id_source=\"lvmlocal\" local/system_id=\"elsewhere\"" "$VG"
}

@test "a copy goes where a link leads to, and through a pipe" {
	local text
	ln -s copy "$BATS_TEST_TMPDIR/link"
	touch "$file"
	svgcfgbackup -q -f "$BATS_TEST_TMPDIR/link" "$VG"
	[ -L "$BATS_TEST_TMPDIR/link" ]
	grep -q "^$VG {" "$file"
	text=$(command svgcfgbackup -q -f /dev/stdout "$VG" | grep "^$VG {")
	expect_text text "$text" "$VG {"
	[ -L /dev/stdout ]
	refused 5 "File exists" svgcfgbackup -f "${DEVICES[0]}" "$VG"
	[ -b "${DEVICES[0]}" ]
}

@test "LVM2 restores a copy of ours, and the other way round" {
	svchange -q -an "$VG"
	svgcfgbackup -q -f "$BATS_TEST_TMPDIR/%s-%s" "$VG"
	svremove -qf "$VG/base"
	lvm2 vgcfgrestore -qq -f "$BATS_TEST_TMPDIR/$VG-$VG" "$VG" >/dev/null
	check_field "$VG/base" lv_size 8.00m
	lvm2 vgcfgbackup -qq -f "$file" "$VG" >/dev/null
	svremove -qf "$VG/base"
	svgcfgrestore -qy -f "$file" "$VG"
	check_field "$VG/base" lv_size 8.00m
	svgck "$VG"
}

@test "the group's own file is written and taken without a name, all groups' at once" {
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcreate -q "${VG}b" "${DEVICES[1]}"
	rm -f "/etc/lvm/backup/$VG" "/etc/lvm/backup/${VG}b"
	svgcfgbackup
	[ -s "/etc/lvm/backup/$VG" ]
	[ -s "/etc/lvm/backup/${VG}b" ]
	svchange -q -an "$VG"
	svgchange -q -A n --addtag later "$VG"
	svgcfgrestore "$VG"
	vg_field "$VG" vg_tags ""
}

@test "devices whose labels were lost are made again from a copy, and the group with them" {
	local device sum ids=()
	fill "$VG/base" before
	sum=$(sum_of "$VG/base")
	svchange -q -an "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	for device in "${DEVICES[@]}"; do ids+=("$(pv_id "$device")"); done
	expect_complaints
	for device in "${DEVICES[@]}"; do
		dd if=/dev/zero of="$device" bs=64k count=8 conv=fsync status=none
	done
	refused 5 "see svpvcreate --restorefile" svgcfgrestore -f "$file" "$VG"
	svpvcreate -q --uuid "${ids[0]}" --restorefile "$file" "${DEVICES[0]}"
	svpvcreate -q --uuid "${ids[1]}" --restorefile "$file" "${DEVICES[1]}"
	svgcfgrestore -qy -f "$file" "$VG"
	complaints_ended
	[ "$(svgs --noheadings -o vg_seqno "$VG")" -gt 2 ]
	svchange -q -ay "$VG"
	same_contents "$VG/base" "$sum"
}

@test "metadata that nobody can read is replaced" {
	local device
	svchange -q -an "$VG"
	expect_complaints
	for device in "${DEVICES[@]}"; do
		printf damaged | dd of="$device" bs=1 seek=$((4096 + 8)) conv=notrunc,fsync status=none
		blockdev --flushbufs "$device"
	done
	not svgs "$VG"
	svgcfgrestore -t "$VG"
	not svgs "$VG"
	svgcfgrestore "$VG"
	complaints_ended
	svgck "$VG"
	check_field "$VG/base" lv_size 8.00m
}

# not_understood DEVICE SEQNO: the text there is of a format that nobody knows, and so new.
not_understood() {
	python3 - "$@" <<'END'
import re, struct, sys, zlib
def crc(data): return ~zlib.crc32(data, ~0xf597a6cf & 0xffffffff) & 0xffffffff
with open(sys.argv[1], "r+b", buffering=0) as device:
    device.seek(4096)
    header = bytearray(device.read(512))
    offset, size = struct.unpack_from("<QQ", header, 40)
    device.seek(4096 + offset)
    text = device.read(size).replace(b'"lvm2"', b'"lvm9"')
    text = re.sub(rb"seqno = \d+", b"seqno = " + sys.argv[2].encode(), text)
    struct.pack_into("<I", header, 56, crc(text))
    struct.pack_into("<I", header, 0, crc(header[4:]))
    device.seek(4096 + offset)
    device.write(text)
    device.seek(4096)
    device.write(header)
END
	sync "$1"
	blockdev --flushbufs "$1"
}

@test "metadata that nobody understands are outnumbered, wherever they are" {
	skip_without python3
	svchange -q -an "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcfgbackup -q -f "$file.less" "$VG"
	svgextend -q "$VG" "${DEVICES[1]}"
	expect_complaints
	not_understood "${DEVICES[0]}" 9
	not svs "$VG/base"
	svgcfgrestore -qy -f "$file" "$VG"
	complaints_ended
	vg_field "$VG" vg_seqno 10
	# on a device that is not written to they would still be there
	expect_complaints
	not_understood "${DEVICES[1]}" 99
	refused 5 "${DEVICES[1]}: holds metadata of $VG that are not understood" svgcfgrestore -f "$file.less" "$VG"
	not svs "$VG/base"
	svpvcreate -q -ffy "${DEVICES[1]}"
	svgcfgrestore -q -f "$file.less" "$VG"
	complaints_ended
	check_field "$VG/base" lv_size 8.00m
}

@test "devices that the copy does not list leave, those it lists come back" {
	svgcfgbackup -q -f "$file" "$VG"
	svchange -q -an "$VG"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcfgbackup -q -f "$file.less" "$VG"
	svgcfgrestore -qy -f "$file" "$VG"
	pv_field "${DEVICES[1]}" vg_name "$VG"
	svgcfgrestore -q -f "$file.less" "$VG"
	is_orphan "${DEVICES[1]}"
	svgremove -qf "$VG"
	svgcfgrestore -qy -f "$file" "$VG"
	vg_field "$VG" pv_count 2
	check_field "$VG/base" lv_size 8.00m
}

@test "what a command of several lines has written is shown in one" {
	local setting=$'backup {\n\tbackup = 1\n}'
	svgchange -q --addtag new --config "$setting" "$VG"
	not grep -q "^.backup = 1" "/etc/lvm/backup/$VG"
	run -0 --separate-stderr svgcfgrestore --list --file "/etc/lvm/backup/$VG"
	[[ $output == *"Description: "*"--config backup {  backup = 1 } $VG'"* ]]
	# as earlier ones have it
	sed "s/^description = .*/description = \"of two\nlines\"/" "/etc/lvm/backup/$VG" >"$file"
	run -0 --separate-stderr svgcfgrestore --list --file "$file"
	grep -q "^  Description: *of two lines$" <<<"$output"
	svgcfgrestore -qy -f "$file" "$VG"
}

@test "the files of a group are shown, the oldest first" {
	svgchange -q --addtag new "$VG"
	run -0 --separate-stderr svgcfgrestore -l "$VG"
	expect_text "sequence numbers" "$(grep Seqno: <<<"$output" | tr -d ' \n')" "Seqno:1Seqno:3Seqno:4"
	grep -q "^  Description: *Created \*before\* executing 'svgchange -q --addtag new $VG'" <<<"$output"
	[[ ${lines[-5]} == *"/etc/lvm/backup/$VG" ]]
	svgcfgbackup -q -f "$file" "$VG"
	run -0 svgcfgrestore --list --file "$file"
	expect_text lines "${#lines[@]}" 5
	run -0 svgcfgrestore --list nosuchgroup
	expect_text "no files" "$output" "nosuchgroup: there is no copy of its metadata"
}

@test "--test tells and changes nothing" {
	local before
	svchange -q -an "$VG"
	svgcfgbackup -q -f "$file" "$VG"
	before=$(md5sum "$BATS_TEST_TMPDIR"/disk*)
	run -0 svgcfgrestore -t -f "$file" "$VG"
	expect_text output "$output" "commit  $VG seqno 4"
	run -0 svgcfgbackup -t -f "$file.not" "$VG"
	expect_text output "$output" "write   $VG seqno 3 to $file.not"
	[ ! -e "$file.not" ]
	expect_text disks "$(md5sum "$BATS_TEST_TMPDIR"/disk*)" "$before"
}

# spoiled SED-SCRIPT: the copy with a mistake in it.
spoiled() {
	sed -E "$1" "$file" >"$file.spoiled"
}

@test "what cannot be done is refused and nothing changed" {
	local script text
	svgcfgbackup -q -f "$file" "$VG"
	refused 5 "active: 1" svgcfgrestore -f "$file" "$VG"
	svgcfgrestore -qy -f "$file" "$VG"
	svchange -q -an "$VG"
	refused 3 "say which group" svgcfgrestore
	refused 5 "No such file" svgcfgrestore -f "$file.not" "$VG"
	refused 5 "describes group $VG, not ${VG}b" svgcfgrestore -f "$file" "${VG}b"
	while IFS='|' read -r script text; do
		spoiled "$script"
		expect_text "the copy" "$(cmp -s "$file" "$file.spoiled" || echo spoiled)" spoiled
		echo "$script"
		refused 5 "$text" svgcfgrestore -f "$file.spoiled" "$VG"
	done <<-'END'
		/extent_size/d|extent_size: is missing
		s/pe_start = 2048/pe_start = 0/|puts extents
		s/pe_start = 2048/pe_start = 8/|has metadata where
		s/pe_count = 7/pe_count = 8/|ends before the extents
		/pv0 \{/,/flags/s/flags = .*/flags = ["MISSING"]/|was missing when
		s/"ALLOCATABLE"/"ALLOCATABLE", "NOBODYKNOWS"/|
		0,/id = ".*"/s//id = "QQQQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQ-QQQQQQ"/|
		s/seqno = .*/seqno = 4294967295/|no sequence number is left
		s/status = \["RESIZEABLE"/\0, "EXPORTED"/|exported
	END
	sed '/physical_volumes {/q' "$file" >"$file.spoiled"
	run -5 svgcfgrestore -f "$file.spoiled" "$VG"
	[[ $output == *"cannot be parsed"* ]]
	svgrename -q "$VG" "${VG}b"
	refused 5 "is called ${VG}b now" svgcfgrestore -f "$file" "$VG"
	refused 5 "no such group" svgcfgbackup nosuchgroup
	svgrename -q "${VG}b" "$VG"
	svgreduce -q "$VG" "${DEVICES[1]}"
	svgcreate -q "${VG}b" "${DEVICES[1]}"
	refused 5 "another group" svgcfgrestore -f "$file" "$VG"
	refused 3 "write %s" svgcfgbackup -f "$file" "$VG" "${VG}b"
	refused 5 "Not a directory" svgcfgbackup -f "$file/x" "$VG"
}
