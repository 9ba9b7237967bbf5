/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a command: its syncs say that they have done what they have not.  What looks for
 * power cuts that do harm must find some in such a command.
 */
#include <unistd.h>

int fsync(int fd)
{
	(void)fd;
	return 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return 0;
}
