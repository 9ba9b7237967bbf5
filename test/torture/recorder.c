/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recorder serve DIR: be the disks DIR/disk0, DIR/disk1 … as /dev/nbd0, /dev/nbd1 …, and write all
 * that they are told into DIR/trace (trace.h).  DIR/control is there when they are ready.
 * recorder begin DIR: forget what was recorded so far, and keep the disks as they are now as
 * DIR/disk0.before ….  recorder mark DIR TEXT: set a mark.  recorder quit DIR: end the server.
 *
 * A disk of dm-log-writes would do for one.  With two the order between them would be lost, or, beneath one
 * log, which of them a flush was for.
 */
#include "trace.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nbd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLIENTS = 8, MARK_MAX = 128, PATH_MAX_LEN = 256 };

/* In linux/nbd.h only for the kernel. */
enum { NBD_FUA = 1 << 16 };

struct served_disk {
	uint8_t *memory;
	size_t size;
	int fd; /* our end of its socket, -1 after its end */
	char node[32];
};

struct recorder {
	const char *directory;
	struct served_disk disks[TRACE_DISKS];
	unsigned disk_count;
	int listener, clients[CLIENTS];
	unsigned client_count;
	FILE *trace;
	bool quits;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void receive(int fd, void *buffer, size_t len)
{
	char *at = buffer;
	ssize_t got;

	while (len) {
		got = recv(fd, at, len, 0);
		if (got <= 0)
			die("recorder: request");
		at += got;
		len -= (size_t)got;
	}
}

static void answer(int fd, const void *buffer, size_t len)
{
	const char *at = buffer;
	ssize_t sent;

	while (len) {
		sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent <= 0)
			die("recorder: answer");
		at += sent;
		len -= (size_t)sent;
	}
}

static void record(struct recorder *recorder, const struct trace_head *head, const void *data)
{
	if (fwrite(head, sizeof(*head), 1, recorder->trace) != 1 ||
	    (head->len && fwrite(data, head->len, 1, recorder->trace) != 1))
		die("recorder: trace");
}

/* --- disks --- */

static void check_range(const struct served_disk *disk, const struct trace_head *head)
{
	if (head->offset > disk->size || head->len > disk->size - head->offset)
		die("recorder: a request past the end");
}

static void serve_write(struct recorder *recorder, struct served_disk *disk,
			struct trace_head *head)
{
	check_range(disk, head);
	receive(disk->fd, disk->memory + head->offset, head->len);
	if (head->len)
		record(recorder, head, disk->memory + head->offset);
}

/* What was discarded reads as zeros from then on, and is recorded as if they had been written. */
static void discard(struct recorder *recorder, struct served_disk *disk, struct trace_head *head)
{
	check_range(disk, head);
	memset(disk->memory + head->offset, 0, head->len);
	if (head->len)
		record(recorder, head, disk->memory + head->offset);
}

static void serve_disk(struct recorder *recorder, unsigned number)
{
	struct served_disk *disk = &recorder->disks[number];
	struct nbd_request request;
	struct nbd_reply reply = { .magic = htonl(NBD_REPLY_MAGIC) };
	struct trace_head head = { .disk = number };
	uint32_t type;

	receive(disk->fd, &request, sizeof(request));
	type = ntohl(request.type);
	memcpy(reply.handle, request.handle, sizeof(reply.handle));
	head.offset = be64toh(request.from);
	head.len = ntohl(request.len);
	head.fua = (type & NBD_FUA) != 0;
	switch (type & 0xffff) {
	case NBD_CMD_READ:
		check_range(disk, &head);
		answer(disk->fd, &reply, sizeof(reply));
		answer(disk->fd, disk->memory + head.offset, head.len);
		return;
	case NBD_CMD_WRITE:
		head.kind = TRACE_WRITE;
		serve_write(recorder, disk, &head);
		break;
	case NBD_CMD_TRIM:
		head.kind = TRACE_WRITE;
		discard(recorder, disk, &head);
		break;
	case NBD_CMD_FLUSH:
		head = (struct trace_head) { .kind = TRACE_FLUSH, .disk = number };
		record(recorder, &head, NULL);
		break;
	case NBD_CMD_DISC:
		close(disk->fd);
		disk->fd = -1;
		return;
	default:
		die("recorder: a request it does not know");
	}
	answer(disk->fd, &reply, sizeof(reply));
}

static void map_disk(struct served_disk *disk, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	disk->size = (size_t)st.st_size;
	disk->memory = mmap(NULL, disk->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (disk->memory == MAP_FAILED)
		die(path);
	close(fd);
}

/* NBD_DO_IT lasts as long as the disk. */
static void run_disk(const struct served_disk *disk, int socket)
{
	int fd = open(disk->node, O_RDWR | O_CLOEXEC);
	unsigned long flags =
		NBD_FLAG_HAS_FLAGS | NBD_FLAG_SEND_FLUSH | NBD_FLAG_SEND_FUA | NBD_FLAG_SEND_TRIM;

	if (fd < 0 || ioctl(fd, NBD_SET_BLKSIZE, (unsigned long)TRACE_SECTOR) ||
	    ioctl(fd, NBD_SET_SIZE_BLOCKS, disk->size / TRACE_SECTOR) ||
	    ioctl(fd, NBD_SET_FLAGS, flags) || ioctl(fd, NBD_SET_SOCK, socket))
		die(disk->node);
	ioctl(fd, NBD_DO_IT);
	ioctl(fd, NBD_CLEAR_QUE);
	ioctl(fd, NBD_CLEAR_SOCK);
	_exit(0);
}

static void start_disk(struct served_disk *disk)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		die("recorder: socket");
	pid = fork();
	if (pid < 0)
		die("recorder: fork");
	if (!pid) {
		close(ends[0]);
		run_disk(disk, ends[1]);
	}
	close(ends[1]);
	disk->fd = ends[0];
}

static void start_disks(struct recorder *recorder)
{
	char path[PATH_MAX_LEN];
	struct served_disk *disk;

	for (; recorder->disk_count < TRACE_DISKS; recorder->disk_count++) {
		disk = &recorder->disks[recorder->disk_count];
		snprintf(path, sizeof(path), "%s/disk%u", recorder->directory,
			 recorder->disk_count);
		if (access(path, F_OK))
			break;
		map_disk(disk, path);
		snprintf(disk->node, sizeof(disk->node), "/dev/nbd%u", recorder->disk_count);
		start_disk(disk);
	}
}

static bool disks_run(const struct recorder *recorder)
{
	char path[PATH_MAX_LEN];
	unsigned i;

	for (i = 0; i < recorder->disk_count; i++) {
		snprintf(path, sizeof(path), "/sys/block/nbd%u/pid", i);
		if (access(path, F_OK))
			return false;
	}
	return true;
}

static void stop_disks(struct recorder *recorder)
{
	unsigned i;
	int fd;

	for (i = 0; i < recorder->disk_count; i++) {
		fd = open(recorder->disks[i].node, O_RDWR | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, NBD_DISCONNECT))
			die(recorder->disks[i].node);
		close(fd);
	}
}

/* --- marks --- */

static void write_sparse(const char *path, const struct served_disk *disk)
{
	static const uint8_t zeros[TRACE_PAGE];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t at;

	if (fd < 0 || ftruncate(fd, (off_t)disk->size))
		die(path);
	for (at = 0; at < disk->size; at += TRACE_PAGE)
		if (memcmp(disk->memory + at, zeros, TRACE_PAGE) &&
		    pwrite(fd, disk->memory + at, TRACE_PAGE, (off_t)at) != TRACE_PAGE)
			die(path);
	close(fd);
}

static void listen_for_marks(struct recorder *recorder)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/control", recorder->directory);
	unlink(address.sun_path);
	recorder->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (recorder->listener < 0 ||
	    bind(recorder->listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(recorder->listener, CLIENTS))
		die(address.sun_path);
}

/* The disks as they are now are where the trace begins. */
static void begin(struct recorder *recorder)
{
	char path[PATH_MAX_LEN];
	unsigned i;

	for (i = 0; i < recorder->disk_count; i++) {
		snprintf(path, sizeof(path), "%s/disk%u.before", recorder->directory, i);
		write_sparse(path, &recorder->disks[i]);
	}
	if (fflush(recorder->trace) || ftruncate(fileno(recorder->trace), 0))
		die("recorder: trace");
	rewind(recorder->trace);
}

static void serve_client(struct recorder *recorder, unsigned number)
{
	int fd = recorder->clients[number];
	char text[MARK_MAX];
	ssize_t len = recv(fd, text, sizeof(text), 0);
	struct trace_head head = { .kind = TRACE_MARK, .len = (uint32_t)len };

	if (len <= 0) {
		close(fd);
		recorder->clients[number] = recorder->clients[--recorder->client_count];
		return;
	}
	if (len == 4 && !memcmp(text, "quit", 4))
		recorder->quits = true;
	else if (len == 5 && !memcmp(text, "begin", 5))
		begin(recorder);
	else
		record(recorder, &head, text);
	/* whoever has gone needs no answer */
	send(fd, "", 1, MSG_NOSIGNAL);
}

static void accept_client(struct recorder *recorder)
{
	int fd = accept4(recorder->listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0 || recorder->client_count == CLIENTS)
		die("recorder: client");
	recorder->clients[recorder->client_count++] = fd;
}

/* --- serving --- */

enum { FDS = 1 + TRACE_DISKS + CLIENTS };

static void serve_once(struct recorder *recorder)
{
	struct pollfd fds[FDS];
	unsigned i, clients = recorder->client_count;

	fds[0] = (struct pollfd) { .fd = recorder->listener, .events = POLLIN };
	for (i = 0; i < recorder->disk_count; i++)
		fds[1 + i] = (struct pollfd) { .fd = recorder->disks[i].fd, .events = POLLIN };
	for (i = 0; i < clients; i++)
		fds[1 + recorder->disk_count + i] =
			(struct pollfd) { .fd = recorder->clients[i], .events = POLLIN };
	if (poll(fds, 1 + recorder->disk_count + clients, 10) < 0 && errno != EINTR)
		die("recorder: poll");

	for (i = 0; i < recorder->disk_count; i++)
		if (fds[1 + i].revents)
			serve_disk(recorder, i);
	/* from the last on: one that has gone gives its place to the last */
	for (i = clients; i-- > 0;)
		if (fds[1 + recorder->disk_count + i].revents)
			serve_client(recorder, i);
	if (fds[0].revents)
		accept_client(recorder);
}

static bool any_disk(const struct recorder *recorder)
{
	unsigned i;

	for (i = 0; i < recorder->disk_count; i++)
		if (recorder->disks[i].fd >= 0)
			return true;
	return false;
}

static int serve(const char *directory)
{
	struct recorder recorder = { .directory = directory, .listener = -1 };
	char path[PATH_MAX_LEN];

	snprintf(path, sizeof(path), "%s/trace", directory);
	recorder.trace = fopen(path, "we");
	if (!recorder.trace)
		die(path);
	start_disks(&recorder);
	while (!disks_run(&recorder))
		serve_once(&recorder);
	listen_for_marks(&recorder);
	while (!recorder.quits)
		serve_once(&recorder);
	stop_disks(&recorder);
	while (any_disk(&recorder))
		serve_once(&recorder);
	while (wait(NULL) > 0)
		;
	snprintf(path, sizeof(path), "%s/control", directory);
	unlink(path);
	return fclose(recorder.trace) ? 1 : 0;
}

static int tell(const char *directory, const char *text)
{
	int fd = trace_connect(directory);

	return fd < 0 || trace_mark(fd, text) < 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc == 3 && (!strcmp(argv[1], "begin") || !strcmp(argv[1], "quit")))
		return tell(argv[2], argv[1]);
	if (argc == 4 && !strcmp(argv[1], "mark"))
		return tell(argv[2], argv[3]);
	fprintf(stderr, "usage: recorder serve|begin|quit DIR | recorder mark DIR TEXT\n");
	return 2;
}
