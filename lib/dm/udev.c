/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dm/udev.h"

#include "base/guard.h"
#include "base/limit.h"
#include "base/log.h"

#include <errno.h>
#include <libdevmapper.h>
#include <sys/ipc.h>
#include <sys/random.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

/* A cookie that was just made counts one, so that it is not zero before anybody waits. */
enum { COUNT_OF_NEW = 1, MOST_TRIES = 100 };
enum { COUNT, ALIVE };

/* As dm_udev_create_cookie() does, but for the second semaphore. */
static int make_semaphores(uint32_t *cookie)
{
	unsigned tries;
	uint16_t base;
	int id = -1;

	for (tries = 0; id < 0 && tries < MOST_TRIES; tries++) {
		if (getrandom(&base, sizeof(base), GRND_NONBLOCK) != sizeof(base))
			base = (uint16_t)((unsigned)getpid() + tries); /* early in boot */
		if (!base)
			continue;
		*cookie = (uint32_t)COOKIE_MAGIC << 16 | base;
		id = semget((key_t)*cookie, COOKIE_SEMAPHORES, IPC_CREAT | IPC_EXCL | 0600);
		if (id < 0 && errno != EEXIST)
			break;
	}
	return id;
}

static int sign(int id)
{
	struct sembuf begin[COOKIE_SEMAPHORES] = {
		{ .sem_num = COUNT, .sem_op = COUNT_OF_NEW },
		{ .sem_num = ALIVE, .sem_op = 1, .sem_flg = SEM_UNDO },
	};
	int r = semop(id, begin, COOKIE_SEMAPHORES);

	if (r < 0)
		semctl(id, 0, IPC_RMID);
	return r;
}

bool udev_is_forsaken(int semaphore)
{
	return semctl(semaphore, ALIVE, GETVAL) == 0;
}

void udev_begin(struct udev *udev, enum udev_mode mode)
{
	*udev = (struct udev) { .semaphore = -1 };
	/* the library asks the kernel for its version here */
	guard_hush();
	dm_udev_set_sync_support(mode == UDEV_SYNC);
	if (!dm_udev_get_sync_support())
		return;
	udev->semaphore = make_semaphores(&udev->cookie);
	if (udev->semaphore >= 0 && !sign(udev->semaphore))
		return;
	debug("no semaphore to wait for udev with");
	udev->cookie = 0;
	dm_udev_set_sync_support(0);
}

uint32_t udev_event(const struct udev *udev, uint16_t flags)
{
	uint32_t marked = (uint32_t)flags | DM_UDEV_PRIMARY_SOURCE_FLAG;

	return (udev->cookie & ~DM_UDEV_FLAGS_MASK) | marked << DM_UDEV_FLAGS_SHIFT;
}

static int change_count(const struct udev *udev, int by)
{
	struct sembuf change = { .sem_op = (short)by, .sem_flg = IPC_NOWAIT };

	if (!udev->cookie || !by)
		return 0;
	return semop(udev->semaphore, &change, 1);
}

void udev_expect(const struct udev *udev, unsigned count)
{
	change_count(udev, (int)count);
}

void udev_forgo(const struct udev *udev, unsigned count)
{
	change_count(udev, -(int)count);
}

/* A signal ends the call, but not the wait; and does not begin it anew. */
static int wait_for_zero(int semaphore, unsigned timeout_ms)
{
	const uint64_t end_ns = clock_ns() + timeout_ms * MS_NS;
	struct sembuf zero = { 0 };
	uint64_t now = clock_ns(), left;
	struct timespec limit;
	int r;

	do {
		left = now < end_ns ? end_ns - now : 0;
		limit.tv_sec = (time_t)(left / (1000 * MS_NS));
		limit.tv_nsec = (long)(left % (1000 * MS_NS));
		r = semtimedop(semaphore, &zero, 1, &limit);
		now = clock_ns();
	} while (r < 0 && errno == EINTR);
	return r < 0 && errno == EAGAIN ? -ETIMEDOUT : 0;
}

int udev_wait(struct udev *udev, unsigned timeout_ms)
{
	int r = 0;

	if (!udev->cookie)
		return 0;
	if (!change_count(udev, -COUNT_OF_NEW))
		r = wait_for_zero(udev->semaphore, timeout_ms);
	udev_drop(udev);
	return r;
}

void udev_drop(struct udev *udev)
{
	if (udev->cookie)
		semctl(udev->semaphore, 0, IPC_RMID);
	udev->cookie = 0;
}
