#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# LVM2's own settings hold for both tools: they see the same devices, and keep the same copies.

load lib
load group
load refused

setup() {
	skip_without lvm
	prepare_devices 3 32M
	export LVM_SYSTEM_DIR=$BATS_TEST_TMPDIR/system LVM_SUPPRESS_FD_WARNINGS=1
	mkdir -p "$LVM_SYSTEM_DIR"
	settings ""
}

# settings TEXT: an lvm.conf that says that besides what keeps LVM2 quiet.
settings() {
	echo "$1" 'devices { hints="none" } global { event_activation=0 use_lvmpolld=0 } activation { monitoring=0 }' \
		>"$LVM_SYSTEM_DIR/lvm.conf"
}

stock() {
	timeout --kill-after=3 60 /sbin/lvm "$@" </dev/null
}

# same_groups OPTION...: with these both tools show groups alike.
same_groups() {
	expect_text "groups with $*" "$(svgs --noheadings -o vg_name,vg_size "$@")" \
		"$(stock vgs --noheadings -o vg_name,vg_size "$@")"
}

# pvs_are NAME...: the PVs that both tools see.
pvs_are() {
	expect_text "what LVM2 sees" "$(stock pvs --noheadings -o pv_name | tr -d ' ' | sort | paste -sd ' ')" "$*"
	expect_text "what snapvol sees" "$(svpvs --noheadings -o pv_name | tr -d ' ' | sort | paste -sd ' ')" "$*"
}

@test "settings as LVM2 is delivered with them are read" {
	local delivered=/run/lvm.conf.delivered
	[[ -e $delivered ]] || delivered=/etc/lvm/lvm.conf
	(($(grep -c '^[[:space:]]*#' "$delivered") > 1000))
	cat "$delivered" >"$LVM_SYSTEM_DIR/lvm.conf"
	stock vgcreate -q "$VG" "${DEVICES[0]}" 2>/dev/null
	expect_text "groups" "$(svgs --noheadings -o vg_name 2>&1 | xargs)" "$VG"
	snapvol config --type diff >/dev/null
}

our_settings() {
	snapvol config --type default | awk '$2 == "{" { section = $1 } $2 == "=" { print section "/" $1 }' | sort
}

@test "a setting has the name that it has in LVM2, or is one that LVM2 does not have" {
	expect_text "settings that LVM2 has not" \
		"$(comm -23 <(our_settings) <(stock config --type list | sort) | paste -sd ' ')" \
		"$(printf '%s ' activation/{enabled,merge_timeout,polling_interval_ms,remove_timeout,suspend_timeout,udev_timeout} \
			devices/only global/{lock_timeout,lvm_command,run_dir} snapshot/{chunk_size_sectors,warn_per_origin} | xargs)"
}

@test "locks are where LVM2's settings say" {
	local locks=$BATS_TEST_TMPDIR/locks
	settings "global/locking_dir=\"$locks\""
	stock vgcreate -q "$VG" "${DEVICES[0]}"
	[ -e "$locks" ]
	expect_complaints
	refused 5 "$locks/V_$VG: locked by PID" flock "$locks/V_$VG" svcreate --lock-timeout 1 -L 4M -n one "$VG"
	complaints_ended
	svcreate -qy -L 4M -n one "$VG"
}

@test "filters, the devices file and directories of nodes show both tools the same devices" {
	local first=${DEVICES[0]} second=${DEVICES[1]} third=${DEVICES[2]} nodes=$BATS_TEST_TMPDIR/nodes
	stock pvcreate -q "${DEVICES[@]}"
	settings "devices/filter=\"r|$second|\""
	pvs_are "$first" "$third"
	settings "devices/filter=[ \"a|$first\$|\", \"a|$second\$|\", \"r|.*|\" ] devices/global_filter=[ \"r|$first|\" ]"
	pvs_are "$second"
	svpvs --config "devices/global_filter=[] devices/filter=[]" --noheadings -o pv_name | grep -q "$third"

	settings "devices/use_devicesfile=1"
	stock lvmdevices -y --adddev "$third"
	grep -q "IDTYPE=loop_file" "$LVM_SYSTEM_DIR/devices/system.devices"
	settings "devices/use_devicesfile=1 devices/filter=[ \"r|.*|\" ]"
	pvs_are "$third"
	expect_text "identity of an orphan" "$(svpvs --noheadings -o pv_device_id_type,pv_device_id | xargs)" \
		"$(stock pvs --noheadings -o pv_device_id_type,pv_device_id | xargs)"
	stock vgcreate -q "$VG" "$third"
	expect_text "its identity" "$(svpvs --noheadings -o pv_device_id_type,pv_device_id | xargs)" \
		"$(stock pvs --noheadings -o pv_device_id_type,pv_device_id | xargs)"
	command svgremove -q "$VG"
	stock pvremove -q --config 'devices/use_devicesfile=0 devices/filter=[ "a/.*/" ]' "$second"
	refused 5 "$second: cannot be used: not in LVM2's devices file; lvmdevices --adddev adds it" svpvcreate "$second"
	settings "devices/use_devicesfile=1 devices/devicesfile=\"other.devices\""
	mkdir -p "$LVM_SYSTEM_DIR/devices"
	printf '# by name\nVERSION=1.1.1\nIDTYPE=devname IDNAME=%s DEVNAME=%s PVID=%s\n' "$first" "$first" \
		"$(stock pvs --config devices/use_devicesfile=0 --noheadings -o pv_uuid "$first" | tr -d ' -')" \
		>"$LVM_SYSTEM_DIR/devices/other.devices"
	pvs_are "$first"

	mkdir -p "$nodes/deeper"
	mknod "$nodes/deeper/disk" b $((16#$(stat -c %t "$third"))) $((16#$(stat -c %T "$third")))
	settings "devices { dir=\"$nodes\" scan=[ \"$nodes\" ] }"
	svpvs --noheadings -o pv_name
	pvs_are "$nodes/deeper/disk"
	settings "devices { dir=\"/dev\" scan=[ \"/dev\", \"$nodes\" ] filter=[ \"a|^$nodes|\", \"r|.*|\" ] }"
	expect_text "what snapvol sees" "$(svpvs --noheadings -o pv_uuid | wc -l)" 1
}

@test "system IDs of every source say to both tools whose a group is" {
	local etc=$BATS_TEST_TMPDIR/etc host
	# what LVM2 leaves of it
	host=$(uname -n | tr -cd 'A-Za-z0-9.-')
	# a configuration of the suite's own would not know the owner: so no second opinion here
	settings 'global/system_id_source="uname"'
	stock vgcreate -q "$VG" "${DEVICES[0]}"
	command svcreate -q -an -L 4M -n mine "$VG"
	command svgcreate -q "${VG}two" "${DEVICES[1]}"
	expect_text "ID" "$(stock vgs --noheadings -o systemid "${VG}two" | tr -d ' ')" "$host"
	settings 'global { system_id_source="lvmlocal" }'
	echo 'local { system_id="elsewhere" }' >"$LVM_SYSTEM_DIR/lvmlocal.conf"
	not stock lvcreate -an -L 4M -n foreign "$VG"
	refused 5 "group belongs to another host (system ID)" command svcreate -an -L 4M -n foreign "$VG"
	expect_text "groups shown" "$(words_of svgs --noheadings -o vg_name)" ""
	echo "local { system_id=\"elsewhere\" extra_system_ids=[ \"x\", \"$host\" ] }" >"$LVM_SYSTEM_DIR/lvmlocal.conf"
	stock lvcreate -q -an -Wn -Zn -L 4M -n theirs "$VG"
	command svcreate -q -an -L 4M -n ours "$VG"
	rm "$LVM_SYSTEM_DIR/lvmlocal.conf"
	printf '\n# the name\n uname-of-%s \n' "$host" >"$LVM_SYSTEM_DIR/id"
	settings "global { system_id_source=\"file\" system_id_file=\"$LVM_SYSTEM_DIR/id\" }"
	refused 5 "group belongs to another host (system ID)" command svcreate -an -L 4M -n foreign "$VG"
	mkdir "$etc"
	echo "$host" >"$etc/machine-id"
	settings "global { system_id_source=\"machineid\" etc=\"$etc\" }"
	command svcreate -q -an -L 4M -n last "$VG"
}

@test "alignment, extent size and copies of metadata are as lvm.conf says, and as snapvol.conf if that says more" {
	settings 'devices/default_data_alignment=4 allocation/physical_extent_size=8192 backup/retain_min=2'
	svgcreate -q "$VG" "${DEVICES[0]}"
	stock vgcreate -q "${VG}two" "${DEVICES[1]}"
	expect_text "pe_start and extent size" \
		"$(svpvs --noheadings --units s -o pe_start,vg_extent_size "${DEVICES[0]}")" \
		"$(stock pvs --noheadings --units s -o pe_start,vg_extent_size "${DEVICES[1]}")"
	[[ -e $LVM_SYSTEM_DIR/backup/$VG && -e $LVM_SYSTEM_DIR/backup/${VG}two ]]
	svcreate -q -an -l 1 -n one "$VG"
	compgen -G "$LVM_SYSTEM_DIR/archive/${VG}_*" >/dev/null
	settings 'backup { backup=0 archive=0 } allocation/physical_extent_size=8192'
	rm -r "$LVM_SYSTEM_DIR/backup"
	svremove -q "$VG/one"
	[[ ! -e $LVM_SYSTEM_DIR/backup ]]
	echo 'allocation { physical_extent_size = 1024 }' >"$BATS_TEST_TMPDIR/conf"
	SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf svgcreate -q "${VG}three" "${DEVICES[2]}"
	check_field "${VG}three" vg_extent_size 1.00m
	SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf snapvol config --type current | grep -q 'physical_extent_size = 1024'
	snapvol config --type diff | grep -q 'physical_extent_size = 8192'
	mkdir "$LVM_SYSTEM_DIR/profile"
	echo 'report/separator=";"' >"$LVM_SYSTEM_DIR/profile/small.profile"
	settings 'report/separator=","'
	same_groups
	same_groups --commandprofile small
	same_groups --profile small
	same_groups --profile small --config 'report/separator="|"'
	same_groups --config 'log/prefix=""' --reportformat json
	expect_text "groups with a profile from the environment" \
		"$(LVM_COMMAND_PROFILE=small svgs --noheadings -o vg_name,vg_size "$VG")" \
		"$(LVM_COMMAND_PROFILE=small stock vgs --noheadings -o vg_name,vg_size "$VG")"
	not stock vgs --profile nosuch
	refused 5 "nosuch.profile: no such profile" svgs --profile nosuch
	refused 3 "use --commandprofile" svchange --profile small --addtag x "$VG"
	echo 'devices { filter = "r|' >"$LVM_SYSTEM_DIR/lvm.conf"
	refused 5 "$LVM_SYSTEM_DIR/lvm.conf: a string that is never closed at byte 20" svs
	settings ""
}

@test "volumes that volume_list leaves out are activated by neither" {
	local list
	stock vgcreate -q "$VG" "${DEVICES[0]}"
	stock lvcreate -q -an -Zn -Wn -l 1 -n in "$VG"
	stock lvcreate -q -an -Zn -Wn -l 1 -n out "$VG"
	stock lvchange -q --addtag mine "$VG/in"
	for list in "[\"$VG/in\"]" '["@mine"]' '["@*"]'; do
		settings "activation/volume_list=$list tags { mine { } }"
		stock vgchange -q -ay "$VG"
		expect_text "active with LVM2's $list" "$(words_of stock lvs --noheadings -o lv_name -S lv_active=active)" in
		stock vgchange -q -an "$VG"
		svgchange -q -ay "$VG"
		expect_text "active with $list" "$(words_of svs --noheadings -o lv_name -S lv_active=active)" in
		svchange -ay "$VG/out"
		not dm_exists "$VG-out"
		svgchange -q -an "$VG"
	done
	not stock lvcreate -l 1 -n new "$VG"
	refused 5 "$VG/new: activation/volume_list keeps it" svcreate -l 1 -n new "$VG"
	svcreate -q -Zn -Wn -l 1 -n new "$VG"
	not dm_exists "$VG-new"
	settings "activation/auto_activation_volume_list=[\"$VG/out\"]"
	svgchange -q -aay "$VG"
	expect_text "active of themselves" "$(words_of svs --noheadings -o lv_name -S lv_active=active)" out
	svgchange -q -an "$VG"
	stock vgchange -q -aay "$VG"
	expect_text "active of themselves with LVM2" "$(words_of stock lvs --noheadings -o lv_name -S lv_active=active)" out
}

@test "volumes in read_only_volume_list are active read-only, and their snapshots go on" {
	local lvm2 own
	svgcreate -q "$VG" "${DEVICES[0]}"
	svcreate -q -L 4M -n base "$VG"
	svcreate -q -s -L 4M -n snap "$VG/base"
	svgchange -q -an "$VG"
	settings "activation/read_only_volume_list=[\"$VG/base\"]"
	svgchange -q -ay "$VG"
	own=$(svs --noheadings -o lv_name,lv_attr,lv_permissions "$VG")
	expect_text "what LVM2 says of it" "$(stock lvs --noheadings -o lv_name,lv_attr,lv_permissions "$VG")" "$own"
	svcheck -q "$VG"
	svgchange -q -an "$VG"
	stock vgchange -q -ay "$VG"
	lvm2=$(stock lvs --noheadings -o lv_name,lv_attr,lv_permissions "$VG")
	expect_text "what it makes" "$lvm2" "$own"
	svcheck -q "$VG"
	svcreate -q -s -L 4M -n second "$VG/base"
	svcheck -q "$VG"
	refused 5 "is read-only on this host" svmerge "$VG/snap"
	refused 5 "makes it read-only here" svcreate -l 1 -n new --config "activation/read_only_volume_list=[\"$VG\"]" "$VG"
	settings ""
	svchange -q --refresh "$VG/base"
	check_field "$VG/base" lv_permissions writeable
	svcheck -q "$VG"
}
