/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"

#include "base/lock.h"
#include "base/log.h"

/* Another process that holds a lock until it is told to end. */
struct holder {
	pid_t pid;
	int told; /* closing it tells */
};

static void be_quiet(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

static void hold_until_told(const char *directory, enum lock_mode mode, int ready, int told)
{
	struct lock *lock = NULL;
	char byte = 0;

	log_set_sink(be_quiet, NULL);
	if (lock_take(directory, "V_vg0", mode, 20000, &lock) < 0)
		_exit(1);
	if (write(ready, &byte, 1) != 1 || read(told, &byte, 1) < 0)
		_exit(2);
	lock_free(&lock);
	_exit(0);
}

/* It is ready when it has the lock. */
static int holder_fork(struct holder *holder, const char *directory, enum lock_mode mode)
{
	int ready[2], told[2];

	CHECK_INT(pipe2(ready, O_CLOEXEC) | pipe2(told, O_CLOEXEC), 0);
	holder->pid = fork();
	if (!holder->pid) {
		close(ready[0]);
		close(told[1]);
		hold_until_told(directory, mode, ready[1], told[0]);
	}
	close(ready[1]);
	close(told[0]);
	holder->told = told[1];
	return ready[0];
}

static void holder_wait(int ready)
{
	char byte;

	CHECK_INT(read(ready, &byte, 1), 1);
	close(ready);
}

static void holder_start(struct holder *holder, const char *directory, enum lock_mode mode)
{
	holder_wait(holder_fork(holder, directory, mode));
}

static int holder_end(struct holder *holder)
{
	int status = -1;

	close(holder->told);
	waitpid(holder->pid, &status, 0);
	return status;
}

/* Whether the lock can be had at once, in another process. */
static bool is_free(const char *directory, enum lock_mode mode)
{
	struct lock *lock = NULL;
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		log_set_sink(be_quiet, NULL);
		if (lock_take(directory, "V_vg0", mode, 0, &lock) < 0)
			_exit(1);
		lock_free(&lock);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool exists(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT];

	return access(scratch_path(scratch, name, path), F_OK) == 0;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

TEST("the directory is made, and the file goes when the lock does")
{
	struct scratch scratch;
	char directory[SCRATCH_TEXT];
	struct lock *lock = NULL;
	struct stat st;

	scratch_init(&scratch);
	scratch_path(&scratch, "run/lock/lvm", directory);
	CHECK_INT(lock_take(directory, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), 0);
	CHECK_INT(stat(directory, &st), 0);
	CHECK_INT(st.st_mode & 07777, 0700);
	CHECK(exists(&scratch, "run/lock/lvm/V_vg0"));
	CHECK(!exists(&scratch, "run/lock/lvm/V_vg0:aux"));
	CHECK(fcntl(lock_fd(lock), F_GETFD) & FD_CLOEXEC);
	lock_free(&lock);
	CHECK(!lock);
	CHECK(!exists(&scratch, "run/lock/lvm/V_vg0"));
	lock_free(&lock);
	scratch_release(&scratch);
}

TEST("one writer or many readers")
{
	struct scratch scratch;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), 0);
	CHECK(!is_free(scratch.path, LOCK_EXCLUSIVE));
	CHECK(!is_free(scratch.path, LOCK_SHARED));
	lock_free(&lock);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_SHARED, 0, &lock), 0);
	CHECK(!is_free(scratch.path, LOCK_EXCLUSIVE));
	CHECK(is_free(scratch.path, LOCK_SHARED));
	lock_free(&lock);
	CHECK(is_free(scratch.path, LOCK_EXCLUSIVE));
	scratch_release(&scratch);
}

TEST("locks of other names have nothing to do with each other")
{
	struct scratch scratch;
	struct lock *global = NULL, *other = NULL;

	scratch_init(&scratch);
	CHECK_INT(lock_take(scratch.path, "P_global", LOCK_EXCLUSIVE, 0, &global), 0);
	CHECK_INT(lock_take(scratch.path, "V_vg1", LOCK_EXCLUSIVE, 0, &other), 0);
	CHECK(is_free(scratch.path, LOCK_EXCLUSIVE));
	lock_free(&other);
	lock_free(&global);
	scratch_release(&scratch);
}

TEST("giving up a shared lock leaves the file to the other readers")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_SHARED);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_SHARED, 0, &lock), 0);
	lock_free(&lock);
	CHECK(exists(&scratch, "V_vg0"));
	CHECK(!is_free(scratch.path, LOCK_EXCLUSIVE));
	CHECK_INT(holder_end(&holder), 0);
	CHECK(!exists(&scratch, "V_vg0"));
	scratch_release(&scratch);
}

TEST("a wait ends in time and names the holder, its command and its age")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;
	char wanted[SCRATCH_TEXT + 64];
	uint64_t start;

	scratch_init(&scratch);
	prctl(PR_SET_NAME, "holder) (1");
	holder_start(&holder, scratch.path, LOCK_EXCLUSIVE);
	prctl(PR_SET_NAME, "waiter");
	tap_log_capture();
	start = now_ms();
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 300, &lock), -ETIMEDOUT);
	CHECK(now_ms() - start >= 300 && now_ms() - start < 5000);
	CHECK(!lock);
	snprintf(wanted, sizeof(wanted), "%s/V_vg0: locked by PID %d (holder) (1, since ",
		 scratch.path, holder.pid);
	CHECK(!strncmp(tap_log_text(), wanted, strlen(wanted)));
	CHECK(strstr(tap_log_text(), " s); gave up after 0.3 s\n"));
	CHECK_INT(holder_end(&holder), 0);
	scratch_release(&scratch);
}

/* In ms; -1: none is told.  It is told in whole seconds, of which the first may have been short. */
static long told_age(const char *text)
{
	const char *since = strstr(text, ", since ");
	unsigned long seconds;

	return since && sscanf(since, ", since %lu s)", &seconds) == 1 ? (long)seconds * 1000 : -1;
}

/* A lock is as old as the time since "had", or at most since "freed". */
static void check_age(const struct scratch *scratch, pid_t pid, uint64_t freed, uint64_t had)
{
	enum { ROUNDING = 1100 };
	const uint64_t asked = now_ms();
	struct lock *lock = NULL;
	char wanted[64];
	long age;

	tap_log_capture();
	CHECK_INT(lock_take(scratch->path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), -ETIMEDOUT);
	snprintf(wanted, sizeof(wanted), "locked by PID %d (", pid);
	CHECK(strstr(tap_log_text(), wanted));
	age = told_age(tap_log_text());
	CHECK(age >= 0 && (uint64_t)age + ROUNDING >= asked - had);
	CHECK((uint64_t)age <= now_ms() - freed + ROUNDING);
}

/* Having waited for it, and having been there before, do not count. */
TEST("a holder's age is that of its lock")
{
	struct scratch scratch;
	struct holder first, second;
	uint64_t begun, freed, had;
	int ready;

	scratch_init(&scratch);
	begun = now_ms();
	holder_start(&first, scratch.path, LOCK_EXCLUSIVE);
	had = now_ms();
	ready = holder_fork(&second, scratch.path, LOCK_EXCLUSIVE);
	while (now_ms() - had < 3000)
		usleep(10000);
	check_age(&scratch, first.pid, begun, had);
	freed = now_ms();
	CHECK_INT(write(first.told, "", 1), 1); /* the other one has this end, too */
	holder_wait(ready);
	had = now_ms();
	check_age(&scratch, second.pid, freed, had);
	while (now_ms() - had < 2000)
		usleep(10000);
	check_age(&scratch, second.pid, freed, had);
	CHECK_INT(holder_end(&first), 0);
	CHECK_INT(holder_end(&second), 0);
	scratch_release(&scratch);
}

TEST("that the holder is stopped is said")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_EXCLUSIVE);
	kill(holder.pid, SIGSTOP);
	CHECK_INT(waitpid(holder.pid, NULL, WUNTRACED), holder.pid);
	tap_log_capture();
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), -ETIMEDOUT);
	CHECK(strstr(tap_log_text(), ", stopped, since "));
	kill(holder.pid, SIGCONT);
	CHECK_INT(holder_end(&holder), 0);
	scratch_release(&scratch);
}

TEST("without patience it is said at once who has the lock")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_SHARED);
	tap_log_capture();
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), -ETIMEDOUT);
	CHECK(strstr(tap_log_text(), "locked by PID ") && !strstr(tap_log_text(), "gave up"));
	CHECK(!exists(&scratch, "V_vg0:aux"));
	CHECK_INT(holder_end(&holder), 0);
	scratch_release(&scratch);
}

TEST("the lock is had soon after it is given up")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;
	uint64_t start;
	pid_t pid;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_EXCLUSIVE);
	pid = fork();
	if (!pid) {
		usleep(200000);
		_exit(0); /* its copy of the pipe's end is closed with it */
	}
	close(holder.told);
	start = now_ms();
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 10000, &lock), 0);
	CHECK(now_ms() - start < 5000);
	lock_free(&lock);
	waitpid(pid, NULL, 0);
	waitpid(holder.pid, NULL, 0);
	scratch_release(&scratch);
}

TEST("a lock dies with its process, also by kill -9")
{
	struct scratch scratch;
	struct holder holder;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_EXCLUSIVE);
	CHECK(!is_free(scratch.path, LOCK_SHARED));
	kill(holder.pid, SIGKILL);
	holder_end(&holder);
	CHECK(exists(&scratch, "V_vg0"));
	CHECK(is_free(scratch.path, LOCK_EXCLUSIVE));
	scratch_release(&scratch);
}

/* Once it is free it is left to the dead: nothing is made or removed. */
TEST("of a lock it is told whether somebody has it, without making or removing a file")
{
	struct scratch scratch;
	struct holder holder;
	char path[SCRATCH_TEXT];

	scratch_init(&scratch);
	scratch_path(&scratch, "V_vg0", path);
	CHECK(!lock_is_seen(path) && lock_is_free(path));
	CHECK(!exists(&scratch, "V_vg0"));
	for (unsigned mode = LOCK_SHARED; mode <= LOCK_EXCLUSIVE; mode++) {
		holder_start(&holder, scratch.path, (enum lock_mode)mode);
		CHECK(lock_is_seen(path) && !lock_is_free(path));
		kill(holder.pid, SIGKILL);
		holder_end(&holder);
		CHECK(!lock_is_seen(path) && lock_is_free(path) && lock_is_free(path));
		CHECK(exists(&scratch, "V_vg0"));
	}
	scratch_release(&scratch);
}

TEST("a lock that a dead process left can be had so that its file stays, and no other")
{
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	CHECK_INT(lock_borrow(scratch.path, "V_vg0", &lock), 0);
	CHECK(!exists(&scratch, "V_vg0"));
	for (unsigned mode = LOCK_SHARED; mode <= LOCK_EXCLUSIVE; mode++) {
		holder_start(&holder, scratch.path, (enum lock_mode)mode);
		CHECK_INT(lock_borrow(scratch.path, "V_vg0", &lock), 0);
		CHECK(!lock);
		kill(holder.pid, SIGKILL);
		holder_end(&holder);
	}
	CHECK_INT(lock_borrow(scratch.path, "V_vg0", &lock), 1);
	holder_start(&holder, scratch.path, LOCK_SHARED);
	CHECK(!is_free(scratch.path, LOCK_EXCLUSIVE));
	kill(holder.pid, SIGKILL);
	holder_end(&holder);
	lock_free(&lock);
	CHECK(!lock && exists(&scratch, "V_vg0"));
	CHECK(is_free(scratch.path, LOCK_EXCLUSIVE));
	CHECK(!exists(&scratch, "V_vg0"));
	scratch_release(&scratch);
}

TEST("a child that goes on holding the lock of a parent that is gone is named")
{
	struct scratch scratch;
	struct lock *lock = NULL;
	pid_t parent, child;
	int told[2], ready[2];
	char byte, named[64];

	scratch_init(&scratch);
	CHECK_INT(pipe2(told, O_CLOEXEC) | pipe2(ready, O_CLOEXEC), 0);
	parent = fork();
	if (!parent) {
		close(told[1]);
		if (lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock) < 0 || fork())
			_exit(0);
		child = getpid();
		if (write(ready[1], &child, sizeof(child)) < 0 || read(told[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(told[0]);
	close(ready[1]);
	CHECK_INT(read(ready[0], &child, sizeof(child)), sizeof(child));
	waitpid(parent, NULL, 0);
	tap_log_capture();
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 50, &lock), -ETIMEDOUT);
	snprintf(named, sizeof(named), "locked by PID %d (", child);
	CHECK(strstr(tap_log_text(), named));
	close(told[1]);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 5000, &lock), 0);
	lock_free(&lock);
	close(ready[0]);
	scratch_release(&scratch);
}

/* A new reader goes through the auxiliary file, which the waiting writer has. */
TEST("a writer that waits is not overtaken by new readers")
{
	struct scratch scratch;
	struct holder reader;
	struct lock *lock = NULL;
	pid_t writer;
	int status = -1;
	uint64_t start;

	scratch_init(&scratch);
	holder_start(&reader, scratch.path, LOCK_SHARED);
	start = now_ms();
	writer = fork();
	if (!writer) {
		close(reader.told);
		status = lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 5000, &lock);
		_exit(status < 0);
	}
	while (is_free(scratch.path, LOCK_SHARED) && now_ms() - start < 4000)
		usleep(1000);
	CHECK(!is_free(scratch.path, LOCK_SHARED));
	CHECK_INT(holder_end(&reader), 0);
	waitpid(writer, &status, 0);
	CHECK_INT(status, 0);
	scratch_release(&scratch);
}

/* How many wait for the auxiliary file of the lock, or of it itself. */
static unsigned count_waiting(const struct scratch *scratch, const char *name)
{
	char path[SCRATCH_TEXT], file[32], line[256];
	FILE *locks = fopen("/proc/locks", "re");
	unsigned waiting = 0;
	struct stat st;

	if (locks && stat(scratch_path(scratch, name, path), &st) == 0) {
		snprintf(file, sizeof(file), ":%ju ", (uintmax_t)st.st_ino);
		while (fgets(line, sizeof(line), locks))
			waiting += strstr(line, "-> FLOCK") && strstr(line, file);
	}
	if (locks)
		fclose(locks);
	return waiting;
}

static void come_to_turn(const char *directory, int order, char turn)
{
	struct lock *lock = NULL;

	if (lock_take(directory, "V_vg0", LOCK_EXCLUSIVE, 20000, &lock) < 0)
		_exit(1);
	if (write(order, &turn, 1) != 1)
		_exit(2);
	lock_free(&lock);
	_exit(0);
}

/* The first waits for the lock, having the auxiliary file, for which the others wait. */
TEST("those who wait come to their turn in the order in which they came")
{
	enum { WAITING = 8 };
	struct scratch scratch;
	struct lock *lock = NULL;
	char order[WAITING + 1] = "";
	pid_t pids[WAITING];
	int written[2], status;

	scratch_init(&scratch);
	CHECK_INT(pipe2(written, O_CLOEXEC), 0);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 0, &lock), 0);
	for (unsigned i = 0; i < WAITING; i++) {
		pids[i] = fork();
		if (!pids[i])
			come_to_turn(scratch.path, written[1], (char)('a' + i));
		while (count_waiting(&scratch, i ? "V_vg0:aux" : "V_vg0") < (i ? i : 1))
			usleep(1000);
	}
	lock_free(&lock);
	for (unsigned i = 0; i < WAITING; i++) {
		waitpid(pids[i], &status, 0);
		CHECK_INT(status, 0);
	}
	CHECK_INT(read(written[0], order, WAITING), WAITING);
	CHECK_TEXT(order, "abcdefgh");
	CHECK(!exists(&scratch, "V_vg0") && !exists(&scratch, "V_vg0:aux"));
	scratch_release(&scratch);
}

/* Each round either finds the file or one that another process is about to unlink. */
static int fight(const char *directory, const char *counter)
{
	struct lock *lock = NULL;
	unsigned value = 0;

	for (unsigned round = 0; round < 200; round++) {
		int fd = open(counter, O_RDWR | O_CLOEXEC);

		if (fd < 0 || lock_take(directory, "V_vg0", LOCK_EXCLUSIVE, 30000, &lock) < 0)
			return 1;
		if (pread(fd, &value, sizeof(value), 0) < 0)
			return 1;
		value++;
		if (pwrite(fd, &value, sizeof(value), 0) != sizeof(value))
			return 1;
		lock_free(&lock);
		close(fd);
	}
	return 0;
}

TEST("processes that fight for a lock never have it together")
{
	enum { FIGHTERS = 6 };
	struct scratch scratch;
	char counter[SCRATCH_TEXT];
	pid_t pids[FIGHTERS];
	unsigned value = 0;
	int fd, status;

	scratch_init(&scratch);
	scratch_file(&scratch, "counter", "");
	scratch_path(&scratch, "counter", counter);
	for (unsigned i = 0; i < FIGHTERS; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(fight(scratch.path, counter));
	}
	for (unsigned i = 0; i < FIGHTERS; i++) {
		waitpid(pids[i], &status, 0);
		CHECK_INT(status, 0);
	}
	fd = open(counter, O_RDONLY | O_CLOEXEC);
	CHECK_INT(read(fd, &value, sizeof(value)), sizeof(value));
	CHECK_INT(value, FIGHTERS * 200);
	close(fd);
	CHECK(!exists(&scratch, "V_vg0") && !exists(&scratch, "V_vg0:aux"));
	scratch_release(&scratch);
}

/* As LVM2 would: it opens, waits, and finds that its file is no longer the one of that name. */
TEST("a file that was unlinked while we waited is opened again")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct lock *lock = NULL;
	struct stat named, ours;
	pid_t pid;
	int fd;

	scratch_init(&scratch);
	scratch_path(&scratch, "V_vg0", path);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0777);
	CHECK_INT(flock(fd, LOCK_EX), 0);
	pid = fork();
	if (!pid) {
		usleep(100000);
		unlink(path);
		flock(fd, LOCK_UN);
		_exit(0);
	}
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_EXCLUSIVE, 5000, &lock), 0);
	CHECK_INT(stat(path, &named) | fstat(lock_fd(lock), &ours), 0);
	CHECK_INT(named.st_ino, ours.st_ino);
	waitpid(pid, NULL, 0);
	close(fd);
	lock_free(&lock);
	scratch_release(&scratch);
}

static void ignore_signal(int number)
{
	(void)number;
}

TEST("a signal that the program handles ends the wait")
{
	const struct sigaction handler = { .sa_handler = ignore_signal };
	const struct itimerspec often = { { 0, 7000000 }, { 0, 100000000 } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	timer_t timer;
	struct scratch scratch;
	struct holder holder;
	struct lock *lock = NULL;

	scratch_init(&scratch);
	holder_start(&holder, scratch.path, LOCK_EXCLUSIVE);
	tap_log_capture();
	sigaction(SIGUSR1, &handler, NULL);
	CHECK_INT(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	CHECK_INT(timer_settime(timer, 0, &often, NULL), 0);
	CHECK_INT(lock_take(scratch.path, "V_vg0", LOCK_SHARED, 30000, &lock), -EINTR);
	timer_delete(timer);
	CHECK(strstr(tap_log_text(), "/V_vg0: cannot lock: Interrupted"));
	CHECK_INT(holder_end(&holder), 0);
	scratch_release(&scratch);
}

TEST("a directory that cannot be made, or is none, is an error")
{
	struct scratch scratch;
	char path[SCRATCH_TEXT];
	struct lock *lock = NULL;

	scratch_init(&scratch);
	scratch_file(&scratch, "file", "");
	tap_log_capture();
	CHECK_INT(lock_take(scratch_path(&scratch, "file", path), "V_vg0", LOCK_SHARED, 0, &lock),
		  -ENOTDIR);
	CHECK(strstr(tap_log_text(), "cannot make the directory for locks"));
	CHECK_INT(lock_take(scratch.path, "no/such", LOCK_SHARED, 0, &lock), -ENOENT);
	CHECK(!lock);
	scratch_release(&scratch);
}

TEST_MAIN
