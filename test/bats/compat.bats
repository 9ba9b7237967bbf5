#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Under LVM2's names: what is said has LVM2's shape, and what is not for us goes to LVM2.  No devices
# needed: the group lies on an image file.

bats_require_minimum_version 1.5.0

load lib

teardown() {
	:
}

setup() {
	local name
	export SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf LVM_SYSTEM_DIR=$BATS_TEST_TMPDIR/system
	mkdir "$LVM_SYSTEM_DIR" "$BATS_TEST_TMPDIR/compat"
	for name in lvm lvs lvcreate lvremove lvrename lvchange lvextend vgs vgcreate vgremove vgrename lvmconfig lvconvert pvcreate vgextend lvreduce pvmove pvs pvremove lvscan pvscan lvdisplay; do
		ln -s "$(command -v snapvol)" "$BATS_TEST_TMPDIR/compat/$name"
	done
	lvm_command ""
}

# lvm_command PROGRAM: is the real lvm.
lvm_command() {
	cat >"$SNAPVOL_CONFIG" <<END
devices { only = [ "$BATS_TEST_TMPDIR/image" ] }
activation { enabled = 0 }
backup { backup = 0 archive = 0 }
global { locking_dir = "$BATS_TEST_TMPDIR/lock" run_dir = "$BATS_TEST_TMPDIR/run" lvm_command = "$1" }
END
}

# says STATUS STDOUT STDERR COMMAND...: a command under its name of LVM2's.
says() {
	local status=0
	"$BATS_TEST_TMPDIR/compat/$4" "${@:5}" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	expect_text "status of ${*:4}" "$status" "$1"
	expect_text "stdout of ${*:4}" "$(cat "$BATS_TEST_TMPDIR/out")" "$2"
	expect_text "stderr of ${*:4}" "$(cat "$BATS_TEST_TMPDIR/err")" "$3"
}

@test "messages have LVM2's words, streams and statuses" {
	local missing
	[[ $EUID == 0 ]] || skip "needs root"
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	says 0 "  Physical volume \"$BATS_TEST_TMPDIR/image\" successfully created.
  Volume group \"vg\" successfully created" '' vgcreate vg "$BATS_TEST_TMPDIR/image"
	says 0 $'  Rounding up size to full physical extent 12.00 MiB\n  Logical volume "base" created.' '' \
		lvcreate -an -Zn -L 9M -n base vg
	says 5 '' '  Logical Volume "base" already exists in volume group "vg"' lvcreate -an -Zn -L 4M -n base vg
	says 0 '  Logical volume "snap" created.' '' lvcreate -an -s -L 4M -n snap vg/base
	says 5 '' '  Failed to find logical volume "vg/missing"' lvs vg/missing
	says 5 '' '##Failed to find logical volume "vg/missing"' lvs --config 'log/prefix="##"' vg/missing
	missing=$'  Volume group "missing" not found\n  Cannot process volume group missing'
	says 5 '' "$missing" lvs missing
	says 5 '' "$missing" lvremove -f missing/snap
	says 0 '  Renamed "snap" to "before" in volume group "vg"' '' lvrename vg snap before
	says 0 '  Logical volume vg/base changed.' '' lvchange --addtag daily vg/base
	says 0 $'  Size of logical volume vg/before changed from 4.00 MiB (1 extents) to 8.00 MiB (2 extents).\n  Logical volume vg/before successfully resized.' '' lvextend -L 8M vg/before
	says 5 '' '  New size given (2 extents) not larger than existing size (3 extents)' lvextend -L 8M vg/base
	says 5 '' '  Logical volume missing not found in volume group vg.' lvextend -L 8M vg/missing
	says 5 '' '  Existing logical volume "missing" not found in volume group "vg"' lvrename vg missing new
	says 5 '' '  A volume group called vg already exists.' vgcreate vg "$BATS_TEST_TMPDIR/image"
	says 5 '' "  PV $BATS_TEST_TMPDIR/image is used by VG vg so please use vgreduce first.
  (If you are certain you need pvremove, then confirm by using --force twice.)
  $BATS_TEST_TMPDIR/image: physical volume label not removed." pvremove "$BATS_TEST_TMPDIR/image"
	says 5 '' '  Cannot use /dev/none: device not found' pvs /dev/none
	says 0 $'  LV   VG LSize \n  base vg 12.00m' '' lvs -o lv_name,vg_name,lv_attr,lv_size -o -lv_attr,-nonsense vg/base
	says 0 $'  LV   Attr       Active \n  base owi-XXs--- unknown' '' lvs --config global/activation=0 -o lv_name,lv_attr,lv_active vg/base
	says 0 '  Logical volume "before" successfully removed.' '' lvremove -f vg/before
	says 0 $'  Size of logical volume vg/base changed from 12.00 MiB (3 extents) to 4.00 MiB (1 extents).\n  Logical volume vg/base successfully resized.' '' lvreduce -f -L 4M vg/base
	says 0 $'  Size of logical volume vg/base changed from 4.00 MiB (1 extents) to 60.00 MiB (15 extents).\n  Logical volume vg/base successfully resized.' '' lvextend -l 100%VG vg/base
	says 0 '  Logical volume "base" successfully removed.' '' lvremove -f vg/base
	says 0 '  Volume group "vg" successfully removed' '' vgremove vg
}

@test "what is not for us is passed on to LVM2 as it was typed, before anything is done" {
	local compat=$BATS_TEST_TMPDIR/compat real=$BATS_TEST_TMPDIR/real call
	printf '#!/bin/bash\necho "real ${0##*/} $*"\nexit 42\n' >"$real"
	chmod +x "$real"
	lvm_command "$real"
	for call in "pvmove /dev/a /dev/b" "lvcreate --type thin-pool -L 4M -n pool vg" "lvs --no-such-option"; do
		# shellcheck disable=SC2086 # words
		run -42 --separate-stderr "$compat/"$call
		expect_text "passed on" "$output" "real real ${call#* }"
		expect_text "besides" "$stderr" ""
	done
	run -42 "$compat/lvm" vgimportclone x y
	expect_text "passed on" "$output" "real real vgimportclone x y"
	# never in a circle, and without LVM2 it is an error of ours
	for real in "$compat/lvm" /nonexistent; do
		lvm_command "$real"
		says 2 "" "  pvmove: no such command" pvmove /dev/a
	done
	printf '#!/bin/bash\nexec %q "$@"\n' "$compat/lvm" >"$BATS_TEST_TMPDIR/circle"
	chmod +x "$BATS_TEST_TMPDIR/circle"
	lvm_command "$BATS_TEST_TMPDIR/circle"
	run -2 "$compat/lvm" pvmove /dev/a
}

@test "lvm's own words are answered" {
	local lvm=$BATS_TEST_TMPDIR/compat/lvm
	run -0 --separate-stderr "$lvm" version
	[[ $output =~ "LVM version:"\ +[0-9]+\.[0-9]+\.[0-9]+.*\([0-9]{4}-[0-9]{2}-[0-9]{2}\) ]]
	says 0 "  lvm2" "" lvm formats
	says 0 $'  striped\n  zero\n  error\n  linear\n  snapshot' "" lvm segtypes
	says 0 "" "" lvm tags
	says 2 "" "  lvm: no such command" lvm
	echo 'global { use_lvmpolld=0 } log { prefix="  " }' >"$LVM_SYSTEM_DIR/lvm.conf"
	says 0 $'global {\n\tuse_lvmpolld=0\n\tlocking_dir='"\"$BATS_TEST_TMPDIR/lock\""$'\n\trun_dir='"\"$BATS_TEST_TMPDIR/run\""$'\n\tlvm_command=""\n\tunits="m"\n}' \
		"" lvmconfig global --config 'global/units="m"'
	says 0 'use_lvmpolld=0' "" lvm dumpconfig global/use_lvmpolld
	says 0 'use_devicesfile=0' "" lvmconfig --typeconfig full devices/use_devicesfile
	says 5 "" "  Configuration node global/units not found" lvm config global/units
	says 5 "" "  Configuration node nonsense not found" lvmconfig --type full nonsense
}

@test "options for what is left to LVM2 are refused by their names" {
	[[ $EUID == 0 ]] || skip "needs root"
	says 3 "" "  svcreate: -m: is for mirrors, which snapvol does not have; use LVM2" lvcreate -m1 -L 4M vg
	says 3 "" "  svconvert: --repair: is for mirrors, which snapvol does not have; use LVM2" lvconvert --repair vg/base
	says 3 "" "  svgcreate: -c: is for groups that several hosts share, which snapvol does not have; use LVM2" \
		vgcreate -c y vg /dev/none
}

# logged STATUS COMMAND...: standard output is JSON, and "TYPE OBJECT: MESSAGE" a line of its log is the
# standard input; besides nothing is said.
logged() {
	local line='.*"log_type":"(.*)", "log_context.*"log_object_name":"(.*)", "log_object_id.*"log_object_group":"(.*)", "log_object_gr.*"log_message":"(.*)", "log_errno.*'
	run "-$1" --separate-stderr "$BATS_TEST_TMPDIR/compat/$2" "${@:3}" --config "log/command_log_selection=\"log_type!=''\""
	expect_text "besides" "$stderr" ""
	expect_text "log of ${*:2}" "$(sed -En "s/$line/\\1 \\3\\/\\2: \\4/p" <<<"$output")" "$(cat)"
}

@test "under the profile of lvmdbusd reports are JSON in bytes, and messages are a part of it" {
	[[ $EUID == 0 ]] || skip "needs root"
	mkdir "$LVM_SYSTEM_DIR/profile"
	cat >"$LVM_SYSTEM_DIR/profile/lvmdbusd.profile" <<-'END'
		global {
			units=b
			suffix=0
		}
		report { output_format=json }
		log {
			report_command_log=1
			command_log_selection="log_context=shell"
		}
	END
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	says 0 $'  {\n      "log": [\n      ]\n  }' '' vgcreate --commandprofile lvmdbusd vg "$BATS_TEST_TMPDIR/image"
	export LVM_COMMAND_PROFILE=lvmdbusd
	logged 0 lvcreate -an -Zn -L 4M -n base vg <<-'END'
		print vg/base: Logical volume \"base\" created.
		status /: success
	END
	logged 5 lvs nosuch <<-'END'
		error /nosuch: Volume group \"nosuch\" not found
		error /nosuch: Cannot process volume group nosuch
		status /nosuch: failure
	END
	logged 5 lvremove -f vg/nosuch <<-'END'
		error vg/nosuch: Failed to find logical volume \"vg/nosuch\"
		status vg/nosuch: failure
	END
	says 0 "$(printf '  %s\n' '{' '    "report": [' '        {' '            "lv": [' \
		'                {"lv_name":"base", "lv_size":"4194304"}' '            ]' '        }' '    ]' \
		'    ,' '    "log": [' '    ]' '}')" '' lvs -o lv_name,lv_size
	says 0 "$(printf '  %s\n' 'Logical Volume' '==============' 'LV   LSize  ' 'base 4194304' '' 'Command Log' '===========' \
		'Seq LogType Context ObjType ObjName ObjID   ObjGrp  ObjGrpID Msg     Errno RetCode')" '' \
		lvs -o lv_name,lv_size --reportformat basic
	run -0 "$BATS_TEST_TMPDIR/compat/lvm" fullreport --configreport vg -o vg_size --configreport lv -o lv_name
	[[ $output == *'{"vg_size":"62914560"}'*'{"lv_name":"base"}'*'"log": ['* ]]
	run -0 "$BATS_TEST_TMPDIR/compat/pvs" -o pv_size
	[[ $output == *'"pv": ['*'{"pv_size":"62914560"}'*'"log": ['* ]]
}

@test "paragraphs are messages of the log, and JSON with it is whole" {
	[[ $EUID == 0 ]] || skip "needs root"
	skip_without python3
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	logged() (
		set -o pipefail
		"$BATS_TEST_TMPDIR/compat/$1" --config log/report_command_log=1 --reportformat json "${@:2}" |
			python3 -c 'import json, sys; [print(line["log_message"]) for line in json.load(sys.stdin)["log"]]'
	)
	expect_text vgcreate "$(logged vgcreate vg "$BATS_TEST_TMPDIR/image")" \
		"Physical volume \"$BATS_TEST_TMPDIR/image\" successfully created.
Volume group \"vg\" successfully created"
	logged lvcreate -an -Zn -Wn -L 4M -n base vg
	expect_text lvscan "$(logged lvscan)" "inactive          '/dev/vg/base' [4.00 MiB] inherit"
	expect_text pvscan "$(logged pvscan | sed -n '$p')" "Total: 1 [60.00 MiB] / in use: 1 [60.00 MiB] / in no VG: 0 [0   ]"
	run -0 --separate-stderr logged lvs
	expect_text lvs "$output" ""
	[[ $(logged lvs 'v\x') == *'v\x'* ]]
	run -0 --separate-stderr "$BATS_TEST_TMPDIR/compat/lvdisplay" --config log/report_command_log=1 vg/base
	[[ ${lines[0]} == "  Command Log" && $output == *" 2 print   processing "*" LV Path                /dev/vg/base "* ]]
}

@test "the log has the columns, lines and order that --configreport log asks for" {
	[[ $EUID == 0 ]] || skip "needs root"
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	"$BATS_TEST_TMPDIR/compat/vgcreate" vg "$BATS_TEST_TMPDIR/image"
	run -5 --separate-stderr "$BATS_TEST_TMPDIR/compat/lvs" --config log/report_command_log=1 -o lv_name missing \
		--configreport log -o log_seq_num -o +log_message -O -log_seq_num -S 'log_type=error'
	expect_text log "$output" '  
  Command Log
  ===========
  Seq Msg                                
    2 Cannot process volume group missing
    1 Volume group "missing" not found   '
}

@test "systemd's journal gets what --journal and log/journal say" {
	[[ $EUID == 0 ]] || skip "needs root"
	skip_without python3
	truncate -s 64M "$BATS_TEST_TMPDIR/image"
	says 0 "  Physical volume \"$BATS_TEST_TMPDIR/image\" successfully created.
  Volume group \"vg\" successfully created" '' vgcreate vg "$BATS_TEST_TMPDIR/image"
	# a journal of our own: what is said to it after the command, as it came
	run -0 --separate-stderr unshare -m bash -c '
		mount -t tmpfs none /run && mkdir -p /run/systemd/journal && python3 - "$@"' bash \
		"$BATS_TEST_TMPDIR/compat/lvcreate" --journal command --journal output -an -Zn -L 4M -n base vg <<-'END'
		import socket, subprocess, sys
		journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		journal.bind("/run/systemd/journal/socket")
		subprocess.run(sys.argv[1:], check=True)
		for _ in range(2):
		    print(journal.recv(9999, socket.MSG_DONTWAIT).decode().replace("\n", "|"))
	END
	expect_text "journal" "$output" '  Logical volume "base" created.
PRIORITY=6|SYSLOG_IDENTIFIER=svcreate|MESSAGE=lvcreate --journal command --journal output -an -Zn -L 4M -n base vg|
PRIORITY=4|SYSLOG_IDENTIFIER=svcreate|MESSAGE=vg/base: created|'
	says 0 "  vg" "  WARNING: Ignoring unrecognized journal value." vgs --config 'log/journal=["nonsense"]' --noheadings -o vg_name
}

@test "what PVs are made with is understood as LVM2 spells it" {
	[[ $EUID == 0 ]] || skip "needs root"
	truncate -s 64M "$BATS_TEST_TMPDIR/image" "$BATS_TEST_TMPDIR/second"
	sed -i "s|only = \[.*\]|only = [ \"$BATS_TEST_TMPDIR/image\", \"$BATS_TEST_TMPDIR/second\" ]|" "$SNAPVOL_CONFIG"
	says 0 "  Physical volume \"$BATS_TEST_TMPDIR/image\" successfully created." "" \
		pvcreate -M2 --metadatacopies 2 "$BATS_TEST_TMPDIR/image"
	says 0 '  Volume group "vg" successfully created' "" vgcreate -M lvm2 vg "$BATS_TEST_TMPDIR/image"
	says 0 "  Physical volume \"$BATS_TEST_TMPDIR/second\" successfully created.
  Volume group \"vg\" successfully extended" "" vgextend --metadataignore y vg "$BATS_TEST_TMPDIR/second"
	says 0 $'  2       2\n  1       0' "" pvs --noheadings -o pv_mda_count,pv_mda_used_count --separator '       '
}
