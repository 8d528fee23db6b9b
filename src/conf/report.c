/* SPDX-License-Identifier: ISC */
/* Findings are gathered unsorted but for the bound; see report.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/report.h"

struct conf_noted {
	struct conf_finding finding;
	size_t file;   /* its number in reading order */
	size_t serial; /* of findings of one line, in order of discovery */
};

int
conf_findings_init(struct conf_findings *f)
{
	*f = (struct conf_findings) { 0 };
	f->kept = calloc(CONF_FINDINGS_MAX, sizeof(*f->kept));
	return f->kept == NULL ? -ENOMEM : 0;
}

void
conf_findings_done(struct conf_findings *f)
{
	free(f->kept);
	free(f->files);
	*f = (struct conf_findings) { 0 };
}

int
conf_findings_add_file(struct conf_findings *f, const char *file)
{
	if (f->file_count == f->file_room) {
		size_t room = f->file_room * 2 + 8;
		const char **files =
		    reallocarray(f->files, room, sizeof(*files));

		if (files == NULL)
			return -ENOMEM;
		f->files = files;
		f->file_room = room;
	}
	f->files[f->file_count++] = file;
	return 0;
}

static size_t
file_number(const struct conf_findings *f, const char *file)
{
	size_t i = 0;

	while (i < f->file_count && f->files[i] != file)
		i++;
	return i;
}

static int
compare(const void *a, const void *b)
{
	const struct conf_noted *x = a, *y = b;
	const struct err *ex = &x->finding.err, *ey = &y->finding.err;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (ex->line != ey->line)
		return ex->line < ey->line ? -1 : 1;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static bool
is_known(const struct conf_findings *f, const struct conf_noted *n)
{
	const struct err *e = &n->finding.err;

	for (size_t i = 0; i < f->count; i++) {
		const struct err *k = &f->kept[i].finding.err;

		if (k->line == e->line && k->file == e->file &&
		    strcmp(k->text, e->text) == 0)
			return true;
	}
	return false;
}

/* The one to give up when all places are taken: the last warning, else the
 * last mistake. */
static struct conf_noted *
weakest(struct conf_findings *f)
{
	struct conf_noted *found = &f->kept[0];

	for (size_t i = 1; i < f->count; i++) {
		struct conf_noted *n = &f->kept[i];

		if (n->finding.warning != found->finding.warning
			? n->finding.warning
			: compare(n, found) > 0)
			found = n;
	}
	return found;
}

static void
keep(struct conf_findings *f, const struct conf_noted *n)
{
	struct conf_noted *last;

	if (f->count < CONF_FINDINGS_MAX) {
		f->kept[f->count++] = *n;
		return;
	}
	last = weakest(f);
	if (n->finding.warning == last->finding.warning ? compare(n, last) < 0
							: last->finding.warning)
		*last = *n;
}

__attribute__((format(printf, 4, 0))) static void
note(struct conf_findings *f, const struct conf_place *place, bool warning,
    const char *format, va_list args)
{
	struct conf_noted n = { .finding.warning = warning };
	struct err *e = &n.finding.err;
	char sentence[ERR_TEXT_SIZE];
	struct text t;

	text_init(&t, sentence, sizeof(sentence));
	text_vprintf(&t, format, args);
	(void)err_set(e, EINVAL, "%s%s", sentence, t.cut ? " ..." : "");
	e->file = place->file;
	e->line = place->line;
	n.file = file_number(f, place->file);
	n.serial = f->mistakes + f->warnings;
	if (is_known(f, &n))
		return;
	if (warning)
		f->warnings++;
	else
		f->mistakes++;
	keep(f, &n);
}

void
conf_mistake(struct conf_findings *f, const struct conf_place *place,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(f, place, false, format, args);
	va_end(args);
}

void
conf_warning(struct conf_findings *f, const struct conf_place *place,
    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(f, place, true, format, args);
	va_end(args);
}

static size_t
name_bytes(const struct conf_findings *f)
{
	size_t bytes = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->kept[i].finding.err.file != NULL)
			bytes += strlen(f->kept[i].finding.err.file) + 1;
	}
	return bytes;
}

/* One block: the findings, and behind them the names of their files. */
int
conf_findings_finish(struct conf_findings *f, struct conf_report *ret_report)
{
	size_t head = f->count * sizeof(struct conf_finding);
	struct conf_finding *findings = malloc(head + name_bytes(f) + 1);
	char *name = findings == NULL ? NULL : (char *)findings + head;

	*ret_report = (struct conf_report) { .mistakes = f->mistakes,
		.warnings = f->warnings };
	if (findings == NULL)
		return -ENOMEM;
	qsort(f->kept, f->count, sizeof(*f->kept), compare);
	for (size_t i = 0; i < f->count; i++) {
		findings[i] = f->kept[i].finding;
		if (findings[i].err.file == NULL)
			continue;
		findings[i].err.file =
		    strcpy(name, f->kept[i].finding.err.file);
		name += strlen(name) + 1;
	}
	ret_report->findings = findings;
	ret_report->count = f->count;
	return 0;
}

void
conf_report_free(struct conf_report *report)
{
	if (report == NULL)
		return;
	free(report->findings);
	*report = (struct conf_report) { 0 };
}

const char *
conf_quoted(const char *value, char buffer[CONF_QUOTED_SIZE])
{
	struct text t;

	text_init(&t, buffer, CONF_QUOTED_SIZE - 3);
	text_escaped(&t, value, strlen(value));
	if (t.cut)
		memcpy(buffer + t.length, "...", 4);
	return buffer;
}
