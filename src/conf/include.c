/* SPDX-License-Identifier: ISC */
/*
 * A file is known by device and inode: a second path to it, or a link, does
 * not read it twice.
 */
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "conf/file.h"
#include "conf/include.h"
#include "conf/path.h"
#include "conf/reader.h"
#include "conf/words.h"

struct known_file {
	const char *name;
	dev_t device;
	ino_t inode;
	const struct conf_place *from; /* NULL: the main file */
	bool open;                     /* it is being read, or its includes */
};

struct include {
	const struct conf_source *source;
	struct arena *arena;
	struct conf_rows *rows;
	struct conf_findings *findings;
	struct known_file *known;
	size_t count;
	int depth;
};

/* What the file is called, and the line that wants it. */
struct request {
	const char *path;
	const struct conf_place *from;
};

static int read_one(struct include *in, const struct request *request);

/* A mistake of the file as a whole: told where it is asked for. */
static void
complain(
    struct include *in, const struct request *request, const char *sentence)
{
	struct conf_place place = { .file = request->path };
	char quoted[CONF_QUOTED_SIZE];

	if (request->from == NULL)
		conf_mistake(in->findings, &place, "%s", sentence);
	else
		conf_mistake(in->findings, request->from,
		    "section 'superd': include: '%s' %s",
		    conf_quoted(request->path, quoted), sentence);
}

static void
complain_of_repetition(struct include *in, const struct request *request,
    const struct known_file *known)
{
	char sentence[ERR_TEXT_SIZE];
	struct text t;

	text_init(&t, sentence, sizeof(sentence));
	text_string(&t,
	    known->open ? "includes itself: it is read " : "is read already, ");
	if (known->from == NULL)
		text_string(&t, "as the main file");
	else
		text_printf(&t, "because of %s:%u", known->from->file,
		    known->from->line);
	complain(in, request, sentence);
}

/* NULL with nothing said if it is new. */
static const struct known_file *
find_known(const struct include *in, const struct conf_file *file)
{
	for (size_t i = 0; i < in->count; i++) {
		if (in->known[i].device == file->device &&
		    in->known[i].inode == file->inode)
			return &in->known[i];
	}
	return NULL;
}

static int
glob_failed(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
read_matches(struct include *in, const struct request *pattern)
{
	struct request request = { .from = pattern->from };
	glob_t found;
	int error = 0;

	switch (glob(pattern->path, GLOB_NOSORT, glob_failed, &found)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		return 0;
	case GLOB_NOSPACE:
		return -ENOMEM;
	default:
		complain(in, pattern, "cannot be searched for files");
		return 0;
	}
	qsort(found.gl_pathv, found.gl_pathc, sizeof(char *), compare_names);
	for (size_t i = 0; i < found.gl_pathc && error == 0; i++) {
		request.path = arena_string(in->arena, found.gl_pathv[i]);
		error = request.path == NULL ? -ENOMEM : read_one(in, &request);
	}
	globfree(&found);
	return error;
}

/* The path of word as the file itself was called: relative if that was. */
static char *
beside(struct include *in, const char *file, const char *word)
{
	const char *slash = strrchr(file, '/');
	char *directory = arena_string_n(in->rows->arena, file,
	    slash == NULL ? 0 : (size_t)(slash + 1 - file));

	return directory == NULL ? NULL
				 : conf_path_join(in->arena, directory, word);
}

/* One value of `include`. */
static int
read_value(struct include *in, const struct conf_row *row,
    const struct conf_place *from)
{
	struct request request = { .from = from };
	struct conf_words words;
	struct err e;
	int error = conf_words_split(in->rows->arena, row->value, &words, &e);

	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		conf_mistake(in->findings, &row->place,
		    "section 'superd': include: %s", e.text);
		return 0;
	}
	for (size_t i = 0; i < words.count && error == 0; i++) {
		request.path = beside(in, row->place.file, words.word[i]);
		if (request.path == NULL)
			return -ENOMEM;
		error = strpbrk(words.word[i], "*?[") != NULL
		    ? read_matches(in, &request)
		    : read_one(in, &request);
	}
	return error;
}

/* The includes of the sections from `first` to before `end`. */
static int
read_includes(struct include *in, size_t first, size_t end)
{
	int error = 0;

	for (size_t s = first; s < end && error == 0; s++) {
		/* Reading more files moves both arrays: copies. */
		const struct conf_section section = in->rows->sections[s];

		if (section.kind != CONF_SECTION_DAEMON)
			continue;
		for (size_t i = 0; i < section.row_count && error == 0; i++) {
			const struct conf_row row =
			    in->rows->rows[section.first_row + i];
			struct conf_place *from;

			if (row.spoiled || strcmp(row.key, "include") != 0)
				continue;
			from = arena_alloc(in->arena, sizeof(*from));
			if (from == NULL)
				return -ENOMEM;
			*from = row.place;
			error = read_value(in, &row, from);
		}
	}
	return error;
}

static int
read_text(struct include *in, const struct request *request,
    const struct conf_file *file)
{
	size_t first = in->rows->section_count;
	struct conf_text text = {
		.name = request->path,
		.directory = conf_path_directory(in->arena, request->path),
		.bytes = file->bytes,
		.length = file->length,
	};
	int error;

	if (text.directory == NULL ||
	    conf_findings_add_file(in->findings, text.name) < 0)
		return -ENOMEM;
	error = conf_reader_read(&text, in->rows, in->findings);
	if (error < 0)
		return error;
	in->depth++;
	error = read_includes(in, first, in->rows->section_count);
	in->depth--;
	return error;
}

/* The file can be read; is it one that is not known yet? */
static int
read_new(struct include *in, const struct request *request,
    const struct conf_file *file)
{
	const struct known_file *known = find_known(in, file);
	struct known_file *entry = &in->known[in->count];
	int error;

	if (known != NULL) {
		complain_of_repetition(in, request, known);
		return 0;
	}
	*entry = (struct known_file) { request->path, file->device, file->inode,
		request->from, true };
	in->count++;
	error = read_text(in, request, file);
	entry->open = false;
	return error;
}

static int
read_one(struct include *in, const struct request *request)
{
	struct conf_file file;
	struct err e;
	int error;

	if (in->depth == CONF_INCLUDE_DEPTH ||
	    in->count == CONF_INCLUDE_FILES) {
		complain(in, request,
		    in->depth == CONF_INCLUDE_DEPTH
			? "is nested too deep: 16 levels are allowed"
			: "is one too many: 4096 files are allowed");
		return 0;
	}
	error = conf_file_read(request->path, in->source->as_root, &file, &e);
	if (error < 0) {
		complain(in, request, e.text);
		return error == -ENOMEM ? error : 0;
	}
	error = read_new(in, request, &file);
	free(file.bytes);
	return error;
}

int
conf_include_all(const struct conf_source *source, struct arena *arena,
    struct conf_rows *rows, struct conf_findings *findings)
{
	struct request request = {
		.path = arena_string(arena, source->path),
	};
	struct include in = {
		.source = source,
		.arena = arena,
		.rows = rows,
		.findings = findings,
		.known =
		    calloc(CONF_INCLUDE_FILES + 1, sizeof(struct known_file)),
	};
	int error = -ENOMEM;

	if (in.known != NULL && request.path != NULL)
		error = read_one(&in, &request);
	free(in.known);
	return error;
}
