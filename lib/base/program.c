/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/program.h"

#include "base/auto.h"
#include "base/io.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/text.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { NOT_RUN = 127, SIGNALLED = 128, OUTPUT_MAX = 1 << 20 };

/* Where it has the lock; everything above is closed. */
enum { LOCK_FD = STDERR_FILENO + 1 };

/* What cron and others call us with has no directories of root's. */
static char *search_path(void)
{
	const char *path = getenv("PATH");
	char *longer;

	if (asprintf(&longer, "%s:/usr/sbin:/sbin:/usr/bin:/bin", path ? path : "") < 0)
		return NULL;
	return longer;
}

bool program_exists(const char *name)
{
	AUTO_FREE char *path = NULL, *directories = search_path();
	const char *directory = directories;
	size_t len;

	for (; directory; directory = directory[len] ? directory + len + 1 : NULL) {
		len = strcspn(directory, ":");
		free(path);
		path = NULL;
		if (asprintf(&path, "%.*s/%s", (int)len, directory, name) < 0) {
			path = NULL;
			return false;
		}
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

static bool mount_privately(const struct private_mount *mount_of)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(mount_of->device, mount_of->point, mount_of->type, MS_NOSUID | MS_NODEV,
		     mount_of->options) == 0;
}

__attribute__((noreturn)) static void become(const struct program *program, int output)
{
	const int null = open("/dev/null", O_RDWR);
	/* dup2() onto itself would leave close-on-exec set */
	const int lock = fcntl(program->lock_fd, F_DUPFD, LOCK_FD + 1);
	AUTO_FREE char *path = search_path();

	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	dup2(lock, LOCK_FD);
	io_close_from(LOCK_FD + 1);
	setenv("LC_ALL", "C", 1);
	if (path)
		setenv("PATH", path, 1);
	if (program->mount && !mount_privately(program->mount))
		perror(program->mount->device);
	else if (execvp(program->argv[0], (char *const *)program->argv) < 0)
		perror(program->argv[0]);
	_exit(NOT_RUN);
}

static void tell_until_end(const struct program *program, pid_t pid)
{
	struct pollfd end = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	const uint64_t begin_ns = clock_ns();
	int r = 0;

	/* a kernel before 5.3 has none: then nothing is told */
	while (end.fd >= 0 && (r = poll(&end, 1, (int)program->tell_ms)) <= 0) {
		if (r < 0 && errno != EINTR)
			break;
		if (!r)
			say(_("%s: %s (PID %d) has been at work for %u s"), program->label,
			    program->argv[0], (int)pid,
			    (unsigned)((clock_ns() - begin_ns) / MS_NS / 1000));
	}
	if (end.fd >= 0)
		close(end.fd);
}

static int wait_for(const struct program *program, pid_t pid)
{
	int status;
	pid_t r;

	if (program->tell_ms)
		tell_until_end(program, pid);
	do
		r = waitpid(pid, &status, 0);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return WIFSIGNALED(status) ? SIGNALLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static int read_output(int fd, char **output)
{
	struct stat st;
	size_t size;
	char *text;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	size = st.st_size > OUTPUT_MAX ? (size_t)OUTPUT_MAX : (size_t)st.st_size;
	text = calloc(1, size + 1);
	if (!text)
		return -ENOMEM;
	r = io_read(fd, text, size, 0);
	if (r < 0)
		free(text);
	else
		*output = text;
	return r;
}

int program_run(const struct program *program, char **output)
{
	const char *name = program->argv[0];
	AUTO_CLOSE int fd = memfd_create("output", MFD_CLOEXEC);
	int status, r;
	pid_t pid;

	if (fd < 0)
		return fail_errno(_("%s: cannot run %s"), program->label, name);
	pid = fork();
	if (!pid)
		become(program, fd);
	if (pid < 0)
		return fail_errno(_("%s: cannot run %s"), program->label, name);
	status = wait_for(program, pid);
	r = status < 0 ? status : read_output(fd, output);
	return r < 0 ? fail(r, _("%s: cannot run %s: %s"), program->label, name, strerror(-r))
		     : status;
}
