/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of a test guest.
 *
 * It puts a writable overlay over the host's root directory, so that a job may write anywhere and
 * nothing reaches the host, mounts the work directory at the path it has on the host (but for VM_SHARES
 * the only place where host and guest meet), runs the job, hands the job's exit status to the host and
 * powers off.
 *
 * User Mode Linux has the host's root directory as its own from the start, and reaches others through
 * hostfs.  A guest of QEMU begins with this program, the modules of /modules/list and names of /programs, and
 * mounts through 9p what qemu.bash exports: "root", and the shared directories as "share0" (WORK), "share1" ...
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
#define HOST "/run/host"

enum { SETUP_FAILED = 125, JOB_LOST = 126 };

enum kind { UML, QEMU };

static enum kind kind;

static void power_off(int status)
{
	int fd = open(kind == UML ? "/proc/exitcode" : "vm.status",
		      O_WRONLY | O_CLOEXEC | O_CREAT | O_TRUNC, 0644);

	if (fd >= 0)
		dprintf(fd, "%d\n", status);
	tcdrain(STDOUT_FILENO);

	/*
	 * No sync() here: it would wait for ever on a filesystem whose device a failed test left
	 * suspended, and what is written to the host's directories reaches the host as it is written.
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

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* No such file: it may be built in, and if not, the mount tells. */
	if (fd >= 0 && syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		die(path);
	if (fd >= 0)
		close(fd);
}

static void load_modules(void)
{
	FILE *list = fopen("/modules/list", "re");
	char name[NAME_MAX + 1], *path;

	if (!list)
		die("/modules/list");
	while (fscanf(list, "%255s", name) == 1) {
		path = join("/modules/", name);
		load_module(path);
		free(path);
	}
	fclose(list);
}

/* UML's console con1, or QEMU's second serial line, carries the job's output alone; kernel messages go elsewhere. */
static void open_console(void)
{
	const char *path = kind == UML ? "/dev/tty1" : "/dev/ttyS1";
	struct termios t;
	int fd = open(path, O_RDWR | O_NOCTTY);

	if (fd < 0)
		die(path);
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

	uname(&u);
	if (asprintf(&path, "%s/%s/kernel/fs/overlayfs/overlay.ko", modules, u.release) < 0)
		die("asprintf");
	load_module(path);
	free(path);
}

/* What is of the host and only read may be remembered; what is shared for writing may not. */
static void mount_export(const char *tag, const char *target, unsigned long flags, const char *cache)
{
	char *options = join("trans=virtio,version=9p2000.L,msize=262144,cache=", cache);

	make_directories(target);
	mount_or_die(tag, target, "9p", flags, options);
	free(options);
}

static void mount_root(const char *modules)
{
	make_directories("/run/upper");
	make_directories("/run/overlay");
	make_directories(ROOT);
	if (kind == UML)
		load_overlay(modules);
	else
		mount_export("root", HOST, MS_RDONLY, "loose");
	mount_or_die("root", ROOT, "overlay", MS_NOSUID,
		     kind == UML ? "lowerdir=/,upperdir=/run/upper,workdir=/run/overlay" :
				   "lowerdir=" HOST ",upperdir=/run/upper,workdir=/run/overlay");
}

/* Of the host's files those in the list come into the guest's memory, as the overlay does with a file that is opened
 * for writing: through 9p each start of a program asks the host once for each library. */
static void fetch_programs(const char *list)
{
	FILE *f = fopen(list, "re");
	char name[PATH_MAX], *path;
	int fd;

	while (f && fscanf(f, "%4095s", name) == 1) {
		path = join(ROOT, name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			close(fd);
		free(path);
	}
	if (f)
		fclose(f);
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

static void mount_view(const char *path, const char *at)
{
	char *source = join(HOST, path);
	char *target = join(ROOT, at);

	make_directories(target);
	if (kind == UML)
		mount_or_die("host", target, "hostfs", MS_RDONLY, path);
	else
		mount_or_die(source, target, NULL, MS_BIND, NULL);
	free(target);
	free(source);
}

static void mount_views(const char *paths)
{
	char *copy = join(paths ? paths : "", "");
	char *rest = copy;
	char *path;

	for (path = strsep(&rest, ":"); path; path = strsep(&rest, ":"))
		if (*path)
			mount_view(path, path);
	free(copy);
}

static void mount_share(const char *path, const char *target, unsigned number)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "share%u", number);
	make_directories(target);
	if (kind == UML)
		mount_or_die("host", target, "hostfs", 0, path);
	else
		mount_export(tag, target, 0, "none");
}

static void mount_shares(const char *paths)
{
	char *copy = join(paths ? paths : "", "");
	char *rest = copy;
	char *path, *target;
	unsigned number = 1;

	for (path = strsep(&rest, ":"); path; path = strsep(&rest, ":")) {
		if (!*path)
			continue;
		target = join(ROOT, path);
		mount_share(path, target, number++);
		free(target);
	}
	free(copy);
}

/* Last of all, as it may lie in what is only to be seen. */
static void bind_work(const char *work)
{
	char *target = join(ROOT, work);

	make_directories(target);
	mount_or_die("/run/work", target, NULL, MS_BIND, NULL);
	free(target);
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

static void begin(void)
{
	mount_or_die("proc", "/proc", "proc", 0, NULL);
	kind = access("/modules/list", F_OK) ? UML : QEMU;
	if (kind == QEMU) {
		mount_or_die("dev", "/dev", "devtmpfs", 0, NULL);
		load_modules();
	}
	open_console();
	mount_or_die("run", "/run", "tmpfs", 0, "mode=755");
}

int main(void)
{
	const char *work;

	begin();
	work = need("WORK");
	mount_share(work, "/run/work", 0);
	read_environment("/run/work");
	mount_root(need("VM_MODULES"));
	fetch_programs("/programs");
	mount_kernel_filesystems();
	mount_view(need("VM_MODULES"), "/lib/modules");
	mount_views(getenv("VM_VIEWS"));
	mount_shares(getenv("VM_SHARES"));
	bind_work(work);
	enter_root(work);
	link_descriptors();

	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("TMPDIR", "/tmp", 1);
	power_off(wait_for(start_job(need("VM_JOB"))));
	return 0;
}
