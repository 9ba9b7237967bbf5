/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lvm2.h"

#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { LINES = 128, LINE = 320, PATH_LEN = 256, PATIENCE_MS = 60000 };

/* One process for all: most of what LVM2 takes is to start.  Who finds nothing to say has no output but the list. */
static const char SCRIPT[] =
	"#!lvm\n"
	"vgck\n"
	"lvs --all --noheadings --units s --nosuffix -o vg_name,lv_name,lv_size\n";

/* "VG LV SECTORS" each. */
struct list {
	char line[LINES][LINE];
	unsigned count;
};

static int complain(const char *what)
{
	const int code = errno ? -errno : -EIO;

	perror(what);
	return code;
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* --- what is to be shown --- */

static unsigned extent_of(const struct scene *scene, const char *vg)
{
	char name[SCENE_NAME];
	const char *at;
	unsigned extent;

	for (at = scene->text; at && *at; at = strchr(at, '\n') + 1)
		if (sscanf(at, "group %127s flags %*x extent %u", name, &extent) == 2 &&
		    !strcmp(name, vg))
			return extent;
	return 0;
}

static void list_wanted(const struct scene *scene, struct list *list)
{
	char vg[SCENE_NAME], lv[SCENE_NAME];
	unsigned long long extents;
	const char *at;

	for (at = scene->text; *at && list->count < LINES; at = strchr(at, '\n') + 1)
		if (sscanf(at, "volume %127[^/]/%127s extents %llu", vg, lv, &extents) == 3)
			snprintf(list->line[list->count++], LINE, "%s %s %llu", vg, lv,
				 extents * extent_of(scene, vg));
	qsort(list->line, list->count, LINE, compare_lines);
}

/* --- what is shown --- */

/* Hidden volumes have brackets.  A line that is none of a list is one that is not wanted. */
static void list_shown(FILE *file, struct list *list)
{
	char text[LINE], vg[SCENE_NAME], lv[SCENE_NAME], size[32], *line;

	while (list->count < LINES && fgets(text, sizeof(text), file)) {
		line = list->line[list->count++];
		if (sscanf(text, " %127s [%127[^]]] %31[0-9]", vg, lv, size) == 3 ||
		    sscanf(text, " %127s %127s %31[0-9]", vg, lv, size) == 3)
			snprintf(line, LINE, "%s %s %s", vg, lv, size);
		else
			snprintf(line, LINE, "%.*s", (int)strcspn(text, "\n"), text);
	}
	qsort(list->line, list->count, LINE, compare_lines);
}

static bool are_same(const struct list *one, const struct list *other)
{
	unsigned i;

	for (i = 0; i < one->count && i < other->count; i++)
		if (strcmp(one->line[i], other->line[i]) != 0)
			return false;
	return one->count == other->count;
}

/* --- asking --- */

static int write_script(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file || fputs(SCRIPT, file) < 0)
		return complain(path);
	return fclose(file) ? complain(path) : 0;
}

/* Its status, or -ETIMEDOUT. */
static int wait_for(pid_t pid)
{
	unsigned ms;
	int status = 0;

	for (ms = 0; ms < PATIENCE_MS; ms++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
		usleep(1000);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	errno = ETIMEDOUT;
	return complain("lvm");
}

static int start(const char *script, const char *output, const char *messages)
{
	char *const words[] = { (char[]) { "lvm" }, strdup(script), NULL };
	const int flags = O_WRONLY | O_CREAT | O_TRUNC;
	posix_spawn_file_actions_t files;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, flags, 0600);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, messages, flags, 0600);
	errno = posix_spawnp(&pid, words[0], &files, NULL, words, environ);
	posix_spawn_file_actions_destroy(&files);
	free(words[1]);
	return errno ? complain("lvm") : wait_for(pid);
}

static void copy_to(FILE *out, FILE *in)
{
	char text[LINE];

	while (fgets(text, sizeof(text), in))
		fputs(text, out);
}

/* With the files of what it has said open. */
static bool compare(const struct scene *scene, int status, FILE *output, FILE *messages, FILE *said)
{
	struct list wanted = { .count = 0 }, shown = { .count = 0 };
	unsigned i;
	int first = getc(messages);

	list_wanted(scene, &wanted);
	list_shown(output, &shown);
	if (!status && first == EOF && are_same(&wanted, &shown))
		return true;
	fprintf(said, "status %d, shows:\n", status);
	for (i = 0; i < shown.count; i++)
		fprintf(said, "%s\n", shown.line[i]);
	fprintf(said, "not:\n");
	for (i = 0; i < wanted.count; i++)
		fprintf(said, "%s\n", wanted.line[i]);
	fprintf(said, "and says:\n");
	rewind(messages);
	copy_to(said, messages);
	return false;
}

int lvm2_agrees(const char *directory, const struct scene *scene, char **said)
{
	char script[PATH_LEN], output[PATH_LEN], messages[PATH_LEN];
	FILE *out, *shown, *told;
	size_t size;
	int r;

	snprintf(script, sizeof(script), "%s/lvm2.script", directory);
	snprintf(output, sizeof(output), "%s/lvm2.output", directory);
	snprintf(messages, sizeof(messages), "%s/lvm2.messages", directory);
	r = write_script(script);
	r = r < 0 ? r : start(script, output, messages);
	if (r < 0)
		return r;
	out = open_memstream(said, &size);
	shown = fopen(output, "re");
	told = fopen(messages, "re");
	r = out && shown && told ? compare(scene, r, shown, told, out) : complain(output);
	if (out)
		fclose(out);
	if (shown)
		fclose(shown);
	if (told)
		fclose(told);
	return r;
}
