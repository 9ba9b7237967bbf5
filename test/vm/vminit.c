/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a test guest.
 *
 * A guest boots with the host's root directory, read-only, as its own root.  This program puts a
 * writable overlay over it, so that a job may write anywhere and nothing reaches the host, mounts
 * the work directory at the path it has on the host (but for VM_SHARES the only place where host
 * and guest meet), runs the job, hands the job's exit status to the host and powers off.
 *
 * The kernel's command line names one thing, WORK, the work directory.  The file vm.env in it holds
 * the job's environment, NAME=value strings each ended by a NUL, because the command line
 * is short and loses quoting.  Four names in it are for this program:
 *
 *   VM_JOB      the script that bash runs
 *   VM_MODULES  the directory that holds the guest kernel's modules, by release
 *   VM_VIEWS    host directories, parted by ':', to be visible read-only even where the guest
 *               mounts something of its own (/tmp, /run, /dev)
 *   VM_SHARES   the same, but shared for writing as WORK is
 *
 * Exit status 125 means that the guest could not be set up.  The program is linked statically
 * and uses no shell: in a user namespace the host's setuid mount(8) would run as nobody.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ROOT "/run/root"

enum { SETUP_FAILED = 125, JOB_LOST = 126 };

static void power_off(int status)
{
	int fd = open("/proc/exitcode", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		dprintf(fd, "%d\n", status);
	tcdrain(STDOUT_FILENO);

	/*
	 * No sync() here: it would wait for ever on a filesystem whose device a failed test left
	 * suspended, and hostfs writes reach the host as they are made.
	 */
	reboot(RB_POWER_OFF);
	_exit(status);
}

static void die(const char *what)
{
	fprintf(stderr, "vminit: %s: %s\n", what, strerror(errno));
	power_off(SETUP_FAILED);
}

static char *join(const char *a, const char *b)
{
	char *s = NULL;

	if (asprintf(&s, "%s%s", a, b) < 0)
		die("asprintf");
	return s;
}

static void mount_or_die(const char *source, const char *target, const char *type,
			 unsigned long flags, const char *options)
{
	if (mount(source, target, type, flags, options) < 0)
		die(target);
}

/* Trouble shows when something is mounted there, so mkdir's own result says nothing more. */
static void make_directories(const char *path)
{
	char *copy = join(path, "");
	char *slash;

	for (slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	mkdir(copy, 0755);
	free(copy);
}

/* The console named con1 carries the job's output alone; con0 has the kernel's messages. */
static void open_console(void)
{
	struct termios t;
	int fd = open("/dev/tty1", O_RDWR | O_NOCTTY);

	if (fd < 0)
		die("/dev/tty1");
	if (tcgetattr(fd, &t) == 0) {
		t.c_oflag &= ~(tcflag_t)OPOST;
		tcsetattr(fd, TCSANOW, &t);
	}
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void read_environment(const char *work)
{
	char *path = join(work, "/vm.env");
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (!f)
		die(path);
	while (getdelim(&line, &room, '\0', f) > 0)
		putenv(join(line, ""));
	free(line);
	fclose(f);
	free(path);
}

static const char *need(const char *name)
{
	const char *value = getenv(name);

	if (value && *value)
		return value;
	errno = EINVAL;
	die(name);
	return NULL;
}

static void load_overlay(const char *modules)
{
	struct utsname u;
	char *path = NULL;
	int fd;

	uname(&u);
	if (asprintf(&path, "%s/%s/kernel/fs/overlayfs/overlay.ko", modules, u.release) < 0)
		die("asprintf");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* No such file: overlayfs may be built in, and if not, the mount tells. */
	if (fd >= 0 && syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		die(path);
	if (fd >= 0)
		close(fd);
	free(path);
}

static void mount_root(const char *modules)
{
	mount_or_die("run", "/run", "tmpfs", 0, "mode=755");
	make_directories("/run/upper");
	make_directories("/run/overlay");
	make_directories(ROOT);
	load_overlay(modules);
	mount_or_die("root", ROOT, "overlay", MS_NOSUID,
		     "lowerdir=/,upperdir=/run/upper,workdir=/run/overlay");
}

static void mount_kernel_filesystems(void)
{
	mount_or_die("dev", ROOT "/dev", "devtmpfs", 0, NULL);
	mount_or_die("proc", ROOT "/proc", "proc", 0, NULL);
	mount_or_die("sys", ROOT "/sys", "sysfs", 0, NULL);
	mount_or_die("run", ROOT "/run", "tmpfs", 0, "mode=755");
	mount_or_die("tmp", ROOT "/tmp", "tmpfs", 0, "mode=1777,size=90%");
	make_directories(ROOT "/run/lock");
	make_directories(ROOT "/dev/pts");
	make_directories(ROOT "/dev/shm");
	mount_or_die("pts", ROOT "/dev/pts", "devpts", 0, NULL);
	mount_or_die("shm", ROOT "/dev/shm", "tmpfs", 0, "mode=1777");
}

static void mount_modules(const char *modules)
{
	make_directories(ROOT "/lib/modules");
	mount_or_die(modules, ROOT "/lib/modules", NULL, MS_BIND, NULL);
}

static void mount_host_directory(const char *path, unsigned long flags)
{
	char *target = join(ROOT, path);

	make_directories(target);
	mount_or_die("host", target, "hostfs", flags, path);
	free(target);
}

static void mount_host_directories(const char *paths, unsigned long flags)
{
	char *copy = join(paths ? paths : "", "");
	char *rest = copy;
	char *path;

	for (path = strsep(&rest, ":"); path; path = strsep(&rest, ":"))
		if (*path)
			mount_host_directory(path, flags);
	free(copy);
}

static void enter_root(const char *work)
{
	if (chroot(ROOT) < 0 || chdir(work) < 0)
		die(work);
}

/* devtmpfs has only devices; bash's process substitution wants the links too. */
static void link_descriptors(void)
{
	if (symlink("/proc/self/fd", "/dev/fd") < 0 || symlink("fd/0", "/dev/stdin") < 0 ||
	    symlink("fd/1", "/dev/stdout") < 0 || symlink("fd/2", "/dev/stderr") < 0)
		die("/dev/fd");
}

static pid_t start_job(const char *job)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	setsid();
	execl("/bin/bash", "bash", job, (char *)NULL);
	_exit(JOB_LOST);
}

/* Orphans of the job are reaped on the way; they end with the guest. */
static int wait_for(pid_t job)
{
	int status;
	pid_t pid;

	for (;;) {
		pid = wait(&status);
		if (pid < 0 && errno != EINTR)
			return JOB_LOST;
		if (pid != job)
			continue;
		return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
}

int main(void)
{
	const char *work;
	const char *modules;

	mount_or_die("proc", "/proc", "proc", 0, NULL);
	open_console();
	work = need("WORK");
	read_environment(work);
	modules = need("VM_MODULES");

	mount_root(modules);
	mount_kernel_filesystems();
	mount_modules(modules);
	mount_host_directories(getenv("VM_VIEWS"), MS_RDONLY);
	mount_host_directories(getenv("VM_SHARES"), 0);
	mount_host_directory(work, 0);
	enter_root(work);
	link_descriptors();

	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TMPDIR", "/tmp", 1);
	power_off(wait_for(start_job(need("VM_JOB"))));
	return 0;
}
