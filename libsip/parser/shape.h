/* Header values as tables: the head's elements, then parameters known and unknown. */
#ifndef SIP_PARSER_SHAPE_H
#define SIP_PARSER_SHAPE_H

#include <sip/header_type.h>

/* Read a value of that shape; see sip_header_type.parse. */
int sip__shape_parse(const sip_shape *shape, sip_str text, void *value, size_t *ret_at);
/* Print it; see sip_header_type.print. */
int sip__shape_print(const sip_shape *shape, const void *value, char *out, size_t size);
/* Compare; see sip_header_type.equal. */
bool sip__shape_equal(const sip_shape *shape, const void *a, const void *b);

/* The index of the parameter of that name, or n_fields. */
size_t sip__shape_find(const sip_shape *shape, sip_str name);
/* All parameters as they came. */
sip_str sip__shape_params(const sip_shape *shape, const void *value);

#endif
