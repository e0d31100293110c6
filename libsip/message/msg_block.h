/* A block that a datagram is received into and that then is the message: parsed in place, without a
 * copy. */
#ifndef SIP_MESSAGE_MSG_BLOCK_H
#define SIP_MESSAGE_MSG_BLOCK_H

#include <sip/msg.h>

/* Header lines that a block has room for; a message with more is copied into a larger one. */
#define SIP__MSG_BLOCK_LINES 32u

typedef struct sip_msg_block sip_msg_block;

/* A block for up to max_bytes. NULL without memory */
sip_msg_block *sip__msg_block_create(const sip_allocator *allocator, size_t max_bytes);
/* Not once it is a message. NULL is fine. */
void sip__msg_block_destroy(sip_msg_block *block);
/* Where the bytes go. */
char *sip__msg_block_bytes(sip_msg_block *block);
/* Parse `bytes`, which stand in the block from any place on, as sip_msg_parse() does.
 * @param ret_taken  true: *ret_msg is the block, whose owner has it no more. Else the block is as
 *   it was, its bytes too: after an error, and for what had to be copied
 * @return as sip_msg_parse() */
int sip__msg_adopt(sip_msg_block *block, const sip_msg_limits *limits, sip_str bytes,
                   const sip_path *source, bool *ret_taken, sip_msg **ret_msg,
                   sip_parse_error *reterr);

/* message/parse.c: parse bytes that stand in `placed`, fresh from sip__msg_init(); *ret_msg is that
 * or another. */
int sip__msg_parse_placed(sip_msg *placed, const sip_msg_limits *limits, sip_str bytes,
                          const sip_path *source, sip_msg **ret_msg, sip_parse_error *reterr);

#endif
