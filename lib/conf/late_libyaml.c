/* lib/conf/late_libyaml.c - libyaml, loaded when it is needed.  Layer 1. */
#include <yaml.h>

#include "config.h"
#include "base/late.h"

#define YAML COX_SONAME_YAML

COX_LATE(YAML, int, yaml_document_end_event_initialize, (yaml_event_t *a, int b), (a, b))
COX_LATE(YAML, int, yaml_document_start_event_initialize, (yaml_event_t *a, yaml_version_directive_t *b, yaml_tag_directive_t *c,
          yaml_tag_directive_t *d, int e),
         (a, b, c, d, e))
COX_LATE(YAML, void, yaml_emitter_delete, (yaml_emitter_t *a), (a))
COX_LATE(YAML, int, yaml_emitter_emit, (yaml_emitter_t *a, yaml_event_t *b), (a, b))
COX_LATE(YAML, int, yaml_emitter_initialize, (yaml_emitter_t *a), (a))
COX_LATE(YAML, void, yaml_emitter_set_encoding, (yaml_emitter_t *a, yaml_encoding_t b), (a, b))
COX_LATE(YAML, void, yaml_emitter_set_output, (yaml_emitter_t *a, yaml_write_handler_t *b, void *c), (a, b, c))
COX_LATE(YAML, void, yaml_emitter_set_unicode, (yaml_emitter_t *a, int b), (a, b))
COX_LATE(YAML, void, yaml_emitter_set_width, (yaml_emitter_t *a, int b), (a, b))
COX_LATE(YAML, void, yaml_event_delete, (yaml_event_t *a), (a))
COX_LATE(YAML, int, yaml_mapping_end_event_initialize, (yaml_event_t *a), (a))
COX_LATE(YAML, int, yaml_mapping_start_event_initialize, (yaml_event_t *a, const yaml_char_t *b, const yaml_char_t *c, int d, yaml_mapping_style_t e),
         (a, b, c, d, e))
COX_LATE(YAML, void, yaml_parser_delete, (yaml_parser_t *a), (a))
COX_LATE(YAML, int, yaml_parser_initialize, (yaml_parser_t *a), (a))
COX_LATE(YAML, int, yaml_parser_parse, (yaml_parser_t *a, yaml_event_t *b), (a, b))
COX_LATE(YAML, void, yaml_parser_set_encoding, (yaml_parser_t *a, yaml_encoding_t b), (a, b))
COX_LATE(YAML, void, yaml_parser_set_input_string, (yaml_parser_t *a, const unsigned char *b, size_t c), (a, b, c))
COX_LATE(YAML, int, yaml_scalar_event_initialize, (yaml_event_t *a, const yaml_char_t *b, const yaml_char_t *c, const yaml_char_t *d,
          int e, int f, int g, yaml_scalar_style_t h),
         (a, b, c, d, e, f, g, h))
COX_LATE(YAML, int, yaml_sequence_end_event_initialize, (yaml_event_t *a), (a))
COX_LATE(YAML, int, yaml_sequence_start_event_initialize, (yaml_event_t *a, const yaml_char_t *b, const yaml_char_t *c, int d,
          yaml_sequence_style_t e),
         (a, b, c, d, e))
COX_LATE(YAML, int, yaml_stream_end_event_initialize, (yaml_event_t *a), (a))
COX_LATE(YAML, int, yaml_stream_start_event_initialize, (yaml_event_t *a, yaml_encoding_t b), (a, b))
