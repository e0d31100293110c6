/* Objects read from bodies: one block that ends with an arena for what belongs to them. */
#ifndef SIP_BODY_BODY_BOX_H
#define SIP_BODY_BODY_BOX_H

#include "base/arena.h"

/* An object of `bytes` zeroed bytes; NULL without memory. */
void *sip__body_box_create(const sip_allocator *allocator, size_t bytes);
/* The arena of such an object; it ends when the memory does. */
sip__arena *sip__body_box_arena(void *object);
/* Free an object with all that its arena gave; NULL is fine. A sip_body_type's free(). */
void sip__body_box_free(const sip_allocator *allocator, void *object);
/* A zero-terminated copy; NULL without memory. */
char *sip__body_keep(sip__arena *arena, sip_str text);

#endif
