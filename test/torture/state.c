/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Print what the metadata on some disks say and what the kernel has of the volumes on them (scene.h), as text
 * in which the same state is always the same.
 *
 *	state [-e] [-i IDENTITY,...] DISK...	-e: and on stderr, what svgck has to say; -i: PVs have the first,
 *					second, ... of these identities, or a new one
 *
 * One process in place of the many that svs, dmsetup and awk would be.
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	struct machine machine = { .directory = "/run/torture" };
	bool examine = false;
	struct scene scene;
	int option;

	while ((option = getopt(argc, argv, "ei:")) >= 0) {
		if (option == 'i')
			read_known(&machine, optarg);
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
	fputs(scene.text, stdout);
	scene_release(&scene);
	if (examine && machine_examine(&machine) < 0)
		return tell_messages(&machine);
	return EXIT_SUCCESS;
}
