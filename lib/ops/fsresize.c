/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops/fsresize.h"

#include "base/auto.h"
#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/program.h"
#include "base/text.h"
#include "base/units.h"
#include "dm/holder.h"
#include "dm/live.h"
#include "model/lv.h"
#include "ops/change.h"
#include "ops/closed.h"
#include "ops/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

/* e2fsck(8): 1 is "errors corrected". */
enum { E2FSCK_GOOD = 1, ANY_STATUS = 255, TOOL_TEXT = 160, TELL_MS = 10 * 1000 };

enum fs_abilities {
	FS_SHRINKS = 1u << 0,
	FS_NEEDS_MOUNT = 1u << 1,
	FS_SHRINKS_MOUNTED = 1u << 2,
};

struct fs_kind {
	const char *type, *tool, *mount_options;
	unsigned abilities; /* enum fs_abilities */
	uint64_t least_sectors;
};

/* fs/btrfs/ioctl.c: btrfs_ioctl_resize() refuses less, growing too. */
enum { BTRFS_LEAST_SECTORS = 256 << 11 };

static const struct fs_kind kinds[] = {
	{ "ext2", "resize2fs", NULL, FS_SHRINKS, 0 },
	{ "ext3", "resize2fs", NULL, FS_SHRINKS, 0 },
	{ "ext4", "resize2fs", NULL, FS_SHRINKS, 0 },
	/* nouuid: a snapshot of it may be mounted */
	{ "xfs", "xfs_growfs", "nouuid", FS_NEEDS_MOUNT, 0 },
	{ "btrfs", "btrfs", NULL, FS_SHRINKS | FS_SHRINKS_MOUNTED | FS_NEEDS_MOUNT,
	  BTRFS_LEAST_SECTORS },
};

static const struct fs_kind *find_kind(const char *type)
{
	unsigned i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].type, type))
			return &kinds[i];
	return NULL;
}

static bool shrinks(const struct fsresize *fs)
{
	return fs->wanted < fs->now;
}

static const char *run_dir(const struct fsresize *fs)
{
	return conf_text(change_session(fs->change)->conf, "global/run_dir");
}

/* --- tools --- */

/* The last line that says something. */
static const char *last_line(char *text)
{
	size_t len = strlen(text);
	char *start;

	while (len && text[len - 1] == '\n')
		text[--len] = 0;
	start = strrchr(text, '\n');
	return start ? start + 1 : text;
}

/* 0, or -EIO, reported, if the tool ended with a status above good. */
static int run_tool(const struct fsresize *fs, const char *const *argv, int good, char **output)
{
	const struct private_mount mount = { fs->path, fs->kind->type, fs->kind->mount_options,
					     run_dir(fs) };
	const bool to_mount = (fs->kind->abilities & FS_NEEDS_MOUNT) && !fs->point;
	const struct program program = {
		.label = fs->label,
		.argv = argv,
		.mount = to_mount ? &mount : NULL,
		.lock_fd = change_lock_fd(fs->change),
		.tell_ms = TELL_MS,
	};
	int status;

	if (to_mount && dir_make(mount.point, 0700) < 0)
		return fail_errno(_("%s: cannot make the directory"), mount.point);
	status = program_run(&program, output);
	if (status < 0)
		return status;
	detail("%s: %s: %s", fs->label, argv[0], *output);
	if (status <= good)
		return 0;
	return fail(-EIO, _("%s: %s failed with status %d: %s"), fs->label, argv[0], status,
		    last_line(*output));
}

static int run_resize(const struct fsresize *fs, uint64_t sectors)
{
	AUTO_FREE char *output = NULL;
	char size[48];
	const char *const resize2fs[] = { "resize2fs", fs->path, size, NULL },
			  *const xfs[] = { "xfs_growfs", fs->point ? fs->point : run_dir(fs),
					   NULL },
			  *const btrfs[] = { "btrfs",
					     "filesystem",
					     "resize",
					     size,
					     fs->point ? fs->point : run_dir(fs),
					     NULL };

	if (!strcmp(fs->kind->tool, "xfs_growfs"))
		return run_tool(fs, xfs, 0, &output);
	if (!strcmp(fs->kind->tool, "resize2fs")) {
		snprintf(size, sizeof(size), "%" PRIu64 "s", sectors);
		return run_tool(fs, resize2fs, 0, &output);
	}
	snprintf(size, sizeof(size), "%" PRIu64 ":%" PRIu64, fs->filesystem.device_id,
		 sectors * SECTOR_SIZE);
	return run_tool(fs, btrfs, 0, &output);
}

/* --- what cannot be done --- */

static int refuse_kind(const struct fsresize *fs)
{
	const char *type = fs->filesystem.type;
	char text[SIZE_TEXT];

	if (!fs->kind)
		return fail(-ENOTSUP,
			    _("%s: holds %s, which cannot be resized with it; resize it by hand"),
			    fs->label, type);
	if (shrinks(fs) && !(fs->kind->abilities & FS_SHRINKS))
		return fail(-EINVAL, _("%s: %s cannot shrink"), fs->label, type);
	if (fs->wanted < fs->kind->least_sectors)
		return fail(-EINVAL, _("%s: %s cannot be resized to less than %s"), fs->label, type,
			    size_print(fs->kind->least_sectors, text));
	if (fs->filesystem.devices > 1)
		return fail(-EINVAL, _("%s: its %s lies on several devices; resize it by hand"),
			    fs->label, type);
	if (!program_exists(fs->kind->tool))
		return fail(-ENOENT, _("%s: %s, which resizes %s, is not installed"), fs->label,
			    fs->kind->tool, type);
	return 0;
}

static int find_mount(struct fsresize *fs, const struct live_device *device)
{
	AUTO_FREE char *point = holder_mount_point(device->major, device->minor);

	if (!point)
		return closed_or_fail(fs->change, fs->lv,
				      _("its filesystem cannot be resized meanwhile"));
	fs->point = vg_text(fs->lv->vg, point);
	return fs->point ? 0 : -ENOMEM;
}

static int refuse_mounted(const struct fsresize *fs)
{
	struct statvfs st;

	if (!fs->point)
		return 0;
	if (shrinks(fs) && !(fs->kind->abilities & FS_SHRINKS_MOUNTED))
		return fail(-EBUSY, _("%s: mounted on %s; %s shrinks only while it is unmounted"),
			    fs->label, fs->point, fs->filesystem.type);
	if (statvfs(fs->point, &st) == 0 && (st.f_flag & ST_RDONLY))
		return fail(-EROFS, _("%s: mounted read-only on %s; it cannot be resized so"),
			    fs->label, fs->point);
	return 0;
}

/* "Estimated minimum size of the filesystem: 5041", in blocks; not told of one that is to be checked
 * before, and resize2fs will not make it too small then either */
static int refuse_full_ext(const struct fsresize *fs)
{
	const char *const argv[] = { "resize2fs", "-P", fs->path, NULL };
	const struct filesystem *found = &fs->filesystem;
	AUTO_FREE char *output = NULL;
	const char *number;
	uint64_t blocks;
	char text[SIZE_TEXT];
	int r = run_tool(fs, argv, ANY_STATUS, &output);

	if (r < 0)
		return r;
	number = strrchr(last_line(output), ' ');
	if (!number || number_parse(number + 1, &blocks) < 0 ||
	    blocks > UINT64_MAX / found->block_sectors)
		return 0;
	blocks *= found->block_sectors;
	if (blocks <= fs->wanted)
		return 0;
	return fail(-ENOSPC, _("%s: its %s cannot become smaller than %s"), fs->label, found->type,
		    size_print(blocks, text));
}

static int check_ext(const struct fsresize *fs)
{
	const char *const argv[] = { "e2fsck", "-f", "-p", fs->path, NULL };
	AUTO_FREE char *output = NULL;
	int r = 0;

	if (fs->point)
		return 0;
	if (shrinks(fs))
		r = refuse_full_ext(fs);
	if (!r && !fs->unchecked && !change_session(fs->change)->test)
		r = run_tool(fs, argv, E2FSCK_GOOD, &output);
	return r;
}

/* What can be mounted can be resized afterwards. */
static int check_mounting(const struct fsresize *fs)
{
	const char *const argv[] = { "true", NULL };
	AUTO_FREE char *output = NULL;

	if (fs->point || change_session(fs->change)->test)
		return 0;
	return run_tool(fs, argv, 0, &output);
}

static int prepare_resize(struct fsresize *fs, const struct live_device *device)
{
	int r;

	if (shrinks(fs) && fs->filesystem.size_sectors &&
	    fs->filesystem.size_sectors <= fs->wanted) {
		fs->wish = FS_CHECK;
		fs->fits = true;
		return 0;
	}
	fs->kind = find_kind(fs->filesystem.type);
	r = refuse_kind(fs);
	r = r < 0 ? r : find_mount(fs, device);
	r = r < 0 ? r : refuse_mounted(fs);
	if (r < 0)
		return r;
	fs->fits = true;
	return fs->kind->abilities & FS_NEEDS_MOUNT ? check_mounting(fs) : check_ext(fs);
}

static int check_size(struct fsresize *fs)
{
	const struct filesystem *found = &fs->filesystem;
	char text[SIZE_TEXT];

	if (!shrinks(fs))
		return 0;
	if (!found->size_sectors)
		return fail(-EINVAL, _("%s: how much of it is taken by %s is not known"), fs->label,
			    found->type);
	fs->fits = found->size_sectors <= fs->wanted;
	if (fs->fits)
		return 0;
	return fail(-EINVAL, _("%s: its %s takes %s; see --resizefs"), fs->label, found->type,
		    size_print(found->size_sectors, text));
}

static int ask_mounted(struct fsresize *fs, const struct live_device *device)
{
	AUTO_FREE char *point = holder_mount_point(device->major, device->minor);

	return point ? filesystem_ask(fs->label, point, &fs->filesystem) : 0;
}

int fsresize_prepare(struct fsresize *fs)
{
	const struct live_device *device = change_device(fs->change, fs->lv);
	const char *dev_dir = conf_text(change_session(fs->change)->conf, "devices/dir");
	AUTO_FREE char *path = NULL;
	int r;

	if (fs->wish == FS_IGNORE)
		return 0;
	if (fs->lv->store_of)
		return fail(-EINVAL, _("%s: is a snapshot's store, which holds no filesystem"),
			    fs->label);
	if (!device)
		return fail(-EINVAL, _("%s: must be active for its filesystem to be seen"),
			    fs->label);
	if (asprintf(&path, "%s/mapper/%s", dev_dir, device->name) < 0) {
		path = NULL;
		return fail_memory();
	}
	fs->path = vg_text(fs->lv->vg, path);
	if (!fs->path)
		return -ENOMEM;
	r = filesystem_find(fs->label, fs->path, &fs->filesystem);
	if (!r && fs->wish == FS_RESIZE)
		return fail(-EINVAL, _("%s: holds no filesystem"), fs->label);
	if (r <= 0)
		return r;
	r = ask_mounted(fs, device);
	if (r < 0)
		return r;
	return fs->wish == FS_CHECK ? check_size(fs) : prepare_resize(fs, device);
}

/* --- doing it --- */

static int undo_shrink(void *data)
{
	struct fsresize *fs = data;

	return run_resize(fs, fs->now);
}

/* Believed is what the filesystem says of itself.  A step that fails has to leave nothing behind. */
static int shrink(void *data)
{
	struct fsresize *fs = data;
	struct filesystem after;
	int r;

	change_session(fs->change)->touched = true;
	r = run_resize(fs, fs->wanted);
	if (r < 0)
		return r;
	r = filesystem_find(fs->label, fs->path, &after);
	if (r > 0 && after.size_sectors && after.size_sectors <= fs->wanted)
		return 0;
	if (r >= 0)
		r = fail(-EIO, _("%s: its %s did not become small enough"), fs->label,
			 fs->filesystem.type);
	undo_shrink(fs);
	return r;
}

static char *step_text(const struct fsresize *fs, const char *verb)
{
	char *text = vg_alloc(fs->lv->vg, TOOL_TEXT + 2 * NAME_LEN);

	if (text)
		snprintf(text, TOOL_TEXT + 2 * NAME_LEN, "%s%s on %s to %" PRIu64 "s", verb,
			 fs->filesystem.type, fs->label, fs->wanted);
	return text;
}

int fsresize_stage(struct fsresize *fs)
{
	struct plan_act act = { .run = shrink, .undo = undo_shrink, .data = fs };

	if (fs->wish != FS_RESIZE)
		return 0;
	act.text = step_text(fs, "shrink  ");
	return act.text ? change_act(fs->change, BEFORE_DEVICES, &act) : -ENOMEM;
}

int fsresize_grow(struct fsresize *fs)
{
	const char *text;
	int r;

	if (fs->wish != FS_RESIZE)
		return 0;
	if (change_session(fs->change)->test) {
		text = step_text(fs, "grow    ");
		if (text && change_session(fs->change)->plan)
			fprintf(change_session(fs->change)->plan, "%s\n", text);
		return text ? 0 : -ENOMEM;
	}
	change_session(fs->change)->touched = true;
	r = run_resize(fs, fs->wanted);
	if (!r)
		say(_("%s: its %s has grown with it"), fs->label, fs->filesystem.type);
	return r;
}
