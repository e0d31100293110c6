/* Touches everything that a message can be asked for. */
#ifndef MSG_WALK_H
#define MSG_WALK_H

#include <stdint.h>

#include <sip/msg.h>

/* A sum over all values of the message: equal for messages that read the same. */
uint64_t msg_walk(const sip_msg *msg);

#endif
