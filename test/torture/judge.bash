# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What must hold after a command was killed, or failed, at any point.
#
#	judge TRANSITION ROUND N WAY	all of it; SETTLED is then "before" or "after", and SPENT says
#					whether the state before is to be made anew for the next.  What does
#					not hold is told on stderr, with the state it was found in
#
# kill.bash has set STATE_BEFORE, STATE_AFTER and IDENTITIES; WORK, where before.sums and after.sums are; STATUS, the
# command's; EVENT, that which it was tried at; and here, the directory of these files.
# shellcheck disable=SC2034,SC2153,SC2154

declare -A LVM2_SHOWED=() LVM2_CHECKED=() KNOWN=()
SEEN='' KEY=''

# LVM2 sees all devices of the guest and keeps no files of its own; to read its settings as they are delivered takes
# it half of its time.
LVM2_CONFIG='devices { use_devicesfile=0 hints="none" } global { event_activation=0 use_lvmpolld=0 }
activation { monitoring=0 } backup { backup=0 archive=0 }'
export LVM_SUPPRESS_FD_WARNINGS=1

# complain WORD...: the point has not survived.
complain() {
	((FAULTS += 1))
	echo "  $*" >&2
}

make_lvm2_config() {
	mkdir "$WORK/lvm2" && echo "$LVM2_CONFIG" >"$WORK/lvm2/lvm.conf"
}

# What the metadata say and what the kernel has of any group.  It changes nothing.  Identities are told as they
# are before the command, or as new.
state_of() {
	echo unreadable >"$WORK/sum"
	state -i "$IDENTITIES" -s "$WORK/sum" "$@" "${DEVICES[@]}" || echo "cannot be told: status $?"
}

# is_seen NAME STATE: by which it is known what LVM2 says of it: all that it reads is the same bytes, and the kernel has
# the same devices.  Where a merge goes on, or not all could be read, that cannot be said.
is_seen() {
	SEEN="$2 $(<"$WORK/sum")"
	! is_handed_over "$1" && [[ $SEEN != *unreadable* ]] || SEEN=''
}

# lies_on DISK: whether anything of a volume does.
lies_on() {
	local kind disk
	while read -r kind _ disk _; do
		[[ $kind != segment || $disk != "$1" ]] || return 0
	done <<<"$STATE_BEFORE
$STATE_AFTER"
	return 1
}

# A snapshot whose store, or whose origin, could not be written to, says so, and is what it was for the rest.
but_for_invalid() {
	echo "${1// snapshot invalid/ snapshot}"
}

# invalid_in STATE: names of devices.
invalid_in() {
	local kind name rest names=()
	while read -r kind name rest; do
		[[ $kind != device || $rest != "snapshot invalid" ]] || names+=("$name")
	done <<<"$1"
	echo "${names[*]}"
}

judge() {
	local name=$1 round=$2 n=$3 way=$4
	: >"$WORK/faults"
	NOW=''
	FAULTS=0 SETTLED=neither LVM2_READ='' SHOWN='not asked' INVALID='' MAY_BE_INVALID=''
	{
		[[ $round != vanish ]] || ! lies_on "$way" || MAY_BE_INVALID=yes
		write_on
		[[ $round != kill_group ]] || wait_for 20 no_guardian || complain "the guardian lives"
		[[ $round == kill_group ]] || nothing_suspended
		FOUND=$(state_of)
		is_seen "$name" "$FOUND"
		[[ ! $MAY_BE_INVALID ]] || FOUND=$(but_for_invalid "$FOUND")
		[[ $round != fail ]] || failed_well "$name" "$way" "$EVENT"
		[[ $round != vanish ]] || went_without "$name" "$way" "$n"
		owners_are_one "$FOUND"
		write_to_merging
		same_as_before "$n" || find_out
		[[ $round != vanish || $STATUS != 0 || $SETTLED == after ]] ||
			complain "said to be done, but is not"
		contents "$name"
		nothing_left
		stays_invalid
	} 2>>"$WORK/faults"
	((FAULTS)) || return 0
	echo "$name $round $n $way ($EVENT): status $STATUS"
	cat "$WORK/faults"
	sed 's/^/  said: /' "$WORK/stderr"
	differs "$([[ $SETTLED == after ]] && echo "$STATE_AFTER" || echo "$STATE_BEFORE")" "$FOUND" | sed 's/^/  found: /'
	return 1
} >&2

# Whether all is as it was at an earlier point, where nothing was to be done: the same bytes are on the disks, the same
# devices in the kernel, and the same files of locks were left.  What was asked then would be answered alike.
same_as_before() {
	local left=''
	KEY=''
	if [[ -n $SEEN && $FOUND != *snapshot-merge* && $FOUND != *" invalid"* ]] && left=$(only_locks_left); then
		KEY="$SEEN $left"
	fi
	[[ -n $KEY && -n ${KNOWN[$KEY]-} ]] || return
	SETTLED=${KNOWN[$KEY]} NOW=$FOUND
	[[ -z $left ]] || rm -f /run/lock/lvm/[PV]_*
}

only_locks_left() {
	local file
	for file in /run/snapvol/* /run/lvm/nohints /etc/lvm/{backup,archive}/*~snapvol-??????; do
		[[ ! -e $file ]] || return
	done
	for file in /run/lock/lvm/*; do
		[[ ! -e $file ]] || echo "$file"
	done
}

find_out() {
	local found faults=$FAULTS
	found="$FOUND $(<"$WORK/sum")"
	[[ $round == kill_group ]] || both_answer
	recover "$name"
	which_state
	[[ $round != kill_group ]] || both_answer
	if [[ -n $KEY && $FAULTS == "$faults" && $found == "$NOW $(<"$WORK/sum")" ]]; then
		KNOWN[$KEY]=$SETTLED
	fi
}

# Whoever uses the origin meanwhile is not to notice: what a snapshot has not copied by then it copies, and the
# origin keeps it.  SPENT is set if there is nothing left to be copied for the next time.
write_on() {
	SPENT=''
	[[ -z $WRITER ]] || blocks fresh "$WORK/writer" || SPENT=yes
}

# An origin that nobody had open may be used as soon as it merges; but a merge that failed is begun anew only
# when nobody has it open.
write_to_merging() {
	[[ -z $WRITER && $round != vanish && $(dmsetup table "$VG-base" 2>/dev/null) == *snapshot-merge* ]] || return 0
	write_to write base || complain "the merging origin cannot be written to"
	write_on
	SPENT=yes
}

no_guardian() {
	! is_running snapvol-guard
}

is_suspended() {
	local file value
	for file in /sys/block/dm-*/dm/suspended; do
		read -r value 2>/dev/null <"$file" || continue
		[[ $value != 1 ]] || return 0
	done
	return 1
}

none_is_suspended() {
	! is_suspended
}

nothing_suspended() {
	wait_for 20 none_is_suspended || complain "suspended: $(dmsetup info -c --noheadings -o name,suspended | grep Suspended)"
}

# volumes_of STATE: sets VOLUMES, those that LVM2 lists: not of groups that are exported, as one is while it is split off
# or merged.  In the order of its lists, which is the state's own: groups come before volumes.
volumes_of() {
	local kind name flags exported=' '
	VOLUMES=''
	while read -r kind name _ flags _; do
		case $kind in
		group) ! ((0x$flags & 8)) || exported+="$name " ;;
		volume) [[ $exported == *" ${name%%/*} "* ]] || VOLUMES+="$name " ;;
		esac
	done <<<"$1"
}

# Sets SHOWN, the volumes that LVM2 sees.  What it has said in silence of the same it would say again.
ask_lvs() {
	local group name lines failed=''
	if [[ -n $SEEN && -n ${LVM2_SHOWED[$SEEN]-} ]]; then
		SHOWN=${LVM2_SHOWED[$SEEN]}
		: >"$WORK/lvs"
		return
	fi
	lines=$(lvm lvs -a --noheadings -o vg_name,lv_name 2>"$WORK/lvs") || {
		complain "lvs: status $?: $(<"$WORK/lvs")"
		failed=yes
	}
	SHOWN=''
	while read -r group name; do
		[[ -z $group ]] || SHOWN+="$group/${name//[][]/} "
	done <<<"$lines"
	[[ -z $SEEN || -s $WORK/lvs || $failed ]] || LVM2_SHOWED[$SEEN]=$SHOWN
}

# shown_is_of STATE...
shown_is_of() {
	local state
	for state; do
		volumes_of "$state"
		[[ $SHOWN != "$VOLUMES" ]] || return 0
	done
	return 1
}

# LVM2 shows what there is, or what there was before: a group that is half renamed it may show under the old name.
both_answer() {
	ask_lvs
	[[ -s $WORK/lvs ]] || LVM2_READ=$FOUND
	shown_is_of "$FOUND" "$STATE_BEFORE" "$STATE_AFTER" || shown_is_of "$(state_of)" || complain "lvs shows: $SHOWN"
	# which finishes a merge that is done
	svs -a >/dev/null || complain "svs: status $?"
}

# lvm2_shows STATE: the volumes that LVM2 has shown before, if it has been asked, or shows now.
lvm2_shows() {
	[[ $SHOWN == "not asked" ]] || ! shown_is_of "$1" || return 0
	ask_lvs
	shown_is_of "$1" || complain "lvs shows: $SHOWN"
}

# LVM2 has nothing to say of it; what it has read in silence before, it is not asked about again.
lvm2_is_content() {
	[[ $1 != "$LVM2_READ" ]] || return 0
	[[ -z $SEEN || -z ${LVM2_CHECKED[$SEEN]-} ]] || return 0
	local status=0
	lvm vgck >"$WORK/vgck" 2>&1 || status=$?
	if ((status)); then
		complain "vgck: status $status"
	elif [[ ! -s $WORK/vgck && -n $SEEN ]]; then
		LVM2_CHECKED[$SEEN]=yes
	fi
	[[ ! -s $WORK/vgck ]] || complain "vgck: $(<"$WORK/vgck")"
}

# Extents of live devices against each other, and against what the metadata say is taken.  Of a state that is
# to be found it has been asked before.
owners_are_one() {
	! is_either "$1" || return 0
	awk -f "$here/owners.awk" <<<"$1" >"$WORK/owners"
	[[ ! -s $WORK/owners ]] || complain "owners: $(<"$WORK/owners")"
}

recover() {
	local status=0 between=''
	is_either "$FOUND" || is_handed_over "$1" || between=yes
	[[ ! $between ]] || svcheck_says before "1?"
	[[ $round == vanish ]] || ! merge_failed || complain "the merge failed"
	svrecover -q >"$WORK/recover" 2>&1 || status=$?
	((status == 0)) || complain "svrecover: status $status: $(<"$WORK/recover")"
	! is_suspended || complain "svrecover left devices suspended"
	[[ ! $between ]] || svcheck_says after 0 ${MAY_BE_INVALID:+11}
	! is_handed_over "$1" || settled || complain "not settled"
}

# svcheck_says WHEN STATUS...: of a state that is neither before nor after svcheck finds something as long as svrecover has
# not settled it, and nothing then, but for snapshots that missed a write.
svcheck_says() {
	local status=0 expected
	svcheck -q >/dev/null 2>&1 || status=$?
	for expected in "${@:2}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $status != $expected ]] || return 0
	done
	complain "svcheck $1 svrecover: status $status: $(svcheck 2>&1)"
}

merge_failed() {
	[[ $(dmsetup status "$VG-base" 2>/dev/null) == *"Merge failed"* ]]
}

# Transitions whose command leaves the work to the kernel and to whoever waits for that: between before and after
# are the states of a merge that goes on.
HANDED_OVER="merge merge_and_wait merge_postponed"

is_handed_over() {
	[[ " $HANDED_OVER " == *" $1 "* ]]
}

# Sets NOW, and whether it is that before or after.
which_state() {
	NOW=$(state_of -e 2>"$WORK/svgck")
	is_seen "$name" "$NOW"
	if [[ $MAY_BE_INVALID ]]; then
		INVALID=$(invalid_in "$NOW")
		NOW=$(but_for_invalid "$NOW")
	fi
	lvm2_is_content "$NOW"
	lvm2_shows "$NOW"
	[[ $NOW != "$STATE_BEFORE" ]] || SETTLED=before
	[[ $NOW != "$STATE_AFTER" ]] || SETTLED=after
	[[ ! -s $WORK/svgck ]] || complain "svgck: $(<"$WORK/svgck")"
	[[ $SETTLED != neither ]] && return
	complain "neither before nor after; differs from before:"
	differs "$STATE_BEFORE" "$NOW" | sed 's/^/    /' >&2
	complain "differs from after:"
	differs "$STATE_AFTER" "$NOW" | sed 's/^/    /' >&2
}

is_either() {
	[[ $1 == "$STATE_BEFORE" || $1 == "$STATE_AFTER" ]]
}

differs() {
	diff <(echo "$1") <(echo "$2")
}

contents() {
	[[ -z $WRITER ]] || blocks verify "$WORK/writer" || complain "the origin lost a write"
	[[ -z $READER ]] || blocks watched "$WORK/reader" || complain "a snapshot changed meanwhile"
	[[ $SETTLED != neither ]] || return 0
	record_sums now "$NOW" || complain "what is not active cannot be activated"
	ask awk 20 awk -v invalid="$INVALID" -v skip="${UNCHECKED[$1]-}" -v instant="${SHOWS_INSTANT[$1]-}" -v vg="$VG" -f "$here/sums.awk" \
		"$WORK/$SETTLED.sums" "$WORK/now.sums" >"$WORK/differ" || complain "contents: status $?"
	[[ ! -s $WORK/differ ]] || complain "contents: $(<"$WORK/differ")"
	[[ $SETTLED != after || -n $INVALID ]] || shows_instant "${SHOWS_INSTANT[$1]-}"
}

shows_instant() {
	local volume devices=()
	[[ -n $1 ]] || return 0
	for volume in $1; do
		devices+=("/dev/mapper/$VG-$volume")
	done
	blocks cut "$WORK/writer" "${devices[@]}" || complain "not one instant: $*"
}

# A snapshot that missed a write is never good again, not even after a power cut: what the kernel knew is lost then.
stays_invalid() {
	local state
	[[ -n $INVALID ]] || return 0
	stop_users
	take_down || complain "devices cannot be removed: status $?"
	svchange -q -ay "$VG" || complain "svchange -ay: status $?"
	state=$(state_of)
	[[ $(invalid_in "$state") == "$INVALID" ]] || complain "was invalid, and is good again: $INVALID"
}

no_semaphores() {
	local lines
	mapfile -t lines </proc/sysvipc/sem
	((${#lines[@]} == 1)) # the heading
}

nothing_left() {
	local file word
	for file in /run/snapvol/* /run/lock/lvm/[PV]_* /run/lvm/nohints /etc/lvm/{backup,archive}/*~snapvol-??????; do
		[[ ! -e $file ]] || complain "left: $file"
	done
	for file in /sys/block/dm-*/dm/name; do
		read -r word 2>/dev/null <"$file" || continue
		[[ -b /dev/mapper/$word ]] || complain "no node: $word"
	done
	for file in /dev/mapper/"$VG"* /dev/"$VG"*/*; do
		[[ ! -L $file || -e $file ]] || complain "dead link: $file"
	done
	no_guardian || complain "left: snapvol-guard"
	# somebody who waits for a merge in the background may be at work
	if ! wait_for 20 no_semaphores; then
		complain "left: semaphores: $(tail -n +2 /proc/sysvipc/sem)"
		dmsetup udevcomplete_all --yes >/dev/null
	fi
}

# What the kernel has, of a state.
kernel_of() {
	local kind rest
	while read -r kind rest; do
		[[ $kind != device && $kind != table ]] || echo "$kind $rest"
	done <<<"$1"
}

# went_without NAME WAY N: a command whose device vanished at its Nth event had no need of it, or got by without it and
# tells of it, or has failed, and tells of it, and has left in the kernel what was there before, or what was ordered.
went_without() {
	local told lines
	told=$(<"$WORK/stderr")
	# that it fails it says once; what it finds of the group beside that, it warns of
	mapfile -t lines < <(grep -v -e 'metadata areas could not be written' -e ' is missing (last seen as ' "$WORK/stderr")
	[[ $told == *[^\ ]:\ * ]] || told=''
	case $STATUS in
	0) [[ $told ]] || ! was_written_later "${DEVICES[${2#D}]}" "$3" || complain "not told: $2 has vanished" ;;
	5)
		[[ $told ]] || complain "failed, and names no object and cause"
		((${#lines[@]} == 1)) || complain "failed with ${#lines[@]} messages"
		is_handed_over "$1" || [[ $(kernel_of "$FOUND") == "$(kernel_of "$STATE_BEFORE")" ||
			$(kernel_of "$FOUND") == "$(kernel_of "$STATE_AFTER")" ]] ||
			complain "failed, and left in the kernel neither before nor after"
		;;
	*) complain "status $STATUS" ;;
	esac
}

# was_written_later DEVICE N: whether the command has written there at its Nth event or later.  To sync what has vanished
# does not fail.
was_written_later() {
	awk -v device="$1" -v from="$2" '
		$1 >= from && $2 == "w" && $4 == device { found = 1 }
		END { exit !found }' "$WORK/log"
}

# was_told WAY EVENT: a write, sync, read or order that failed is no secret, even if the command got by without it; one
# half done and one interrupted can be gone on with, and an order to a device that is busy given again.  What a device
# is asked about itself (q) it need not answer.  A file that was to replace another has that one's name, and an ending;
# one that was synced is a directory, in which something has got another name.  What libblkid cannot read (by read, where
# snapvol has pread) it passes over as it sees fit.
was_told() {
	local kind name path line
	read -r _ kind name path _ <<<"$2"
	[[ $kind$name != rread ]] || return 0
	[[ $kind == [wsri] && $1 != short && $1 != 4 ]] || return 0
	[[ $kind$1 != i16 ]] || return 0
	path=${path%"~snapvol-"??????}
	while read -r line; do
		[[ $line != *"$path: "* && $line != *"$path/"* && $kind != i ]] || return 0
	done <"$WORK/stderr"
	complain "not told: $name of $path failed"
}

# What status 0 stands for: that all is done, or begun, if that was the order.  A listing has listed; whether it
# finishes on the way what it finds to be done is another thing.
is_done_by() {
	case $1 in
	merge_finish_listing) is_either "$FOUND" ;;
	merge | merge_postponed) [[ $FOUND != "$STATE_BEFORE" ]] ;;
	*) [[ $FOUND == "$STATE_AFTER" ]] ;;
	esac
}

# What a failed command leaves unsettled it settles at its end, and then nothing need be in the way any more: the work of
# these is no more than that.
SETTLING="merge_postponed merge_finish"

is_settling() {
	[[ " $SETTLING " == *" $1 "* ]]
}

# failed_well NAME WAY EVENT: a command that met a failure has either gone on in spite of it, and tells of it (0: the
# state is after), or it says so in one line that names object and cause (5: the state is before; or after, if what
# failed came after the commit).  It has undone itself: nobody has recovered anything yet.
failed_well() {
	local lines
	case $STATUS in
	0)
		is_done_by "$1" || complain "said to be done, but is not"
		was_told "$2" "$3"
		return
		;;
	5)
		is_either "$FOUND" || merges_in "$1" "$FOUND" || complain "failed, and left neither before nor after"
		[[ $FOUND == "$STATE_BEFORE" ]] || is_settling "$1" || disk_was_written "${3%% *}" ||
			complain "failed before it wrote, and left after"
		;;
	*) complain "status $STATUS" ;;
	esac
	mapfile -t lines <"$WORK/stderr"
	((${#lines[@]} == 1)) || complain "failed with ${#lines[@]} messages"
	names_object "$3" "${lines[*]}" || complain "names no object and cause"
	names_cause "$2" "$3" "${lines[*]}" || complain "names another cause"
}

# disk_was_written N: before the Nth event, or by half at it.
disk_was_written() {
	local n kind path
	while read -r n kind _ path; do
		[[ $kind == w && " ${DEVICES[*]} " == *" ${path% failed} "* ]] && ((n <= $1)) && return
	done <"$WORK/log"
	return 1
}

declare -A CAUSES=([5]="Input/output error" [12]="Cannot allocate memory" [28]="No space left on device"
	[122]="Disk quota exceeded" [25]="Inappropriate ioctl for device" [4]="Interrupted")

# names_cause WAY EVENT MESSAGE.  Why the kernel does not tell its version (dm0) libdevmapper keeps to itself.  With
# what something is busy (16) is told in other words.
names_cause() {
	[[ -z ${CAUSES[$1]-} || $2 == *" dm0 "* || $3 == *"${CAUSES[$1]}"* ]]
}

# merges_in NAME STATE: one that is handed over does between before and after, or whoever waits for it is ending that.
merges_in() {
	is_handed_over "$1" && grep -q '^device [^ ]* snapshot-merge\|snapvol.unfinished' <<<"$2"
}

# names_object EVENT MESSAGE: the group, or something of it, a device, or what the event was on; and a cause.  The
# version of device-mapper (dm0) and its list of devices (dm2) are of no device.
names_object() {
	local call path word
	[[ $2 == *[^\ ]:\ * ]] || return
	read -r _ _ call path _ <<<"$1"
	path=${path%"~snapvol-"??????}
	[[ $call != dm[02] ]] || path=device-mapper
	for word in "$VG" "${DEVICES[@]}" "${path#-}"; do
		[[ -z $word || $2 != *"$word"* ]] || return 0
	done
	return 1
}
