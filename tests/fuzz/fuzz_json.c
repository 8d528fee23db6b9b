/* SPDX-License-Identifier: ISC */
/*
 * A target of libFuzzer: whatever the bytes are, the reader of JSON does no
 * harm, and all of its nodes can be asked for everything.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
broken(const char *what)
{
	(void)fprintf(stderr, "%s\n", what);
	abort();
}

/* Each node lies in the text, and each walk goes forward and ends. */
static void
check_node(const struct json *j, uint32_t node, size_t size)
{
	const struct json_node *n = &j->nodes[node];
	char room[64];
	struct text t;
	double number;
	uint64_t whole;
	uint32_t before = node;

	if ((size_t)n->start + n->length > size)
		broken("a node is not in the text");
	if (n->next <= node || n->next > j->count + 1)
		broken("a node does not lead on");
	text_init(&t, room, sizeof(room));
	json_text(j, node, &t);
	if (json_unsigned(j, node, &whole) && !json_number(j, node, &number) &&
	    n->length < 60)
		broken("a whole number is no number");
	(void)json_member(j, node, "service");
	for (uint32_t at = json_first(j, node); at != JSON_NONE;
	     at = json_next(j, node, at)) {
		if (at <= before)
			broken("a walk goes back");
		before = at;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct json j;
	struct err e = { 0 };

	if (json_read(&j, (const char *)bytes, size, &e) == 0) {
		if (j.nodes[1].next != j.count + 1)
			broken("the first node is not the whole");
		for (uint32_t node = 1; node <= j.count; node++)
			check_node(&j, node, size);
	} else if (e.code == 0 || e.text[0] == '\0') {
		broken("refused without a word");
	}
	return 0;
}
