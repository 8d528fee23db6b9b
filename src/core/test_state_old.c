/* SPDX-License-Identifier: ISC */
/* Bytes of superds that are older or newer, and of none. */
#include <errno.h>

#include "base/arena.h"
#include "core/test_state.h"
#include "tap.h"

static struct raw raw;
static struct arena *arena;
static struct state got;
static struct err err;

/* The sentence, "" if the bytes were understood. */
static const char *
decode(const void *bytes, size_t size)
{
	arena_free(arena);
	arena = arena_new();
	err = (struct err) { 0 };
	if (state_decode(bytes, size, arena, &got, &err) < 0 && err.code == 0)
		return "refused without a code";
	return err.text;
}

static const char *
finished(void)
{
	raw_end(&raw);
	return decode(raw.at, raw.size);
}

static void
start(void)
{
	raw_start(&raw);
	raw_daemon(&raw);
	raw_service(&raw, "ssh", 1);
}

/* All that a child must have. */
static void
child(uint64_t number)
{
	raw_record(&raw, 4);
	raw_number(&raw, 1, number, 1);
	raw_number(&raw, 2, 4000 + number, 2);
	raw_number(&raw, 3, number, 8);
	raw_text(&raw, 4, "ssh");
	raw_bytes(&raw, 5, "\0", 2);
}

/* As the first superd that could hand over might have written it. */
static void
test_older(void)
{
	static const uint8_t v4[] = { 2, 0, 80, 0, 127, 0, 0, 1 };
	static const uint8_t key[20] = { 0 };

	start();
	child(1);
	raw_record(&raw, 3);
	raw_number(&raw, 4, 20, 1);
	raw_bytes(&raw, 3, v4, sizeof(v4));
	raw_bytes(&raw, 2, v4, sizeof(v4));
	raw_text(&raw, 1, "ssh");
	child(2);
	raw_record(&raw, 6);
	raw_text(&raw, 1, "ssh");
	raw_number(&raw, 2, 21, 4);
	raw_bytes(&raw, 3, "\0", 2);
	raw_record(&raw, 5);
	raw_bytes(&raw, 1, key, sizeof(key));
	is_str(finished(), "", "what must be there is enough, in any order");
	is_str(got.daemon.version, "0.0.1", "its writer is known");
	ok(got.daemon.stderr_dir == NULL && got.daemon.pidfile_fd == -1 &&
		got.daemon.control_fd == -1 && !got.daemon.has_control &&
		got.daemon.upgrades == 0,
	    "superd gets defaults");
	ok(got.services[0].stderr_fd == -1 &&
		got.services[0].refused.count == 0 &&
		got.services[0].stderr_name.length == 0,
	    "a service gets defaults");
	ok(!got.listeners[0].has_path, "a listener gets defaults");
	ok(addr_port(&got.listeners[0].bound) == 80, "next to what it had");
	is_int((intmax_t)got.child_count, 2, "both children are there");
	is_str(got.children[1].end, "", "a child gets defaults");
	ok(!got.children[1].has_source && got.children[1].deadline_ns == 0 &&
		got.children[1].cookie == 0 &&
		got.children[1].listen.length == 0 &&
		got.children[1].exec_ns == 0 && !got.children[1].has_local,
	    "all of them");
	ok(got.sources[0].tat_ns == 0, "a source gets defaults");
	ok(!got.held[0].has_source && got.held[0].until_ns == 0,
	    "a held client gets defaults");
	is_int(got.children[1].pid, 4002, "numbers may be of any width");
}

static void
test_newer(void)
{
	start();
	raw_number(&raw, 99, 1, 8);
	raw_bytes(&raw, 98, "", 0);
	raw_number(&raw, 3, 77, 8);
	raw_record(&raw, 1000);
	raw_text(&raw, 1, "whatever");
	raw_record(&raw, 1001);
	is_str(finished(), "", "unknown fields and records are skipped");
	is_int((intmax_t)got.services[0].accepted, 77, "known ones are not");
	start();
	raw_number(&raw, 99 | STATE_FIELD_CRITICAL, 1, 8);
	is_str(finished(),
	    "state written by superd 0.0.1: service 1 at byte 104: field 99, "
	    "which this superd does not know and must not skip",
	    "but for fields that are critical");
	start();
	raw_record(&raw, 1000 | STATE_RECORD_CRITICAL);
	is_str(finished(),
	    "state written by superd 0.0.1: record at byte 127 is of kind "
	    "1000, which this superd does not know and must not skip",
	    "and records that are");
	start();
	raw_number(&raw, 3 | STATE_FIELD_CRITICAL, 77, 8);
	raw_record(&raw, 2 | STATE_RECORD_CRITICAL);
	raw_text(&raw, 1 | STATE_FIELD_CRITICAL, "b");
	raw_number(&raw, 2, 0, 4);
	is_str(finished(), "", "what is critical may be known");
	is_int((intmax_t)got.services[0].accepted, 77, "and is read then");
}

static void
test_versions(void)
{
	start();
	raw.at[16] = 7;
	is_str(finished(),
	    "written by superd 0.0.1, state version 7; this superd "
	    "understands 1 to 1",
	    "a version that is too high is refused");
	is_int(err.code, ENOTSUP, "as what is not supported");
	start();
	raw.at[16] = 0;
	is_str(finished(),
	    "written by superd 0.0.1, state version 0; this superd "
	    "understands 1 to 1",
	    "and one that never was");
}

static void
test_heads(void)
{
	is_str(decode("", 0), "state is cut off after 0 bytes", "nothing");
	is_str(decode(NULL, 0), "state is cut off after 0 bytes", "nowhere");
	is_str(decode("\177ELF\2\1\1", 8), "that is not the state of a superd",
	    "something else");
	is_str(decode("supe", 4), "that is not the state of a superd",
	    "something short");
	start();
	raw_end(&raw);
	is_str(decode(raw.at, 71), "state is cut off after 71 bytes",
	    "less than a head and a tail");
	is_str(decode(raw.at, raw.size - 1),
	    "state is cut off after 134 bytes of 135", "less than all");
	is_str(decode(raw.at, raw.size + 2),
	    "state has 2 bytes more than the 135 that it tells of",
	    "more than all");
	raw.at[80] ^= 1;
	is_str(decode(raw.at, raw.size),
	    "state is damaged: the checksum is wrong", "one bit");
	start();
	memset(raw.at + 20, 'x', 44);
	is_str(finished(), "state does not say who wrote it",
	    "a writer without an end");
	start();
	memcpy(raw.at + 20, "a\n", 3);
	is_str(finished(), "state does not say who wrote it",
	    "a writer that could write into the log");
}

#define WROTE "state written by superd 0.0.1: "

static void
test_records(void)
{
	raw_start(&raw);
	is_str(finished(), WROTE "no record 'daemon'", "there is a superd");
	start();
	raw_daemon(&raw);
	is_str(finished(),
	    WROTE "daemon 2 at byte 127 is one too many: at most 1 can be",
	    "there is one superd");
	start();
	raw.size += 7;
	is_str(finished(), WROTE "record at byte 127 is cut off",
	    "a record has a head");
	start();
	raw_record(&raw, 77);
	raw.at[raw.record + 4] = 1;
	is_str(finished(), WROTE "record at byte 127 goes past the end",
	    "a record ends");
	start();
	raw_record(&raw, 4);
	raw_number(&raw, 1, 1, 8);
	raw_number(&raw, 3, 1, 4);
	raw_text(&raw, 4, "ssh");
	raw_bytes(&raw, 5, "\0", 2);
	is_str(finished(), WROTE "child 1 at byte 127: no field 'pid'",
	    "a child has a pid");
	start();
	raw_record(&raw, 2);
	is_str(finished(), WROTE "service 2 at byte 127: no field 'name'",
	    "an empty record lacks its first field");
	start();
	raw_service(&raw, "ssh", 0);
	is_str(finished(), WROTE "service 'ssh' comes twice",
	    "records have to fit together");
}

static void
test_fields(void)
{
	start();
	raw_text(&raw, 1, "again");
	is_str(finished(),
	    WROTE "service 1 at byte 104: field 'name' comes twice",
	    "a field comes once");
	start();
	raw.at[raw.record + 4] += 3;
	raw.size += 3;
	is_str(finished(),
	    WROTE "service 1 at byte 104: the last field is cut off",
	    "a field has a head");
	start();
	raw_number(&raw, 3, 1, 8);
	raw.at[raw.size - 10]++;
	is_str(finished(),
	    WROTE "service 1 at byte 104: a field goes past the end",
	    "a field ends");
	start();
	raw_number(&raw, 3, 1, 3);
	is_str(finished(),
	    WROTE "service 1 at byte 104: field 'accepted': a number of 3 "
		  "bytes instead of 1, 2, 4 or 8",
	    "a number has one of four widths");
	start();
	raw_number(&raw, 6, UINT32_MAX, 4);
	is_str(finished(),
	    WROTE "service 1 at byte 104: field 'stderr_fd': 4294967295 is "
		  "not from 3 to 1073741824",
	    "a descriptor is one");
	start();
	raw_number(&raw, 6, 2, 1);
	ok(strstr(finished(), "2 is not from 3") != NULL, "and not a standard");
	raw_start(&raw);
	raw_daemon(&raw);
	raw_bytes(&raw, 8, "/run\0/x", 7);
	is_str(finished(),
	    WROTE "daemon 1 at byte 64: field 'stderr_dir': text with a NUL "
		  "in it",
	    "text has no NUL");
	raw_start(&raw);
	raw_daemon(&raw);
	raw_text(&raw, 8, "");
	is_str(finished(),
	    WROTE "daemon 1 at byte 64: field 'stderr_dir': a value of only 0 "
		  "bytes",
	    "nor is it empty");
	raw_start(&raw);
	raw_daemon(&raw);
	raw_service(&raw, "a\033[31m", 1);
	ok(strstr(finished(), "service 1 at byte 104: field 'name': no name") !=
		NULL,
	    "a name cannot drive a terminal");
}

/* A listener whose `wanted` is that. */
static const char *
listener(const void *bytes, size_t size)
{
	const char *text;

	start();
	raw_record(&raw, 3);
	raw_text(&raw, 1, "ssh");
	raw_bytes(&raw, 2, bytes, size);
	raw_bytes(&raw, 3, "\2\0\0\0\0\0\0", 8);
	raw_number(&raw, 4, 20, 4);
	text = strstr(finished(), "field 'wanted': ");
	return text == NULL ? err.text : text + 16;
}

static void
test_addresses(void)
{
	char path[2 + 600] = "\1";

	memset(path + 2, 'x', 600);
	is_str(listener("\2\0\0\0\0\0\0", 8), "", "an IPv4 address is good");
	is_str(listener("\2\0\0\0\0\0", 7), "IP address that is 7 bytes long",
	    "a short one is not");
	is_str(listener("\12\0\0\0\0\0\0", 8),
	    "IP address that is 8 bytes long", "nor a short IPv6 address");
	is_str(listener("\7\0\0\0\0\0\0", 8),
	    "address of a family that is not known: 7", "nor anything");
	is_str(listener("\2", 1), "a value of only 1 bytes", "nor half of it");
	is_str(listener("\1\0/x\0", 5), "", "a path is good");
	is_str(listener("\1\0\0x", 4), "", "an abstract name is good");
	is_str(listener("\1\0/x", 4),
	    "path of a unix socket that does not end with its only NUL",
	    "a path without an end is not");
	is_str(listener("\1\0/\0x\0", 6),
	    "path of a unix socket that does not end with its only NUL",
	    "nor one with two");
	is_str(listener("\1\0", 2), "unix address that is 2 bytes long",
	    "nor none");
	is_str(listener(path, 2 + 109), "unix address that is 111 bytes long",
	    "nor one that is too long");
	is_str(listener(path, sizeof(path)),
	    "unix address that is 602 bytes long", "by far");
}

/* A child with that as its field `tag`. */
static const char *
child_with(uint16_t tag, const char *bytes, size_t size)
{
	const char *text;

	start();
	raw_record(&raw, 4);
	raw_number(&raw, 1, 1, 8);
	raw_number(&raw, 2, 1, 4);
	raw_number(&raw, 3, 1, 4);
	raw_text(&raw, 4, "ssh");
	if (tag != 5)
		raw_bytes(&raw, 5, "\0", 2);
	raw_bytes(&raw, tag, bytes, size);
	text = strstr(finished(), ": field '");
	return text == NULL ? err.text : text + 2;
}

/* The first service, refusing that. */
static const char *
refused(const char *bytes, size_t size)
{
	const char *text;

	start();
	raw_bytes(&raw, 5, bytes, size);
	text = strstr(finished(), "'refused': ");
	return text == NULL ? err.text : text + 11;
}

static void
test_other_values(void)
{
	char many[65 * 10];

	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = i % 10 == 0 ? 1 : i % 10 == 1 ? 'a' : 0;
	is_str(child_with(5, "\2\0\1", 3),
	    "field 'peer': peer's address that is 3 bytes long",
	    "a peer is whole");
	is_str(child_with(5, "\3\0", 2),
	    "field 'peer': address of a family that is not known: 3",
	    "a peer is of a family");
	is_str(child_with(8, "1234567890123456789", 19),
	    "field 'source': a value of only 19 bytes", "a key is whole");
	is_str(child_with(8, "123456789012345678901", 21),
	    "field 'source': 21 bytes instead of 20", "and no more");
	is_str(child_with(9, "a\0b", 3), "field 'end': text with a NUL in it",
	    "an end has a name");
	is_str(refused("\1a\0\0\0\0\0\0\0\0", 10), "", "refusals are counted");
	is_str(refused("\1a\0\0\0\0\0\0\0", 9), "the last entry is cut off",
	    "with all of the count");
	is_str(refused("\2a\0\0\0\0\0\0\0\0\0", 11), "reason 1 has a NUL in it",
	    "and a name");
	is_str(refused("\0\0\0\0\0\0\0\0\0", 9), "reason 1 has no good name",
	    "that is not empty");
	is_str(refused(many, sizeof(many)), "65 reasons, at most 64 can be",
	    "not without end");
	is_str(refused(many, 20), "reason 'a' comes twice", "each once");
}

/* Fields that are marked as seen are bits of a 64-bit number. */
static void
test_tables(void)
{
	unsigned int twice = 0, bad = 0;

	for (size_t i = 0; i < STATE_RECORDS; i++) {
		const struct state_record *r = &state_records[i];

		bad += r->tag == 0 || r->tag >= STATE_RECORD_CRITICAL ||
		    r->field_count > 64;
		for (size_t k = 0; k < i; k++)
			twice += r->tag == state_records[k].tag;
		for (size_t f = 0; f < r->field_count; f++) {
			bad += r->fields[f].tag == 0 ||
			    r->fields[f].tag >= STATE_FIELD_CRITICAL;
			for (size_t k = 0; k < f; k++)
				twice += r->fields[f].tag == r->fields[k].tag;
		}
	}
	is_int(twice, 0, "no tag means two things");
	is_int(bad, 0, "each tag leaves room for its mark");
}

int
main(void)
{
	test_tables();
	test_older();
	test_newer();
	test_versions();
	test_heads();
	test_records();
	test_fields();
	test_addresses();
	test_other_values();
	arena_free(arena);
	return done_testing();
}
