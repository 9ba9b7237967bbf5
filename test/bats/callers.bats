#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Programs that know LVM2's commands, unchanged, with ours first on their PATH.

bats_require_minimum_version 1.5.0

load lib
load group

setup() {
	local name
	COMPAT=$BATS_TEST_TMPDIR/compat
	mkdir "$COMPAT"
	for name in lvm {lv,pv,vg}{s,create,remove,change,display,scan} lv{rename,extend,reduce,resize,convert} \
		vg{rename,extend,reduce}; do
		ln -s "$(command -v snapvol)" "$COMPAT/$name"
	done
	# or LVM2 would answer what we do not understand
	[[ -n ${CALLS_TO-} ]] || export SNAPVOL_CONFIG=$BATS_TEST_TMPDIR/conf
	echo 'global { lvm_command = "" }' >"$BATS_TEST_TMPDIR/conf"
}

# with_devices COUNT SIZE: of the test's devices alone, for LVM2 and for us.
with_devices() {
	prepare_devices "$@"
	lvm2_system_dir
	export LVM_SUPPRESS_FD_WARNINGS=1 LVM_SYSTEM_DIR=$LVM2_DIR
}

# Writes a number to two files that rsync reads one after the other, one first and then the other.
count_on() {
	local n
	for ((n = 10000000; ; n++)); do
		echo "$n" 1<>"$1/a"
		echo "$n" 1<>"$1/z"
		sleep 0.02
	done
}

rsnapshot_config() {
	local work=$1
	printf 'config_version\t1.2\nsnapshot_root\t%s\nretain\talpha\t1\n' "$work/backups/"
	printf 'cmd_rsync\t%s\ncmd_cp\t/bin/cp\ncmd_rm\t/bin/rm\nlockfile\t%s\nlogfile\t%s\n' \
		"$(command -v rsync)" "$work/lock" "$work/log"
	printf 'linux_lvm_cmd_lvcreate\t%s\nlinux_lvm_cmd_lvremove\t%s\n' "$COMPAT/lvcreate" "$COMPAT/lvremove"
	printf 'linux_lvm_cmd_mount\t/bin/mount\nlinux_lvm_cmd_umount\t/bin/umount\n'
	printf 'linux_lvm_snapshotsize\t8M\nlinux_lvm_snapshotname\trsnapshot\n'
	printf 'linux_lvm_vgpath\t/dev\nlinux_lvm_mountpath\t%s\n' "$work/snapshot"
	printf 'backup\tlvm://%s/base/\tvolume/\n' "$VG"
}

@test "rsnapshot backs up a volume that is written to" {
	skip_without rsnapshot rsync mkfs.ext4
	local work=$BATS_TEST_TMPDIR/rsnapshot writer a z
	with_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 24M -n base "$VG"
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir -p "$work/origin" "$work/snapshot"
	mount "/dev/$VG/base" "$work/origin"
	dd if=/dev/urandom of="$work/origin/ballast" bs=1M count=4 status=none
	rsnapshot_config "$work" >"$work/conf"
	count_on "$work/origin" 3>&- &
	writer=$!
	rsnapshot -c "$work/conf" alpha </dev/null
	kill "$writer"
	cmp "$work/origin/ballast" "$work/backups/alpha.0/volume/ballast"
	a=$(cat "$work/backups/alpha.0/volume/a") z=$(cat "$work/backups/alpha.0/volume/z")
	((a == z || a == z + 1))
	expect_text volumes "$(svs --noheadings -o lv_name "$VG" | tr -d ' ')" base
	ask_lvm2 rsnapshot
}

# recorded NAME COMMAND...: with the commands of a directory, ours, COMMAND prints what test/golden/NAME holds.
# CALLS_TO=DIRECTORY has those there do it and keeps that: test/golden/record does so.
recorded() {
	local name=$1
	shift
	if [[ -n ${CALLS_TO-} ]]; then
		"$@" "$CALLS_TO" >"$SNAPVOL_JSON_DIR/../$name"
	else
		diff "$BATS_TEST_DIRNAME/../golden/$name" <("$@" "$COMPAT")
	fi
}

# What libblockdev says with the commands of DIRECTORY.
blockdev() {
	local status=0
	PATH=$1:$PATH /usr/bin/python3 "$BATS_TEST_DIRNAME/lvm-blockdev.py" "$VG" "${DEVICES[@]}" \
		>"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null || status=$?
	sed "s|$VG|VG|g; s|${DEVICES[0]}|DEV1|g; s|${DEVICES[1]}|DEV2|g" "$BATS_TEST_TMPDIR/out"
	((status == 0)) || echo "status $status"
}

@test "libblockdev makes, lists, changes, merges and removes volumes as it does with LVM2" {
	needs_guest # its devices are sorted by name
	/usr/bin/python3 -c 'import gi; gi.require_version("BlockDev", "2.0")' || skip "libblockdev is not installed"
	with_devices 2 64M
	recorded blockdev blockdev
}

# answer DIRECTORY CALL: status and words of a call to the commands there, names and times left out.
answer() {
	local status=0 call=$2
	call=${call//VG/$GROUP} call=${call//DEV1/${DEVICES[0]}}
	eval "PATH=\$1:\$PATH timeout --kill-after=3 60 $call" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null || status=$?
	echo "\$ $2"
	((status == 0)) || echo "status $status"
	sed 's/^/out: /' "$BATS_TEST_TMPDIR/out"
	sed 's/^/err: /' "$BATS_TEST_TMPDIR/err"
}

# What LVM2 says besides, for people: what is left out of the comparison.
CHATTER='^out:   ([^ ]*: Merged: |Logical volume "tried" created)
^err:   (WARNING: Reducing active|THIS MAY DESTROY)'

all_answers() {
	local call CALLS=$BATS_TEST_DIRNAME/../golden/calls
	while read -r call; do
		answer "$1" "$call"
	done < <(sed -n 's/^\$ //p' "$CALLS") | sed -E -e "s|$GROUP|VG|g; s|${DEVICES[0]}|DEV1|g" \
		-e 's/[[:alnum:]]{6}(-[[:alnum:]]{4}){5}-[[:alnum:]]{6}/UUID/g' \
		-e 's/20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8} [+-][0-9]{4}/TIME/g' \
		-e 's/:254:[0-9]+$/:254:N/' -e 's/("lv_host":|"lv_kernel_minor":|"lv_kernel_major":)"[^"]*"/\1"N"/g' |
		grep -vE "$CHATTER"
}

@test "what callers send is answered as LVM2 answers it" {
	needs_guest
	GROUP=calls # columns are as wide as it
	with_devices 1 128M
	sed -i 's|backup=0 archive|backup=1 backup_dir="/tmp/backup" archive|' "$LVM2_DIR/lvm.conf"
	recorded calls all_answers
}

@test "a snapshot overflows, and all else is well, when xfstests' generic/081 is run" {
	local mnt=$BATS_TEST_TMPDIR/mnt lvm=$COMPAT/lvm name
	needs_guest
	skip_without mkfs.ext4 xfs_io
	with_devices 1 320M
	mkdir "$mnt"
	mkfs.ext4 -q "${DEVICES[0]}" 256M
	"$lvm" vgcreate -f vg_081 "${DEVICES[0]}"
	"$lvm" lvcreate --yes -L 256M -n base_081 vg_081
	udevadm settle
	mkfs.ext4 -q /dev/mapper/vg_081-base_081
	"$lvm" lvcreate -s -L 4M -n snap_081 vg_081/base_081
	mount /dev/mapper/vg_081-snap_081 "$mnt"
	not xfs_io -fc "pwrite 0 5m" -c fsync "$mnt/testfile"
	expect_text attr "$("$lvm" lvs --noheadings -o lv_attr vg_081/snap_081)" "  swi-Ios---"
	umount "$mnt"
	fsck.ext4 -nf /dev/mapper/vg_081-base_081
	ask_lvm2 xfstests
	"$lvm" vgremove -f vg_081
	"$lvm" pvremove -f "${DEVICES[0]}"
	for name in /dev/mapper/vg_081*; do
		[[ ! -e $name ]]
	done
	no_pv "${DEVICES[0]}"
}

# played MODULE CHANGED ARGUMENTS: a module of Ansible's, with ARGUMENTS in JSON, says that it did change something or
# did not.
played() {
	local python=$ANSIBLE/usr/lib/python3/dist-packages said
	said=$(PATH=$COMPAT:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$python /usr/bin/python3 \
		"$python/ansible_collections/community/general/plugins/modules/$1.py" \
		<<<"{ \"ANSIBLE_MODULE_ARGS\": { \"vg\": \"$VG\", $3 } }") || true
	[[ $said == *"\"changed\": $2"* && $said != *'"failed": true'* ]] && return
	echo "$1 with $3 should have said changed=$2, but said: $said" >&2
	return 1
}

@test "Ansible's lvg and lvol make, grow, snapshot and remove, each once" {
	local pvs base snap='"lv": "base", "snapshot": "snap", "size": "8m"'
	ANSIBLE=$BATS_TEST_DIRNAME/../../build/ansible
	[[ -d $ANSIBLE ]] || skip "test/vm/fetch-ansible has not been run"
	with_devices 2 64M
	pvs="\"pvs\": \"${DEVICES[0]}\""
	base='"lv": "base", "size": "16m"'
	played lvg true "$pvs"
	played lvg false "$pvs"
	played lvg true "\"pvs\": [ \"${DEVICES[0]}\", \"${DEVICES[1]}\" ]"
	played lvg true "$pvs"
	played lvol true "$base, \"_ansible_check_mode\": true"
	played lvol true "$base"
	played lvol false "$base"
	played lvol true '"lv": "base", "size": "24m"'
	played lvol true "$snap"
	played lvol false "$snap"
	expect_text volumes "$(lvm2 lvs --noheadings -o lv_name,lv_size,origin "$VG" | xargs)" "base 24.00m snap 8.00m base"
	played lvol true "$snap, \"state\": \"absent\", \"force\": true"
	played lvol true '"lv": "base", "state": "absent", "force": true'
	played lvol false '"lv": "base", "state": "absent", "force": true'
	expect_text volumes "$(words_of lvm2 lvs "$VG")" ""
	played lvg true '"state": "absent", "force": true'
	ask_lvm2 ansible
}
