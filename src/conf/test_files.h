/* SPDX-License-Identifier: ISC */
/* Shared by the tests of conf: a directory of files, loaded, and judged. */
#ifndef SUPERD_CONF_TEST_FILES_H
#define SUPERD_CONF_TEST_FILES_H

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "conf/dump.h"
#include "tap.h"

/* A directory that is removed at the end, and the current one. */
static inline void
files_start(void)
{
	const char *base = getenv("TMPDIR");
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/superd-conf.XXXXXX",
	    base == NULL ? "/tmp" : base);
	if (mkdtemp(path) == NULL || chmod(path, 0755) < 0 || chdir(path) < 0)
		tap_bail("no directory to work in");
}

static inline void
files_end(void)
{
	char path[4096], command[4200];

	if (getcwd(path, sizeof(path)) == NULL ||
	    strstr(path, "superd-conf.") == NULL)
		return;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", path);
	if (chdir("/") < 0 || system(command) != 0)
		tap_note("%s is left", path);
}

static inline void
file_put(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(name, "we");

	if (file == NULL || fwrite(bytes, 1, length, file) != length ||
	    fclose(file) != 0)
		tap_bail("cannot write a file");
}

static inline void
file_text(const char *name, const char *text)
{
	file_put(name, text, strlen(text));
}

/* Loads a file as nobody special; the report is kept until the next time. */
static struct conf_report loaded_report;

static inline struct conf *
load_source(const struct conf_source *source)
{
	struct conf *conf = NULL;

	conf_report_free(&loaded_report);
	(void)conf_load(source, &conf, &loaded_report);
	return conf;
}

static inline struct conf *
load_file(const char *name)
{
	const struct conf_source source = { .path = name };

	return load_source(&source);
}

static inline struct conf *
load_text(const char *text)
{
	file_text("t.ini", text);
	return load_file("t.ini");
}

/* "file:line: text" of a finding, "" if there are not so many. */
static inline const char *
finding(size_t i)
{
	static char line[ERR_TEXT_SIZE + 4096];

	if (i >= loaded_report.count)
		return "";
	return err_format(&loaded_report.findings[i].err, line, sizeof(line));
}

/* The whole text that conf_dump() writes; the caller frees it. */
static inline char *
dumped(const struct conf *conf)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (file == NULL || conf_dump(conf, file) < 0 || fclose(file) != 0)
		tap_bail("cannot dump");
	return text;
}

#endif
