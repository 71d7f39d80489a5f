/* lib/runtime/flight.h - the flight recorder: the last lines survive the death of their writer.  Layer 1. */
#ifndef COX_RUNTIME_FLIGHT_H
#define COX_RUNTIME_FLIGHT_H

#include <glib.h>

G_BEGIN_DECLS

/** Bytes of text that a recorder keeps. */
#define COX_FLIGHT_SIZE_BYTES (256 * 1024)

/**
 * A ring of lines in a shared mapping of a file: what was written is there after a crash, kill -9 or abort, without any
 * handler having to run.  The file should lie in memory (/run), since a page of a stuck disk would stop its writer.
 */
struct cox_flight;

/** Open a new recorder; one that exists at @path is kept as @path.old.  COX_ERROR_CANNOT_CREATE names the path. */
struct cox_flight *cox_flight_open(const char *path, GError **error);

/** Close it and leave the file.  NULL is allowed. */
void cox_flight_close(struct cox_flight *flight);

/** Add a line (without its end); lines longer than a quarter of the ring are cut. */
void cox_flight_write(struct cox_flight *flight, const char *line, gsize length);

/** The lines of a recorder's file, oldest first; a line that was half overwritten is left out.  Caller frees. */
char *cox_flight_read(const char *path, GError **error);

G_END_DECLS

#endif
