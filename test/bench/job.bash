# shellcheck shell=bash
# shellcheck disable=SC2317
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The measurements, inside a guest.  Each operation is done by snapvol, LVM2 and the bare program in
# turn, round after round, so that whatever slows the machine down for a while slows all three.
# A time is that of one command from its start to its end, in microseconds, a line in
# RESULTS/OPERATION.TOOL; what a command leaves is tidied away by the same tool off the clock.
#
# Each tool has a disk and a group of its own, both called after it, and settings as they come, but
# for what keeps LVM2 to its disk and from daemons that are not there.  The groups of 10, 100 and
# 1,000 volumes are shared: they are looked at, or activated and deactivated again.

here=${BASH_SOURCE[0]%/*}
# shellcheck source=test/vm/guest-setup.bash
. "$here/../vm/guest-setup.bash"
# shellcheck source=test/bats/many.bash
. "$here/../bats/many.bash"

read -ra tools <<<"$BENCH_TOOLS"
sizes=(10 100 1000)
declare -A disk=()
failures=0

# The bare program has no metadata, so where its volumes lie is said here, in sectors.
mib=2048
one_at=$((8 * mib)) one_size=$((96 * mib))
many_at=$((128 * mib)) many_size=$((32 * mib))
store_at=$((192 * mib)) store_size=$((8 * mib)) grown_size=$((16 * mib))
merge_at=$((384 * mib)) merge_size=$((80 * mib))
new_at=$((512 * mib)) new_size=$((16 * mib))
hundred_at=$((16 * mib)) hundred_size=64
standing=9

#
# Tools
#

log_failure() {
	echo "failed with status $1: ${*:2}" >>"$RESULTS/log"
	failures=$((failures + 1))
}

# run CLOCK COMMAND...: CLOCK is the file for the time, or "off".
run() {
	local clock=$1
	shift
	[[ $clock == off ]] || set -- "$BENCH_BIN_DIR/stopwatch" "$RESULTS/$clock" "$@"
	"$@" >>"$RESULTS/log" 2>&1 </dev/null || log_failure $? "$@"
}

# lvm CLOCK TOOL DISK COMMAND ARGUMENT...: COMMAND by LVM2's name, of either tool.
lvm() {
	local clock=$1 tool=$2 filter="filter=[ \"a|^$3\$|\", \"r|.*|\" ]" command=$4
	shift 4
	if [[ $tool == snapvol ]]; then
		command=${command/#lv/sv}
		run "$clock" "$SNAPVOL_BIN_DIR/snapvol" "${command/#vg/svg}" \
			--config "devices { $filter } $extra" "$@"
	else
		run "$clock" "/sbin/$command" --config "devices { $filter use_devicesfile=0
			hints=\"none\" } global { event_activation=0 use_lvmpolld=0 }
			activation { monitoring=0 }" "$@"
	fi
}

# volumes CLOCK TOOL COMMAND ARGUMENT...: in the tool's own group.
volumes() {
	lvm "$1" "$2" "${disk[$2]}" "${@:3}"
}

bare() {
	run "$1" "$BENCH_BIN_DIR/bare" "${@:2}"
}

# bare_snapshot CLOCK COMMAND ORIGIN NUMBER [SIZE]
bare_snapshot() {
	local at=${3}_at size=${3}_size
	bare "$1" "$2" "${disk[bare]}" "bare-$3" "${!at}" "${!size}" "bare-s$4" \
		$((store_at + $4 * grown_size)) "${5:-$store_size}" 8
}

bare_unsnap() {
	local at=${3}_at size=${3}_size
	bare "$1" "$2" "${disk[bare]}" "bare-$3" "${!at}" "${!size}" "bare-s$4"
}

bare_merge_snapshot() {
	bare "$1" "$2" "${disk[bare]}" bare-one "$one_at" "$one_size" bare-m \
		"$merge_at" "$merge_size" 128
}

#
# Operations: each takes CLOCK and TOOL
#

create() {
	case $2 in
	bare) bare "$1" create "${disk[bare]}" bare-new "$new_at" "$new_size" ;;
	*) volumes "$1" "$2" lvcreate -y -L 16M -n new "$2" ;;
	esac
}

delete() {
	case $2 in
	bare) run "$1" dmsetup remove --retry bare-new ;;
	*) volumes "$1" "$2" lvremove -y "$2/new" ;;
	esac
}

first_snapshot() {
	case $2 in
	bare) bare_snapshot "$1" snapshot one 0 ;;
	*) volumes "$1" "$2" lvcreate -s -c 4k -L 8M -n s0 "$2/one" ;;
	esac
}

# Without waiting for udev; not LVM2, which then may find no node to write zeros to.
first_snapshot_nowait() {
	local extra='activation/udev_sync=0'
	case $2 in
	bare) BARE_NO_UDEV=1 bare_snapshot "$1" snapshot one 0 ;;
	snapvol) first_snapshot "$1" "$2" ;;
	esac
}

remove_nowait() {
	local tool
	run off udevadm settle
	for tool in "${tools[@]}"; do
		[[ $tool == lvm2 ]] || remove_last off "$tool"
	done
}

remove_last() {
	case $2 in
	bare) bare_unsnap "$1" unsnap one 0 ;;
	*) volumes "$1" "$2" lvremove -y "$2/s0" ;;
	esac
}

grow_store() {
	case $2 in
	bare) bare_snapshot "$1" grow one 0 "$grown_size" ;;
	*) volumes "$1" "$2" lvextend -L 16M "$2/s0" ;;
	esac
}

# add_snapshot CLOCK TOOL [NUMBER]: to the origin that has some; the tenth if nothing is said.
add_snapshot() {
	local number=${3:-$((standing + 1))} command=next
	[[ $number != 1 ]] || command=snapshot
	case $2 in
	bare) bare_snapshot "$1" "$command" many "$number" ;;
	*) volumes "$1" "$2" lvcreate -s -c 4k -L 8M -n "s$number" "$2/many" ;;
	esac
}

remove_tenth() {
	case $2 in
	bare) bare_unsnap "$1" unnext many $((standing + 1)) ;;
	*) volumes "$1" "$2" lvremove -y "$2/s$((standing + 1))" ;;
	esac
}

prepare_merge() {
	case $2 in
	bare) bare_merge_snapshot off snapshot ;;
	*) volumes off "$2" lvcreate -s -c 64k -L 80M -n m "$2/one" ;;
	esac
	run off dd if=/dev/zero "of=/dev/mapper/$2-m" bs=1M count=64 oflag=direct status=none
	run off udevadm settle
}

merge() {
	prepare_merge off "$2"
	case $2 in
	bare) bare_merge_snapshot "$1" merge ;;
	lvm2) volumes "$1" "$2" lvconvert --merge --interval 1 "$2/m" ;;
	snapvol) volumes "$1" "$2" lvconvert --merge "$2/m" ;;
	esac
}

# The time of this one is the writer's longest wait, not the command's.
gap() {
	local clock=$1 ready=/tmp/writer.ready writer
	rm -f "$ready"
	"$BENCH_BIN_DIR/writer" "/dev/mapper/$2-one" "$ready" "$RESULTS/$clock" 2>>"$RESULTS/log" &
	writer=$!
	until [[ -e $ready ]]; do
		kill -0 "$writer" 2>/dev/null || break
	done
	first_snapshot off "$2"
	kill "$writer"
	wait "$writer" || log_failure $? writer "$2"
}

switch() {
	case $2 in
	bare) bare "$1" "${@:4}" ;;
	snapvol) lvm "$1" "$2" "${disk[100]}" lvchange "-a$3" many100 ;;
	lvm2) lvm "$1" "$2" "${disk[100]}" vgchange "-a$3" many100 ;;
	esac
}

activate() {
	switch "$1" "$2" y activate "${disk[bare]}" bare-h 100 "$hundred_at" "$hundred_size"
}

deactivate() {
	switch "$1" "$2" n deactivate bare-h 100
}

# list CLOCK TOOL COUNT
list() {
	case $2 in
	bare) bare "$1" list "${disk[bare]}" "$3" ;;
	*) lvm "$1" "$2" "${disk[$3]}" lvs "many$3" ;;
	esac
}

#
# Rounds
#

# all OPERATION [ARGUMENT...]: by each tool, on the clock.  Events of the one before are over then.
all() {
	local tool name=$1 operation=$1
	shift
	[[ $operation != list ]] || name=list$1
	for tool in "${tools[@]}"; do
		run off udevadm settle
		"$operation" "$name.$tool" "$tool" "$@"
	done
}

# The same off the clock.
each() {
	local tool operation=$1
	shift
	for tool in "${tools[@]}"; do
		"$operation" off "$tool" "$@"
	done
}

snapshot_round() {
	all create
	each delete
	all first_snapshot
	all grow_store
	all remove_last
	all first_snapshot_nowait
	remove_nowait
	all gap
	each remove_last
}

tenth_round() {
	all add_snapshot
	all remove_tenth
	all merge
}

# The group is shared, so that each tool must be done with it before the next begins.
hundred_round() {
	local tool
	udev_few_rules
	for tool in "${tools[@]}"; do
		run off udevadm settle
		activate "activate.$tool" "$tool"
		run off udevadm settle
		deactivate "deactivate.$tool" "$tool"
	done
	udev_all_rules
}

list_round() {
	local size
	for size in "${sizes[@]}"; do
		all list "$size"
	done
}

#
# Preparation
#

# new_disk KEY SIZE
new_disk() {
	truncate -s "$2" "/tmp/disk.$1" && disk[$1]=$(losetup --find --show "/tmp/disk.$1")
}

# make_lvm2: LVM2 makes a group of many volumes.
make_lvm2() {
	/sbin/"$1" --config 'devices { use_devicesfile=0 hints="none" } backup { backup=0 archive=0 }' \
		"${@:2}" >>"$RESULTS/log" 2>&1
}

prepare_disks() {
	local tool size
	for tool in "${tools[@]}"; do
		new_disk "$tool" 1G || return
	done
	for size in "${sizes[@]}"; do
		new_disk "$size" "$(many_size "$size")" || return
		many_make "many$size" "${disk[$size]}" "$size" /tmp/text make_lvm2 || return
	done
	udevadm settle
}

prepare_volumes() {
	local tool i
	for tool in "${tools[@]}"; do
		[[ $tool != bare ]] || continue
		volumes off "$tool" vgcreate "$tool" "${disk[$tool]}"
		volumes off "$tool" lvcreate -y -L 96M -n one "$tool"
		volumes off "$tool" lvcreate -y -L 32M -n many "$tool"
	done
	bare off create "${disk[bare]}" bare-one "$one_at" "$one_size"
	bare off create "${disk[bare]}" bare-many "$many_at" "$many_size"
	for ((i = 1; i <= standing; i++)); do
		each add_snapshot "$i"
	done
}

tell() {
	printf '%(%T)T %s\n' -1 "$*"
}

guest_setup || exit
extra=''
tell "making disks and volumes"
prepare_disks || exit
prepare_volumes
for ((round = 1; round <= BENCH_ROUNDS; round++)); do
	tell "round $round of $BENCH_ROUNDS"
	snapshot_round
	list_round
	((round % 2 == 0)) || tenth_round
	((round % 4 != 1)) || hundred_round
done
((failures == 0)) || tell "$failures commands failed, see the log"
exit $((failures > 0))
