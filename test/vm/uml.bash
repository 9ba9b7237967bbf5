# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2154 # what vmrun sets and uses
#
# A guest of vmrun's that is User Mode Linux.
#
# It runs in private pid and mount namespaces, where every filesystem of the host is read-only and /dev
# holds no disks.  It ends with its namespace and only so: a guest process whose UML main process alone is
# killed would run on as a process of the host, on the host's files.

uml_find() {
	uml=$(command -v "${UML:-linux.uml}") ||
		die "${UML:-linux.uml}: not found (Debian package user-mode-linux)"
	modules=$(realpath -e -- "${UML_MODULES:-/usr/lib/uml/modules}") || exit 125
	uml_find_shim
}

# What lets this UML run on processors of today.
uml_find_shim() {
	shim=$work/xstate.so
	[[ -e $shim ]] ||
		${CC:-gcc} -O1 -shared -fPIC -o "$shim" "$here/xstate.c" ||
		die "xstate.so could not be built"
}

# A /dev without disks: the guest can open host files by name, as root device nodes too.
# Its tmpfs also backs the guest's memory, whatever the size of the host's /dev/shm.
private_dev() {
	local node
	mkdir "$work/dev" 2>/dev/null
	mount -t tmpfs -o mode=755,nosuid dev "$work/dev" || return
	for node in null zero full random urandom; do
		: >"$work/dev/$node"
		mount --bind "/dev/$node" "$work/dev/$node" || return
	done
	mkdir "$work/dev/shm"
	mount -t tmpfs -o mode=1777,nosuid,size=100% shm "$work/dev/shm" || return
	mount --rbind "$work/dev" /dev
}

# A mount of its own for each directory that stays writable when all other mounts no longer are.
bind_shares() {
	local share list
	IFS=: read -ra list <<<"$work$shares"
	for share in "${list[@]}"; do
		mount --bind "$share" "$share" || return
	done
}

is_shared() {
	local share list
	IFS=: read -ra list <<<"$work$shares"
	for share in "${list[@]}"; do
		[[ $1 != "$share" && $1 != "$share"/* ]] || return 0
	done
	return 1
}

# The options a mount already has must be named again: in a user namespace they are locked.
read_only_host() {
	local point options
	while read -r _ _ _ _ point options _; do
		printf -v point '%b' "$point"
		case $point in
		/dev | /dev/* | /proc | /proc/*) continue ;;
		esac
		! is_shared "$point" || continue
		options=,$options,
		options=${options/,rw,/,ro,}
		options=${options#,}
		mount -o "remount,bind,${options%,}" "$point" 2>/dev/null && continue
		# A mount that another one covers cannot be reached by name, by the guest neither.
		[[ $options == *ro,* && ! -w $point ]] ||
			echo "vmrun: $point: stays as it is mounted on the host" >&2
	done </proc/self/mountinfo
	[[ ! -w / ]]
}

# Process 1 of the namespace.  It stays beside UML, so that its end is the end of all.
uml_inside() {
	trap 'exit 137' ALRM
	trap 'exit 143' TERM INT HUP
	{
		mount --make-rprivate / && bind_shares && private_dev &&
			cd "$work" && read_only_host
	} || die "no private view of the host"
	export TMPDIR=/dev/shm HOME=$work
	(sleep "$limit" && kill -ALRM 1) &
	LD_PRELOAD=$shim "$uml" "mem=$mem" root=/dev/root rootfstype=hostfs rootflags=/ ro "init=$init" \
		con=null con0=null,fd:2 con1=fd:0,fd:1 quiet pty.legacy_count=0 \
		"uml_dir=$work/uml" umid=guest "WORK=$work" </dev/null &
	wait $!
	exit
}

# unshare ignores SIGTERM while it waits, and must not outlive this script.
uml_run() {
	local namespaces=(--mount --pid --fork --kill-child=KILL --mount-proc) status
	[[ $EUID == 0 ]] || namespaces+=(--user --map-root-user)
	export work shares init shim uml modules mem limit
	rm -rf "${work:?}/uml"

	setpriv --pdeathsig KILL unshare "${namespaces[@]}" "$BASH" "$here/vmrun" --inside </dev/null &
	guest=$!
	trap 'kill -KILL "$guest"; exit 143' TERM INT HUP
	wait "$guest"
	status=$?
	rm -rf "${work:?}/uml" "${work:?}/dev"
	return "$status"
}
