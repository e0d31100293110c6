/* How the files of types write them down. */
#ifndef SIP_PARSER_TYPE_TABLE_H
#define SIP_PARSER_TYPE_TABLE_H

#include <sip/headers.h>

/* A type made of its shape alone; `section` is where its value is defined. */
#define SIP__TYPE(noun, title, letter, list, section, value, shape)                                \
    const sip_header_type sip_##noun##_type = {title, section, sizeof(value), letter, list,        \
                                               shape, NULL,    NULL,          NULL}

/* Shapes that several files use. */
extern const sip_shape sip__token_shape, sip__word_shape, sip__number_shape, sip__address_shape;

#endif
