/* SPDX-License-Identifier: ISC */
/* What the command line says: --set KEY=VALUE, and -l ADDRESS -- HANDLER. */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "conf/build.h"
#include "conf/reader.h"
#include "conf/schema_guess.h"

static const struct conf_place command_line = { .file = "command line" };

__attribute__((format(printf, 3, 4))) static void
complain(struct conf_build *b, const char *set, const char *format, ...)
{
	char quoted[CONF_QUOTED_SIZE], sentence[ERR_TEXT_SIZE];
	struct text t;
	va_list args;

	text_init(&t, sentence, sizeof(sentence));
	va_start(args, format);
	text_vprintf(&t, format, args);
	va_end(args);
	conf_mistake(b->findings, &command_line, "--set '%s': %s",
	    conf_quoted(set, quoted), sentence);
}

static void
complain_unknown(struct conf_build *b, const char *set, const char *name)
{
	const char *guess = conf_schema_guess(false, name);

	if (guess == NULL)
		guess = conf_schema_guess(true, name);
	if (guess == NULL)
		complain(b, set, "unknown key '%.60s'", name);
	else
		complain(b, set, "unknown key '%.60s': did you mean '%s'?",
		    name, guess);
}

/* superd.KEY and defaults.KEY say whose; a bare name is a service's first. */
static const struct conf_key *
find_key(const char *name, bool *ret_daemon)
{
	const struct conf_key *key = NULL;

	*ret_daemon = strncmp(name, "superd.", 7) == 0;
	if (*ret_daemon)
		return conf_schema_find(true, name + 7);
	if (strncmp(name, "defaults.", 9) == 0)
		return conf_schema_find(false, name + 9);
	key = conf_schema_find(false, name);
	if (key == NULL) {
		key = conf_schema_find(true, name);
		*ret_daemon = true;
	}
	return key;
}

static int
apply(struct conf_build *b, const char *set, const struct conf_key *key,
    const char *value)
{
	const struct conf_context context = {
		.arena = b->conf->arena,
		.ids = &b->ids,
		.lists = &b->lists,
		.directory = b->directory,
		.key = key,
	};
	bool daemon = key->scope == CONF_SCOPE_DAEMON;
	void *base = daemon ? (void *)&b->conf->daemon : &b->defaults;
	struct err e;
	int error;

	if (key->scope == CONF_SCOPE_OWN || strcmp(key->name, "include") == 0) {
		complain(b, set, "%s cannot be set for all services at once",
		    key->name);
		return 0;
	}
	error = conf_schema_read(&context, value, base, &e);
	if (error == -ENOMEM)
		return error;
	if (error < 0)
		complain(b, set, "%s", e.text);
	if (!daemon)
		b->forced[key - conf_service_keys] = true;
	return 0;
}

static int
take_set(struct conf_build *b, const char *set)
{
	const char *equal = strchr(set, '=');
	const struct conf_key *key;
	char *name;
	bool daemon;

	if (equal == NULL) {
		complain(b, set, "no '=' in it: KEY=VALUE is wanted");
		return 0;
	}
	name = arena_string_n(b->rows.arena, set, (size_t)(equal - set));
	if (name == NULL)
		return -ENOMEM;
	key = find_key(name, &daemon);
	if (key == NULL) {
		complain_unknown(b, set, name);
		return 0;
	}
	return apply(b, set, key, equal + 1);
}

int
conf_build_sets(struct conf_build *b)
{
	int error = 0;

	for (size_t i = 0; i < b->source->set_count && error == 0; i++)
		error = take_set(b, b->source->sets[i]);
	return error;
}

/* All -l together, as one value of listen. */
static int
read_listens(struct conf_build *b, struct conf_service *s)
{
	const struct conf_context context = {
		.arena = b->conf->arena,
		.ids = &b->ids,
		.lists = &b->lists,
		.directory = b->directory,
		.key = conf_schema_find(false, "listen"),
	};
	struct err e;
	const char *all = "";
	int error;

	for (size_t i = 0; i < b->source->listen_count && all != NULL; i++)
		all = arena_printf(
		    b->conf->arena, "%s %s", all, b->source->listens[i]);
	if (all == NULL)
		return -ENOMEM;
	error = context.key->type->parse(&context, all, &s->listen, &e);
	if (error < 0 && error != -ENOMEM)
		conf_mistake(b->findings, &command_line, "-l: %s", e.text);
	return error == -ENOMEM ? error : 0;
}

static int
copy_handler(struct conf_build *b, struct conf_service *s)
{
	size_t count = 0;

	while (b->source->argv[count] != NULL)
		count++;
	s->handler.word =
	    arena_array(b->conf->arena, count + 1, sizeof(char *));
	if (s->handler.word == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		s->handler.word[i] =
		    arena_string(b->conf->arena, b->source->argv[i]);
		if (s->handler.word[i] == NULL)
			return -ENOMEM;
	}
	s->handler.count = count;
	return 0;
}

int
conf_build_command(struct conf_build *b)
{
	const struct conf_origin origin = {
		.directory = b->directory,
		.from_command = true,
	};
	struct conf_service *s;
	int error;

	if (b->source->argv == NULL)
		return 0;
	s = conf_build_add_service(b, &origin);
	s->place = s->listen_place = s->handler_place = command_line;
	error = copy_handler(b, s);
	if (error == 0)
		error = read_listens(b, s);
	if (error < 0)
		return error;
	s->name = conf_build_base_name(
	    b, s->handler.count == 0 ? "" : s->handler.word[0]);
	if (s->name != NULL &&
	    conf_reader_section_kind(s->name) != CONF_SECTION_SERVICE)
		s->name = arena_printf(b->conf->arena, "%s-service", s->name);
	return s->name == NULL ? -ENOMEM : 0;
}
