/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every command meets every broken disk (damage.h) and survives it.
 *
 * The disks are image files and nothing is activated, so that this needs no kernel.  Beside the disk
 * that is broken there is a sound one with a group of its own, which must stay as visible as it was.
 *
 * Its group has no other device, or one that is sound.
 *
 * What must hold of each command on each disk: it ends by itself and soon, with a status it may have;
 * if that is a failure it says which device or group it is about, and has changed nothing; what it
 * prints can be shown on a terminal, and is UTF-8 if it is JSON.  A disk that svgck finds sound is
 * one that changes leave so.  svcheck's verdict is the one that the damage has by LVM2's and the
 * kernel's rules where these are plain, else at least as bad as svgck's.
 *
 * Each field is broken with one value that breaks it, if there is any, and met by svcheck, by the
 * commands that read it, and by a few of the others; stores are cheap, and get all their values.
 *
 * BROKEN_SEED	other values and other commands (0)
 * BROKEN_ALL	if set, all values and all commands
 */
#include "damage.h"
#include "scratch.h"
#include "tap.h"

#include <ctype.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	IMAGE = DAMAGE_IMAGE, /* of the broken disk */
	OTHER_IMAGE = 2 << 20,
	WORDS = 20,
	OUTPUT = 1 << 16,
	LIMIT_SECONDS = 20,
	DISKS = 4,
	MOST_TRIES = 8, /* for a value that breaks a line of text */
};

/* "@1" stands for the path of the broken disk, "@3" for a blank one; "@4" may be in the group, too. */
static const char *const looks[] = {
	"svs -a -o +all",
	"svgs -o +all",
	"svpvs -a -o +all",
	"svgck",
	"svdisplay -m",
	"svgdisplay -v",
	"svpvdisplay -m",
	"svscan",
	"svs --reportformat json -o +seg_all",
	"svrecover -t",
	"svgcfgbackup -t",
	"svcheck",
	"svcheck vg",
	"svpvscan",
	"svgscan",
	"svgmknodes",
	"fullreport",
	"svcheck --reportformat json",
	"svpvs --reportformat json_std -o +all",
};

static const char *const changes[] = {
	"svcreate -an -Zn -l 1 -n new vg",
	"svcreate -an -s -l 2 -n new vg/base",
	"svremove -f vg/snap",
	"svremove -f vg/base",
	"svrename vg/base other",
	"svextend -l +1 vg/base",
	"svreduce -f -l -1 vg/base",
	"svresize -L +64k vg/snap",
	"svresize -f -L -64k vg/snap",
	"svchange --addtag t vg/base",
	"svchange -p r vg/snap",
	"svconvert -y --splitsnapshot vg/snap",
	"svconvert --merge vg/snap",
	"svmerge --cancel vg/snap",
	"svgextend vg @3",
	"svgreduce vg @1",
	"svgreduce --removemissing vg",
	"svgremove -f vg",
	"svgrename vg other",
	"svgchange --addtag t vg",
	"svgcfgrestore vg",
	"svgchange -u vg",
	"svgchange -s 32k vg",
	"svgck --updatemetadata vg",
	"svpvcreate @1",
	"svpvresize --setphysicalvolumesize 1m @1",
	"svpvchange --addtag t @1",
	"svpvchange -u @1",
	"svpvcreate -ff -y @1",
	"svpvremove @1",
	"svpvremove -ff -y @1",
	"svrecover vg",
	"svgsplit vg vgnew @4",
	"svgmerge vg well",
	"svgmerge well vg",
	"svgexport vg",
	"svgimport vg",
	"svgcreate vgnew @1",
	"svgcreate vg @3",
	"svconvert -y -s vg/base vg/snap",
	"svchange -ay vg",
	"svpvresize @1",
};

enum { LOOKS = sizeof(looks) / sizeof(looks[0]), CHANGES = sizeof(changes) / sizeof(changes[0]) };

struct bench {
	struct scratch scratch;
	char path[DISKS][SCRATCH_TEXT];
	unsigned char *image[DISKS]; /* mapped */
	unsigned char *pristine[DISKS], *broken;
	char config[2048];
	char output[OUTPUT], errors[OUTPUT];
	unsigned seed;
	bool all;
	bool beside;   /* a companion */
	bool is_sound; /* the broken disk, to svgck */
};

/* Damages, and the commands that read what they break, on every disk of theirs. */
struct kind {
	damage_kind *damage;
	unsigned values;
	const char *const *readers;
	bool svgck_is_blind; /* to all of them; all are met by svcheck once */
	unsigned step;	     /* beside a companion one field in so many */
};

/* --- running a command --- */

static void child(const struct bench *bench, char *const argv[])
{
	char binary[4096], text[SCRATCH_TEXT];
	const char *const names[] = { "/dev/null", scratch_path(&bench->scratch, "out", text) };
	int i, fd;

	for (i = 0; i < 3; i++) {
		char err[SCRATCH_TEXT];
		const char *name = i == 2 ? scratch_path(&bench->scratch, "err", err) : names[i];

		fd = open(name, i ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, 0600);
		if (fd < 0 || dup2(fd, i) < 0)
			_exit(126);
	}
	alarm(LIMIT_SECONDS);
	snprintf(binary, sizeof(binary), "%s/snapvol", getenv("SNAPVOL_BIN_DIR"));
	execv(binary, argv);
	_exit(127);
}

static void read_output(const struct bench *bench, const char *name, char buffer[OUTPUT])
{
	char path[SCRATCH_TEXT];
	FILE *file = fopen(scratch_path(&bench->scratch, name, path), "re");
	size_t len = file ? fread(buffer, 1, OUTPUT - 1, file) : 0;

	buffer[len] = 0;
	if (file)
		fclose(file);
}

/* The exit status, or 128 and the signal. */
static int run(struct bench *bench, const char *command)
{
	char words[512], *argv[WORDS] = { (char *)"snapvol" }, *word, *rest = words;
	unsigned count = 1;
	int status;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", command);
	while (count < WORDS - 3 && (word = strsep(&rest, " "))) {
		argv[count++] = *word == '@' ? bench->path[word[1] - '1'] : word;
		if (count != 2)
			continue;
		argv[count++] = (char *)"--config";
		argv[count++] = bench->config;
	}
	argv[count] = NULL;
	pid = fork();
	if (!pid)
		child(bench, argv);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	read_output(bench, "out", bench->output);
	read_output(bench, "err", bench->errors);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* --- set-up --- */

static void must(struct bench *bench, const char *command)
{
	if (!run(bench, command))
		return;
	fprintf(stderr, "%s\n%s", command, bench->errors);
	abort();
}

static size_t size_of(unsigned i)
{
	return i ? OTHER_IMAGE : IMAGE;
}

static void map_disk(struct bench *bench, unsigned i)
{
	char name[] = "disk0";
	int fd;

	name[4] = (char)('1' + i);
	scratch_image(&bench->scratch, name, size_of(i));
	scratch_path(&bench->scratch, name, bench->path[i]);
	fd = open(bench->path[i], O_RDWR | O_CLOEXEC);
	bench->image[i] = mmap(NULL, size_of(i), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	bench->pristine[i] = malloc(size_of(i));
	if (fd < 0 || bench->image[i] == MAP_FAILED || !bench->pristine[i])
		abort();
	close(fd);
}

static void set_config(struct bench *bench)
{
	const char *dir = bench->scratch.path;

	snprintf(bench->config, sizeof(bench->config),
		 "devices/only=[\"%s\",\"%s\",\"%s\",\"%s\"] activation{enabled=0 udev_sync=0} "
		 "global{locking_dir=\"%s/lock\" run_dir=\"%s/run\"} backup{archive=0 backup=0 "
		 "backup_dir=\"%s/backup\"}",
		 bench->path[0], bench->path[1], bench->path[2], bench->path[3], dir, dir, dir);
}

static struct damage damage_in(const struct bench *bench)
{
	return damage_of(bench->broken, bench->pristine[1]);
}

static void make_groups(struct bench *bench, bool has_companion)
{
	struct damage damage;
	unsigned i;

	must(bench, "svgcreate -s 64k --metadatasize 60k --dataalignment 128k vg @1");
	if (has_companion)
		must(bench, "svgextend vg @4");
	must(bench, "svcreate -an -Zn -l 17 -n base vg");
	must(bench, "svcreate -an -s -l 18 -n snap vg/base");
	if (has_companion)
		must(bench, "svcreate -an -Zn -i 2 -I 4k -l 2 -n wide vg");
	must(bench, "svgcfgbackup vg");
	must(bench, "svgcreate -s 64k --metadatasize 60k --dataalignment 128k well @2");
	must(bench, "svcreate -an -Zn -l 8 -n volume well");
	for (i = 0; i < DISKS; i++)
		memcpy(bench->pristine[i], bench->image[i], size_of(i));
	damage = damage_in(bench);
	damage.image = bench->pristine[0];
	damage_fill_store(&damage);
	memcpy(bench->image[0], bench->pristine[0], IMAGE);
	must(bench, "svcheck");
}

static void bench_init(struct bench *bench, bool has_companion)
{
	const char *seed = getenv("BROKEN_SEED");
	unsigned i;

	bench->seed = seed ? (unsigned)strtoul(seed, NULL, 10) : 0;
	bench->all = getenv("BROKEN_ALL");
	bench->beside = has_companion;
	scratch_init(&bench->scratch);
	scratch_dir(&bench->scratch, "lock");
	scratch_dir(&bench->scratch, "run");
	for (i = 0; i < DISKS; i++)
		map_disk(bench, i);
	bench->broken = malloc(IMAGE);
	if (!bench->broken)
		abort();
	set_config(bench);
	make_groups(bench, has_companion);
}

static void bench_release(struct bench *bench)
{
	unsigned i;

	for (i = 0; i < DISKS; i++) {
		munmap(bench->image[i], size_of(i));
		free(bench->pristine[i]);
	}
	free(bench->broken);
	scratch_release(&bench->scratch);
}

/* --- what must hold --- */

static bool is_clean(const char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text) && *text != '\n' && *text != '\t')
			return false;
	return true;
}

/* Whether svcheck has a line of which that holds. */
static bool any_line(const struct bench *bench, bool (*holds)(const char *line, const char *what),
		     const char *what)
{
	const char *at = bench->output;
	char line[1024];

	for (; *at; at += at[strcspn(at, "\n")] ? strcspn(at, "\n") + 1 : strlen(at)) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		if (holds(line, what))
			return true;
	}
	return false;
}

static bool begins(const char *line, const char *what)
{
	return !strncmp(line, what, strlen(what));
}

/* About the group or a volume of it, as text or as JSON, and not that it is well. */
static bool is_trouble(const char *line, const char *vg)
{
	const char *object = strstr(line, "\"object\":\"");
	const size_t len = strlen(vg);

	if (object && strstr(line, "\"severity\":\"good\""))
		return false;
	line = object ? object + strlen("\"object\":\"") : line;
	return begins(line, vg) && strchr(":/\"", line[len]) && !strstr(line, ": sound") &&
	       !strstr(line, ": valid");
}

/* The group's name may be what is broken, and stand within. */
static bool tells_of_broken(const struct bench *bench, const struct damage *damage)
{
	return strstr(bench->output, bench->path[0]) ||
	       (!damage->names_device && any_line(bench, is_trouble, "vg"));
}

/* svcheck's word is its report. */
static bool names_object(const struct bench *bench, const struct damage *damage,
			 const char *command)
{
	if (!strncmp(command, "svcheck", 7))
		return tells_of_broken(bench, damage);
	return strstr(bench->errors, bench->path[0]) || strstr(bench->errors, bench->path[2]) ||
	       strstr(bench->errors, bench->path[3]) || strstr(bench->errors, "vg:") ||
	       strstr(bench->errors, "vg/") || strstr(bench->errors, "vg ");
}

static bool is_merge(const char *command)
{
	return !strncmp(command, "svmerge vg/", 11) || strstr(command, "svconvert --merge");
}

/* What is merged is written to the origin. */
static bool merges_no_damage(int status, const struct damage *damage, const char *command)
{
	if (!is_merge(command) || !damage->says)
		return true;
	return status == (damage->verdict < DAMAGE_INVALID && !damage->unmergeable ? 0 : 5);
}

static bool is_utf8(const char *text)
{
	const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	const locale_t before = locale ? uselocale(locale) : NULL;
	const bool result = mbstowcs(NULL, text, 0) != (size_t)-1;

	if (!locale)
		abort();
	uselocale(before);
	freelocale(locale);
	return result;
}

/* As the manual pages have it. */
static bool is_expected(int status, const char *command)
{
	if (!strncmp(command, "svcheck", 7) && status >= 10 && status <= 12)
		return true;
	return status == 0 || status == 3 || status == 5;
}

/* What it could mend it has mended, and says that there is more. */
static bool may_mend_a_part(const char *command)
{
	return strstr(command, "--updatemetadata") != NULL;
}

/* The group loses the disk then, as it is meant to. */
static bool takes_disk_away(const char *command)
{
	return strstr(command, " -ff ") != NULL;
}

static bool is_unchanged(const struct bench *bench)
{
	unsigned i;

	for (i = 1; i < DISKS; i++)
		if (memcmp(bench->image[i], bench->pristine[i], size_of(i)) != 0)
			return false;
	return !memcmp(bench->image[0], bench->broken, IMAGE);
}

static void expect(const struct bench *bench, bool holds, const char *what, const char *where)
{
	char text[2048];

	if (holds)
		return;
	snprintf(text, sizeof(text), "%s, %s: %.500s", where, what, bench->errors);
	tap_check(false, text, __FILE__, __LINE__);
}

static void try(struct bench *bench, const struct damage *damage, const char *command,
		bool only_looks)
{
	char where[DAMAGE_TEXT + 128];
	int status = run(bench, command);

	snprintf(where, sizeof(where), "%s [%s] status %d", damage->what, command, status);
	expect(bench, is_expected(status, command), "status", where);
	expect(bench, merges_no_damage(status, damage, command), "merged or not", where);
	expect(bench, is_clean(bench->output) && is_clean(bench->errors), "output", where);
	expect(bench, !strstr(command, "json") || is_utf8(bench->output), "no UTF-8", where);
	expect(bench, !status || names_object(bench, damage, command), "no name", where);
	if (only_looks || (status && !may_mend_a_part(command)))
		expect(bench, is_unchanged(bench), "changed", where);
	else if (!status && bench->is_sound && !takes_disk_away(command))
		expect(bench, !run(bench, "svgck"), "not sound any more", where);
}

/* The verdict that the damage has. */
static void try_svcheck(struct bench *bench, const struct damage *damage)
{
	char where[DAMAGE_TEXT + 384];
	int status = run(bench, "svcheck");

	snprintf(where, sizeof(where), "%s [svcheck] status %d\n%.200s", damage->what, status,
		 bench->output);
	if (damage->verdict != DAMAGE_UNJUDGED)
		expect(bench, status == damage->verdict, "another verdict", where);
	expect(bench, bench->is_sound || status, "sound to svcheck", where);
	expect(bench, !status || tells_of_broken(bench, damage), "no name", where);
	expect(bench, !damage->says || any_line(bench, begins, damage->says), "says something else",
	       where);
	expect(bench, is_unchanged(bench), "changed", where);
}

static void restore(struct bench *bench)
{
	unsigned i;

	if (memcmp(bench->image[0], bench->broken, IMAGE) != 0)
		memcpy(bench->image[0], bench->broken, IMAGE);
	for (i = 1; i < DISKS; i++)
		if (memcmp(bench->image[i], bench->pristine[i], size_of(i)) != 0)
			memcpy(bench->image[i], bench->pristine[i], size_of(i));
}

static void try_all(struct bench *bench, const struct kind *kind, const struct damage *damage,
		    unsigned n)
{
	const unsigned each = bench->all ? 1 : LOOKS / 2;
	unsigned i;

	for (i = n % each; i < LOOKS; i += each)
		try(bench, damage, looks[i], true);
	expect(bench,
	       run(bench, "svs --noheadings -o lv_name well") == 0 &&
		       strstr(bench->output, "volume"),
	       "the sound group", damage->what);
	for (i = 0; kind->readers[i]; i++) {
		restore(bench);
		try(bench, damage, kind->readers[i], false);
	}
	for (i = n % (each * 3); i < CHANGES; i += bench->all ? 1 : each * 3) {
		restore(bench);
		try(bench, damage, changes[i], false);
	}
}

static enum damage_result make_disk(struct bench *bench, const struct kind *kind,
				    struct damage *damage, unsigned field, unsigned value)
{
	enum damage_result result;

	memcpy(bench->broken, bench->pristine[0], IMAGE);
	result = kind->damage(damage, field, value);
	if (result != DAMAGE_DONE)
		return result;
	restore(bench);
	bench->is_sound = kind->svgck_is_blind || !run(bench, "svgck");
	return result;
}

/* A value that breaks the field, from a certain one on; one that does not if there is none. */
static unsigned choose(struct bench *bench, const struct kind *kind, unsigned field)
{
	const unsigned first = field * 7 + bench->seed;
	struct damage damage = damage_in(bench);
	unsigned i, value, chosen = 0, tries = 0;

	for (i = 0; i < kind->values && tries < MOST_TRIES; i++) {
		value = (first + i) % kind->values;
		if (make_disk(bench, kind, &damage, field, value) != DAMAGE_DONE)
			continue;
		chosen = value;
		tries++;
		if (damage.verdict > 0 || !bench->is_sound)
			break;
	}
	return chosen;
}

/* False: there are not so many. */
static bool try_field(struct bench *bench, const struct kind *kind, unsigned field)
{
	struct damage damage = damage_in(bench);
	const unsigned chosen = choose(bench, kind, field);
	enum damage_result result = DAMAGE_NO_VALUE;
	unsigned value;

	for (value = 0; value < kind->values && result != DAMAGE_NO_FIELD; value++) {
		if (value != chosen && !bench->all && (bench->beside || !kind->svgck_is_blind))
			continue;
		result = make_disk(bench, kind, &damage, field, value);
		if (result != DAMAGE_DONE)
			continue;
		try_svcheck(bench, &damage);
		if (value == chosen || bench->all)
			try_all(bench, kind, &damage, field + value + bench->seed);
	}
	return result != DAMAGE_NO_FIELD;
}

static void try_kind_beside(const struct kind *kind, bool has_companion)
{
	struct bench bench = { 0 };
	unsigned field = 0;

	bench_init(&bench, has_companion);
	while (try_field(&bench, kind, field))
		field += has_companion && !bench.all ? kind->step : 1;
	CHECK(field > 10);
	bench_release(&bench);
}

static void try_kind(const struct kind *kind)
{
	if (geteuid() != 0) {
		tap_skip("needs root");
		return;
	}
	try_kind_beside(kind, false);
	try_kind_beside(kind, true);
}

TEST("a text as large as its device is that device's damage, nobody else's")
{
	const off_t size = 64LL << 30; /* sparse */
	static const char *const unharmed[] = { "svs well", "svchange --addtag t well/volume" };
	struct bench bench = { 0 };
	struct damage damage;

	if (geteuid() != 0) {
		tap_skip("needs root");
		return;
	}
	bench_init(&bench, false);
	damage = damage_in(&bench);
	damage.image = bench.image[0];
	damage_hollow(&damage, (uint64_t)size);
	if (truncate(bench.path[0], size) < 0)
		abort();
	for (unsigned i = 0; i < sizeof(unharmed) / sizeof(unharmed[0]); i++) {
		CHECK_INT(run(&bench, unharmed[i]), 0);
		CHECK(strstr(bench.errors, bench.path[0]));
	}
	CHECK_INT(run(&bench, "svcheck"), 12);
	CHECK(strstr(bench.output, bench.path[0]) && strstr(bench.output, "well: sound"));
	bench_release(&bench);
}

TEST("broken labels are survived")
{
	static const char *const readers[] = { "svrecover", "svrecover vg", NULL };
	static const struct kind kind = { damage_label, DAMAGE_NUMBERS, readers, .step = 1 };

	try_kind(&kind);
}

TEST("broken headers of metadata areas are survived")
{
	static const char *const readers[] = { "svrecover", "svrecover vg", NULL };
	static const struct kind kind = { damage_header, DAMAGE_NUMBERS, readers, .step = 2 };

	try_kind(&kind);
}

TEST("broken metadata texts are survived")
{
	static const char *const readers[] = { "svrecover vg", NULL };
	static const struct kind kind = { damage_text, DAMAGE_WAYS, readers, .step = 3 };

	try_kind(&kind);
}

TEST("broken COW stores are survived")
{
	static const char *const readers[] = {
		"svconvert --merge vg/snap",
		"svmerge vg/snap",
		"svremove -f vg/snap",
		"svrecover",
		"svrecover vg",
		NULL,
	};
	static const struct kind kind = { damage_store, DAMAGE_NUMBERS, readers,
					  .svgck_is_blind = true, .step = 2 };

	try_kind(&kind);
}

TEST("bytes in metadata that are no UTF-8 are none in JSON")
{
	struct bench bench = { 0 };
	struct damage damage;

	if (geteuid() != 0) {
		tap_skip("needs root");
		return;
	}
	bench_init(&bench, true);
	damage = damage_in(&bench);
	damage.image = bench.image[0];
	damage_line(&damage, "pv1 {", "device", "device = \"/dev/\377\233\"");
	memset(bench.image[3], 0, OTHER_IMAGE);
	CHECK_INT(run(&bench, "svcheck --reportformat json"), 12);
	CHECK(strstr(bench.output, "last seen as /dev/\357\277\275\357\277\275)"));
	CHECK(is_utf8(bench.output));
	bench_release(&bench);
}

TEST_MAIN
