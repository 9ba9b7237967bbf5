/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * breakdisk KIND N SOUND OTHER DISK DEVICE
 *
 * Makes the Nth broken disk of a kind (damage.h): SOUND, an image of the group that damage.h speaks of, is damaged and
 * written to the file DISK, whose loop device DEVICE forgets what it had read.  OTHER is the image of another PV.  Says
 * what the damage is.  The exit status is 1 if that number stands for no damage, 3 if there are no more.
 *
 * Of the kind "sound" the only one has no damage.
 */
#include "damage.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static enum damage_result leave_sound(struct damage *damage, unsigned field, unsigned value)
{
	snprintf(damage->what, sizeof(damage->what), "sound");
	if (field)
		return DAMAGE_NO_FIELD;
	return value ? DAMAGE_NO_VALUE : DAMAGE_DONE;
}

static const struct kind {
	const char *name;
	damage_kind *damage;
	unsigned values;
} kinds[] = {
	{ "sound", leave_sound, 1 },
	{ "label", damage_label, DAMAGE_NUMBERS },
	{ "header", damage_header, DAMAGE_NUMBERS },
	{ "text", damage_text, DAMAGE_WAYS },
	{ "store", damage_store, DAMAGE_NUMBERS },
};

static void fail(const char *name)
{
	perror(name);
	exit(2);
}

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

/* As much of it as there is. */
static unsigned char *load(const char *name)
{
	unsigned char *image = calloc(1, DAMAGE_IMAGE);
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (!image || fd < 0 || read(fd, image, DAMAGE_IMAGE) <= 0)
		fail(name);
	close(fd);
	return image;
}

static void save(const char *name, const unsigned char *image)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, image, DAMAGE_IMAGE) != DAMAGE_IMAGE)
		fail(name);
	close(fd);
}

static void forget(const char *device)
{
	int fd = open(device, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKFLSBUF, 0) < 0)
		fail(device);
	close(fd);
}

static int make(const struct kind *kind, unsigned n, char *const paths[])
{
	unsigned char *image = load(paths[0]), *other = load(paths[1]);
	struct damage damage = damage_of(image, other);
	enum damage_result result;

	damage_fill_store(&damage);
	result = kind->damage(&damage, n / kind->values, n % kind->values);
	if (result == DAMAGE_DONE) {
		save(paths[2], image);
		forget(paths[3]);
		puts(damage.what);
	}
	free(image);
	free(other);
	return result == DAMAGE_DONE ? 0 : result == DAMAGE_NO_VALUE ? 1 : 3;
}

int main(int argc, char **argv)
{
	const struct kind *kind = argc == 7 ? find_kind(argv[1]) : NULL;

	return kind ? make(kind, (unsigned)strtoul(argv[2], NULL, 10), argv + 3) : 2;
}
