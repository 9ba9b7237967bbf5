#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tables, JSON and paragraphs of a group on image files: no devices and no kernel needed.

bats_require_minimum_version 1.5.0

load lib

teardown() {
	:
}

# One group is made once for the file.
setup_file() {
	export SNAPVOL_CONFIG=$BATS_FILE_TMPDIR/conf
	images=$BATS_FILE_TMPDIR
	cat >"$SNAPVOL_CONFIG" <<END
devices { only = [ "$images/a", "$images/b", "$images/c" ] }
activation { enabled = 0 }
global { locking_dir = "$images/lock" run_dir = "$images/run" }
backup { backup = 0 archive = 0 }
END
	((EUID == 0)) || return 0
	truncate -s 64M "$images/a" "$images/b" "$images/c"
	{
		snapvol svpvcreate "$images/c" &&
			snapvol svgcreate --addtag group vg0 "$images/a" "$images/b" &&
			snapvol svcreate -an -Zn -Wn -L 16m -n base vg0 &&
			snapvol svcreate -s -an -L 8m -n s1 --addtag zz --addtag aa vg0/base &&
			snapvol svcreate -s -an -L 4m -n s2 -pr -c 8k vg0/base &&
			snapvol svcreate -an --type snapshot -V 100m -L 4m -n sparse vg0 &&
			snapvol svcreate -an -Zn -Wn -i 2 -I 16k -l 2 -n striped vg0
	} >"$images/log" 2>&1 || cat "$images/log" >&2
}

setup() {
	((EUID == 0)) || skip "making groups needs root"
	images=$BATS_FILE_TMPDIR
}

# table COMMAND...: its output without trailing blanks, which are many.
table() {
	"$@" | sed 's/ *$//'
}

@test "volumes are listed with LVM2's columns" {
	diff <(table snapvol svs) - <<'END'
  LV      VG  Attr       LSize  Pool Origin           Data%  Meta%  Move Log Cpy%Sync Convert
  base    vg0 owi---s--- 16.00m
  s1      vg0 swi---s---  8.00m      base
  s2      vg0 sri---s---  4.00m      base
  sparse  vg0 swi---s---  4.00m      [sparse_vorigin]
  striped vg0 -wi-------  8.00m
END
}

@test "hidden volumes are listed with --all, in brackets, sorted without them" {
	diff <(table snapvol svs -a --noheadings -o lv_name,lv_size,lv_role) - <<'END'
  base              16.00m public,origin,thickorigin,multithickorigin
  s1                 8.00m public,snapshot,thicksnapshot
  s2                 4.00m public,snapshot,thicksnapshot
  sparse             4.00m public,snapshot,thicksnapshot
  [sparse_vorigin] 100.00m private,origin,thickorigin
  striped            8.00m public
END
	expect_text "selected by name" "$(table snapvol svs -a --noheadings -o name -S lv_name=sparse_vorigin)" \
		"  [sparse_vorigin]"
}

@test "groups and devices are listed with LVM2's columns" {
	diff <(table snapvol svgs) - <<'END'
  VG  #PV #LV #SN Attr   VSize   VFree
  vg0   2   5   3 wz--n- 120.00m 80.00m
END
	diff <(table snapvol svpvs | sed "s|$images/|/|; s/^  PV *VG/  PV VG/") - <<'END'
  PV VG  Fmt  Attr PSize  PFree
  /a vg0 lvm2 a--  60.00m 24.00m
  /b vg0 lvm2 a--  60.00m 56.00m
  /c     lvm2 ---  64.00m 64.00m
END
}

@test "segments of volumes, and runs of extents of devices" {
	diff <(table snapvol svs --segments --noheadings -o lv_name,segtype,seg_size,chunk_size,stripe_size) - <<'END'
  base    linear  16.00m    0      0
  s1      linear   8.00m 4.00k     0
  s2      linear   4.00m 8.00k     0
  sparse  linear   4.00m 4.00k     0
  striped striped  8.00m    0  16.00k
END
	diff <(table snapvol svpvs --segments --noheadings -o pvseg_start,pvseg_size,lv_name,segtype "$images/b") - <<'END'
      0     1 striped striped
      1    14         free
END
}

@test "JSON is whole, also when something is missing, and has all fields asked for" {
	skip_without jq
	kept snapvol svs --reportformat json -o lv_all,seg_all | jq -e '.report[0].lv | length == 5'
	kept snapvol svgs --reportformat json -o vg_all | jq -e '.report[0].vg[0].vg_name == "vg0"'
	kept snapvol svpvs --reportformat json | jq -e '.report[0].pv | length == 3'
	kept snapvol svpvs --segments --reportformat json | jq -e '.report[0].pvseg | length > 3'
	kept snapvol svs --segments --reportformat json | jq -e '.report[0].seg[0].lv_name == "base"'
	not kept snapvol svs --reportformat json nosuch >"$BATS_TEST_TMPDIR/json"
	jq -e '.report[0].lv == []' "$BATS_TEST_TMPDIR/json"
}

@test "every value in JSON is a string" {
	skip_without jq
	kept snapvol svs -a --reportformat json -o lv_all,snap_all,seg_all |
		jq -e '[.report[].lv[][] | type] | unique == ["string"]'
}

@test "JSON is laid out as LVM2 does it" {
	diff <(kept snapvol svs --reportformat json -o lv_name,lv_tags vg0/s1) - <<'END'
  {
      "report": [
          {
              "lv": [
                  {"lv_name":"s1", "lv_tags":"aa,zz"}
              ]
          }
      ]
  }
END
}

@test "sizes in all units, with and without suffix" {
	size() {
		snapvol svs --noheadings -o lv_size "$@" vg0/base | tr -d ' '
	}
	expect_text default "$(size)" 16.00m
	expect_text b "$(size --units b)" 16777216B
	expect_text "b without suffix" "$(size --units b --nosuffix)" 16777216
	expect_text s "$(size --units s)" 32768S
	expect_text M "$(size --units M)" 16.78M
	expect_text g "$(size --units g)" 0.02g
	expect_text "decimal point" "$(LC_ALL=de_DE.UTF-8 size --units g)" 0.02g
	run -3 snapvol svs --units zz
}

@test "fields are added, taken away, written without prefix, and refused if unknown" {
	expect_text "+" "$(table snapvol svs --noheadings -o name -o+size vg0/s1)" "  s1   8.00m"
	expect_text "-" "$(table snapvol svgs --noheadings -o-vg_size,free,pv_count)" "  vg0   5   3 wz--n-"
	run -5 --separate-stderr snapvol svs -o lv_name,foo
	expect_text output "$output" ""
	expect_text stderr "$stderr" "Unrecognised field: foo; see -o help and -S help"
	run -0 --separate-stderr snapvol svs -o help
	expect_text output "$output" ""
	[[ $stderr == *lv_snapshot_invalid* ]]
}

@test "lines are selected and sorted" {
	names() {
		words_of snapvol svs --noheadings -o lv_name "$@"
	}
	expect_text regex "$(names -S 'lv_attr =~ ^s')" "s1 s2 sparse"
	expect_text size "$(names -S 'lv_size > 4m && lv_size<=8m')" "s1 striped"
	expect_text origin "$(names -S 'origin != ""')" "s1 s2 sparse"
	expect_text tag "$(names -S 'lv_tags=zz')" "s1"
	expect_text "field not shown" "$(names -S 'seg_count = 1 && vg_extent_size = 4m && lv_permissions=read-only')" "s2"
	expect_text state "$(names -S 'snap_state=inactive')" "s1 s2 sparse"
	expect_text extents "$(names -S 'seg_size_pe>2')" "base"
	expect_text "start of data" "$(snapvol svpvs --noheadings -o vg_name -S 'pe_start=1m && pv_used>0' | xargs)" "vg0 vg0"
	expect_text sorted "$(names -O -lv_size,-lv_name)" "base striped s1 sparse s2"
	expect_text "sorted by fill" "$(names -O cow_percent_of_max,lv_name)" "sparse s2 s1 base striped"
	expect_text "the other way" "$(names -O -cow_percent_of_max,-lv_name)" "striped base s1 s2 sparse"
	expect_text "sorted by tags" "$(names -O -lv_tags,-lv_name)" "s1 striped sparse s2 base"
	expect_text "by what is blank" "$(names -O lv_parent,copy_percent,cache_settings,lv_name)" "base s1 s2 sparse striped"
	run -5 snapvol svs -S 'foo=1'
	expect_text select "$output" "Unrecognised selection field: foo; see -o help and -S help"
	run -5 snapvol svs -O foo
	expect_text sort "$output" "Unrecognised field: foo; see -o help and -S help"
}

@test "operands in all their forms; one that names nothing does not hide the others" {
	names() {
		words_of snapvol svs --noheadings -o lv_name "$@"
	}
	expect_text volume "$(names vg0/s1)" s1
	expect_text path "$(names /dev/vg0/s1 /dev/mapper/vg0-base)" "base s1"
	expect_text tag "$(names @zz)" s1
	expect_text "a group's tag" "$(names @group)" "base s1 s2 sparse striped"
	expect_text "no such tag" "$(names @none)" ""
	expect_text twice "$(names vg0/s1 vg0/s1)" s1
	expect_text hidden "$(names vg0/sparse_vorigin)" "[sparse_vorigin]"

	run -5 --separate-stderr snapvol svs --noheadings -o lv_name vg0/nosuch vg0/s1 vg7
	expect_text output "${output// /}" s1
	expect_text stderr "$stderr" "vg0/nosuch: no such volume
vg7: no such group"
	run -5 --separate-stderr snapvol svpvs --noheadings -o vg_name "$images/nosuch" "$images/a"
	expect_text output "${output// /}" vg0
	[[ $stderr == "$images/nosuch: no such device" ]]
}

# on_terminal COMMAND: what it prints there.
on_terminal() {
	TERM=xterm script -qec "$*" /dev/null </dev/null >"$BATS_TEST_TMPDIR/terminal" || return
	tr -d '\r' <"$BATS_TEST_TMPDIR/terminal"
}

@test "on a terminal headings are bold and trouble is red, unless NO_COLOR says no" {
	skip_without script
	unset NO_COLOR
	export SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf
	local bold=$'\e[1m' red=$'\e[31m' end=$'\e[0m' fields=lv_name,lv_attr,snap_state,lv_size
	sed "s|, \"$images/b\"||" "$images/conf" >"$SNAPVOL_CONFIG"
	snapvol svs -o "$fields" >"$BATS_TEST_TMPDIR/plain" 2>/dev/null
	on_terminal snapvol svs -o "$fields" 2>/dev/null >"$BATS_TEST_TMPDIR/coloured"
	grep -v "^WARNING\|^vg0:" "$BATS_TEST_TMPDIR/coloured" >"$BATS_TEST_TMPDIR/table"
	[[ $(head -n 1 "$BATS_TEST_TMPDIR/table") == "  $bold"*Attr*State*"$end" ]]
	grep "^  striped" "$BATS_TEST_TMPDIR/table" | grep -qF "$red-wi-----p-$end"
	[[ $(grep "^  base" "$BATS_TEST_TMPDIR/table") != *$'\e'* ]]
	# nothing but the colours differs, blanks at the end aside
	diff <(sed 's/\x1b\[[0-9]*m//g; s/ *$//' "$BATS_TEST_TMPDIR/table") <(sed 's/ *$//' "$BATS_TEST_TMPDIR/plain")
	NO_COLOR=1 on_terminal snapvol svs -o "$fields" >"$BATS_TEST_TMPDIR/refused"
	for call in "--reportformat json" "--separator ," --rows --nameprefixes; do
		on_terminal snapvol svs "$call" >>"$BATS_TEST_TMPDIR/refused"
	done
	ln -s "$(type -P snapvol)" "$BATS_TEST_TMPDIR/lvs"
	on_terminal "$BATS_TEST_TMPDIR/lvs" >>"$BATS_TEST_TMPDIR/refused"
	not grep -q $'\e' "$BATS_TEST_TMPDIR/refused" "$BATS_TEST_TMPDIR/plain"
}

@test "watching ends well on ^C, when told to, and when nobody reads" {
	skip_without python3
	local seen=$BATS_TEST_TMPDIR/seen
	# as nohup has it
	(trap '' HUP && exec snapvol svs --watch=1 -o lv_name vg0/s1 >"$seen" 3>&-) &
	wait_until 60 eval '(($(grep -c s1 "$seen") > 0))'
	kill -HUP $!
	wait_until 60 eval '(($(grep -c s1 "$seen") > 1))'
	kill -TERM $!
	wait $!
	# it does not wait for its next time then
	snapvol svs --watch=60 vg0/s1 | head -n 1 >"$BATS_TEST_TMPDIR/first"
	expect_text statuses "${PIPESTATUS[*]}" "0 0"
	grep -q "Data%.*State.*Merged%.*UntilFull" "$BATS_TEST_TMPDIR/first"
	TERM=xterm timeout 60 python3 - snapvol svs --watch=60 -o lv_name vg0/s1 <<'END'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while b"s1" not in seen:
    seen += os.read(terminal, 4096)
assert seen.startswith(b"\x1b[H\x1b[2J"), seen
os.write(terminal, b"\x03")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
	run -5 snapvol svs --watch vg0/nosuch
	run -3 snapvol svs --watch=often vg0/s1
}

@test "a full report has all of a group together" {
	skip_without jq
	kept snapvol fullreport --reportformat json vg0 >"$BATS_TEST_TMPDIR/json"
	jq -e '.report | length == 1 and (.[0] | keys == ["lv", "pv", "pvseg", "seg", "vg"])' "$BATS_TEST_TMPDIR/json"
	jq -e '.report[0].pv | length == 2' "$BATS_TEST_TMPDIR/json"
	jq -e '[.report[0].lv[].lv_name] | index("s1") != null' "$BATS_TEST_TMPDIR/json"
	run -5 --separate-stderr snapvol fullreport --reportformat json nosuch
	jq -e '.report == []' <<<"$output"
	expect_text stderr "$stderr" "nosuch: no such group"
	run -3 snapvol fullreport --configreport nosuch -o lv_name
	run -3 snapvol fullreport -o lv_name
	kept snapvol fullreport --reportformat json | jq -e '.report[1] | keys == ["pv", "pvseg"]'
	expect_text "the last one said" "$(snapvol svs --noheadings -o lv_name -S lv_name=s1 -S lv_name=s2 | xargs)" s2
}

@test "messages are kept as the log section of lvm.conf says, and shown as it says" {
	export LVM_SYSTEM_DIR=$BATS_TEST_TMPDIR
	local kept=$BATS_TEST_TMPDIR/messages
	settings() {
		echo "log { syslog=0 file=\"$kept\" $1 }" >"$LVM_SYSTEM_DIR/lvm.conf"
	}
	settings ""
	run -5 snapvol svs vg0/nosuch
	[[ ! -e $kept ]]
	settings level=3
	run -5 --separate-stderr snapvol svs vg0/nosuch
	expect_text shown "$stderr" "vg0/nosuch: no such volume"
	run -0 --separate-stderr snapvol svgck vg0
	expect_text kept "$(sed 's/\[[0-9]*\]/[]/' "$kept")" "svs[]: vg0/nosuch: no such volume"
	settings level=5
	run -0 --separate-stderr snapvol svgck vg0
	expect_text shown "$stderr" ""
	expect_text kept "$(sed 's/\[[0-9]*\]/[]/' "$kept")" "svs[]: vg0/nosuch: no such volume
svgck[]: vg0: all is well"
	settings "level=3 overwrite=1 verbose=1"
	run -0 --separate-stderr snapvol svgck vg0
	expect_text shown "$stderr" "vg0: all is well"
	[[ ! -s $kept ]]
	run -0 --separate-stderr snapvol svgck -q vg0
	expect_text shown "$stderr" ""
	settings silent=1
	run -0 --separate-stderr snapvol svgchange --addtag kept vg0
	expect_text shown "$stderr" ""
	run -0 snapvol svgchange -q --deltag kept vg0
	kept=$LVM_SYSTEM_DIR/lvm.conf/messages settings level=3
	run -5 --separate-stderr snapvol svs
	[[ $stderr == "$LVM_SYSTEM_DIR/lvm.conf/messages: cannot write"* ]]
}

@test "separators, rows, prefixes, binary values" {
	expect_text separator "$(snapvol svs --noheadings --separator ';' -o lv_name,origin,lv_size vg0/s1)" \
		"  s1;base;8.00m"
	expect_text aligned "$(snapvol svs --noheadings --aligned --separator ';' -o lv_size vg0/base vg0/s1)" \
		"  16.00m
   8.00m"
	expect_text prefixes "$(snapvol svs --noheadings --nameprefixes -o lv_name,data_percent vg0/s1)" \
		"  LVM2_LV_NAME='s1' LVM2_DATA_PERCENT=''"
	expect_text unquoted "$(snapvol svs --noheadings --nameprefixes --unquoted -o lv_name vg0/s1)" \
		"  LVM2_LV_NAME=s1"
	expect_text rows "$(table snapvol svs --rows -o lv_name,origin vg0/s1 vg0/s2)" "  LV s1 s2
  Origin base base"
	expect_text binary "$(snapvol svs --noheadings --binary -o lv_merging,lv_suspended,lv_autoactivation vg0/s1 | xargs)" \
		"0 -1 1"
}

@test "paragraphs tell of a snapshot what it shows and what it costs" {
	run -0 snapvol svdisplay vg0/s2
	[[ $output == *"LV snapshot status     INACTIVE destination for base"* ]]
	[[ $output == *"LV Size                16.00 MiB"* ]]
	[[ $output == *"COW-table size         4.00 MiB"* ]]
	[[ $output == *"Snapshot chunk size    8.00 KiB"* ]]
	[[ $output == *"LV Write Access        read only"* ]]
	run -0 snapvol svdisplay -m vg0/striped
	[[ $output == *"Stripe size		16.00 KiB"* ]]
	run -0 snapvol svdisplay -c vg0/base
	expect_text colons "$output" "  /dev/vg0/base:vg0:3:0:-1:0:32768:4:-1:0:-1:-1:-1"
	run -0 snapvol svgdisplay -s
	expect_text short "$output" '  "vg0" 120.00 MiB [40.00 MiB used / 80.00 MiB free]'
	run -0 snapvol svgdisplay -v
	[[ $output == *$'  --- Physical volumes ---\n  PV Name               '"$images/a     "$'\n'* ]]
	[[ $output == *"PV Status             allocatable"$'\n'"  Total PE / Free PE    15 / "* ]]
	run -0 snapvol svdisplay -m --config 'log/prefix="##"' vg0/striped
	[[ -z $(grep -v "^##" <<<"$output") ]]
	run -0 snapvol svpvdisplay "$images/b"
	[[ $output == *"Free PE               14"* ]]
	run -0 snapvol svscan
	[[ $output == *"inactive Snapshot '/dev/vg0/s1' [8.00 MiB] inherit"* ]]
	diff <(snapvol svdisplay -C) <(snapvol svs)
	run -3 snapvol svdisplay -o lv_name
}

@test "a tree shows an origin with all that hangs on it" {
	diff <(snapvol svdisplay --tree) - <<'END'
  vg0/base [16.00 MiB] inactive
  |- s1 [8.00 MiB] inactive
  `- s2 [4.00 MiB] inactive
  vg0/striped [8.00 MiB] inactive
  [vg0/sparse_vorigin] [100.00 MiB] inactive
  `- sparse [4.00 MiB] inactive
END
	diff <(snapvol svdisplay --tree vg0/s2) <(snapvol svdisplay --tree vg0/base)
	run -3 snapvol svdisplay --tree -c
}

@test "a kernel that is not asked is not spoken for" {
	local silent fields=lv_name,lv_active,lv_active_locally,lv_active_remotely,lv_active_exclusively,snap_state
	for silent in --readonly "--driverloaded n"; do
		# shellcheck disable=SC2086 # words
		diff <(table snapvol svs $silent --noheadings --separator : -o $fields vg0/base vg0/s1) - <<'END'
  base:unknown:unknown:unknown:unknown:
  s1:unknown:unknown:unknown:unknown:unknown
END
		# shellcheck disable=SC2086
		diff <(table snapvol svs $silent --binary --noheadings --separator : -o $fields vg0/s1) - <<'END'
  s1:unknown:-1:-1:-1:unknown
END
		# shellcheck disable=SC2086
		diff <(snapvol svdisplay --tree $silent vg0/base) - <<'END'
  vg0/base [16.00 MiB] unknown
  |- s1 [8.00 MiB] unknown
  `- s2 [4.00 MiB] unknown
END
		# shellcheck disable=SC2086
		expect_text selected "$(snapvol svs $silent --noheadings -o lv_name -S 'snap_state=unknown' | xargs)" "s1 s2 sparse"
	done
	diff <(table snapvol svs --binary --noheadings --separator : -o $fields vg0/s1) - <<'END'
  s1::0:0:0:inactive
END
}

@test "what LVM2 has no field for is blank where it says nothing" {
	expect_text "of the inactive" "$(snapvol svs --noheadings --separator : -o \
		lv_name,cow_percent_of_max,overflow_proof,time_until_full,set,freeze_ms vg0/base vg0/s1 vg0/s2 | xargs)" \
		"base::::: s1:49.78:::: s2:24.93::::"
	expect_text age "$(snapvol svs --noheadings -o lv_name -S 'age>=0 && age<3600' vg0/s1 | xargs)" s1
}

@test "snapshots taken at one instant are a set, and a store that holds all is overflow proof" {
	cp --sparse=always "$images/a" "$images/b" "$images/c" "$BATS_TEST_TMPDIR"
	sed "s|$images/\([abc]\)\"|$BATS_TEST_TMPDIR/\1\"|g" "$SNAPVOL_CONFIG" >"$BATS_TEST_TMPDIR/conf"
	export SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf
	snapvol svcreate -q -s -an -l 100%ORIGIN -n 'x_%o' vg0/base vg0/striped
	set=$(snapvol svs --noheadings -o set vg0/x_base | tr -d ' ')
	[[ $set =~ ^[0-9]{8}T[0-9]{6}Z-[0-9]+$ ]]
	expect_text members "$(snapvol svs --noheadings -o lv_name -S "set=$set" | xargs)" "x_base x_striped"
	expect_text "tags of users" "$(words_of snapvol svs --noheadings -o lv_tags vg0/x_base)" ""
	expect_text "overflow proof" "$(snapvol svs --noheadings --binary -o lv_name,overflow_proof,cow_percent_of_max \
		-S 'origin=base' | xargs)" "s1 0 49.78 s2 0 24.93 x_base 1 100.00"
}

@test "a damaged disk is warned about and the rest is listed" {
	cp --sparse=always "$images/a" "$images/b" "$images/c" "$BATS_TEST_TMPDIR"
	sed "s|$images/\([abc]\)\"|$BATS_TEST_TMPDIR/\1\"|g" "$SNAPVOL_CONFIG" >"$BATS_TEST_TMPDIR/conf"
	printf 'damaged' | dd of="$BATS_TEST_TMPDIR/c" bs=1 seek=520 conv=notrunc status=none
	SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf run -0 --separate-stderr snapvol svs --noheadings -o lv_name
	expect_text volumes "$(xargs <<<"$output")" "base s1 s2 sparse striped"
	[[ -n $stderr ]]
}

@test "an absent device is listed as missing, and its volumes as partial" {
	cp --sparse=always "$images/a" "$BATS_TEST_TMPDIR"
	export SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf
	echo "devices { only = [ \"$BATS_TEST_TMPDIR/a\" ] } activation { enabled = 0 }" >"$SNAPVOL_CONFIG"
	expect_text devices "$(snapvol svpvs --noheadings -o pv_name,pv_attr,pv_missing | sed "s|$BATS_TEST_TMPDIR||" | xargs)" \
		"/a a-- [unknown] a-m missing"
	expect_text volumes "$(snapvol svs --noheadings -o lv_name,lv_health_status -S lv_health_status=partial | xargs)" \
		"striped partial"
	expect_text group "$(snapvol svgs --noheadings -o vg_attr,vg_missing_pv_count | xargs)" "wz-pn- 1"
}

# completes WANTED WORD...
completes() {
	expect_text "completion of ${*:2}" "$(snapvol complete -- "${@:2}" | sort -u | tr '\n' ' ')" "$1"
}

@test "completion offers groups, volumes, tags and devices where they fit" {
	completes "vg0 " svgs ""
	completes "vg0/base vg0/s1 vg0/s2 vg0/sparse vg0/striped " svmerge ""
	completes "vg0 vg0/base vg0/s1 vg0/s2 vg0/sparse vg0/striped " svs v
	completes "vg0/s1 vg0/s2 vg0/sparse vg0/striped " svremove -f vg0/s
	completes "@aa @group @zz " svs @
	completes "@group " svgchange -an @
	completes "aa " svchange --deltag a
	completes "vg0 " svgextend -f ""
	completes "$images/a $images/b $images/c " svgextend vg0 ""
	completes "$images/b " svcreate -L 1g vg0 "$images/b"
	completes "n y " svgcreate -A ""
}
