/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes an increasing number to the first block of each device in turn, each write complete before the
 * next begins, until it is killed: whoever sees the devices at one instant sees numbers that never
 * rise from one to the next and differ by at most one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 4096, MOST = 32 };

int main(int argc, char **argv)
{
	int fds[MOST], count = argc - 1, i;
	unsigned long number;
	void *memory;
	char *block;

	if (count < 1 || count > MOST || posix_memalign(&memory, BLOCK, BLOCK))
		return 2;
	block = memory;
	for (i = 0; i < count; i++) {
		fds[i] = open(argv[i + 1], O_WRONLY | O_DIRECT | O_CLOEXEC);
		if (fds[i] < 0) {
			perror(argv[i + 1]);
			return 1;
		}
	}
	for (number = 1;; number++) {
		memset(block, 0, BLOCK);
		snprintf(block, BLOCK, "%lu", number);
		for (i = 0; i < count; i++)
			if (pwrite(fds[i], block, BLOCK, 0) != BLOCK)
				return 1;
	}
}
