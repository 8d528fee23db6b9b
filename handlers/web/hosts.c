/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>

#include <string.h>
#include <strings.h>

#include "handlers/web/hosts.h"
#include "handlers/web/http.h"

bool
hosts_add(struct hosts *hosts, const char *name)
{
	if (hosts->count == HOSTS_MAX)
		return false;
	hosts->names[hosts->count++] = name;
	return true;
}

/* Cuts ":PORT" off; false if that is no port. */
static bool
cut_port(char *host)
{
	char *end = host[0] == '[' ? strchr(host, ']') : host;
	char *port = end != NULL ? strchr(end, ':') : NULL;

	if (end == NULL || (host[0] == '[' && end[1] != '\0' && end[1] != ':'))
		return false;
	if (port == NULL)
		return true;
	*port++ = '\0';
	return port[strspn(port, "0123456789")] == '\0';
}

static bool
is_address(char *host)
{
	unsigned char address[16];
	size_t n = strlen(host);

	if (host[0] != '[')
		return inet_pton(AF_INET, host, address) == 1;
	host[n - 1] = '\0';
	return inet_pton(AF_INET6, host + 1, address) == 1;
}

bool
hosts_know(const struct hosts *hosts, const struct http_request *req)
{
	char host[256];

	if (req->host == NULL)
		return true;
	if (strlen(req->host) >= sizeof(host))
		return false;
	memcpy(host, req->host, strlen(req->host) + 1);
	if (!cut_port(host))
		return false;
	for (size_t i = 0; i < hosts->count; i++) {
		if (strcasecmp(host, hosts->names[i]) == 0)
			return true;
	}
	return strcasecmp(host, "localhost") == 0 || is_address(host);
}
