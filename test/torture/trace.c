/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int complain(const char *name)
{
	int r = errno ? -errno : -EIO;

	fprintf(stderr, "%s: %s\n", name, strerror(-r));
	return r;
}

/* A whole file, readable and changeable in memory only. */
static void *map_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	void *memory = MAP_FAILED;
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st)) {
		*len = (size_t)st.st_size;
		memory = mmap(NULL, *len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	}
	if (memory == MAP_FAILED)
		complain(path);
	if (fd >= 0)
		close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

static size_t count_events(const uint8_t *memory, size_t len)
{
	struct trace_head head;
	size_t at = 0, count = 0;

	while (len - at >= sizeof(head)) {
		memcpy(&head, memory + at, sizeof(head));
		if (head.len > len - at - sizeof(head) || head.disk >= TRACE_DISKS)
			break;
		at += sizeof(head) + head.len;
		count++;
	}
	return at == len ? count : 0;
}

int trace_load(const char *path, struct trace *trace)
{
	const uint8_t *at;
	size_t i;

	*trace = (struct trace) { 0 };
	trace->memory = map_file(path, &trace->memory_len);
	if (!trace->memory)
		return -EIO;
	trace->count = count_events(trace->memory, trace->memory_len);
	trace->events = calloc(trace->count + 1, sizeof(*trace->events));
	if (!trace->count || !trace->events) {
		errno = EBADMSG;
		return complain(path);
	}
	at = trace->memory;
	for (i = 0; i < trace->count; i++) {
		memcpy(&trace->events[i].head, at, sizeof(struct trace_head));
		trace->events[i].data = at + sizeof(struct trace_head);
		at += sizeof(struct trace_head) + trace->events[i].head.len;
	}
	return 0;
}

void trace_release(struct trace *trace)
{
	free(trace->events);
	if (trace->memory)
		munmap(trace->memory, trace->memory_len);
	*trace = (struct trace) { 0 };
}

/* --- a disk --- */

static void find_used(struct cached_disk *disk)
{
	static const uint8_t zeros[TRACE_PAGE];
	size_t page;

	for (page = 0; page < disk->size / TRACE_PAGE; page++)
		disk->used[page] = memcmp(disk->now + page * TRACE_PAGE, zeros, TRACE_PAGE) != 0;
}

int cached_disk_init(struct cached_disk *disk, const char *path)
{
	*disk = (struct cached_disk) { 0 };
	disk->now = map_file(path, &disk->size);
	disk->durable = disk->now ? map_file(path, &disk->size) : NULL;
	disk->used = calloc(disk->size / TRACE_PAGE + 1, 1);
	if (!disk->durable || !disk->used)
		return -ENOMEM;
	find_used(disk);
	return 0;
}

void cached_disk_release(struct cached_disk *disk)
{
	if (disk->now)
		munmap(disk->now, disk->size);
	if (disk->durable)
		munmap(disk->durable, disk->size);
	free(disk->used);
	free(disk->pending);
	*disk = (struct cached_disk) { 0 };
}

static void put(uint8_t *image, const struct trace_event *event)
{
	memcpy(image + event->head.offset, event->data, event->head.len);
}

static void remember(struct cached_disk *disk, const struct trace_event *event)
{
	const struct trace_event **more;

	more = reallocarray(disk->pending, disk->pending_count + 1, sizeof(*more));
	if (!more)
		abort();
	disk->pending = more;
	disk->pending[disk->pending_count++] = event;
}

static void write_to(struct cached_disk *disk, const struct trace_event *event)
{
	size_t page;

	if (event->head.offset + event->head.len > disk->size || !event->head.len)
		abort();
	put(disk->now, event);
	for (page = event->head.offset / TRACE_PAGE;
	     page <= (event->head.offset + event->head.len - 1) / TRACE_PAGE; page++)
		disk->used[page] = 1;
	remember(disk, event);
}

void cached_disk_apply(struct cached_disk *disk, unsigned number, const struct trace_event *event)
{
	size_t i;

	if (event->head.kind == TRACE_MARK || event->head.disk != number)
		return;
	if (event->head.kind == TRACE_WRITE) {
		write_to(disk, event);
		return;
	}
	for (i = 0; i < disk->pending_count; i++)
		put(disk->durable, disk->pending[i]);
	disk->pending_count = 0;
}

/* A number from a seed: the same on every machine. */
static uint64_t random_next(uint64_t *seed)
{
	uint64_t x = *seed += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* One write as a cut leaves it: not there, there, or in part; with FUA it is there. */
static void put_part(uint8_t *image, const struct trace_event *event, uint64_t *seed)
{
	uint64_t fate = event->head.fua ? 7 : random_next(seed) % 8;
	uint32_t at;

	if (fate < 4)
		return;
	for (at = 0; at < event->head.len; at += TRACE_SECTOR)
		if (fate > 4 || random_next(seed) % 2)
			memcpy(image + event->head.offset + at, event->data + at, TRACE_SECTOR);
}

void cached_disk_cut(const struct cached_disk *disk, uint64_t seed, uint8_t *image)
{
	const uint8_t *from = seed ? disk->durable : disk->now;
	size_t page, i;

	for (page = 0; page < disk->size / TRACE_PAGE; page++)
		if (disk->used[page] &&
		    memcmp(image + page * TRACE_PAGE, from + page * TRACE_PAGE, TRACE_PAGE))
			memcpy(image + page * TRACE_PAGE, from + page * TRACE_PAGE, TRACE_PAGE);
	for (i = 0; seed && i < disk->pending_count; i++)
		put_part(image, disk->pending[i], &seed);
}

/* --- the recorder --- */

int trace_connect(const char *directory)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return complain("socket");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control", directory);
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	complain(address.sun_path);
	close(fd);
	return -ENOTCONN;
}

int trace_mark(int fd, const char *text)
{
	char answer;

	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0 || recv(fd, &answer, 1, 0) != 1)
		return complain("the recorder");
	return 0;
}
