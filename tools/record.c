/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/record.h"

#include "base/conf.h"
#include "base/log.h"
#include "base/text.h"
#include "tools/applet.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

enum { LINE_SIZE = 4096 };

/* What systemd.journal-fields(7) wants: a field a line.  Who has no journal has nowhere to put it. */
static void tell_journal(const struct record *record, int priority, const char *message)
{
	static const struct sockaddr_un address = {
		.sun_family = AF_UNIX,
		.sun_path = "/run/systemd/journal/socket",
	};
	char text[LINE_SIZE];
	int len = snprintf(text, sizeof(text), "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE=%.3000s\n",
			   priority, record->command, message);

	sendto(record->journal, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL,
	       (const struct sockaddr *)&address, sizeof(address));
}

static void keep(void *data, enum log_level level, const char *line)
{
	const struct record *record = data;
	const int priority = log_priority(level);

	if (priority <= (int)record->level) {
		if (record->file)
			fprintf(record->file, "%s[%ld]: %s\n", record->command, (long)getpid(), line);
		if (record->syslog)
			syslog(priority, "%s", line);
	}
	if (record->journal >= 0 && priority <= (int)record->journal_level)
		tell_journal(record, priority, line);
}

static int open_file(struct record *record, const struct conf *conf)
{
	const char *path = conf_text(conf, "log/file");

	if (*path) {
		record->file = fopen(path, conf_bool(conf, "log/overwrite") ? "we" : "ae");
		if (!record->file)
			return fail_errno(_("%s: cannot write messages to it"), path);
		setvbuf(record->file, NULL, _IOLBF, 0);
	}
	if (record->syslog)
		openlog(record->command, LOG_PID, LOG_USER);
	return 0;
}

enum { LINES = 1u << 0, OUTPUT = 1u << 1, DEBUG = 1u << 2 };

static unsigned journal_word(const char *word)
{
	if (!strcmp(word, "command"))
		return LINES;
	if (!strcmp(word, "output"))
		return OUTPUT;
	if (!strcmp(word, "debug"))
		return DEBUG;
	warn(_("--journal: '%s' is none of command, output, debug; ignored"), word);
	return 0;
}

/* What is to be in the journal: what the command line says, or else the settings. */
static unsigned journal_words(const struct conf *conf, const struct word_list *said)
{
	unsigned i, words = 0;
	const char *word;

	for (i = 0; i < said->count; i++)
		words |= journal_word(said->words[i]);
	for (i = 0; !said->count && (word = conf_list_item(conf, "log/journal", i)); i++)
		words |= journal_word(word);
	return words;
}

static void open_journal(struct record *record, unsigned words, const char *line)
{
	if (words)
		record->journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (record->journal < 0)
		return;
	if (words & LINES)
		tell_journal(record, LOG_INFO, line);
	record->journal_level = words & DEBUG ? LOG_DEBUG : words & OUTPUT ? LOG_NOTICE : 0;
}

int record_begin(struct record *record, const struct conf *conf, const struct word_list *journal,
		 const char *command, const char *line)
{
	unsigned most;
	int r;

	*record = (struct record) {
		.command = command,
		.syslog = conf_bool(conf, "log/syslog"),
		.level = (unsigned)conf_number(conf, "log/level"),
		.journal = -1,
	};
	r = record->level ? open_file(record, conf) : 0;
	if (r < 0)
		return r;
	open_journal(record, journal_words(conf, journal), line);
	most = record->level > record->journal_level ? record->level : record->journal_level;
	if (most)
		log_set_record(keep, record, most);
	return 0;
}

void record_free(struct record *record)
{
	log_set_record(NULL, NULL, 0);
	if (record->file)
		fclose(record->file);
	if (record->journal >= 0)
		close(record->journal);
	record->file = NULL;
	record->journal = -1;
}
