/* SPDX-License-Identifier: ISC */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "handlers/page/guard.h"
#include "handlers/web/http.h"

/* Whose file, and who else may look at it or change it. */
static const char *
judge_file(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is no regular file";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user";
	if ((st->st_mode & (S_IRWXO | S_IWGRP)) != 0)
		return "is open to others (chmod o=,g-w)";
	return NULL;
}

/* The token ends with its line. */
static const char *
judge_token(char *token, size_t size)
{
	size_t n;

	token[size] = '\0';
	n = strcspn(token, "\r\n");
	token[n] = '\0';
	if (n > GUARD_TOKEN_MAX)
		return "has a token of more than 255 characters";
	if (n < GUARD_TOKEN_MIN)
		return "has a token of less than 16 characters";
	for (size_t i = 0; i < n; i++) {
		if (token[i] <= ' ' || token[i] >= 0x7f)
			return "has a token with blanks or beyond ASCII";
	}
	return NULL;
}

const char *
guard_read_token(struct guard *g, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[GUARD_TOKEN_MAX + 3];
	const char *wrong;
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return strerror(errno);
	wrong = fstat(fd, &st) != 0 ? strerror(errno) : judge_file(&st);
	if (wrong == NULL) {
		n = read(fd, text, sizeof(text) - 1);
		wrong = n < 0 ? strerror(errno) : judge_token(text, (size_t)n);
	}
	close(fd);
	if (wrong == NULL)
		memcpy(g->token, text, strlen(text) + 1);
	return wrong;
}

/* Does a browser say that another site's page has made this request? */
static bool
is_foreign(const struct http_request *req)
{
	const char *host = req->origin;

	if (req->fetch_site != NULL &&
	    strcmp(req->fetch_site, "same-origin") != 0)
		return true;
	if (host == NULL)
		return false;
	if (strncasecmp(host, "http://", 7) == 0)
		host += 7;
	else if (strncasecmp(host, "https://", 8) == 0)
		host += 8;
	else
		return true;
	return req->host == NULL || strcasecmp(host, req->host) != 0;
}

/* Takes as long for any token of one length. */
static bool
same_token(const char *token, const char *given)
{
	size_t size = strlen(token);
	size_t n = strlen(given);
	volatile unsigned char diff = n != size;

	for (size_t i = 0; i < n; i++)
		diff |= (unsigned char)(given[i] ^ token[i % size]);
	return diff == 0;
}

enum guard_verdict
guard_judge(const struct guard *g, const struct http_request *req)
{
	const char *given = req->authorization;

	if (g->token[0] == '\0')
		return GUARD_LOCKED;
	if (is_foreign(req))
		return GUARD_FOREIGN;
	if (given == NULL || strncasecmp(given, "Bearer ", 7) != 0)
		return GUARD_TOKENLESS;
	given += 7;
	given += strspn(given, " ");
	return same_token(g->token, given) ? GUARD_OK : GUARD_WRONG;
}
