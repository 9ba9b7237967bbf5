/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Print what the metadata on some disks say and what the kernel has of the volumes on them (scene.h), as text
 * in which the same state is always the same.
 *
 *	state [-e] DISK...	-e: and on stderr, what svgck has to say
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

int main(int argc, char **argv)
{
	struct machine machine = { .directory = "/run/torture" };
	bool examine = argc > 1 && !strcmp(argv[1], "-e");
	struct scene scene;
	int i;

	for (i = examine ? 2 : 1; i < argc && machine.disk_count < SCENE_DISKS; i++)
		snprintf(machine.disks[machine.disk_count++], sizeof(machine.disks[0]), "%s",
			 argv[i]);
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
