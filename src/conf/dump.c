/* SPDX-License-Identifier: ISC */
/* The schema's rows, written instead of read. */
#include <errno.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/dump.h"
#include "conf/schema.h"
#include "conf/sockets.h"

/* Separators: a list of addresses or groups reads better with commas. */
static const char *
separator_of(const struct conf_key *key)
{
	static const struct conf_type *const lists[] = { &conf_type_listen,
		&conf_type_groups, &conf_type_allow, &conf_type_deny,
		&conf_type_ban_on, &conf_type_set };

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (key->type == lists[i])
			return ",";
	}
	return "";
}

static void
dump_key(struct conf_writer *w, const struct conf_key *key, const void *base)
{
	conf_writer_key(w, key->name, separator_of(key));
	key->type->write((const char *)base + key->offset, key, w);
	conf_writer_end(w);
}

static void
dump_daemon(struct conf_writer *w, const struct conf_daemon *daemon)
{
	(void)fputs("[superd]\n", w->file);
	for (size_t i = 0; i < conf_daemon_key_count; i++) {
		if (strcmp(conf_daemon_keys[i].name, "include") != 0)
			dump_key(w, &conf_daemon_keys[i], daemon);
	}
}

/* Without effect, and so a mistake if the service said it itself. */
static bool
is_needless(const struct conf_service *s, const struct conf_key *key)
{
	if (strcmp(key->name, "refuse_message") == 0)
		return s->gate.over_limit != CONF_OVER_REFUSE;
	if (strncmp(key->name, "log_", 4) == 0)
		return s->log.to != CONF_LOG_FILE;
	return strncmp(key->name, "ban_", 4) == 0 && !s->gate.ban.after.set;
}

/*
 * A handler beside its file gets the absolute path, and keeps the name by
 * which it was called as its argument 0.
 */
static void
dump_service(struct conf_writer *w, const struct conf_service *service)
{
	struct conf_service s = *service;
	char *first = s.handler.count > 0 ? s.handler.word[0] : NULL;
	bool move = first != NULL && strchr(first, '/') != NULL &&
	    s.handler_file != NULL;

	if (move && s.argv0 == NULL && strcmp(first, s.handler_file) != 0)
		s.argv0 = first;
	(void)fprintf(w->file, "\n[%s]\n", s.name);
	for (size_t i = 0; i < conf_service_key_count; i++) {
		const struct conf_key *key = &conf_service_keys[i];

		if (move && strcmp(key->name, "handler") == 0) {
			conf_writer_key(w, key->name, "");
			conf_writer_word(w, s.handler_file);
			for (size_t j = 1; j < s.handler.count; j++)
				conf_writer_word(w, s.handler.word[j]);
			conf_writer_end(w);
		} else if (conf_sockets_know(service, key) &&
		    !is_needless(service, key)) {
			dump_key(w, key, &s);
		}
	}
}

int
conf_dump(const struct conf *conf, FILE *file)
{
	struct conf_writer w = { .file = file };

	dump_daemon(&w, &conf->daemon);
	for (size_t i = 0; i < conf->service_count; i++)
		dump_service(&w, &conf->services[i]);
	return fflush(file) != 0 || ferror(file) ? -EIO : 0;
}
