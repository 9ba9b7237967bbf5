# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2034,SC2154 # what vmrun sets and uses
#
# A guest of vmrun's that is QEMU with a kernel of Debian's.
#
# VM_LINUX is what fetch-linux makes: the kernel's package, unpacked.  The guest sees the host through 9p: all
# of its root directory, which QEMU itself keeps it from writing to, and the shared directories.  It ends
# with QEMU, whatever ends that.

# What the guest needs before it can see the host.
QEMU_MODULES=(virtio_pci 9pnet_virtio 9p overlay)

# What suites begin again and again.
QEMU_PROGRAMS=(awk basename bash blkid blockdev cat cmp cp cut date dd diff dirname dmsetup e2fsck env findmnt flock
	grep head jq losetup ls lvm md5sum mkdir mkfs.ext4 mknod mktemp mount mountpoint mv od pgrep ps readlink rm sed
	seq sh sha256sum sleep sort stat sync tail tee timeout touch tr true truncate udevadm umount uniq wc xargs
	/lib/systemd/systemd-udevd)

qemu_find() {
	local images=("$linux"/boot/vmlinuz-*)
	qemu=$(command -v qemu-system-x86_64) ||
		die "qemu-system-x86_64: not found (Debian package qemu-system-x86)"
	((${#images[@]} == 1)) || die "$linux: there should be one kernel; see test/vm/fetch-linux"
	linux=$(realpath -e -- "$linux")
	kernel=${images[0]}
	release=${kernel##*/vmlinuz-}
	modules=$linux/lib/modules
}

# Programs and their libraries, and what bats is made of.
qemu_list_programs() {
	local program paths=()
	for program in "${QEMU_PROGRAMS[@]}"; do
		program=$(type -P "$program") && paths+=("$program")
	done
	for program in ${views//:/ }; do
		[[ ! -x $program/tools/snapvol ]] || paths+=("$program/tools/snapvol")
	done
	{
		printf '%s\n' "${paths[@]}" /etc/ld.so.cache /usr/{lib,libexec}/bats-core/*
		ldd "${paths[@]}" 2>/dev/null | grep -o '/[^ :]* (0x' | cut -d ' ' -f 1
	} | xargs readlink -e | sort -u
}

# The first root directory: vminit, modules in the order of their loading, and names of programs.
qemu_make_initrd() {
	local root=$work/initrd.d module path
	rm -rf "$root"
	mkdir -p "$root"/{dev,proc,run,modules} && cp "$init" "$root/init" || return
	qemu_list_programs >"$root/programs"
	for module in "${QEMU_MODULES[@]}"; do
		modprobe -d "$linux" -S "$release" --show-depends "$module" || return
	done | while read -r verb path _; do
		[[ $verb == insmod && ! -e $root/modules/${path##*/} ]] || continue
		cp "$path" "$root/modules/" && echo "${path##*/}" >>"$root/modules/list" || return
	done
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initrd" && rm -rf "$root"
}

# A directory that the guest mounts by its tag.
qemu_export() {
	local tag=$1 path=$2 options=$3
	[[ $path != *,* ]] || die "$path: the path may not hold commas"
	qemu_exports+=(-fsdev "local,id=$tag,path=$path,security_model=none,multidevs=remap$options"
		-device "virtio-9p-pci,fsdev=$tag,mount_tag=$tag")
}

qemu_export_all() {
	local share list i=0
	qemu_exports=()
	qemu_export root / ,readonly=on
	IFS=: read -ra list <<<"$work$shares"
	for share in "${list[@]}"; do
		qemu_export "share$i" "$share" ''
		i=$((i + 1))
	done
}

# Whether a kernel comes up with it.  Where it does not only time tells, so it is asked once after each start of the
# machine.
qemu_kvm_works() {
	local known=$linux/kvm boot
	[[ -w /dev/kvm ]] || return
	read -r boot </proc/sys/kernel/random/boot_id
	[[ $(cat "$known" 2>/dev/null) != "not $boot" ]] || return
	timeout -s KILL 10 "$qemu" -accel kvm -cpu host -display none -nodefaults -no-reboot \
		-kernel "$kernel" -append "panic=-1 console=ttyS0" -serial stdio </dev/null 2>&1 |
		grep -q 'Linux version' && return
	echo "not $boot" 2>/dev/null >"$known"
	return 1
}

# KVM where it works; else a processor that has little for an emulator to be slow at.
qemu_choose_cpu() {
	qemu_cpu=(-accel tcg -cpu "Nehalem,+rdrand")
	! qemu_kvm_works || qemu_cpu=(-accel kvm -cpu host)
}

qemu_run() {
	local status
	qemu_make_initrd || die "no first root directory for the guest"
	qemu_export_all
	qemu_choose_cpu
	rm -f "$work/vm.status"
	# each of them dies with the one before.  norandmaps: QEMU finds what it has translated by where that lies
	# in memory; with addresses of its own for each process it would translate all libraries again and again
	setpriv --pdeathsig KILL timeout -s KILL "$limit" \
		setpriv --pdeathsig KILL "$qemu" -nodefaults -no-user-config -display none \
		-no-reboot -machine q35 "${qemu_cpu[@]}" -smp 1 -m "$mem" -kernel "$kernel" -initrd "$work/initrd" \
		-append "quiet panic=-1 console=ttyS0 mitigations=off norandmaps no_timer_check highres=off nohz=off random.trust_cpu=on WORK=$work" \
		-chardev file,id=kernel,path=/dev/stderr,append=on -serial chardev:kernel \
		-chardev file,id=job,path=/dev/stdout,append=on -serial chardev:job \
		-device virtio-rng-pci "${qemu_exports[@]}" </dev/null &
	guest=$!
	trap 'kill -KILL "$guest"; exit 143' TERM INT HUP
	wait "$guest"
	status=$?
	rm -f "$work/initrd"
	# timeout's own death is its child's: 137
	((status != 137)) || return 137
	read -r status <"$work/vm.status" 2>/dev/null || return 134
	return "$status"
}
