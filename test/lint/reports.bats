#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reports of groups on image files: what needs no kernel.

bats_require_minimum_version 1.5.0

load ../bats/lib

teardown() {
	:
}

setup() {
	((EUID == 0)) || skip "making groups needs root"
	cd "$BATS_TEST_TMPDIR" || return
	export SNAPVOL_CONFIG=$PWD/conf
	cat >conf <<END
devices { only = [ "$PWD/b", "$PWD/c" ] }
activation { enabled = 0 }
global { locking_dir = "$PWD/lock" run_dir = "$PWD/run" }
backup { archive = 0 backup = 0 }
END
	truncate -s 64M b c
	command svgcreate -q vg0 "$PWD/b" "$PWD/c"
	command svcreate -q -an -Zn -Wn -L 16m -n base vg0
	command svcreate -q -an -Zn -Wn -L 8m -pr --setactivationskip y -n plain vg0
	command svcreate -q -s -an -L 8m -n snap vg0/base
}

# names SELECTION: of the volumes that are selected.
names() {
	snapvol svs --noheadings -o lv_name -S "$1" | xargs
}

@test "what a value is called besides can be selected by" {
	expect_text flag "$(names lv_skip_activation=skip)" plain
	expect_text "flag's word" "$(names 'lv_skip_activation="skip activation"')" plain
	expect_text yes "$(names lv_skip_activation=yes)" plain
	expect_text no "$(names lv_skip_activation=no)" "base snap"
	expect_text "as a number" "$(names 'lv_skip_activation<1')" "base snap"
	expect_text permissions "$(names vg_permissions=rw)" "base plain snap"
	expect_text "no permissions" "$(names vg_permissions=ro)" ""
	expect_text undefined "$(names 'lv_minor=undefined && lv_name!=snap')" "base plain"
	expect_text size "$(names lv_read_ahead=auto)" "base plain snap"
	expect_text unmanaged "$(names vg_mda_copies=unmanaged)" "base plain snap"
	expect_text device "$(snapvol svpvs --noheadings -o pv_name -S 'pv_in_use="in use"' | wc -l)" 2
	run -5 snapvol svs -S lv_skip_activation=skipped
	run -5 snapvol svs -S lv_skip_activation=locked
}

@test "moments can be said as people say them" {
	expect_text "long since" "$(names 'lv_time since yesterday')" "base plain snap"
	expect_text "in the last hour" "$(names 'lv_time since "1 hour ago" && lv_role={snapshot}')" snap
	expect_text before "$(names 'lv_time before "2 minutes ago"')" ""
	expect_text until "$(names 'lv_time until yesterday || lv_time = yesterday')" ""
	expect_text "not since" "$(names '!(lv_time since "2 weeks ago")')" ""
	expect_text digits "$(names 'lv_time since 2024 && lv_time before 9999')" "base plain snap"
	run -5 --separate-stderr snapvol svs -S 'lv_time since "2 moons ago"'
	# shellcheck disable=SC2154 # set by run
	expect_text complaint "${#stderr_lines[@]} $output" "1 "
}

@test "names of values and moments are those that LVM2 knows" {
	local word lvm
	lvm=$(command -v lvm) || skip "no LVM2"
	export LVM_SUPPRESS_FD_WARNINGS=1
	understands() {
		not grep -E "Use 'help'|see -o help" < <("$@" 2>&1 >/dev/null) || return
	}
	while IFS= read -r word; do
		understands "$lvm" lvs --devices "$PWD/b" -S "$word"
		understands snapvol svs -S "$word"
	done <<'END'
lv_initial_image_sync=sync
lv_image_synced="image synced"
lv_merging=merging
lv_converting=no
lv_allocation_locked=locked
lv_fixed_minor="fixed minor"
lv_skip_activation=skip
lv_active_locally=locally
lv_active_remotely=active
lv_active_exclusively="active exclusively"
lv_suspended=suspended
lv_live_table="live table present"
lv_inactive_table=inactive
lv_device_open=open
lv_check_needed=needed
lv_merge_failed=failed
lv_snapshot_invalid=invalid
lv_permissions=R
lv_read_ahead=auto
lv_when_full="queue if no space"
zero=zero
vdo_compression=enabled
vdo_use_sparse_index=yes
vg_extendable=extendable
vg_exported=no
vg_partial=partial
vg_clustered=clustered
vg_shared=shared
vg_permissions=read-write
vg_mda_copies=unmanaged
lv_minor=undef
lv_time since yesterday
lv_time before "1 year 3 months ago"
lv_time = Monday
lv_time since "Sun 10:00"
lv_time since "5 Jan 2020"
lv_time since "yesterday noon"
lv_time since "9:30PM"
lv_time since "10m ago"
END
}

@test "json_std has numbers, null and lists as such, and the same values as json" {
	local report
	command -v python3 >/dev/null || skip "no python3"
	snapvol svchange -q --addtag one --addtag two vg0/base
	for report in "svs --binary -a -o lv_all,seg_all,vg_all,cow_percent_of_max" "svgs --binary -o vg_all" \
		"svpvs --binary -o pv_all,pvseg_all" "svs --unbuffered -o lv_name,lv_minor" \
		"fullreport --binary vg0" "svs -o lv_name,lv_size --units b --nosuffix" "svcheck vg0"; do
		# shellcheck disable=SC2086 # words
		snapvol $report --reportformat json >plain
		# shellcheck disable=SC2086
		snapvol $report --reportformat json_std >exact
		python3 - "$PWD/plain" "$PWD/exact" <<'END'
import json, sys

def rows(path):
    for part in json.load(open(path))["report"]:
        for name in part:
            yield from part[name]

def plain(value):
    if value is None:
        return ""
    return ",".join(value) if isinstance(value, list) else value

kinds = {}
for plainly, exactly in zip(rows(sys.argv[1]), rows(sys.argv[2]), strict=True):
    for name, value in exactly.items():
        kinds.setdefault(type(value).__name__, name)
        wanted = plainly[name]
        if isinstance(value, (int, float)):
            assert float(wanted) == value, (name, wanted, value)
        else:
            assert plain(value) == wanted, (name, wanted, value)
print(sorted(kinds))
END
	done >kinds
	expect_text "kinds of values" "$(sed -n 1p kinds)" "['NoneType', 'float', 'int', 'list', 'str']"
	expect_text tags "$(snapvol svs --reportformat json_std -o lv_tags,lv_minor,data_percent vg0/base | grep lv_tags | xargs -0)" \
		'                  {"lv_tags":["one", "two"], "lv_minor":-1, "data_percent":null}'
}

@test "a word that names nothing is a finding of svcheck's" {
	local word
	for word in nosuch vg0/bad/name a%b vg0/ '' @nosuch; do
		run -5 --separate-stderr snapvol svcheck -q --reportformat json "$word"
		[[ $output == *'"report": ['*"\"object\":\"${word:-\\\"\\\"}\", "*'"state":"absent", "severity":"unknown"'* ]]
		expect_text messages "$stderr" ""
		run -5 snapvol svcheck "$word"
		[[ $output == "${word:-\"\"}: "* ]]
		run -5 snapvol svcheck -q "$word"
		expect_text "said of $word" "$output" ""
	done
	run -3 snapvol svcheck --reportformat json @a%b
	[[ $output == "@a%b: "* ]]
}

# fits COMMAND...: the JSON that it prints, whether it fails or not.
fits() {
	mkdir -p printed
	echo "$*" >printed/one.said
	"$@" >printed/one.json 2>/dev/null || true
	/usr/bin/python3 "$BATS_TEST_DIRNAME/../json-check" "$schema" printed
}

@test "all that is printed as JSON fits the schema" {
	local format schema=$SNAPVOL_BIN_DIR/../conf/report.schema.json
	[[ -e $schema ]] || skip "nothing has been built here"
	/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip "python3-jsonschema is not installed"
	ln -s "$(command -v snapvol)" lvs
	for format in json json_std; do
		fits snapvol svs --reportformat $format -a -o lv_all,snap_all,seg_all,vg_all
		fits snapvol svgs --reportformat $format -o vg_all
		fits snapvol svpvs --reportformat $format --units b -o pv_all,pvseg_all
		fits snapvol fullreport --reportformat $format
		fits snapvol svcheck --reportformat $format vg0 nosuch
		fits snapvol svcheck --reportformat $format vg0/bad/name
		fits snapvol svs --reportformat $format nosuch
		fits ./lvs --reportformat $format --config log/report_command_log=1 vg0 nosuch
		fits ./lvs --reportformat $format --logonly nosuch
	done
	fits snapvol svcreate --reportformat json -q -an -Zn -Wn -L 4m -n new vg0
	fits snapvol svremove --reportformat json -q --if-exists vg0/nosuch
}
