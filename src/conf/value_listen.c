/* SPDX-License-Identifier: ISC */
/*
 * Addresses to listen on.  base/addr knows what an address is; the many ways
 * to miss it get their own words here.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "conf/path.h"
#include "conf/report.h"
#include "conf/schema.h"
#include "conf/words.h"

/* As systemd has it. */
#define NAME_MAX_PASSED 255

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
all_digits(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* Why a number is no port; NULL if it may be one, or a service's name. */
static const char *
why_no_port(const char *text)
{
	if (text[0] == '\0')
		return "no port: a number from 0 to 65535 is wanted";
	if (text[0] == '-' || text[0] == '+')
		return "a port has no sign: a number from 0 to 65535 is wanted";
	if (text[0] == '0' && (text[1] | ' ') == 'x')
		return "a port is decimal, not hexadecimal: 0 to 65535";
	if (text[0] == '0' && is_digit(text[1]))
		return "a port has no leading 0: a decimal number from 0 to "
		       "65535 is wanted";
	if (all_digits(text) &&
	    (strlen(text) > 5 ||
		(strlen(text) == 5 && strcmp(text, "65535") > 0)))
		return "the port is too large: 0 to 65535 is allowed";
	if (is_digit(text[0]) && !all_digits(text))
		return "a port is nothing but digits: 0 to 65535";
	return NULL;
}

static int
parse_port(const char *text, uint16_t *ret_port, struct err *e)
{
	const char *reason = why_no_port(text);

	if (reason != NULL)
		return err_set(e, EINVAL, "%s", reason);
	return addr_parse_port(text, "tcp", ret_port, e);
}

static int
both_families(struct conf_listen *listen, const char *port_text, struct err *e)
{
	uint16_t port;
	int error;

	if (is_digit(port_text[0]) && strchr(port_text, '.') != NULL)
		return err_set(e, EINVAL, "no port: say %.40s:PORT", port_text);
	error = parse_port(port_text, &port, e);
	if (error < 0)
		return error;
	addr_any(AF_INET, &listen->addr);
	addr_set_port(&listen->addr, port);
	listen->both_families = true;
	return 0;
}

static int
check_host(const char *host, size_t length, struct err *e)
{
	if (length == 0)
		return err_set(e, EINVAL,
		    "no address in front of ':': say "
		    "PORT alone for all addresses, or ADDRESS:PORT");
	if (memchr(host, ':', length) != NULL)
		return err_set(e, EINVAL,
		    "an IPv6 address stands in brackets, "
		    "as in [::1]:80");
	if (strspn(host, "0123456789.") < length)
		return err_set(e, EINVAL,
		    "'%.*s' is no address: names are not "
		    "looked up, say 127.0.0.1:PORT or [::1]:PORT",
		    (int)(length < 60 ? length : 60), host);
	return 0;
}

static int
parse_v6(const char *word, struct conf_listen *listen, struct err *e)
{
	const char *close = strchr(word, ']');
	uint16_t port;
	int error;

	if (close == NULL)
		return err_set(e, EINVAL,
		    "no ']' behind the IPv6 address: "
		    "[V6]:PORT is wanted");
	if (close[1] != ':')
		return err_set(e, EINVAL,
		    "no port behind ']': [V6]:PORT is "
		    "wanted");
	error = parse_port(close + 2, &port, e);
	return error < 0 ? error : addr_parse(word, &listen->addr, e);
}

static int
parse_ip(const char *word, struct conf_listen *listen, struct err *e)
{
	const char *colon = strrchr(word, ':');
	size_t length;
	uint16_t port;
	int error;

	if (word[0] == '[')
		return parse_v6(word, listen, e);
	if (colon == NULL)
		return both_families(listen, word, e);
	length = (size_t)(colon - word);
	if (length == 1 && word[0] == '*')
		return both_families(listen, colon + 1, e);
	error = check_host(word, length, e);
	if (error == 0)
		error = parse_port(colon + 1, &port, e);
	return error < 0 ? error : addr_parse(word, &listen->addr, e);
}

static int
parse_unix(const struct conf_context *c, const char *path,
    struct conf_listen *listen, struct err *e)
{
	if (path[0] != '@' && path[0] != '\0') {
		path = conf_path_join(c->arena, c->directory, path);
		if (path == NULL)
			return err_memory(e);
	}
	return addr_parse_unix(path, &listen->addr, e);
}

/*
 * fd:NAME and fd:NUMBER, a socket that the supervisor of superd passes: the
 * names are what sd_listen_fds_with_names(3) allows.
 */
static int
parse_passed(const char *name, struct conf_listen *listen, struct err *e)
{
	size_t length = strlen(name);

	if (length == 0)
		return err_set(e, EINVAL,
		    "no name: say fd:NAME as the supervisor calls the socket "
		    "(LISTEN_FDNAMES, FileDescriptorName=), or fd:NUMBER");
	if (length > NAME_MAX_PASSED)
		return err_set(e, EINVAL,
		    "the name has %zu bytes, at most %d are allowed", length,
		    NAME_MAX_PASSED);
	for (size_t i = 0; i < length; i++) {
		if (name[i] <= ' ' || name[i] >= 127 || name[i] == ':')
			return err_set(e, EINVAL,
			    "a socket's name is made of printable ASCII "
			    "without ':'");
	}
	if (all_digits(name) &&
	    (name[0] == '0' || (length == 1 && name[0] < '3')))
		return err_set(
		    e, EINVAL, "sockets are passed as descriptor 3 and above");
	listen->passed = name;
	return 0;
}

/* What other superservers and the design know, and this superd does not. */
static int
refuse_kind(const char *word, struct err *e)
{
	static const char *const later[] = { "udp", "seqpacket", "vsock",
		"dgram", "unixgram", "sctp", "udplite", "netlink" };
	size_t length = strcspn(word, ":");

	if (word[0] == '/' || word[0] == '.')
		return err_set(
		    e, EINVAL, "a path needs 'unix:' in front of it");
	if (strncmp(word, "tcp:", 4) == 0)
		return err_set(e, EINVAL,
		    "leave out 'tcp:': it is what PORT "
		    "and ADDRESS:PORT mean");
	if (strncmp(word, "UNIX:", 5) == 0 || strncmp(word, "unix=", 5) == 0)
		return err_set(e, EINVAL, "write unix:/path or unix:@name");
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		if (strlen(later[i]) == length && word[length] == ':' &&
		    strncmp(word, later[i], length) == 0)
			return err_set(e, EINVAL,
			    "superd does not serve %s "
			    "sockets yet: allowed are PORT, ADDRESS:PORT, "
			    "[V6]:PORT, unix:/path, unix:@name and fd:NAME",
			    later[i]);
	}
	return 0;
}

static int
parse_one(const struct conf_context *c, const char *word,
    struct conf_listen *listen, struct err *e)
{
	char quoted[CONF_QUOTED_SIZE];
	int error = refuse_kind(word, e);

	listen->text = word;
	if (error == 0 && strncmp(word, "unix:", 5) == 0)
		error = parse_unix(c, word + 5, listen, e);
	else if (error == 0 && strncmp(word, "fd:", 3) == 0)
		error = parse_passed(word + 3, listen, e);
	else if (error == 0)
		error = parse_ip(word, listen, e);
	if (error < 0)
		return err_wrap(e, "'%s'", conf_quoted(word, quoted));
	return 0;
}

static int
parse_listen(const struct conf_context *c, const char *text, void *ret_field,
    struct err *e)
{
	struct conf_listens listens = { 0 };
	struct conf_words words;
	int error = conf_words_split_list(c->arena, text, &words, e);

	if (error < 0)
		return error;
	if (words.count == 0)
		return err_set(e, EINVAL, "no address in it");
	listens.at = arena_array(c->arena, words.count, sizeof(*listens.at));
	if (listens.at == NULL)
		return err_memory(e);
	for (; listens.count < words.count; listens.count++) {
		error = parse_one(c, words.word[listens.count],
		    &listens.at[listens.count], e);
		if (error < 0)
			return error;
	}
	*(struct conf_listens *)ret_field = listens;
	return 0;
}

/* As it was written, but paths absolute: the dump may lie elsewhere. */
static void
write_listen(
    const void *field, const struct conf_key *key, struct conf_writer *w)
{
	const struct conf_listens *listens = field;

	(void)key;
	for (size_t i = 0; i < listens->count; i++) {
		const struct conf_listen *l = &listens->at[i];
		const char *path = l->addr.at.local.sun_path;
		char room[sizeof(l->addr.at.local.sun_path) + 8] = "unix:";

		if (l->addr.at.any.sa_family == AF_UNIX && path[0] != '\0')
			conf_writer_word(w, strcat(room, path));
		else
			conf_writer_word(w, l->text);
	}
}

const struct conf_type conf_type_listen = { "addresses", parse_listen,
	write_listen, NULL };
