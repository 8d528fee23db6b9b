/* SPDX-License-Identifier: ISC */
/* Errors as values; see err.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"

/* A cut sentence shows that it was cut. */
static void
mark_cut(struct err *e, const struct text *t)
{
	if (t->cut)
		memcpy(e->text + sizeof(e->text) - 4, "...", 4);
}

/* The sentence, and behind it what the system says of `cause` if that is set. */
static void __attribute__((format(printf, 4, 0)))
fill(struct err *e, int code, int cause, const char *format, va_list args)
{
	struct text t;

	e->code = code;
	e->file = NULL;
	e->line = 0;
	text_init(&t, e->text, sizeof(e->text));
	text_vprintf(&t, format, args);
	if (cause != 0)
		text_printf(&t, ": %s", strerror(cause));
	mark_cut(e, &t);
}

int
err_set(struct err *e, int code, const char *format, ...)
{
	va_list args;

	if (e == NULL)
		return -code;
	va_start(args, format);
	fill(e, code, 0, format, args);
	va_end(args);
	return -code;
}

int
err_system(struct err *e, int code, const char *format, ...)
{
	va_list args;

	if (e == NULL)
		return -code;
	va_start(args, format);
	fill(e, code, code, format, args);
	va_end(args);
	return -code;
}

int
err_wrap(struct err *e, const char *format, ...)
{
	char inner[ERR_TEXT_SIZE];
	struct text t;
	va_list args;

	if (e == NULL)
		return -EINVAL;
	memcpy(inner, e->text, sizeof(inner));
	text_init(&t, e->text, sizeof(e->text));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	text_printf(&t, ": %s", inner);
	mark_cut(e, &t);
	return -e->code;
}

int
err_memory(struct err *e)
{
	return err_set(e, ENOMEM, "out of memory");
}

const char *
err_format(const struct err *e, char *buffer, unsigned long size)
{
	struct text t;

	text_init(&t, buffer, size);
	if (e->file != NULL && e->line != 0)
		text_printf(&t, "%s:%u: ", e->file, e->line);
	else if (e->file != NULL)
		text_printf(&t, "%s: ", e->file);
	text_string(&t, e->text);
	return buffer;
}
