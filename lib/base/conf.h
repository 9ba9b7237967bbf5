/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_BASE_CONF_H
#define SNAPVOL_BASE_CONF_H

/*
 * Settings.
 *
 * One const table (conf.c) holds every setting: its path ("activation/udev_timeout"), kind,
 * default and help.  A setting that LVM2 has too has its name and its unit there, so that LVM2's
 * own files are read by the same table.  A value comes from the last of: the default, lvm.conf and
 * lvmlocal.conf, snapvol.conf (in the same syntax), a profile, --config text.  A path that is not in
 * the table, or a value of the wrong kind, is an error that names the place; but of LVM2's files and profiles
 * only what is in the table is looked at, with a warning for a value of the wrong kind, and a path
 * that --config names and nobody knows is a warning, because it may be one of LVM2's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum setting_kind { SETTING_BOOL, SETTING_NUMBER, SETTING_TEXT, SETTING_LIST };

struct setting {
	const char *path;		/* "section/name" */
	enum setting_kind kind;
	const char *preset; /* the default, as written in the file; empty: a list that is not set */
	const char *help;		/* N_() */
};

struct conf;

/* All defaults; NULL, reported, only without memory. */
struct conf *conf_new(void);
void conf_free(struct conf **conf);

/* Read a file; one that does not exist is no error and gives 0, else 1 or a negative errno. */
int conf_load(struct conf *conf, const char *path);

/* Read lvm.conf and lvmlocal.conf in that directory, and lvm_TAG.conf for each tag of this host, as far as they exist;
 * below it are also the copies of metadata.  An empty name means, as for LVM2: no files, and no copies. */
int conf_load_lvm2(struct conf *conf, const char *dir);

/* Read NAME.profile in the directory that config/profile_dir names.  0, or negative, reported: also if
 * there is none. */
int conf_load_profile(struct conf *conf, const char *name);

/* That directory; empty if none was given. */
const char *conf_lvm2_dir(const struct conf *conf);

/* "section/name=value section { name = value }": what --config takes. */
int conf_override(struct conf *conf, const char *text);

/* Whether any such text has this setting: it was said for this command, not for all. */
bool conf_is_overridden(const struct conf *conf, const char *path);

/* Whether a list that has no default is set: an empty one is another thing than none. */
bool conf_is_set(const struct conf *conf, const char *path);

/* This host's tags, one by one as conf_list_item(): what LVM2's files name in the section "tags" for this host, or with
 * tags/hosttags its name. */
const char *conf_host_tag(const struct conf *conf, unsigned index);

/* Values; asking for a path that is not in the table is a programming error (assert). */
bool conf_bool(const struct conf *conf, const char *path);
uint64_t conf_number(const struct conf *conf, const char *path);

/* A number of seconds in milliseconds; what does not fit is the longest limit there is, 49 days. */
unsigned conf_limit_ms(const struct conf *conf, const char *path);

const char *conf_text(const struct conf *conf, const char *path);

/* The strings of a list one by one: index from 0; NULL after the last. */
const char *conf_list_item(const struct conf *conf, const char *path, unsigned index);

/* The table, ended by a row without path. */
const struct setting *conf_settings(void);

enum conf_print { CONF_DEFAULT, CONF_CURRENT, CONF_DIFF, CONF_FULL };

/* Print the settings as a file that conf_load() reads; CONF_DEFAULT has the help as comments.
 * Whether all could be written is known when out is flushed. */
int conf_print(const struct conf *conf, FILE *out, enum conf_print what);

/* Print them as lvmconfig does: "section/name", a section, or with NULL all.  Current is then what files and
 * options say, be it known here or not; full is what holds, said or not.  0; or -ENOENT, reported, if nothing
 * is known of it. */
int conf_write(const struct conf *conf, FILE *out, enum conf_print what, const char *path);

#endif
