/* SPDX-License-Identifier: ISC */
/* What the sinks that take a stream of lines (stderr, file) share. */
#ifndef SUPERD_LOG_STREAM_H
#define SUPERD_LOG_STREAM_H

#include "log/outlet.h"

/*
 * Whole lines go out in as few writes as possible.  One that was torn, by a
 * full disk for example, is completed when writing works again, or written
 * anew on a line of its own if the file has changed meanwhile.
 */
enum log_outlet_state log_stream_drain(
    struct log_outlet *o, struct log_queue *q);

#endif
