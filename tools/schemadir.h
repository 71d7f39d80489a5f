/* tools/schemadir.h - where a tool finds the schemas.  Layer 6. */
#ifndef COX_TOOLS_SCHEMADIR_H
#define COX_TOOLS_SCHEMADIR_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * The folder for cox_schemas_new(): what the environment says (COX_SCHEMA_DIRECTORY, PCMK_schema_directory), else the
 * one of the build tree that the program runs in, else the installed one.  Caller frees.
 */
char *cox_schemadir_find(void);

G_END_DECLS

#endif
