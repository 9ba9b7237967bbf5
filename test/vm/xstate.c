/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lets Debian 12's User Mode Linux run on processors with AMX.  Preloaded into linux.uml.
 *
 * UML keeps a guest process's vector registers in a buffer of fixed size, 2696 bytes, and reads and
 * writes them with PTRACE_GETREGSET and PTRACE_SETREGSET, NT_X86_XSTATE.  Linux gives as much of
 * them as was asked for, but takes only the whole of them (xstateregs_set() in the kernel's
 * arch/x86/kernel/fpu/regset.c), which with AMX's tiles is 11008 bytes: the first write fails with
 * EFAULT and the guest panics, "ptrace set fp regs failed, errno = 14".
 *
 * So a write that was refused is made again with the process's own registers behind the part given.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Not on the stack: UML's kernel stacks are small.  Nor shared: Debian's UML has one processor. */
static char registers[65536] __attribute__((aligned(64)));

static long (*libc_ptrace)(enum __ptrace_request request, ...);

static long set_whole(pid_t pid, const struct iovec *part)
{
	struct iovec whole = { .iov_base = registers, .iov_len = sizeof(registers) };

	if (libc_ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &whole) < 0)
		return -1;

	if (part->iov_len >= whole.iov_len) {
		errno = EFAULT;
		return -1;
	}
	memcpy(registers, part->iov_base, part->iov_len);
	return libc_ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	void *address, *data;
	pid_t pid;
	long r;

	va_start(arguments, request);
	pid = va_arg(arguments, pid_t);
	address = va_arg(arguments, void *);
	data = va_arg(arguments, void *);
	va_end(arguments);

	if (!libc_ptrace)
		libc_ptrace = dlsym(RTLD_NEXT, "ptrace");
	r = libc_ptrace(request, pid, address, data);
	if (r < 0 && errno == EFAULT && request == PTRACE_SETREGSET &&
	    address == (void *)NT_X86_XSTATE)
		r = set_whole(pid, data);
	return r;
}
