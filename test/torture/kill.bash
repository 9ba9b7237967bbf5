# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Kill the command of each transition at every system call by which it changes anything or waits for
# anything, one after the other, while a writer works on the origins and a reader looks at the snapshots; then ask
# for all that has been promised.
#
#	kill.bash [--step N] [--seed N] [--ops KINDS] [--round kill|kill_group|fail|vanish]... [TRANSITION...]
#
# kill		the command is killed, its guardian lives
# kill_group	both are killed in the same instant
# fail		one call fails, and the command goes on: each with EIO, and with another errno in turn or half
#		a transfer
# vanish	all that is asked of one of the devices fails from there to the command's end; then it is back:
#		each with the first, on which volumes and stores lie that are written to, and with the second
#
# For guests only (test/vm).  Needs snapvol's links on PATH, VG and two DEVICES as transitions.bash
# does, and SHIM, SERVED, BLOCKS and STATE, the programs killshim.so, served.so, blocks and state.  Writes a line to RESULTS for each
# transition and round:
#
#	TRANSITION ROUND TRIED SURVIVED
#
# and passes over those of which there is one in DONE, a file, if it is set;
# and to stderr a paragraph for each point that did not survive.  --step tries every Nth event, from
# the seed's on; for each step that is in the seed, another failure is in turn.  --ops has those events only
# that are of these KINDS (KILL_OPS of killshim.c).

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd -P)
# shellcheck source=test/torture/transitions.bash
. "$here/transitions.bash"
# shellcheck source=test/torture/judge.bash
. "$here/judge.bash"
# shellcheck source=test/torture/served.bash
. "$here/served.bash"

step=1 seed=0 rounds=() names=() only=''
RESULTS=${RESULTS:-/dev/stdout}
[[ -z ${DEVICES-} ]] || read -ra DEVICES <<<"${DEVICES[*]}"

# Snapshots that are read all the while, but in the round vanish: none that the command needs to be closed.
declare -A WATCHED=([create]=snap [create_striped]=snap [second_snapshot]=snap [snapshot_elsewhere]=snap [grow_store]=snap [shrink_store]=snap
	[grow_origin]="snap other_snap" [rename]="snap other_snap" [rename_snapshot]=other_snap [permission]=snap [tag]=snap
	[remove_one]=other_snap [merge]=other_snap [merge_and_wait]=other_snap [merge_postponed]=other_snap
	[merge_cancel]=other_snap [merge_finish]=other_snap [merge_finish_listing]=other_snap [split]=other_snap
	[group_tag]=snap [group_rename_active]="snap other_snap")

# Names of the volumes that show one instant of the writer's work when the command has done its own.
declare -A SHOWS_INSTANT=([first_snapshot]=new [second_snapshot]=new [snapshot_elsewhere]=new [attach]=snap
	[set_of_three]="new_a new_b new_c")
# Volumes whose contents nobody has promised anything about.
declare -A UNCHECKED=([create]=new [create_striped]=new [split]=snap [attach]=snap)

parse() {
	while (($#)); do
		case $1 in
		--step) step=$2 && shift ;;
		--seed) seed=$2 && shift ;;
		--round) rounds+=("$2") && shift ;;
		--ops) only=$2 && shift ;;
		*) names+=("$1") ;;
		esac
		shift
	done
	((${#rounds[@]})) || rounds=(kill kill_group fail vanish)
	((${#names[@]})) || mapfile -t names < <(list_transitions)
}

#
# The writer, and the reader
#

# start_writer NAME ROUND
start_writer() {
	local how=write
	[[ $2 != vanish ]] || how=insist
	WRITER=''
	rm -f "$WORK/writer"
	: >"$WORK/writer"
	[[ -z $(in_use "$1") ]] || write_to $how "$(in_use "$1")"
}

# write_to HOW VOLUMES
write_to() {
	local volume devices=()
	for volume in $2; do
		devices+=("/dev/mapper/$VG-$volume")
	done
	"$BLOCKS" "$1" "$WORK/writer" "${devices[@]}" &
	WRITER=$!
	disown "$WRITER"
	# until it has been everywhere
	wait_for 100 blocks verify "$WORK/writer" 2>/dev/null
}

# start_reader NAME ROUND
start_reader() {
	local volume devices=()
	rm -f "$WORK/reader"
	READER=''
	[[ -n ${WATCHED[$1]-} && $2 != vanish ]] || return 0
	for volume in ${WATCHED[$1]}; do
		devices+=("/dev/mapper/$VG-$volume")
	done
	"$BLOCKS" watch "$WORK/reader" "${devices[@]}" &
	READER=$!
	disown "$READER"
	wait_for 100 blocks watched "$WORK/reader"
}

start_users() {
	start_writer "$@" && start_reader "$@"
}

stop_users() {
	stop "$WRITER" && stop "$READER" || return
	WRITER='' READER=''
}

stop() {
	[[ -n $1 ]] || return 0
	kill -KILL "$1"
	wait_for 300 is_gone "$1"
}

is_gone() {
	[[ ! -e /proc/$1/exe ]]
}

# wait_for TIMES COMMAND...: with 50 ms in between
wait_for() {
	local i
	for ((i = 0; i < $1; i++)); do
		"${@:2}" && return
		pause
	done
	return 1
}

#
# A transition
#

# The two states between which nothing may ever be seen.
know_states() {
	prepare "$1" && keep_state "$WORK/kept" || return
	start_users "$1" none || return
	IDENTITIES=$(state "${DEVICES[@]}" | sed -n 's/^pv .* identity \([^ ]*\).*/\1/p' | paste -sd ,)
	STATE_BEFORE=$(state_of) STATE_AFTER=
	SPENT=''
	record_sums before "$STATE_BEFORE" || return
	[[ -z $SPENT ]] || restore_state "$WORK/kept" || return
	command_of "$1"
	"${COMMAND[@]}" >/dev/null || return
	settled || return
	STATE_AFTER=$(state_of)
	is_another "$1" || return
	record_sums after "$STATE_AFTER"
}

# Of a transition whose two states are the same nothing could be found out.
is_another() {
	[[ $STATE_BEFORE != "$STATE_AFTER" ]] || echo "$1: changes nothing" >&2
	[[ $STATE_BEFORE != "$STATE_AFTER" ]]
}

# record_sums WHEN STATE: a file WHEN.sums of "NAME REGION REST".  Where no volume is active, all are for as long;
# then SPENT is set.
record_sums() {
	local names=() groups
	: >"$WORK/$1.sums"
	active_volumes
	if ((${#names[@]} == 0)); then
		groups_of "$2"
		((${#groups[@]})) || return 0
		SPENT=yes
		svchange -q -ay "${groups[@]}" && active_volumes && print_sums "$1" && svchange -q -an "${groups[@]}"
		return
	fi
	print_sums "$1"
}

# Sets names.
active_volumes() {
	local name
	for name in "/dev/mapper/$VG"*; do
		[[ $name == *-real || $name == *-cow || $name == *\* ]] || names+=("$name")
	done
}

# Sets groups, those that have volumes.
groups_of() {
	local kind name
	groups=()
	while read -r kind name _; do
		[[ $kind != volume || " ${groups[*]} " == *" ${name%%/*} "* ]] || groups+=("${name%%/*}")
	done <<<"$1"
}

print_sums() {
	blocks sums "$WORK/writer" "${names[@]}" >"$WORK/$1.sums"
}

# back_to_before NAME ROUND: where this fails not all could be tried, which is nothing that was survived.
back_to_before() {
	stop_users && restore_state "$WORK/kept" && tidy_files && start_users "$1" "$2" && return
	echo "$1 $2: could not be brought back to the state before" >&2
	((tried += 1))
	return 1
}

tidy_files() {
	rm -rf /etc/lvm/archive /etc/lvm/backup /run/snapvol /run/lock/lvm
}

# at N ROUND NAME WAY: run the transition's command with its Nth event as the round wants it.  Sets STATUS.
at() {
	local how=$4 group='' ops=iwslefq
	case $2 in
	kill_group) group=1 ;;
	fail) ops=iwsrq ;;
	vanish)
		how=run
		ops=iwsrq
		;;
	esac
	ops=${only:-$ops}
	STATUS=0
	: >"$WORK/log"
	ask timeout 70 timeout -k 5 60 env KILL_AT="$1" KILL_HOW="$how" KILL_RUN="$(vanish "$4")" KILL_OPS="$ops" \
		${group:+KILL_GROUP=1} KILL_LOG="$WORK/log" LD_PRELOAD="$SHIM" "${COMMAND[@]}" \
		>"$WORK/stdout" 2>"$WORK/stderr" || STATUS=$?
}

# What makes the device D0 or D1 vanish, and what brings it back.
vanish() {
	echo "dmsetup wipe_table --noflush --nolockfs --noudevsync beneath${1#D}"
}

# Sets VANISHED, the table that it has had in the meantime.
come_back() {
	local name=beneath${1#D}
	VANISHED=$(dmsetup table "$name")
	dmsetup load --noudevsync "$name" --table "${BENEATH[${1#D}]}" &&
		dmsetup suspend --noflush --nolockfs "$name" && dmsetup resume --noudevsync "$name"
}

# Devices that can vanish, made of those that cannot, whose first sectors nobody takes for a label.
put_devices_on_others() {
	local i from=2048
	BENEATH=()
	for i in 0 1; do
		empty_device "${DEVICES[i]}" || return
		BENEATH+=("0 $(($(blockdev --getsz "${DEVICES[i]}") - from)) linear ${DEVICES[i]} $from")
		dmsetup create "beneath$i" --table "${BENEATH[i]}" || return
		DEVICES[i]=/dev/mapper/beneath$i
	done
	dmsetup mknodes
}

# Ways in which a round has an event go: KILL_HOW, or the device that vanishes.
declare -A WAYS=([kill]=before [kill_group]=before [fail]="5 in_turn" [vanish]="D1 D0")

# What else a kind of event fails with: ENOSPC ENOMEM EINTR EBUSY EDQUOT ENOTTY.  ENXIO of device-mapper is an
# answer: the device is not there.
declare -A FAILURES=([i]="12 28 4 16" [w]="28 short 12 4" [s]="28 4 122" [r]="short 12 4" [q]="25 12 4")

# failure_in_turn N: for the event that has just been tried.
failure_in_turn() {
	local failures kind
	event "$1"
	read -r _ kind _ <<<"$EVENT"
	read -ra failures <<<"${FAILURES[$kind]}"
	echo "${failures[($1 + seed / step) % ${#failures[@]}]}"
}

# event N: sets EVENT, its line.
event() {
	local lines
	mapfile -t -s $(($1 - 1)) -n 1 lines <"$WORK/log"
	EVENT=${lines[0]-}
}

# Whether the Nth event was ever reached.
reached() {
	local events
	mapfile -t events <"$WORK/log"
	((${#events[@]} >= $1))
}

# Whether the Nth event, which was reached, had what the round wants: nothing else counts as tried.
was_met() {
	event "$1"
	case $2 in
	fail) [[ $EVENT == *" failed" ]] ;;
	kill*) ((STATUS == 128 + 9)) ;;
	vanish) [[ $VANISHED == *" error "* ]] ;;
	esac && return
	echo "$3 $2 $1: nothing was done to it: status $STATUS" >&2
	return 1
}

torture() {
	local name=$1 round=$2 tried=0 survived=0
	LVM2_SHOWED=() LVM2_CHECKED=() KNOWN=()
	command_of "$name"
	! back_to_before "$name" "$round" || try_events
	echo "$name $round $tried $survived" >>"$RESULTS"
}

# There was no event left to be tried, and nothing in the way of the command; else others may have been left out.
came_to_its_end() {
	if ((STATUS == 0)) && settled && [[ $(state_of) == "$STATE_AFTER" ]]; then
		return
	fi
	echo "$name $round: did not come to its end, where nothing was done to it: status $STATUS" >&2
	cat "$WORK/stderr" >&2
	((tried += 1))
}

try_events() {
	local n way
	for ((n = 1 + seed % step; ; n += step)); do
		for way in ${WAYS[$round]}; do
			[[ $way != in_turn ]] || way=$(failure_in_turn $n)
			at $n "$round" "$name" "$way"
			[[ $round != vanish ]] || come_back "$way"
			if ! reached $n; then
				came_to_its_end
				return
			fi
			((tried += 1))
			if was_met $n "$round" "$name" && judge "$name" "$round" "$n" "$way"; then
				((survived += 1))
				[[ $SETTLED == before && -z $INVALID && -z $SPENT ]] && continue
			fi
			back_to_before "$name" "$round" || return
		done
	done
}

# is_done TRANSITION ROUND
is_done() {
	[[ -n ${DONE-} ]] && grep -q "^$1 $2 " "$DONE"
}

all_are_done() {
	local round
	for round in "${rounds[@]}"; do
		is_done "$1" "$round" || return
	done
}

# Done before, or another guest's.
is_taken() {
	all_are_done "$1" && return
	[[ -n ${CLAIMS-} ]] && ! mkdir "$CLAIMS/kill.$1" 2>/dev/null
}

torture_all() {
	local name round
	for name in "${names[@]}"; do
		is_taken "$name" && continue
		if ! know_states "$name"; then
			echo "$name: could not be brought to its states" >&2
			echo "$name setup 1 0" >>"$RESULTS"
			stop_users
			continue
		fi
		for round in "${rounds[@]}"; do
			is_done "$name" "$round" || torture "$name" "$round"
		done
		stop_users
	done
	take_down
	((${#BENEATH[@]} == 0)) || dmsetup remove --retry beneath0 beneath1
}

#
# What is asked for thousands of times
#

pause() {
	read -r -t 0.05 -u "$PAUSE"
}

state() {
	ask state 10 state "$@"
}

blocks() {
	ask blocks 20 blocks "$@"
}

svs() {
	ask snapvol 10 svs "$@"
}

svchange() {
	ask snapvol 60 svchange "$@"
}

svrecover() {
	ask snapvol 60 svrecover "$@"
}

svcheck() {
	ask snapvol 60 svcheck "$@"
}

lvm() {
	ask lvm 20 lvm "$@"
}

dmsetup() {
	ask dmsetup 60 dmsetup "$@"
}

rm() {
	ask rm 60 rm "$@"
}

copy() {
	ask dd 60 dd if="$1" of="$2" bs=1M "${@:3}" conv=notrunc status=none
}

# Of those that were begun after the servers; numbers are not given twice.
is_running() {
	local file pid name
	for file in /proc/[0-9]*/comm; do
		pid=${file//[^0-9]/}
		((pid > LAST_SERVER)) && read -r name 2>/dev/null <"$file" && [[ $name == "$1" ]] && return
	done
	return 1
}

serve_all() {
	local name
	exec {PAUSE}<> <(:)
	# shellcheck disable=SC2153 # STATE is the program
	serve state "$STATE" && serve blocks "$BLOCKS" && serve snapvol "$(type -P svs)" || return
	make_lvm2_config && LVM_SYSTEM_DIR=$WORK/lvm2 serve lvm "$(type -P lvm)" || return
	for name in dmsetup rm dd awk timeout; do
		serve "$name" "$(type -P "$name")" || return
	done
	LAST_SERVER=$! && echo 4194304 >/proc/sys/kernel/pid_max
}

parse "$@"
BENEATH=()
WORK=$(mktemp -d "${TMPDIR:-/tmp}/torture.XXXXXX")
serve_all || exit
[[ " ${rounds[*]} " != *" vanish "* ]] || put_devices_on_others || exit
torture_all
