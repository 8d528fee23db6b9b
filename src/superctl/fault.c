/* SPDX-License-Identifier: ISC */
/* See fault.h. */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "superctl/fault.h"
#include "superctl/superctl.h"

void
fault_set(struct fault *f, int exit, const char *code, const char *format, ...)
{
	struct text t;
	va_list args;

	f->exit = exit;
	f->code = code;
	text_init(&t, f->text, sizeof(f->text));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
}

/* As a string of JSON; the text is harmless already. */
static void
print_json(const struct fault *f)
{
	printf("{\"error\":\"%s\",\"text\":\"", f->code);
	for (const char *at = f->text; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			putchar('\\');
		putchar(*at);
	}
	puts("\"}");
}

int
fault_say(const struct ctl *c, const struct fault *f)
{
	if (c->json)
		print_json(f);
	(void)fflush(stdout);
	(void)fprintf(stderr, "superctl: %s\n", f->text);
	return f->exit;
}
