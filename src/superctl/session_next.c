/* SPDX-License-Identifier: ISC */
/* The lines of an answer; who sends them may be broken. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "superctl/session.h"
#include "superctl/superctl.h"

/* Nobody has so many connections; who sends more sends without end. */
#define LINES_MOST 4000000

/* No screen: of foreign sentences only ASCII is shown. */
static const struct screen plain;

/* The codes of the protocol, and what the shell is told. */
static const struct {
	const char *code;
	int exit;
} codes[] = {
	{ "usage", EXIT_USAGE_CODE },
	{ "denied", EXIT_DENIED_CODE },
	{ "missing", EXIT_MISSING_CODE },
	{ "refused", EXIT_FAILED_CODE },
	{ "failed", EXIT_FAILED_CODE },
};

#define CODE_COUNT (sizeof(codes) / sizeof(codes[0]))

static int
fail_broken(struct session *s, const char *what)
{
	fault_set(&s->fault, EXIT_FAILED_CODE, "broken",
	    "%s: what answers is not superd, or of another version: %s",
	    s->path, what);
	return -1;
}

/* ".error CODE SENTENCE", behind the first word. */
static int
fail_refused(struct session *s, const char *code, size_t length)
{
	const char *sentence = memchr(code, ' ', length);
	char room[FAULT_TEXT_SIZE / 2];
	struct text t;
	size_t code_length;

	if (sentence == NULL)
		return fail_broken(s, "a refusal without a reason");
	code_length = (size_t)(sentence - code);
	text_init(&t, room, sizeof(room));
	screen_foreign(&plain, &t, sentence + 1, length - code_length - 1);
	for (size_t i = 0; i < CODE_COUNT; i++) {
		if (strlen(codes[i].code) != code_length ||
		    memcmp(codes[i].code, code, code_length) != 0)
			continue;
		fault_set(&s->fault, codes[i].exit, codes[i].code, "%s", room);
		return -1;
	}
	fault_set(&s->fault, EXIT_FAILED_CODE, "failed", "%s", room);
	return -1;
}

static int
end_line(struct session *s, const char *line, size_t length)
{
	static const char error[] = ".error ";
	size_t size = sizeof(error) - 1;

	if (length == 3 && memcmp(line, ".ok", 3) == 0)
		return 0;
	if (length > size && memcmp(line, error, size) == 0)
		return fail_refused(s, line + size, length - size);
	return fail_broken(s, "an unknown end of an answer");
}

void
session_late(struct session *s)
{
	fault_set(&s->fault, EXIT_UNREACHABLE_CODE, "unreachable",
	    "%s: no answer within %.3g s: superd is stuck, or busy "
	    "(--timeout)",
	    s->path, (double)s->silence_ns / 1e9);
}

static int
fail_read(struct session *s, int error, const struct err *e)
{
	s->cut = error == -EPIPE;
	if (error == -EMSGSIZE || error == -EPIPE)
		return fail_broken(s, e->text);
	if (error == -ETIMEDOUT)
		session_late(s);
	else
		fault_set(&s->fault, EXIT_UNREACHABLE_CODE, "unreachable",
		    "%s: cannot read: %s", s->path, e->text);
	return -1;
}

/* A control character in a line could drive the terminal. */
static bool
is_clean(const char *line, size_t length)
{
	unsigned int bad = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		bad |= (c < ' ') | (c == 0x7f);
	}
	return bad == 0;
}

/* There is no answer to a request that was not taken. */
static int
fail_unsent(struct session *s)
{
	fault_set(&s->fault, EXIT_UNREACHABLE_CODE, "unreachable",
	    "%s: superd takes no request: %s", s->path, strerror(s->unsent));
	return -1;
}

/* The next line by then; `deadline` 0 is without waiting. */
static int
next_by(struct session *s, int64_t deadline, const char **ret_line,
    size_t *ret_length)
{
	const char *line;
	struct err e = { 0 };
	size_t length;
	int n;

	n = lines_next(&s->lines, deadline, &line, &length, &e);
	if (n == -ETIMEDOUT && deadline == 0)
		return SESSION_LATER;
	if (n < 0)
		return fail_read(s, n, &e);
	if (n == 0)
		return s->unsent != 0 ? fail_unsent(s) : 2;
	if (!is_clean(line, length))
		return fail_broken(s, "a line with control characters");
	if (length > 0 && line[0] == '.')
		return end_line(s, line, length);
	if (++s->line_count > LINES_MOST && s->silence_ns > 0)
		return fail_broken(s, "an answer without end");
	*ret_line = line;
	*ret_length = length;
	return 1;
}

int
session_next_or_end(
    struct session *s, const char **ret_line, size_t *ret_length)
{
	int64_t deadline = LINES_FOREVER;

	if (s->silence_ns > 0)
		deadline = lines_now() + s->silence_ns;
	return next_by(s, deadline, ret_line, ret_length);
}

void
session_ended(struct session *s)
{
	fault_set(&s->fault, EXIT_UNREACHABLE_CODE, "unreachable",
	    "%s: superd closed the connection before its answer was whole",
	    s->path);
}

/* The end of the stream comes too early. */
static int
whole(struct session *s, int n)
{
	if (n != 2)
		return n;
	session_ended(s);
	return -1;
}

int
session_next(struct session *s, const char **ret_line, size_t *ret_length)
{
	return whole(s, session_next_or_end(s, ret_line, ret_length));
}

int
session_poll(struct session *s, const char **ret_line, size_t *ret_length)
{
	return whole(s, next_by(s, 0, ret_line, ret_length));
}
