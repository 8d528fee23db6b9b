/* SPDX-License-Identifier: ISC */
/* The words of hosts.allow and hosts.deny, and why others are refused. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gate/hosts_file.h"

#define WORD_SIZE 128

/* Words of hosts_access(5) that need what superd does not do. */
struct refused {
	const char *word;
	const char *why;
};

static const struct refused refused_words[] = {
	{ "KNOWN", "names are not looked up" },
	{ "UNKNOWN", "names are not looked up" },
	{ "PARANOID", "names are not looked up" },
	{ "localhost", "names are not looked up; say LOCAL" },
};

static int
refuse(const char *word, const char *why, struct err *e)
{
	return err_set(e, EINVAL, "'%.60s': %s", word, why);
}

/* What marks a word as something else than an address. */
static const char *
why_no_address(const char *word)
{
	if (word[0] == '@')
		return "netgroups are not supported";
	if (word[0] == '/')
		return "names of files are not supported";
	if (word[0] == '#')
		return "a comment needs a line of its own";
	if (word[0] == '.')
		return "domains are not supported: say a network";
	if (strchr(word, '@') != NULL)
		return "users are not supported: say the host's address alone";
	if (strpbrk(word, "*?") != NULL)
		return "wildcards are not supported: say a network, as "
		       "192.0.2.0/24";
	if (word[strspn(word, "0123456789./")] != '\0')
		return "names are not looked up: say an address, a network, "
		       "ALL or LOCAL";
	return NULL;
}

/* 192.168. is 192.168.0.0/16 */
static int
parse_prefix(const char *word, struct cidr *ret_net, struct err *e)
{
	char text[WORD_SIZE];
	unsigned int dots = 0;

	for (const char *p = word; *p != '\0'; p++)
		dots += *p == '.';
	if (dots > 3)
		return refuse(
		    word, "a prefix has one to three numbers, as 192.0.2.", e);
	(void)snprintf(text, sizeof(text), "%s%s/%u", word,
	    dots == 1       ? "0.0.0"
		: dots == 2 ? "0.0"
			    : "0",
	    dots * 8);
	return cidr_parse(text, ret_net, e);
}

/* slash leads to the mask of 192.168.0.0/255.255.0.0 */
static int
parse_masked(
    const char *word, const char *slash, struct cidr *ret_net, struct err *e)
{
	char text[WORD_SIZE];
	struct in_addr in;
	uint32_t mask;

	if (inet_pton(AF_INET, slash + 1, &in) != 1)
		return refuse(word, "bad mask, as 255.255.0.0 is one", e);
	mask = ntohl(in.s_addr);
	if ((~mask & (~mask + 1)) != 0)
		return refuse(word, "a mask must be ones, then zeros", e);
	(void)snprintf(text, sizeof(text), "%.*s/%d", (int)(slash - word), word,
	    __builtin_popcount(mask));
	return cidr_parse(text, ret_net, e);
}

/* [2001:db8::]/32 or [2001:db8::1] */
static int
parse_bracket(const char *word, struct cidr *ret_net, struct err *e)
{
	const char *close = strchr(word, ']');
	char text[WORD_SIZE];

	if (close == NULL || (close[1] != '\0' && close[1] != '/') ||
	    memchr(word, ':', (size_t)(close - word)) == NULL)
		return refuse(word, "say [2001:db8::1] or [2001:db8::]/32", e);
	(void)snprintf(text, sizeof(text), "%.*s%s", (int)(close - word - 1),
	    word + 1, close + 1);
	return cidr_parse(text, ret_net, e);
}

static int
parse_net(const char *word, struct cidr *ret_net, struct err *e)
{
	const char *slash = strchr(word, '/'), *why;

	if (word[0] == '[')
		return parse_bracket(word, ret_net, e);
	why = why_no_address(word);
	if (why != NULL)
		return refuse(word, why, e);
	if (slash != NULL && strchr(slash, '.') != NULL)
		return parse_masked(word, slash, ret_net, e);
	if (slash == NULL && word[strlen(word) - 1] == '.')
		return parse_prefix(word, ret_net, e);
	return cidr_parse(word, ret_net, e);
}

int
hosts_parse_client(const char *word, struct hosts_item *ret_item, struct err *e)
{
	struct hosts_item item = { .kind = HOSTS_NET };
	size_t count = sizeof(refused_words) / sizeof(refused_words[0]);
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(word, refused_words[i].word) == 0)
			return refuse(word, refused_words[i].why, e);
	}
	if (strcasecmp(word, "ALL") == 0)
		item.kind = HOSTS_ALL;
	else if (strcasecmp(word, "LOCAL") == 0)
		item.kind = HOSTS_LOCAL;
	else
		error = parse_net(word, &item.net, e);
	if (error == 0)
		*ret_item = item;
	return error;
}

int
hosts_parse_daemon(const char *word, struct hosts_item *ret_item, struct err *e)
{
	struct hosts_item item = { .kind = HOSTS_DAEMON, .name = word };

	if (word[0] == '#')
		return refuse(word, "a comment needs a line of its own", e);
	if (strchr(word, '@') != NULL)
		return refuse(word,
		    "DAEMON@HOST is not supported: say the daemon alone", e);
	if (strpbrk(word, "*?/[]") != NULL || word[0] == '.' ||
	    word[strlen(word) - 1] == '.')
		return refuse(
		    word, "a daemon is the name of a service, or ALL", e);
	if (strcasecmp(word, "ALL") == 0)
		item.kind = HOSTS_ALL;
	*ret_item = item;
	return 0;
}
