/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands in for libFuzzer: runs a fuzz target over files, one point of TAP each.  Without
 * operands these are the target's corpus, which its name tells: fuzz_conf, corpus/conf.
 * Each file is also given cut short, because most bounds are bounds of length.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/io.h"
#include "base/log.h"
#include "test/fuzz/fuzz.h"

enum { CUTS = 64 };

static void drop_message(void *data, enum log_level level, const char *line)
{
	(void)data;
	(void)level;
	(void)line;
}

/* The target sees a buffer of just this length, so that the sanitizers see every step beyond. */
static int run_exactly(const char *input, size_t len)
{
	AUTO_FREE uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		return -ENOMEM;
	if (len)
		memcpy(copy, input, len);
	LLVMFuzzerTestOneInput(copy, len);
	return 0;
}

static int replay_file(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_FREE char *input = NULL;
	size_t len, cut;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	len = (size_t)st.st_size;
	input = malloc(len + 1);
	r = input ? io_read(fd, input, len, 0) : -ENOMEM;
	for (cut = 0; !r && cut <= CUTS; cut++)
		r = run_exactly(input, len * cut / CUTS);
	return r;
}

static int is_input(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int list_corpus(const char *program, char directory[PATH_MAX], struct dirent ***names)
{
	const char *top = getenv("top_srcdir");
	const char *name = strstr(program, "fuzz_");

	while (name && strstr(name + 1, "fuzz_"))
		name = strstr(name + 1, "fuzz_");
	if (!name || snprintf(directory, PATH_MAX, "%s/test/fuzz/corpus/%s", top ? top : ".",
			      name + strlen("fuzz_")) >= PATH_MAX)
		return -1;
	return scandir(directory, names, is_input, alphasort);
}

static int replay_corpus(const char *program)
{
	struct dirent **names = NULL;
	char directory[PATH_MAX], path[PATH_MAX + 256];
	int i, r, count, failures = 0;

	count = list_corpus(program, directory, &names);
	if (count <= 0) {
		printf("Bail out! no corpus for %s\n", program);
		return 1;
	}
	printf("1..%d\n", count);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]->d_name);
		r = replay_file(path);
		failures += r < 0;
		printf("%s %d - %s\n", r < 0 ? "not ok" : "ok", i + 1, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return failures != 0;
}

static int replay_operands(int count, char **paths)
{
	int i, r, failures = 0;

	printf("1..%d\n", count);
	for (i = 0; i < count; i++) {
		r = replay_file(paths[i]);
		failures += r < 0;
		printf("%s %d - %s\n", r < 0 ? "not ok" : "ok", i + 1, paths[i]);
	}
	return failures != 0;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	log_set_sink(drop_message, NULL);
	return argc > 1 ? replay_operands(argc - 1, argv + 1) : replay_corpus(argv[0]);
}
