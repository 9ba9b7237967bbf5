#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What LVM2's users type, on image files: options that only they know, and LVM2's words for operands that name
# nothing.  The words and codes are those of LVM2 2.03.16.

bats_require_minimum_version 1.5.0

load ../bats/lib

setup() {
	((EUID == 0)) || skip "making groups needs root"
	be_quick
	cd "$BATS_TEST_TMPDIR" || return
	export SNAPVOL_CONFIG=$PWD/conf
	cat >conf <<END
devices { only = [ "$PWD/b", "$PWD/c" ] }
activation { enabled = 0 }
global { locking_dir = "$PWD/lock" run_dir = "$PWD/run" lvm_command = "" }
backup { archive_dir = "$PWD/archive" backup_dir = "$PWD/backup" }
END
	truncate -s 64M b c
}

teardown() {
	:
}

# as_lvm2 COMMAND...: under LVM2's name.
as_lvm2() {
	(exec -a "$1" "$(type -P snapvol)" "${@:2}")
}

make_group() {
	command svgcreate -q vg0 "$PWD/b"
	command svcreate -q -an -Zn -Wn -L 8m -n base vg0
}

# answers STATUS TEXT COMMAND...: with this text, a line or more, and nothing else, on standard error.
answers() {
	local status=0 said
	as_lvm2 "${@:3}" >out 2>err </dev/null || status=$?
	said=$(cat out err)
	[[ $status == "$1" && $said == "$2" ]] && return
	printf 'status %s of %s:\n%s\nnot %s:\n%s\n' "$status" "${*:3}" "$said" "$1" "$2" >&2
	return 1
}

# prints TEXT COMMAND...: whatever the blanks.
prints() {
	expect_text "${*:2}" "$(as_lvm2 "${@:2}" | xargs)" "$1"
}

@test "operands that name nothing are refused with LVM2's words and codes" {
	local path='"a/b/c": Invalid path for Logical Volume.' command
	local group='  Volume group name "a!b" has invalid characters.
  Cannot process volume group a!b'
	local blank=${group//a!b/a b}
	for command in lvs lvdisplay lvremove "lvchange -an" "lvconvert --merge"; do
		# shellcheck disable=SC2086
		answers 5 "  $path" $command a/b/c
		# shellcheck disable=SC2086
		answers 5 "  $path" $command /dev/a/b/c
	done
	answers 3 "  $path" lvextend -L +4m a/b/c
	answers 3 "  $path" lvrename a/b/c d
	answers 5 '  "/a": Invalid path for Logical Volume.' lvs /a
	for command in lvs lvremove vgs vgdisplay vgremove; do
		answers 5 "$group" "$command" 'a!b'
	done
	answers 5 "$blank" vgremove "a b"
	answers 5 '  Volume group "x" not found
  Cannot process volume group x' lvs /dev/mapper/x
	answers 3 '  Invalid volume group name a/b.' vgremove a/b
	answers 3 '  Invalid volume group name a/b.' vgs /dev/a/b
	answers 3 '  New volume group name "a!b" is invalid.' vgcreate 'a!b' "$PWD/b"
	answers 3 '  Please specify a logical volume path.' lvextend -L +4m a
}

@test "a bare number of a virtual size is of MiB, and it is rounded up aloud" {
	local text=$PWD/said
	make_group
	command svcreate -an -s -V 100 -L 4 -n sparse vg0
	prints 100.00m lvs --noheadings -o origin_size vg0/sparse
	prints 4.00m lvs --noheadings -o lv_size vg0/sparse
	command svcreate -q -an -s -V 4097k -L 4 -n less vg0
	prints 8.00m lvs --noheadings -o origin_size vg0/less
	command svcreate -an -s -V 5 -L 4 -n more vg0 2>"$text"
	grep -qx 'vg0/more: rounding the virtual size up to whole extents: 8.00 MiB' "$text"
	answers 3 "  --virtualsize: give a size above 0, without a sign" lvcreate -s -V 0 -L 4 -n none vg0
	answers 3 "  --virtualsize: give a size above 0, without a sign" lvcreate -s -V +4 -L 4 -n none vg0
}

@test "devices may be named in one word, and no name is no limit" {
	local all="$PWD/b $PWD/c"
	make_group
	command svpvcreate -q "$PWD/c"
	prints "$all" pvs --noheadings -o pv_name --devices "$PWD/b,$PWD/c"
	prints "$all" pvs --noheadings -o pv_name --devices ",$PWD/b," --devices "$PWD/c"
	prints "$PWD/c" pvs --noheadings -o pv_name --devices "$PWD/c"
	cp c 'a"b'
	expect_text "with a quote" "$(svpvs --noheadings -o pv_name --devices "$PWD/a\"b" | tr -d ' ')" "$PWD/a\"b"
	answers 3 "  --devices: say which" pvs --devices ""
	answers 3 "  --devices: say which" pvs --devices ,
}

@test "options that mean nothing there are refused, not passed over" {
	make_group
	command svgcreate -q vg1 "$PWD/c"
	local option command table="  Incompatible options selected"
	for command in "lvdisplay vg0/base" "vgdisplay vg0" "pvdisplay $PWD/b"; do
		for option in --noheadings --binary --unquoted; do
			# shellcheck disable=SC2086
			answers 3 "$table" $command $option
		done
	done
	answers 3 "  --background, --interval: are for --merge" lvconvert -b --splitsnapshot vg0/base
	answers 3 "  --background, --interval: are for --merge" lvconvert -i 1 -s vg0/base vg0/other
	for command in "vgmerge -l vg0 vg1" "vgcfgrestore -l vg0"; do
		# shellcheck disable=SC2086
		answers 3 "  --list: contradicts --reportformat json" $command --reportformat json
	done
	prints "vg0 vg1" vgs --noheadings -o vg_name
}

@test "options of LVM2's that have nothing to do here are taken, others are refused by name" {
	make_group
	prints base lvs --history --noheadings -o lv_name
	as_lvm2 lvextend --type linear -L +4m vg0/base
	prints 12.00m lvs --noheadings -o lv_size vg0/base
	answers 3 "  --type: linear contradicts --stripes" lvextend --type linear -i 2 -L +4m vg0/base
	answers 3 "  svextend: --type: 'mirror' is none of linear|striped" lvextend --type mirror -L +4m vg0/base
	answers 3 "  --stripesize: too large" lvextend -i 1 -I 3t -L +4m vg0/base
	answers 3 "  svreduce: --usepolicies: no such option" lvreduce --usepolicies vg0/base
	answers 3 "  svreduce: --at-least: no such option" lvreduce --at-least -L 4m vg0/base
	as_lvm2 lvremove --nohistory -f vg0/base
	prints "" lvs --noheadings
	for option in --startpoll "-n x" --swapmetadata "--stripes 2"; do
		# shellcheck disable=SC2086
		answers 3 "  svconvert: ${option% *}: is for mirrors, RAID and pools, which snapvol does not have; use LVM2" \
			lvconvert $option vg0/base
	done
	answers 3 "  svchange: -Z: is for thin volumes, which snapvol does not have; use LVM2" lvchange -Z n vg0/base
	answers 5 "  Cannot notify dbus: lvm is not built with dbus support." vgscan --notifydbus
	answers 3 "  --noudevsync: is for --activate" pvscan --noudevsync
	answers 3 "  --reportformat: 'xml' is none of basic|json|json_std" lvscan --reportformat xml
}

@test "what has been changed is named as LVM2 names it, however it was said" {
	make_group
	svcreate -q -an -Zn -Wn -L 8m -n other vg0
	local base="Logical volume vg0/base changed." other="Logical volume vg0/other changed."
	prints "$base" lvchange --addtag a /dev/vg0/base
	prints "$base" lvchange --addtag b //dev/mapper/vg0-base vg0/base
	prints "$base" lvchange --addtag c @a
	prints "$base" lvchange --addtag d -S lv_name=base
	prints "$base $other" lvchange --addtag e vg0
	prints "$base $other" lvchange --deltag e @e
}

@test "a chunk size that cannot be is told of by the option or the setting that it came from" {
	make_group
	local wanted="must be a power of two from 4 KiB to 512 KiB" odd=(--config snapshot/chunk_size_sectors=9)
	answers 3 "--chunksize: $wanted" svcreate -s -an -L 4m -c 5k -n snap vg0/base
	answers 5 "snapshot/chunk_size_sectors: $wanted" svcreate -s -an -L 4m -n snap "${odd[@]}" vg0/base
	svcreate -q -an -Zn -Wn -L 8m -n store vg0
	answers 3 "--chunksize: $wanted" svconvert -y -s -c 5k vg0/base vg0/store
	answers 5 "snapshot/chunk_size_sectors: $wanted" svconvert -y -s "${odd[@]}" vg0/base vg0/store
	prints "base store" lvs --noheadings -o lv_name
}

@test "a volume that is not there is called so by svcheck, too" {
	make_group
	answers 5 "vg0/snap: no such volume" svcheck vg0/snap
}

@test "a snapshot that is not active is split off without a question, as with LVM2" {
	make_group
	svcreate -q -s -an -L 4m -n snap vg0/base
	answers 0 "  Logical Volume vg0/snap split from its origin." lvconvert --splitsnapshot vg0/snap
}

@test "a group may be said to be nobody else's, and to be shared is refused by name" {
	as_lvm2 vgcreate --locktype none vg0 "$PWD/b"
	answers 3 "  --locktype: 'sanlock' is for groups that several hosts share, which snapvol does not have; use LVM2" \
		vgcreate --locktype sanlock vg1 "$PWD/c"
	answers 3 "  svgcreate: --shared: is for groups that several hosts share, which snapvol does not have; use LVM2" \
		vgcreate --shared vg1 "$PWD/c"
	answers 0 '  Volume group "vg0" successfully exported' vgexport -S vg_name=vg0
	answers 0 '  Volume group "vg0" successfully imported' vgimport -S vg_name=vg0
}

@test "lvmconfig says what settings are for, and writes to a file" {
	answers 0 "global/units - $(as_lvm2 lvm lvmconfig --list | sed -n 's|^global/units - ||p')" lvmconfig -l global/units
	as_lvm2 lvmconfig --typeconfig list global >out
	(($(wc -l <out) > 5))
	not grep -v '^global/[a-z_]* - .' out
	answers 5 "  Configuration node global/unit not found" lvmconfig --list global/unit
	answers 0 "" lvmconfig -f "$PWD/printed" --mergedconfig --config 'global/units="m"' global/units
	expect_text printed "$(cat printed)" 'units="m"'
	answers 5 "  /dev/full: No space left on device" lvmconfig -f /dev/full
}

@test "--logonly leaves the log of messages only, whether settings ask for one or not" {
	local command logged=(--config 'log { report_command_log=1 command_log_selection="all" }')
	make_group
	for command in lvs vgs pvs "lvm fullreport" "vgdisplay -C"; do
		# shellcheck disable=SC2086
		answers 0 "  Seq LogType Context ObjType ObjName ObjID   ObjGrp  ObjGrpID Msg     Errno RetCode" $command --logonly
		# shellcheck disable=SC2086
		expect_text "$command" "$(as_lvm2 $command --logonly --reportformat json | jq -c .)" '{"log":[]}'
		# shellcheck disable=SC2086
		expect_text "$command" "$(as_lvm2 $command --logonly --reportformat json "${logged[@]}" |
			jq -c '[keys, .log[0].log_type]')" '[["log"],"status"]'
	done
	as_lvm2 lvs --logonly nosuch >out || true
	grep -q 'error .*Volume group "nosuch" not found' out
	expect_text types "$(as_lvm2 lvs --logonly --reportformat json nosuch | jq -c '[.log[].log_type]')" \
		'["error","error","status"]'
	expect_text types "$(as_lvm2 pvs --logonly --reportformat json "$PWD/nosuch" | jq -c '[.log[].log_type]')" \
		'["error","status"]'
	not grep -q 'Command Log\|LV  *VG' out
}

@test "what does not go together is refused, and what is not there is missed, as with LVM2" {
	make_group
	local call word
	for call in "lvdisplay -cC" "lvdisplay -mc" "lvdisplay -mC" "vgdisplay -sc" "vgdisplay -Cs" "pvdisplay -cm" \
		"pvdisplay -cs" "pvdisplay -Cm"; do
		# shellcheck disable=SC2086
		answers 3 "  Incompatible options selected" $call
	done
	not as_lvm2 pvdisplay -a
	for call in "--merge" "--mergesnapshot" "--splitsnapshot"; do
		answers 3 "  --chunksize: is for --snapshot" lvconvert "$call" -c 8k vg0/base
		answers 3 "  --zero: is for --snapshot" lvconvert "$call" -Zn vg0/base
	done
	answers 3 "--cancel: contradicts --background and --interval" svmerge --cancel -b vg0/base
	answers 3 "--cancel: contradicts --background and --interval" svmerge --cancel -i 1 vg0/base
	answers 3 "  --ignoreactivationskip: is for --activate" lvchange -K --addtag a vg0/base
	answers 3 "  --ignoreactivationskip: is for --activate" lvchange -K --refresh vg0/base
	answers 3 "  --partial: is for --activate and --refresh" lvchange -P --addtag a vg0/base
	answers 3 "  --activationmode: is for --activate and --refresh" lvchange --activationmode complete --addtag a vg0/base
	prints "" lvs --noheadings -o lv_tags vg0/base
	for call in "lvchange --poll y" "lvchange --monitor n" "vgchange --monitor y"; do
		# shellcheck disable=SC2086
		answers 5 '  Volume group "nosuch" not found
  Cannot process volume group nosuch' $call nosuch
	done
	answers 5 '  Failed to find logical volume "vg0/nosuch"' lvchange --poll y vg0/nosuch
	answers 0 "" lvchange --poll y vg0/base vg0
	answers 3 "  --persistent: say which --minor" lvchange -My vg0/base
	answers 0 "  nosuch: there is no copy of its metadata" vgcfgrestore -l nosuch
	as_lvm2 lvs --config x 2>err && return 1
	(($? == 3))
	for word in n en ne ln nl; do
		as_lvm2 lvchange "-a$word" vg0/base
	done
	for word in y a ay ya e ey ye s sy ys ly yl; do
		answers 5 "  vg0/base: the setting activation/enabled is off" lvchange "-a$word" vg0/base
	done
	prints vg0 vgs --noheadings -o vg_name --ignoreskippedcluster --trustcache
}

@test "vgdisplay -A shows groups with active volumes, and takes no names" {
	make_group
	answers 0 "" vgdisplay -A
	answers 3 "  Option -A is not allowed with volume group names" vgdisplay -A vg0
	answers 3 "  Incompatible options selected" vgdisplay -AC
}

@test "vgcfgbackup --readonly does not wait for who changes the group" {
	make_group
	exec 9>lock/V_vg0
	flock -x 9
	as_lvm2 vgcfgbackup --readonly -f "$PWD/copy" vg0 9>&-
	grep -q '^vg0 {' copy
	not as_lvm2 vgcfgbackup --config global/lock_timeout=0 -f "$PWD/other" vg0 9>&-
}

@test "a PV may use a part of its device, and leave room to boot loaders" {
	as_lvm2 pvcreate --setphysicalvolumesize 32m --bootloaderareasize 600k "$PWD/b" "$PWD/c"
	prints "65536S 2048S 2048S 4096S" pvs --noheadings --units s -o dev_size,ba_start,ba_size,pe_start "$PWD/b"
	as_lvm2 vgcreate vg0 "$PWD/b"
	prints "65536S 7 2048S 2048S 4096S" pvs --noheadings --units s \
		-o dev_size,pe_count,ba_start,ba_size,pe_start "$PWD/b"
	id=$(as_lvm2 pvs --noheadings -o pv_uuid "$PWD/b" | xargs)
	cp backup/vg0 copy
	truncate -s 0 b
	truncate -s 64M b
	as_lvm2 pvcreate -u "$id" --restorefile "$PWD/copy" "$PWD/b"
	prints "2048S 2048S 4096S" pvs --noheadings --units s -o ba_start,ba_size,pe_start "$PWD/b"
	as_lvm2 pvresize "$PWD/c"
	as_lvm2 vgcreate vg1 "$PWD/c"
	prints 15 pvs --noheadings -o pe_count "$PWD/c"
	for size in -1m 0 x; do
		not as_lvm2 pvcreate --setphysicalvolumesize "$size" "$PWD/b"
		not as_lvm2 pvcreate --bootloaderareasize "$size" "$PWD/b"
	done
	answers 5 "  $PWD/b: is smaller than that size" pvcreate --setphysicalvolumesize 65m "$PWD/b"
	answers 5 "  $PWD/b: no room is left for data" pvcreate --bootloaderareasize 63m "$PWD/b"
}
