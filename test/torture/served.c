/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a program: it begins once, and is then there as often as it is asked for, each time a fork from
 * where main() would begin.  To load a program and its libraries is most of what it costs in a guest, and bash, which
 * would fork for it, is larger than most.
 *
 *	SERVED_FROM=FIFO SERVED_TO=FIFO LD_PRELOAD=served.so LD_BIND_NOW=1 PROGRAM
 *
 * A request comes from the one as words that each end with NUL: how many there are behind this, for how many seconds
 * to wait, two paths that become standard output and standard error, and argv.  The answer goes to the other: a line
 * with the exit status, as a shell tells it; 124 if the time was over, and the process ended or killed.  Who asks waits for the
 * answer before he asks again.  It ends when nobody has the first FIFO open.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 65536, WORDS = 1024, HEAD = 3, GRACE_SECONDS = 5, OUT_OF_TIME = 124 };

typedef int main_fn(int, char **, char **);

static main_fn *real_main;
static struct {
	char text[ROOM];
	char *words[WORDS + 1];
	int count;
} request;

static void fail(const char *what)
{
	fprintf(stderr, "served: %s: %s\n", what, strerror(errno));
	_exit(125);
}

/* A word that begins at *used, of which *have characters are there so far; NULL at the end of all requests. */
static char *read_word(int fd, size_t *used, size_t *have)
{
	char *word = request.text + *used, *end;
	ssize_t n;

	while (!(end = memchr(word, '\0', *have - *used))) {
		n = read(fd, request.text + *have, ROOM - *have);
		if (n <= 0)
			return NULL;
		*have += (size_t)n;
	}
	*used = (size_t)(end + 1 - request.text);
	return word;
}

/* Nothing of the next one comes before this is answered. */
static bool read_request(int fd)
{
	size_t used = 0, have = 0;
	char *word = read_word(fd, &used, &have);
	int count = word ? atoi(word) : 0;

	if (count <= HEAD || count > WORDS)
		return false;
	for (request.count = 0; request.count < count; request.count++) {
		request.words[request.count] = read_word(fd, &used, &have);
		if (!request.words[request.count])
			return false;
	}
	request.words[count] = NULL;
	return true;
}

static void redirect(const char *path, int to)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 || dup2(fd, to) < 0)
		fail(path);
	close(fd);
}

/* What is begun has a name of its own, as if it had been executed. */
static int be_program(char **envp, const sigset_t *mask)
{
	char **argv = request.words + HEAD;
	const char *name = strrchr(argv[0], '/');

	sigprocmask(SIG_SETMASK, mask, NULL);
	signal(SIGINT, SIG_DFL); /* who begins in the background has them ignored */
	signal(SIGQUIT, SIG_DFL);
	redirect(request.words[1], STDOUT_FILENO);
	redirect(request.words[2], STDERR_FILENO);
	prctl(PR_SET_NAME, name ? name + 1 : argv[0]);
	return real_main(request.count - HEAD, argv, envp);
}

/* False if it is still there when the time is over. */
static bool ended_within(int seconds, pid_t pid, int *status)
{
	const struct timespec patience = { .tv_sec = seconds };
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (waitpid(pid, status, WNOHANG) == 0)
		if (sigtimedwait(&child, NULL, &patience) < 0 && errno == EAGAIN)
			return false;
	return true;
}

/* First it may say what it was about. */
static int wait_for(pid_t pid, int seconds)
{
	int status;

	if (ended_within(seconds, pid, &status))
		return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	kill(pid, SIGTERM);
	if (!ended_within(GRACE_SECONDS, pid, &status)) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
	}
	return OUT_OF_TIME;
}

static int serve(int argc, char **argv, char **envp)
{
	const char *from = getenv("SERVED_FROM"), *to = getenv("SERVED_TO");
	sigset_t child, mask;
	int in, out;
	pid_t pid;

	(void)argc;
	(void)argv;
	unsetenv("LD_PRELOAD");
	unsetenv("LD_BIND_NOW");
	unsetenv("SERVED_FROM");
	unsetenv("SERVED_TO");
	close_range(STDERR_FILENO + 1, ~0U, 0);
	in = from ? open(from, O_RDONLY | O_CLOEXEC) : -1;
	out = to ? open(to, O_WRONLY | O_CLOEXEC) : -1;
	if (in < 0 || out < 0)
		fail("SERVED_FROM, SERVED_TO");
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	while (read_request(in)) {
		pid = fork();
		if (pid < 0)
			fail("fork");
		if (!pid) {
			close(in);
			close(out);
			return be_program(envp, &mask);
		}
		dprintf(out, "%d\n", wait_for(pid, atoi(request.words[0])));
	}
	_exit(0);
}

/* glibc calls what is called before main() from here. */
int __libc_start_main(main_fn *program, int argc, char **argv, void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	int (*start)(main_fn *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);

	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	real_main = program;
	return start(serve, argc, argv, init, fini, rtld_fini, stack_end);
}
