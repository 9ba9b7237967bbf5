/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a command: kills it with SIGKILL at its Nth event, stops it there, or lets that event
 * fail.
 *
 * Events are what changes or waits for something outside the process: device-mapper ioctls, writes and
 * syncs on block devices and files, locks, semaphores, renames and unlinks.
 *
 *	KILL_AT=N	which event, from 1; without it nothing happens but counting
 *	KILL_HOW	"before" (default): not carried out; "after": carried out, then dead;
 *			an errno's number: fails with it; "stop": stands still before it until SIGCONT
 *	KILL_OPS	letters of the kinds that count: i ioctl, w write, s sync, l lock, e semaphore,
 *			f file names; default "iws"
 *	KILL_LOG	file to which "N KIND NAME" is appended for each event
 *	KILL_GROUP=1	takes the guardian along: the whole session-independent family is killed, by
 *			the process group saved at start and every child known
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FAMILY = 16 };

/* Shared with children, so that a fork goes on counting and the family is known. */
struct shared {
	long count;
	int family;
	pid_t pids[FAMILY];
};

static struct {
	struct shared *shared;
	pid_t main;			/* only the command itself counts, not its guardian */
	long at;
	bool after, stop, group;
	int error;
	const char *ops;
	int log;
} shim = { .at = -1, .ops = "iws", .log = -1 };

__attribute__((constructor)) static void start(void)
{
	const char *text = getenv("KILL_AT");

	shim.shared = mmap(NULL, sizeof(*shim.shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	shim.main = getpid();
	if (text)
		shim.at = strtol(text, NULL, 10);
	text = getenv("KILL_HOW");
	if (text) {
		shim.after = !strcmp(text, "after");
		shim.stop = !strcmp(text, "stop");
		shim.error = (int)strtol(text, NULL, 10);
	}
	if (getenv("KILL_OPS"))
		shim.ops = getenv("KILL_OPS");
	shim.group = getenv("KILL_GROUP") != NULL;
	text = getenv("KILL_LOG");
	if (text)
		shim.log = open(text, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void die(void)
{
	int i;

	if (shim.group)
		for (i = 0; i < shim.shared->family; i++)
			syscall(SYS_kill, shim.shared->pids[i], SIGKILL);
	syscall(SYS_kill, getpid(), SIGKILL);
	for (;;)
		pause();
}

enum verdict { GO_ON, THEN_DIE, FAIL };

static enum verdict event(char kind, const char *name)
{
	int saved = errno;

	if (getpid() != shim.main || !strchr(shim.ops, kind))
		return GO_ON;
	shim.shared->count++;
	if (shim.log >= 0)
		dprintf(shim.log, "%ld %c %s\n", shim.shared->count, kind, name);
	errno = saved;
	if (shim.shared->count != shim.at)
		return GO_ON;
	if (shim.error) {
		errno = shim.error;
		return FAIL;
	}
	if (shim.stop) {
		syscall(SYS_kill, getpid(), SIGSTOP);
		return GO_ON;
	}
	if (shim.after)
		return THEN_DIE;
	die();
	return FAIL;
}

#define SHIM(kind, name, call)                                                                     \
	do {                                                                                       \
		enum verdict verdict_ = event(kind, name);                                         \
		long result_;                                                                      \
                                                                                                   \
		if (verdict_ == FAIL)                                                              \
			return -1;                                                                 \
		result_ = (call);                                                                  \
		if (verdict_ == THEN_DIE)                                                          \
			die();                                                                     \
		return result_;                                                                    \
	} while (0)

/* Standard output and error are no events. */
static char kind_of(int fd)
{
	struct stat st;
	int saved = errno;
	bool counts = fstat(fd, &st) == 0 && (S_ISBLK(st.st_mode) || S_ISREG(st.st_mode));

	errno = saved;
	return fd > 2 && counts && fd != shim.log ? 'w' : '-';
}

int ioctl(int fd, unsigned long request, ...)
{
	char name[32];
	va_list arguments;
	void *data;

	va_start(arguments, request);
	data = va_arg(arguments, void *);
	va_end(arguments);
	snprintf(name, sizeof(name), "dm%lu", request & 0xff);
	SHIM(((request >> 8) & 0xff) == 0xfd ? 'i' : '-', name,
	     (int)syscall(SYS_ioctl, fd, request, data));
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	SHIM(kind_of(fd), "pwrite", syscall(SYS_pwrite64, fd, data, len, offset));
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	SHIM(kind_of(fd), "pwrite", syscall(SYS_pwrite64, fd, data, len, offset));
}

ssize_t write(int fd, const void *data, size_t len)
{
	SHIM(kind_of(fd), "write", syscall(SYS_write, fd, data, len));
}

int fsync(int fd)
{
	SHIM('s', "fsync", (int)syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
	SHIM('s', "fdatasync", (int)syscall(SYS_fdatasync, fd));
}

int flock(int fd, int operation)
{
	SHIM('l', "flock", (int)syscall(SYS_flock, fd, operation));
}

int semop(int id, struct sembuf *operations, size_t count)
{
	SHIM('e', "semop", (int)syscall(SYS_semtimedop, id, operations, count, NULL));
}

int rename(const char *from, const char *to)
{
	SHIM('f', "rename", (int)syscall(SYS_rename, from, to));
}

int unlink(const char *path)
{
	SHIM('f', "unlink", (int)syscall(SYS_unlink, path));
}

/* The guardian and whatever else the command forks are its family. */
pid_t fork(void)
{
	pid_t (*real)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	pid_t pid = real();

	if (pid > 0 && shim.shared->family < FAMILY)
		shim.shared->pids[shim.shared->family++] = pid;
	return pid;
}
