/* Objects made of a message's bytes and kept as long as the message. */
#ifndef SIP_MESSAGE_KEPT_H
#define SIP_MESSAGE_KEPT_H

#include <sip/msg.h>

struct sip__kept;

/* The object that was kept for a key and a text; NULL: none. */
void *sip__kept_find(const sip_msg *msg, const void *key, sip_str text);
/* Keep an object, which `release` frees with the message's allocator when the message goes.
 * @return 0; SIP_ENOMEM: the object is still the caller's */
int sip__kept_add(const sip_msg *msg, const void *key, sip_str text, void *object,
                  void (*release)(const sip_allocator *allocator, void *object));
/* Free all objects. */
void sip__kept_finish(sip_msg *msg);

#endif
