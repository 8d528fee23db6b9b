/* SPDX-License-Identifier: ISC */
/*
 * The smallest echo with a C library: what the start of that library costs is
 * measured with it (tests/bench/start).
 */
#include <unistd.h>

int
main(void)
{
	char data[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
		for (ssize_t done = 0, m; done < n; done += m) {
			m = write(
			    STDOUT_FILENO, data + done, (size_t)(n - done));
			if (m <= 0)
				return 111;
		}
	}
	return n < 0 ? 111 : 0;
}
