/* SPDX-License-Identifier: ISC */

/* Accept (RFC 9110, section 12.5.1), as far as two formats need it. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "handlers/web/http.h"

/* "0.75" in thousandths; what is no weight is none at all. */
static int
parse_weight(const char *text, size_t size)
{
	int weight;

	if (size == 0 || (text[0] != '0' && text[0] != '1'))
		return 0;
	weight = (text[0] - '0') * 1000;
	if (size > 1 && text[1] != '.')
		return 0;
	for (size_t i = 2, unit = 100; i < size && unit > 0; i++, unit /= 10) {
		if (!isdigit((unsigned char)text[i]))
			return 0;
		weight += (text[i] - '0') * (int)unit;
	}
	return weight > 1000 ? 1000 : weight;
}

/* Steps over one ";name=value"; false at the end of the range. */
static bool
next_parameter(
    const char **at, const char **name, const char **value, size_t *size)
{
	const char *p = *at + strspn(*at, " \t");

	if (*p != ';')
		return false;
	p++;
	p += strspn(p, " \t");
	*name = p;
	p += strcspn(p, "=;,");
	*value = p + (*p == '=');
	p = *value;
	if (*p == '"') {
		*value = ++p;
		p += strcspn(p, "\"");
		*size = (size_t)(p - *value);
		p += *p == '"';
	} else {
		p += strcspn(p, ";, \t");
		*size = (size_t)(p - *value);
	}
	*at = p;
	return true;
}

/* The weight of the range that begins at *at, which goes behind it; -1 if it
 * is for another version. */
static int
weigh_range(const char **at, const char *version)
{
	const char *name;
	const char *value;
	size_t size;
	int weight = 1000;
	bool other = false;

	while (next_parameter(at, &name, &value, &size)) {
		if (strncasecmp(name, "q=", 2) == 0)
			weight = parse_weight(value, size);
		if (strncasecmp(name, "version=", 8) == 0 && version != NULL)
			other = size != strlen(version) ||
			    strncmp(value, version, size) != 0;
	}
	return other ? -1 : weight;
}

int
http_accept_weight(const char *accept, const char *type, const char *version)
{
	int best = -1;

	while (accept != NULL && *accept != '\0') {
		size_t n;
		bool same;
		int weight;

		accept += strspn(accept, ", \t");
		n = strcspn(accept, ",; \t");
		same = n == strlen(type) && strncasecmp(accept, type, n) == 0;
		accept += n;
		weight = weigh_range(&accept, version);
		if (same && weight > best)
			best = weight;
		accept += strcspn(accept, ",");
	}
	return best;
}
