/* SPDX-License-Identifier: ISC */
#include <sys/random.h>

#include <stdio.h>

#include "handlers/page/assets.h"
#include "handlers/web/bytes.h"
#include "handlers/web/http.h"

#include "assets.inc"

enum {
	NONCE_BYTES = 16,
	NONCE_SIZE = 2 * NONCE_BYTES + 1,
};

static bool
make_nonce(char *nonce)
{
	unsigned char random[NONCE_BYTES];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(nonce + 2 * i, 3, "%02x", random[i]);
	return true;
}

void
assets_serve(struct http *http, const struct http_request *req)
{
	char nonce[NONCE_SIZE];
	char fields[512];
	struct bytes page = { 0 };

	if (!make_nonce(nonce)) {
		http_say(http, req, 503, NULL, "The system has no randomness.");
		return;
	}
	snprintf(fields, sizeof(fields),
	    "Content-Security-Policy: default-src 'none'; "
	    "style-src 'nonce-%s'; script-src 'nonce-%s'; connect-src 'self'; "
	    "img-src data:; base-uri 'none'; form-action 'none'; "
	    "frame-ancestors 'none'\r\n"
	    "Referrer-Policy: no-referrer\r\n"
	    "Cross-Origin-Resource-Policy: same-origin\r\n"
	    "X-Frame-Options: DENY\r\n",
	    nonce, nonce);
	bytes_add(&page, page_begin, sizeof(page_begin));
	bytes_format(&page, "<style nonce=\"%s\">\n", nonce);
	bytes_add(&page, page_style, sizeof(page_style));
	bytes_text(&page, "</style>\n");
	bytes_add(&page, page_middle, sizeof(page_middle));
	bytes_format(&page, "<script nonce=\"%s\">\n", nonce);
	bytes_add(&page, page_script, sizeof(page_script));
	bytes_text(&page, "</script>\n");
	bytes_add(&page, page_end, sizeof(page_end));
	http_answer(http, req,
	    &(struct http_answer) { .status = page.lost ? 503 : 200,
		.type = "text/html; charset=utf-8",
		.fields = fields,
		.body = page.data,
		.size = page.len });
	bytes_free(&page);
}
