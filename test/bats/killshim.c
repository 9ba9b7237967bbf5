/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a command: kills it with SIGKILL at its Nth event, stops it there, or lets that event
 * fail.
 *
 * Events are what changes or waits for something outside the process: device-mapper ioctls, writes and
 * syncs on block devices and files, locks, semaphores, names of files; and what reads block devices.  Of
 * the ioctls of block devices BLKDISCARD and BLKZEROOUT are writes, BLKFLSBUF is a sync, others set something or
 * ask what the device is.
 *
 *	KILL_AT=N	which event, from 1; without it nothing happens but counting
 *	KILL_HOW	"before" (default): not carried out; "after": carried out, then dead;
 *			an errno's number: fails with it; "short": reads or writes but half, and
 *			what has no half fails with EIO;
 *			"stop": stands still before it until SIGCONT;
 *			"run": the shell runs KILL_RUN before it
 *	KILL_EVERY=N	and again at every Nth event behind that one; without it never again
 *	KILL_OPS	letters of the kinds that count: i ioctl, w write, s sync, l lock, e semaphore,
 *			f files made, renamed, cut, removed or given a time, r read of a block device, q
 *			question to it by an ioctl; default "iws"
 *	KILL_LOG	file to which "N KIND NAME PATH" is appended for each event, PATH being what is
 *			open there, or "-", and "failed" after that for the event that failed or was halved
 *	KILL_GROUP=1	takes the guardian along: the whole session-independent family is killed, by
 *			the process group saved at start and every child known
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/loop.h>
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
#include <sys/wait.h>
#include <unistd.h>

enum { FAMILY = 16, SECTOR = 512, PATH_LEN = 256, NO_FD = -1 };

/* Shared with children, so that a fork goes on counting and the family is known. */
struct shared {
	long count;
	int family;
	pid_t pids[FAMILY];
};

static struct {
	struct shared *shared;
	pid_t main; /* only the command itself counts, not its guardian */
	long at, every;
	bool after, stop, group, halve;
	const char *run;
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
	text = getenv("KILL_EVERY");
	shim.every = text ? strtol(text, NULL, 10) : 0;
	text = getenv("KILL_HOW");
	if (text) {
		shim.after = !strcmp(text, "after");
		shim.halve = !strcmp(text, "short");
		shim.stop = !strcmp(text, "stop");
		shim.run = !strcmp(text, "run") ? getenv("KILL_RUN") : NULL;
		shim.error = (int)strtol(text, NULL, 10);
	}
	if (getenv("KILL_OPS"))
		shim.ops = getenv("KILL_OPS");
	shim.group = getenv("KILL_GROUP") != NULL;
	text = getenv("KILL_LOG");
	if (text)
		shim.log = (int)syscall(SYS_openat, AT_FDCWD, text,
					O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
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

/* Not by system(), whose parts count. */
static void run(const char *command)
{
	pid_t (*real)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	pid_t pid = real();

	if (!pid) {
		unsetenv("LD_PRELOAD");
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static bool is_its_turn(void)
{
	const long behind = shim.shared->count - shim.at;

	return !behind || (shim.at > 0 && shim.every > 0 && behind > 0 && behind % shim.every == 0);
}

static void note(char kind, const char *name, int fd)
{
	bool fails = is_its_turn() && (shim.error || shim.halve);
	char link[32], path[PATH_LEN] = "-";
	ssize_t len;

	if (shim.log < 0)
		return;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = fd == NO_FD ? 0 : readlink(link, path, sizeof(path) - 1);
	if (len > 0)
		path[len] = '\0';
	dprintf(shim.log, "%ld %c %s %s%s\n", shim.shared->count, kind, name, path,
		fails ? " failed" : "");
}

enum verdict { GO_ON, THEN_DIE, FAIL, HALVE };

static enum verdict event(char kind, const char *name, int fd)
{
	int saved = errno;

	if (getpid() != shim.main || !strchr(shim.ops, kind))
		return GO_ON;
	shim.shared->count++;
	note(kind, name, fd);
	errno = saved;
	if (!is_its_turn())
		return GO_ON;
	if (shim.error) {
		errno = shim.error;
		return FAIL;
	}
	if (shim.stop) {
		syscall(SYS_kill, getpid(), SIGSTOP);
		return GO_ON;
	}
	if (shim.run) {
		run(shim.run);
		errno = saved;
		return GO_ON;
	}
	if (shim.halve)
		return HALVE;
	if (shim.after)
		return THEN_DIE;
	die();
	return FAIL;
}

/* What has no half fails as a whole. */
#define SHIM(kind, name, fd, call)                                                                 \
	do {                                                                                       \
		enum verdict verdict_ = event(kind, name, fd);                                     \
		long result_;                                                                      \
                                                                                                   \
		if (verdict_ == HALVE)                                                             \
			errno = EIO;                                                               \
		if (verdict_ == FAIL || verdict_ == HALVE)                                         \
			return -1;                                                                 \
		result_ = (call);                                                                  \
		if (verdict_ == THEN_DIE)                                                          \
			die();                                                                     \
		return result_;                                                                    \
	} while (0)

/* The same for what moves "len" bytes. */
#define SHIM_BYTES(kind, name, fd, len, call)                                                      \
	do {                                                                                       \
		enum verdict verdict_ = event(kind, name, fd);                                     \
		size_t half_ = verdict_ == HALVE ? half_of(fd, len) : 0;                           \
		ssize_t result_;                                                                   \
                                                                                                   \
		if (verdict_ == HALVE && !half_)                                                   \
			errno = EIO;                                                               \
		if (verdict_ == FAIL || (verdict_ == HALVE && !half_))                             \
			return -1;                                                                 \
		if (half_)                                                                         \
			len = half_;                                                               \
		result_ = (call);                                                                  \
		if (verdict_ == THEN_DIE)                                                          \
			die();                                                                     \
		return result_;                                                                    \
	} while (0)

/* Standard output and error are no events. */
static char kind_of(int fd, char of_block, char of_file)
{
	struct stat st;
	int saved = errno, r = fstat(fd, &st);

	errno = saved;
	if (r < 0 || fd <= 2 || fd == shim.log)
		return '-';
	return S_ISBLK(st.st_mode) ? of_block : S_ISREG(st.st_mode) ? of_file : '-';
}

/* Block devices want whole sectors.  0: there is no half. */
static size_t half_of(int fd, size_t len)
{
	if (len > SECTOR)
		return (len / 2 + SECTOR - 1) / SECTOR * SECTOR;
	return kind_of(fd, 'b', 'f') == 'b' ? 0 : len / 2;
}

enum { BLOCK_IOCTL = 0x12, LOOP_IOCTL = 0x4c };

static char kind_of_ioctl(unsigned long request)
{
	if (_IOC_TYPE(request) == DM_IOCTL)
		return 'i';
	if (_IOC_TYPE(request) == LOOP_IOCTL)
		return request == LOOP_GET_STATUS64 ? 'q' : 'i';
	if (_IOC_TYPE(request) != BLOCK_IOCTL)
		return '-';
	switch (request) {
	case BLKDISCARD:
	case BLKSECDISCARD:
	case BLKZEROOUT:
		return 'w';
	case BLKFLSBUF:
		return 's';
	case BLKROSET:
	case BLKRASET:
	case BLKFRASET:
	case BLKSECTSET:
	case BLKBSZSET:
	case BLKRRPART:
	case BLKPG:
		return 'i';
	default:
		return 'q';
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	const unsigned type = _IOC_TYPE(request);
	char name[32];
	va_list arguments;
	void *data;

	va_start(arguments, request);
	data = va_arg(arguments, void *);
	va_end(arguments);
	snprintf(name, sizeof(name), "%s%lu",
		 type == DM_IOCTL     ? "dm"
		 : type == LOOP_IOCTL ? "loop"
				      : "blk",
		 _IOC_NR(request));
	SHIM(kind_of_ioctl(request), name, fd, (int)syscall(SYS_ioctl, fd, request, data));
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	SHIM_BYTES(kind_of(fd, 'w', 'w'), "pwrite", fd, len,
		   syscall(SYS_pwrite64, fd, data, len, offset));
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	SHIM_BYTES(kind_of(fd, 'w', 'w'), "pwrite", fd, len,
		   syscall(SYS_pwrite64, fd, data, len, offset));
}

ssize_t write(int fd, const void *data, size_t len)
{
	SHIM_BYTES(kind_of(fd, 'w', 'w'), "write", fd, len, syscall(SYS_write, fd, data, len));
}

ssize_t pread64(int fd, void *data, size_t len, off64_t offset)
{
	SHIM_BYTES(kind_of(fd, 'r', '-'), "pread", fd, len,
		   syscall(SYS_pread64, fd, data, len, offset));
}

ssize_t pread(int fd, void *data, size_t len, off_t offset)
{
	SHIM_BYTES(kind_of(fd, 'r', '-'), "pread", fd, len,
		   syscall(SYS_pread64, fd, data, len, offset));
}

ssize_t read(int fd, void *data, size_t len)
{
	SHIM_BYTES(kind_of(fd, 'r', '-'), "read", fd, len, syscall(SYS_read, fd, data, len));
}

int fsync(int fd)
{
	SHIM('s', "fsync", fd, (int)syscall(SYS_fsync, fd));
}

int fdatasync(int fd)
{
	SHIM('s', "fdatasync", fd, (int)syscall(SYS_fdatasync, fd));
}

int flock(int fd, int operation)
{
	SHIM('l', "flock", fd, (int)syscall(SYS_flock, fd, operation));
}

int semop(int id, struct sembuf *operations, size_t count)
{
	SHIM('e', "semop", NO_FD, (int)syscall(SYS_semtimedop, id, operations, count, NULL));
}

int semtimedop(int id, struct sembuf *operations, size_t count, const struct timespec *limit)
{
	SHIM('e', "semtimedop", NO_FD, (int)syscall(SYS_semtimedop, id, operations, count, limit));
}

int semget(key_t key, int count, int flags)
{
	SHIM('e', "semget", NO_FD, (int)syscall(SYS_semget, key, count, flags));
}

int semctl(int id, int number, int command, ...)
{
	va_list arguments;
	void *data;

	va_start(arguments, command);
	data = va_arg(arguments, void *);
	va_end(arguments);
	SHIM('e', "semctl", NO_FD, (int)syscall(SYS_semctl, id, number, command, data));
}

int rename(const char *from, const char *to)
{
	SHIM('f', "rename", NO_FD, (int)syscall(SYS_rename, from, to));
}

int unlink(const char *path)
{
	SHIM('f', "unlink", NO_FD, (int)syscall(SYS_unlink, path));
}

int unlinkat(int directory, const char *path, int flags)
{
	SHIM('f', "unlinkat", NO_FD, (int)syscall(SYS_unlinkat, directory, path, flags));
}

int rmdir(const char *path)
{
	SHIM('f', "rmdir", NO_FD, (int)syscall(SYS_rmdir, path));
}

int mkdir(const char *path, mode_t mode)
{
	SHIM('f', "mkdir", NO_FD, (int)syscall(SYS_mkdir, path, mode));
}

int symlink(const char *target, const char *path)
{
	SHIM('f', "symlink", NO_FD, (int)syscall(SYS_symlink, target, path));
}

int mknod(const char *path, mode_t mode, dev_t number)
{
	SHIM('f', "mknod", NO_FD, (int)syscall(SYS_mknod, path, mode, number));
}

int truncate(const char *path, off_t size)
{
	SHIM('f', "truncate", NO_FD, (int)syscall(SYS_truncate, path, size));
}

int ftruncate(int fd, off_t size)
{
	SHIM('f', "ftruncate", fd, (int)syscall(SYS_ftruncate, fd, size));
}

int futimens(int fd, const struct timespec times[2])
{
	SHIM('f', "futimens", fd, (int)syscall(SYS_utimensat, fd, NULL, times, 0));
}

int fchmod(int fd, mode_t mode)
{
	SHIM('f', "fchmod", fd, (int)syscall(SYS_fchmod, fd, mode));
}

static int open_at(int directory, const char *path, int flags, mode_t mode)
{
	SHIM(flags & O_CREAT ? 'f' : '-', "open", NO_FD,
	     (int)syscall(SYS_openat, directory, path, flags, mode));
}

int open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = va_arg(arguments, mode_t);
	va_end(arguments);
	return open_at(directory, path, flags, mode);
}

int mkostemp(char *path, int flags)
{
	int (*real)(char *, int) = (int (*)(char *, int))dlsym(RTLD_NEXT, "mkostemp");

	SHIM('f', "mkostemp", NO_FD, real(path, flags));
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
