/* Reads every typed value of a message, and builds the message anew from them. */
#ifndef TYPED_WALK_H
#define TYPED_WALK_H

#include <sip/header_type.h>

/* Limits with room for every typed value of every header to be kept. */
sip_msg_limits typed_walk_limits(void);

/* Read all: typed values of every header that is there, URIs, body. A sum of what they print as. */
uint64_t typed_walk(const sip_msg *msg);

/* Build a message of the same typed values, headers without a type and body. @return 0 or what the
 * builder says */
int typed_rebuild(const sip_msg *msg, sip_msg **ret_anew);

/* What of two messages is not the same value by value, or NULL: the name of a header, "body" …;
 * headers about the body, and lines without a type, are compared as text. */
const char *typed_difference(const sip_msg *a, const sip_msg *b);

#endif
