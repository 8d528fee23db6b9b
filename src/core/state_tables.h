/* SPDX-License-Identifier: ISC */
/*
 * What the bytes of a state are made of: one table for each record, one row
 * for each field; see state.h.  For the files state_*.c only.
 */
#ifndef SUPERD_CORE_STATE_TABLES_H
#define SUPERD_CORE_STATE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_RECORD_HEAD     8
#define STATE_FIELD_HEAD      4

#define STATE_RECORD_CRITICAL UINT32_C(0x80000000)
#define STATE_FIELD_CRITICAL  0x8000u

/* The types of fields; state_value.c knows what each is. */
enum state_kind {
	STATE_U8,
	STATE_U16,
	STATE_U32,
	STATE_U64,
	STATE_FD,
	STATE_PID,
	STATE_NAME,
	STATE_PATH,
	STATE_BYTES,
	STATE_ADDR,
	STATE_PEER,
	STATE_KEY,
	STATE_IDENTITY,
	STATE_REFUSALS,
	STATE_KINDS
};

struct state_field {
	uint16_t tag;
	bool required;
	bool flagged; /* it is there if the bool at `flag` says so */
	enum state_kind kind;
	const char *name;
	size_t offset, flag; /* in the struct of the record */
};

struct state_record {
	uint32_t tag;
	const char *name;
	const struct state_field *fields;
	size_t field_count;
	size_t size;   /* of the struct */
	size_t most;   /* records of this kind */
	size_t offset; /* of the pointer to them, in struct state */
	size_t count;  /* of their number */
	bool single;   /* no array: struct state has it itself, always */
};

#define STATE_RECORDS 6

extern const struct state_record state_records[STATE_RECORDS];

struct state;

/* The first of the structs of a kind, and how many there are.  [pure] */
const void *state_list(
    const struct state *s, const struct state_record *r, size_t *ret_count);

/* Sets both, of a kind that is not single. */
void state_list_set(
    struct state *s, const struct state_record *r, void *at, size_t count);

#endif
