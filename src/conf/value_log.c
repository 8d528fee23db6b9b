/* SPDX-License-Identifier: ISC */
/* Where a log goes. */
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "base/arena.h"
#include "base/names.h"
#include "conf/path.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

#define UDP     "udp:"
#define ALLOWED "stderr, syslog, journal, udp:ADDRESS:PORT and /path/of/a/file"

static const char *const names[] = { "stderr", "syslog", "journal" };

static int
unknown(const char *text, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	struct names_guess guess;

	names_guess_init(&guess, text);
	for (size_t i = 0; i < CONF_LOG_FILE; i++)
		names_guess_offer(&guess, names[i]);
	(void)conf_quoted(text, quoted);
	if (guess.best != NULL)
		return err_set(e, EINVAL,
		    "'%s' is unknown: did you mean '%s'? "
		    "(allowed are " ALLOWED ")",
		    quoted, guess.best);
	return err_set(
	    e, EINVAL, "'%s' is unknown: allowed are " ALLOWED, quoted);
}

static int
read_path(const struct conf_context *c, const char *word,
    struct conf_log_to *log, struct err *e)
{
	if (strchr(word, '/') == NULL)
		return unknown(word, e);
	log->path = conf_path_join(c->arena, c->directory, word);
	return log->path == NULL ? err_memory(e) : 0;
}

/* An address, because a name would have to be asked for again and again. */
static int
read_address(const struct conf_context *c, const char *word,
    struct conf_log_to *log, struct err *e)
{
	char room[ADDR_TEXT_SIZE], quoted[CONF_QUOTED_SIZE];
	struct addr address;
	struct text t;

	if (addr_parse(word, &address, e) < 0 || addr_port(&address) == 0 ||
	    addr_is_any(&address))
		return err_set(e, EINVAL,
		    "'" UDP "%s' is wrong: an address and a port are wanted, "
		    "as in udp:192.0.2.1:514 or udp:[2001:db8::1]:514",
		    conf_quoted(word, quoted));
	text_init(&t, room, sizeof(room));
	addr_format(&address, &t);
	log->to = CONF_LOG_UDP;
	log->path = arena_string(c->arena, room);
	return log->path == NULL ? err_memory(e) : 0;
}

static int
parse_log(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_log_to log = { .set = true, .to = CONF_LOG_STDERR };
	const char *word;
	int error = conf_words_unquote(c->arena, text, &word, e);

	if (error < 0)
		return error;
	while (log.to < CONF_LOG_FILE && strcmp(word, names[log.to]) != 0)
		log.to++;
	if (strncmp(word, UDP, strlen(UDP)) == 0)
		error = read_address(c, word + strlen(UDP), &log, e);
	else if (log.to == CONF_LOG_FILE)
		error = read_path(c, word, &log, e);
	if (error == 0)
		*(struct conf_log_to *)ret_field = log;
	return error;
}

static void
write_log(const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_log_to *log = field;
	char room[ADDR_TEXT_SIZE + sizeof(UDP)];
	struct text t;

	(void)key;
	if (!log->set)
		return;
	if (log->to != CONF_LOG_UDP) {
		conf_writer_word(
		    w, log->to == CONF_LOG_FILE ? log->path : names[log->to]);
		return;
	}
	text_init(&t, room, sizeof(room));
	text_string(&t, UDP);
	text_string(&t, log->path);
	conf_writer_word(w, room);
}

const struct conf_type conf_type_log = { "log", parse_log, write_log, NULL };
