# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the suites share.  A suite begins with
#
#	load lib
#
#	setup() {
#		prepare_devices 2 64M
#	}
#
# and has in each test: VG, a group name that no other test has (made by nobody yet); DEVICES,
# the loop devices of prepare_devices.  teardown() is ours: it takes away every device the
# test left behind and fails the test if one of them had been left suspended.  A suite with a
# teardown of its own ends that with cleanup_devices.
#
# Two kernels are possible.  In a guest all devices belong to the test.  On the machine's own
# kernel (test/run --native) only devices whose names begin with SNAPVOL_TEST_PREFIX do, and VG
# has that prefix; a test that needs the whole kernel begins with "needs_guest".

export LC_ALL=C
DEVICES=()
export VG=${SNAPVOL_TEST_PREFIX:-svt}$$t${BATS_TEST_NUMBER:-0}

if [[ -n ${SNAPVOL_BIN_DIR-} ]]; then
	PATH=$SNAPVOL_BIN_DIR:$PATH
	# The links (svcreate, svs, ...) are made by the build beside the binary.
	[[ ! -d $SNAPVOL_BIN_DIR/links ]] || PATH=$SNAPVOL_BIN_DIR/links:$PATH
fi

#
# Saying what must be
#

# not CMD...: CMD must fail.  By an exit status of its own: a crash or a time limit is no refusal.
not() {
	local status=0
	"$@" || status=$?
	if ((status == 0)); then
		echo "succeeded, but should have failed: $*" >&2
		return 1
	fi
	if ((status >= 124)); then
		echo "should have failed, but broke with status $status: $*" >&2
		return 1
	fi
}

# expect_text WHAT ACTUAL WANTED
expect_text() {
	[[ $2 == "$3" ]] && return
	printf '%s is:        "%s"\nshould have been: "%s"\n' "$1" "$2" "$3" >&2
	return 1
}

# check_field VG[/LV] FIELD VALUE: what svs (or, for a group, svgs) shows; blanks around it aside.
check_field() {
	local command=svs value
	[[ $1 == */* ]] || command=svgs
	value=$("$command" --noheadings --options "$2" "$1") || return
	value=${value#"${value%%[![:space:]]*}"}
	value=${value%"${value##*[![:space:]]}"}
	expect_text "$2 of $1" "$value" "$3"
}

# words_of COMMAND...: what it prints, one blank between the words; or, if it fails, that it did so.
words_of() {
	local text status=0 words
	text=$("$@") || status=$?
	read -rd '' -a words <<<"$text" || true
	((status == 0)) || words+=("(status $status)")
	echo "${words[*]}"
}

# wait_until SECONDS CMD...: CMD must come true within that time.
wait_until() {
	local limit=$1 end
	end=$((${EPOCHREALTIME/./} + limit * 1000000))
	shift
	until "$@"; do
		if ((${EPOCHREALTIME/./} >= end)); then
			echo "not so within $limit seconds: $*" >&2
			return 1
		fi
		sleep 0.1
	done
}

# kept COMMAND...: a command of ours, of which LVM2 is asked if it changes anything.  What it prints as JSON is
# kept for test/run, which holds it against the schema when all suites have ended.  Who fails need not print any.
kept() {
	local status file=${SNAPVOL_JSON_DIR-}/${BATS_TEST_FILENAME##*/}.$BATS_TEST_NUMBER.$SRANDOM
	if [[ -z ${SNAPVOL_JSON_DIR-} || $* != *format*json* ]]; then
		"$@"
		return
	fi
	echo "$*" >"$file.said"
	"$@" | tee "$file.json"
	status=${PIPESTATUS[0]}
	((status == 0)) || [[ -s $file.json ]] || rm -f "$file".{said,json}
	return "$status"
}

#
# What a test needs
#

# be_quick: what functions do from now on is not traced.  bats has a trap run before each command, which takes
# 0.3 ms and on an emulated processor more than ten times that.  The line of a test that
# fails is told all the same.
be_quick() {
	set +T
}

skip_without() {
	local command
	be_quick
	for command; do
		command -v "$command" >/dev/null || skip "$command is not installed"
	done
}

needs_guest() {
	be_quick
	[[ ${SNAPVOL_TEST_KERNEL-} == guest ]] || skip "needs a kernel of its own"
}

# skip_without_target TARGET: a device-mapper target of this kernel.
skip_without_target() {
	dmsetup targets | grep -q "^$1 " || skip "this kernel has no $1 target"
}

#
# Devices
#

# prepare_devices COUNT SIZE [LOSETUP-OPTION...]: sparse files as block devices, added to DEVICES.
prepare_devices() {
	local count=$1 size=$2 i file files=()
	be_quick
	shift 2
	for ((i = 0; i < count; i++)); do
		files+=("$BATS_TEST_TMPDIR/disk$((${#DEVICES[@]} + i))")
	done
	truncate -s "$size" "${files[@]}" || return
	for file in "${files[@]}"; do
		DEVICES+=("$(losetup "$@" --find --show "$file")") || return
	done
	settle_udev
}

settle_udev() {
	[[ ! -e /run/udev/control ]] || udevadm settle --timeout=60
}

# udev_runs: or this is no guest, where it would be ours to start.  Who ends it takes its socket away.
udev_runs() {
	[[ ${SNAPVOL_TEST_KERNEL-} != guest || -e /run/udev/control ]]
}

# start_udev: in a guest.  Sets UDEVD, its PID.
start_udev() {
	local daemon
	kill -CONT "${UDEVD-}" 2>/dev/null && udevadm control --reload && return
	daemon=$(command -v systemd-udevd || echo /lib/systemd/systemd-udevd)
	"$daemon" --daemon --resolve-names=never >/dev/null 2>&1 </dev/null 3>&- 4>&-
	udevadm settle --timeout=30
	UDEVD=$(pgrep -o -x systemd-udevd)
}

stop_udev() {
	UDEVD=$(pgrep -o -x systemd-udevd)
	udevadm control --exit
	wait_until 10 not kill -0 "$UDEVD" 2>/dev/null
	rm -rf /run/udev/control
}

# dm_table NAME: NAME as in /dev/mapper.
dm_table() {
	dmsetup table "$1"
}

dm_exists() {
	dmsetup info "$1" >/dev/null 2>&1
}

dm_suspended() {
	[[ $(dmsetup info --columns --noheadings --options suspended "$1") == Suspended ]]
}

# dm_of_test: sets DM to the sysfs directories of the test's dm devices.  No process is started.
dm_of_test() {
	local directory name
	DM=()
	for directory in /sys/block/dm-*/dm; do
		read -r name 2>/dev/null <"$directory/name" || continue
		[[ ${SNAPVOL_TEST_KERNEL-} == guest || $name == "${SNAPVOL_TEST_PREFIX:-svt}"* ]] || continue
		DM+=("${directory%/dm}")
	done
}

# Names of those of DM that no other device stands on, and those that are suspended.
dm_sort() {
	local directory name suspended
	DM_TOP=() DM_SUSPENDED=()
	for directory in "${DM[@]}"; do
		read -r name 2>/dev/null <"$directory/dm/name" || continue
		read -r suspended 2>/dev/null <"$directory/dm/suspended" || continue
		[[ $suspended != 1 ]] || DM_SUSPENDED+=("$name")
		compgen -G "$directory/holders/*" >/dev/null || DM_TOP+=("$name")
	done
}

# In a guest whatever is mounted from a device of ours or from a loop device goes.
unmount_all() {
	local device point points=()
	while read -r device point _; do
		case $device in
		"/dev/mapper/${SNAPVOL_TEST_PREFIX:-svt}"*) points=("$point" "${points[@]}") ;;
		/dev/mapper/* | /dev/dm-* | /dev/loop*)
			[[ ${SNAPVOL_TEST_KERNEL-} != guest ]] || points=("$point" "${points[@]}")
			;;
		esac
	done </proc/mounts
	for point in "${points[@]}"; do
		printf -v point '%b' "$point"
		timeout 10 umount "$point" || umount --lazy "$point"
	done
}

# Cookies of killed commands; another program's may be among them on a machine in use.
complete_cookies() {
	local sets
	[[ ${SNAPVOL_TEST_KERNEL-} == guest ]] || return 0
	mapfile -t sets </proc/sysvipc/sem
	((${#sets[@]} < 2)) || dmsetup udevcomplete_all --yes >/dev/null
}

# Top-down, as far as it goes by fair means; then what is still there loses its table first.
remove_dm_devices() {
	local round
	for ((round = 0; round < 12; round++)); do
		dm_of_test
		((${#DM[@]})) || return 0
		dm_sort
		((${#DM_TOP[@]})) || DM_TOP=("${DM_SUSPENDED[@]}")
		if ((round < 8)); then
			timeout 20 dmsetup remove --retry "${DM_TOP[@]}" >/dev/null 2>&1
		else
			timeout 20 dmsetup remove --force --noudevsync "${DM_TOP[@]}"
		fi
	done
	echo "could not be removed: ${DM[*]}" >&2
	return 1
}

# A suspended device would make the removal of those above it wait.
resume_dm_devices() {
	dm_of_test
	dm_sort
	((${#DM_SUSPENDED[@]})) || return 0
	echo "left suspended: ${DM_SUSPENDED[*]}" >&2
	timeout 10 dmsetup resume --noudevsync "${DM_SUSPENDED[@]}" && return 1
	timeout 10 dmsetup wipe_table --noudevsync "${DM_SUSPENDED[@]}"
	return 1
}

# udevd removes no node that was made while it did not run, and a later test's devices have their numbers.
forget_nodes() {
	[[ ${SNAPVOL_TEST_KERNEL-} != guest ]] || rm -rf "/dev/mapper/${VG:?}"* "/dev/${VG:?}"*
}

# What tells of a killed command's leavings, and lets nobody have hints, would tell the tests behind of this one's.
forget_leavings() {
	[[ ${SNAPVOL_TEST_KERNEL-} != guest ]] ||
		rm -rf /run/lock/lvm/* /run/snapvol/* /run/lvm/nohints /etc/lvm/{backup,archive}/*~snapvol-??????
}

# A test that suspends devices on purpose, and looks at what comes of it, says so.
be_patient() {
	[[ -z ${SNAPVOL_WATCHDOG_LOG-} ]] || : >"$SNAPVOL_WATCHDOG_LOG.patient"
}

# What the guest's watchdog had to free during this test.
watchdog_was_quiet() {
	[[ -s ${SNAPVOL_WATCHDOG_LOG-} ]] || return 0
	cat "$SNAPVOL_WATCHDOG_LOG" >&2
	: >"$SNAPVOL_WATCHDOG_LOG"
	return 1
}

no_loops() {
	! compgen -G "/sys/block/loop*/loop/backing_file" >/dev/null
}

# loops_are_gone: in a guest none is left, which a later test would find as one more PV.  What udev still has
# open goes when that closes it.
loops_are_gone() {
	[[ ${SNAPVOL_TEST_KERNEL-} == guest ]] || return 0
	no_loops || wait_until 10 no_loops && return
	losetup --list --noheadings --output NAME,BACK-FILE >&2
	losetup --detach-all
	return 1
}

# cleanup_devices: take away all that the test may have left; fails if it left a device suspended.
cleanup_devices() {
	local failed=0 loops
	mapfile -t loops < <(printf '%s\n' "${DEVICES[@]}" | grep '^/dev/loop')
	udev_runs || start_udev
	complete_cookies
	resume_dm_devices || failed=1
	unmount_all || failed=1
	remove_dm_devices || failed=1
	((${#loops[@]} == 0)) || losetup --detach "${loops[@]}" || failed=1
	DEVICES=()
	forget_nodes
	forget_leavings
	loops_are_gone || failed=1
	rm -f "$BATS_TEST_TMPDIR"/disk*
	complete_cookies
	watchdog_was_quiet || failed=1
	[[ -z ${SNAPVOL_WATCHDOG_LOG-} ]] || rm -f "$SNAPVOL_WATCHDOG_LOG.patient"
	lvm2_agreed || failed=1
	return "$failed"
}

# A test that leaves devices suspended on purpose says so here before it ends.
expect_suspended() {
	resume_dm_devices 2>/dev/null || true
	[[ ! -s ${SNAPVOL_WATCHDOG_LOG-} ]] || : >"$SNAPVOL_WATCHDOG_LOG"
}

teardown() {
	cleanup_devices
}

#
# Stock LVM2, the other reader of the same disks
#

# Sees the test's loop devices and nothing else, keeps no files of its own, asks nobody.
lvm2_config() {
	local device filter=
	for device in "${DEVICES[@]}"; do
		filter+="\"a|^$device\$|\","
	done
	echo "devices { use_devicesfile=0 hints=\"none\" filter=[ $filter \"r|.*|\" ] }" \
		"global { event_activation=0 use_lvmpolld=0 wait_for_locks=1 }" \
		"activation { monitoring=0 } backup { backup=0 archive=0 }"
}

# lvm2 COMMAND [ARGUMENT...]: a command of LVM2 by its own name, with a limit to its patience.
lvm2() {
	pvs_may_change "$1"
	LVM_SUPPRESS_FD_WARNINGS=1 timeout --kill-after=3 60 "/sbin/$1" --config "$(lvm2_config)" "${@:2}" </dev/null
}

# lvm2_warned FILE: there is one of these words in it.
lvm2_warned() {
	local said
	said=$(<"$1")
	[[ ${said,,} =~ warning|error|fail|missing|corrupt|invalid|inconsistent|inconsistency ]]
}

# lvm2_is_content COMMAND...: status 0 and nothing on stderr that warns.
lvm2_is_content() {
	local messages=$BATS_TEST_TMPDIR/lvm2.stderr status=0
	lvm2 "$@" 2>"$messages" || status=$?
	if ((status != 0)) || lvm2_warned "$messages"; then
		echo "LVM2's $* ended with status $status and said:" >&2
		cat "$messages" >&2
		return 1
	fi
}

# What lvm2_config says, as a file that LVM_SYSTEM_DIR can name: a script of several commands takes no
# options of its own.
lvm2_system_dir() {
	LVM2_DIR=$BATS_TEST_TMPDIR/lvm2
	[[ -d $LVM2_DIR ]] || mkdir "$LVM2_DIR"
	lvm2_config >"$LVM2_DIR/lvm.conf"
}

# Which devices are PVs is kept in a file until a command may have changed that.
pvs_may_change() {
	case $1 in
	svgcreate | svgextend | svgcfgrestore | svpvcreate | svpvremove | pvcreate | pvremove | vgcreate | vgextend)
		[[ ! -e $BATS_TEST_TMPDIR/pvs ]] || : >"$BATS_TEST_TMPDIR/pvs"
		;;
	esac
}

# assert_lvm2_agrees: neither LVM2 nor our own checker finds anything to complain of in any group or
# on any device of the test.  All of LVM2's commands are run by one process, or this would take long.
assert_lvm2_agrees() {
	local pvs=$BATS_TEST_TMPDIR/pvs messages=$BATS_TEST_TMPDIR/lvm2.stderr device status=0
	local -a only=("${DEVICES[@]/#/--devices=}")
	((${#DEVICES[@]})) || return 0
	[[ -s $pvs ]] || command svpvs "${only[@]}" --noheadings -o pv_name >"$pvs" || return
	lvm2_system_dir
	{
		printf '%s\n' '#!lvm' vgck 'lvs --all' pvs
		while read -r device; do
			[[ " ${DEVICES[*]} " != *" $device "* ]] || echo "pvck --dump headers $device"
		done
	} <"$pvs" >"$LVM2_DIR/script"
	LVM_SYSTEM_DIR=$LVM2_DIR LVM_SUPPRESS_FD_WARNINGS=1 timeout --kill-after=3 60 lvm "$LVM2_DIR/script" \
		>"$LVM2_DIR/output" 2>"$messages" </dev/null || status=$?
	if ((status != 0)) || lvm2_warned "$messages"; then
		echo "LVM2 ended with status $status and said:" >&2
		cat "$messages" >&2
		return 1
	fi
	command svgck "${only[@]}" >"$messages" 2>&1 </dev/null && return
	cat "$messages" >&2
	return 1
}

#
# After every command that changes something both are asked.  Their disagreement fails the test at its
# end, so that "not" and "run" cannot hide it.
#

CHANGING=(svcreate svremove svrename svresize svextend svreduce svchange svconvert svmerge svrecover
	svgcreate svgcfgbackup svgcfgrestore svgchange svgextend svgmerge svgreduce svgremove svgrename svgsplit svpvcreate
	svpvremove svpvresize svpvchange svgexport svgimport)

ask_lvm2() (
	unset LD_PRELOAD
	assert_lvm2_agrees 2>"$BATS_TEST_TMPDIR/opinion" && return
	{
		echo "after $*:"
		cat "$BATS_TEST_TMPDIR/opinion"
	} >>"$BATS_TEST_TMPDIR/disagreement"
)

# changing COMMAND ARGUMENT...: a killed command is not asked about, recovery is.
changing() {
	local status=0
	command "$@" || status=$?
	pvs_may_change "$1"
	[[ -n ${DAMAGED-} ]] || ((status >= 124)) || ask_lvm2 "$@"
	return "$status"
}

for name in "${CHANGING[@]}"; do
	eval "$name() { changing $name \"\$@\"; }"
done
unset name

# A test that damages a group on purpose says so first, as there will be complaints, and says when they
# must have ended.
expect_complaints() {
	DAMAGED=yes
	: >"$BATS_TEST_TMPDIR/pvs"
}

complaints_ended() {
	DAMAGED=
	assert_lvm2_agrees
}

lvm2_agreed() {
	[[ -e $BATS_TEST_TMPDIR/disagreement ]] || return 0
	cat "$BATS_TEST_TMPDIR/disagreement" >&2
	return 1
}
