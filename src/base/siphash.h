/* SPDX-License-Identifier: ISC */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a hash whose collisions nobody
 * can find without the key.  For tables whose keys are chosen by clients.
 */
#ifndef SUPERD_BASE_SIPHASH_H
#define SUPERD_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_SIZE 16

struct siphash_key {
	uint64_t k0, k1;
};

/* The key is SIPHASH_KEY_SIZE random bytes, as of getrandom(2). */
void siphash_key(
    const uint8_t bytes[SIPHASH_KEY_SIZE], struct siphash_key *ret_key);

/* [pure] [hot] */
uint64_t siphash(const struct siphash_key *key, const void *at, size_t size);

#endif
