#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every wait ends: for locks, for udev, for a device to suspend or to be let go of, for a merge.  What was
# waited for is named.  And looking waits for nobody.
#
# STOP_STEP=1 stops a writer at every event; by default at every second, or of some writers at every 5th to 31st.
#
# limit: 600 seconds

bats_require_minimum_version 1.5.0

load lib
load data
load refused
load stop

setup() {
	needs_guest
	STARTED=()
	# LVM2 would wait for the locks of those that stand still
	expect_complaints
	UDEVD=$(pgrep -o -x systemd-udevd)
	MD=/sys/block/md9/md
}

teardown() {
	local end=$((SECONDS + 20))
	# it may stand still again and again
	while [[ -n ${STOPPED-} ]] && ((SECONDS < end)) && kill -CONT "$STOPPED" 2>/dev/null; do
		sleep 0.05
	done
	rm -f /run/udev/rules.d/*-slow.rules
	start_udev
	! dm_exists "${VG}pv" || flow
	((${#STARTED[@]} == 0)) || kill "${STARTED[@]}" 2>/dev/null || true
	[[ ! -e $MD ]] || stop_md || true
	settle_udev
	cleanup_devices
}

# make_base: a group of a device with a volume of 8 MiB.
make_base() {
	prepare_devices "${1-1}" 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n base "$VG"
}

volumes() {
	local names
	names=$(svs --noheadings -a -o lv_name "$VG") || { echo "svs: status $?" && return; }
	tr -d ' ' <<<"$names" | sort | paste -sd ' '
}

none_suspended() {
	! grep -qs 1 /sys/block/dm-*/dm/suspended
}

# start VARIABLE COMMAND...: in the background, its PID in VARIABLE; teardown ends it.
start() {
	(exec "${@:2}" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null 3>&-) &
	printf -v "$1" '%s' "$!"
	STARTED+=("$!")
}

# takes AT_LEAST AT_MOST COMMAND...: in seconds.  Its output is in BATS_TEST_TMPDIR/said.
takes() {
	local begin=${EPOCHREALTIME/./} status=0 ms
	"${@:3}" >"$BATS_TEST_TMPDIR/said" 2>&1 </dev/null || status=$?
	ms=$(((${EPOCHREALTIME/./} - begin) / 1000))
	((ms >= $1 * 1000 && ms <= $2 * 1000)) && return "$status"
	echo "took $ms ms, should have been $1 to $2 s: ${*:3}" >&2
	cat "$BATS_TEST_TMPDIR/said" >&2
	return 120
}

said() {
	grep -qF -- "$1" "$BATS_TEST_TMPDIR/said" && return
	echo "not said: $1" >&2
	cat "$BATS_TEST_TMPDIR/said" >&2
	return 1
}

#
# Locks
#

@test "a lock held by a stopped process: that process is named after the limit" {
	local begin=$SECONDS age
	make_base
	stopped w 1 svcreate -q -L 4M -n one "$VG"
	sleep 2
	takes 1 8 not svcreate --lock-timeout 1 -L 4M -n two "$VG"
	said "locked by PID $STOPPED (svcreate, stopped, since "
	said "gave up after 1.0 s"
	age=$(grep -o 'since [0-9]* s' "$BATS_TEST_TMPDIR/said")
	age=${age//[^0-9]/}
	((age >= 2 && age <= SECONDS - begin + 1))
	takes 0 20 not svcreate --lock-timeout 0 -L 4M -n two "$VG"
	go_on
	expect_text status "$STATUS" 0
	expect_text volumes "$(volumes)" "base one"
}

@test "hints that somebody has locked are not waited for beyond the limit, and it is said who has them" {
	local user
	prepare_devices 1 64M
	mkdir -p /run/lvm
	start user flock -o /run/lvm/hints sleep 60
	wait_until 5 not flock -n /run/lvm/hints true
	takes 1 8 svgcreate --lock-timeout 1 "$VG" "${DEVICES[@]}"
	said "/run/lvm/hints: locked by PID $user (flock, since"
}

# svs_answers [GROUP]: whether svs says within a second what there is; of ten times, as the machine may have been
# busy: who waits for the writer waits each time.
svs_answers() {
	local i begin line
	for i in {1..10}; do
		begin=${EPOCHREALTIME/./}
		timeout 20 svs --noheadings -a -o lv_name,lv_attr,lv_size,snap_percent "$@" \
			>"$BATS_TEST_TMPDIR/svs" 2>"$BATS_TEST_TMPDIR/svs.err" </dev/null || return
		((${EPOCHREALTIME/./} - begin >= 1000000)) || break
	done
	((${EPOCHREALTIME/./} - begin < 1000000)) || {
		echo "svs took longer than a second ten times" >&2
		return 1
	}
	# whoever looks may be the one that finishes a merge
	while read -r line || [[ -n $line ]]; do
		[[ $line == *": merged into "* ]] || expect_text "complaint of svs" "$line" "" || return
	done <"$BATS_TEST_TMPDIR/svs.err"
	[[ $(<"$BATS_TEST_TMPDIR/svs") == *base* ]]
}

# Reads of what lies on a device wait as long as that is suspended.
@test "svs answers within a second wherever a writer stands still" {
	local n suspended=0
	make_base 2
	dmsetup create "${VG}top" --table "0 16384 linear /dev/mapper/$VG-base 0"
	for ((n = 1; n < 100; n += ${STOP_STEP:-2})); do
		stopped iwslef "$n" svcreate -q -s -L 4M -n snap "$VG/base" || break
		none_suspended || suspended=1
		svs_answers "$VG" || { echo "at event $n" >&2; return 1; }
		go_on
		expect_text "status at event $n" "$STATUS" 0
		svremove -qf "$VG/snap"
	done
	expect_text "status of the last" "$STATUS" 0
	echo "$n events, suspended: $suspended"
	((n > 30 && n < 100 && suspended))
}

# while_suspended COMMAND...: with the origin suspended.
while_suspended() {
	local status=0
	dmsetup suspend --noudevsync "$VG-base"
	takes 0 20 "$@" || status=$?
	dmsetup resume --noudevsync "$VG-base"
	return "$status"
}

@test "a PV that lies on what is suspended is not read, and not taken for one that is gone" {
	local inner=${VG}in
	make_base
	dmsetup create "${VG}top" --table "0 16384 linear /dev/mapper/$VG-base 0"
	svgcreate -q -s 1M "$inner" "/dev/mapper/${VG}top"
	svcreate -q -l 1 -n v "$inner"
	# nor is its group, of which nothing else is seen, without metadata
	while_suspended not svcheck
	said "/dev/mapper/${VG}top: is suspended, or what it lies on is; it was not read"
	not said "on no disk" 2>/dev/null
	svchange -q -an "$inner"
	prepare_devices 1 32M
	svgextend -q "$inner" "${DEVICES[1]}"
	while_suspended svs --noheadings -o lv_name
	while_suspended not command svgreduce --removemissing --force "$inner"
	said "/dev/mapper/${VG}top: may be the device that $inner misses"
	while_suspended not command svcreate -an -l 1 -n w "$inner"
	while_suspended not svcheck
	said "/dev/mapper/${VG}top: is suspended, or what it lies on is; it was not read"
	check_field "$inner" lv_count 1
	check_field "$inner" pv_count 2
	run -0 svcheck
	svgremove -qf "$inner"
}

# Its pages are not in memory any more when it is looked at.
@test "a loop device whose file lies on what is suspended is not read, nor its partitions" {
	local loop
	make_base
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	dd if=/dev/urandom of="$BATS_TEST_TMPDIR/m/file" bs=64k count=80 status=none
	loop=$(losetup --find --show --partscan "$BATS_TEST_TMPDIR/m/file")
	settle_udev
	sync
	echo 3 >/proc/sys/vm/drop_caches
	while_suspended not svcheck
	said "$loop: is suspended, or what it lies on is; it was not read"
	while_suspended svs --noheadings -o lv_name
	addpart "$loop" 1 64 8192
	settle_udev
	echo 3 >/proc/sys/vm/drop_caches
	while_suspended not svcheck
	said "${loop}p1: is suspended, or what it lies on is; it was not read"
	delpart "$loop" 1
	settle_udev
	losetup --detach "$loop"
	wait_until 10 umount "$BATS_TEST_TMPDIR/m"
	# a device can be such a file, too
	wait_until 10 is_detached "$loop"
	wipefs -qa "/dev/$VG/base"
	settle_udev
	loop=$(losetup --find --show "/dev/$VG/base")
	settle_udev
	while_suspended not svcheck
	said "$loop: is suspended, or what it lies on is; it was not read"
	losetup --detach "$loop"
}

is_detached() {
	[[ ! -e /sys/block/${1#/dev/}/loop ]]
}

# beside N COMMAND...: svs answers while the command stands still before its Nth event, if it has that many; then
# it ends well.
beside() {
	if stopped iwslef "$@"; then
		STOPS=$((STOPS + 1))
		svs_answers "$VG" || { echo "at event $*" >&2; return 1; }
		go_on
	fi
	expect_text "status at event $*" "$STATUS" 0
}

@test "svs answers within a second wherever other changes than a new snapshot stand still" {
	local n total=0 STOPS=1
	make_base 2
	for ((n = 1; STOPS && n < 300; n += ${STOP_STEP:-29})); do
		STOPS=0
		beside "$n" svextend -q -L 12M "$VG/base"
		beside "$n" svchange -q -p r "$VG/base"
		svchange -q -p rw "$VG/base"
		svreduce -qf -L 8M "$VG/base"
		svcreate -q -s -L 4M -n snap "$VG/base"
		beside "$n" svextend -q -L 8M "$VG/snap"
		beside "$n" svrename -q "$VG/base" "$VG/base2"
		svrename -q "$VG/base2" "$VG/base"
		beside "$n" svremove -qf "$VG/snap"
		svcreate -q -s -L 4M -n snap "$VG/base"
		fill "$VG/base" "$n" 0 16
		beside "$n" svconvert -q --merge "$VG/snap"
		expect_text volumes "$(volumes)" base
		total=$((total + STOPS))
	done
	# every command twice at least, and the longest to its end
	((total >= 12 && n < 300))
}

# beside_each GROUP STEP COMMAND...: svs answers, asked for that group or if it is none for all, whenever the command
# stands still: before every STEPth of its events, or of those that STOP_STEP says.  Then the command has ended well.
beside_each() {
	local step=${STOP_STEP:-$2} n=1 still=0
	! KILL_EVERY=$step stopped iwslef 1 "${@:3}" || still=1
	while ((still)); do
		none_suspended || SUSPENDED=1
		svs_answers ${1:+"$1"} || { echo "at event $n of ${*:3}" >&2; return 1; }
		n=$((n + step))
		stops_again || still=0
	done
	expect_text "status of ${*:3}" "$STATUS" 0 || return
	# all of its way
	((n > 4 * step))
}

@test "svs answers within a second wherever sets, splits, activation and changes of a group stand still" {
	local volume SUSPENDED=0
	be_patient
	make_base 2
	for volume in a b; do
		svcreate -q -an -Zn -L 4M -n "$volume" "$VG"
	done
	prepare_devices 1 64M
	beside_each "$VG" 11 svchange -q -ay "$VG"
	dmsetup create "${VG}top" --table "0 16384 linear /dev/mapper/$VG-base 0"
	beside_each "$VG" 7 svcreate -q -s -L 4M -n 'snap_%o' "$VG/base" "$VG/a" "$VG/b"
	((SUSPENDED))
	beside_each "$VG" 13 svconvert -qy --splitsnapshot "$VG/snap_base"
	beside_each "$VG" 13 svgextend -q "$VG" "${DEVICES[2]}"
	# it is of one name or the other
	beside_each '' 19 svgrename -q "$VG" "${VG}new"
	dmsetup remove --retry "${VG}top"
	beside_each "${VG}new" 19 svchange -q -an "${VG}new"
	expect_text active "$(dmsetup ls)" "No devices found"
}

@test "svs answers within a second wherever stores, merges and recovery stand still" {
	be_patient
	make_base 2
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 16
	beside_each "$VG" 17 svreduce -qf -L 4M "$VG/snap"
	svconvert -qy --splitsnapshot "$VG/snap"
	beside_each "$VG" 17 svconvert -qy -s "$VG/base" "$VG/snap"
	exec 9<"/dev/$VG/snap"
	beside_each "$VG" 17 svmerge -q -b "$VG/snap"
	beside_each "$VG" 11 svmerge -q --cancel "$VG/snap"
	svmerge -q -b "$VG/snap"
	exec 9<&-
	beside_each "$VG" 13 svchange -q --refresh "$VG/base"
	wait_until 20 merge_is_over
	svcreate -q -s -L 4M -n snap "$VG/base"
	KILL_OPS=i KILL_AT=8 LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so run -137 \
		command svcreate -q -s -L 4M -n more "$VG/base"
	beside_each "$VG" 23 svrecover -q "$VG"
	expect_text volumes "$(volumes)" "base snap"
	# of another group there is a base still
	prepare_devices 1 16M
	svgcreate -q "${VG}other" "${DEVICES[2]}"
	svcreate -q -an -Zn -L 4M -n base "${VG}other"
	beside_each '' 23 svremove -qf "$VG/base"
	complaints_ended
}

@test "svs answers within a second wherever groups and their devices are made, changed and unmade" {
	local file=$BATS_TEST_TMPDIR/backup one two
	prepare_devices 3 16M
	one=${DEVICES[1]} two=${DEVICES[2]}
	svgcreate -q "${VG}other" "${DEVICES[0]}"
	svcreate -q -an -Zn -L 4M -n base "${VG}other"
	beside_each '' 7 svpvcreate -q "$one"
	beside_each '' 5 svpvresize -qy --setphysicalvolumesize 8m "$one"
	beside_each '' 5 svpvresize -q "$one"
	beside_each '' 5 svpvremove -q "$one"
	beside_each '' 19 svgcreate -q "$VG" "$one" "$two"
	svcreate -q -an -Zn -L 4M -n base "$VG" "$one"
	beside_each "$VG" 13 svpvchange -q -x n "$two"
	beside_each "$VG" 31 svpvchange -q -u "$two"
	beside_each "$VG" 17 svgreduce -q "$VG" "$two"
	svgextend -q "$VG" "$two"
	beside_each "$VG" 29 svgsplit -q "$VG" "${VG}two" "$two"
	beside_each "$VG" 29 svgmerge -q "$VG" "${VG}two"
	svgcfgbackup -q -f "$file" "$VG"
	beside_each "$VG" 11 svgchange -q --addtag word "$VG"
	beside_each "$VG" 17 svgcfgrestore -q -f "$file" "$VG"
	beside_each '' 11 svgexport -q "$VG"
	beside_each '' 11 svgimport -q "$VG"
	svremove -qf "$VG/base"
	beside_each '' 13 svgremove -q "$VG"
	complaints_ended
}

@test "svs beside many commits never complains" {
	local i
	make_base 2
	for ((i = 0; i < 20; i++)); do
		svchange -q --addtag "t$i" "$VG/base"
	done 3>&- &
	while kill -0 $! 2>/dev/null; do
		svs --noheadings -o lv_name "$VG" >"$BATS_TEST_TMPDIR/svs" 2>>"$BATS_TEST_TMPDIR/svs.err"
		expect_text volumes "$(tr -d ' ' <"$BATS_TEST_TMPDIR/svs")" base
	done
	wait $!
	expect_text complaints "$(cat "$BATS_TEST_TMPDIR/svs.err")" ""
	expect_text tags "$(svs --noheadings -o lv_tags "$VG" | tr ',' '\n' | wc -l)" 20
}

#
# udev
#

@test "udevd is stopped: the node is made without it and named" {
	make_base
	kill -STOP "$UDEVD"
	takes 1 10 svcreate --udev-timeout 1 -L 4M -n one "$VG"
	said "$VG/one: udev has not handled its devices within 1 seconds; made without it: $VG-one"
	fill "$VG/one" word 0 4
	[ -b "/dev/$VG/one" ]
	takes 1 10 svcreate --udev-timeout 1 -s -L 4M -n snap "$VG/base"
	[ -b "/dev/$VG/snap" ]
	none_suspended
	takes 0 20 svremove -f --udev-timeout 1 "$VG/one"
	said "$VG/one: udev has not handled its devices within 1 seconds; removed without it: $VG-one"
	takes 0 20 svremove -f --udev-timeout 1 "$VG/snap"
	kill -CONT "$UDEVD"
	settle_udev
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 1
	[ ! -e "/dev/$VG/one" ]
}

@test "udevd is slow: it is waited for, or not, as the limit says" {
	make_base
	echo 'ACTION=="change", KERNEL=="dm-*", PROGRAM="/bin/sleep 10"' >/run/udev/rules.d/11-slow.rules
	stop_udev
	start_udev
	takes 1 8 svcreate --udev-timeout 1 -L 4M -n one "$VG"
	said "made without it: $VG-one"
	takes 9 30 svcreate -L 4M -n two "$VG"
	expect_text said "$(cat "$BATS_TEST_TMPDIR/said")" "$VG/two: created"
	[ -L "/dev/mapper/$VG-two" ]
}

@test "a storm of uevents: changes come to their end" {
	local i storm
	make_base
	while :; do
		udevadm trigger --subsystem-match=block --action=change
	done 3>&- &
	storm=$!
	STARTED+=("$storm")
	for i in 1 2 3; do
		svcreate -q -s -L 4M -n snap "$VG/base"
		svremove -qf "$VG/snap"
		svcreate -q -y -L 4M -n one "$VG"
		svremove -qf "$VG/one"
	done
	kill "$storm"
	wait "$storm" || true
	none_suspended
	expect_text volumes "$(volumes)" base
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 1
	assert_lvm2_agrees "$VG"
}

@test "without udevd nodes and links are made and removed, at once and in silence" {
	make_base
	stop_udev
	takes 0 8 svcreate -q -L 4M -n one "$VG"
	takes 0 8 svcreate -q -s -L 4M -n snap "$VG/base"
	expect_text said "$(cat "$BATS_TEST_TMPDIR/said")" ""
	[ -b "/dev/$VG/one" ]
	[ -b "/dev/$VG/snap" ]
	[ -b "/dev/mapper/$VG-snap" ]
	takes 0 8 svremove -qf "$VG/snap" "$VG/one"
	expect_text said "$(cat "$BATS_TEST_TMPDIR/said")" ""
	[ ! -e "/dev/$VG/snap" ]
	[ ! -e "/dev/mapper/$VG-one" ]
}

# A container that is given device-mapper and the test's disks, and nothing of udev's: /dev, /run and the semaphores are
# its own.  Its PID is in CONTAINER.
start_container() {
	local dev=$BATS_TEST_TMPDIR/dev ready=$BATS_TEST_TMPDIR/ready
	mkdir "$dev"
	# shellcheck disable=SC2016
	start CONTAINER unshare --mount --ipc --propagation private bash -c '
		mount -t tmpfs run /run && mkdir /run/lock && mount -t tmpfs dev "$0" && mkdir "$0/mapper" &&
			cp -a /dev/mapper/control "$0/mapper" && cp -a "${@:2}" "$0" && mount --move "$0" /dev &&
			: >"$1" && exec sleep 600' "$dev" "$ready" /dev/null "${DEVICES[@]}"
	wait_until 20 test -e "$ready"
}

inside() {
	nsenter --target "$CONTAINER" --mount --ipc --root --wd "$@"
}

# in_silence COMMAND...: in the container, soon, and with nothing to say.
in_silence() {
	local status=0
	takes 0 20 inside "$@" || status=$?
	expect_text "said by $*" "$(cat "$BATS_TEST_TMPDIR/said")" "" && expect_text "status of $*" "$status" 0
}

# nodes_are VOLUME...: these there are, and each device has the node and the link that it should have, and nothing else
# has any, on the host and in the container.
nodes_are() {
	local name major minor wanted
	# shellcheck disable=SC2016
	local nodes='cd /dev && stat --dereference --format "%n %t:%T" mapper/* "$VG"/* | grep -v ^mapper/control | sort'
	settle_udev
	wanted=$(dmsetup info --columns --noheadings --separator ' ' --options name,major,minor |
		while read -r name major minor; do
			printf 'mapper/%s %x:%x\n' "$name" "$major" "$minor"
			name=${name#"$VG-"}
			[[ " $* " != *" $name "* ]] || printf '%s/%s %x:%x\n' "$VG" "$name" "$major" "$minor"
		done | sort)
	expect_text volumes "$(volumes)" "$*" &&
		expect_text "the host's nodes" "$(bash -c "$nodes")" "$wanted" &&
		expect_text "the container's nodes" "$(inside bash -c "$nodes")" "$wanted"
}

@test "in a container without udevd, on a host that has one, nodes and links are right in both" {
	local CONTAINER sum
	prepare_devices 1 64M
	start_container
	in_silence svgcreate -q "$VG" "${DEVICES[@]}"
	in_silence svcreate -q -L 8M -n base "$VG"
	nodes_are base
	fill "$VG/base" before 0 64
	sum=$(sum_of "$VG/base")
	in_silence svcreate -q -s -L 4M -n snap "$VG/base"
	nodes_are base snap
	inside bash -c "$(declare -f device_of fill); fill '$VG/base' after 0 64"
	same_contents "$VG/snap" "$sum"
	in_silence svmerge -q "$VG/snap"
	nodes_are base
	same_contents "$VG/base" "$sum"
	in_silence svcreate -q -s -L 4M -n 'snap_%o' "$VG/base"
	in_silence svcreate -q -L 4M -n one "$VG"
	in_silence svrename -q "$VG/one" two
	nodes_are base snap_base two
	in_silence svremove -qf "$VG/snap_base" "$VG/two"
	nodes_are base
	# what the host made is opened to be snapshotted
	svcreate -qy -L 4M -n host "$VG"
	in_silence svcreate -q -s -L 4M -n snap "$VG/host"
	nodes_are base host snap
	in_silence svremove -qf "$VG/host"
	nodes_are base
	none_suspended
	expect_text "semaphores" "$(inside cat /proc/sysvipc/sem | wc -l) $(wc -l </proc/sysvipc/sem)" "1 1"
	complaints_ended
}

# The second of two renames (dm-ioctl.h: 5) is yet to come: of one volume the node has the old name.
@test "without udevd nodes have the new names when recovery ends the renaming of a group" {
	local at shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	stop_udev
	make_base
	svcreate -q -L 4M -n one "$VG"
	KILL_OPS=i KILL_LOG=$BATS_TEST_TMPDIR/ioctls LD_PRELOAD=$shim command svgrename -q "$VG" "${VG}new"
	[ ! -e "/dev/$VG" ]
	[ -b "/dev/${VG}new/one" ]
	svgrename -q "${VG}new" "$VG"
	at=$(awk '$3 == "dm5" && ++renames == 2 { print $1 }' "$BATS_TEST_TMPDIR/ioctls")
	KILL_OPS=i KILL_AT=$at LD_PRELOAD=$shim run -137 command svgrename -q "$VG" "${VG}new"
	svrecover -q
	[ -b "/dev/mapper/${VG}new-one" ]
	[ -b "/dev/mapper/${VG}new-base" ]
	[ ! -e "/dev/mapper/$VG-one" ]
	[ ! -e "/dev/mapper/$VG-base" ]
	svgrename -q "${VG}new" "$VG"
}

@test "the semaphore to wait for udev with is taken away: the command goes on" {
	local waiting
	make_base
	kill -STOP "$UDEVD"
	start waiting svcreate --udev-timeout 40 -L 4M -n one "$VG"
	wait_until 10 dm_exists "$VG-one"
	sleep 1
	kill -0 "$waiting"
	dmsetup udevcomplete_all --yes >/dev/null
	wait_until 8 not kill -0 "$waiting" 2>/dev/null
	wait "$waiting"
	[ -b "/dev/$VG/one" ]
	kill -CONT "$UDEVD"
}

#
# Suspending
#

# A device whose I/O can be made to hang: the extents of the first 8 MiB, writes only.
make_delayed() {
	skip_without_target delay
	prepare_devices 1 64M
	dmsetup create "${VG}pv" --table "$(delayed linear)"
	DEVICES+=("/dev/mapper/${VG}pv")
	svgcreate -q "$VG" "/dev/mapper/${VG}pv"
	svcreate -q -L 8M -n base "$VG"
}

# The table, behind the first 2048 sectors of the loop device so that its label is seen but once.  What follows the volume
# base can be read but in "unreadable".
delayed() {
	local loop=${DEVICES[0]} size
	size=$(($(blockdev --getsz "$loop") - 2048))
	echo "0 2048 linear $loop 2048"
	case $1 in
	delay) echo "2048 16384 delay $loop 4096 0 $loop 4096 600000 $loop 4096 0" ;;
	flakey) echo "2048 16384 flakey $loop 4096 0 1 1 error_writes" ;;
	*) echo "2048 16384 linear $loop 4096" ;;
	esac
	case $1 in
	unreadable) echo "18432 $((size - 18432)) error" ;;
	*) echo "18432 $((size - 18432)) linear $loop 20480" ;;
	esac
}

hang() {
	dmsetup load "${VG}pv" --table "$(delayed delay)"
	dmsetup resume "${VG}pv"
}

flow() {
	dmsetup load "${VG}pv" --table "$(delayed linear)"
	dmsetup resume "${VG}pv"
}

write_hangs() {
	[[ $(cut -d ' ' -f 3 "/proc/$1/stat") == D ]]
}

@test "I/O to the origin hangs: it is not suspended, goes on, and is named" {
	local writer
	make_delayed
	hang
	start writer dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4k count=1 oflag=direct conv=notrunc status=none
	wait_until 5 write_hangs "$writer"
	takes 1 12 not svcreate --suspend-timeout 1 -s -L 4M -n snap "$VG/base"
	said "$VG/base: device $VG-base could not be suspended within 1 seconds"
	said "it was resumed and goes on as before"
	none_suspended
	expect_text volumes "$(volumes)" base
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 1
	flow
	wait "$writer"
	svcreate -q -s -L 4M -n snap "$VG/base"
	assert_lvm2_agrees "$VG"
}

@test "a filesystem that cannot be written back is not suspended, and the command ends" {
	make_delayed
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	hang
	dd if=/dev/zero of="$BATS_TEST_TMPDIR/m/file" bs=64k count=8 status=none
	takes 1 12 not svcreate --suspend-timeout 1 -s -L 4M -n snap "$VG/base"
	said "$VG/base: what is cached of device $VG-base could not be written within 1 seconds"
	none_suspended
	expect_text volumes "$(volumes)" base
	takes 0 8 not svcreate --suspend-timeout 0 -s -L 4M -n snap "$VG/base"
	# one that is swapped alone is suspended by the kernel as well
	takes 1 12 not svextend --suspend-timeout 1 -L +4M "$VG/base"
	said "$VG/base: what is cached of device $VG-base could not be written within 1 seconds"
	none_suspended
	check_field "$VG/base" lv_size 8.00m
	flow
	timeout 20 umount "$BATS_TEST_TMPDIR/m"
	svcreate -q -s -L 4M -n snap "$VG/base"
}

@test "a filesystem whose log lies on an origin that is suspended before it" {
	local order refusals=0 status
	prepare_devices 1 64M
	svgcreate -q "$VG" "${DEVICES[@]}"
	svcreate -q -L 8M -n log "$VG"
	svcreate -q -L 16M -n base "$VG"
	mke2fs -q -O journal_dev "/dev/$VG/log"
	mkfs.ext4 -q -J device="/dev/$VG/log" "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	for order in "$VG/log $VG/base" "$VG/base $VG/log"; do
		status=0
		echo "written before $order" >"$BATS_TEST_TMPDIR/m/file"
		# shellcheck disable=SC2086 # two words
		timeout 30 svcreate -q --suspend-timeout 1 -s -L 4M -n '%o_s' $order || status=$?
		none_suspended
		echo "written after $order" >"$BATS_TEST_TMPDIR/m/file"
		timeout 10 sync "$BATS_TEST_TMPDIR/m/file"
		case $status in
		0) svremove -qf "$VG/log_s" "$VG/base_s" ;;
		5) refusals=$((refusals + 1)) ;;
		*) echo "$order: status $status" >&2 && return 1 ;;
		esac
		expect_text volumes "$(volumes)" "base log"
	done
	((refusals == 1))
	umount "$BATS_TEST_TMPDIR/m"
}

SUSPENDED='cat /sys/block/dm-*/dm/suspended | grep -c 1'

# Snapshots of both at one instant.
PAIR=(svcreate -q --suspend-timeout 6 -s -L 4M -n '%o_s')

# make_pair: volumes base and other, and in AT which ioctl of PAIR is the first when both are suspended.
make_pair() {
	local log=$BATS_TEST_TMPDIR/suspended
	make_base
	svcreate -q -L 8M -n other "$VG"
	PAIR+=("$VG/base" "$VG/other")
	KILL_OPS=i KILL_AT=1 KILL_EVERY=1 KILL_HOW=run KILL_RUN="$SUSPENDED >>$log" \
		LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so command "${PAIR[@]}"
	AT=$(grep -nxm 1 2 "$log" | cut -d : -f 1)
	svremove -qf "$VG/base_s" "$VG/other_s"
}

# stop_suspended: PAIR stands still with both suspended, and a write to base waits for that to end.  Sets SUMS, what they
# hold.
stop_suspended() {
	fill "$VG/base" before 0 64
	fill "$VG/other" before 0 64
	SUMS=("$(sum_of "$VG/base")" "$(sum_of "$VG/other")")
	stopped i "$AT" "${PAIR[@]}"
	start WRITER dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4k count=16 oflag=direct conv=notrunc status=none
	wait_until 6 write_hangs "$WRITER"
	expect_text suspended "$(bash -c "$SUSPENDED")" 2
}

# Nothing is left but these volumes, and what was written while base was suspended.
all_is_well() {
	wait "$WRITER"
	expect_text volumes "$(volumes)" "$*"
	same_contents "$VG/other" "${SUMS[1]}"
	not same_contents "$VG/base" "${SUMS[0]}" 2>/dev/null
	none_suspended
	expect_text semaphores "$(wc -l </proc/sysvipc/sem)" 1
	not pgrep -x snapvol-guard
	run svcheck "$VG"
	echo "$output"
	expect_text "status of svcheck" "$status" 0
	assert_lvm2_agrees
}

@test "stopped while all is suspended, a command that goes on takes its snapshots of that instant" {
	local AT SUMS WRITER how
	be_patient
	make_pair
	for how in at_once when_let_go; do
		stop_suspended
		[[ $how == at_once ]] || wait_until 30 none_suspended
		go_on
		expect_text "status, and said" "$STATUS $(cat "$BATS_TEST_TMPDIR/stopped")" "0 "
		all_is_well base base_s other other_s
		same_contents "$VG/base_s" "${SUMS[0]}"
		same_contents "$VG/other_s" "${SUMS[1]}"
		check_field "$VG/base_s" lv_attr swi-a-s---
		[ -b "/dev/$VG/base_s" ]
		[ -b "/dev/$VG/other_s" ]
		svremove -qf "$VG/base_s" "$VG/other_s"
	done
}

@test "stopped while all is suspended, a command that does not go on is killed, but the origins go on before" {
	local AT SUMS WRITER
	be_patient
	make_pair
	stop_suspended
	wait_until 30 none_suspended
	kill -0 "$STOPPED"
	svs_answers "$VG"
	wait_until 30 not kill -0 "$STOPPED" 2>/dev/null
	STATUS=0
	wait "$STOPPED" || STATUS=$?
	expect_text status "$STATUS" 137
	none_suspended
	run -12 svcheck "$VG"
	svrecover -q "$VG"
	all_is_well base other
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 2
}

@test "a filesystem that is frozen already is said to be, and stays as it was" {
	make_base
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	fsfreeze -f "$BATS_TEST_TMPDIR/m"
	takes 0 10 not svcreate --suspend-timeout 2 -s -L 4M -n snap "$VG/base"
	said "$VG/base: its filesystem cannot be frozen; if it is frozen already, thaw it with fsfreeze -u"
	fsfreeze -u "$BATS_TEST_TMPDIR/m"
	none_suspended
	expect_text volumes "$(volumes)" base
	svcreate -q -s -L 4M -n snap "$VG/base"
	umount "$BATS_TEST_TMPDIR/m"
}

#
# Merging
#

# merge_is_over [VOLUMES]: these are left.
merge_is_over() {
	svs "$VG" >/dev/null
	expect_text volumes "$(volumes)" "${1-base}" 2>/dev/null
}

# Merge snap into base, as whoever leaves the end of it to others.
merge_unwatched() {
	exec 9<"/dev/$VG/base"
	lvm2 lvconvert -qq --merge "$VG/snap" 9<&-
	exec 9<&-
	lvm2 lvchange --refresh --poll n "$VG/base"
	wait_until 20 merge_has_ended
}

merge_has_ended() {
	[[ $(dmsetup status "$VG-base") =~ \ snapshot-merge\ ([0-9]+)/[0-9]+\ ([0-9]+)$ &&
		${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
}

@test "udevd is stopped: svs finishes a merge that has ended, and is not kept waiting by it" {
	local sum
	make_base
	fill "$VG/base" before 0 64
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" after 0 64
	merge_unwatched
	kill -STOP "$UDEVD"
	takes 0 10 svs --noheadings -a -o lv_name "$VG"
	expect_text said "$(tr -d ' ' <"$BATS_TEST_TMPDIR/said")" "$VG/snap:mergedinto$VG/base
base"
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 1
	none_suspended
	kill -CONT "$UDEVD"
	settle_udev
	[ ! -e "/dev/mapper/$VG-base-real" ]
	same_contents "$VG/base" "$sum"
	complaints_ended
}

@test "svs that cannot finish a merge says why, and not that it is finished" {
	make_base
	svcreate -q -s -L 4M -n snap "$VG/base"
	fill "$VG/base" after 0 64
	merge_unwatched
	blockdev --setro "${DEVICES[0]}"
	run -0 svs --noheadings -a -o lv_name "$VG"
	blockdev --setrw "${DEVICES[0]}"
	[[ $output == *"${DEVICES[0]}: "* && $output != *"merged into"* ]]
	run -0 svs --noheadings -a -o lv_name "$VG"
	[[ $output == "$VG/snap: merged into $VG/base"* ]]
	complaints_ended
}

@test "a guardian that somebody has stopped is waited for no longer than a few seconds" {
	local at log=$BATS_TEST_TMPDIR/ioctls shim=$SNAPVOL_BIN_DIR/../test/bats/killshim.so
	make_base
	KILL_OPS=i KILL_LOG=$log LD_PRELOAD=$shim command svcreate -q -s -L 4M -n snap "$VG/base"
	svremove -qf "$VG/snap"
	# the last resume of the freeze (dm-ioctl.h: 6)
	at=$(awk '$3 == "dm6" { last = $1 } END { print last }' "$log")
	KILL_OPS=i KILL_AT=$at KILL_HOW=run KILL_RUN="pkill -STOP -x snapvol-guard && echo stopped >>$log" \
		LD_PRELOAD=$shim takes 5 20 command svcreate -q -s -L 4M -n snap "$VG/base"
	grep -q stopped "$log"
	not pgrep -x snapvol-guard
	check_field "$VG/snap" lv_attr swi-a-s---
}

@test "I/O to the origin hangs: svs lists, and leaves to others what of a merge it cannot finish" {
	local writer
	make_delayed
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 64
	merge_unwatched
	hang
	start writer dd if=/dev/zero of="/dev/mapper/$VG-base" bs=4k count=1 oflag=direct conv=notrunc status=none
	wait_until 5 write_hangs "$writer"
	takes 0 10 svs --noheadings -o lv_name "$VG"
	not grep -v -e "^$VG/snap: merged into $VG/base$" -e "^ *base *$" -e "^ *snap *$" "$BATS_TEST_TMPDIR/said"
	none_suspended
	takes 0 10 svs --noheadings -o lv_name "$VG"
	flow
	wait "$writer"
	svrecover -q "$VG"
	expect_text volumes "$(volumes)" base
	expect_text devices "$(dmsetup ls | grep -c "^$VG-")" 1
	complaints_ended
}

@test "a merge that gets no further is waited for to the limit, and goes on in the kernel" {
	local sum
	make_delayed
	fill "$VG/base" before 0 256
	sum=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 256
	hang
	takes 1 15 not svmerge --merge-timeout 1 "$VG/snap"
	said "$VG/base: merged 0.00%, 1.00 MiB are left, and no further for 1 seconds"
	said "the kernel goes on"
	run -0 svcheck "$VG"
	[[ $output == "$VG/snap: valid, merging into its origin, "*"% full"*"$VG: sound" ]]
	takes 1 15 not svconvert --merge --merge-timeout 1 "$VG/snap"
	said "no further for 1 seconds"
	flow
	wait_until 20 merge_is_over
	same_contents "$VG/base" "$sum"
	expect_text volumes "$(volumes)" base
}

# keep_header save|restore: of the exception store that follows the volume base; saved, it is zeroed.
keep_header() {
	local place=$((20480 * 512)) file=$BATS_TEST_TMPDIR/header
	if [[ $1 == save ]]; then
		dd if="${DEVICES[0]}" of="$file" bs=4096 count=1 skip=$place iflag=skip_bytes,direct status=none
		dd if=/dev/zero of="${DEVICES[0]}" bs=4096 count=1 seek=$place oflag=seek_bytes,direct conv=notrunc status=none
	else
		dd if="$file" of="${DEVICES[0]}" bs=4096 count=1 seek=$place oflag=seek_bytes,direct conv=notrunc status=none
	fi
}

merge_has_begun() {
	[[ $(dmsetup status "$VG-base") == *snapshot-merge* ]]
}

# Sets SUM, what base is to hold when all of snap is merged.
make_failed_merge() {
	local run MERGER
	make_delayed
	fill "$VG/base" before 0 256
	SUM=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	prepare_devices 1 16M
	svgextend -q "$VG" "${DEVICES[2]}"
	svcreate -q -s -L 4M -n other "$VG/base" "${DEVICES[2]}"
	# in several runs, each of which the kernel merges at once: the first is let go by the end of the delay
	for run in 192 128 64 0; do
		fill "$VG/base" after "$run" 64
	done
	hang
	start MERGER svmerge "$VG/snap"
	wait_until 20 merge_has_begun
	dmsetup load "${VG}pv" --table "$(delayed flakey)"
	# what was held back goes on from here to the end of the suspend, so that is to be short
	dmsetup suspend --nolockfs "${VG}pv"
	dmsetup resume "${VG}pv"
	not wait "$MERGER"
	said "$VG/base: merge failed; look at the kernel's log, then svrecover begins it anew"
}

@test "a merge that fails is told from one that goes on, and svrecover begins it anew" {
	skip_without_target flakey
	local SUM lost
	make_failed_merge
	run -11 svcheck "$VG"
	[[ $output == *"$VG/snap: its merge has failed; see the kernel's log for I/O errors, then: svrecover $VG"* ]]
	lost="devices/filter=[\"r|^${DEVICES[2]}\$|\"]"
	# what cannot be read again is not taken out of the kernel
	dmsetup load "${VG}pv" --table "$(delayed unreadable)"
	dmsetup resume "${VG}pv"
	run -5 svrecover "$VG"
	[[ $output == "/dev/mapper/${VG}pv: cannot read "*"Input/output error" ]]
	merge_has_begun
	flow
	run -5 svrecover --config "$lost" "$VG"
	[[ $output == *"$VG/other: "*"is missing"* ]]
	merge_has_begun
	keep_header save
	run -5 svrecover "$VG"
	[[ $output == "$VG/snap: damaged exception store: its header is gone; remove it with svremove" ]]
	merge_has_begun
	keep_header restore
	run -5 svchange --refresh "$VG/base"
	[[ $output == *"$VG/base: its merge failed; svrecover begins it anew"* ]]
	exec 9<"/dev/mapper/$VG-base"
	run -5 svrecover "$VG"
	[[ $output == *"$VG/base: open in PID "*"; its merge failed, and begins anew only when all of it is closed"* ]]
	exec 9<&-
	run -0 svrecover -t "$VG"
	[[ $output == *"$VG/base: its merge failed; will be begun anew"* ]]
	run -0 svrecover "$VG"
	[[ $output == *"$VG/base: its merge failed; will be begun anew"* ]]
	wait_until 20 merge_is_over "base other"
	same_contents "$VG/base" "$SUM"
}

@test "svrecover that is killed while it begins a merge anew leaves that to the next command" {
	skip_without_target flakey
	local SUM event
	make_failed_merge
	flow
	# killed when it has taken the origin out
	for ((event = 1; event < 99; event++)); do
		run -137 env KILL_AT=$event KILL_OPS=i KILL_GROUP=1 LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" \
			svrecover "$VG"
		dm_exists "$VG-base" || break
	done
	not dm_exists "$VG-base"
	dm_exists "$VG-base-real"
	run -12 svcheck "$VG"
	run -0 svchange --addtag word "$VG/other"
	[[ $output == *"$VG-base is missing"*"will be made"* ]]
	wait_until 20 merge_is_over "base other"
	same_contents "$VG/base" "$SUM"
}

@test "a merge is waited for under whatever name its origin and group get" {
	local MERGER
	make_delayed
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 256
	hang
	start MERGER svmerge "$VG/snap"
	wait_until 20 merge_has_begun
	svrename "$VG/base" "$VG/other"
	sleep 1
	kill -0 "$MERGER"
	flow
	wait "$MERGER"
	said "merged into $VG/other"
	expect_text volumes "$(volumes)" other
}

has_said() {
	grep -q "$1" "$BATS_TEST_TMPDIR/said"
}

has_ended() {
	local state
	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || return 0
	[[ $state == Z ]]
}

@test "another merge into the same origin is not taken for the one that is waited for" {
	local MERGER
	make_delayed
	svcreate -q -s -L 8M -n first "$VG/base"
	svcreate -q -s -L 8M -n second "$VG/base"
	fill "$VG/base" after 0 256
	hang
	start MERGER svmerge -i 1 "$VG/first"
	wait_until 20 has_said "$VG/base: merged 0"
	kill -STOP "$MERGER"
	flow
	wait_until 20 merge_is_over "base second"
	hang
	command svmerge -q -b "$VG/second"
	kill -CONT "$MERGER"
	wait_until 20 has_ended "$MERGER"
	wait "$MERGER"
	not has_said "not finished"
	flow
	wait_until 20 merge_is_over
}

@test "a merge is finished though another group of that name has come meanwhile" {
	local MERGER twin=$BATS_TEST_TMPDIR/twin
	prepare_devices 1 32M
	svgcreate -q "$VG" "${DEVICES[0]}"
	settle_udev
	losetup --detach "${DEVICES[0]}"
	mv "$BATS_TEST_TMPDIR/disk0" "$twin"
	DEVICES=()
	make_delayed
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 256
	hang
	start MERGER svmerge -i 1 "$VG/snap"
	wait_until 20 has_said "$VG/base: merged 0"
	DEVICES+=("$(losetup --find --show "$twin")")
	flow
	wait "$MERGER"
	said "merged into $VG/base"
	svgrename -q --devices "${DEVICES[2]}" "$VG" "${VG}b"
	expect_text volumes "$(volumes)" base
}

#
# People
#

@test "a question is waited for no longer than a lock" {
	skip_without script
	make_base
	# a terminal on which nobody types, for as long as it takes
	mkfifo "$BATS_TEST_TMPDIR/typed"
	takes 5 15 not bash -c "script -qec 'svremove --lock-timeout 1 $VG/base' /dev/null <>$BATS_TEST_TMPDIR/typed"
	said "no answer for 5 seconds; say --yes to go on"
	dm_exists "$VG-base"
}

#
# Who is using it
#

# in_use WHO: the volume is not removed, and WHO is named.
in_use() {
	sync
	refused 5 "$VG/base: $1" svremove -f --remove-timeout 1 "$VG/base"
}

@test "mounts are named, with blanks and all of them, also of other mount namespaces" {
	local point="$BATS_TEST_TMPDIR/a mount" other
	make_base
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$point" "$BATS_TEST_TMPDIR/b"
	mount -o ro "/dev/$VG/base" "$point"
	mount --bind "$point" "$BATS_TEST_TMPDIR/b"
	in_use "mounted on $point, $BATS_TEST_TMPDIR/b; cannot be removed"
	umount "$BATS_TEST_TMPDIR/b" "$point"
	# shellcheck disable=SC2016
	start other unshare --mount --propagation private sh -c 'mount -o ro "$0" "$1" && exec sleep 60' \
		"/dev/$VG/base" "$point"
	wait_until 10 grep -q "$VG-base" "/proc/$other/mountinfo"
	in_use "mounted on $point in the mount namespace of PID $other (sleep, since"
	kill "$other"
	wait "$other" || true
	svremove -qf "$VG/base"
}

@test "swap, devices above and loop devices are named" {
	local loop
	make_base
	mkswap "/dev/$VG/base" >/dev/null
	swapon "/dev/$VG/base"
	in_use "used as swap"
	swapoff "/dev/$VG/base"
	dmsetup create "${VG}top" --table "0 8 linear /dev/mapper/$VG-base 0"
	in_use "used by device ${VG}top (dm-"
	dmsetup remove --retry "${VG}top"
	loop=$(losetup --find --show --read-only "/dev/mapper/$VG-base")
	in_use "used by device ${loop#/dev/}"
	losetup --detach "$loop"
	wait_until 10 is_detached "$loop"
	svremove -qf "$VG/base"
}

# make_md NAME: an array without superblocks, as mdadm --build makes it, of that one device and for reading only.  Not
# by mdadm: the package has its daemon started, and udev assemble what arrays the machine has.
make_md() {
	local number
	number=$(dmsetup info --columns --noheadings --separator : --options major,minor "$1")
	echo md9 >/sys/module/md_mod/parameters/new_array
	echo raid1 >"$MD/level"
	echo 1 >"$MD/raid_disks"
	echo "$number" >"$MD/new_dev"
	echo 0 >"$MD/dev-dm-${number#*:}/slot"
	echo 0 >"$MD/dev-dm-${number#*:}/size"
	echo 4096 >"$MD/component_size"
	echo readonly >"$MD/array_state"
	settle_udev
}

stop_md() {
	echo clear >"$MD/array_state"
}

@test "an md array above is named" {
	grep -qs '^Personalities.*\[raid1\]' /proc/mdstat || skip "this kernel has no md arrays with raid1"
	make_base
	make_md "$VG-base"
	[ "$(blockdev --getsz /dev/md9)" -eq 8192 ]
	in_use "used by device md9; cannot be removed"
	# udev may look at it
	wait_until 10 stop_md 2>/dev/null
	wait_until 10 test ! -e "$MD"
	svremove -qf "$VG/base"
}

@test "what is only a part of a mounted filesystem says which" {
	local point="$BATS_TEST_TMPDIR/m" other
	skip_without mkfs.xfs
	skip_without mkfs.btrfs
	prepare_devices 1 720M
	svgcreate -q "$VG" "${DEVICES[0]}"
	mkdir "$point"
	svcreate -q -L 64M -n base "$VG"
	svcreate -q -L 300M -n data "$VG"
	mke2fs -q -O journal_dev "/dev/$VG/base"
	mkfs.ext4 -q -J device="/dev/$VG/base" "/dev/$VG/data"
	mount "/dev/$VG/data" "$point"
	mount -o remount,ro "$point"
	in_use "part of the filesystem mounted on $point; cannot be removed"
	umount "$point"
	# shellcheck disable=SC2016
	start other unshare --mount --propagation private sh -c \
		'mount "$0" "$1" && mount -o remount,ro "$1" && exec sleep 60' "/dev/$VG/data" "$point"
	wait_until 10 grep -q " ro,.*$VG-data" "/proc/$other/mountinfo"
	in_use "holds the journal of the filesystem on $VG-data (dm-"
	kill "$other"
	wait "$other" || true
	mkfs.xfs -q -f -l "logdev=/dev/$VG/base" "/dev/$VG/data"
	mount -o "logdev=/dev/$VG/base" "/dev/$VG/data" "$point"
	mount -o remount,ro "$point"
	in_use "part of the filesystem mounted on $point; cannot be removed"
	umount "$point"
	svcreate -q -y -L 300M -n more "$VG"
	mkfs.btrfs -q -f -m raid1 "/dev/$VG/data" "/dev/$VG/more"
	mount -o "ro,device=/dev/$VG/more" "/dev/$VG/data" "$point"
	sync
	refused 5 "$VG/more: mounted on $point; cannot be removed" svremove -f "$VG/more"
	refused 5 "$VG/data: mounted on $point; cannot be removed" svremove -f "$VG/data"
	umount "$point"
	svremove -qf "$VG"
}

# looks STATUS [OPTION...]: how many questions svremove asks the kernel until it ends with that status.
looks() {
	local log=$BATS_TEST_TMPDIR/looks
	rm -f "$log"
	run "-$1" env KILL_OPS=i KILL_LOG="$log" LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" \
		svremove -f "${@:2}" "$VG/base"
	LOOKS=$(wc -l <"$log")
}

@test "a device above that is going is waited for, a mount is not" {
	local LOOKS once
	make_base
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	sync
	looks 5 --remove-timeout 0
	once=$LOOKS
	looks 5
	expect_text "looks at what is mounted" "$LOOKS" "$once"
	umount "$BATS_TEST_TMPDIR/m"
	dmsetup create "${VG}top" --table "0 8 linear /dev/mapper/$VG-base 0"
	settle_udev
	looks 5 --remove-timeout 0
	once=$LOOKS
	# before the second look
	export KILL_AT=$((once + 1)) KILL_HOW=run KILL_RUN="dmsetup remove --retry ${VG}top"
	looks 0
	unset KILL_AT KILL_HOW KILL_RUN
	expect_text volumes "$(volumes)" ""
}

@test "processes are named, also those on a filesystem that was unmounted lazily" {
	local user
	make_base
	exec 9<"/dev/$VG/base"
	start user sleep 60
	exec 9<&-
	in_use "open in PID $user (sleep, since"
	kill "$user"
	wait "$user" || true
	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	mount -o ro "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	cd "$BATS_TEST_TMPDIR/m"
	start user sleep 60
	cd /
	wait_until 5 test "/proc/$user/cwd" -ef "$BATS_TEST_TMPDIR/m"
	umount --lazy "$BATS_TEST_TMPDIR/m"
	in_use "open in PID $user (sleep, since"
	kill "$user"
	wait "$user" || true
	mount "/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	cp "$(command -v sleep)" "$BATS_TEST_TMPDIR/m/program"
	# its own writes come when they like, and in_use compares the disks
	mount -o remount,ro "$BATS_TEST_TMPDIR/m"
	sync
	start user "$BATS_TEST_TMPDIR/m/program" 60
	wait_until 5 test "/proc/$user/exe" -ef "$BATS_TEST_TMPDIR/m/program"
	umount --lazy "$BATS_TEST_TMPDIR/m"
	in_use "open in PID $user (program, since"
	kill "$user"
	wait "$user" || true
	svremove -qf "$VG/base"
}

@test "what is closed within the limit is removed" {
	local user LOOKS
	make_base
	exec 9<"/dev/$VG/base"
	start user sleep 600
	exec 9<&-
	looks 5 --remove-timeout 0
	goes_after "$((LOOKS + 2))" "kill $user"
}

# goes_after LOOKS COMMAND...: what holds base is looked at that often, with --remove-timeout 30, and by the next look
# COMMAND has ended it; then base is removed.
goes_after() {
	export KILL_AT=$(($1 + 1)) KILL_HOW=run KILL_RUN="${*:2}"
	looks 0 --remove-timeout 30
	unset KILL_AT KILL_HOW KILL_RUN
	expect_text volumes "$(volumes)" ""
	svcreate -qy -L 8M -n base "$VG"
}

# From the 9th look on that is later than a second.
@test "a device above, or a mount elsewhere, is waited for as long as the option says, else for a second" {
	local LOOKS once loop other
	make_base
	looks 0
	once=$LOOKS
	svcreate -qy -L 8M -n base "$VG"
	dmsetup create "${VG}top" --table "0 8 linear /dev/mapper/$VG-base 0"
	settle_udev
	looks 5
	[[ $output == *"$VG/base: used by device ${VG}top (dm-"*"; cannot be removed" ]]
	((LOOKS > 2 && LOOKS < once + 12))
	goes_after "$((once + 14))" "dmsetup remove --retry ${VG}top"

	loop=$(losetup --find --show --read-only "/dev/mapper/$VG-base")
	settle_udev
	looks 5
	[[ $output == *"$VG/base: used by device ${loop#/dev/}; cannot be removed" ]]
	((LOOKS > 2 && LOOKS < once + 12))
	goes_after "$((once + 14))" "losetup --detach $loop"

	mkfs.ext4 -q "/dev/$VG/base"
	mkdir "$BATS_TEST_TMPDIR/m"
	# shellcheck disable=SC2016
	start other unshare --mount --propagation private sh -c 'mount -o ro "$0" "$1" && exec sleep 600' \
		"/dev/$VG/base" "$BATS_TEST_TMPDIR/m"
	wait_until 10 grep -q "$VG-base" "/proc/$other/mountinfo"
	looks 5
	[[ $output == *"$VG/base: mounted on $BATS_TEST_TMPDIR/m in the mount namespace of PID $other "* ]]
	((LOOKS > 2 && LOOKS < once + 12))
	goes_after "$((once + 14))" "kill $other"
}

# opened_at EVENT: svremove of base and its snapshot, before which event somebody opens the snapshot; its PID in OPENER.
opened_at() {
	run -5 env KILL_OPS=iws KILL_AT="$1" KILL_HOW=run \
		KILL_RUN="exec 9</dev/mapper/$VG-snap; sleep 600 >/dev/null 2>&1 3>&- & echo \$! >$BATS_TEST_TMPDIR/opener" \
		LD_PRELOAD="$SNAPVOL_BIN_DIR/../test/bats/killshim.so" svremove -f --remove-timeout 1 "$VG/base"
	OPENER=$(<"$BATS_TEST_TMPDIR/opener")
	STARTED+=("$OPENER")
	expect_text "number of lines" "${#lines[@]}" 1
}

says_who_opened() {
	expect_text said "${1%, since *}" "$VG/snap: device $VG-snap cannot be removed: open in PID $OPENER (sleep"
}

# make_removed: base and its snapshot snap, whose contents are in SUM.  EVENTS is a list of what svremove of both does.
make_removed() {
	make_base
	svcreate -q -s -L 8M -n snap "$VG/base"
	KILL_OPS=iws KILL_LOG=$BATS_TEST_TMPDIR/events LD_PRELOAD=$SNAPVOL_BIN_DIR/../test/bats/killshim.so \
		command svremove -qf "$VG/base"
	EVENTS=$BATS_TEST_TMPDIR/events
	svcreate -qy -L 8M -n base "$VG"
	fill "$VG/base" before 0 64
	SUM=$(sum_of "$VG/base")
	svcreate -q -s -L 8M -n snap "$VG/base"
	fill "$VG/base" after 0 64
}

# The last write before the first removal of a device (dm-ioctl.h: 4).
@test "a snapshot that somebody opens when all has been asked keeps its origin, and stays valid" {
	local EVENTS SUM OPENER at
	make_removed
	at=$(awk '$3 == "dm4" { print last; exit } $2 == "w" { last = $1 }' "$EVENTS")
	opened_at "$at"
	says_who_opened "$output"
	expect_text volumes "$(volumes)" "base snap"
	run -0 svcheck "$VG"
	[[ $output == "$VG/snap: valid, "* ]]
	fill "$VG/base" later 64 64
	kill "$OPENER"
	same_contents "$VG/snap" "$SUM"
	svremove -f "$VG/base"
	expect_text volumes "$(volumes)" ""
	complaints_ended
}

# The second removal of a device.  Of the origin that is gone nothing is written meanwhile, so the snapshot is right.
@test "of a snapshot that somebody opens when its origin is gone that is told, and whoever comes next removes it" {
	local EVENTS SUM OPENER at before
	make_removed
	at=$(awk '$3 == "dm4" && ++n == 2 { print $1 }' "$EVENTS")
	before=$(svgs --noheadings -o vg_free_count "$VG")
	opened_at "$at"
	says_who_opened "$output"
	not dm_exists "$VG-base"
	same_contents "$VG/snap" "$SUM"
	expect_text volumes "$(volumes)" "base snap"
	expect_text "free extents" "$(svgs --noheadings -o vg_free_count "$VG")" "$before"
	run -10 svcheck "$VG"
	expect_text lines "$output" "$VG: a command died at work on it; settle it: svrecover $VG
$VG/base: was left by an interrupted command; settle it: svrecover $VG
$VG/snap: was left by an interrupted command; settle it: svrecover $VG"
	run -5 svcreate --remove-timeout 1 -L 4M -n one "$VG"
	says_who_opened "${lines[-1]}"
	none_suspended
	expect_text volumes "$(volumes)" "base snap"
	kill "$OPENER"
	wait_until 5 not kill -0 "$OPENER" 2>/dev/null
	svcreate -qy -L 4M -n one "$VG"
	expect_text volumes "$(volumes)" one
	expect_text devices "$(dmsetup ls | cut -f 1)" "$VG-one"
	run -0 svcheck "$VG"
	complaints_ended
}
