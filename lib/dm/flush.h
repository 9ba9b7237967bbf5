/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_DM_FLUSH_H
#define SNAPVOL_DM_FLUSH_H

/*
 * Writing back what is cached of devices, before they are suspended.
 *
 * To suspend a device the kernel first has its filesystem written back, which no signal ends: if I/O to it
 * hangs, so does the suspend, beyond any limit.  So it is written back beforehand by a child that may
 * hang in our place.  It also keeps that work out of the freeze.
 */

struct flush_device {
	const char *label, *name; /* "vg0/base" and the dm name, for messages */
	const char *path;
};

/* 0, also if a device cannot be opened; -ETIMEDOUT, reported, if one takes longer than timeout_ms. */
int flush_devices(const struct flush_device *devices, unsigned count, unsigned timeout_ms);

#endif
