#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Bad input of every kind to every command: one line, the right status, nothing changed.  On image files;
# what a kernel must take part in is in test/bats/surroundings.bats.

bats_require_minimum_version 1.5.0

load ../bats/lib

shopt -s extglob

teardown() {
	:
}

# What each command is called with, on what make_groups has made.  "look" only looks.
CALLS='
svchange --addtag t vg0/base
look svcheck vg0
svconvert --merge vg0/snap
svcreate -an -Zn -Wn -L 4m -n new vg0
look svdisplay vg0/base
svextend -L +4m vg0/base
look svgcfgbackup -f FILE vg0
svgcfgrestore vg0
svgchange --addtag t vg0
svgck --updatemetadata vg0
svgcreate new E
look svgdisplay vg0
svgexport vg1
svgextend vg0 E
svgimport vg2
svgmerge vg0 vg1
svgmknodes vg0
svgreduce vg0 C
svgremove -f vg1
svgrename vg0 new
look svgs vg0
look svgscan
svgsplit vg0 new C
svmerge vg0/snap
svpvchange -x n B
svpvcreate E
look svpvdisplay B
svpvremove D
svpvresize B
look svpvs B
look svpvscan
svrecover vg0
svreduce -y -L -4m vg0/plain
svremove -f vg0/snap
svrename vg0 base new
svresize -L +4m vg0/base
look svs vg0/snap
look svscan'

setup() {
	((EUID == 0)) || skip "making groups needs root"
	be_quick
	cd "$BATS_TEST_TMPDIR" || return
	export SNAPVOL_CONFIG=$PWD/conf
	write_settings B C D E F G
	make_groups
	mapfile -t CALLS < <(sed -E "/^$/d; s| ([B-G])\$| $PWD/\\1|; s| FILE| $PWD/FILE|" <<<"$CALLS")
}

# write_settings NAME...: the image files that there are.
write_settings() {
	cat >conf <<END
devices { only = [ $(printf '"%s", ' "${@/#/$PWD/}") ] }
activation { enabled = 0 }
global { locking_dir = "$PWD/lock" run_dir = "$PWD/run" }
backup { archive_dir = "$PWD/archive" backup_dir = "$PWD/backup" }
END
	sed -i 's/, \]/ ]/' conf
}

make_groups() {
	truncate -s 64M B C D E F G
	command svgcreate -q vg0 "$PWD/B" "$PWD/C"
	command svcreate -q -an -Zn -Wn -L 16m -n base vg0 "$PWD/B"
	command svcreate -q -s -an -L 8m -n snap vg0/base "$PWD/B"
	command svcreate -q -an -Zn -Wn -L 8m -n plain vg0 "$PWD/B"
	command svgcreate -q vg1 "$PWD/F"
	command svgcreate -q vg2 "$PWD/G"
	command svgexport -q vg2
	command svpvcreate -q "$PWD/D"
}

# each KIND PATTERN FUNCTION...: FUNCTION with each call of that kind (look, change, any) whose text matches PATTERN,
# BUT those of these commands.  It must be true of all, and nothing may have changed.
each() {
	local call before failed=0 tried=0 after
	before=$(stat --format '%n %y %z %b' [B-G])
	for call in "${CALLS[@]}"; do
		case $1 in
		look) [[ $call == look* ]] || continue ;;
		change) [[ $call != look* ]] || continue ;;
		esac
		call=${call#look }
		[[ $call =~ $2 && " ${BUT-} " != *" ${call%% *} "* ]] || continue
		tried=$((tried + 1))
		# shellcheck disable=SC2086 # words
		"${@:3}" $call || failed=1
	done
	after=$(stat --format '%n %y %z %b' [B-G])
	expect_text "the disks" "$after" "$before" && ((tried > 0 && failed == 0))
}

# says STATUS TEXT COMMAND...: one of these statuses, and one line with the text.
says() {
	local status=0 said=()
	"${@:3}" >out 2>err </dev/null || status=$?
	mapfile -t said <err
	[[ $status == [$1] && ${#said[@]} == 1 && ${said[0]} == *"$2"* && ! -s out ]] && return
	printf 'status %s of %s\n' "$status" "${*:3}" >&2
	cat out err >&2
	return 1
}

@test "every command is in the table" {
	expect_text commands "$(printf '%s\n' "${CALLS[@]#look }" | cut -d ' ' -f 1)" \
		"$(snapvol describe | awk -F'\t' '$1 == "applet" { print $2 }')"
}

works() {
	snapvol "$@" >out 2>err <&- && return
	echo "failed: $*" >&2
	cat err >&2
	return 1
}

works_in_theory() {
	works "$@" -t
}

@test "what the table has works where nothing is wrong, standard input closed, and a test changes nothing" {
	each look . works
	each change . works_in_theory
}

to_full() {
	"$@" >/dev/full
}

full() {
	says 5 "standard output: No space left on device" to_full snapvol "$@"
}

full_in_theory() {
	full "$@" -q -t
}

@test "a standard output that is full is told of" {
	BUT=svgcfgbackup each look . full
	BUT="svgmknodes svrecover" each change . full_in_theory
}

# instead FROM TO STATUS TEXT COMMAND...: TO stands where FROM was.
instead() {
	local from=$1 to=$2 status=$3 text=$4
	shift 4
	# shellcheck disable=SC2295 # a pattern
	says "$status" "$text" snapvol "${@//$from/$to}"
}

@test "groups, volumes and devices that are not there are told of" {
	BUT="svcheck svgcfgrestore svgmerge" each any ' vg[012]' instead 'vg[012]' nosuch 5 "nosuch: no such group"
	BUT=svcheck each any 'vg[012]/' instead '/@(base|snap|plain)' /nosuch 5 "vg0/nosuch: no such volume"
	each any "$PWD/[B-E]$" instead "$PWD/[B-E]" "$PWD/nosuch" 5 "$PWD/nosuch: "
	says 5 "backup/nosuch: No such file" snapvol svgcfgrestore nosuch
	says 5 "nosuch: no such group" snapvol svgmerge nosuch vg0
	says 5 "nosuch: no such group" snapvol svgmerge vg0 nosuch
}

@test "names that none may have are told of" {
	local name
	for name in '' 'a b' % "$(printf 'x%.0s' {1..128})"; do
		BUT=svcheck each any ' vg[012]' instead 'vg[012]' "$name" 35 ""
		each change '[ /](new|base|snap|plain)' instead '@(new|base|snap|plain)' "$name" 35 ""
	done
}

as_user() {
	says 5 "$1: only root can do this" setpriv --reuid=65534 --regid=65534 --clear-groups \
		bash -c 'exec -a snapvol /proc/self/fd/9 "$@"' bash "$@" 9<binary
}

@test "who is not root is told so by all that changes anything" {
	# wherever it lies, and whoever may go there
	install -m 755 "$(command -v snapvol)" binary
	each change . as_user
}

spoil_text() {
	local disk
	for disk in B C; do
		printf 'damaged!' | dd of=$disk bs=512 seek=9 count=100 conv=notrunc status=none
		dd if=/dev/zero of=$disk bs=4096 seek=2 count=200 conv=notrunc status=none
	done
}

spoil_labels() {
	local disk
	for disk in B C; do
		printf 'damaged!' | dd of=$disk bs=1 seek=$((512 + 40)) conv=notrunc status=none
	done
}

damaged() {
	says 5 "$1" snapvol "${@:2}"
}

# found STATUS OBJECT TEXT COMMAND...: what svcheck and svgck find, the one on standard output.
found() {
	local status=0
	"${@:4}" >out 2>&1 </dev/null || status=$?
	[[ $status == "$1" ]] && grep -qF "$2: $3" out && return
	printf 'status %s of %s\n' "$status" "${*:4}" >&2
	cat out >&2
	return 1
}

# damaged_or_found: the same of a group by a command that looks.
damaged_or_found() {
	[[ $2 == svcheck ]] || {
		damaged "vg0: no such group ($1)" "${@:2}"
		return
	}
	found 12 vg0 "no such group" snapvol "${@:2}"
	found 12 "${1%%: *}" "${1#*: }; see whether it is sound" snapvol "${@:2}"
}

@test "damage is told in one line by what it keeps from being done" {
	local disk
	spoil_text
	BUT=svgcfgrestore each change ' vg0' damaged "metadata text has a wrong checksum"
	for disk in B C; do
		dd if=/dev/zero of=$disk bs=4096 seek=1 count=1 conv=notrunc status=none
	done
	BUT=svgcfgrestore each change ' vg0' damaged "metadata area header has a wrong checksum"
	spoil_labels
	each change ' vg0' damaged "label: wrong checksum"
	each change "$PWD/B\$" damaged "label: wrong checksum"
}

@test "damage is told in the one line of what is asked for and not there, and before a list of what is" {
	local finding
	spoil_text
	each look ' vg0' damaged_or_found "$PWD/B: metadata text has a wrong checksum"
	found 5 "$PWD/C" "metadata text has a wrong checksum" snapvol svgck vg0
	snapvol svgs >out 2>err
	expect_text warnings "$(<err)" "$(printf "$PWD/%s: metadata text has a wrong checksum\n" B C)"
	snapvol svcheck >out 2>err && return 1
	grep -qx "$PWD/B: metadata text has a wrong checksum; see whether it is sound" out
	spoil_labels
	each look "$PWD/B\$" damaged "$PWD/B: is no physical volume (label: wrong checksum)"
	for finding in svcheck svgck; do
		snapvol $finding >out 2>&1 && return 1
		grep -qx "$PWD/B: label: wrong checksum; see whether it is sound" out
	done
}

# edit_text NAME FROM TO: of a text whose length stays; its checksum is right again.
edit_text() {
	python3 - "$@" <<'END'
import struct, sys

def checksum(data):
    crc = 0xf597a6cf
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xedb88320 if crc & 1 else 0)
    return crc

name, old, new = sys.argv[1:]
with open(name, "r+b") as disk:
    disk.seek(4096)
    header = bytearray(disk.read(512))
    offset, size, _ = struct.unpack_from("<QQI", header, 40)
    disk.seek(4096 + offset)
    text = disk.read(size).replace(old.encode(), new.encode())
    assert len(text) == size and new.encode() in text
    disk.seek(4096 + offset)
    disk.write(text)
    struct.pack_into("<I", header, 56, checksum(text))
    struct.pack_into("<I", header, 0, checksum(header[4:]))
    disk.seek(4096)
    disk.write(header)
END
}

@test "a text that is not understood is told with its device and the field" {
	command -v python3 >/dev/null || skip "no python3"
	local why="vg0: extent_size: is out of range"
	edit_text B "extent_size = 8192" "extent_size = 0   "
	found 12 vg0 "the newest metadata of this group is not understood: $PWD/B: $why" snapvol svcheck vg0
	found 5 vg0 "the newest metadata of this group is not understood: $PWD/B: $why" snapvol svgck vg0
	found 12 vg0 "the newest metadata of this group is not understood: $PWD/B: $why" snapvol svcheck @tag
}

# put_entries TEXT: in the metadata of vg0/plain, where it says when and where it was made.
put_entries() {
	local disk said
	command svgcfgbackup -q -f "$PWD/copy" vg0
	said=$(sed -n '/plain {/,/segment_count/s/.*\(creation_[a-z]* = [^\t]*\).*/\1/p' copy)
	for disk in B C; do
		edit_text $disk "$said" "$(printf "%-${#said}s" "$1")"
	done
}

@test "control characters of entries nobody looks into are neither obeyed nor printed in JSON" {
	command -v python3 >/dev/null || skip "no python3"
	local format
	put_entries $'lock_args="a\e[31m\tb" profile="p\a\001q"'
	expect_text table "$(snapvol svs --noheadings --separator : -o lv_lockargs,lv_profile vg0/plain | xargs)" \
		'a?[31m?b:p??q'
	expect_text selected "$(snapvol svs --noheadings -o lv_name -S $'lv_profile="p\a\001q"' vg0/plain | xargs)" plain
	for format in json json_std; do
		snapvol svs --reportformat $format -o lv_lockargs,lv_profile vg0/plain >out
		python3 - out <<'END'
import json, sys
row = json.load(open(sys.argv[1]))["report"][0]["lv"][0]
assert row == {"lv_lockargs": "a\x1b[31m\tb", "lv_profile": "p\a\1q"}, row
END
	done
}

@test "what a shell is to evaluate of a report is assigned, not run" {
	command -v python3 >/dev/null || skip "no python3"
	local value
	put_entries "creation_host=\"x';>run;'\""
	for value in "" --rows --unbuffered; do
		# shellcheck disable=SC2086 # none, too
		value=$(eval "$(snapvol svs $value --noheadings --nameprefixes -o lv_host vg0/plain)" && echo "$LVM2_LV_HOST")
		expect_text host "$value" "x';>run;'"
	done
	[[ ! -e run ]]
	expect_text unquoted "$(snapvol svs --noheadings --nameprefixes --unquoted -o lv_host vg0/plain | tr -d ' ')" \
		"LVM2_LV_HOST=x';>run;'"
	expect_text selected "$(snapvol svs --noheadings --nameprefixes -o lv_name -S "lv_host=\"x';>run;'\"" vg0/plain | tr -d ' ')" \
		"LVM2_LV_NAME='plain'"
}

@test "a label that cannot be gone by is not overwritten without a word" {
	spoil_labels
	says 5 "$PWD/B: has a damaged PV label, which is to be replaced: say --yes to go on (label: wrong checksum)" snapvol svpvcreate "$PWD/B"
	says 5 "$PWD/B: has a damaged PV label, which is to be replaced: say --yes to go on (label: wrong checksum)" snapvol svgcreate new "$PWD/B"
	works svpvcreate -y "$PWD/B"
	says 5 "$PWD/C: has a damaged PV label, which is to be replaced: say --yes to go on (label: wrong checksum)" snapvol svgextend vg1 "$PWD/C"
	works svpvcreate -f "$PWD/C"
}

@test "a group whose extents lie over its labels is restored from a copy" {
	command -v python3 >/dev/null || skip "no python3"
	command svgcfgbackup -q -f "$PWD/copy" vg0
	edit_text B "pe_start = 2048" "pe_start = 1   "
	edit_text C "pe_start = 2048" "pe_start = 1   "
	says 5 "vg0: extents lie over a label or a metadata area; see svgck" snapvol svchange --addtag t vg0/base
	works svgcfgrestore -f "$PWD/copy" vg0
	works svgck vg0
	works svchange --addtag t vg0/base
}

# exceptions NUMBER...: pairs of an origin's chunk and the store's, in a store as the kernel would have it.
exceptions() {
	local at=$((1024 * 1024 + 16 * 1024 * 1024)) number
	{
		printf 'SnAp\1\0\0\0\1\0\0\0\10\0\0\0'
		head -c 4080 /dev/zero
		for number; do
			# shellcheck disable=SC2059 # a byte
			printf "\\x$(printf %02x "$number")\\0\\0\\0\\0\\0\\0\\0"
		done
	} | dd of=B bs=1M oflag=seek_bytes seek=$at conv=notrunc iflag=fullblock status=none
}

@test "a damaged store is told in one line by what would merge it" {
	local merges="^(svmerge|svconvert) "
	exceptions 3 2 3 3
	each change "$merges" damaged "vg0/snap: damaged exception store: chunk 3 is named twice"
	exceptions 3 2 4 1
	each change "$merges" damaged "vg0/snap: damaged exception store: entry 1 of area 0: chunk 4 is kept where the store's own metadata lies"
	exceptions 3 2 4 3
	each change "$merges" works_in_theory
	command svconvert -q -y --splitsnapshot vg0/snap
	exceptions 3 2 3 3
	says 5 "chunk 3 is named twice" snapvol svconvert -y -s -Zn vg0/base vg0/snap
	check_field vg0/snap origin ""
	exceptions 3 2 4 3
	command svconvert -q -y -s -Zn vg0/base vg0/snap
	printf 'damaged!' | dd of=B bs=1M oflag=seek_bytes seek=$((17 * 1024 * 1024)) conv=notrunc status=none
	each change "$merges" damaged "vg0/snap: is invalid and can only be removed"
}

@test "devices that disagree about a group are told in one line, until a backup is restored" {
	cp B B.before
	cp C C.before
	command svchange -q --addtag one vg0/base
	mv B B.one
	mv B.before B
	mv C.before C
	command svchange -q --addtag two vg0/base
	mv B.one B
	BUT="svgcfgrestore svgmknodes svrecover" each change ' vg0' damaged "devices disagree about the group"
	run -5 svgck vg0
	[[ $output == *"restore a backup: svgcfgrestore vg0"* ]]
	svgcfgrestore -q vg0
	run -0 svgck vg0
	expect_text findings "$output" ""
	check_field vg0/base lv_tags two
}

@test "a device that is missing is told in one line by what it keeps from being done" {
	rm C
	write_settings B D E F G
	BUT="svgcfgrestore svgck svgmknodes svrecover" each change ' vg0' damaged "is missing"
	says 5 "vg0/nosuch: no such volume" snapvol svchange --refresh --config 'activation { enabled = 1 }' vg0/nosuch
}

@test "what this machine may not act on is left out where nobody named it" {
	local command
	for command in svrecover svgcfgbackup "svgchange -an" svgmknodes; do
		# shellcheck disable=SC2086 # words
		works $command
		[[ ! -s err || $command != svrecover ]]
	done
	says 5 "vg2: group is exported" snapvol svrecover vg2
}

without_driver() {
	says 5 "vg0: volumes cannot be active: this kernel has no device-mapper" \
		snapvol "$@" --config 'activation { enabled = 1 }'
}

@test "a kernel without device-mapper is told of before anything is written" {
	! grep -q ' device-mapper$' /proc/misc || skip "this kernel has it"
	CALLS=("svcreate -L 4m -n new vg0" "svcreate --type snapshot -V 1g -L 4m -n new vg0"
		"svchange -ay vg0/base" "svgchange -ay vg0")
	each change . without_driver
}

with_few_files() {
	(
		ulimit -n 7
		says 5 "Too many open files" snapvol "$@"
	)
}

@test "what cannot be opened for want of open files is not taken to be missing" {
	each any . with_few_files
	with_few_files svgreduce --removemissing vg0
}

# numbers NOUN: options of commands that take such a value, those of all commands aside: "COMMAND OPTION".
numbers() {
	snapvol describe | awk -F'\t' -v noun="$1" '
		$1 == "option" && $2 != "-" && $2 != "fullreport" && $5 ~ noun { print $2, $4 }'
}

@test "numbers that are none are told of by every option of every command" {
	local command option count=0 values=(x '' 1..5 5Q 1x2 nan 99999999999999999999 99999999999999999999E --1 '1 2')
	while read -r command option; do
		says 3 "" snapvol "$command" "--$option=${values[count % ${#values[@]}]}" vg0/base "$PWD/B"
		count=$((count + 1))
	done < <(numbers '^([[|+\]-]*(NUMBER|SIZE).*|SECONDS|PERCENT|.*SECTORS)$')
	((count > 100))
}

# no_size OPTION COMMAND...: neither zero nor less than that is a size.
no_size() {
	says 3 "" snapvol "${@:2}" "--$1=0" && grep -qE 'zero|above 0' err &&
		says 3 "" snapvol "${@:2}" "--$1=-1" && grep -qE 'sign|is not a size' err
}

@test "sizes of zero and less are told of by every command" {
	local command option count=0
	while read -r command option; do
		# volumes have tests of their own
		[[ $option != size ]] || continue
		each any "^$command " no_size "$option"
		count=$((count + 1))
	done < <(numbers SIZE)
	((count > 15))
}
