/* SPDX-License-Identifier: ISC */

/*
 * time (RFC 868): the seconds since 1 January 1900, UTC, as 32 bits in network
 * order.  They begin again at 0 on 7 February 2036 at 06:28:16 UTC; the RFC
 * knows no better, and a client takes the nearest moment that fits.
 */

#include "tiny.h"

#define FROM_1900_TO_1970 INT64_C(2208988800)

const char tiny_name[] = "time";

int
tiny_main(int argc, char **argv, char **envp)
{
	uint32_t seconds;
	unsigned char answer[4];

	(void)envp;
	tiny_check_arguments(argc, argv, 0, "");
	seconds = (uint32_t)(tiny_now() + FROM_1900_TO_1970); /* modulo 2^32 */
	for (int i = 0; i < 4; i++)
		answer[i] = (unsigned char)(seconds >> (24 - 8 * i));
	tiny_write(answer, sizeof(answer));
	tiny_discard_input();
	return TINY_DONE;
}
