/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Print what the metadata on some disks say and what the kernel has of the volumes on them (scene.h), as text
 * in which the same state is always the same.
 *
 *	state [-e] [-i IDENTITY,...] [-s FILE] DISK...	-e: and on stderr, what svgck has to say; -i: PVs have the
 *					first, second, ... of these identities, or a new one; -s: a sum of what all disks
 *					have before their first extent, to be compared, goes to FILE
 *
 * One process in place of the many that svs, dmsetup and awk would be.
 */
#include "scene.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 128 * 1024 }; /* as transitions.bash has groups made */

static int tell_messages(const struct machine *machine)
{
	fwrite(machine->messages, 1, machine->messages_len, stderr);
	return EXIT_FAILURE;
}

/* As they are told without any. */
static void read_known(struct machine *machine, const char *text)
{
	char *to;
	unsigned len;

	machine->knows = true;
	while (*text && machine->known_count < SCENE_DISKS) {
		to = machine->known[machine->known_count++];
		for (len = 0; *text && *text != ','; text++)
			if (len < SCENE_ID - 1)
				to[len++] = *text;
		text += *text == ',';
	}
}

/* Added to by FNV-1a, by words. */
static bool sum_head(const char *disk, uint64_t *sum)
{
	int fd = open(disk, O_RDONLY | O_DIRECT | O_CLOEXEC);
	uint64_t *words = aligned_alloc(4096, HEAD_BYTES);
	bool read_all = fd >= 0 && words && pread(fd, words, HEAD_BYTES, 0) == HEAD_BYTES;
	size_t i;

	for (i = 0; read_all && i < HEAD_BYTES / sizeof(*words); i++)
		*sum = (*sum ^ words[i]) * 0x100000001b3;
	if (fd >= 0)
		close(fd);
	free(words);
	return read_all;
}

static int write_sum(const struct machine *machine, const char *path)
{
	uint64_t sum = 0xcbf29ce484222325;
	FILE *file = fopen(path, "we");
	bool read_all = true;
	unsigned i;

	if (!file)
		return -1;
	for (i = 0; i < machine->disk_count && read_all; i++)
		read_all = sum_head(machine->disks[i], &sum);
	if (read_all)
		fprintf(file, "%016" PRIx64 "\n", sum);
	else
		fputs("unreadable\n", file);
	return fclose(file);
}

int main(int argc, char **argv)
{
	struct machine machine = { .directory = "/run/torture" };
	const char *sum = NULL;
	bool examine = false;
	struct scene scene;
	int option;

	while ((option = getopt(argc, argv, "ei:s:")) >= 0) {
		if (option == 'i')
			read_known(&machine, optarg);
		else if (option == 's')
			sum = optarg;
		else if (option == 'e')
			examine = true;
		else
			return EXIT_FAILURE;
	}
	for (; optind < argc && machine.disk_count < SCENE_DISKS; optind++)
		snprintf(machine.disks[machine.disk_count++], sizeof(machine.disks[0]), "%s",
			 argv[optind]);
	if (!machine.disk_count)
		return EXIT_FAILURE;
	if (scene_take(&machine, &scene) < 0)
		return tell_messages(&machine);
	if (sum && write_sum(&machine, sum) < 0)
		return EXIT_FAILURE;
	fputs(scene.text, stdout);
	scene_release(&scene);
	if (examine && machine_examine(&machine) < 0)
		return tell_messages(&machine);
	return EXIT_SUCCESS;
}
